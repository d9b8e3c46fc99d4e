"""A household with an agent of ours, to talk to: fixtures and helpers."""

from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
from homeassistant.components import conversation
from homeassistant.components.conversation import ConversationResult, async_converse
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.memory.service import MemoryService
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.ha.agents import BUILT_IN, agent

OFFICE = "input_boolean.office_main"


@pytest.fixture
async def house(hass: HomeAssistant, home: None) -> None:
    """Set up a thing to switch, and two people."""
    assert await async_setup_component(
        hass,
        "input_boolean",
        {"input_boolean": {"office_main": {"name": "Office main"}}},
    )
    async_expose_entity(hass, conversation.DOMAIN, OFFICE, True)
    for name in ("anna", "ben"):
        MockUser(
            id=f"user_{name}", name=name.title(), is_owner=name == "anna"
        ).add_to_hass(hass)
    assert await async_setup_component(
        hass,
        "person",
        {
            "person": [
                {"id": name, "name": name.title(), "user_id": f"user_{name}"}
                for name in ("anna", "ben")
            ]
        },
    )


@pytest.fixture
async def model_agent(
    hass: HomeAssistant, home: None, ollama_server: OllamaServer
) -> str:
    """Give Home Assistant's own Ollama agent, with the Assist tools."""
    entry = MockConfigEntry(
        domain="ollama",
        data={"url": ollama_server.url},
        version=3,
        minor_version=3,
        subentries_data=[
            ConfigSubentryData(
                subentry_type="conversation",
                title="Model",
                unique_id=None,
                data={
                    "model": "stand-in:latest",
                    "llm_hass_api": ["assist"],
                    "max_history": 20,
                },
            )
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    [found] = [
        state.entity_id
        for state in hass.states.async_all("conversation")
        if state.entity_id != BUILT_IN
    ]
    return found


class Memory:
    """The integration as set up for a test."""

    def __init__(
        self, hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
    ) -> None:
        self.hass = hass
        self.entry = entry
        self._database = database

    @property
    def service(self) -> MemoryService:
        service: MemoryService = self.entry.runtime_data.service
        return service

    @property
    def agent_id(self) -> str:
        [found] = [
            state.entity_id
            for state in self.hass.states.async_all("conversation")
            if state.entity_id.startswith("conversation.keeper")
        ]
        return found

    async def say(
        self,
        text: str,
        *,
        user: str | None = None,
        conversation_id: str | None = None,
        agent_id: str | None = None,
        language: str = "en",
        device_id: str | None = None,
        satellite_id: str | None = None,
    ) -> ConversationResult:
        result = await async_converse(
            self.hass,
            text,
            conversation_id,
            Context(user_id=f"user_{user}" if user else None),
            language=language,
            agent_id=agent_id or self.agent_id,
            device_id=device_id,
            satellite_id=satellite_id,
        )
        assert await self.service.settled()
        return result

    async def rows(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(
            self._database.server.dsn(self._database.name, superuser=True), ssl=False
        )
        try:
            await connection.execute("SET search_path = ai_memory, public")
            return await connection.fetch(statement, *arguments)
        finally:
            await connection.close()


def speech(result: ConversationResult) -> str:
    text: str = result.response.speech["plain"]["speech"]
    return text


async def set_up(
    hass: HomeAssistant,
    database: FreshDatabase,
    delegate: str,
    embedder: dict[str, Any],
    **settings: Any,
) -> Memory:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="AI Memory",
        data={**database.fields, "embedder": embedder},
        options={
            "capture": settings.pop("capture", "all"),
            **settings.pop("options", {}),
        },
        subentries_data=[
            ConfigSubentryData(
                subentry_type="conversation",
                title="Keeper",
                unique_id=None,
                # The machine that runs the tests may be slow.
                data=agent(delegate=delegate, **{"deadline": 5000, **settings}),
            )
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    memory = Memory(hass, entry, database)
    assert await memory.service.settled()
    return memory


@pytest.fixture
async def memory(
    hass: HomeAssistant,
    house: None,
    model_agent: str,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> AsyncGenerator[Memory]:
    """Give the memory around the model, with real vectors."""
    embedder = {
        "provider": "ollama",
        "url": ollama_server.url,
        "model": "all-minilm:latest",
    }
    memory = await set_up(hass, database, model_agent, embedder)
    yield memory
    await hass.config_entries.async_unload(memory.entry.entry_id)


@pytest.fixture
async def local_memory(
    hass: HomeAssistant, house: None, database: FreshDatabase
) -> AsyncGenerator[Memory]:
    """Give the memory around Home Assistant's own agent, without vectors."""
    memory = await set_up(hass, database, BUILT_IN, {"provider": "none"})
    yield memory
    await hass.config_entries.async_unload(memory.entry.entry_id)


def chats(server: OllamaServer) -> list[dict[str, Any]]:
    """Return what the model was sent, oldest first."""
    return [request.json for request in server.sent("/api/chat")]
