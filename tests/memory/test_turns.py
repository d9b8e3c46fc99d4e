"""Turns: written whole, once each, in order, and none stops those behind it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.ai_memory.memory.journal import Journal
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    AnsweredBy,
    CacheVerdict,
    Message,
    ToolExecution,
    Turn,
)
from tests.databases import FreshDatabase
from tests.engine import (
    ANNA,
    BEN,
    HOUSEHOLD,
    answered,
    look_up,
    make_service,
    running,
    settled,
    turn,
)


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        yield service


def texts(database: FreshDatabase) -> list[str]:
    """Return what was said, in the order in which it was written."""
    return database.execute(
        "SELECT text FROM ai_memory.turns ORDER BY recorded_at"
    ).splitlines()


async def wait_for(database: FreshDatabase, count: int) -> None:
    async with asyncio.timeout(20):
        while len(texts(database)) < count:
            await asyncio.sleep(0.02)


async def test_everything_of_a_turn(
    service: MemoryService, database: FreshDatabase
) -> None:
    await service.memories.remember(HOUSEHOLD, "The spare key is under the flower pot")
    await settled(service)
    said = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    found = await look_up(service, "Where is the spare key?", ANNA)
    done = turn(
        "Where's the spare key?",
        ANNA,
        conversation_id="0123",
        started_at=said,
        resolved_text="Where is the spare key?",
        reply="Under the pot.",
        model="llama",
        device_id="device",
        satellite_id="assist_satellite.hall",
        speaker="Anna",
        stages={"delegate": 12.3456},
        messages=[
            Message("user", "Where's the spare key?"),
            Message(
                "assistant",
                None,
                thinking="Let me look.",
                tool_calls=[{"id": "1", "tool": "recall", "args": {"q": "key ☃"}}],
            ),
            Message("tool_result", '{"found": 1}'),
            Message("assistant", "Under the pot."),
        ],
        tools=[
            ToolExecution("recall", {"q": "key ☃"}, {"found": 1}, succeeded=True),
            ToolExecution("turn_on", {}, "no such thing", succeeded=False),
        ],
    )
    await service.record(done, found=found)
    await settled(service)

    def row(query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            database.execute(f"SELECT coalesce(json_agg(r), '[]') FROM ({query}) r")
        )
        return found

    [stored] = row(
        "SELECT t.*, session_id, title, c.owner AS conversation_owner"
        " FROM ai_memory.turns t JOIN ai_memory.conversations c"
        " ON c.id = t.conversation_id"
    )
    stages = stored.pop("stages")
    assert stages["delegate"] == 12.35
    assert {"search", "cache", "look_up"} <= stages.keys()
    recorded = datetime.fromisoformat(stored.pop("recorded_at"))
    assert recorded - said > timedelta(0)
    assert datetime.fromisoformat(stored.pop("started_at")) == said
    assert stored == {
        "id": str(done.id),
        "conversation_id": 1,
        "session_id": "0123",
        "title": "Where's the spare key?",
        "owner": ANNA.owner,
        "conversation_owner": ANNA.owner,
        "text": "Where's the spare key?",
        "resolved_text": "Where is the spare key?",
        "reply": "Under the pot.",
        "answered_by": "delegate",
        "agent_id": "conversation.model",
        "model": "llama",
        "language": "en",
        "intent": None,
        "device_id": "device",
        "satellite_id": "assist_satellite.hall",
        "cache": "used_tools",
        "error": None,
    }
    messages = row(
        "SELECT role, content, thinking, tool_calls FROM ai_memory.messages"
        " ORDER BY position"
    )
    assert [tuple(message.values()) for message in messages] == [
        (one.role, one.content, one.thinking, one.tool_calls) for one in done.messages
    ]
    tools = row(
        "SELECT name, arguments, result, status FROM ai_memory.tool_executions"
        " ORDER BY position"
    )
    assert [tuple(tool.values()) for tool in tools] == [
        ("recall", {"q": "key ☃"}, {"found": 1}, "ok"),
        ("turn_on", {}, "no such thing", "error"),
    ]
    [reference] = row("SELECT * FROM ai_memory.context_references")
    assert reference["verdict"] == "used"
    assert reference["snippet"] == "The spare key is under the flower pot"
    assert reference["owner"] == ANNA.owner


async def test_recorded_twice(
    service: MemoryService, database: FreshDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    done = turn(
        "I have put the key on the shelf", messages=[Message("user", "I have put it")]
    )
    await service.record(done)
    await service.record(done)
    await settled(service)
    await service.record(done)
    await settled(service)
    counts = database.execute(
        "SELECT (SELECT count(*) FROM ai_memory.turns),"
        " (SELECT count(*) FROM ai_memory.messages),"
        " (SELECT count(*) FROM ai_memory.passages)"
    )
    assert counts == "1|1|1"
    assert "cannot be written" not in caplog.text


async def test_order(service: MemoryService, database: FreshDatabase) -> None:
    said = [f"turn {number:03}" for number in range(120)]
    await asyncio.gather(*(service.record(turn(text)) for text in said))
    await settled(service)
    assert texts(database) == said


async def test_conversation_id_of_somebody_else(
    service: MemoryService, database: FreshDatabase
) -> None:
    """The same id for two people is two conversations."""
    for scope in (ANNA, BEN, ANNA):
        await answered(service, "Hello there", "Hi.", scope, conversation_id="same")
    assert database.execute(
        "SELECT c.owner, count(*), count(DISTINCT t.owner) FROM ai_memory.conversations c"
        " JOIN ai_memory.turns t ON t.conversation_id = c.id GROUP BY c.owner ORDER BY 1"
    ).splitlines() == [f"{ANNA.owner}|2|1", f"{BEN.owner}|1|1"]


@pytest.mark.parametrize(
    ("fields", "searchable"),
    [
        ({}, True),
        ({"answered_by": AnsweredBy.OTHER_AGENT}, True),
        ({"answered_by": AnsweredBy.INTENT}, False),
        ({"answered_by": AnsweredBy.CACHE}, False),
        ({"intent": "HassTurnOn"}, False),
        ({"error": "failed"}, False),
        ({"tools": [ToolExecution("x", {}, None, succeeded=True)]}, False),
        ({"text": "Turn on the light in the kitchen"}, False),
        ({"text": "Where have I put the key today?"}, False),
    ],
)
async def test_what_is_worth_finding_again(
    fields: dict[str, Any],
    searchable: bool,
    service: MemoryService,
    database: FreshDatabase,
) -> None:
    await service.record(turn(**{"text": "I have put the key on the shelf", **fields}))
    await settled(service)
    assert bool(await service.memories.recall(HOUSEHOLD, "key shelf")) == searchable


async def test_what_was_said_before_tells_what_it_is(service: MemoryService) -> None:
    await service.record(turn("Let us talk about the accordion"))
    await service.record(turn("I have lent it to my sister"))
    await settled(service)
    [passage] = await service.memories.recall(HOUSEHOLD, "accordion")
    assert passage.text == "I have lent it to my sister"


async def test_passage_that_was_forgotten_meanwhile(
    service: MemoryService, database: FreshDatabase
) -> None:
    memory, _ = await service.memories.remember(
        HOUSEHOLD, "The spare key is under the pot"
    )
    await settled(service)
    found = await look_up(service, "Where is the spare key?")
    assert found.references
    await service.forgetting.memories(HOUSEHOLD, [memory.id])
    await answered(service, "Where is the spare key?", "No idea.", found=found)
    assert len(texts(database)) == 1
    assert database.execute("SELECT count(*) FROM ai_memory.context_references") == "0"


async def test_turn_from_hell(service: MemoryService, database: FreshDatabase) -> None:
    """What people and models say is made safe; a turn is never refused."""
    bad = "a\x00b\ud800c"
    await service.record(
        turn(
            bad * 100_000,
            conversation_id=bad * 200,
            language=bad * 20,
            reply=bad,
            error=bad * 3000,
            model=bad,
            stages={bad: 1.0, "nan": float("nan"), "inf": float("inf")},
            messages=[Message("user", bad, bad, [{bad: [bad, float("nan"), {1: 2}]}])],
            tools=[ToolExecution(bad * 200, {bad: {bad}}, object(), succeeded=True)],  # type: ignore[arg-type]  # as tools do
        )
    )
    await settled(service)
    assert texts(database)[0].startswith("abcabc")
    assert database.execute("SELECT count(*) FROM ai_memory.tool_executions") == "1"
    stages = json.loads(database.execute("SELECT stages FROM ai_memory.turns"))
    assert stages == {"abc": 1.0}


async def fill(journal: Journal, turns: list[Turn]) -> None:
    for one in turns:
        await journal.append(one)


@pytest.mark.parametrize(
    "poison",
    [{"owner": "nobody we know"}, {"stages": {"delegate": "slow"}}, {"text": 5}],
)
async def test_poisonous_turn(
    poison: dict[str, Any], database: FreshDatabase, tmp_path: Path
) -> None:
    """One that the database will never take is set aside; the others are written, in order."""
    path = tmp_path / "turns.journal"
    said = [f"turn {number}" for number in range(60)]
    turns = [turn(text) for text in said]
    turns.insert(30, turn(**{"text": "poison", **poison}))
    await fill(Journal(path), turns)
    async with running(database.settings, journal=path) as service:
        await settled(service)
        assert texts(database) == said
        await answered(service, "And one more", "Yes.")
    assert texts(database) == [*said, "And one more"]
    assert path.read_bytes() == b""
    rejected = path.with_suffix(".rejected")
    [line] = rejected.read_text().splitlines()
    assert json.loads(line)["id"] == str(turns[30].id)
    assert rejected.stat().st_mode & 0o777 == 0o600


async def test_trouble_that_is_no_turns_fault(database: FreshDatabase) -> None:
    """While the tables are not what they should be, turns wait: none is set aside."""
    rename = "ALTER TABLE ai_memory.turns RENAME TO elsewhere"
    back = "ALTER TABLE ai_memory.elsewhere RENAME TO turns"
    async with running(database.settings) as service:
        database.execute(rename)
        try:
            await service.record(turn("Said in trouble"))
            async with asyncio.timeout(20):
                while not service.health._errors:
                    await asyncio.sleep(0.02)
            assert service._writer.pending == 1
        finally:
            database.execute(back)
        await wait_for(database, 1)
        await settled(service)
    assert texts(database) == ["Said in trouble"]


async def test_cached_answer_names_no_passages(
    service: MemoryService, database: FreshDatabase
) -> None:
    await service.memories.remember(HOUSEHOLD, "The spare key is under the flower pot")
    await settled(service)
    question = "Where is the spare key?"
    await answered(service, question, "Under the pot.")
    done = await answered(
        service, question, "Under the pot.", answered_by=AnsweredBy.CACHE
    )
    assert (done.cache, done.references) == (CacheVerdict.HIT, [])


async def test_not_started(database: FreshDatabase, tmp_path: Path) -> None:
    """What is recorded before the database was ever there is written when it is."""
    service = make_service(database.settings, journal=tmp_path / "turns.journal")
    await service.record(turn("Early"))
    await service.start()
    await settled(service)
    await service.stop()
    assert texts(database) == ["Early"]
