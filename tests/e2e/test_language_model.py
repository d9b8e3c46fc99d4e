"""What reaches the language model, and what it says on its way back."""

import asyncio
import json

import pytest

from demo.client import HassClient, HassError, Turn
from demo.demo_house import PASSWORD, USERNAME, DemoHouse
from tests.e2e.talk import Database, chats, last_user_message, remember, stand_in, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_recalled_fact_stands_beside_the_words(house: DemoHouse) -> None:
    fact = "The ladder is locked to the fence behind the shed."
    await remember(house.client, house, fact)
    question = "Where is the ladder?"

    turn = await house.client.run_pipeline(question)

    assert turn.reply == fact
    messages = chats(house)[-1].json["messages"]
    assert [message["role"] for message in messages] == ["system", "user"]
    assert fact not in messages[0]["content"]
    assert "household_memory" not in messages[0]["content"]
    words, _, context = messages[1]["content"].partition("\n\n")
    assert words == question
    assert context.startswith("<household_memory>\n")
    assert context.endswith("</household_memory>")
    assert f"- {fact}\n" in context


async def test_prompt_of_the_second_turn_continues_that_of_the_first(
    house: DemoHouse,
) -> None:
    facts = {
        "Where are the fuses?": "The fuses are in the grey tin in the cellar.",
        "Who repairs the piano?": "Mister Okafor repairs the piano.",
    }
    for fact in facts.values():
        await remember(house.client, house, fact)
    conversation_id = None
    for question, fact in facts.items():
        turn = await house.client.run_pipeline(
            question, conversation_id=conversation_id
        )
        conversation_id = conversation_id or turn.conversation_id
        assert turn.conversation_id == conversation_id
        assert turn.reply == fact
    first, second = chats(house)[-2:]

    # The model reads system prompt, tools and messages: all of the first request has
    # to stand in the second one, byte for byte, and new words only behind it.
    messages, tools = first.raw.split(b',"tools":')
    later_messages, later_tools = second.raw.split(b',"tools":')
    assert later_tools == tools
    assert json.loads(messages[messages.index(b'"messages":') + 11 :])[0]["role"] == (
        "system"
    )
    assert messages.endswith(b"]")
    assert later_messages.startswith(messages.removesuffix(b"]") + b",")
    assert "The fuses" in first.json["messages"][-1]["content"]
    assert "Okafor" in last_user_message(second)


async def test_deltas_come_in_order_before_the_end(house: DemoHouse) -> None:
    fact = "The tent, its poles and six long pegs are in the attic."
    await remember(house.client, house, fact)

    turn = await house.client.run_pipeline("Where is the tent?")

    kinds = [event["type"] for event in turn.events]
    end = kinds.index("intent-end")
    progress = [at for at, kind in enumerate(kinds) if kind == "intent-progress"]
    assert kinds.index("intent-start") < progress[0]
    assert progress[-1] < end
    assert turn.reply == fact
    assert turn.deltas == [f"{word} " for word in fact.split()[:-1]] + ["attic."]
    roles = [
        role
        for event in turn.events
        if event["type"] == "intent-progress"
        and (role := event["data"].get("chat_log_delta", {}).get("role"))
    ]
    assert roles == ["assistant"]


async def test_streaming_is_that_of_the_delegate(house: DemoHouse) -> None:
    turns = [
        await house.client.run_pipeline("Sing the song of the sea!", pipeline=pipeline)
        for pipeline in (house.pipeline, house.bare_pipeline)
    ]
    ours, theirs = (
        [event["data"] for event in turn.events if event["type"] == "intent-progress"]
        for turn in turns
    )
    assert ours == theirs
    assert turns[0].reply == turns[1].reply


async def test_words_arrive_while_the_model_still_speaks(
    house: DemoHouse, database: Database
) -> None:
    """The model never ends; whoever hangs up has still been answered so far."""
    speaker = await HassClient.login(house.hass.url, USERNAME, PASSWORD)
    server = stand_in(house)
    usual, server.chunk_delay = server.chunk_delay, 3600.0
    first_words = asyncio.Event()
    turn = Turn(text="Tell me a story about the endless river!")

    async def listen() -> None:
        async for message in speaker.subscribe(
            "assist_pipeline/run",
            start_stage="intent",
            end_stage="intent",
            input={"text": turn.text},
        ):
            if message["type"] == "event":
                turn.events.append(message["event"])
                if turn.deltas:
                    first_words.set()

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(30):
            await first_words.wait()
    finally:
        server.chunk_delay = usual
        await speaker.close()
        with pytest.raises(HassError):
            await listening
    assert turn.deltas == ["I "]
    assert turn.event("intent-end") is None
    started = turn.event("intent-start")
    assert started
    [row] = await until(
        lambda: database.fetch("SELECT * FROM turns WHERE text = $1", turn.text)
    )
    assert row["error"] == "CancelledError"
    assert row["cache"] == "failed"
    assert {"look_up", "delegate"} <= row["stages"].keys()


async def test_agent_shows_what_the_delegate_can_do(house: DemoHouse) -> None:
    ours, theirs = [
        await house.client.state(agent) for agent in (house.agent, house.delegate)
    ]
    assert theirs["attributes"]["supported_features"] == 1  # control
    assert (
        ours["attributes"]["supported_features"]
        == theirs["attributes"]["supported_features"]
    )
    listed = await house.client.call("conversation/agent/list")
    agents = {agent["id"]: agent for agent in listed["agents"]}
    for trait in ("supported_languages", "supports_streaming"):
        assert agents[house.agent].get(trait) == agents[house.delegate].get(trait)
