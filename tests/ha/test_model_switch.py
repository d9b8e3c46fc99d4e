"""Changing the embedding model in the flows: told first, made in the background, given up until it is done."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ai_memory import flow_switch
from custom_components.ai_memory.const import CONF_NEXT_EMBEDDER, DOMAIN
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.missing_model import MissingModelFlow
from custom_components.ai_memory.models import Scope
from demo.ollama_server import EMBEDDING_MODEL, OllamaServer
from tests.databases import FreshDatabase

HOUSEHOLD = Scope.household()
FACTS = ("The bins are collected on Tuesday.", "The boiler is in the cellar.")
OTHER = "other-embed:latest"
SCHEDULE = "homeassistant.config_entries.ConfigEntries.async_schedule_reload"
TEXTS = json.loads(
    (Path(flow_switch.__file__).parent / "translations/en.json").read_text()
)


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


async def choose(
    hass: HomeAssistant, entry: MockConfigEntry, url: str, **model: Any
) -> ConfigFlowResult:
    """Return what comes after a model was chosen."""
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "ollama"):
        result = await fill(hass, result, next_step_id=step)
    result = await fill(hass, result, url=url)
    return await fill(hass, result, **model)


async def to_switch(
    hass: HomeAssistant, entry: MockConfigEntry, to: int = 200, step: str = "switch"
) -> ConfigFlowResult:
    """Return the page that tells what the change to other dimensions takes."""
    url = entry.data["embedder"]["url"]
    result = await choose(hass, entry, url, model=EMBEDDING_MODEL, dimensions=to)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, step)
    assert TEXTS["config"]["step"][step]["description"].format(
        **result["description_placeholders"] or {}
    )
    return result


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    assert result["data_schema"]
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


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
        "time": "Making them takes about 1 min at the speed just measured.",
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


async def built(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bring a change to 200 dimensions as far as it gets without taking place."""
    models, ready = service_of(entry).store.models, asyncio.Event()

    async def hang(*_: object) -> bool:
        ready.set()
        return await asyncio.Future()

    monkeypatch.setattr(models, "switch", hang)
    await fill(hass, await to_switch(hass, entry))
    async with asyncio.timeout(20):
        await ready.wait()


async def test_time_that_cannot_be_measured(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
) -> None:
    """Everything is one person's, and nobody has agreed yet to where that goes."""
    for table in ("collections", "memories", "passages"):
        database.execute(f"UPDATE ai_memory.{table} SET owner = 'person:anna'")
    result = await to_switch(hass, entry)
    placeholders = result["description_placeholders"] or {}
    assert (placeholders["vectors"], placeholders["minutes"]) == ("2", "–")
    assert placeholders["time"] == "How long making them takes cannot be measured."


async def test_server_of_the_next_model_is_corrected(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    ollama_server: OllamaServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever takes what is suggested gets on with the change, and what serves stays as it is."""
    await built(hass, entry, monkeypatch)
    present, url = entry.data["embedder"], f"{ollama_server.url}/"
    ollama_server.api_key = "key"
    hass.config_entries.async_update_entry(
        entry,
        data={
            **entry.data,
            CONF_NEXT_EMBEDDER: {
                **entry.data[CONF_NEXT_EMBEDDER],
                "url": url,
                "api_key": "key",
            },
        },
    )
    await hass.async_block_till_done()
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "ollama"):
        result = await fill(hass, result, next_step_id=step)
    assert suggested(result) == {"url": url}
    # Its key is not shown, and belongs to it.
    result = await fill(hass, result, url=url)
    assert result["step_id"] == "model"
    assert suggested(result) == {"model": EMBEDDING_MODEL, "dimensions": 200}
    result = await fill(hass, result, **suggested(result))
    assert result["step_id"] == "switch"
    result = await fill(hass, result)
    assert result["reason"] == "switch_started"
    assert entry.data["embedder"] == present
    assert entry.data[CONF_NEXT_EMBEDDER] == {
        **present,
        "url": url,
        "api_key": "key",
        "dimensions": 200,
    }
    # The present one's server, where that has a key of its own.
    ollama_server.api_key = "present"
    hass.config_entries.async_update_entry(
        entry,
        data={**entry.data, "embedder": {**present, "api_key": "present"}},
    )
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "ollama"):
        result = await fill(hass, result, next_step_id=step)
    result = await fill(hass, result, url=present["url"])
    assert result["step_id"] == "model"
    # Another provider's form knows nothing of it.
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "openai_compatible"):
        result = await fill(hass, result, next_step_id=step)
    assert suggested(result) == {}


SINCE = "SELECT created_at FROM ai_memory.embedding_models WHERE dimensions = 200"


async def test_server_of_the_present_model_is_corrected_meanwhile(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That is no wish to give the change up: what was made for it stays, and it goes on."""
    await built(hass, entry, monkeypatch)
    began = database.execute(SINCE)
    url = f"{entry.data['embedder']['url']}/"
    with patch(SCHEDULE) as reload:
        result = await choose(hass, entry, url, model=EMBEDDING_MODEL)
    assert result["reason"] == "reconfigure_successful"
    assert (entry.data["embedder"]["url"], dimensions(entry)) == (url, None)
    assert entry.data[CONF_NEXT_EMBEDDER]["dimensions"] == 200
    reload.assert_called_once()
    await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: dimensions(entry) == 200)
    assert began == database.execute(SINCE) != ""


async def test_third_model_is_told_what_becomes_of_the_second(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await built(hass, entry, monkeypatch)
    result = await to_switch(hass, entry, 100, "switch_instead")
    assert (result["description_placeholders"] or {})["other"] == EMBEDDING_MODEL
    monkeypatch.undo()
    result = await fill(hass, result)
    assert result["reason"] == "switch_started"
    await until(hass, lambda: dimensions(entry) == 100)


async def test_first_model_is_told_what_it_takes(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "none"):
        result = await fill(hass, result, next_step_id=step)
    assert entry.data["embedder"] == {"provider": "none"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "custom_components.ai_memory.flow_embedder.async_check_embedder",
            _fail_afterwards(ollama_server.failing),
        )
        result = await choose(hass, entry, ollama_server.url, model=OTHER)
    assert (result["step_id"], result["errors"]) == (
        "first_model",
        {"base": "embedder_error"},
    )
    ollama_server.failing.clear()
    result = await fill(hass, result)
    assert (result["step_id"], result["errors"]) == ("first_model", {})
    placeholders = result["description_placeholders"] or {}
    assert (placeholders["items"], placeholders["vectors"]) == ("2", "2")
    assert TEXTS["config"]["step"]["first_model"]["description"].format(**placeholders)
    assert entry.data["embedder"] == {"provider": "none"}
    result = await fill(hass, result)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["embedder"]["model"] == OTHER
    assert CONF_NEXT_EMBEDDER not in entry.data


async def test_model_before_is_measured_where_none_serves(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> None:
    result = await entry.start_reconfigure_flow(hass)
    for step in ("embedder", "none"):
        result = await fill(hass, result, next_step_id=step)
    database.execute("DELETE FROM ai_memory.embeddings")
    result = await choose(hass, entry, ollama_server.url, model=EMBEDDING_MODEL)
    assert result["step_id"] == "first_model"
    placeholders = result["description_placeholders"] or {}
    assert (placeholders["vectors"], placeholders["minutes"]) == ("2", "1")


async def test_model_is_changed_while_the_entry_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    """The present one serves until the vectors of the other are made, as ever."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    url = ollama_server.url
    with patch(SCHEDULE):
        result = await choose(hass, entry, url, model=OTHER)
        assert result["reason"] == "switch_started"
        # Only where the present one is, is corrected.
        result = await choose(hass, entry, f"{url}/", model=EMBEDDING_MODEL)
        assert result["reason"] == "reconfigure_successful"
    assert entry.data["embedder"]["url"] == f"{url}/"
    assert entry.data["embedder"]["model"] == EMBEDDING_MODEL
    assert entry.data[CONF_NEXT_EMBEDDER]["model"] == OTHER
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, lambda: entry.data["embedder"]["model"] == OTHER)

    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "embedder": {"provider": "none"}}
    )
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(entry.entry_id)
    with patch(SCHEDULE):
        result = await choose(hass, entry, url, model=OTHER)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["embedder"]["model"] == OTHER


async def test_waiting_is_shown(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    """In the repairs, and where one can back out; until it gets on, however often it is tried."""

    def issue() -> ir.IssueEntry | None:
        return ir.async_get(hass).async_get_issue(DOMAIN, "switch_waits")

    shown: list[bool] = []
    service_of(entry).models.subscribe(lambda _: shown.append(issue() is not None))
    url = ollama_server.url
    result = await choose(hass, entry, url, model=OTHER)
    ollama_server.models.remove(OTHER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "custom_components.ai_memory.memory.embedding_switch._RETRY_AFTER", 0.01
        )
        await fill(hass, result)
        await until(hass, lambda: issue() is not None)
        shown.clear()
        await until(hass, lambda: len(shown) >= 3)
        assert all(shown), "it does not come and go"
        found = issue()
        assert found
        assert not found.is_fixable
        assert found.translation_placeholders == {
            "reason": f"The embedding server has no model {OTHER}"
        }
        assert TEXTS["issues"]["switch_waits"]["description"].format(
            **found.translation_placeholders
        )
        result = await entry.start_reconfigure_flow(hass)
        result = await fill(hass, result, next_step_id="back_out")
        placeholders = result["description_placeholders"] or {}
        assert placeholders["problem"] == f"{found.translation_placeholders['reason']}."
        assert TEXTS["config"]["step"]["back_out"]["description"].format(**placeholders)
        ollama_server.models.append(OTHER)
        await until(hass, lambda: entry.data["embedder"]["model"] == OTHER)
    assert issue() is None


async def test_issue_of_a_change_that_is_given_up(
    hass: HomeAssistant, entry: MockConfigEntry, ollama_server: OllamaServer
) -> None:
    result = await choose(hass, entry, ollama_server.url, model=OTHER)
    ollama_server.models.remove(OTHER)
    await fill(hass, result)
    issues = ir.async_get(hass)
    await until(
        hass, lambda: issues.async_get_issue(DOMAIN, "switch_waits") is not None
    )
    result = await entry.start_reconfigure_flow(hass)
    result = await fill(hass, result, next_step_id="back_out")
    await fill(hass, result)
    assert issues.async_get_issue(DOMAIN, "switch_waits") is None


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
    hass: HomeAssistant,
    entry: MockConfigEntry,
    ollama_server: OllamaServer,
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
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

    async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await client.post(f"/api/repairs/issues/fix{path}", json=body)
        assert response.status == HTTPStatus.OK, await response.text()
        result: dict[str, Any] = await response.json()
        return result

    result = await post("", {"handler": DOMAIN, "issue_id": "embedder"})
    step = f"/{result['flow_id']}"
    assert (result["type"], result["step_id"]) == ("form", "model")
    result = await post(step, {"model": "nonsense"})
    assert result["errors"] == {"model": "embedding_model_missing"}
    # The server goes between the two steps: nothing is begun before it was told what it takes.
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(
            "custom_components.ai_memory.missing_model.async_check_embedder",
            _fail_afterwards(ollama_server.failing),
        )
        result = await post(step, {"model": OTHER})
    for _ in range(2):
        assert (result["step_id"], result["errors"]) == (
            "switch",
            {"base": "embedder_error"},
        )
        result = await post(step, {})
    assert CONF_NEXT_EMBEDDER not in entry.data
    ollama_server.failing.clear()
    result = await post(step, {})
    assert (result["step_id"], result["errors"]) == ("switch", {})
    assert result["description_placeholders"]["vectors"] == "3"
    assert "about 1 min" in result["description_placeholders"]["time"]
    ollama_server.hanging.add("/api/embed")
    result = await post(step, {})
    assert (result["type"], result["reason"]) == ("abort", "switch_started")
    # It is missing until the other one serves; whoever backs out goes on to be told.
    assert ir.async_get(hass).async_get_issue(DOMAIN, "embedder") == issue
    ollama_server.hanging.clear()
    await until(hass, lambda: entry.data["embedder"]["model"] == OTHER)
    await service.settled()
    assert ir.async_get(hass).async_get_issue(DOMAIN, "embedder") is None
    [found, *_] = await service.memories.recall(HOUSEHOLD, "electrical panel")
    assert found.cosine is not None


async def test_repair_tells_what_becomes_of_a_change_that_is_under_way(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await built(hass, entry, monkeypatch)
    flow = MissingModelFlow({})
    flow.hass = hass
    result = await flow.async_step_model({"model": OTHER})
    assert result["step_id"] == "switch_instead"
    fix = TEXTS["issues"]["embedding_model_missing"]["fix_flow"]
    assert EMBEDDING_MODEL in fix["step"]["switch_instead"]["description"].format(
        **result["description_placeholders"] or {}
    )
    monkeypatch.undo()
    result = await flow.async_step_switch_instead({})
    assert fix["abort"][result["reason"]]
    await until(hass, lambda: entry.data["embedder"]["model"] == OTHER)


async def test_repair_of_a_memory_that_does_not_run(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = MissingModelFlow({})
    flow.hass = hass
    await hass.config_entries.async_unload(entry.entry_id)
    for step in (flow.async_step_model, flow.async_step_switch):
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
