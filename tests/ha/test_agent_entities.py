"""The switches and the event of an agent."""

from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.ai_memory.models import Scope
from tests.ha.keeper import Memory, speech

FACT = "The spare key is under the blue flower pot"
QUESTION = "Where is the spare key?"
SAVING = "switch.keeper_pause_saving"
RECALL = "switch.keeper_pause_recall"
RECALLED = "event.keeper_recalled_answer"


async def turn(hass: HomeAssistant, switch: str, how: str) -> None:
    await hass.services.async_call(
        "switch", f"turn_{how}", {"entity_id": switch}, blocking=True
    )


async def test_paused_saving_saves_nothing(hass: HomeAssistant, memory: Memory) -> None:
    assert hass.states.is_state(SAVING, STATE_OFF)
    await turn(hass, SAVING, "on")
    await memory.say("We moved the ladder to the garage yesterday", user="anna")
    assert await memory.rows("SELECT * FROM turns") == []
    await turn(hass, SAVING, "off")
    await memory.say("We moved the ladder to the attic yesterday", user="anna")
    assert len(await memory.rows("SELECT * FROM turns")) == 1


async def test_paused_recall_uses_nothing(hass: HomeAssistant, memory: Memory) -> None:
    await memory.service.memories.remember(Scope.household(), FACT)
    assert await memory.service.settled()
    await turn(hass, RECALL, "on")
    assert "flower pot" not in speech(await memory.say(QUESTION, user="anna"))
    await turn(hass, RECALL, "off")
    assert "flower pot" in speech(await memory.say(QUESTION, user="anna"))


async def test_what_is_said_shows_on_the_switch(
    hass: HomeAssistant, memory: Memory
) -> None:
    await memory.say("don't remember this", user="anna")
    assert hass.states.is_state(SAVING, STATE_ON)
    await memory.say("you may remember again", user="anna")
    assert hass.states.is_state(SAVING, STATE_OFF)


async def test_a_pause_outlives_a_reload(hass: HomeAssistant, memory: Memory) -> None:
    await turn(hass, SAVING, "on")
    await hass.config_entries.async_reload(memory.entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(SAVING, STATE_ON)
    assert hass.states.is_state(RECALL, STATE_OFF)
    await memory.say("We moved the ladder to the garage yesterday", user="anna")
    assert await memory.rows("SELECT * FROM turns") == []


def attributes(hass: HomeAssistant) -> dict[str, Any]:
    state = hass.states.get(RECALLED)
    assert state is not None
    return dict(state.attributes)


async def test_event_tells_how_much_and_never_what(
    hass: HomeAssistant, memory: Memory
) -> None:
    registry = er.async_get(hass)
    entry = registry.async_get(RECALLED)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    registry.async_update_entity(RECALLED, disabled_by=None)
    await hass.config_entries.async_reload(memory.entry.entry_id)
    await hass.async_block_till_done()
    await memory.service.memories.remember(Scope.household(), FACT)
    assert await memory.service.settled()

    await memory.say(QUESTION, user="anna")
    assert (told := attributes(hass))["event_type"] == "recalled"
    assert told["passages"] == 1
    await memory.say(QUESTION, user="anna")
    assert (told := attributes(hass))["event_type"] == "cached"
    assert "flower" not in str(told)
    before = hass.states.get(RECALLED)
    await memory.say("turn on the office main", user="anna")
    assert hass.states.get(RECALLED) == before
