"""Figures about the memory, for sensors."""

from datetime import timedelta
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .errors import DatabaseError
from .memory.service import MemoryService
from .models import Change

_LOGGER = logging.getLogger(__name__)

_INTERVAL = timedelta(minutes=5)
_COOLDOWN = 30.0
"""Seconds between updates, however much is learned: counting reads whole tables."""


class StatisticsCoordinator(DataUpdateCoordinator[dict[str, Any]]):
    """Counts every five minutes, and soon after something was learned or forgotten."""

    config_entry: ConfigEntry[Any]

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], service: MemoryService
    ) -> None:
        """Take what is counted."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=_INTERVAL,
            request_refresh_debouncer=Debouncer(
                hass, _LOGGER, cooldown=_COOLDOWN, immediate=False
            ),
        )
        self._service = service

    @callback
    def async_listen(self) -> CALLBACK_TYPE:
        """Follow changes; return what ends it."""
        return self._service.changes.subscribe(self._changed)

    @callback
    def _changed(self, change: Change) -> None:
        self.hass.async_create_task(self.async_request_refresh())

    @override
    async def _async_update_data(self) -> dict[str, Any]:
        try:
            return await self._service.statistics(dt_util.start_of_local_day())
        except DatabaseError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=err.translation_key,
                translation_placeholders=err.placeholders,
            ) from err
