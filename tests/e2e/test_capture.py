"""Turns that never reach our agent are saved too."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from demo.client import HassClient
from demo.demo_house import DemoHouse
from demo.house import GOOD_NIGHT
from tests.e2e.talk import Database

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUILT_IN = "conversation.home_assistant"


@pytest_asyncio.fixture(loop_scope="session")
async def local_pipeline(house: DemoHouse) -> AsyncGenerator[str]:
    """Give a pipeline with our agent in which Home Assistant's own sentences come first."""
    pipeline = await house.client.call(
        "assist_pipeline/pipeline/create",
        name="Local first",
        conversation_engine=house.agent,
        conversation_language="en",
        language="en",
        stt_engine=None,
        stt_language=None,
        tts_engine=None,
        tts_language=None,
        tts_voice=None,
        wake_word_entity=None,
        wake_word_id=None,
        prefer_local_intents=True,
    )
    yield pipeline["id"]
    await house.client.call(
        "assist_pipeline/pipeline/delete", pipeline_id=pipeline["id"]
    )


async def test_command_that_home_assistant_answers(
    house: DemoHouse, database: Database, local_pipeline: str
) -> None:
    await house.client.service("light.turn_off", {"entity_id": "light.office_desk"})
    turn = await house.client.run_pipeline(
        "turn on the desk lamp", pipeline=local_pipeline
    )
    assert turn.event("intent-end")["processed_locally"]  # type: ignore[index]
    row = await database.turn(turn)
    assert row["answered_by"] == "intent"
    assert row["agent_id"] == BUILT_IN
    assert row["reply"] == turn.reply == "Turned on the light"
    assert row["owner"].startswith("person:")
    [tool] = await database.of_turn("tool_executions", row)
    assert tool["name"] == "HassTurnOn"
    assert tool["arguments"] == {"name": "Desk lamp"}
    assert tool["status"] == "ok"
    messages = await database.of_turn("messages", row)
    assert messages[0]["content"] == turn.text
    assert messages[-1]["content"] == turn.reply


async def test_what_comes_to_our_agent_is_saved_once(
    house: DemoHouse, database: Database, local_pipeline: str
) -> None:
    """In a pipeline that tries other ways first, and where nothing but ours is."""
    turns = [
        await house.client.run_pipeline("Hum a tune for me!", pipeline=pipeline)
        for pipeline in (local_pipeline, house.pipeline)
    ]
    # Captured turns are saved in their order: with this one, all before it are there.
    await database.turn(
        await house.client.run_pipeline("Sing!", pipeline=house.bare_pipeline)
    )
    for turn in turns:
        row = await database.turn(turn)
        assert row["answered_by"] == "delegate"
        assert row["agent_id"] == house.delegate


async def test_sentence_of_an_automation(
    house: DemoHouse, database: Database, ben: HassClient, local_pipeline: str
) -> None:
    turn = await ben.run_pipeline(GOOD_NIGHT, pipeline=local_pipeline)
    assert turn.reply == "Sleep well."
    row = await database.turn(turn)
    assert row["answered_by"] == "intent"
    assert row["reply"] == "Sleep well."
    assert row["owner"] == await database.value(
        "SELECT owner FROM conversations WHERE session_id = $1", turn.conversation_id
    )
    assert row["owner"].startswith("person:")


async def test_turn_of_another_agent(house: DemoHouse, database: Database) -> None:
    turn = await house.client.run_pipeline(
        "turn off the bedside lamp", pipeline=house.bare_pipeline
    )
    row = await database.turn(turn)
    assert row["answered_by"] == "other_agent"
    assert row["agent_id"] == house.delegate
    assert row["reply"] == turn.reply == "Turned off bedside lamp."
    [tool] = await database.of_turn("tool_executions", row)
    assert tool["name"] == "intent__HassTurnOff"
    assert [message["role"] for message in await database.of_turn("messages", row)] == [
        "user",
        "assistant",
        "tool_result",
        "assistant",
    ]


async def test_turn_without_pipeline(house: DemoHouse, database: Database) -> None:
    answer = await house.client.rest(
        "POST", "/api/conversation/process", {"text": "turn off the desk lamp"}
    )
    [row] = await database.fetch_when_there(
        "SELECT t.* FROM turns t JOIN conversations c ON c.id = t.conversation_id"
        " WHERE c.session_id = $1",
        answer["conversation_id"],
    )
    assert row["answered_by"] == "intent"
    assert row["owner"].startswith("person:")
    assert row["text"] == "turn off the desk lamp"
