"""Feedback and training data, through Home Assistant's own call of the actions."""

from collections.abc import AsyncIterator
import json
from typing import Any
from uuid import uuid7

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Scope, Turn
from custom_components.ai_memory.operations import OPERATIONS
from custom_components.ai_memory.operations.feedback import async_export_lines
from custom_components.ai_memory.operations.operation import async_caller
from tests.engine import HOUSEHOLD, settled, turn
from tests.ha.actions import Call

pytestmark = pytest.mark.newest_only

ANNA, BERT = Scope.person("id_of_anna"), Scope.person("id_of_bert")


@pytest.fixture
def service(loaded_entry: MockConfigEntry) -> MemoryService:
    service: MemoryService = loaded_entry.runtime_data.service
    return service


async def said(
    service: MemoryService, text: str, scope: Scope = HOUSEHOLD, **fields: Any
) -> Turn:
    done = turn(text, scope, **fields)
    await service.record(done)
    await settled(service)
    return done


async def test_feedback(
    service: MemoryService, call: Call, people: dict[str, Context]
) -> None:
    first = await said(service, "When are the bins collected?", reply="On Monday.")
    await said(service, "Is it raining?", ANNA, device_id="hall")
    stored = await call(
        "feedback",
        people["bert"],
        turn_id=str(first.id),
        rating="4",
        comment="Good",
        correction="On Tuesday.",
    )
    assert stored.pop("id")
    created = stored.pop("created_at")
    assert stored.pop("updated_at") == created
    assert stored == {
        "new": True,
        "turn_id": str(first.id),
        "owner": "person.bert",
        "rating": 4,
        "comment": "Good",
        "correction": "On Tuesday.",
        "corrected_by": None,
        "source": "person",
        "text": "When are the bins collected?",
        "reply": "On Monday.",
    }
    for data, text, rating in (
        ({"session_id": "conversation", "thumbs": "up"}, "Is it raining?", 5),
        ({"device_id": "hall", "thumbs": "down"}, "Is it raining?", 1),
    ):
        again = await call("feedback", people["anna"], **data)
        assert (again["text"], again["rating"]) == (text, rating)
        assert again["owner"] == "person.anna"

    def texts(response: dict[str, Any]) -> list[str]:
        return [one["text"] for one in response["feedback"]]

    bins, rain = "When are the bins collected?", "Is it raining?"
    assert texts(await call("list_feedback", people["anna"])) == [rain]
    assert texts(await call("list_feedback", people["bert"], min_rating=4)) == [bins]
    assert texts(await call("list_feedback", people["bert"], max_rating=3)) == []
    assert texts(await call("list_feedback", people["guest"])) == []
    assert texts(await call("list_feedback")) == []
    # An automation and an administrator may name him.
    for context in (None, people["anna"]):
        named = await call("list_feedback", context, person="person.bert")
        assert texts(named) == [bins]
    await call("feedback", turn_id=str(first.id), rating=1, person="person.bert")
    [feedback] = (await call("list_feedback", people["bert"]))["feedback"]
    assert (feedback["rating"], feedback["comment"]) == (1, "Good")


@pytest.mark.parametrize(
    "data",
    [
        {"rating": "good"},
        {"rating": 2.5},
        {"rating": True},
        {"rating": None},
        {"rating": [1]},
        {"thumbs": "sideways"},
        {"rating": 1, "thumbs": "up"},
        {"turn_id": "the last one", "rating": 1},
        {"turn_id": 7, "rating": 1},
        {"rating": 1, "comment": ["x"]},
        {"rating": 1, "stars": 5},
    ],
)
async def test_wrong_type(data: dict[str, Any], call: Call) -> None:
    with pytest.raises(probatio.Invalid):
        await call("feedback", **{"turn_id": str(uuid7()), **data})


async def test_bad_input_is_told_in_words(
    service: MemoryService, call: Call, people: dict[str, Context]
) -> None:
    private = str((await said(service, "What do I give Bert?", ANNA)).id)
    ours = str((await said(service, "Is it raining?")).id)
    for data, key in (
        ({"turn_id": ours, "rating": 0}, "rating_invalid"),
        ({"turn_id": ours, "rating": 6}, "rating_invalid"),
        ({"turn_id": ours}, "feedback_without_rating"),
        ({"turn_id": ours, "rating": 1, "comment": "x" * 10**6}, "text_too_long"),
        ({"turn_id": private, "rating": 1}, "turn_unknown"),
        ({"turn_id": str(uuid7()), "rating": 1}, "turn_unknown"),
        ({"rating": 1}, "no_turn_to_rate"),
        ({"turn_id": ours, "rating": 1, "person": "person.anna"}, "not_your_memory"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await call("feedback", people["bert"], **data)
        assert raised.value.translation_key == key
    assert (await call("list_feedback", person="person.bert"))["feedback"] == []


async def test_correction_at_home(
    hass: HomeAssistant, service: MemoryService, call: Call, people: dict[str, Context]
) -> None:
    """The names of this home tell what was meant."""
    hass.states.async_set("light.bed", "off", {"friendly_name": "Bedroom light"})
    async_expose_entity(hass, conversation.DOMAIN, "light.bed", True)
    await said(service, "Turn on the lamp", ANNA)
    await said(service, "No, I meant the bedroom light", ANNA)
    given = (await call("list_feedback", people["anna"]))["feedback"]
    assert [(one["rating"], one["source"]) for one in given] == [
        (5, "correction"),
        (1, "correction"),
    ]
    assert given[1]["corrected_by"] == given[0]["turn_id"]
    found = await call("list_preferences", people["anna"])
    [proposed] = found["preferences"]
    assert proposed["value"] == {"phrase": "the lamp", "entity_id": "light.bed"}
    assert proposed["owner"] == "person.anna"


async def test_export(
    service: MemoryService, call: Call, people: dict[str, Context]
) -> None:
    await said(service, "What does Anna like?", reply="Chocolate.")
    await said(service, "What do I give bert?", ANNA, reply="A book.")
    response = await call(
        "export_training_data", people["anna"], format="instruction", only_new=True
    )
    lines = response.pop("lines")
    assert response == {"format": "instruction", "count": 2}
    assert [json.loads(line) for line in lines] == [
        {
            "instruction": "What does Person 1 like?",
            "input": "",
            "output": "Chocolate.",
        },
        {
            "instruction": "What do I give Person 2?",
            "input": "",
            "output": "A book.",
        },
    ]
    for context, data, count in (
        (people["anna"], {"only_new": True}, 0),
        (people["anna"], {}, 2),
        (people["bert"], {}, 1),
        (people["guest"], {}, 1),
        (None, {}, 1),
        (None, {"person": "person.anna"}, 2),
        (None, {"person": "person.anna", "limit": 1}, 1),
        (None, {"answered_by": "intent"}, 0),
        (None, {"answered_by": ["delegate", "intent"], "language": "en"}, 1),
        (None, {"since": "2099-01-01 00:00:00"}, 0),
    ):
        response = await call(
            "export_training_data", context, format="instruction", **data
        )
        assert response["count"] == count
    response = await call("export_training_data", mask_names=False, metadata=True)
    [example] = map(json.loads, response["lines"])
    assert example["messages"][0]["content"] == "What does Anna like?"
    assert example["metadata"]["language"] == "en"
    refused: list[tuple[dict[str, Any], str]] = [
        ({"limit": 10_001}, "limit_invalid"),
        ({"limit": 0}, "limit_invalid"),
        ({"min_score": 6}, "rating_invalid"),
        ({"history": 99}, "history_invalid"),
        ({"person": "person.anna"}, "not_your_memory"),
    ]
    for data, key in refused:
        with pytest.raises(ServiceValidationError) as raised:
            await call("export_training_data", people["bert"], **data)
        assert raised.value.translation_key == key
    for field, value in (("format", "csv"), ("answered_by", "nobody"), ("since", "x")):
        with pytest.raises(probatio.Invalid):
            await call("export_training_data", **{field: value})


async def test_stream_has_all_there_is(
    hass: HomeAssistant,
    service: MemoryService,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A response is limited, the lines that HTTP sends are not."""
    monkeypatch.setattr("custom_components.ai_memory.operations.feedback._LINES", 2)
    for number in range(3):
        await said(service, f"Turn {number}")
    assert (await call("export_training_data"))["count"] == 2
    caller = await async_caller(hass, Context(), "http")
    lines: AsyncIterator[str] = async_export_lines(
        caller, OPERATIONS["export_training_data"].schema({})
    )
    assert len([line async for line in lines]) == 3
