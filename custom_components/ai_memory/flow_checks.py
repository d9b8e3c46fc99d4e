"""Truly tries what somebody typed into a form."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from homeassistant.core import HomeAssistant

from . import embedders
from .embedding.embedder import Embedder
from .embedding.factory import EmbedderProvider, EmbedderSettings
from .entry_data import settings_from_entry
from .errors import (
    AiMemoryError,
    DatabaseUnreachable,
    EmbedderError,
    EmbedderUnauthorized,
    EmbedderUnreachable,
    InvalidInput,
)
from .postgres.database import Database
from .postgres.settings import ConnectionSettings

_CHECK_TIMEOUT: Final = 30.0  # seconds

# Fields that an error is shown at, where the form has them.
_FIELDS: Final = {
    "collection_invalid": "collection",
    "database_missing": "database",
    "dimensions_out_of_range": "dimensions",
    "document_empty": "file",
    "document_too_large": "file",
    "document_unsupported": "file",
    "dsn_invalid": "dsn",
    "embedder_unauthorized": "api_key",
    "embedding_model_missing": "model",
    "invalid_url": "url",
    "wrong_password": "password",
}


def form_errors(error: AiMemoryError, fields: Collection[str]) -> dict[str, str]:
    """Return what a form with these fields says of an error."""
    key = error.key if isinstance(error, InvalidInput) else error.translation_key
    field = _FIELDS.get(key, "")
    return {field if field in fields else "base": key}


async def async_check_database(data: Mapping[str, Any]) -> ConnectionSettings:
    """Try a connection and all that we need of it; nothing is changed. Raises InvalidInput, DatabaseError."""
    try:
        settings = settings_from_entry(data)
        _check_encodable(settings)
        async with asyncio.timeout(_CHECK_TIMEOUT):
            await Database(settings).check()
    except TimeoutError:
        raise DatabaseUnreachable from None
    except ValueError, OverflowError:
        # Ports out of range too; unchained, since they may quote a password.
        raise InvalidInput("connection_invalid") from None
    return settings


def _check_encodable(settings: ConnectionSettings) -> None:
    """Raise ValueError for NUL and lone surrogates, which the driver chokes on."""
    if b"\0" in "".join(map(str, settings.arguments().values())).encode():
        raise ValueError


async def async_list_models(
    hass: HomeAssistant, settings: EmbedderSettings
) -> list[str]:
    """Return the models that a server offers. Raises InvalidInput, EmbedderError.

    None where a server that speaks OpenAI's language does not tell.
    """
    async with async_embedder(hass, settings) as embedder:
        try:
            return await embedder.models()
        except EmbedderUnauthorized, EmbedderUnreachable:
            raise
        except EmbedderError:
            if settings.provider is EmbedderProvider.OPENAI_COMPATIBLE:
                return []
            raise


async def async_check_embedder(hass: HomeAssistant, settings: EmbedderSettings) -> None:
    """Have something embedded. Raises InvalidInput, EmbedderError."""
    async with async_embedder(hass, settings) as embedder:
        await embedder.model()


@asynccontextmanager
async def async_embedder(
    hass: HomeAssistant, settings: EmbedderSettings
) -> AsyncGenerator[Embedder]:
    """Give an embedder to try. Raises InvalidInput, EmbedderError."""
    embedder = embedders.create(hass, replace(settings, url=settings.url.strip()))
    assert embedder is not None
    try:
        yield embedder
    finally:
        await embedder.close()
