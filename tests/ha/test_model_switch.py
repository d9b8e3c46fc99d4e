"""Changing the embedding model in the flows: told first, made in the background, given up until it is done."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.const import CONF_NEXT_EMBEDDER, DOMAIN
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.missing_model import MissingModelFlow
from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.repairs import async_create_fix_flow
from demo.ollama_server import EMBEDDING_MODEL, OllamaServer
from tests.databases import FreshDatabase

HOUSEHOLD = Scope.household()
FACTS = ("The bins are collected on Tuesday.", "The boiler is in the cellar.")
OTHER = "other-embed:latest"
PROGRESS = "sensor.ai_memory_change_of_the_embedding_model"


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> MockConfigEntry:
    """Give an entry with an embedder and two facts that have their vectors."""
    ollama_server.models.append(OTHER)
    hass.config_entries.async_update_entry(
        entry,
        data={
            **entry.data,
            "embedder": {
                "provider": "ollama",
                "url": ollama_server.url,
                "api_key": None,
                "model": EMBEDDING_MODEL,
                "dimensions": None,
            },
        },
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    for fact in FACTS:
        await service_of(entry).memories.remember(HOUSEHOLD, fact)
    assert await service_of(entry).settled()
    return entry


def service_of(entry: MockConfigEntry) -> MemoryService:
    service: MemoryService = entry.runtime_data.service
    return service


async def until(hass: HomeAssistant, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.02)
    await hass.async_block_till_done()


async def fill(
    hass: HomeAssistant, result: ConfigFlowResult, **answers: Any
) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_configure(result["flow_id"], answers)
    await hass.async_block_till_done()
    return result


async def to_switch(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Return the page that tells what the change to other dimensions takes."""
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "ollama"):
        result = await fill(hass, result, next_step_id=step)
    result = await fill(hass, result, url=entry.data["embedder"]["url"])
    result = await fill(hass, result, model=EMBEDDING_MODEL, dimensions=200)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "switch")
    return result


def dimensions(entry: MockConfigEntry) -> object:
    return entry.data["embedder"]["dimensions"]


async def test_change_is_told_then_made_without_loading_again(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
) -> None:
    service = service_of(entry)
    result = await to_switch(hass, entry)
    assert result["description_placeholders"] == {
        "model": EMBEDDING_MODEL,
        "dimensions": "200",
        "items": "2",
        "vectors": "2",
        "minutes": "1",
        "megabytes": "1",
    }
    assert dimensions(entry) is None
    result = await fill(hass, result)
    assert result["reason"] == "switch_started"

    await until(hass, lambda: dimensions(entry) == 200)
    assert CONF_NEXT_EMBEDDER not in entry.data
    assert entry.state is ConfigEntryState.LOADED
    assert service_of(entry) is service
    [found, *_] = await service.memories.recall(HOUSEHOLD, "rubbish collection day")
    assert found.text == FACTS[0]
    assert found.cosine is not None
    # The model is the entry's from now on, also for whoever looks.
    result = await entry.start_reconfigure_flow(hass)
    assert "back_out" not in result["menu_options"]


async def test_change_is_given_up(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> None:
    service = service_of(entry)
    result = await to_switch(hass, entry)
    ollama_server.hanging.add("/api/embed")
    await fill(hass, result)
    assert entry.data[CONF_NEXT_EMBEDDER]["dimensions"] == 200
    progress = service.models.progress()
    assert progress is not None

    result = await entry.start_reconfigure_flow(hass)
    assert "back_out" in result["menu_options"]
    result = await fill(hass, result, next_step_id="back_out")
    assert result["step_id"] == "back_out"
    result = await fill(hass, result)
    assert result["reason"] == "switch_ended"
    assert CONF_NEXT_EMBEDDER not in entry.data
    assert dimensions(entry) is None
    assert service.models.progress() is None
    assert service_of(entry) is service
    assert database.execute("SELECT count(*) FROM ai_memory.embedding_models") == "1"


async def test_change_goes_on_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    result = await to_switch(hass, entry)
    ollama_server.hanging.add("/api/embed")
    await fill(hass, result)
    assert await hass.config_entries.async_unload(entry.entry_id)
    ollama_server.hanging.clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, lambda: dimensions(entry) == 200)


async def held(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    """Begin a change to 200 dimensions whose server hangs."""
    result = await to_switch(hass, entry)
    ollama_server.hanging.add("/api/embed")
    await fill(hass, result)
    service = service_of(entry)
    await until(hass, lambda: service.models.progress() is not None)


async def test_change_goes_on_with_another_database(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> None:
    """Who names the database anew, such as with another password, did not give up the change."""
    await held(hass, entry, ollama_server)
    result = await entry.start_reconfigure_flow(hass)
    result = await fill(hass, result, next_step_id="reconfigure_database")
    ollama_server.hanging.clear()
    result = await fill(hass, result, **database.fields | {"tls": "disable"})
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["tls"] == "disable"
    await until(hass, lambda: dimensions(entry) == 200)


async def test_next_model_at_another_address(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> None:
    """What was made of it stays: it is the same model."""
    await held(hass, entry, ollama_server)
    database.execute(
        "INSERT INTO ai_memory.embedding_models (provider, name, dimensions, building)"
        f" VALUES ('ollama', '{EMBEDDING_MODEL}', 200, true);"
        "INSERT INTO ai_memory.embeddings (passage_id, model_id, owner, vector)"
        " SELECT p.id, m.id, p.owner, array_fill(0.1, ARRAY[200])::halfvec"
        " FROM ai_memory.passages p, ai_memory.embedding_models m WHERE m.building"
        " ORDER BY p.id LIMIT 1"
    )
    since = "SELECT created_at FROM ai_memory.embedding_models WHERE dimensions = 200"
    began = database.execute(since)
    ollama_server.hanging.clear()
    next_embedder = {
        **entry.data[CONF_NEXT_EMBEDDER],
        "url": f"{ollama_server.url}/",
    }
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_NEXT_EMBEDDER: next_embedder}
    )
    await until(hass, lambda: dimensions(entry) == 200)
    assert entry.data["embedder"] == next_embedder
    assert database.execute(since) == began


async def test_wish_for_a_third_model_as_the_second_takes_over(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database has switched, nobody was told yet: the second serves, then the third."""
    models = service_of(entry).store.models
    switch, switched = models.switch, asyncio.Event()

    async def hang(*arguments: Any) -> bool:
        await switch(*arguments)
        switched.set()
        return await asyncio.Future()

    monkeypatch.setattr(models, "switch", hang)
    await fill(hass, await to_switch(hass, entry))
    async with asyncio.timeout(20):
        await switched.wait()
    monkeypatch.undo()
    third = {**entry.data[CONF_NEXT_EMBEDDER], "dimensions": 100}
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_NEXT_EMBEDDER: third}
    )
    await until(hass, lambda: dimensions(entry) == 100)
    assert CONF_NEXT_EMBEDDER not in entry.data
    active = "SELECT dimensions FROM ai_memory.embedding_models WHERE active"
    assert database.execute(active) == "100"


async def test_server_that_fails_is_told_in_the_flow(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "ollama"):
        result = await fill(hass, result, next_step_id=step)
    result = await fill(hass, result, url=ollama_server.url)
    embed = ollama_server.failing
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "custom_components.ai_memory.flow_embedder.async_check_embedder",
            _fail_afterwards(embed),
        )
        result = await fill(hass, result, model=OTHER)
    assert (result["step_id"], result["errors"]) == (
        "switch",
        {"base": "embedder_error"},
    )
    # Nothing was begun; trying again tells first.
    embed.clear()
    result = await fill(hass, result)
    assert (result["step_id"], result["errors"]) == ("switch", {})
    assert CONF_NEXT_EMBEDDER not in entry.data


def _fail_afterwards(failing: set[str]) -> Callable[..., Any]:
    async def check(*_: object) -> None:
        failing.add("/api/embed")

    return check


async def test_vanished_model_is_replaced_in_the_repair(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    ollama_server.models.remove(EMBEDDING_MODEL)
    service = service_of(entry)
    await service.memories.remember(HOUSEHOLD, "The fuse box is in the hall.")
    await until(
        hass, lambda: ir.async_get(hass).async_get_issue(DOMAIN, "embedder") is not None
    )
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "embedder")
    assert issue
    assert issue.translation_key == "embedding_model_missing"
    assert issue.is_fixable
    # Search by words goes on.
    [found, *_] = await service.memories.recall(HOUSEHOLD, "the fuse box")
    assert found.text == "The fuse box is in the hall."

    flow = await async_create_fix_flow(hass, "embedder", None)
    assert isinstance(flow, MissingModelFlow)
    flow.hass = hass
    result = await flow.async_step_init()
    assert result["step_id"] == "init"
    result = await flow.async_step_init({"model": "nonsense"})
    assert result["errors"] == {"model": "embedding_model_missing"}
    # The server goes between the two steps: nothing is begun before it was told what it takes.
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(
            "custom_components.ai_memory.missing_model.async_check_embedder",
            _fail_afterwards(ollama_server.failing),
        )
        result = await flow.async_step_init({"model": OTHER})
    for _ in range(2):
        assert (result["step_id"], result["errors"]) == (
            "switch",
            {"base": "embedder_error"},
        )
        result = await flow.async_step_switch({})
    assert CONF_NEXT_EMBEDDER not in entry.data
    ollama_server.failing.clear()
    result = await flow.async_step_switch({})
    assert result["step_id"] == "switch"
    assert result["description_placeholders"]
    assert result["description_placeholders"]["vectors"] == "3"
    result = await flow.async_step_switch({})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until(hass, lambda: entry.data["embedder"]["model"] == OTHER)
    await service.settled()
    assert ir.async_get(hass).async_get_issue(DOMAIN, "embedder") is None
    [found, *_] = await service.memories.recall(HOUSEHOLD, "electrical panel")
    assert found.cosine is not None

    await hass.config_entries.async_unload(entry.entry_id)
    for step in (flow.async_step_init, flow.async_step_switch):
        result = await step({})
        assert (result["type"], result["reason"]) == (
            FlowResultType.ABORT,
            "not_loaded",
        )


async def test_server_that_hangs_and_change_that_is_done_meanwhile(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    ollama_server: OllamaServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.ai_memory.flow_switch._TIMEOUT", 0.2)
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "ollama"):
        result = await fill(hass, result, next_step_id=step)
    result = await fill(hass, result, url=ollama_server.url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "custom_components.ai_memory.flow_embedder.async_check_embedder",
            _fail_afterwards(ollama_server.hanging),
        )
        result = await fill(hass, result, model=OTHER)
    assert result["errors"] == {"base": "embedder_unreachable"}
    ollama_server.hanging.clear()
    monkeypatch.undo()

    result = await to_switch(hass, entry)
    ollama_server.hanging.add("/api/embed")
    await fill(hass, result)
    result = await entry.start_reconfigure_flow(hass)
    result = await fill(hass, result, next_step_id="back_out")
    ollama_server.hanging.clear()
    await until(hass, lambda: dimensions(entry) == 200)
    result = await fill(hass, result)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "switch_done")
