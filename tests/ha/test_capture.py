"""Turns that our agents do not see are saved all the same."""

import asyncio
from typing import Any

import asyncpg
from homeassistant.components import assist_pipeline, conversation
from homeassistant.components.conversation.agent_manager import async_converse
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.chat_session import ChatSession
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.ai_memory.capture import _SETTLE
from custom_components.ai_memory.const import DOMAIN
from tests.databases import FreshDatabase
from tests.ha.agents import BUILT_IN, agent

OFFICE = "input_boolean.office_main"
PARROT = "conversation.parrot"
"""An agent that is in no pipeline."""


@pytest.fixture
async def house(hass: HomeAssistant, home: None, pipeline: str) -> None:
    """Set up a thing to switch, and a sentence of an automation."""
    assert await async_setup_component(
        hass,
        "input_boolean",
        {"input_boolean": {"office_main": {"name": "Office main"}}},
    )
    async_expose_entity(hass, conversation.DOMAIN, OFFICE, True)
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "trigger": {"platform": "conversation", "command": ["movie time"]},
                "action": {"set_conversation_response": "Enjoy the film"},
            }
        },
    )
    await hass.async_block_till_done()


async def _set_up(
    hass: HomeAssistant, database: FreshDatabase, capture: str
) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={**database.fields, "embedder": {"provider": "none"}},
        options={"capture": capture},
        subentries_data=[
            ConfigSubentryData(
                subentry_type="conversation",
                title="Keeper",
                unique_id=None,
                data=agent(),
            )
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def rows(
    database: FreshDatabase, entry: MockConfigEntry, statement: str
) -> list[asyncpg.Record]:
    """Wait for what is being saved and ask the database."""
    await asyncio.sleep(_SETTLE * 2)
    assert await entry.runtime_data.service.settled()
    connection = await asyncpg.connect(
        database.server.dsn(database.name, superuser=True), ssl=False
    )
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def run_pipeline(
    hass_ws_client: WebSocketGenerator, text: str, **fields: Any
) -> None:
    """Say something to the preferred pipeline."""
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "assist_pipeline/run",
            "start_stage": "intent",
            "end_stage": "intent",
            "input": {"text": text},
            **fields,
        }
    )
    async with asyncio.timeout(20):
        while True:
            message = await client.receive_json()
            if message["type"] == "event" and message["event"]["type"] == "run-end":
                return


async def test_turn_of_the_built_in_agent_is_saved_with_its_tools(
    hass: HomeAssistant,
    house: None,
    database: FreshDatabase,
    hass_ws_client: WebSocketGenerator,
    hass_owner_user: Any,
) -> None:
    entry = await _set_up(hass, database, "all")

    await run_pipeline(hass_ws_client, "turn on office main")

    [turn] = await rows(database, entry, "SELECT * FROM ai_memory.turns")
    assert turn["text"] == "turn on office main"
    assert turn["answered_by"] == "intent"
    assert turn["agent_id"] == BUILT_IN
    assert turn["language"] == "en"
    assert turn["reply"]
    [tool] = await rows(database, entry, "SELECT * FROM ai_memory.tool_executions")
    assert (tool["name"], tool["status"]) == ("HassTurnOn", "ok")


async def test_local_intent_in_front_of_our_agent_is_saved_once(
    hass: HomeAssistant,
    house: None,
    database: FreshDatabase,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await _set_up(hass, database, "all")
    [ours] = [
        state.entity_id
        for state in hass.states.async_all("conversation")
        if state.entity_id != BUILT_IN
    ]
    [pipeline] = assist_pipeline.async_get_pipelines(hass)
    await assist_pipeline.async_update_pipeline(
        hass, pipeline, conversation_engine=ours, prefer_local_intents=True
    )

    await run_pipeline(hass_ws_client, "turn on office main")
    await run_pipeline(hass_ws_client, "movie time")
    await run_pipeline(hass_ws_client, "what is the meaning of it all")

    turns = await rows(
        database, entry, "SELECT * FROM ai_memory.turns ORDER BY started_at"
    )
    assert [
        (turn["text"], turn["answered_by"], turn["agent_id"]) for turn in turns
    ] == [
        ("turn on office main", "intent", BUILT_IN),
        ("movie time", "intent", "sentence_trigger"),
        ("what is the meaning of it all", "delegate", BUILT_IN),
    ]
    assert turns[1]["reply"] == "Enjoy the film"


async def test_pipeline_of_a_paused_agent_is_not_saved(
    hass: HomeAssistant,
    house: None,
    database: FreshDatabase,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await _set_up(hass, database, "all")
    [ours] = [
        state.entity_id
        for state in hass.states.async_all("conversation")
        if state.entity_id != BUILT_IN
    ]
    [pipeline] = assist_pipeline.async_get_pipelines(hass)
    await assist_pipeline.async_update_pipeline(
        hass, pipeline, conversation_engine=ours, prefer_local_intents=True
    )
    [state] = entry.runtime_data.agents.values()

    state.async_set_saving(on=False)
    await run_pipeline(hass_ws_client, "turn on office main")
    assert await rows(database, entry, "SELECT * FROM ai_memory.turns") == []
    state.async_set_saving(on=True)
    await run_pipeline(hass_ws_client, "movie time")

    [turn] = await rows(database, entry, "SELECT text FROM ai_memory.turns")
    assert turn["text"] == "movie time"


async def test_owner_of_a_captured_turn_is_who_asked(
    hass: HomeAssistant,
    house: None,
    database: FreshDatabase,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: Any,
) -> None:
    assert await async_setup_component(
        hass,
        "person",
        {"person": [{"id": "anna", "name": "Anna", "user_id": hass_admin_user.id}]},
    )
    entry = await _set_up(hass, database, "all")

    await run_pipeline(hass_ws_client, "turn on office main")
    await async_converse(hass, "turn off office main", None, Context(), "en", BUILT_IN)

    turns = await rows(
        database, entry, "SELECT * FROM ai_memory.turns ORDER BY started_at"
    )
    assert [turn["owner"] for turn in turns] == ["person:anna", "household"]


@pytest.mark.parametrize(
    ("capture", "saved"),
    [("all", ["built in", "parrot"]), ("exposed", ["built in"]), ("own", [])],
)
async def test_only_what_is_wanted_is_saved(
    hass: HomeAssistant,
    house: None,
    database: FreshDatabase,
    capture: str,
    saved: list[str],
) -> None:
    entry = await _set_up(hass, database, capture)

    await async_converse(hass, "turn on office main", None, Context(), "en", BUILT_IN)
    with (
        conversation.async_get_chat_log(
            hass,
            ChatSession("parroted"),
            conversation.ConversationInput(
                text="hello",
                context=Context(),
                conversation_id="parroted",
                device_id=None,
                satellite_id=None,
                language="en",
                agent_id=PARROT,
            ),
        ) as chat_log,
    ):
        chat_log.async_add_assistant_content_without_tools(
            conversation.AssistantContent(agent_id=PARROT, content="You said hello")
        )

    turns = await rows(
        database, entry, "SELECT * FROM ai_memory.turns ORDER BY started_at"
    )
    names = {BUILT_IN: "built in", PARROT: "parrot"}
    assert [names[turn["agent_id"]] for turn in turns] == saved


async def test_task_of_a_model_is_no_turn(
    hass: HomeAssistant, house: None, database: FreshDatabase
) -> None:
    entry = await _set_up(hass, database, "all")
    session = ChatSession("task")

    with conversation.async_get_chat_log(hass, session) as chat_log:
        chat_log.async_add_user_content(
            conversation.UserContent(content="Describe the picture")
        )
        chat_log.async_add_assistant_content_without_tools(
            conversation.AssistantContent(agent_id="ai_task.model", content="A cat")
        )

    assert await rows(database, entry, "SELECT * FROM ai_memory.turns") == []


async def test_turn_that_is_open_when_the_entry_unloads_is_saved(
    hass: HomeAssistant, house: None, database: FreshDatabase
) -> None:
    entry = await _set_up(hass, database, "all")
    await async_converse(hass, "turn on office main", None, Context(), "en", BUILT_IN)

    assert await hass.config_entries.async_unload(entry.entry_id)

    connection = await asyncpg.connect(
        database.server.dsn(database.name, superuser=True), ssl=False
    )
    found = await connection.fetch("SELECT text FROM ai_memory.turns")
    await connection.close()
    assert [row["text"] for row in found] == ["turn on office main"]
