"""The actions, through Home Assistant's own call of them."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceNotFound,
    ServiceValidationError,
    UnknownUser,
)
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.const import DOMAIN
from tests.databases import FreshDatabase
from tests.ha.actions import Call

pytestmark = pytest.mark.newest_only

BINS = "The bins are collected on Tuesday."
GIFT = "The gift for Bert is hidden in the attic."


def contents(response: dict[str, Any]) -> list[str]:
    return [passage["content"] for passage in response["passages"]]


# --- memories


async def test_remember_recall_and_forget(call: Call, database: FreshDatabase) -> None:
    stored = await call(
        "remember",
        content=f" {BINS}\0 ",
        collection="house",
        source="calendar",
        tags=["bins", "week", "bins"],
        language="en",
    )
    created = stored.pop("created_at")
    assert stored.pop("updated_at") == created
    memory_id = stored.pop("id")
    assert stored == {
        "new": True,
        "content": BINS,
        "owner": "household",
        "collection": "house",
        "source": "calendar",
        "tags": ["bins", "week"],
        "language": "en",
        "confidence": 1.0,
        "place": None,
        "status": "accepted",
        "turn_id": None,
    }
    again = await call("remember", content=BINS, collection="house")
    assert (again["id"], again["new"]) == (memory_id, False)

    response = await call("recall", query="When are the bins collected?", limit=1)
    [passage] = response["passages"]
    assert 0 < passage.pop("score") <= 1
    assert 0 < passage.pop("lexical") <= 1
    passage.pop("created_at")
    assert passage == {
        "kind": "memory",
        "id": memory_id,
        "content": BINS,
        "owner": "household",
        "cosine": None,
        "document": None,
    }

    gone = await call("forget", memory_ids=[memory_id, memory_id + 1])
    assert gone["forgotten"] == [memory_id]
    assert contents(await call("recall", query="bins")) == []
    assert database.execute("SELECT count(*) FROM ai_memory.memories") == "0"


async def test_response_is_optional_where_something_is_done(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, database: FreshDatabase
) -> None:
    for service, data in (
        ("remember", {"content": BINS}),
        ("set_preference", {"key": "lights.colour", "value": "warm"}),
        ("delete_preference", {"key": "lights.colour"}),
        ("forget", {"memory_ids": 1}),
    ):
        await hass.services.async_call(DOMAIN, service, data, blocking=True)
    for service in ("recall", "get_preference"):
        with pytest.raises(ServiceValidationError):
            await hass.services.async_call(
                DOMAIN, service, {"query": "x", "key": "a.b"}, blocking=True
            )


# --- whose it is


async def test_private_stays_private(call: Call, people: dict[str, Context]) -> None:
    anna, bert, guest = people.values()
    stored = await call("remember", anna, content=GIFT, private=True)
    assert stored["owner"] == "person.anna"
    assert (await call("remember", anna, content=BINS))["owner"] == "household"

    query = "gift in the attic, bins collected"
    assert set(contents(await call("recall", anna, query=query))) == {GIFT, BINS}
    for context in (bert, guest, None):
        assert contents(await call("recall", context, query=query)) == [BINS]
        gone = await call("forget", context, memory_ids=[stored["id"]])
        assert gone["forgotten"] == []
    # An automation and an administrator may name her.
    named = await call("recall", query=query, person="person.anna")
    assert set(contents(named)) == {GIFT, BINS}
    gone = await call("forget", memory_ids=[stored["id"]], person="person.anna")
    assert gone["forgotten"] == [stored["id"]]


async def test_naming_a_person(call: Call, people: dict[str, Context]) -> None:
    anna, bert, guest = people.values()
    stored = await call("remember", anna, content=GIFT, person="person.bert")
    assert stored["owner"] == "person.bert"
    stored = await call("remember", bert, content=GIFT, person="person.bert")
    assert (stored["owner"], stored["new"]) == ("person.bert", False)
    for context in (bert, guest):
        for service, data in (
            ("remember", {"content": GIFT}),
            ("recall", {"query": "gift"}),
            ("forget", {"memory_ids": [1]}),
            ("set_preference", {"key": "a.b", "value": 1}),
            ("get_preference", {"key": "a.b"}),
            ("delete_preference", {"key": "a.b"}),
        ):
            with pytest.raises(ServiceValidationError) as raised:
                await call(service, context, person="person.anna", **data)
            assert raised.value.translation_key == "not_your_memory"


async def test_who_cannot_be_told(call: Call, people: dict[str, Context]) -> None:
    for context in (people["guest"], None):
        with pytest.raises(ServiceValidationError) as raised:
            await call("remember", context, content=GIFT, private=True)
        assert raised.value.translation_key == "caller_no_person"
    with pytest.raises(ServiceValidationError) as raised:
        await call("remember", content=GIFT, person="person.nobody")
    assert raised.value.translation_key == "person_unknown"
    with pytest.raises(UnknownUser):
        await call(
            "recall", Context(user_id="gone"), query="gift", person="person.anna"
        )


async def test_person_under_another_entity_id(
    hass: HomeAssistant, call: Call, people: dict[str, Context]
) -> None:
    await call("remember", content=GIFT, person="person.bert")
    bert = hass.states.get("person.bert")
    assert bert
    hass.states.async_remove("person.bert")
    hass.states.async_set("person.bertram", bert.state, bert.attributes)
    response = await call("recall", query="gift", person="person.bertram")
    assert response["passages"][0]["owner"] == "person.bertram"


# --- preferences


async def test_preferences(call: Call, people: dict[str, Context]) -> None:
    anna, bert, _ = people.values()
    value = {"entities": ["light.a"], "level": 0.5, "on": True, "note": None}
    stored = await call("set_preference", key="Lights.Evening", value=value)
    preference = stored["preference"]
    assert preference.pop("updated_at")
    assert preference == {
        "key": "lights.evening",
        "value": value,
        "category": "lights",
        "owner": "household",
    }
    await call("set_preference", anna, key="lights.evening", value="dim", private=True)

    async def get(context: Context | None, **data: Any) -> tuple[Any, str]:
        found = await call("get_preference", context, key="lights.evening", **data)
        return found["preference"]["value"], found["preference"]["owner"]

    assert await get(anna) == ("dim", "person.anna")
    assert await get(bert) == (value, "household")
    assert await get(None, person="person.anna") == ("dim", "person.anna")

    delete = "delete_preference"
    assert await call(delete, bert, key="lights.evening", private=True) == {
        "deleted": False
    }
    assert await call(delete, key="lights.evening", person="person.anna") == {
        "deleted": True
    }
    assert await get(anna) == (value, "household")
    assert await call(delete, key="lights.evening") == {"deleted": True}
    gone = await call("get_preference", anna, key="lights.evening")
    assert gone == {"preference": None}


async def test_alias(hass: HomeAssistant, call: Call) -> None:
    hass.states.async_set("light.office_main", "off")
    stored = await call(
        "set_preference",
        key="entity_alias.my_office",
        category="aliases",
        value={"entity_id": "light.office_main"},
    )
    assert stored["preference"]["category"] == "aliases"


# --- bad input


@pytest.mark.parametrize(
    ("service", "data", "key"),
    [
        ("remember", {"content": ""}, "text_empty"),
        ("remember", {"content": " \0\ud800 "}, "text_empty"),
        ("remember", {"content": "x" * 100_000}, "text_too_long"),
        ("remember", {"content": "x", "tags": [" "]}, "text_empty"),
        ("remember", {"content": "x", "source": "y" * 256}, "text_too_long"),
        ("recall", {"query": " "}, "text_empty"),
        ("recall", {"query": "x" * 100_000}, "text_too_long"),
        ("recall", {"query": "x", "limit": 0}, "limit_invalid"),
        ("recall", {"query": "x", "limit": 51}, "limit_invalid"),
        ("forget", {"memory_ids": [0]}, "memory_id_invalid"),
        ("forget", {"memory_ids": [2**63]}, "memory_id_invalid"),
        (
            "set_preference",
            {"key": "colour", "value": 1},
            "preference_key_without_category",
        ),
        ("set_preference", {"key": "a;b.c", "value": 1}, "preference_key_invalid"),
        (
            "set_preference",
            {"key": "a." + "b" * 300, "value": 1},
            "preference_key_invalid",
        ),
        (
            "set_preference",
            {"key": "a.b", "value": float("nan")},
            "preference_value_invalid",
        ),
        ("get_preference", {"key": " "}, "preference_key_invalid"),
        ("delete_preference", {"key": ""}, "preference_key_invalid"),
        (
            "set_preference",
            {"key": "entity_alias.x", "value": {"entity_id": "light.gone"}},
            "alias_target_unknown",
        ),
        (
            "set_preference",
            {"key": "entity_alias.x", "value": ["light.gone"]},
            "alias_target_invalid",
        ),
    ],
)
async def test_bad_input(
    call: Call,
    database: FreshDatabase,
    service: str,
    data: dict[str, Any],
    key: str,
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(service, **data)
    assert raised.value.translation_domain == DOMAIN
    assert raised.value.translation_key == key
    # Nothing half-written.
    for table in ("memories", "preferences", "passages", "collections"):
        assert database.execute(f"SELECT count(*) FROM ai_memory.{table}") == "0"


@pytest.mark.parametrize(
    ("service", "data"),
    [
        ("remember", {}),
        ("remember", {"content": ["a"]}),
        ("remember", {"content": "a", "tags": [{}]}),
        ("remember", {"content": "a", "person": "light.a"}),
        ("remember", {"content": "a", "private": "perhaps"}),
        ("recall", {"query": "a", "limit": "many"}),
        ("recall", {"query": "a", "language": 7}),
        ("forget", {"memory_ids": []}),
        ("forget", {"memory_ids": ["one"]}),
        ("forget", {"memory_ids": [1.9]}),
        ("forget", {"memory_ids": [True]}),
        ("recall", {"query": "key", "limit": 2.5}),
        ("set_preference", {"key": "a.b"}),
        ("set_preference", {"key": {}, "value": 1}),
        ("get_preference", {"key": "a.b", "private": True}),
    ],
)
async def test_wrong_types(call: Call, service: str, data: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        await call(service, **data)


async def test_without_database(
    hass: HomeAssistant, entry: MockConfigEntry, call: Call, database: FreshDatabase
) -> None:
    database.server.drop_database(database.name)
    with pytest.raises(HomeAssistantError) as raised:
        await call("remember", content=BINS)
    assert not isinstance(raised.value, ServiceValidationError)
    assert raised.value.translation_key in {"database_unreachable", "database_missing"}


async def test_without_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, call: Call
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await call("recall", query="bins")
    assert raised.value.translation_key == "not_loaded"


async def test_not_before_set_up(hass: HomeAssistant) -> None:
    with pytest.raises(ServiceNotFound):
        await hass.services.async_call(DOMAIN, "recall", {"query": "x"}, blocking=True)
