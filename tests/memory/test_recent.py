"""The last turns of each speaker, to go on with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid7

import pytest

from custom_components.ai_memory.memory.recent import (
    LONGEST_WINDOW,
    MOST_TURNS,
    STARTS_OVER,
    RecentTurns,
    recent_key,
)
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import AnsweredBy, Scope, Subject, Turn, Verb
from custom_components.ai_memory.spoken import SpokenIntent
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, running, settled, turn

WINDOW = timedelta(minutes=30)


def said(
    text: str, scope: Scope = ANNA, *, minutes_ago: float = 0, **fields: Any
) -> Turn:
    """Return a turn of some minutes ago."""
    return turn(
        text,
        scope,
        started_at=datetime.now(UTC) - timedelta(minutes=minutes_ago),
        **fields,
    )


def texts(recent: RecentTurns, key: str | None, *, limit: int = 6) -> list[str]:
    """Return the words that a new session of somebody begins with."""
    return [
        one.text
        for one in recent.of(key, window=WINDOW, limit=limit, now=datetime.now(UTC))
    ]


async def record(service: MemoryService, *turns: Turn) -> None:
    """Save turns, one after the other."""
    for one in turns:
        await service.record(one)
    await settled(service)


def test_intent_is_what_the_sentences_call_it() -> None:
    assert SpokenIntent(STARTS_OVER) is SpokenIntent.START_OVER


@pytest.mark.parametrize(
    ("owner", "satellite", "device", "key"),
    [
        ("person:anna", None, None, "person:anna"),
        ("person:anna", "assist_satellite.kitchen", "kitchen", "person:anna"),
        (
            "household",
            "assist_satellite.kitchen",
            "kitchen",
            "assist_satellite.kitchen",
        ),
        ("household", None, "kitchen", "kitchen"),
        ("household", None, None, None),
    ],
)
def test_whose_turns_go_on(
    owner: str, satellite: str | None, device: str | None, key: str | None
) -> None:
    assert recent_key(owner, satellite_id=satellite, device_id=device) == key


async def test_everybody_has_their_own(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        await record(
            service,
            said("one", ANNA, device_id="kitchen"),
            said("two", BEN, device_id="kitchen"),
            said("three", HOUSEHOLD, device_id="kitchen"),
            said("four", HOUSEHOLD, device_id="bedroom"),
            said("five", HOUSEHOLD),
        )
        assert texts(service.recent, ANNA.owner) == ["one"]
        assert texts(service.recent, BEN.owner) == ["two"]
        assert texts(service.recent, "kitchen") == ["three"]
        assert texts(service.recent, "bedroom") == ["four"]
        assert texts(service.recent, None) == []
        assert texts(service.recent, "household") == []


async def test_last_turns_in_order_without_a_long_pause(
    database: FreshDatabase,
) -> None:
    async with running(database.settings) as service:
        # The captured one is saved last, but was said before.
        await record(
            service,
            said("before the pause", minutes_ago=70),
            said("first", minutes_ago=35),
            said("third", minutes_ago=5),
            said("second", minutes_ago=20),
        )
        assert texts(service.recent, ANNA.owner) == ["first", "second", "third"]
        assert texts(service.recent, ANNA.owner, limit=2) == ["second", "third"]
        await record(service, *(said(str(number)) for number in range(MOST_TURNS)))
        assert len(texts(service.recent, ANNA.owner, limit=100)) == MOST_TURNS


async def test_old_turns_are_not_taken_up(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        await record(service, said("long ago", minutes_ago=31))
        assert texts(service.recent, ANNA.owner) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"error": "TimeoutError"},
        {"reply": None},
        {"reply": ""},
        {"text": ""},
        {"reply": "x" * 9000},
        {"text": "The alarm code is 4711", "reply": "All right, 4711."},
        {"text": "This is Anna", "answered_by": AnsweredBy.MEMORY},
    ],
    ids=["failed", "no reply", "silence", "no words", "long", "secret", "ours"],
)
async def test_what_is_no_turn_to_go_on_with(
    database: FreshDatabase, fields: dict[str, Any]
) -> None:
    async with running(database.settings) as service:
        await record(service, said(**{"text": "Who painted this?", **fields}))
        assert texts(service.recent, ANNA.owner) == []
        # But it is the last one that was said.
        assert service.recent.last(ANNA.owner, now=datetime.now(UTC))
    async with running(database.settings) as service:
        assert texts(service.recent, ANNA.owner) == []


async def test_restart_keeps_them(database: FreshDatabase) -> None:
    turns = [
        said("old", minutes_ago=600),
        said("hers", minutes_ago=3),
        said("theirs", HOUSEHOLD, minutes_ago=2, satellite_id="assist_satellite.hall"),
        said("hers too", minutes_ago=1, answered_by=AnsweredBy.INTENT),
        said("my PIN is 4711", minutes_ago=1, secrets=[]),
    ]
    async with running(database.settings) as service:
        await record(service, *turns)
    async with running(database.settings) as service:
        assert texts(service.recent, ANNA.owner) == ["hers", "hers too"]
        assert texts(service.recent, "assist_satellite.hall") == ["theirs"]
        taken = service.recent.of(
            ANNA.owner, window=WINDOW, limit=6, now=datetime.now(UTC)
        )
        assert [one.by_model for one in taken] == [True, False]
        assert [one.id for one in taken] == [turns[1].id, turns[3].id]
        assert taken[0].reply == "All right."


async def test_restart_after_a_crash_keeps_what_is_in_the_journal_only(
    database: FreshDatabase, tmp_path: Any
) -> None:
    journal = tmp_path / "turns.journal"
    async with running(database.settings, journal=journal) as service:
        await record(service, said("written", minutes_ago=2))
        service._writer._write = _never_written  # type: ignore[method-assign]
        service._writer.drain = _at_once  # type: ignore[method-assign]
        await service.record(said("not written", minutes_ago=1))
    assert b"not written" in journal.read_bytes()
    async with running(database.settings, journal=journal) as service:
        assert texts(service.recent, ANNA.owner) == ["written", "not written"]


async def _never_written(batch: list[Turn]) -> bool:
    return False


async def _at_once(timeout: float) -> bool:
    return True


async def test_starting_over_holds_after_a_restart(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        await record(
            service,
            said("before", minutes_ago=3),
            said("his", BEN, minutes_ago=3),
            said("start over", minutes_ago=2, intent=STARTS_OVER),
            said("after", minutes_ago=1),
            # Saved late.
            said("before, too", minutes_ago=2.5),
        )
        assert texts(service.recent, ANNA.owner) == ["after"]
        assert texts(service.recent, BEN.owner) == ["his"]
    async with running(database.settings) as service:
        assert texts(service.recent, ANNA.owner) == ["after"]


async def test_starting_over_is_for_the_household_at_the_place_too(
    database: FreshDatabase,
) -> None:
    hall = {"device_id": "hall", "satellite_id": "assist_satellite.hall"}
    async with running(database.settings) as service:
        await record(
            service,
            said("in the hall", HOUSEHOLD, minutes_ago=3, **hall),
            said("elsewhere", HOUSEHOLD, minutes_ago=3, device_id="kitchen"),
            said("his", BEN, minutes_ago=3, **hall),
            said("start over", ANNA, minutes_ago=2, intent=STARTS_OVER, **hall),
        )
        assert texts(service.recent, "assist_satellite.hall") == []
        assert texts(service.recent, "kitchen") == ["elsewhere"]
        assert texts(service.recent, BEN.owner) == ["his"]
    async with running(database.settings) as service:
        assert texts(service.recent, "assist_satellite.hall") == []


async def test_what_the_log_of_a_session_may_quote(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        before = datetime.now(UTC)
        assert not service.recent.is_cleared_since(ANNA.owner, before)
        service.changes.tell(Subject.MEMORY, Verb.REMOVED, BEN.owner, ["12"])
        assert service.recent.is_cleared_since(ANNA.owner, before)
        assert not service.recent.is_cleared_since(ANNA.owner, datetime.now(UTC))


async def test_nothing_that_was_forgotten_comes_back(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        memory, _ = await service.memories.remember(ANNA, "The key is in the shed")
        await record(service, said("Where is the key?", reply="In the shed."))
        late = said("And where is it?", reply="In the shed, I said.")
        assert await service.forgetting.memories(ANNA, [memory.id]) == [memory.id]
        await service.record(late)
        assert texts(service.recent, ANNA.owner) == []
        assert service.recent.last(ANNA.owner, now=datetime.now(UTC)) is None
        await record(service, said("Where is the broom?"))
        assert texts(service.recent, ANNA.owner) == ["Where is the broom?"]


@pytest.mark.parametrize(
    ("subject", "verb", "stays"),
    [
        (Subject.CONVERSATION, Verb.REMOVED, False),
        (Subject.MEMORY, Verb.REMOVED, False),
        (Subject.MEMORY, Verb.ADDED, True),
        (Subject.PREFERENCE, Verb.REMOVED, True),
        (Subject.CACHE, Verb.REMOVED, True),
    ],
)
async def test_what_makes_them_go(
    database: FreshDatabase, subject: Subject, verb: Verb, stays: bool
) -> None:
    async with running(database.settings) as service:
        await record(service, said("Hello", minutes_ago=1))
        service.changes.tell(subject, verb, BEN.owner, ["12"])
        assert (texts(service.recent, ANNA.owner) == ["Hello"]) is stays


OF_BOTH = [ANNA.owner, BEN.owner, "hall"]


@pytest.mark.parametrize("verb", [Verb.CHANGED, Verb.REMOVED])
@pytest.mark.parametrize(
    ("owner", "stays"),
    [(ANNA, [BEN.owner, "hall"]), (HOUSEHOLD, [])],
    ids=["hers", "everybody's"],
)
async def test_a_document_ends_the_sessions_of_those_who_can_read_it(
    database: FreshDatabase, owner: Scope, stays: list[str], verb: Verb
) -> None:
    async with running(database.settings) as service:
        before = datetime.now(UTC)
        await record(service, *said_by_all())
        service.changes.tell(Subject.DOCUMENT, Verb.ADDED, owner.owner, ["12"])
        assert going_on(service) == OF_BOTH
        service.changes.tell(Subject.DOCUMENT, verb, owner.owner, ["12"])
        assert going_on(service) == stays
        # So do open logs, what was not saved yet, and the last thing that somebody said.
        for scope, key in ((ANNA, ANNA.owner), (BEN, BEN.owner), (HOUSEHOLD, "hall")):
            is_cleared = key not in stays
            assert service.recent.is_cleared_since(scope.owner, before) is is_cleared
            last = service.recent.last(key, now=datetime.now(UTC))
            assert (last is None) is is_cleared
        await record(service, *said_by_all("late", minutes_ago=1))
        assert going_on(service) == stays


def said_by_all(
    text: str = "What does the letter say?", *, minutes_ago: float = 0
) -> list[Turn]:
    """Return a turn of Anna, of Ben and of somebody in the hall."""
    return [
        said(text, scope, minutes_ago=minutes_ago, device_id="hall")
        for scope in (ANNA, BEN, HOUSEHOLD)
    ]


def going_on(service: MemoryService) -> list[str]:
    """Return whose sessions would go on."""
    return [key for key in OF_BOTH if texts(service.recent, key)]


@pytest.mark.parametrize(
    ("owner", "stays"),
    [(ANNA, [BEN.owner, "hall"]), (HOUSEHOLD, [])],
    ids=["hers", "everybody's"],
)
async def test_what_a_document_said_does_not_come_back_after_a_restart(
    database: FreshDatabase, owner: Scope, stays: list[str]
) -> None:
    async with running(database.settings) as service:
        document, _ = await service.documents.add(
            owner, b"It is about the pond.", "letter.md", wait=True
        )
        await record(service, *said_by_all())
        before = datetime.now(UTC)
        # As where Home Assistant is killed at once: nobody hears of it.
        await service.store.documents.delete(owner, document.id)
        assert going_on(service) == OF_BOTH
    async with running(database.settings) as service:
        assert going_on(service) == stays
        assert service.recent.is_cleared_since(ANNA.owner, before)
        assert service.recent.is_cleared_since(BEN.owner, before) is (not stays)
        await record(service, said("And now?", minutes_ago=-1))
    async with running(database.settings) as service:
        assert texts(service.recent, ANNA.owner) == ["And now?"]


async def test_forgotten_does_not_come_back_after_a_restart(
    database: FreshDatabase,
) -> None:
    async with running(database.settings) as service:
        memory, _ = await service.memories.remember(HOUSEHOLD, "The key is in the shed")
        # It says the same and names nothing that it rests on.
        await record(service, said("Say that again", reply="Where the rake is."))
        await service.forgetting.memories(HOUSEHOLD, [memory.id])
    async with running(database.settings) as service:
        assert going_on(service) == []


async def test_journal_brings_nothing_back(
    database: FreshDatabase, tmp_path: Path
) -> None:
    journal = tmp_path / "turns.journal"
    async with running(database.settings, journal=journal) as service:
        document, _ = await service.documents.add(
            HOUSEHOLD, b"It is about the pond.", "letter.md", wait=True
        )
        service._writer._write = _never_written  # type: ignore[method-assign]
        service._writer.drain = _at_once  # type: ignore[method-assign]
        await service.record(said("Not written", reply="About the pond."))
        await service.documents.delete(HOUSEHOLD, document.id)
    assert b"Not written" in journal.read_bytes()
    async with running(database.settings, journal=journal) as service:
        assert texts(service.recent, ANNA.owner) == []
        assert service.recent.last(ANNA.owner, now=datetime.now(UTC)) is None


async def test_old_times_of_clearing_are_let_go(database: FreshDatabase) -> None:
    old = LONGEST_WINDOW + timedelta(minutes=1)
    database.execute(
        "INSERT INTO ai_memory.session_cuts (owner, at) VALUES"
        f" ('{ANNA.owner}', now() - interval '{old.total_seconds()} s'),"
        f" ('{BEN.owner}', now() - interval '1 minute')"
    )
    async with running(database.settings):
        left = database.execute("SELECT owner FROM ai_memory.session_cuts")
    assert left.split() == [BEN.owner]


async def test_turn_in_the_bin_is_not_loaded(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        await record(service, said("Hello", minutes_ago=1))
        [conversation] = await service.conversations.list(ANNA)
        await service.conversations.delete(ANNA, conversation.id)
        assert texts(service.recent, ANNA.owner) == []
    async with running(database.settings) as service:
        assert texts(service.recent, ANNA.owner) == []


async def test_memory_is_bounded(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        for number in range(250):
            service.recent.add(said("Hello", HOUSEHOLD, device_id=f"device {number}"))
        assert texts(service.recent, "device 0") == []
        assert texts(service.recent, "device 249") == ["Hello"]


async def test_turn_is_there_once(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        once = said("Hello")
        service.recent.add_all([once, once, said("Hello", id=uuid7())])
        assert texts(service.recent, ANNA.owner) == ["Hello", "Hello"]
