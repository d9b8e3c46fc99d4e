"""What a config entry stores about its connections, as the parts below take it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import (
    CONF_API_KEY,
    CONF_HOST,
    CONF_MODEL,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_URL,
    CONF_USERNAME,
)

from .const import (
    CONF_DATABASE,
    CONF_DIMENSIONS,
    CONF_DSN,
    CONF_EMBEDDER,
    CONF_PROVIDER,
    CONF_TLS,
)
from .embedding.factory import EmbedderProvider, EmbedderSettings
from .postgres.settings import DEFAULT_PORT, ConnectionSettings, TlsMode


def settings_from_entry(data: Mapping[str, Any]) -> ConnectionSettings:
    """Return how to reach the database. Raises InvalidInput."""
    if dsn := data.get(CONF_DSN):
        return ConnectionSettings(dsn=dsn)
    return ConnectionSettings(
        host=data.get(CONF_HOST, ""),
        port=data.get(CONF_PORT, DEFAULT_PORT),
        database=data.get(CONF_DATABASE, ""),
        user=data.get(CONF_USERNAME, ""),
        password=data.get(CONF_PASSWORD, ""),
        tls=TlsMode(data.get(CONF_TLS, TlsMode.PREFER)),
    )


def embedder_settings(data: Mapping[str, Any]) -> EmbedderSettings:
    """Return what the embedder is made from."""
    embedder = data.get(CONF_EMBEDDER, {})
    return EmbedderSettings(
        provider=EmbedderProvider(embedder.get(CONF_PROVIDER, EmbedderProvider.NONE)),
        url=embedder.get(CONF_URL, ""),
        model=embedder.get(CONF_MODEL, ""),
        api_key=embedder.get(CONF_API_KEY),
        dimensions=embedder.get(CONF_DIMENSIONS),
    )
