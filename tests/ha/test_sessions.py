"""A session that ended is taken up again, by the same speaker and nobody else."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.ai_memory.capture import _SETTLE, _TELLS_ALL
from custom_components.ai_memory.models import Scope
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.engine import turn
from tests.ha.agents import BUILT_IN
from tests.ha.keeper import OFFICE, Memory, chats, set_up, speech

FACT = "The spare key is under the blue flower pot"
QUESTION = "Where is the spare key?"
FOLLOW_UP = "And where is it in winter?"

type Keep = Callable[..., Awaitable[Memory]]


@pytest.fixture
async def keep(
    hass: HomeAssistant,
    house: None,
    model_agent: str,
    database: FreshDatabase,
) -> AsyncGenerator[Keep]:
    """Give what sets up the memory around the model, without vectors."""
    entries = []

    async def keep(**settings: Any) -> Memory:
        memory = await set_up(
            hass, database, model_agent, {"provider": "none"}, **settings
        )
        entries.append(memory.entry)
        return memory

    yield keep
    for entry in entries:
        await hass.config_entries.async_unload(entry.entry_id)


def conversation_of(request: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the model was told to have been said, without the system prompt."""
    system, *messages = request["messages"]
    assert system["role"] == "system"
    return [(message["role"], message["content"]) for message in messages]


async def test_new_session_begins_with_the_last_turns_of_the_person(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    await memory.service.memories.remember(Scope.household(), FACT)

    first = await memory.say(QUESTION, user="anna", device_id="kitchen")
    second = await memory.say(FOLLOW_UP, user="anna", device_id="bedroom")
    third = await memory.say(
        "Who put it there?", user="anna", conversation_id=second.conversation_id
    )

    assert first.conversation_id != second.conversation_id == third.conversation_id
    _, taken_up, went_on = chats(ollama_server)
    before = [("user", QUESTION), ("assistant", speech(first))]
    said = conversation_of(taken_up)
    assert said[:2] == before
    assert said[2][1].startswith(FOLLOW_UP)
    assert len(said) == 3
    # Each turn once, and the prefix that the model has read stays what it was.
    assert went_on["messages"][: len(taken_up["messages"])] == taken_up["messages"]
    assert [text for _, text in conversation_of(went_on)].count(QUESTION) == 1
    # What was taken up is no part of the turns that are saved.
    rows = await memory.rows(
        "SELECT content FROM messages m JOIN turns t ON t.id = m.turn_id"
        " WHERE t.text = $1",
        FOLLOW_UP,
    )
    assert len(rows) == 2
    assert QUESTION not in {row["content"] for row in rows}


async def test_private_turns_reach_nobody_else(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    await memory.say("My diary lies under the bed", user="anna", device_id="kitchen")

    await memory.say("What did she say?", user="ben", device_id="kitchen")
    await memory.say("What did she say?", device_id="kitchen")
    await memory.say("What did she say?")

    for request in chats(ollama_server)[1:]:
        assert [role for role, _ in conversation_of(request)] == ["user"]
        assert "diary" not in str(request)


async def test_household_goes_on_at_the_same_satellite_only(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    kitchen = {"device_id": "device 1", "satellite_id": "assist_satellite.kitchen"}
    bedroom = {"device_id": "device 2", "satellite_id": "assist_satellite.bedroom"}
    await memory.say(QUESTION, **kitchen)

    await memory.say(FOLLOW_UP, **bedroom)
    await memory.say(FOLLOW_UP)
    await memory.say(FOLLOW_UP, **kitchen)
    await memory.say(FOLLOW_UP, user="anna", **kitchen)

    lengths = [len(conversation_of(request)) for request in chats(ollama_server)]
    assert lengths == [1, 1, 1, 3, 1]


async def test_window_and_number_of_turns(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep(session_window=10, session_turns=2)
    for minutes, text in ((25, "one"), (14, "two"), (9, "three"), (1, "four")):
        await memory.service.record(
            turn(
                text,
                Scope.person("anna"),
                started_at=datetime.now(UTC) - timedelta(minutes=minutes),
            )
        )
    await memory.service.record(
        turn(
            "long ago",
            Scope.person("ben"),
            started_at=datetime.now(UTC) - timedelta(minutes=11),
        )
    )

    await memory.say("What now?", user="anna")
    await memory.say("What now?", user="ben")

    anna, ben = chats(ollama_server)
    assert [text for role, text in conversation_of(anna) if role == "user"] == [
        "three",
        "four",
        "What now?",
    ]
    assert len(conversation_of(ben)) == 1


@pytest.mark.parametrize("settings", [{"session_window": 0}])
async def test_switched_off(
    keep: Keep, ollama_server: OllamaServer, settings: dict[str, int]
) -> None:
    memory = await keep(**settings)
    await memory.say(QUESTION, user="anna")
    await memory.say(FOLLOW_UP, user="anna")
    assert len(conversation_of(chats(ollama_server)[-1])) == 1


async def test_restart_of_home_assistant_keeps_the_session(
    hass: HomeAssistant, keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    first = await memory.say(QUESTION, user="anna")

    assert await hass.config_entries.async_reload(memory.entry.entry_id)
    await memory.say(FOLLOW_UP, user="anna")

    assert conversation_of(chats(ollama_server)[-1])[:2] == [
        ("user", QUESTION),
        ("assistant", speech(first)),
    ]


async def test_start_over(
    hass: HomeAssistant, keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    await memory.say(QUESTION, user="anna")
    second = await memory.say(FOLLOW_UP, user="anna")
    before = len(chats(ollama_server))

    over = await memory.say(
        "Let's start over", user="anna", conversation_id=second.conversation_id
    )
    await memory.say(
        "What is for dinner?", user="anna", conversation_id=second.conversation_id
    )
    await memory.say("And for lunch?", user="anna")

    assert speech(over) == "All right, let's start over."
    within, anew = chats(ollama_server)[before:]
    assert [text for role, text in conversation_of(within) if role == "user"] == [
        "Let's start over",
        "What is for dinner?",
    ]
    assert [text for role, text in conversation_of(anew) if role == "user"] == [
        "What is for dinner?",
        "And for lunch?",
    ]
    [row] = await memory.rows("SELECT * FROM turns WHERE answered_by = 'memory'")
    assert row["intent"] == "AiMemoryStartOver"
    assert row["reply"] == speech(over)
    assert await hass.config_entries.async_reload(memory.entry.entry_id)
    await memory.say("Hello again, you", user="anna")
    assert "key" not in str(conversation_of(chats(ollama_server)[-1]))


@pytest.mark.skipif(
    not _TELLS_ALL, reason="before 2026.11 nobody tells who spoke to another agent"
)
async def test_what_the_built_in_agent_answered_is_taken_up(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    command = await memory.say("turn on office main", user="anna", agent_id=BUILT_IN)
    await asyncio.sleep(_SETTLE * 2)

    await memory.say("Is it on now?", user="anna")

    assert conversation_of(chats(ollama_server)[-1])[:2] == [
        ("user", "turn on office main"),
        ("assistant", speech(command)),
    ]


async def test_cache_where_a_session_is_taken_up(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    await memory.service.memories.remember(Scope.household(), FACT)
    await memory.service.preferences.set(
        Scope.household(), "entity_alias.my_office", {"entity_id": OFFICE}
    )

    await memory.say("turn on my office", user="anna")
    first = await memory.say(QUESTION, user="anna")
    second = await memory.say(QUESTION, user="anna")
    # An answer that may rest on what a model said before is not kept.
    for _ in range(2):
        await memory.say("Where is the sledge?", user="anna")
    # And what points back is not even looked up.
    await memory.say("Where is it?", user="anna")

    assert speech(first) == speech(second)
    rows = await memory.rows("SELECT answered_by, cache FROM turns ORDER BY started_at")
    assert [tuple(row) for row in rows] == [
        ("intent", "off"),
        ("delegate", "stored"),
        ("cache", "hit"),
        ("delegate", "follow_up"),
        ("delegate", "follow_up"),
        ("delegate", "follow_up"),
    ]


async def test_answer_to_what_points_back_is_not_given_again(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    for _ in range(2):
        await memory.say("Where is it kept?", user="anna")
    rows = await memory.rows("SELECT cache FROM turns ORDER BY started_at")
    assert [row["cache"] for row in rows] == ["stored", "follow_up"]


async def test_what_was_forgotten_is_not_taken_up(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    fact, _ = await memory.service.memories.remember(Scope.household(), FACT)
    assert "flower pot" in speech(await memory.say(QUESTION, user="anna"))

    await memory.service.forgetting.memories(Scope.household(), [fact.id])
    await memory.say("And in winter?", user="anna")

    assert "flower pot" not in str(chats(ollama_server)[-1])


async def test_what_was_forgotten_is_gone_from_an_open_session(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    fact, _ = await memory.service.memories.remember(Scope.household(), FACT)
    asked = await memory.say(QUESTION, user="anna")
    assert "flower pot" in speech(asked)
    session: dict[str, Any] = {
        "user": "anna",
        "conversation_id": asked.conversation_id,
    }

    await memory.service.forgetting.memories(Scope.household(), [fact.id])
    await memory.say("Say that again please", **session)
    await memory.say("And once more", **session)

    anew, went_on = chats(ollama_server)[1:]
    assert "flower pot" not in str(anew)
    assert len(conversation_of(anew)) == 1
    # What was said since is still there.
    assert len(conversation_of(went_on)) == 3
    rows = await memory.rows("SELECT reply FROM turns WHERE text <> $1", QUESTION)
    assert len(rows) == 2
    assert "flower pot" not in str([row["reply"] for row in rows])


@pytest.mark.newest_only
async def test_what_a_deleted_document_said_is_gone_after_a_reload(
    hass: HomeAssistant, keep: Keep, ollama_server: OllamaServer
) -> None:
    """Of an open session and of the next one, for those who could read it."""
    memory = await keep()
    anna = Scope.person("anna")
    document, _ = await memory.service.documents.add(
        anna, f"# Letter\n\n{FACT}.".encode(), "letter.md", wait=True
    )
    asked = await memory.say(QUESTION, user="anna")
    assert "flower pot" in speech(asked)
    bens = await memory.say("What shall we eat?", user="ben")

    # As where Home Assistant is killed at once.
    await memory.service.store.documents.delete(anna, document.id)
    assert await hass.config_entries.async_reload(memory.entry.entry_id)
    await memory.say("Say it again", user="anna", conversation_id=asked.conversation_id)
    await memory.say("And in winter?", user="anna")
    await memory.say("And to drink?", user="ben", conversation_id=bens.conversation_id)
    await memory.say("And tomorrow?", user="ben")

    open_, next_, bens_open, bens_next = chats(ollama_server)[2:]
    assert "flower pot" not in str(open_) + str(next_)
    assert len(conversation_of(open_)) == 1
    assert "What shall we eat?" in str(bens_open)
    assert "What shall we eat?" in str(bens_next)


async def test_what_was_said_to_memory_is_not_taken_up(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    """Or a guest would be greeted as whoever said their name before."""
    memory = await keep(options={"claimants": ["anna"]})
    kitchen = {"device_id": "device 1", "satellite_id": "assist_satellite.kitchen"}
    hello = await memory.say("this is Anna", **kitchen)
    assert speech(hello) == "Hello Anna."

    await memory.say("Who am I?", **kitchen)

    [request] = chats(ollama_server)
    assert len(conversation_of(request)) == 1
    assert "Anna" not in str(conversation_of(request))


async def test_starting_over_after_saying_who_one_is(
    hass: HomeAssistant, keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep(options={"claimants": ["anna"]})
    kitchen: dict[str, Any] = {
        "device_id": "device 1",
        "satellite_id": "assist_satellite.kitchen",
    }
    hall: dict[str, Any] = {"device_id": "device 2"}
    first = await memory.say("Where is the boiler manual?", **kitchen)
    await memory.say("Where is the broom?", **hall)
    for text in ("this is Anna", "start over"):
        await memory.say(text, conversation_id=first.conversation_id, **kitchen)

    await memory.say("And in winter?", **kitchen)
    await memory.say("And in winter?", **hall)

    at_kitchen, in_hall = chats(ollama_server)[-2:]
    assert len(conversation_of(at_kitchen)) == 1
    assert len(conversation_of(in_hall)) == 3
    assert await hass.config_entries.async_reload(memory.entry.entry_id)
    await memory.say("And in spring?", **kitchen)
    assert "manual" not in str(conversation_of(chats(ollama_server)[-1]))


async def test_satellite_given_to_somebody_else_in_a_session(
    hass: HomeAssistant, keep: Keep, ollama_server: OllamaServer
) -> None:
    satellite = "assist_satellite.bedroom"
    bedroom: dict[str, Any] = {"device_id": "device 1", "satellite_id": satellite}
    memory = await keep(options={"satellites": {satellite: "anna"}})
    first = await memory.say("My diary lies under the bed", **bedroom)
    bedroom["conversation_id"] = first.conversation_id

    for owners in ({}, {satellite: "ben"}, {satellite: "anna"}):
        hass.config_entries.async_update_entry(
            memory.entry, options={"capture": "all", "satellites": owners}
        )
        await hass.config_entries.async_reload(memory.entry.entry_id)
        await hass.async_block_till_done()
        await memory.say("What did I say?", **bedroom)

    nobodys, bens, hers_again = chats(ollama_server)[1:]
    assert len(conversation_of(nobodys)) == 1
    # What the household said is no secret to him.
    assert len(conversation_of(bens)) == 3
    assert "diary" not in str(nobodys) + str(bens)
    assert "Who" not in str(hers_again)
    rows = await memory.rows("SELECT owner FROM turns ORDER BY started_at")
    assert [row["owner"] for row in rows] == [
        "person:anna",
        "household",
        "person:ben",
        "person:anna",
    ]


async def test_paused_saving_leaves_nothing(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    [state] = memory.entry.runtime_data.agents.values()
    heard: list[bool] = []
    state.async_listen(lambda: heard.append(state.saving))
    state.async_set_saving(on=False)
    await memory.service.memories.remember(Scope.household(), FACT)

    assert "flower pot" in speech(await memory.say(QUESTION, user="anna"))
    await memory.say(QUESTION, user="anna")

    assert await memory.rows("SELECT * FROM turns") == []
    assert await memory.rows("SELECT * FROM response_cache") == []
    assert len(conversation_of(chats(ollama_server)[-1])) == 1
    state.async_set_saving(on=True)
    await memory.say(QUESTION, user="anna")
    assert len(await memory.rows("SELECT * FROM turns")) == 1
    assert heard == [False, True]


async def test_paused_recall_uses_nothing_of_before(
    keep: Keep, ollama_server: OllamaServer
) -> None:
    memory = await keep()
    await memory.service.memories.remember(Scope.household(), FACT)
    await memory.say(QUESTION, user="anna")
    [state] = memory.entry.runtime_data.agents.values()
    state.async_set_recall(on=False)

    await memory.say(QUESTION, user="anna")

    last = chats(ollama_server)[-1]
    assert len(chats(ollama_server)) == 2
    assert conversation_of(last) == [("user", QUESTION)]
    rows = await memory.rows("SELECT cache FROM turns ORDER BY started_at")
    assert [row["cache"] for row in rows] == ["stored", "off"]
