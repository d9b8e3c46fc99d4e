"""What a config entry stores, as the parts below take it."""

from collections.abc import Mapping
from datetime import timedelta
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
    CONF_AUDIT_DAYS,
    CONF_BIN_DAYS,
    CONF_CACHE_LIMIT,
    CONF_CACHE_MINUTES,
    CONF_DATABASE,
    CONF_DIMENSIONS,
    CONF_DSN,
    CONF_EMBEDDER,
    CONF_PROVIDER,
    CONF_TLS,
    CONF_TURNS_DAYS,
)
from .embedding.factory import EmbedderProvider, EmbedderSettings
from .memory.retention import KEEP_TURNS, Retention
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


def embedder_settings(
    data: Mapping[str, Any], key: str = CONF_EMBEDDER
) -> EmbedderSettings:
    """Return what an embedder is made from."""
    embedder = data.get(key, {})
    return EmbedderSettings(
        provider=EmbedderProvider(embedder.get(CONF_PROVIDER, EmbedderProvider.NONE)),
        url=embedder.get(CONF_URL, ""),
        model=embedder.get(CONF_MODEL, ""),
        api_key=embedder.get(CONF_API_KEY),
        dimensions=embedder.get(CONF_DIMENSIONS),
    )


def retention_fields(options: Mapping[str, Any]) -> dict[str, int]:
    """Return how long things are kept, as the form shows it; 0 days are for ever."""
    defaults = {
        CONF_TURNS_DAYS: KEEP_TURNS.turns_days or 0,
        CONF_AUDIT_DAYS: KEEP_TURNS.audit_days or 0,
        CONF_BIN_DAYS: KEEP_TURNS.bin_days,
        CONF_CACHE_MINUTES: KEEP_TURNS.cache_lifetime // timedelta(minutes=1),
        CONF_CACHE_LIMIT: KEEP_TURNS.cache_limit,
    }
    return {key: options.get(key, default) for key, default in defaults.items()}


def retention_from_options(options: Mapping[str, Any]) -> Retention:
    """Return how long things are kept."""
    fields = retention_fields(options)
    return Retention(
        turns_days=fields[CONF_TURNS_DAYS] or None,
        audit_days=fields[CONF_AUDIT_DAYS] or None,
        bin_days=fields[CONF_BIN_DAYS],
        cache_lifetime=timedelta(minutes=fields[CONF_CACHE_MINUTES]),
        cache_limit=fields[CONF_CACHE_LIMIT],
    )
