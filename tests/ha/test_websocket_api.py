"""The websocket commands."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.operations import OPERATIONS

BINS = "The bins are collected on Tuesday."


@pytest.fixture
async def client(
    hass_ws_client: WebSocketGenerator, loaded_entry: MockConfigEntry
) -> MockHAClientWebSocket:
    """Give the client of an administrator who is no person."""
    return await hass_ws_client()


async def call(client: MockHAClientWebSocket, command: str, **data: Any) -> Any:
    await client.send_json_auto_id({"type": f"ai_memory/{command}", **data})
    response = await client.receive_json()
    return response["result"] if response["success"] else response["error"]


async def test_a_panel_can_list_edit_and_delete(client: MockHAClientWebSocket) -> None:
    first = await call(client, "remember", content=BINS)
    second = await call(client, "remember", content="The key hangs in the cellar.")
    page = await call(client, "list_memories", limit=1)
    assert [memory["id"] for memory in page["memories"]] == [second["id"]]
    page = await call(client, "list_memories", before_id=second["id"], query="BINS")
    assert [memory["id"] for memory in page["memories"]] == [first["id"]]
    edited = await call(
        client, "update_memory", memory_id=first["id"], content="Bins: Wednesday."
    )
    assert edited["content"] == "Bins: Wednesday."
    assert (await call(client, "recall", query="bins"))["passages"][0]["content"] == (
        "Bins: Wednesday."
    )
    await call(client, "forget", memory_ids=[first["id"]])
    gone = await call(client, "get_memory", memory_id=first["id"])
    assert gone["translation_key"] == "memory_unknown"


async def test_changes_are_told_to_those_who_may_see_them(
    hass: HomeAssistant,
    client: MockHAClientWebSocket,
    loaded_entry: MockConfigEntry,
) -> None:
    service = loaded_entry.runtime_data.service
    await client.send_json_auto_id({"type": "ai_memory/subscribe"})
    subscribed = await client.receive_json()
    assert subscribed["success"]
    await service.memories.remember(Scope.person("bert"), "A private matter.")
    stored, _ = await service.memories.remember(Scope.household(), BINS)
    message = await client.receive_json()
    assert message["event"] == {
        "subject": "memory",
        "verb": "added",
        "owner": "household",
        "ids": [str(stored.id)],
    }
    # A change of an option or an agent loads the entry anew.
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    service = loaded_entry.runtime_data.service
    await service.memories.remember(Scope.household(), "Heard after a reload.")
    assert (await client.receive_json())["event"]["verb"] == "added"
    await client.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": subscribed["id"]}
    )
    assert (await client.receive_json())["success"]
    await service.memories.remember(Scope.household(), "Something else.")
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


@pytest.mark.parametrize(
    ("command", "data", "code"),
    [
        ("remember", {}, "invalid_format"),
        ("remember", {"content": BINS, "more": 1}, "invalid_format"),
        ("remember", {"content": 5.5, "private": "perhaps"}, "invalid_format"),
        ("recall", {"query": "x" * 10**6}, "text_too_long"),
        ("get_memory", {"memory_id": 2**63}, "memory_id_invalid"),
        ("get_memory", {"memory_id": 1}, "memory_unknown"),
        ("update_memory", {"memory_id": 1, "content": BINS}, "memory_unknown"),
        ("list_memories", {"limit": 501}, "limit_invalid"),
        ("remember", {"content": BINS, "area": "nowhere"}, "area_unknown"),
    ],
)
async def test_bad_input(
    client: MockHAClientWebSocket, command: str, data: dict[str, Any], code: str
) -> None:
    error = await call(client, command, **data)
    assert error.get("translation_key", error["code"]) == code
    assert error["message"]


async def test_what_concerns_everybody_is_for_administrators(
    client: MockHAClientWebSocket, hass_admin_user: MockUser
) -> None:
    hass_admin_user.groups = []
    restricted = [
        operation for operation in OPERATIONS.values() if operation.requires_admin
    ]
    assert restricted
    for operation in restricted:
        data = {
            str(marker): "x"
            for marker in operation.schema.schema
            if type(marker).__name__ == "Required"
        }
        error = await call(client, operation.name, **data)
        assert error["code"] in ("unauthorized", "invalid_format")
    assert (await call(client, "list_owners"))["code"] == "unauthorized"


async def test_every_operation_is_a_command(
    hass: HomeAssistant, client: MockHAClientWebSocket
) -> None:
    assert {f"ai_memory/{name}" for name in OPERATIONS} <= set(
        hass.data["websocket_api"]
    )
