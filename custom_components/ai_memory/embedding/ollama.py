"""Vectors from an Ollama server."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
import ssl
from typing import Final, override
from urllib.parse import unquote

# Not httpx2: this is the module whose errors the ollama client raises. From Home Assistant 2026.11 on it is httpx2.
import httpx  # noqa: TID251
import ollama

from ..errors import EmbedderError, EmbedderUnreachable, InvalidEmbedding
from .remote import DEFAULT_TIMEOUT, RemoteEmbedder, refusal, split_url

PROVIDER: Final = "ollama"
PINNED: Final = -1
"""Keeps a model loaded for ever, as Home Assistant's own Ollama integration does."""
_UNLOAD_TIMEOUT: Final = 3.0  # seconds


class OllamaEmbedder(RemoteEmbedder):
    """Asks an Ollama server, through its own client."""

    def __init__(
        self,
        url: str,
        name: str,
        *,
        ssl_context: ssl.SSLContext,
        api_key: str | None = None,
        dimensions: int | None = None,
        keep_alive: int | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Make the client; no request is sent.

        The model stays loaded for `keep_alive` seconds after a request; with None as long as the server has it, five minutes
        unless told otherwise, and for ever where it is pinned already.
        `ssl_context` is given ready-made because the client would read the certificates from disk, in the event loop.
        Raises InvalidInput for a bad URL, DimensionsOutOfRange.
        """
        super().__init__(PROVIDER, name, dimensions, timeout)
        self._keep_alive = keep_alive
        parts = split_url(url)
        # The client drops what stands before the host.
        auth = (
            (unquote(parts.username), unquote(parts.password or ""))
            if parts.username and not api_key
            else None
        )
        self._client = ollama.AsyncClient(
            host=parts.geturl(),
            headers={"Authorization": f"Bearer {api_key}"} if api_key else None,
            verify=ssl_context,
            auth=auth,
        )

    @override
    async def unload(self) -> None:
        if self._keep_alive is None:
            return
        try:
            async with asyncio.timeout(_UNLOAD_TIMEOUT):
                with self._translated(EmbedderError):
                    await self._client.embed(self._name, [], keep_alive=0)
        except TimeoutError, EmbedderError:
            pass

    @override
    async def close(self) -> None:
        await self._client.close()  # type: ignore[no-untyped-call]  # the client's method has no annotations

    @override
    async def _vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        with self._translated(InvalidEmbedding):
            response = await self._client.embed(
                self._name, list(texts), keep_alive=self._keep_alive
            )
        return response.embeddings

    @override
    async def _list(self) -> list[str]:
        with self._translated(EmbedderError):
            response = await self._client.list()
        return [model.model for model in response.models if model.model]

    @contextmanager
    def _translated(self, unreadable: type[EmbedderError]) -> Generator[None]:
        """Raise our errors for the client's, unchained: those may quote the texts.

        `unreadable` is raised for answers that are not Ollama's.
        """
        try:
            yield
        except ollama.ResponseError as err:
            raise refusal(err.status_code, str(err.error), self._name) from None
        except ConnectionError, httpx.HTTPError:
            raise EmbedderUnreachable from None
        except AttributeError, TypeError, ValueError:
            # Not JSON, or not of the shape that the client expects.
            raise unreadable from None
