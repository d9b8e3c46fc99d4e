"""The HTTP endpoints, with Home Assistant's own authentication."""

import json
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ai_memory.models import Scope
from tests.engine import answered

pytestmark = pytest.mark.newest_only

BINS = "The bins are collected on Tuesday."
ROOT = "/api/ai_memory"
ENDPOINTS = [
    ("post", "memory/add"),
    ("get", "memory/search"),
    ("post", "preferences/set"),
    ("get", "preferences/get"),
    ("post", "training/feedback"),
    ("get", "training/export"),
    ("get", "cache/stats"),
    ("delete", "cache/clear"),
]

type Client = TestClient[Any, Any]


@pytest.fixture
async def client(
    hass_client: ClientSessionGenerator, loaded_entry: MockConfigEntry
) -> Client:
    """Give the client of an administrator."""
    client: Client = await hass_client()
    return client


async def added(client: Client, **fields: object) -> dict[str, Any]:
    response = await client.post(f"{ROOT}/memory/add", json={"content": BINS, **fields})
    assert response.status == 200, await response.text()
    body: dict[str, Any] = await response.json()
    return body


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
async def test_nobody_gets_in_without_a_token(
    method: str,
    path: str,
    hass_client_no_auth: ClientSessionGenerator,
    loaded_entry: MockConfigEntry,
) -> None:
    client = await hass_client_no_auth()
    response = await getattr(client, method)(f"{ROOT}/{path}")
    assert response.status == 401


async def test_memory_is_added_and_found(client: Client) -> None:
    stored = await added(client, tags=["bins"])
    response = await client.get(
        f"{ROOT}/memory/search", params={"query": "bins collected", "limit": "1"}
    )
    assert response.status == 200
    [passage] = (await response.json())["passages"]
    assert (passage["id"], passage["content"]) == (stored["id"], BINS)


async def test_preferences(client: Client) -> None:
    response = await client.post(
        f"{ROOT}/preferences/set",
        json={"key": "lights.colour", "value": {"warm": True}},
    )
    assert response.status == 200
    response = await client.get(
        f"{ROOT}/preferences/get", params={"key": "lights.colour"}
    )
    assert (await response.json())["preference"]["value"] == {"warm": True}


async def test_cache(client: Client) -> None:
    response = await client.get(f"{ROOT}/cache/stats")
    assert (await response.json())["entries"] == 0
    response = await client.delete(
        f"{ROOT}/cache/clear", params={"expired_only": "true"}
    )
    assert await response.json() == {"cleared": 0}


async def test_feedback_and_export(
    hass: HomeAssistant, client: Client, loaded_entry: MockConfigEntry
) -> None:
    service = loaded_entry.runtime_data.service
    turn = await answered(service, "Where is the key?", "Behind the door.")
    response = await client.post(
        f"{ROOT}/training/feedback", json={"turn_id": str(turn.id), "rating": 5}
    )
    assert response.status == 200, await response.text()
    response = await client.get(
        f"{ROOT}/training/export", params={"format": "instruction", "min_score": "5"}
    )
    assert response.headers["Content-Type"] == "application/x-ndjson"
    [line] = (await response.text()).splitlines()
    assert json.loads(line)["output"] == "Behind the door."
    response = await client.get(
        f"{ROOT}/training/export", params={"format": "instruction", "max_score": "4"}
    )
    assert await response.text() == ""


@pytest.mark.parametrize(
    ("method", "path", "kwargs", "code"),
    [
        ("post", "memory/add", {"json": {}}, "invalid_format"),
        ("post", "memory/add", {"json": []}, "invalid_format"),
        ("post", "memory/add", {"data": "{"}, "invalid_format"),
        ("post", "memory/add", {"json": {"content": BINS, "x": 1}}, "invalid_format"),
        ("post", "memory/add", {"json": {"content": [BINS]}}, "invalid_format"),
        ("post", "memory/add", {"json": {"content": " \u0000 "}}, "text_empty"),
        ("post", "memory/add", {"json": {"content": "x" * 10**6}}, "text_too_long"),
        ("get", "memory/search", {"params": {}}, "invalid_format"),
        ("get", "memory/search", {"params": {"query": "?", "limit": "0"}}, "limit_invalid"),
        ("get", "memory/search", {"params": {"query": "?", "limit": "1.5"}}, "invalid_format"),
        ("get", "memory/search", {"params": [("query", "a"), ("query", "b")]}, "invalid_format"),
        ("get", "preferences/get", {"params": {"key": "a b/c"}}, "preference_key_invalid"),
        ("post", "preferences/set", {"json": {"key": "wifi.password", "value": "hunter2!"}}, "secret_not_stored"),
        ("post", "training/feedback", {"json": {"turn_id": "x", "rating": 5}}, "invalid_format"),
        ("get", "training/export", {"params": {"format": "xml"}}, "invalid_format"),
        ("delete", "cache/clear", {"params": {"person": "light.x"}}, "invalid_format"),
        ("delete", "cache/clear", {"params": {"person": "person.nobody"}}, "person_unknown"),
    ],
)  # fmt: skip
async def test_bad_input(
    client: Client, method: str, path: str, kwargs: dict[str, Any], code: str
) -> None:
    response = await getattr(client, method)(f"{ROOT}/{path}", **kwargs)
    assert response.status == 400, await response.text()
    body = await response.json()
    assert body["code"] == code
    assert body["message"]


async def test_only_administrators_name_somebody_else(
    hass: HomeAssistant,
    client: Client,
    hass_admin_user: MockUser,
    loaded_entry: MockConfigEntry,
) -> None:
    hass.states.async_set("person.bert", "home", {"id": "bert", "user_id": "other"})
    stored = await added(client, person="person.bert")
    assert stored["owner"] == "person.bert"
    hass_admin_user.groups = []
    response = await client.post(
        f"{ROOT}/memory/add", json={"content": BINS, "person": "person.bert"}
    )
    assert response.status == 400
    assert (await response.json())["code"] == "not_your_memory"


async def test_an_administrator_does_not_see_others_unasked(
    hass: HomeAssistant, client: Client, loaded_entry: MockConfigEntry
) -> None:
    service = loaded_entry.runtime_data.service
    await service.memories.remember(Scope.person("bert"), BINS)
    response = await client.get(f"{ROOT}/memory/search", params={"query": "bins"})
    assert (await response.json())["passages"] == []


async def test_not_loaded(
    hass: HomeAssistant, client: Client, loaded_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    response = await client.get(f"{ROOT}/cache/stats")
    assert response.status == 400
    assert (await response.json())["code"] == "not_loaded"
