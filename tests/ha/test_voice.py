"""What is said to memory itself, with and without a language model behind it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    ConversationInput,
    ConversationResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, intent
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.delegate import Delegate
from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.memory.importing.progress import (
    ImportProgress,
    ImportState,
)
from custom_components.ai_memory.memory.past import period as span_of
from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.spoken import Period
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.documents.making import text_pdf
from tests.engine import turn
from tests.ha.agents import BUILT_IN
from tests.ha.keeper import OFFICE, Memory, chats, set_up, speech

# Each sentence is said to the oldest Home Assistant end to end.
pytestmark = pytest.mark.newest_only

ANNA = Scope.person("anna")
FACT = "The spare key is under the blue flower pot"

type Keep = Callable[..., Awaitable[Memory]]


@pytest.fixture
async def keep(
    hass: HomeAssistant, house: None, database: FreshDatabase
) -> AsyncGenerator[Keep]:
    """Give what sets up the memory around the built-in agent, or another one, without vectors."""
    entries = []

    async def keep(delegate: str = BUILT_IN, **settings: Any) -> Memory:
        memory = await set_up(
            hass, database, delegate, {"provider": "none"}, **settings
        )
        entries.append(memory.entry)
        return memory

    yield keep
    for entry in entries:
        await hass.config_entries.async_unload(entry.entry_id)


async def said(memory: Memory, text: str, **fields: Any) -> str:
    """Say something in a new session; return the reply."""
    return speech(await memory.say(text, **fields))


async def contents(memory: Memory) -> list[tuple[str, str, str | None]]:
    """Return what is remembered, whose it is and where."""
    rows = await memory.rows("SELECT owner, content, place FROM memories ORDER BY id")
    return [tuple(row) for row in rows]


async def test_remembered_and_told(keep: Keep) -> None:
    memory = await keep()

    assert await said(memory, f"Remember that {FACT}", user="anna") == (
        "I'll remember that."
    )
    assert await said(memory, f"remember that {FACT}", user="anna") == (
        "I already know that."
    )

    assert await contents(memory) == [("household", FACT, None)]
    told = await said(memory, "What do you know about the spare key?")
    assert told == f"I know this: {FACT}"
    assert await said(memory, "What do you know about elephants?") == (
        "I know nothing about elephants yet."
    )
    rows = await memory.rows("SELECT * FROM turns ORDER BY started_at")
    assert [(row["answered_by"], row["intent"]) for row in rows] == [
        ("memory", "AiMemoryRemember"),
        ("memory", "AiMemoryRemember"),
        ("memory", "AiMemoryTell"),
        ("memory", "AiMemoryTell"),
    ]
    assert rows[2]["reply"] == told
    assert rows[0]["agent_id"] == memory.agent_id


async def test_what_is_ones_own_is_private(keep: Keep) -> None:
    memory = await keep()

    own = await said(memory, "remember that my diary lies under the bed", user="anna")
    asked = await said(memory, "remember for me that Ben gets a kite", user="anna")
    nobodys = await said(memory, "remember that my bike is blue")
    refused = await said(memory, "remember for me that Ben gets a drum")

    assert own == asked == "I'll remember that, for you alone."
    assert nobodys == "I'll remember that."
    assert refused.startswith("I don't know who is speaking")
    assert await contents(memory) == [
        ("person:anna", "my diary lies under the bed", None),
        ("person:anna", "Ben gets a kite", None),
        ("household", "my bike is blue", None),
    ]
    question = "What do you know about the diary?"
    assert "under the bed" in await said(memory, question, user="anna")
    assert "under the bed" not in await said(memory, question, user="ben")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "remember that I'm pregnant"),
        ("en", "remember that the oncologist expects me on Monday"),
        ("de", "Merk dir, dass ich schwanger bin"),
        ("fr", "Souviens-toi que j’ai rendez-vous chez l’oncologue"),
        ("es", "Recuerda que estoy embarazada"),
        ("it", "Ricorda che devo andare dall'oncologo"),
        ("nl", "Onthoud dat ik zwanger ben"),
        ("pl", "Zapamiętaj, że jestem w ciąży"),
        ("pt", "Lembra-te de que estou grávida"),
    ],
)
async def test_what_one_says_of_oneself_is_private(
    keep: Keep, language: str, text: str
) -> None:
    memory = await keep()
    await memory.say(text, language=language)
    await memory.say(text, user="anna", language=language)
    assert [owner for owner, _, _ in await contents(memory)] == [
        "household",
        "person:anna",
    ]


@pytest.fixture
def kitchen(hass: HomeAssistant) -> str:
    """Give a device in the kitchen."""
    area = ar.async_get(hass).async_create("Kitchen")
    entry = MockConfigEntry()
    entry.add_to_hass(hass)
    devices = dr.async_get(hass)
    device = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "kitchen")}
    )
    devices.async_update_device(device.id, area_id=area.id)
    return device.id


async def test_what_belongs_to_a_room(keep: Keep, kitchen: str) -> None:
    memory = await keep()

    here = await said(
        memory,
        "remember that in here the music plays on the old radio",
        device_id=kitchen,
    )
    nowhere = await said(memory, "remember that in here the window sticks")

    assert here == "I'll remember that for this room."
    assert nowhere == "I don't know which room we are in."
    [(_, content, place)] = await contents(memory)
    assert (content, place) == ("the music plays on the old radio", "area:kitchen")
    question = "What do you know about the music?"
    assert "radio" in await said(memory, question, device_id=kitchen)
    assert "radio" not in await said(memory, question)


async def test_place_reaches_the_model(
    hass: HomeAssistant, memory: Memory, kitchen: str, ollama_server: OllamaServer
) -> None:
    await memory.service.memories.remember(
        Scope.household(), "Music plays on the old radio", place="area:kitchen"
    )
    assert await memory.service.settled()
    question = "What does the music play on?"

    await memory.say(question, device_id=kitchen)
    await memory.say(question)

    kitchens, others = chats(ollama_server)
    assert "old radio" in str(kitchens)
    assert "old radio" not in str(others)


async def test_secret_is_refused(keep: Keep) -> None:
    memory = await keep()

    reply = await said(memory, "remember that the alarm code is 4711", user="anna")

    assert reply == "That looks like a password or a code. I have not stored it."
    assert await contents(memory) == []
    assert "4711" not in str(await memory.rows("SELECT text, reply FROM turns"))


async def test_forgetting_asks_first(keep: Keep) -> None:
    memory = await keep()
    await said(memory, f"remember that {FACT}", user="anna")

    asked = await memory.say("forget what you know about the spare key", user="anna")
    assert asked.continue_conversation
    assert speech(asked) == f"Shall I forget this: {FACT}?"
    assert len(await contents(memory)) == 1
    done = await memory.say("yes", user="anna", conversation_id=asked.conversation_id)

    assert speech(done) == "I have forgotten that."
    assert not done.continue_conversation
    assert await contents(memory) == []
    # Neither what was said to be remembered, nor the asking.
    assert await memory.rows("SELECT * FROM turns") == []
    assert await memory.rows("SELECT * FROM messages") == []
    assert await memory.rows("SELECT * FROM conversations") == []
    assert await said(memory, "forget what you know about the spare key") == (
        "I know nothing about that."
    )


@pytest.mark.parametrize(
    ("answer", "reply"),
    [("no", "All right, I'll leave it as it is."), ("turn on office main", None)],
)
async def test_forgetting_is_not_done_without_a_yes(
    keep: Keep, answer: str, reply: str | None
) -> None:
    memory = await keep()
    await said(memory, f"remember that {FACT}")
    asked = await memory.say("forget what you know about the spare key")

    first = await memory.say(answer, conversation_id=asked.conversation_id)
    then = await memory.say("yes", conversation_id=asked.conversation_id)

    if reply is not None:
        assert speech(first) == reply
    assert speech(then) != "I have forgotten that."
    assert len(await contents(memory)) == 1
    # Nor is saved what was read out.
    rows = await memory.rows("SELECT intent FROM turns")
    assert "AiMemoryForget" not in {row["intent"] for row in rows}


async def test_nothing_is_forgotten_while_something_is_imported(keep: Keep) -> None:
    memory = await keep()
    await said(memory, f"remember that {FACT}", user="anna")
    memory.service.imports.progress = ImportProgress(ImportState.RUNNING)

    last = await said(memory, "forget what I just said", user="anna")
    asked = await memory.say("forget what you know about the spare key", user="anna")
    sure = await memory.say("yes", user="anna", conversation_id=asked.conversation_id)

    assert {speech(sure), last} == {
        "I'm taking things over from elsewhere. I can't forget anything until that is done."
    }
    assert len(await contents(memory)) == 1


async def test_yes_in_another_conversation_is_no_answer(keep: Keep) -> None:
    memory = await keep()
    await said(memory, f"remember that {FACT}")
    await memory.say("forget what you know about the spare key")

    assert await said(memory, "yes") != "I have forgotten that."

    assert len(await contents(memory)) == 1


async def test_what_the_model_saw_of_it_is_gone_from_the_session(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    await memory.service.memories.remember(Scope.household(), FACT)
    assert await memory.service.settled()
    asked = await memory.say("Where is the spare key?", user="anna")
    session: dict[str, Any] = {
        "user": "anna",
        "conversation_id": asked.conversation_id,
    }
    await memory.say("forget what you know about the spare key", **session)
    await memory.say("yes", **session)

    await memory.say("Where is the spare key?", **session)

    assert "flower pot" not in str(chats(ollama_server)[-1])


async def test_what_was_just_said_is_forgotten(keep: Keep) -> None:
    memory = await keep()
    await memory.say("The postman comes at noon these days", user="anna")
    await memory.say("remember that the ladder stands in the barn", user="anna")

    assert await said(memory, "forget what I just said", user="ben") == (
        "There is nothing that I could forget."
    )
    assert await said(memory, "forget what I just said", user="anna") == (
        "I have forgotten what you just said."
    )

    assert await contents(memory) == []
    [row] = await memory.rows("SELECT text FROM turns")
    assert row["text"].startswith("The postman")


async def test_alias(hass: HomeAssistant, keep: Keep) -> None:
    memory = await keep()

    reply = await said(memory, "when I say my office I mean office main", user="anna")
    unknown = await said(memory, "when I say my cave I mean the dungeon", user="anna")
    await said(memory, "when I say study lamp I mean office main", user="anna")

    assert reply == "All right, my office means office main from now on."
    assert unknown == "I don't know anything called dungeon."
    rows = await memory.rows("SELECT owner, key FROM preferences ORDER BY key")
    assert [tuple(row) for row in rows] == [
        ("person:anna", "entity_alias.my_office"),
        ("household", "entity_alias.study_lamp"),
    ]
    await memory.say("turn on my office", user="ben")
    assert hass.states.is_state(OFFICE, "off")
    await memory.say("turn on my office", user="anna")
    assert hass.states.is_state(OFFICE, "on")


async def test_alias_for_one_of_several(hass: HomeAssistant, keep: Keep) -> None:
    memory = await keep()
    ar.async_get(hass).async_create("Office main")

    reply = await said(memory, "when I say study I mean office main", user="anna")

    assert reply == "There are several things called office main."


async def test_what_was_asked_yesterday(keep: Keep) -> None:
    memory = await keep()
    yesterday = dt_util.now() - timedelta(days=1)
    for text, at in (
        ("Who fixed the boiler?", yesterday),
        ("How tall is the tower?", dt_util.now()),
    ):
        await memory.service.record(turn(text, ANNA, started_at=dt_util.as_utc(at)))
    assert await memory.service.settled()

    asked = "What did I ask you yesterday?"
    assert await said(memory, asked, user="anna") == (
        "I found this: Who fixed the boiler?"
    )
    assert await said(memory, asked, user="ben") == "I found nothing from that time."


async def test_saying_who_one_is(keep: Keep) -> None:
    memory = await keep(options={"claimants": ["anna", "ben"]})
    await memory.service.memories.remember(ANNA, "Anna hides chocolate in the attic")
    question = "What do you know about chocolate?"
    before = await memory.say(question)
    session: dict[str, Any] = {"conversation_id": before.conversation_id}

    hello = await memory.say("This is Anna", **session)
    after = await memory.say(question, **session)
    stranger = await memory.say("my name is Zora", **session)
    elsewhere = await memory.say(question)
    await memory.say("this is Ben", **session)
    bens = await memory.say(question, **session)

    assert speech(hello) == "Hello Anna."
    assert "attic" not in speech(before) + speech(elsewhere) + speech(bens)
    assert "attic" in speech(after)
    assert speech(stranger) == "I don't know anybody called Zora."


async def test_nobody_is_believed_where_it_is_not_allowed(keep: Keep) -> None:
    memory = await keep()
    await memory.say("this is Anna")
    [row] = await memory.rows("SELECT answered_by FROM turns")
    assert row["answered_by"] == "delegate"


async def test_claim_for_another_log_in(keep: Keep) -> None:
    memory = await keep(options={"claimants": ["anna", "ben"]})
    assert (await said(memory, "this is Ben", user="anna")).startswith(
        "I may not believe that yet."
    )


@pytest.mark.parametrize(
    ("text", "rating"), [("that was wrong", 1), ("that was right", 5)]
)
async def test_rating(keep: Keep, text: str, rating: int) -> None:
    memory = await keep()
    assert await said(memory, text, user="anna") == "I have not answered anything yet."
    first = await memory.say("turn on office main", user="anna")

    assert (
        speech(
            await memory.say(text, user="anna", conversation_id=first.conversation_id)
        )
        == "Thanks, I have noted that."
    )

    [row] = await memory.rows(
        "SELECT f.rating, t.text FROM feedback f JOIN turns t ON t.id = f.turn_id"
    )
    assert tuple(row) == (rating, "turn on office main")


def answering(reply: str, *, asks_back: bool = False) -> Callable[..., Any]:
    """Return what answers instead of the model."""

    async def answer(
        _: Delegate, said: ConversationInput, chat_log: ChatLog, *__: object
    ) -> ConversationResult:
        chat_log.async_add_assistant_content_without_tools(
            AssistantContent(agent_id="conversation.model", content=reply)
        )
        response = intent.IntentResponse(language=said.language)
        response.async_set_speech(reply)
        return ConversationResult(response, chat_log.conversation_id, asks_back)

    return answer


@pytest.mark.parametrize("text", ["that's right", "no, that's wrong"])
async def test_question_of_the_session_before(
    memory: Memory, ollama_server: OllamaServer, text: str
) -> None:
    with patch.object(Delegate, "async_ask", answering("Which of the two?")):
        await memory.say("Do something about the light", user="anna")

    assert await said(memory, text, user="anna") == "I don't know that."

    assert len(chats(ollama_server)) == 1
    assert await memory.rows("SELECT * FROM feedback") == []


@pytest.mark.parametrize(
    ("reply", "asks_back", "rated"),
    [
        ("It is off.", False, True),
        ("Say yes or no.", True, False),
        ("Should it go off?", False, False),
        ("**Should it go off?** 😊", False, False),
        ("\u00abΝα σβήσει;\u00bb", False, False),
        ("关灯吗？", False, False),
        ("هل أطفئه؟", False, False),
    ],
)
async def test_what_the_model_asks(
    memory: Memory, reply: str, asks_back: bool, rated: bool
) -> None:
    with patch.object(Delegate, "async_ask", answering(reply, asks_back=asks_back)):
        asked = await memory.say("Do something about the light", user="anna")
        session: dict[str, Any] = {
            "user": "anna",
            "conversation_id": asked.conversation_id,
        }
        await memory.say("that's right", **session)
        if asks_back:
            assert await memory.rows("SELECT * FROM feedback") == []
            # It is asked once.
            first = await memory.say("remember that the hall is red", **session)
            assert speech(first) == "I'll remember that."
            await memory.say("that's right", **session)
            rated = True

    rows = await memory.rows("SELECT rating FROM feedback")
    assert [row["rating"] for row in rows] == ([5] if rated else [])


async def test_what_was_answered_long_ago_is_not_rated(keep: Keep) -> None:
    memory = await keep()
    long_ago = dt_util.utcnow() - timedelta(minutes=16)
    for conversation_id in ("old", "one of an automation"):
        await memory.service.record(
            turn(
                "Old question",
                ANNA,
                device_id="kitchen",
                conversation_id=conversation_id,
                started_at=long_ago,
            )
        )

    for session in (None, "one of an automation"):
        assert (
            await said(
                memory,
                "that was wrong",
                user="anna",
                device_id="kitchen",
                conversation_id=session,
            )
            == "I have not answered anything yet."
        )

    assert await memory.rows("SELECT * FROM feedback") == []


async def test_pausing(keep: Keep) -> None:
    memory = await keep()
    [state] = memory.entry.runtime_data.agents.values()

    paused = await said(memory, "don't remember this", user="anna")
    await memory.say("The bank is broke", user="anna")
    assert not state.saving
    resumed = await said(memory, "you may remember again", user="anna")
    await memory.say("turn on office main", user="anna")

    assert paused == "All right, I won't remember anything until you allow it again."
    assert resumed == "All right, I'm remembering again."
    assert state.saving
    rows = await memory.rows("SELECT text FROM turns")
    assert [row["text"] for row in rows] == ["turn on office main"]


async def test_automation_of_the_same_words_wins(
    hass: HomeAssistant, keep: Keep
) -> None:
    memory = await keep()
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "trigger": {
                    "platform": "conversation",
                    "command": ["remember that {what}"],
                },
                "action": {"set_conversation_response": "Noted on paper"},
            }
        },
    )
    await hass.async_block_till_done()

    assert await said(memory, "remember that the cat is fed") == "Noted on paper"

    assert await contents(memory) == []


async def test_database_that_is_down_is_said(keep: Keep) -> None:
    memory = await keep()
    database = memory.service.store.database
    await database.close()
    with patch.object(type(database), "open", side_effect=DatabaseUnreachable):
        remembered = await said_now(memory, f"remember that {FACT}")
        assert memory.service.health.is_failing(Part.DATABASE)
        again = await said_now(memory, "what do you know about the key")
        paused = await said_now(memory, "don't remember this")

    assert remembered == again == "I can't reach my memory right now."
    assert paused.startswith("All right")


async def test_database_that_fails_or_hangs_is_said(keep: Keep) -> None:
    memory = await keep()

    async def hang(*_: Any, **__: Any) -> None:
        await asyncio.sleep(60)

    store = type(memory.service.store.memories)
    with patch.object(store, "add", side_effect=DatabaseUnreachable):
        failed = await said_now(memory, f"remember that {FACT}")
    with (
        patch.object(store, "add", hang),
        patch("custom_components.ai_memory.voice._PATIENCE", 0.1),
    ):
        hung = await said_now(memory, f"remember that {FACT}")
    with patch.object(store, "add", side_effect=ZeroDivisionError):
        broken = await said_now(memory, f"remember that {FACT}")

    assert failed == hung == "I can't reach my memory right now."
    assert broken == "Something went wrong. Please try again."


async def said_now(memory: Memory, text: str) -> str:
    """Say something without waiting for what is written."""
    with patch.object(type(memory.service), "settled", return_value=True):
        return await said(memory, text)


async def test_sentences_that_cannot_be_read_stop_nobody(
    hass: HomeAssistant, keep: Keep
) -> None:
    memory = await keep()
    with patch(
        "custom_components.ai_memory.spoken.load_yaml_dict", side_effect=ValueError
    ):
        await memory.say("turn on office main")
    assert hass.states.is_state(OFFICE, "on")


async def test_another_language(keep: Keep) -> None:
    memory = await keep()
    reply = await said(
        memory, "Merk dir, dass mein Rad im Keller steht", user="anna", language="de"
    )
    assert "merk" in reply.lower()
    [(owner, content, _)] = await contents(memory)
    assert owner == "person:anna"
    assert content == "mein Rad im Keller steht"


async def test_model_is_not_asked(memory: Memory, ollama_server: OllamaServer) -> None:
    assert await said(memory, f"remember that {FACT}", user="anna") == (
        "I'll remember that."
    )
    assert chats(ollama_server) == []
    assert "flower pot" in await said(memory, "Where is the spare key?", user="anna")


MEANING = "Fault code F28 of the boiler means that there is no ignition"
MANUAL = f"# Boiler manual\n\nThe case is blue. {MEANING}. Then open the gas tap."
ASKED = "What do you know about fault code F28?"


async def add_document(memory: Memory, source: bytes, name: str) -> None:
    """Upload a document of everybody's, and have it read."""
    await memory.service.documents.add(
        Scope.household(), source, name, title="Boiler manual", wait=True
    )
    assert await memory.service.settled()


async def test_of_a_document_a_sentence_is_told_with_its_source(keep: Keep) -> None:
    memory = await keep()
    await add_document(memory, MANUAL.encode(), "boiler.md")

    assert await said(memory, ASKED) == f"I know this: Boiler manual: {MEANING}"

    # What people told comes first.
    await said(memory, "remember that fault code F28 was there in May")
    assert await said(memory, ASKED) == (
        f"I know this: fault code F28 was there in May; Boiler manual: {MEANING}"
    )


async def test_page_is_told(keep: Keep) -> None:
    memory = await keep()
    page = [(50, 760, 12, "The case is blue."), (50, 740, 12, f"{MEANING}.")]
    await add_document(memory, text_pdf([page]), "boiler.pdf")

    assert await said(memory, ASKED) == f"I know this: Boiler manual, page 1: {MEANING}"
    assert await said(memory, "Was weißt du über F28?", language="de") == (
        f"Ich weiß das: Boiler manual, Seite 1: {MEANING}"
    )


async def test_what_only_documents_say_is_told_by_the_model(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    await add_document(memory, MANUAL.encode(), "boiler.md")

    await said(memory, ASKED)
    # A word that a book happens to hold makes nobody an expert.
    await said(memory, "What do you know about ignition?")
    await memory.service.memories.remember(
        Scope.household(), "Fault code F28 was there in May"
    )
    assert await memory.service.settled()
    told = await said(memory, ASKED)

    assert len(chats(ollama_server)) == 2
    assert "[Boiler manual] The case is blue." in str(chats(ollama_server)[0])
    assert told.startswith("I know this: Fault code F28 was there in May; Boiler")
    rows = await memory.rows("SELECT answered_by FROM turns ORDER BY started_at")
    assert [row["answered_by"] for row in rows] == ["delegate", "delegate", "memory"]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What do you know about the boiler?", "en"),
        ("tell me everything you know about the boiler", "en"),
        ("Was weißt du über F28?", "de"),
    ],
)
async def test_model_is_told_what_documents_say_of_the_thing(
    keep: Keep,
    model_agent: str,
    ollama_server: OllamaServer,
    question: str,
    language: str,
) -> None:
    """That memory is asked what it knows stands in no manual."""
    memory = await keep(model_agent)
    await add_document(memory, MANUAL.encode(), "boiler.md")
    # Words are weighed by what is counted.
    await memory.service.run_maintenance()

    await said(memory, question, language=language)

    [chat] = chats(ollama_server)
    assert f"{MEANING}." in str(chat)


async def test_documents_where_the_model_is_shown_nothing(
    memory: Memory, ollama_server: OllamaServer
) -> None:
    await add_document(memory, MANUAL.encode(), "boiler.md")
    [state] = memory.entry.runtime_data.agents.values()
    state.async_set_recall(on=False)

    assert await said(memory, ASKED) == f"I know this: Boiler manual: {MEANING}"
    assert chats(ollama_server) == []


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        (Period.TODAY, "2026-03-04", "2026-03-05"),
        (Period.YESTERDAY, "2026-03-03", "2026-03-04"),
        (Period.DAY_BEFORE_YESTERDAY, "2026-03-02", "2026-03-03"),
        (Period.THIS_WEEK, "2026-03-02", "2026-03-09"),
        (Period.LAST_WEEK, "2026-02-23", "2026-03-02"),
        (Period.THIS_MONTH, "2026-03-01", "2026-04-01"),
        (Period.LAST_MONTH, "2026-02-01", "2026-03-01"),
        (Period.TUESDAY, "2026-03-03", "2026-03-04"),
        (Period.WEDNESDAY, "2026-02-25", "2026-02-26"),
        (Period.THURSDAY, "2026-02-26", "2026-02-27"),
        (Period.SUNDAY, "2026-03-01", "2026-03-02"),
    ],
)
def test_periods(period: Period, since: str, until: str) -> None:
    # A Wednesday.
    now = dt_util.parse_datetime("2026-03-04T17:30:00+01:00", raise_on_error=True)
    span = span_of(period, "en", now)
    assert span is not None
    assert [moment and moment.isoformat() for moment in span] == [
        f"{since}T00:00:00+01:00",
        f"{until}T00:00:00+01:00",
    ]
