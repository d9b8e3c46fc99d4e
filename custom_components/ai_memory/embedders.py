"""From what an entry stores of an embedder to one that works in Home Assistant."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.ssl import get_default_context

from .embedding.embedder import Embedder
from .embedding.factory import EmbedderSettings, create_embedder
from .entry_data import embedder_settings


def create(
    hass: HomeAssistant, settings: EmbedderSettings, *, pinned: bool = False
) -> Embedder | None:
    """Return an embedder, to try it or, `pinned`, for good; None for provider `none`. Raises InvalidInput, DimensionsOutOfRange."""
    return create_embedder(
        settings,
        session=async_get_clientsession(hass),
        ssl_context=get_default_context(),
        pinned=pinned,
    )


def create_from_data(
    hass: HomeAssistant, data: Mapping[str, Any], key: str
) -> Embedder | None:
    """Return the embedder that stands under a key of an entry's data, None where there is none. Raises as `create`."""
    return create(hass, embedder_settings(data, key), pinned=True)
