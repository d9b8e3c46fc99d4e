"""What a person leaves who is removed from Home Assistant."""

from http import HTTPStatus
from typing import Any
from unittest.mock import patch
from uuid import uuid7

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.errors import DatabaseUnreachable, InvalidInput
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.models import AnsweredBy, Scope, Turn
from tests.databases import FreshDatabase

pytestmark = pytest.mark.newest_only

ISSUE = "removed_person_anna"
FACT = "The ring for Ben is in the piano"
SAID = "I have hidden the ring for Ben in the piano stool"


class House:
    """Anna and Ben, and what is Anna's."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        websocket: WebSocketGenerator,
        http: ClientSessionGenerator,
    ) -> None:
        self.hass = hass
        self.entry = entry
        self._websocket = websocket
        self._http = http

    async def person(self, command: str, **fields: Any) -> None:
        """Create or delete a person, as people do."""
        client = await self._websocket(self.hass)
        await client.send_json_auto_id({"type": f"person/{command}", **fields})
        answer = await client.receive_json()
        assert answer["success"], answer
        await self.settle()

    async def settle(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def issue(self) -> ir.IssueEntry | None:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, ISSUE)
        return issue if issue and issue.active else None

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        client = await self._http()
        response = await client.post(f"/api/repairs/issues/fix{path}", json=body)
        assert response.status == HTTPStatus.OK, await response.text()
        step: dict[str, Any] = await response.json()
        return step

    async def open(self, way: str) -> dict[str, Any]:
        """Open the repair and choose a way."""
        menu = await self.post("", {"handler": DOMAIN, "issue_id": ISSUE})
        assert menu["type"] == "menu"
        assert menu["menu_options"] == ["keep", "hand_over", "erase"]
        assert menu["description_placeholders"]["person"] == "Anna"
        return await self.answer(menu, {"next_step_id": way})

    async def answer(
        self, step: dict[str, Any], body: dict[str, Any]
    ) -> dict[str, Any]:
        return await self.post(f"/{step['flow_id']}", body)

    async def owners(self) -> dict[str, int]:
        owners: dict[str, int] = await self.entry.runtime_data.service.owners.owners()
        return owners


@pytest.fixture
async def house(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> House:
    """Give a house in which Anna has a memory, an alias and a turn."""
    assert await async_setup_component(hass, "person", {})
    assert await async_setup_component(hass, "repairs", {})
    house = House(hass, loaded_entry, hass_ws_client, hass_client)
    for name in ("Anna", "Ben"):
        await house.person("create", name=name)
    await hass.services.async_call(
        DOMAIN, "remember", {"content": FACT, "person": "person.anna"}, blocking=True
    )
    await hass.services.async_call(
        DOMAIN,
        "set_preference",
        {"key": "music.genre", "value": "jazz", "person": "person.anna"},
        blocking=True,
    )
    service = loaded_entry.runtime_data.service
    await service.record(
        Turn(
            id=uuid7(),
            conversation_id="a session",
            owner="person:anna",
            started_at=dt_util.utcnow(),
            text=SAID,
            language="en",
            agent_id="conversation.model",
            answered_by=AnsweredBy.DELEGATE,
            reply="I see.",
            speaker="Anna",
        )
    )
    assert await service.settled()
    assert await house.owners() == {"person:anna": 3}
    return house


def traces(database: FreshDatabase, owner: str) -> dict[str, int]:
    """Return in which tables there is anything of an owner."""
    tables = database.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'ai_memory' AND column_name = 'owner'"
    ).split()
    assert len(tables) > 10
    counts = {
        table: int(
            database.execute(
                f"SELECT count(*) FROM ai_memory.{table} WHERE owner = '{owner}'"
            )
        )
        for table in tables
    }
    return {table: count for table, count in counts.items() if count}


async def test_issue_comes_with_the_removal(house: House) -> None:
    assert house.issue() is None
    await house.person("delete", person_id="anna")
    issue = house.issue()
    assert issue
    assert issue.is_fixable
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_key == "removed_person"
    assert issue.translation_placeholders == {
        "person": "Anna",
        "memories": "1",
        "turns": "1",
        "preferences": "1",
        "documents": "0",
        "since": dt_util.now().date().isoformat(),
    }
    await house.person("delete", person_id="ben")
    assert [issue_id for domain, issue_id in ir.async_get(house.hass).issues] == [ISSUE]


async def test_keep_for_the_household(house: House, database: FreshDatabase) -> None:
    await house.person("delete", person_id="anna")
    form = await house.open("keep")
    assert (form["type"], form["step_id"]) == ("form", "keep")
    assert await house.owners() == {"person:anna": 3}
    done = await house.answer(form, {})
    assert done["type"] == "create_entry"
    assert house.issue() is None
    assert await house.owners() == {"household": 3}
    assert traces(database, "person:anna") == {}


async def test_hand_over(house: House, database: FreshDatabase) -> None:
    await house.person("delete", person_id="anna")
    form = await house.open("hand_over")
    [field] = form["data_schema"]
    assert field["selector"]["select"]["options"] == [{"value": "ben", "label": "Ben"}]
    done = await house.answer(form, {"person": "ben"})
    assert done["type"] == "create_entry"
    assert house.issue() is None
    assert await house.owners() == {"person:ben": 3}
    assert traces(database, "person:anna") == {}
    found = await house.hass.services.async_call(
        DOMAIN,
        "recall",
        {"query": FACT, "person": "person.ben"},
        blocking=True,
        return_response=True,
    )
    assert found
    assert FACT in str(found["passages"])


async def test_erase(house: House, database: FreshDatabase) -> None:
    await house.person("delete", person_id="anna")
    done = await house.answer(await house.open("erase"), {})
    assert done["type"] == "create_entry"
    assert house.issue() is None
    assert await house.owners() == {}
    assert traces(database, "person:anna") == {}


@pytest.mark.parametrize(
    ("way", "method", "answer"),
    [
        ("keep", "reassign", {}),
        ("hand_over", "reassign", {"person": "ben"}),
        ("erase", "erase", {}),
    ],
)
async def test_failure_can_be_mended(
    house: House, way: str, method: str, answer: dict[str, str]
) -> None:
    await house.person("delete", person_id="anna")
    form = await house.open(way)
    owners = house.entry.runtime_data.service.owners
    for error, key in (
        (DatabaseUnreachable(), "database_error"),
        (InvalidInput("journal_not_writable"), "journal_not_writable"),
        (InvalidInput("import_running"), "import_running"),
    ):
        with patch.object(owners, method, side_effect=error):
            form = await house.answer(form, answer)
        assert (form["type"], form["errors"]) == ("form", {"base": key})
        assert house.issue()
    done = await house.answer(form, answer)
    assert done["type"] == "create_entry"
    assert "person:anna" not in await house.owners()


async def test_nobody_to_hand_over_to(house: House) -> None:
    for person in ("anna", "ben"):
        await house.person("delete", person_id=person)
    result = await house.open("hand_over")
    assert (result["type"], result["reason"]) == ("abort", "no_persons")
    assert house.issue()


async def test_memory_that_is_not_running(house: House) -> None:
    await house.person("delete", person_id="anna")
    form = await house.open("erase")
    assert await house.hass.config_entries.async_unload(house.entry.entry_id)
    result = await house.answer(form, {})
    assert (result["type"], result["reason"]) == ("abort", "not_loaded")
    assert house.issue()


async def test_person_who_returns(house: House) -> None:
    """What is theirs is not taken from them, also where the repair was open."""
    await house.person("delete", person_id="anna")
    form = await house.open("erase")
    await house.person("create", name="Anna")
    assert house.issue() is None
    result = await house.answer(form, {})
    assert (result["type"], result["reason"]) == ("abort", "person_returned")
    assert await house.owners() == {"person:anna": 3}


async def test_person_who_is_disabled(house: House) -> None:
    er.async_get(house.hass).async_update_entity(
        "person.anna", disabled_by=er.RegistryEntryDisabler.USER
    )
    await house.settle()
    assert house.hass.states.get("person.anna") is None
    assert await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert house.issue() is None


async def test_nothing_is_said_before_the_start_is_over(house: House) -> None:
    hass = house.hass
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    hass.set_state(CoreState.starting)
    er.async_get(hass).async_remove("person.anna")
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    er.async_get(hass).async_remove("person.ben")
    await house.settle()
    assert house.issue() is None
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.settle()
    assert house.issue()


async def test_looks_again_when_the_database_is_back(house: House) -> None:
    service = house.entry.runtime_data.service
    with patch.object(service.owners, "owners", side_effect=DatabaseUnreachable):
        await house.person("delete", person_id="anna")
    assert house.issue() is None
    service.health.failed(Part.DATABASE, DatabaseUnreachable())
    service.health.succeeded(Part.DATABASE)
    await house.settle()
    assert house.issue()


async def test_issue_that_was_ignored_stays_so(house: House) -> None:
    await house.person("delete", person_id="anna")
    ir.async_ignore_issue(house.hass, DOMAIN, ISSUE, True)
    assert await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    issue = house.issue()
    assert issue
    assert issue.dismissed_version


async def test_issue_goes_when_nothing_is_left(house: House) -> None:
    await house.person("delete", person_id="anna")
    await house.entry.runtime_data.service.owners.erase(Scope.person("anna"))
    await house.person("create", name="Cleo")
    assert house.issue() is None


async def test_issue_goes_with_the_entry(house: House) -> None:
    await house.person("delete", person_id="anna")
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert ir.async_get(house.hass).async_get_issue(DOMAIN, ISSUE) is None
    # Nobody looks any more.
    await house.person("delete", person_id="ben")
    assert house.issue() is None
