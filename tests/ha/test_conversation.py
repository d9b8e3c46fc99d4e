"""A turn through our agent, inside Home Assistant, with real servers around it."""

import asyncio
import json
from unittest.mock import patch

from homeassistant.components import conversation
from homeassistant.components.conversation import (
    ConversationEntityFeature,
    ConversationResult,
    async_converse,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import intent, issue_registry as ir
from homeassistant.helpers.chat_session import ChatSession
import ollama
import pytest

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.models import Scope
from demo.ollama_server import OllamaServer
from tests.ha.keeper import OFFICE, Memory, chats, speech

FACT = "The spare key is under the blue flower pot"
QUESTION = "Where is the spare key?"


async def test_alias_is_answered_without_the_model(
    hass: HomeAssistant, memory: Memory, ollama_server: OllamaServer
) -> None:
    await memory.service.preferences.set(
        Scope.household(), "entity_alias.my_office", {"entity_id": OFFICE}
    )

    result = await memory.say("turn on my office", user="anna")

    assert hass.states.is_state(OFFICE, "on")
    assert result.response.response_type is intent.IntentResponseType.ACTION_DONE
    assert chats(ollama_server) == []
    [turn] = await memory.rows("SELECT * FROM turns")
    assert turn["text"] == "turn on my office"
    assert turn["resolved_text"] == "turn on Office main"
    assert turn["answered_by"] == "intent"
    assert turn["intent"] == "HassTurnOn"
    assert turn["reply"] == speech(result)
    assert turn["owner"] == "person:anna"
    assert json.loads(turn["stages"]).keys() >= {"aliases", "intents"}
    [tool] = await memory.rows("SELECT * FROM tool_executions")
    assert (tool["name"], tool["status"]) == ("HassTurnOn", "ok")
    messages = await memory.rows("SELECT * FROM messages ORDER BY position")
    assert messages[0]["content"] == "turn on my office"
    assert messages[-1]["content"] == speech(result)


async def test_fact_stands_beside_the_question_and_answer_is_cached(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    await memory.service.memories.remember(Scope.household(), FACT)
    assert await memory.service.settled()

    first = await memory.say(QUESTION, user="anna")
    second = await memory.say("where is the SPARE key", user="anna")

    assert "blue flower pot" in speech(first)
    assert speech(second) == speech(first)
    assert first.conversation_id != second.conversation_id
    [request] = chats(ollama_server)
    *others, last = request["messages"]
    assert last["role"] == "user"
    assert last["content"].startswith(QUESTION + "\n")
    assert FACT in last["content"]
    assert not any(FACT in message["content"] for message in others)
    turns = await memory.rows("SELECT * FROM turns ORDER BY started_at")
    assert [(turn["answered_by"], turn["cache"]) for turn in turns] == [
        ("delegate", "stored"),
        ("cache", "hit"),
    ]
    assert turns[0]["model"] == "stand-in:latest"
    references = await memory.rows("SELECT * FROM context_references")
    assert "used" in {reference["verdict"] for reference in references}
    # What is kept as the user's words is what the user said.
    contents = await memory.rows("SELECT content FROM messages WHERE role = 'user'")
    assert not any("household_memory" in row["content"] for row in contents)


async def test_new_fact_is_not_hidden_behind_an_old_answer(memory: Memory) -> None:
    before = await memory.say(QUESTION, user="anna")
    await memory.service.memories.remember(Scope.household(), FACT)
    assert await memory.service.settled()

    after = await memory.say(QUESTION, user="anna")

    assert "flower pot" not in speech(before)
    assert "flower pot" in speech(after)


async def test_prompt_cache_of_the_model_lives_on(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    await memory.service.memories.remember(Scope.household(), FACT)
    await memory.service.memories.remember(
        Scope.household(), "The bins are emptied every Tuesday"
    )
    assert await memory.service.settled()

    first = await memory.say(QUESTION, user="anna")
    await memory.say(
        "When are the bins emptied?",
        user="anna",
        conversation_id=first.conversation_id,
    )

    one, two = chats(ollama_server)
    assert one["messages"][0]["role"] == "system"
    assert json.dumps(one["messages"][0]) == json.dumps(two["messages"][0])
    assert json.dumps(one["tools"]) == json.dumps(two["tools"])
    # The first turn's words stay as they were, with their context.
    assert two["messages"][: len(one["messages"])] == one["messages"]
    assert FACT in two["messages"][1]["content"]
    assert "Tuesday" in two["messages"][-1]["content"]


async def test_command_reaches_the_model_unchanged(
    hass: HomeAssistant, memory: Memory, ollama_server: OllamaServer
) -> None:
    await memory.service.memories.remember(
        Scope.household(), "The office main is very bright"
    )
    assert await memory.service.settled()

    await memory.say("turn on the office main", user="anna")

    assert chats(ollama_server)[0]["messages"][-1]["content"] == (
        "turn on the office main"
    )
    assert hass.states.is_state(OFFICE, "on")
    [turn] = await memory.rows("SELECT * FROM turns")
    assert turn["answered_by"] == "delegate"
    assert turn["cache"] != "stored"
    [tool] = await memory.rows("SELECT * FROM tool_executions")
    assert tool["status"] == "ok"


async def test_private_fact_stays_private(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    secret = "Anna hides the chocolate behind the cereal box"
    await memory.service.memories.remember(Scope.person("anna"), secret)
    assert await memory.service.settled()
    question = "Where is the chocolate hidden?"

    anna = await memory.say(question, user="anna")
    ben = await memory.say(question, user="ben")
    nobody = await memory.say(question)

    assert "cereal" in speech(anna)
    assert "cereal" not in speech(ben)
    assert "cereal" not in speech(nobody)
    with_secret = [
        chat for chat in chats(ollama_server) if "cereal" in json.dumps(chat)
    ]
    assert len(with_secret) == 1
    owners = await memory.rows(
        "SELECT DISTINCT owner FROM messages WHERE content LIKE '%cereal%'"
    )
    assert [row["owner"] for row in owners] == ["person:anna"]


async def test_built_in_agent_gets_plain_text(
    hass: HomeAssistant, local_memory: Memory
) -> None:
    await local_memory.service.memories.remember(Scope.household(), FACT)
    assert await local_memory.service.settled()

    result = await local_memory.say("turn on office main")
    await local_memory.say(QUESTION)

    assert hass.states.is_state(OFFICE, "on")
    assert result.response.response_type is intent.IntentResponseType.ACTION_DONE
    turns = await local_memory.rows("SELECT * FROM turns ORDER BY started_at")
    assert [turn["cache"] for turn in turns] == ["no_language_model"] * 2
    assert turns[0]["intent"] == "HassTurnOn"
    assert turns[1]["error"] is not None
    assert await local_memory.rows("SELECT * FROM context_references") == []


async def test_agent_mirrors_its_delegate(
    hass: HomeAssistant, memory: Memory, model_agent: str
) -> None:
    entity = conversation.async_get_agent(hass, memory.agent_id)
    delegate = conversation.async_get_agent(hass, model_agent)
    assert isinstance(entity, conversation.ConversationEntity)
    assert isinstance(delegate, conversation.ConversationEntity)
    assert entity.supports_streaming is delegate.supports_streaming is True
    assert entity.supported_features == ConversationEntityFeature.CONTROL
    assert entity.supported_languages == delegate.supported_languages
    assert (state := hass.states.get(memory.agent_id))
    assert state.attributes["supported_features"] == ConversationEntityFeature.CONTROL


async def test_delegate_that_is_gone_is_an_error_that_people_understand(
    hass: HomeAssistant, memory: Memory, model_agent: str
) -> None:
    agent_id = memory.agent_id
    [entry] = hass.config_entries.async_entries("ollama")
    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    result = await memory.say("hello there", agent_id=agent_id)

    assert result.response.response_type is intent.IntentResponseType.ERROR
    assert model_agent in speech(result)
    assert await memory.service.settled()
    [turn] = await memory.rows("SELECT error FROM turns")
    assert turn["error"] == "HomeAssistantError"


async def test_agent_never_asks_itself(
    hass: HomeAssistant, local_memory: Memory
) -> None:
    [subentry] = local_memory.entry.subentries.values()
    agent_id = local_memory.agent_id
    hass.config_entries.async_update_subentry(
        local_memory.entry, subentry, data={**subentry.data, "delegate": agent_id}
    )
    await hass.async_block_till_done()

    result = await local_memory.say("hello there", agent_id=agent_id)

    assert result.response.response_type is intent.IntentResponseType.ERROR


async def test_error_of_the_delegate_passes_through(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    ollama_server.failing.add("/api/chat")

    with pytest.raises(ollama.ResponseError):
        await memory.say("Tell me about the boiler", user="anna")

    assert await memory.service.settled()
    [turn] = await memory.rows("SELECT * FROM turns")
    assert turn["error"] == "ResponseError"
    assert turn["cache"] != "stored"


async def test_question_back_passes_through(
    hass: HomeAssistant, memory: Memory, model_agent: str
) -> None:
    response = intent.IntentResponse(language="en")
    response.async_set_speech("Which one?")
    wanted = ConversationResult(response, "some", continue_conversation=True)
    with patch(
        "custom_components.ai_memory.delegate.async_converse", return_value=wanted
    ):
        result = await memory.say("What is the weather code?", user="anna")

    assert result.continue_conversation is True
    [turn] = await memory.rows("SELECT cache FROM turns")
    assert turn["cache"] != "stored"


async def test_crash_of_the_delegate_is_recorded_and_not_swallowed(
    memory: Memory,
) -> None:
    with (
        patch(
            "custom_components.ai_memory.delegate.async_converse",
            side_effect=ZeroDivisionError,
        ),
        pytest.raises(ZeroDivisionError),
    ):
        await memory.say("Where is the attic?", user="anna")
    assert await memory.service.settled()
    [turn] = await memory.rows("SELECT error, reply FROM turns")
    assert turn["error"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "\ud800 broken", "x" * 100_001, "Robert'); DROP TABLE turns;--"],
    ids=["empty", "NUL", "surrogate", "100 kB", "SQL"],
)
async def test_strange_words_are_handed_on_and_saved(
    local_memory: Memory, text: str
) -> None:
    result = await local_memory.say(text)

    assert result.response.speech
    [turn] = await local_memory.rows("SELECT text FROM turns")
    assert len(turn["text"]) <= 100_000


async def test_conversation_of_somebody_else_shows_nothing(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    await memory.service.memories.remember(Scope.person("anna"), FACT)
    assert await memory.service.settled()
    anna = await memory.say(QUESTION, user="anna")
    assert anna.conversation_id

    try:
        ben = await memory.say(
            QUESTION, user="ben", conversation_id=anna.conversation_id
        )
    except Unauthorized:
        pass  # Home Assistant 2026.11 refuses it itself
    else:
        assert ben.response.response_type is intent.IntentResponseType.ERROR or (
            "flower pot" not in chats(ollama_server)[-1]["messages"][-1]["content"]
        )
    owners = await memory.rows("SELECT DISTINCT owner FROM context_references")
    assert [row["owner"] for row in owners] == ["person:anna"]


async def test_dead_database_never_breaks_a_conversation(
    hass: HomeAssistant, memory: Memory, ollama_server: OllamaServer
) -> None:
    database = memory.service.store.database
    await database.close()
    with patch.object(type(database), "open", side_effect=asyncio.CancelledError):
        result = await async_converse(
            hass, QUESTION, None, Context(), language="en", agent_id=memory.agent_id
        )

        assert speech(result) == "I don't know that."
        assert memory.service.health.is_failing(Part.DATABASE)
    assert len(chats(ollama_server)) == 1


async def test_answer_to_what_the_assistant_began_is_never_given_again(
    hass: HomeAssistant, memory: Memory, ollama_server: OllamaServer
) -> None:
    for began in ("The plumber asks: copper or plastic?", "Pizza or pasta?"):
        session = ChatSession(f"began {began}")
        with conversation.async_get_chat_log(hass, session) as chat_log:
            chat_log.async_add_assistant_content_without_tools(
                conversation.AssistantContent(agent_id=memory.agent_id, content=began)
            )
        await memory.say(
            "Which one should I choose?",
            user="anna",
            conversation_id=session.conversation_id,
        )

    assert len(chats(ollama_server)) == 2
    turns = await memory.rows("SELECT cache FROM turns")
    assert [turn["cache"] for turn in turns] == ["follow_up"] * 2


async def test_answer_at_one_device_is_not_given_at_another(
    hass: HomeAssistant, memory: Memory, ollama_server: OllamaServer
) -> None:
    for device in ("kitchen", "bedroom", "kitchen"):
        await async_converse(
            hass,
            "Who lives in the house?",
            None,
            Context(),
            language="en",
            agent_id=memory.agent_id,
            device_id=device,
        )
        assert await memory.service.settled()

    assert len(chats(ollama_server)) == 2
    turns = await memory.rows("SELECT cache FROM turns ORDER BY started_at")
    assert [turn["cache"] for turn in turns] == ["stored", "stored", "hit"]


async def test_model_is_told_what_an_alias_means_and_keeps_the_words(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    await memory.service.preferences.set(
        Scope.household(), "entity_alias.my_office", {"entity_id": OFFICE}
    )

    await memory.say("Where is my office chair?", user="anna")

    last = chats(ollama_server)[-1]["messages"][-1]["content"]
    assert last.startswith("Where is my office chair?\n")
    assert '"my office" means Office main' in last
    [turn] = await memory.rows("SELECT resolved_text, cache FROM turns")
    assert turn["resolved_text"] == "Where is Office main chair?"
    assert turn["cache"] == "live_state"


async def test_reply_stands_even_if_its_turn_cannot_be_saved(memory: Memory) -> None:
    with patch(
        "custom_components.ai_memory.turns.tools_of", side_effect=RecursionError
    ):
        result = await memory.say(QUESTION, user="anna")

    assert speech(result) == "I don't know that."


async def test_old_problem_is_gone_after_a_reload(
    hass: HomeAssistant, memory: Memory
) -> None:
    issues = ir.async_get(hass)
    memory.service.health.failed(Part.DATABASE, DatabaseUnreachable())
    assert issues.async_get_issue(DOMAIN, Part.DATABASE)

    assert await hass.config_entries.async_reload(memory.entry.entry_id)

    assert issues.async_get_issue(DOMAIN, Part.DATABASE) is None


async def test_stopping_home_assistant_stops_the_memory(
    hass: HomeAssistant, local_memory: Memory
) -> None:
    await async_converse(hass, "hello", None, Context(), "en", local_memory.agent_id)

    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()

    assert not local_memory.service.store.database.is_open
    [turn] = await local_memory.rows("SELECT text FROM turns")
    assert turn["text"] == "hello"
