"""The actions for conversations, through Home Assistant's own call of them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid7

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Scope, ToolExecution, Turn
from tests.databases import FreshDatabase
from tests.engine import HOUSEHOLD, answered, settled, turn
from tests.ha.actions import Call

pytestmark = pytest.mark.newest_only

ANNA = Scope.person("id_of_anna")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GIFT = "I have hidden the gift for Bert in the attic"

WRONG_FORM: list[tuple[str, dict[str, Any]]] = [
    ("get_conversation", {}),
    ("get_conversation", {"conversation_id": "x"}),
    ("get_conversation", {"conversation_id": 1.5}),
    ("get_conversation", {"conversation_id": [1]}),
    ("get_conversation", {"conversation_id": 1, "before_id": "1"}),
    ("get_turn", {"turn_id": "'; DROP TABLE turns; --"}),
    ("get_turn", {"turn_id": 7}),
    ("list_conversations", {"since": "yesterday"}),
    ("list_conversations", {"since": "2026-13-01"}),
    ("list_conversations", {"until": 20261120}),
    # Before the calendar begins, once it is in UTC.
    ("search_conversations", {"since": "0001-01-01T00:00:00+14:00"}),
    ("search_conversations", {"until": "9999-12-31T23:59:59-14:00"}),
    ("search_conversations", {"query": ["boiler"], "limit": "many"}),
    ("search_conversations", {"unheard": "of"}),
    ("list_conversations", {"deleted": "perhaps"}),
    ("tag_conversation", {"conversation_id": 1, "add": {"a": 1}}),
    ("list_conversations", {"person": "light.anna"}),
]
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("search_conversations", {"query": ""}, "text_empty"),
    ("search_conversations", {"query": "x" * 1_000_000}, "text_too_long"),
    ("search_conversations", {"limit": 0}, "limit_invalid"),
    ("list_conversations", {"limit": 501}, "limit_invalid"),
    ("list_conversations", {"before_id": 2**63}, "conversation_unknown"),
    ("get_conversation", {"conversation_id": 0}, "conversation_unknown"),
    ("list_conversations", {"tag": "\0"}, "text_empty"),
    (
        "search_conversations",
        {"since": "2026-11-20", "until": "2026-11-20"},
        "period_invalid",
    ),
    ("tag_conversation", {"conversation_id": 1, "add": " "}, "text_empty"),
    (
        "tag_conversation",
        {"conversation_id": 1, "remove": ["x" * 1_000_000]},
        "text_too_long",
    ),
    ("list_conversations", {"person": "person.nobody"}, "person_unknown"),
]

type Say = Callable[..., Awaitable[Turn]]


@pytest.fixture
def service(loaded_entry: MockConfigEntry) -> MemoryService:
    service: MemoryService = loaded_entry.runtime_data.service
    return service


@pytest.fixture
def say(service: MemoryService) -> Say:
    """Give what records a turn."""

    async def say(text: str, scope: Scope = HOUSEHOLD, **fields: Any) -> Turn:
        said = turn(text, scope, **{"started_at": NOON, **fields})
        await service.record(said)
        return said

    return say


async def test_read(hass: HomeAssistant, call: Call, say: Say) -> None:
    # 01:00 of the next day in the home.
    await hass.config.async_set_time_zone("Asia/Tokyo")
    said = await say(
        "Is the boiler on?",
        started_at=datetime(2026, 11, 20, 16, tzinfo=UTC),
        tools=[ToolExecution("get_state", {"secret": 1}, "on", succeeded=True)],
        device_id="kitchen",
    )
    [conversation] = (await call("list_conversations"))["conversations"]
    conversation_id = conversation["id"]
    assert conversation == {
        "id": conversation_id,
        "session_id": "conversation",
        "owner": "household",
        "title": "Is the boiler on?",
        "language": "en",
        "tags": [],
        "turn_count": 1,
        "started_at": "2026-11-20T16:00:00+00:00",
        "updated_at": "2026-11-20T16:00:00+00:00",
        "deleted_at": None,
    }
    # A template may have made text of the id.
    found = await call("get_conversation", conversation_id=str(conversation_id))
    [read] = found.pop("turns")
    assert found == conversation
    assert read == {
        "id": str(said.id),
        "conversation_id": conversation_id,
        "owner": "household",
        "text": "Is the boiler on?",
        "reply": "All right.",
        "started_at": "2026-11-20T16:00:00+00:00",
        "language": "en",
        "agent_id": "conversation.model",
        "answered_by": "delegate",
        "intent": None,
        "device_id": "kitchen",
        "satellite_id": None,
        "cache": "off",
        "error": None,
        "tools": [{"name": "get_state", "succeeded": True}],
    }
    [one] = (await call("search_conversations", query="boilers"))["turns"]
    assert one.pop("score") == pytest.approx(1)
    assert one == read
    other = await call("search_conversations", query="boilers", language="pl")
    assert other["turns"] == []
    # What has no zone is meant as the clock in the home shows it; the end is not in the period.
    for since, until, expected in (
        ("2026-11-21", "2026-11-22", 1),
        ("2026-11-21 01:00:00", "2026-11-21 01:00:01", 1),
        ("2026-11-20T16:00:00Z", "2026-11-20T17:00:01+01:00", 1),
        ("2026-11-21 01:00:01", "2026-11-22", 0),
        ("2026-11-20", "2026-11-21 01:00:00", 0),
    ):
        period = {"since": since, "until": until}
        for query in ({}, {"query": "boiler"}):
            response = await call("search_conversations", **period, **query)
            assert len(response["turns"]) == expected, period


async def test_why_it_was_recalled(call: Call, service: MemoryService) -> None:
    stored = await call("remember", content="The spare key hangs in the shed")
    await settled(service)
    done = await answered(service, "Where is the spare key?", "In the shed.")
    found = await call("get_turn", turn_id=str(done.id))
    assert found["text"] == "Where is the spare key?"
    assert found["stages"]["look_up"] > 0
    [recalled] = found["recalled"]
    assert 0 < recalled.pop("score") <= 1
    assert 0 < recalled.pop("lexical") <= 1
    assert recalled == {
        "kind": "memory",
        "id": stored["id"],
        "snippet": "The spare key hangs in the shed",
        "verdict": "used",
        "cosine": None,
    }


async def test_tag_delete_and_restore(call: Call, say: Say) -> None:
    await say("Is the boiler on?")
    [conversation] = (await call("list_conversations"))["conversations"]
    named = {"conversation_id": conversation["id"]}
    tagged = await call("tag_conversation", **named, add=["house", "boiler"])
    assert tagged == {**conversation, "tags": ["boiler", "house"]}
    tagged = await call("tag_conversation", **named, remove="house")
    assert tagged["tags"] == ["boiler"]
    for tag, expected in (("boiler", [tagged]), ("house", [])):
        listed = await call("list_conversations", tag=tag)
        assert listed["conversations"] == expected

    assert await call("delete_conversation", **named) == {"deleted": conversation["id"]}
    assert (await call("list_conversations"))["conversations"] == []
    assert (await call("search_conversations"))["turns"] == []
    [binned] = (await call("list_conversations", deleted=True))["conversations"]
    assert binned.pop("deleted_at")
    assert binned.items() < tagged.items()
    assert await call("restore_conversation", **named) == tagged
    assert (await call("list_conversations"))["conversations"] == [tagged]


async def test_response_is_optional_where_something_is_done(
    hass: HomeAssistant, call: Call, say: Say, database: FreshDatabase
) -> None:
    await say("Hello")
    await call("list_conversations")
    for action, data in (
        ("tag_conversation", {"add": "x"}),
        ("delete_conversation", {}),
        ("restore_conversation", {}),
    ):
        await hass.services.async_call(
            DOMAIN, action, {"conversation_id": 1, **data}, blocking=True
        )
    assert database.execute("SELECT tag FROM ai_memory.tags") == "x"


# --- whose it is


async def test_others_and_unknown_ids(
    call: Call, say: Say, people: dict[str, Context]
) -> None:
    """What is another's is as if it were not there, until an administrator names the person."""
    said = await say(GIFT, ANNA)
    [conversation] = (await call("list_conversations", people["anna"]))["conversations"]
    assert conversation["owner"] == "person.anna"
    theirs, unknown = conversation["id"], conversation["id"] + 1
    errors = []
    for context in (people["bert"], people["guest"], None):
        for action in ("list_conversations", "search_conversations"):
            [found] = (await call(action, context)).values()
            assert found == []
        for ids in ((theirs, said.id), (unknown, uuid7()), (2**64 - 1, uuid7())):
            for action, data in (
                ("get_conversation", {"conversation_id": ids[0]}),
                ("tag_conversation", {"conversation_id": ids[0], "add": "mine"}),
                ("delete_conversation", {"conversation_id": ids[0]}),
                ("restore_conversation", {"conversation_id": ids[0]}),
                ("get_turn", {"turn_id": str(ids[1])}),
            ):
                with pytest.raises(ServiceValidationError) as raised:
                    await call(action, context, **data)
                error = raised.value
                errors.append((error.translation_key, error.translation_placeholders))
    assert errors == [*[("conversation_unknown", {})] * 4, ("turn_unknown", {})] * 9
    # An automation and an administrator may name her, nobody else.
    for context in (None, people["anna"]):
        [found] = (await call("search_conversations", context, person="person.anna"))[
            "turns"
        ]
        assert (found["text"], found["owner"]) == (GIFT, "person.anna")
    for context in (people["bert"], people["guest"]):
        for action, data in (
            ("list_conversations", {}),
            ("search_conversations", {"query": "gift"}),
            ("get_conversation", {"conversation_id": theirs}),
            ("tag_conversation", {"conversation_id": theirs}),
            ("delete_conversation", {"conversation_id": theirs}),
            ("restore_conversation", {"conversation_id": theirs}),
            ("get_turn", {"turn_id": str(said.id)}),
        ):
            with pytest.raises(ServiceValidationError) as raised:
                await call(action, context, person="person.anna", **data)
            assert raised.value.translation_key == "not_your_memory"
    named = {"conversation_id": theirs, "person": "person.anna"}
    assert await call("delete_conversation", **named) == {"deleted": theirs}
    assert (await call("restore_conversation", **named))["id"] == theirs


# --- bad input


async def test_wrong_form(call: Call) -> None:
    for action, data in WRONG_FORM:
        with pytest.raises(probatio.Invalid):
            await call(action, **data)


async def test_what_cannot_be_done(call: Call) -> None:
    for action, data, key in REFUSED:
        with pytest.raises(ServiceValidationError) as raised:
            await call(action, **data)
        assert raised.value.translation_key == key, (action, key)


async def test_text_is_only_text(call: Call, say: Say) -> None:
    await say("What about the boiler?")
    for text in (
        "'; DROP TABLE turns; --",
        "{{ states }} <b>",
        "a & !b | (c:* <-> \\'",
        "\u202e\x1b[31m",
    ):
        found = await call("search_conversations", query=f"{text} boiler")
        assert len(found["turns"]) == 1
        tagged = await call("tag_conversation", conversation_id=1, add=text)
        listed = await call("list_conversations", tag=text)
        assert listed["conversations"] == [tagged]


async def test_extreme_dates(call: Call, say: Say) -> None:
    await say("Hello")
    period = {"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}
    assert len((await call("search_conversations", **period))["turns"]) == 1
    assert len((await call("list_conversations", **period))["conversations"]) == 1


async def test_without_database(
    call: Call, service: MemoryService, database: FreshDatabase
) -> None:
    await service.store.database.close()
    for action in ("list_conversations", "search_conversations"):
        with pytest.raises(HomeAssistantError) as raised:
            await call(action)
        assert raised.value.translation_key == "database_unreachable"
