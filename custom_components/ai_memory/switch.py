"""Switches that pause an agent's saving and its recall."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_ON, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .agent_state import AgentState
from .const import SUBENTRY_CONVERSATION
from .data import AiMemoryConfigEntry
from .entity import agent_device

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PauseSwitchDescription(SwitchEntityDescription):
    """What is paused."""

    is_paused: Callable[[AgentState], bool]
    pause: Callable[[AgentState, bool], None]


SWITCHES = (
    PauseSwitchDescription(
        key="pause_saving",
        translation_key="pause_saving",
        entity_category=EntityCategory.CONFIG,
        is_paused=lambda agent: not agent.saving,
        pause=lambda agent, paused: agent.async_set_saving(on=not paused),
    ),
    PauseSwitchDescription(
        key="pause_recall",
        translation_key="pause_recall",
        entity_category=EntityCategory.CONFIG,
        is_paused=lambda agent: not agent.recall,
        pause=lambda agent, paused: agent.async_set_recall(on=not paused),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AiMemoryConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of each agent."""
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_CONVERSATION:
            async_add_entities(
                [PauseSwitch(entry, subentry, description) for description in SWITCHES],
                config_subentry_id=subentry.subentry_id,
            )


class PauseSwitch(SwitchEntity, RestoreEntity):
    """On while something of an agent is paused; the same by voice."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description: PauseSwitchDescription

    def __init__(
        self,
        entry: AiMemoryConfigEntry,
        subentry: ConfigSubentry,
        description: PauseSwitchDescription,
    ) -> None:
        """Take the agent and what is paused."""
        self.entity_description = description
        self._agent = entry.runtime_data.agents[subentry.subentry_id]
        self._attr_unique_id = f"{subentry.subentry_id}_{description.key}"
        self._attr_device_info = agent_device(subentry)

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is paused."""
        return self.entity_description.is_paused(self._agent)

    @override
    async def async_added_to_hass(self) -> None:
        """Pause again what was paused before Home Assistant restarted, and follow what is said."""
        await super().async_added_to_hass()
        last = await self.async_get_last_state()
        if last is not None and last.state == STATE_ON:
            self.entity_description.pause(self._agent, True)
        self.async_on_remove(self._agent.async_listen(self.async_write_ha_state))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Pause."""
        self.entity_description.pause(self._agent, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Go on."""
        self.entity_description.pause(self._agent, False)
