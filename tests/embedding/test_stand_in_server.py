"""The stand-in for Ollama, through the real client and Home Assistant's own Ollama integration."""

import json
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import CONF_LLM_HASS_API, CONF_MODEL, CONF_NAME, CONF_URL
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import ollama
import pytest

from demo import minilm, stand_in_chat
from demo.ollama_server import CHAT_MODEL, OllamaServer

TURN_ON: dict[str, Any] = {
    "type": "function",
    "function": {"name": "intent__HassTurnOn", "parameters": {"type": "object"}},
}
KNOWN = "Where are the spare keys?\n\nNotes of the household:\n- {}\n- {}"


def user(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}


def test_same_meaning_is_nearer_than_another() -> None:
    vectors = (
        minilm.load()
        .embed(
            [
                "Where are the spare keys?",
                "The spare keys are in the blue drawer",
                "Our cat is called Minka",
            ]
        )
        .vectors
    )
    assert vectors.shape == (3, 384)
    assert vectors[0] @ vectors[1] > 0.7
    assert abs(vectors[0] @ vectors[2]) < 0.3


def test_texts_are_cut_at_256_tokens() -> None:
    words = "word " * 400
    result = minilm.load().embed([words, words + "and something else", "word"])
    assert result.tokens == [256, 256, 3]
    assert result.vectors[0].tolist() == result.vectors[1].tolist()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("turn on the kitchen light", "kitchen light"),
        ("Please turn on Office main.", "Office main"),
        ("switch the hall lamp on", "hall lamp"),
    ],
)
def test_commands_call_the_tool(said: str, name: str) -> None:
    answer = stand_in_chat.answer([user(said)], [TURN_ON])
    assert answer.tool == "intent__HassTurnOn"
    assert answer.arguments == {"name": name}


@pytest.mark.parametrize(
    ("said", "tools"),
    [
        ("turn on the kitchen light", []),
        ("turn off the kitchen light", [TURN_ON]),
        ("turn the page", [TURN_ON]),
        ("Where are the spare keys?", [TURN_ON]),
        ("Where are the spare keys?\n- The cat is called Minka", [TURN_ON]),
        ("The keys are gone\n- The keys are in the drawer", [TURN_ON]),
        ("", []),
    ],
)
def test_what_was_not_given_is_not_known(
    said: str, tools: list[dict[str, Any]]
) -> None:
    answer = stand_in_chat.answer([user(said)], tools)
    assert answer == stand_in_chat.Answer(stand_in_chat.UNKNOWN)


def test_correction_repeats_the_command_for_what_was_meant() -> None:
    said = [user("turn on the lamp"), user("No, I meant the desk lamp.")]
    answer = stand_in_chat.answer(said, [TURN_ON])
    assert answer.tool == "intent__HassTurnOn"
    assert answer.arguments == {"name": "desk lamp"}
    assert stand_in_chat.answer(said[1:], [TURN_ON]).text == stand_in_chat.UNKNOWN


def test_tool_is_used_and_its_result_told() -> None:
    said = user('use tool intent__HassTurnOn with {"name": "desk lamp", "here": true}')
    answer = stand_in_chat.answer([said], [TURN_ON])
    assert answer.tool == "intent__HassTurnOn"
    assert answer.arguments == {"name": "desk lamp", "here": True}
    assert stand_in_chat.answer([said], []).text == stand_in_chat.UNKNOWN
    used = {"function": {"name": "find", "arguments": {"query": "lamp"}}}
    result = [{"role": "assistant", "tool_calls": [used]}]
    told = {"role": "tool", "content": '{"found": []}'}
    assert stand_in_chat.answer([said, *result, told], []).text == '{"found": []}'


def test_questions_are_answered_with_the_line_that_fits_best() -> None:
    lines = ["The cat sleeps on the keys", "The spare keys are in the blue drawer"]
    for first, second in (lines, reversed(lines)):
        answer = stand_in_chat.answer([user(KNOWN.format(first, second))], [])
        assert answer.text == "The spare keys are in the blue drawer"


async def test_chat_streams_word_by_word(server: OllamaServer) -> None:
    client = ollama.AsyncClient(server.url)
    fact = "The keys and the spare keys are in the drawer"
    messages = [
        {"role": "system", "content": "Be brief."},
        user(KNOWN.format(fact, "Minka")),
    ]
    chunks = [
        chunk
        async for chunk in await client.chat(
            "stand-in", messages, tools=[TURN_ON], stream=True
        )
    ]
    whole = await client.chat("stand-in", messages)
    await client.close()  # type: ignore[no-untyped-call]  # the client's method has no annotations
    assert "".join(chunk.message.content or "" for chunk in chunks) == fact
    assert [chunk.done for chunk in chunks] == [False] * 10 + [True]
    assert chunks[-1].eval_count == 10
    assert chunks[-1].prompt_eval_count == sum(
        len(message["content"].split()) for message in messages
    )
    assert whole.message.content == fact
    [streamed, _] = server.sent("/api/chat")
    assert json.loads(streamed.raw) == streamed.json
    assert streamed.json["messages"] == messages
    assert streamed.json["tools"][0]["function"]["name"] == "intent__HassTurnOn"


async def test_models(server: OllamaServer) -> None:
    client = ollama.AsyncClient(server.url)
    assert [model.model for model in (await client.list()).models] == server.models
    assert (await client.show("all-minilm")).capabilities == ["embedding"]
    assert (await client.show("stand-in")).capabilities == ["completion", "tools"]
    assert (await client.ps()).models == []
    old = await client.embeddings("all-minilm", "hello")
    new = await client.embed("all-minilm", "hello")
    assert list(old.embedding) == list(new.embeddings[0])
    short = await client.embed("all-minilm", "hello", dimensions=32)
    assert len(short.embeddings[0]) == 32
    for refused in (
        client.pull("all-minilm:33m"),
        client.chat("all-minilm", [user("hi")]),
        client.chat("stand-in", [user("hi")], format="json"),
    ):
        with pytest.raises(ollama.ResponseError) as caught:
            await refused
        assert caught.value.status_code == 400
    await client.close()  # type: ignore[no-untyped-call]  # the client's method has no annotations


async def test_comes_back_on_the_same_port(server: OllamaServer) -> None:
    url = server.url
    client = ollama.AsyncClient(url)
    await server.stop()
    with pytest.raises(ConnectionError):
        await client.list()
    await server.start()
    assert server.url == url
    assert len((await client.list()).models) == 2
    await client.close()  # type: ignore[no-untyped-call]  # the client's method has no annotations


@pytest.mark.usefixtures("socket_enabled")
def test_command_line() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "demo.ollama_server"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    names = [model.model for model in ollama.Client(url).list().models]
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(30) == 0
    assert CHAT_MODEL in names


async def test_home_assistants_own_integration(
    server: OllamaServer, hass: HomeAssistant
) -> None:
    for component in ("homeassistant", "conversation", "input_boolean"):
        config = {"input_boolean": {"coffee": {"name": "Coffee machine"}}}
        assert await async_setup_component(hass, component, config)
    async_expose_entity(hass, "conversation", "input_boolean.coffee", True)
    flow = await hass.config_entries.flow.async_init(
        "ollama", context={"source": SOURCE_USER}, data={CONF_URL: server.url}
    )
    entry = flow["result"]
    await hass.async_block_till_done()
    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "conversation"), context={"source": SOURCE_USER}
    )
    await hass.config_entries.subentries.async_configure(
        form["flow_id"],
        {CONF_NAME: "Agent", CONF_MODEL: CHAT_MODEL, CONF_LLM_HASS_API: ["assist"]},
    )
    await hass.async_block_till_done()
    [agent] = [
        state.entity_id
        for state in hass.states.async_all("conversation")
        if state.entity_id != "conversation.home_assistant"
    ]
    result = await conversation.async_converse(
        hass, "turn on the coffee machine", None, Context(), "en", agent
    )
    assert result.response.speech["plain"]["speech"] == "Turned on coffee machine."
    state = hass.states.get("input_boolean.coffee")
    assert state is not None
    assert state.state == "on"
    first, second = server.sent("/api/chat")
    assert first.json["messages"][:2] == second.json["messages"][:2]
    assert first.json["tools"] == second.json["tools"]
