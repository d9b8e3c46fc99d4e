"""From settings to an embedder."""

from dataclasses import dataclass, field
from enum import StrEnum
import ssl

import aiohttp

from . import ollama, openai_compatible
from .embedder import Embedder
from .query_cache import CachingEmbedder
from .remote import DEFAULT_TIMEOUT


class EmbedderProvider(StrEnum):
    """Who makes the vectors."""

    NONE = "none"
    OLLAMA = ollama.PROVIDER
    OPENAI_COMPATIBLE = openai_compatible.PROVIDER


@dataclass(frozen=True, slots=True)
class EmbedderSettings:
    """What an embedder is made from. `repr` shows neither the key nor the URL, which may hold a password."""

    provider: EmbedderProvider
    url: str = field(default="", repr=False)
    model: str = ""
    api_key: str | None = field(default=None, repr=False)
    dimensions: int | None = None
    """Length to which vectors are cut; None for the model's own."""


def create_embedder(
    settings: EmbedderSettings,
    *,
    session: aiohttp.ClientSession,
    ssl_context: ssl.SSLContext,
    pinned: bool = False,
    timeout: float = DEFAULT_TIMEOUT,
) -> Embedder | None:
    """Return the embedder, None for provider `none`. No request is sent.

    `pinned`: it is here to stay, so the server keeps its model loaded, where it can be told to.
    Raises InvalidInput for a bad URL, DimensionsOutOfRange.
    """
    embedder: Embedder
    match settings.provider:
        case EmbedderProvider.NONE:
            return None
        case EmbedderProvider.OLLAMA:
            embedder = ollama.OllamaEmbedder(
                settings.url,
                settings.model,
                ssl_context=ssl_context,
                api_key=settings.api_key,
                dimensions=settings.dimensions,
                keep_alive=ollama.PINNED if pinned else None,
                timeout=timeout,
            )
        case EmbedderProvider.OPENAI_COMPATIBLE:
            embedder = openai_compatible.OpenAICompatibleEmbedder(
                session,
                settings.url,
                settings.model,
                api_key=settings.api_key,
                dimensions=settings.dimensions,
                timeout=timeout,
            )
    return CachingEmbedder(embedder)
