"""What is shown to somebody who helps: enough, and nothing private."""

import json
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ai_memory.const import DOMAIN
from demo.ollama_server import EMBEDDING_MODEL, OllamaServer
from tests.databases import FreshDatabase
from tests.ha.agents import agent

SECRET = "The wizard keeps marmalade in the cellar."


@pytest.fixture
async def told_entry(
    hass: HomeAssistant,
    home: None,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> MockConfigEntry:
    """Give a loaded entry with an embedder, an agent and something that was told to it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={
            **database.fields,
            "embedder": {
                "provider": "ollama",
                "url": ollama_server.url,
                "api_key": "key-of-the-server",
                "model": EMBEDDING_MODEL,
                "dimensions": None,
            },
        },
        options={"capture": "own"},
        subentries_data=[
            {
                "subentry_type": "conversation",
                "title": "Grandmother",
                "unique_id": None,
                "data": agent(),
            },
            {
                "subentry_type": "folder",
                "title": "Divorce",
                "unique_id": None,
                "data": {
                    "path": hass.config.path("divorce"),
                    "collection": "divorce papers",
                    "person": "household",
                    "language": "en",
                },
            },
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.services.async_call(
        DOMAIN, "remember", {"content": SECRET}, blocking=True
    )
    await entry.runtime_data.service.settled()
    return entry


def is_private(text: str, database: FreshDatabase) -> bool:
    fields = database.fields
    return any(
        part in text
        for part in (
            "marmalade",
            "Grandmother",
            "ivorce",
            "key-of-the-server",
            "http://",
            fields["password"],
            fields["host"],
            database.name,
        )
    )


async def test_diagnostics(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    told_entry: MockConfigEntry,
    database: FreshDatabase,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    shown: dict[str, Any] = json.loads(
        json_dumps(
            await get_diagnostics_for_config_entry(hass, hass_client, told_entry)
        )
    )
    assert not is_private(json_dumps(shown), database)
    assert shown["state"] == "loaded"
    assert shown["version"]
    assert shown["data"]["tls"] == "prefer"
    assert shown["data"]["password"] == REDACTED
    assert shown["data"]["embedder"]["model"] == EMBEDDING_MODEL
    assert shown["options"] == {"capture": "own"}
    assert shown["subentries"] == [
        {"type": "conversation", "data": agent()},
        {
            "type": "folder",
            "data": {
                "path": REDACTED,
                "collection": REDACTED,
                "person": REDACTED,
                "language": "en",
            },
        },
    ]
    [folder] = shown["folders"]
    assert (folder["state"], folder["problem"]) == ("failed", "folder_gone")
    assert shown["failing"] == {"database": False, "embedder": False}
    assert shown["server"]["server_version"].startswith("16")
    assert shown["statistics"]["memories"] == 1
    assert shown["statistics"]["schema_version"] >= 1


async def test_diagnostics_without_database(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    told_entry: MockConfigEntry,
    database: FreshDatabase,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    database.server.drop_database(database.name)
    shown = await get_diagnostics_for_config_entry(hass, hass_client, told_entry)
    assert not is_private(json_dumps(shown), database)
    assert shown["statistics"].keys() == {"error"}
    assert shown["server"]["vector_version"]


async def test_diagnostics_of_an_entry_that_is_not_loaded(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    told_entry: MockConfigEntry,
    database: FreshDatabase,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    await hass.config_entries.async_unload(told_entry.entry_id)
    shown = await get_diagnostics_for_config_entry(hass, hass_client, told_entry)
    assert not is_private(json_dumps(shown), database)
    assert shown["state"] == "not_loaded"
    assert "statistics" not in shown
