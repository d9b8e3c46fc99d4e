"""Sensors, buttons, the to-do list, logbook and system health, on a real database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.components.system_health import DOMAIN as SYSTEM_HEALTH
from homeassistant.components.todo import DOMAIN as TODO
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
    get_system_health_info,
)

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.learned import EVENT_FORGOTTEN, EVENT_LEARNED
from custom_components.ai_memory.logbook import async_describe_events
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import MemoryStatus, Scope, TargetKind
from tests.databases import FreshDatabase

HOUSEHOLD = Scope.household()
ANNA = Scope.person("anna")
BINS = "The bins are collected on Tuesday."
REVIEW = "todo.ai_memory_memories_to_review"


@pytest.fixture
def memory(loaded_entry: MockConfigEntry) -> MemoryService:
    service: MemoryService = loaded_entry.runtime_data.service
    return service


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


async def refreshed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await entry.runtime_data.statistics.async_refresh()
    await hass.async_block_till_done()


async def review_items(hass: HomeAssistant) -> dict[str, str]:
    """Return what stands on the list: texts and ids."""
    response = await hass.services.async_call(
        TODO, "get_items", {"entity_id": REVIEW}, blocking=True, return_response=True
    )
    assert response is not None
    found: Any = response[REVIEW]
    return {item["summary"]: item["uid"] for item in found["items"]}


# --- sensors


async def test_sensors_count(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, memory: MemoryService
) -> None:
    assert state_of(hass, "sensor.ai_memory_memories") == "0"
    await memory.memories.remember(HOUSEHOLD, BINS)
    await refreshed(hass, loaded_entry)
    assert state_of(hass, "sensor.ai_memory_memories") == "1"
    assert float(state_of(hass, "sensor.ai_memory_database_size")) > 0
    assert state_of(hass, "sensor.ai_memory_cache_hit_rate") == "unknown"


async def test_sensors_follow_what_is_learned(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    await memory.memories.remember(HOUSEHOLD, BINS)
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, "sensor.ai_memory_memories") == "1"


async def test_noisy_sensors_are_off_by_default(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    disabled = {
        entry.translation_key
        for entry in er.async_entries_for_config_entry(registry, loaded_entry.entry_id)
        if entry.disabled
    }
    assert disabled >= {"recall_latency", "journal_length", "embedding_backlog"}


async def test_sensors_are_unavailable_without_the_database(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, memory: MemoryService
) -> None:
    with patch.object(
        memory.store.maintenance, "statistics", side_effect=DatabaseUnreachable
    ):
        await refreshed(hass, loaded_entry)
    assert state_of(hass, "sensor.ai_memory_memories") == STATE_UNAVAILABLE
    await refreshed(hass, loaded_entry)
    assert state_of(hass, "sensor.ai_memory_memories") == "0"


# --- buttons


async def press(hass: HomeAssistant, button: str) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.ai_memory_{button}"}, blocking=True
    )


async def test_button_clears_everybodys_answers(
    hass: HomeAssistant, memory: MemoryService, database: FreshDatabase
) -> None:
    for number, owner in enumerate((HOUSEHOLD, ANNA)):
        database.execute(
            "INSERT INTO ai_memory.response_cache"
            " (owner, key, question, answer, knowledge_version, expires_at) VALUES"
            f" ('{owner.owner}', decode(repeat('0{number}', 32), 'hex'), 'q', 'a', 0,"
            " now() + interval '1 hour')"
        )
    await press(hass, "clear_cache")
    assert database.execute("SELECT count(*) FROM ai_memory.response_cache") == "0"


async def test_button_runs_maintenance(
    hass: HomeAssistant, memory: MemoryService, database: FreshDatabase
) -> None:
    database.execute(
        "INSERT INTO ai_memory.response_cache"
        " (owner, key, question, answer, knowledge_version, expires_at) VALUES"
        " ('household', decode(repeat('00', 32), 'hex'), 'q', 'a', 0,"
        " now() - interval '1 hour')"
    )
    await press(hass, "run_maintenance")
    assert await memory.settled()
    assert database.execute("SELECT count(*) FROM ai_memory.response_cache") == "0"


# --- review


async def propose(memory: MemoryService, scope: Scope, content: str) -> int:
    stored, _ = await memory.memories.remember(
        scope, content, status=MemoryStatus.PROPOSED
    )
    return stored.id


async def test_review_list_shows_the_households_proposals_only(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    await propose(memory, HOUSEHOLD, BINS)
    await propose(memory, ANNA, "Anna is afraid of spiders.")
    await memory.memories.remember(HOUSEHOLD, "The key hangs behind the door.")
    hass.states.async_set("light.desk", "off", {"friendly_name": "Desk lamp"})
    await memory.preferences.propose_alias(
        HOUSEHOLD, "my lamp", TargetKind.ENTITY, "light.desk"
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert set(await review_items(hass)) == {BINS, "my lamp → Desk lamp"}
    assert state_of(hass, REVIEW) == "2"


async def test_done_accepts(hass: HomeAssistant, memory: MemoryService) -> None:
    memory_id = await propose(memory, HOUSEHOLD, BINS)
    hass.states.async_set("light.desk", "off", {"friendly_name": "Desk lamp"})
    await memory.preferences.propose_alias(
        HOUSEHOLD, "my lamp", TargetKind.ENTITY, "light.desk"
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    for item in (await review_items(hass)).values():
        await hass.services.async_call(
            TODO,
            "update_item",
            {"entity_id": REVIEW, "item": item, "status": "completed"},
            blocking=True,
        )
    assert await review_items(hass) == {}
    kept = await memory.memories.get(HOUSEHOLD, memory_id)
    assert kept.status is MemoryStatus.ACCEPTED
    [alias] = await memory.preferences.list_aliases(HOUSEHOLD)
    assert (alias.phrase, alias.target_id) == ("my lamp", "light.desk")


async def test_deleting_rejects(
    hass: HomeAssistant, memory: MemoryService, database: FreshDatabase
) -> None:
    await propose(memory, HOUSEHOLD, BINS)
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.services.async_call(
        TODO, "remove_item", {"entity_id": REVIEW, "item": BINS}, blocking=True
    )
    assert await review_items(hass) == {}
    assert database.execute("SELECT count(*) FROM ai_memory.memories") == "0"


async def test_words_are_not_changed_on_the_list(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    memory_id = await propose(memory, HOUSEHOLD, BINS)
    await hass.async_block_till_done(wait_background_tasks=True)
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            TODO,
            "update_item",
            {"entity_id": REVIEW, "item": BINS, "rename": "Something else"},
            blocking=True,
        )
    assert caught.value.translation_key == "proposal_done_or_delete"
    assert (await memory.memories.get(HOUSEHOLD, memory_id)).content == BINS


async def test_somebody_elses_proposal_is_unknown(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    memory_id = await propose(memory, ANNA, BINS)
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            DOMAIN,
            "review_proposal",
            {"proposal_id": f"memory:{memory_id}", "accept": True},
            blocking=True,
        )
    assert caught.value.translation_key == "proposal_unknown"


# --- what is told of it


async def test_learning_and_forgetting_are_told_without_text(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    learned = async_capture_events(hass, EVENT_LEARNED)
    forgotten = async_capture_events(hass, EVENT_FORGOTTEN)
    stored, _ = await memory.memories.remember(HOUSEHOLD, BINS)
    await memory.forgetting.memories(HOUSEHOLD, [stored.id])
    await hass.async_block_till_done()
    assert [event.data for event in learned] == [
        {"subject": "memory", "owner": "household", "count": 1}
    ]
    assert forgotten[0].data == {"subject": "memory", "owner": "household", "count": 1}
    assert BINS not in str(learned + forgotten)


async def test_logbook_describes_them(hass: HomeAssistant) -> None:
    described: dict[str, Callable[[Event[Any]], dict[str, str]]] = {}
    async_describe_events(
        hass, lambda domain, event, describe: described.update({event: describe})
    )
    hass.states.async_set("person.anna", "home", {"friendly_name": "Anna"})
    for event_type, data, message in (
        (EVENT_LEARNED, ("memory", "household", 1), "learned a memory of the household"),
        (EVENT_LEARNED, ("alias", "person.anna", 1), "learned an alias of Anna"),
        (EVENT_FORGOTTEN, ("memory", "person.anna", 3), "forgot 3 memories of Anna"),
        (EVENT_FORGOTTEN, ("memory", "gone", None), "forgot memories of somebody who is gone"),
    ):  # fmt: skip
        subject, owner, count = data
        event = Event(event_type, {"subject": subject, "owner": owner, "count": count})
        assert described[event_type](event) == {"name": "AI Memory", "message": message}


async def test_system_health(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, memory: MemoryService
) -> None:
    assert await async_setup_component(hass, SYSTEM_HEALTH, {})
    await hass.async_block_till_done()
    await memory.memories.remember(HOUSEHOLD, BINS)
    info = await get_system_health_info(hass, DOMAIN)
    assert info["database_works"] is True
    assert info["memories"] == 1
    assert info["postgresql"].startswith("16.")
    assert BINS not in str(info)
