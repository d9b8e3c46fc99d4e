"""Forgetting and handing over, through Home Assistant's own call of the actions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid7

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import entity_registry as er
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.operations import OPERATIONS
from custom_components.ai_memory.operations.operation import async_caller, async_perform
from tests.databases import FreshDatabase
from tests.engine import HOUSEHOLD, settled, turn
from tests.ha.actions import Call, call, people
from tests.traces import tables_with

pytestmark = pytest.mark.newest_only

__all__ = ["call", "people"]

ANNA = Scope.person("id_of_anna")
BERT = Scope.person("id_of_bert")
GIFT = "The marzipan for Bert is hidden in the attic"
WORD = "marzipan"


@pytest.fixture
def service(loaded_entry: MockConfigEntry) -> MemoryService:
    """Give the memory itself."""
    found: MemoryService = loaded_entry.runtime_data.service
    return found


async def key_of(awaitable: Any) -> str | None:
    """Return the translation key of the error that a call ends with."""
    with pytest.raises(HomeAssistantError) as error:
        await awaitable
    return error.value.translation_key


async def test_search_shows_and_the_token_forgets(
    call: Call,
    people: dict[str, Context],
    service: MemoryService,
    database: FreshDatabase,
) -> None:
    anna, bert, _ = people.values()
    stored = await call("remember", anna, content=GIFT, private=True)
    await service.record(turn(f"You know, {GIFT.lower()}!", ANNA))
    await settled(service)

    shown = await call("forget", anna, query="marzipan in the attic", limit=5)
    [memory, said] = sorted(shown["candidates"], key=lambda one: one["kind"])
    assert (memory["id"], memory["owner"]) == (stored["id"], "person.anna")
    assert (said["kind"], shown["seconds"]) == ("turn", 600)
    assert tables_with(database, WORD)

    token = shown["token"]
    for context in (bert, None):
        assert (
            await key_of(call("forget", context, token=token)) == "forget_token_unknown"
        )
    strange = call("forget", anna, token=token, memory_ids=[stored["id"] + 1])
    assert await key_of(strange) == "forget_not_in_preview"
    done = await call("forget", anna, token=token)
    assert done == {
        "forgotten": [stored["id"]],
        "turns": 1,
        "conversations": [1],
        "preferences": [],
        "still_in": {"memories": [], "preferences": [], "turns": []},
    }
    assert not tables_with(database, WORD)
    assert await key_of(call("forget", anna, token=token)) == "forget_token_unknown"


async def test_nothing_of_others_is_shown_or_forgotten(
    call: Call, people: dict[str, Context], service: MemoryService
) -> None:
    anna, bert, guest = people.values()
    stored = await call("remember", anna, content=GIFT, private=True)
    one = turn(GIFT, ANNA)
    await service.record(one)
    await settled(service)
    [conversation] = await service.conversations.list(ANNA)
    for context in (bert, guest):
        shown = await call("forget", context, query=WORD)
        assert shown["candidates"] == []
        done = await call(
            "forget", context, memory_ids=[stored["id"]], turn_ids=[str(one.id)]
        )
        assert (done["forgotten"], done["turns"]) == ([], 0)
        unknown = call("forget", context, conversation_id=conversation.id)
        assert await key_of(unknown) == "conversation_unknown"
        for data in ({"everything": True}, {"older_than_days": 0}):
            named = call("forget", context, person="person.anna", confirm=True, **data)
            assert await key_of(named) == "not_your_memory"
    # The household's everything is not one member's alone.
    for data in ({"everything": True}, {"older_than_days": 0}):
        assert await key_of(call("forget", guest, **data)) == "not_your_memory"
    done = await call("forget", person="person.anna", turn_ids=str(one.id))
    assert done["turns"] == 1


async def test_words_reach_what_others_said_for_administrators_only(
    hass: HomeAssistant,
    call: Call,
    people: dict[str, Context],
    service: MemoryService,
) -> None:
    """Nor by word of mouth or through a language model, whoever speaks."""
    anna, _, guest = people.values()
    forget = OPERATIONS["forget"]

    async def tell_and_forget(context: Context, source: str) -> tuple[int, int]:
        stored = await call("remember", context, content="oncologist")
        caller = await async_caller(hass, context, source)
        shown = await async_perform(
            forget, caller, forget.schema({"query": "oncologist"})
        )
        assert shown
        done = await async_perform(
            forget,
            caller,
            forget.schema({"token": shown["token"], "memory_ids": [stored["id"]]}),
        )
        assert done
        conversations = done["conversations"]
        assert isinstance(done["turns"], int)
        assert isinstance(conversations, list)
        return done["turns"], len(conversations)

    await service.record(turn("Book the oncologist for me", BERT))
    await settled(service)
    stored = await call("remember", guest, content="oncologist")
    done = await call("forget", guest, memory_ids=[stored["id"]])
    assert (done["turns"], done["conversations"]) == (0, [])
    assert await tell_and_forget(guest, "action") == (0, 0)
    assert await tell_and_forget(anna, "voice") == (0, 0)
    assert await tell_and_forget(anna, "tool") == (0, 0)
    assert len(await service.conversations.list(BERT)) == 1
    assert await tell_and_forget(anna, "action") == (1, 1)
    assert await service.conversations.list(BERT) == []


async def test_by_age_by_conversation_and_everything(
    call: Call,
    people: dict[str, Context],
    service: MemoryService,
    database: FreshDatabase,
) -> None:
    _, bert, _ = people.values()
    await call("remember", bert, content=GIFT, private=True)
    await call("remember", content="The bins go out on Tuesday")
    await call("set_preference", bert, key="a.b", value=1, private=True)
    for days in (5, 20):
        started_at = datetime.now(UTC) - timedelta(days=days)
        for scope in (BERT, HOUSEHOLD):
            told = turn("It rains", scope, started_at=started_at)
            await service.record(told)
    await settled(service)
    data = {"older_than_days": "10", "kinds": "conversations"}
    counts = {"memories": 0, "turns": 1, "preferences": 0}
    assert await call("forget", bert, **data) == {"confirmed": False, **counts}
    assert database.execute("SELECT count(*) FROM ai_memory.turns") == "4"
    done = await call("forget", bert, **data, confirm=True)
    assert done == {"confirmed": True, **counts}
    assert database.execute("SELECT count(*) FROM ai_memory.turns") == "3"

    [conversation] = [
        one for one in await service.conversations.list(BERT) if one.owner == BERT.owner
    ]
    done = await call("forget", bert, conversation_id=conversation.id)
    assert (done["turns"], done["conversations"]) == (1, [conversation.id])

    everything = {"memories": 1, "turns": 0, "preferences": 1}
    shown = await call("forget", bert, everything=True)
    assert shown == {"confirmed": False, **everything}
    done = await call("forget", bert, everything=True, confirm=True)
    assert done == {"confirmed": True, **everything}
    assert not tables_with(database, WORD)
    assert await service.owners.owners() == {"household": 3}
    done = await call("forget", everything=True, confirm=True)
    assert (done["memories"], done["turns"]) == (1, 2)
    assert await service.owners.owners() == {}


CANNOT_BE: list[tuple[dict[str, Any], str]] = [
    ({}, "forget_one_way"),
    ({"confirm": True}, "forget_one_way"),
    ({"everything": False}, "forget_one_way"),
    ({"query": "x", "token": "y"}, "forget_one_way"),
    ({"everything": True, "older_than_days": 3}, "forget_one_way"),
    ({"query": "x", "memory_ids": [1]}, "forget_field_strange"),
    ({"memory_ids": [1], "confirm": True}, "forget_field_strange"),
    ({"conversation_id": 1, "kinds": ["memories"]}, "forget_field_strange"),
    ({"query": "\0 "}, "text_empty"),
    ({"query": "x" * 1_000_000}, "text_too_long"),
    ({"query": "x", "limit": 0}, "limit_invalid"),
    ({"token": "'; DROP TABLE turns; --"}, "forget_token_unknown"),
    ({"token": "{{ states }}\0" * 1000}, "forget_token_unknown"),
    ({"older_than_days": 10**12}, "days_invalid"),
    ({"conversation_id": 0}, "conversation_unknown"),
    ({"conversation_id": 2**63}, "conversation_unknown"),
    ({"memory_ids": [2**63]}, "memory_id_invalid"),
    ({"everything": True, "person": "person.nobody"}, "person_unknown"),
    ({"older_than_days": -1}, "days_invalid"),
]
WRONG_FORM: list[dict[str, Any]] = [
    {"memory_ids": []},
    {"turn_ids": ["1"]},
    {"turn_ids": [7]},
    {"older_than_days": 1.5},
    {"older_than_days": 1, "kinds": ["preferences"]},
    {"older_than_days": 1, "kinds": []},
    {"conversation_id": "x"},
    {"everything": "perhaps"},
    {"unheard": "of"},
]


async def test_what_cannot_be(call: Call) -> None:
    for data, key in CANNOT_BE:
        assert await key_of(call("forget", **data)) == key, data


async def test_wrong_form(call: Call) -> None:
    for data in WRONG_FORM:
        with pytest.raises(probatio.Invalid):
            await call("forget", **data)


async def test_unknown_turn_is_passed_over(call: Call) -> None:
    done = await call("forget", turn_ids=[str(uuid7())])
    assert (done["forgotten"], done["turns"]) == ([], 0)


# --- owners


async def test_owners(
    hass: HomeAssistant,
    call: Call,
    people: dict[str, Context],
    service: MemoryService,
    database: FreshDatabase,
) -> None:
    anna, bert, _ = people.values()
    gone = Scope.person("id_of_carl")
    await service.memories.remember(gone, GIFT)
    await call("remember", anna, content="Anna likes jazz", private=True)
    await call("remember", content="The bins go out on Tuesday")
    assert await call("list_owners", anna) == {
        "owners": [
            {"owner": "household", "rows": 1, "gone": False},
            {"owner": "person.anna", "rows": 1, "gone": False},
            {"owner": "id_of_carl", "rows": 1, "gone": True},
        ]
    }
    done = await call(
        "reassign_owner", anna, from_owner="id_of_carl", to_person="person.bert"
    )
    assert done == {"owner": "person.bert", "rows": 1}
    found = await call("recall", bert, query=WORD)
    assert [one["content"] for one in found["passages"]] == [GIFT]
    done = await call("reassign_owner", from_person="person.bert", to_household=True)
    assert done == {"owner": "household", "rows": 1}
    shown = await call("erase_owner", anna, person="person.anna")
    assert shown == {
        "confirmed": False,
        "memories": 1,
        "turns": 0,
        "preferences": 0,
        "documents": 0,
    }
    # A person who is switched off is still there, and known by id.
    er.async_get(hass).async_update_entity(
        "person.anna", disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    done = await call("erase_owner", owner="id_of_anna", confirm=True)
    assert done == {**shown, "confirmed": True}
    assert await service.owners.owners() == {"household": 2}


OWNERS_CANNOT_BE: list[tuple[str, dict[str, Any], str]] = [
    ("reassign_owner", {}, "owner_one_source"),
    ("reassign_owner", {"from_person": "person.anna"}, "owner_one_target"),
    (
        "reassign_owner",
        {
            "from_person": "person.anna",
            "to_person": "person.bert",
            "to_household": True,
        },
        "owner_one_target",
    ),
    (
        "reassign_owner",
        {"from_person": "person.anna", "to_person": "person.anna"},
        "owner_same",
    ),
    (
        "reassign_owner",
        {"from_owner": "household", "to_person": "person.anna"},
        "owner_unknown",
    ),
    (
        "reassign_owner",
        {"from_owner": "' OR true --", "to_household": True},
        "owner_unknown",
    ),
    ("erase_owner", {}, "owner_one_source"),
    ("erase_owner", {"owner": "x" * 1_000_000}, "owner_unknown"),
    ("erase_owner", {"owner": "household", "confirm": True}, "owner_unknown"),
    ("erase_owner", {"person": "person.nobody"}, "person_unknown"),
]


async def test_owners_that_cannot_be(call: Call, people: dict[str, Context]) -> None:
    await call("remember", content="The bins go out on Tuesday")
    for action, data, key in OWNERS_CANNOT_BE:
        assert await key_of(call(action, people["anna"], **data)) == key, data


async def test_owners_are_for_administrators(
    hass: HomeAssistant, call: Call, people: dict[str, Context]
) -> None:
    for action, data in (
        ("list_owners", {}),
        ("reassign_owner", {"from_person": "person.bert", "to_household": True}),
        ("erase_owner", {"person": "person.bert", "confirm": True}),
    ):
        for name in ("bert", "guest"):
            with pytest.raises(Unauthorized):
                await call(action, people[name], **data)


async def test_without_database(
    call: Call, service: MemoryService, database: FreshDatabase
) -> None:
    stored = await call("remember", content=GIFT)
    await service.store.database.close()
    for data in ({"memory_ids": [stored["id"]]}, {"query": "x"}, {"everything": True}):
        with pytest.raises(HomeAssistantError) as error:
            await call("forget", **data)
        assert not isinstance(error.value, ServiceValidationError)
        assert error.value.translation_key == "database_unreachable"
    assert tables_with(database, WORD)
