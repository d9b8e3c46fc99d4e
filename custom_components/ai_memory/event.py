"""An event for each answer that memory had a part in."""

from typing import Any, Final, override

from homeassistant.components.event import EventEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_CONVERSATION, recalled_signal
from .data import AiMemoryConfigEntry
from .entity import agent_device

PARALLEL_UPDATES = 0

_RECALLED: Final = "recalled"
_CACHED: Final = "cached"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AiMemoryConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event of each agent."""
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_CONVERSATION:
            async_add_entities(
                [RecalledEvent(subentry)], config_subentry_id=subentry.subentry_id
            )


class RecalledEvent(EventEntity):
    """Fires when an agent was given something that is known, or an answer was given again.

    Every user sees every entity: how much was recalled is told, never what.
    """

    _attr_has_entity_name = True
    _attr_translation_key = "recalled"
    _attr_should_poll = False
    _attr_entity_registry_enabled_default = False

    def __init__(self, subentry: ConfigSubentry) -> None:
        """Take the agent."""
        self._subentry_id = subentry.subentry_id
        self._attr_event_types = [_RECALLED, _CACHED]
        self._attr_unique_id = f"{subentry.subentry_id}_recalled"
        self._attr_device_info = agent_device(subentry)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the agent."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, recalled_signal(self._subentry_id), self._recalled
            )
        )

    @callback
    def _recalled(self, cached: bool, attributes: dict[str, Any]) -> None:
        self._trigger_event(_CACHED if cached else _RECALLED, attributes)
        self.async_write_ha_state()
