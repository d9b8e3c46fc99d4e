"""The main job, on a real house: aliases, commands, facts that are asked about twice."""

from typing import Final

import pytest

from demo.demo_house import DemoHouse
from demo.house import OFFICE_LIGHT
from tests.e2e.talk import Database, chats, last_user_message, remember, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEY: Final = "The spare key hangs behind the blue watering can."
ASKED: Final = "Where is the spare key?"


async def _is_on(house: DemoHouse, entity_id: str) -> bool:
    return bool((await house.client.state(entity_id))["state"] == "on")


async def test_alias_switches_the_light(house: DemoHouse, database: Database) -> None:
    await house.client.service("light.turn_off", {"entity_id": OFFICE_LIGHT})
    asked = len(chats(house))

    turn = await house.client.run_pipeline("turn on my office")

    assert turn.error is None
    assert turn.reply == "Turned on the light"
    assert await until(lambda: _is_on(house, OFFICE_LIGHT))
    assert len(chats(house)) == asked
    row = await database.turn(turn)
    assert row["resolved_text"] == "turn on Office main light"
    assert row["answered_by"] == "intent"
    assert row["agent_id"] == "conversation.home_assistant"
    assert row["intent"] == "HassTurnOn"
    assert row["reply"] == turn.reply
    assert row["error"] is None
    assert row["owner"].startswith("person:")
    assert row["language"] == "en"
    assert {"aliases", "intents"} <= row["stages"].keys()
    assert all(milliseconds >= 0 for milliseconds in row["stages"].values())
    messages = await database.of_turn("messages", row)
    assert [messages[0]["role"], messages[-1]["role"]] == ["user", "assistant"]
    assert messages[0]["content"] == "turn on my office"
    assert messages[-1]["content"] == turn.reply
    assert {message["owner"] for message in messages} == {row["owner"]}
    [tool] = await database.of_turn("tool_executions", row)
    assert tool["name"] == "HassTurnOn"
    assert tool["arguments"] == {"name": "Office main light"}
    assert tool["status"] == "ok"
    assert OFFICE_LIGHT in str(tool["result"])


async def test_fact_is_recalled_then_answered_from_the_cache(
    house: DemoHouse, database: Database
) -> None:
    memory = await remember(house.client, house, KEY)
    asked = len(chats(house))

    first = await house.client.run_pipeline(ASKED)

    assert first.reply == KEY
    assert len(chats(house)) == asked + 1
    row = await database.turn(first)
    assert row["answered_by"] == "delegate"
    assert row["agent_id"] == house.delegate
    assert row["model"] == "stand-in:latest"
    assert row["cache"] == "stored"
    assert row["resolved_text"] is None
    assert {"cache", "embed", "search", "look_up", "delegate"} <= row["stages"].keys()
    used = [
        reference
        for reference in await database.of_turn("context_references", row)
        if reference["verdict"] == "used"
    ]
    assert used[0]["snippet"] == KEY
    assert (
        await database.value(
            "SELECT memory_id FROM passages WHERE id = $1", used[0]["passage_id"]
        )
        == memory["id"]
    )
    assert [
        (message["role"], message["content"])
        for message in await database.of_turn("messages", row)
    ] == [("user", ASKED), ("assistant", KEY)]

    assert await database.stored_answer(ASKED) == KEY
    second = await house.client.run_pipeline("where is the SPARE key")

    assert second.reply == KEY
    assert second.conversation_id != first.conversation_id
    assert len(chats(house)) == asked + 1
    row = await database.turn(second)
    assert row["answered_by"] == "cache"
    assert row["cache"] == "hit"
    assert "delegate" not in row["stages"]
    assert [
        (message["role"], message["content"])
        for message in await database.of_turn("messages", row)
    ] == [("user", "where is the SPARE key"), ("assistant", KEY)]

    # A cached answer is in the chat log like any other.
    third = await house.client.run_pipeline(
        "What is the capital of Peru?", conversation_id=second.conversation_id
    )
    assert third.conversation_id == second.conversation_id
    said = [
        (message["role"], message["content"])
        for message in chats(house)[-1].json["messages"][1:]
    ]
    assert said[:2] == [("user", "where is the SPARE key"), ("assistant", KEY)]


async def test_new_fact_is_not_hidden_behind_an_old_answer(
    house: DemoHouse, database: Database
) -> None:
    question = "Where is the sledge?"
    first = await house.client.run_pipeline(question)
    assert "sledge" not in first.reply
    await database.stored_answer(question)
    fact = "The sledge leans against the garage wall."
    await remember(house.client, house, fact)
    assert (await house.client.run_pipeline(question)).reply == fact


@pytest.mark.parametrize(
    ("words", "entity_id"),
    [
        ("turn on the kitchen ceiling light", "light.kitchen_ceiling"),
        ("Please  turn on the Coffee machine !", "switch.coffee_machine"),
    ],
)
async def test_command_reaches_the_model_unchanged(
    house: DemoHouse, database: Database, words: str, entity_id: str
) -> None:
    await house.client.service("homeassistant.turn_off", {"entity_id": entity_id})
    before = len(chats(house))

    turn = await house.client.run_pipeline(words)

    request, confirmed = chats(house)[before:]
    assert last_user_message(request) == words
    assert last_user_message(confirmed) == words
    assert await until(lambda: _is_on(house, entity_id))
    row = await database.turn(turn)
    assert row["answered_by"] == "delegate"
    assert row["cache"] in {"command", "not_a_question"}
    assert "used" not in {
        reference["verdict"]
        for reference in await database.of_turn("context_references", row)
    }
    [tool] = await database.of_turn("tool_executions", row)
    assert tool["name"] == "intent__HassTurnOn"
    assert tool["status"] == "ok"
    assert [message["role"] for message in await database.of_turn("messages", row)] == [
        "user",
        "assistant",
        "tool_result",
        "assistant",
    ]


async def test_failed_tool_is_seen(house: DemoHouse, database: Database) -> None:
    turn = await house.client.run_pipeline("turn off the swimming pool")
    assert turn.reply == "Sorry, I could not switch swimming pool."
    [tool] = await database.of_turn("tool_executions", await database.turn(turn))
    assert tool["arguments"] == {"name": "swimming pool"}
    assert tool["status"] == "error"


@pytest.mark.parametrize(
    "words", ["What is the capital of Peru?", "The weather was nice in Lisbon last May"]
)
async def test_nothing_is_added_where_nothing_is_relevant(
    house: DemoHouse, words: str
) -> None:
    await house.client.run_pipeline(words)
    assert last_user_message(chats(house)[-1]) == words
