"""Whatever is given to an operation, it works, or says that the input is wrong: never a fault, never the database's error."""

import datetime as dt
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.json import json_bytes
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.operations import OPERATIONS
from custom_components.ai_memory.operations.fields import moment
from custom_components.ai_memory.operations.operation import async_caller, async_perform

pytestmark = pytest.mark.newest_only

NOBODY = "00000000-0000-0000-0000-000000000000"
DEEP: list[Any] = []
for _ in range(3000):
    DEEP = [DEEP]
NASTY: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    10**5000,
    float("nan"),
    "",
    "\x00",
    "a\x00b",
    "a\ud800b",
    "x" * 120_000,
    "'; DROP TABLE ai_memory.turns; --",
    "../../etc/passwd",
    "person.nobody",
    "9999-12-31T23:59:59-12:00",
    [],
    ["\x00"],
    ["a\ud800b"],
    {"a": {"b": "\x00"}},
    {"a\x00b": "person.anna"},
    DEEP,
    object(),
    b"x",
    dt.datetime.now(),
    NOBODY,
    [NOBODY] * 3,
)
REQUIRED: dict[str, dict[str, Any]] = {
    "remember": {"content": "c"},
    "recall": {"query": "q"},
    "get_context": {"query": "q"},
    "update_memory": {"memory_id": 1},
    "get_memory": {"memory_id": 1},
    "set_preference": {"key": "k", "value": "v"},
    "get_preference": {"key": "light.k"},
    "delete_preference": {"key": "light.k"},
    "set_alias": {"phrase": "p", "name": "n"},
    "get_conversation": {"conversation_id": 1},
    "get_turn": {"turn_id": NOBODY},
    "tag_conversation": {"conversation_id": 1},
    "delete_conversation": {"conversation_id": 1},
    "restore_conversation": {"conversation_id": 1},
    "review_proposal": {"proposal_id": "memory:1", "accept": True},
    "import_all": {"file_name": "a.zip"},
    "import_from_database": {"dsn": "postgresql://nobody@127.0.0.1:1/none"},
    "import_from_file": {"file_name": "none.jsonl"},
    "add_document": {"content": "c"},
    "get_document": {"document_id": NOBODY},
    "delete_document": {"document_id": NOBODY},
    "restore_document": {"document_id": NOBODY},
    "update_collection": {"collection": "c", "description": "d"},
    "summarise_collection": {"collection": "c"},
    "feedback": {"rating": 5},
    "forget": {"query": "x"},
}


async def test_bad_input(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, people: dict[str, Context]
) -> None:
    caller = await async_caller(hass, people["anna"], "websocket")
    faults: list[str] = []
    performed = set()
    for name, operation in OPERATIONS.items():
        for field in map(str, operation.schema.schema):
            for number, value in enumerate(NASTY):
                try:
                    data = operation.schema({**REQUIRED.get(name, {}), field: value})
                except probatio.Invalid:
                    continue
                performed.add(name)
                try:
                    json_bytes(await async_perform(operation, caller, data))
                except ServiceValidationError:
                    continue
                except Exception as err:  # noqa: BLE001  # all are shown at once
                    faults.append(f"{name}, {field}, NASTY[{number}]: {err!r:.100}")
    assert not faults
    # What has no field is not called here.
    assert performed == {name for name, one in OPERATIONS.items() if one.schema.schema}


@pytest.mark.parametrize(
    "text", ["\ud800", "2026-11-01T10:00:00\udfff", "2026\ud800-11-01", "\x00", ""]
)
def test_moment_that_is_none(text: str) -> None:
    """Home Assistant's parser would crash on the first ones."""
    with pytest.raises(probatio.Invalid):
        moment(text)
