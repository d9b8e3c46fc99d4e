"""The journal: what a crash, a full disk or a bad path leave of it."""

import asyncio
from dataclasses import asdict
import json
import logging
import os
from pathlib import Path

import pytest

from custom_components.ai_memory.memory.journal import Journal
from custom_components.ai_memory.models import (
    ContextReference,
    Message,
    ReferenceVerdict,
    ToolExecution,
    Turn,
)
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.postgres import HOST, free_port
from tests.databases import FreshDatabase
from tests.engine import ANNA, DEADLINE, make_service, running, settled, turn

FULL = turn(
    "Where's the ☃?",
    ANNA,
    stages={"search": 1.5},
    messages=[Message("user", "Where?", tool_calls=[{"a": 1}])],
    tools=[ToolExecution("x", {"a": [1, None]}, {"b": "c"}, succeeded=False)],
    references=[ContextReference(1, "A fact", 0.5, None, 1.0, ReferenceVerdict.USED)],
    statement="Where's the ☃?",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "turns.journal"


@pytest.fixture
def nowhere(socket_enabled: None) -> ConnectionSettings:
    """Give the settings of a database that is not there."""
    return ConnectionSettings(
        host=HOST, port=free_port(), database="x", user="x", password="x"
    )


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


async def loaded(path: Path) -> list[Turn]:
    return await Journal(path).load()


async def test_everything_comes_back(path: Path) -> None:
    turns = [FULL, turn("plain")]
    journal = Journal(path)
    for one in turns:
        await journal.append(one)
    assert [asdict(one) for one in await loaded(path)] == [asdict(one) for one in turns]
    assert mode(path) == 0o600
    assert journal.size == len(content(path))
    await journal.clear()
    assert (content(path), journal.size, await loaded(path)) == (b"", 0, [])
    await journal.set_aside(FULL)
    await journal.remove()
    assert list(path.parent.iterdir()) == []


async def test_no_journal(path: Path) -> None:
    assert await loaded(path) == []
    await Journal(path).clear()
    await Journal(path).remove()


@pytest.mark.parametrize("cut", [1, 10, 200])
async def test_torn_last_line(path: Path, cut: int) -> None:
    """What is appended behind a line that a crash has cut is whole."""
    first, torn, later = turn("first"), turn("torn"), turn("later")
    journal = Journal(path)
    await journal.append(first)
    await journal.append(torn)
    os.truncate(path, len(content(path)) - cut)
    journal = Journal(path)
    # Without its newline alone it is whole.
    kept = [first.id, torn.id] if cut == 1 else [first.id]
    assert [one.id for one in await journal.load()] == kept
    await journal.append(later)
    assert [one.id for one in await loaded(path)] == [*kept, later.id]
    assert journal.size == len(content(path))


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xfe\x00",
        b"",
        b"5",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"id": 5}',
        pytest.param(b"[" * 100_000, id="deep"),
        b'{"id": "01a1f935-4f36-764f-bd8f-851f138c0f8b"}',
    ],
)
async def test_garbage(path: Path, garbage: bytes) -> None:
    one, other = turn("one"), turn("other")
    journal = Journal(path)
    await journal.append(one)
    with path.open("ab") as file:
        file.write(garbage + b"\n")
    await journal.append(other)
    assert [found.id for found in await loaded(path)] == [one.id, other.id]


@pytest.mark.parametrize(
    "broken",
    [
        {"messages": None},
        {"messages": [5]},
        {"tools": 5},
        {"references": [{"verdict": "x"}]},
        {"started_at": "yesterday"},
        {"started_at": 5},
        {"cache": "perhaps"},
        {"later_field": 1},
    ],
)
async def test_turn_of_another_shape(path: Path, broken: dict[str, object]) -> None:
    line = json.dumps(asdict(FULL) | broken, default=str)
    put(path, f"{line}\n".encode())
    assert await loaded(path) == []


async def test_disk_that_fills_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of which only a part fits does not spoil the next one."""
    journal = Journal(path)
    await journal.append(turn("before"))
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space left"):
            await journal.append(turn("cut"))
    await journal.append(turn("after"))
    assert [one.text for one in await loaded(path)] == ["before", "after"]
    assert journal.size == len(content(path))


async def test_unreadable_path(
    database: FreshDatabase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a journal turns still reach the database; it is told once."""
    path = tmp_path / "turns.journal"
    path.mkdir()
    async with running(database.settings, journal=path) as service:
        for number in range(3):
            await service.record(turn(f"turn {number}"))
            await settled(service)
    assert database.execute("SELECT count(*) FROM ai_memory.turns") == "3"
    told = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one.getMessage().partition(":")[0] for one in told] == [
        "The journal of turns cannot be read",
        "The journal cannot be written",
    ]


async def test_full_journal(
    nowhere: ConnectionSettings, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not fit is dropped, counted and told once; what is there stays."""
    async with running(nowhere, journal=path) as service:
        service._writer._journal._limit = 2000
        for number in range(20):
            await service.record(turn(f"turn {number}"))
        kept = await loaded(path)
        assert [one.text for one in kept] == [f"turn {n}" for n in range(len(kept))]
        assert 0 < len(kept) < 20
        assert service._writer.dropped == 20 - len(kept) == 20 - service._writer.pending
    assert [one.text for one in await loaded(path)] == [one.text for one in kept]
    assert caplog.text.count("The journal is full") == 1


async def test_room_again_when_all_is_written(
    database: FreshDatabase, path: Path
) -> None:
    service = make_service(database.settings, journal=path)
    service._writer._journal._limit = 2000
    for number in range(20):
        await service.record(turn(f"turn {number}"))
    written = service._writer.pending
    assert written < 20
    await service.start()
    await settled(service)
    await service.record(turn("afterwards"))
    await settled(service)
    assert (await service.statistics())["dropped_turns"] == 0
    await service.stop()
    assert database.execute("SELECT count(*) FROM ai_memory.turns") == str(written + 1)


async def test_emptied_only_when_all_is_written(
    database: FreshDatabase, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While turns wait, the journal holds those that were written as well."""
    go_on = asyncio.Event()
    async with running(database.settings, journal=path) as service:
        record = service.store.turns.record

        async def held(turns: list[Turn]) -> list[Turn]:
            if any(one.text == "second" for one in turns):
                await go_on.wait()
            return await record(turns)

        monkeypatch.setattr(service.store.turns, "record", held)
        await service.record(turn("first"))
        async with asyncio.timeout(DEADLINE):
            while database.execute("SELECT count(*) FROM ai_memory.turns") == "0":
                await asyncio.sleep(0.01)
        await settled(service)
        assert content(path) == b""
        await service.record(turn("second"))
        await service.record(turn("third"))
        assert [one.text for one in await loaded(path)] == ["second", "third"]
        go_on.set()
        await settled(service)
        assert content(path) == b""


async def test_left_behind_by_another_run(
    database: FreshDatabase, nowhere: ConnectionSettings, path: Path
) -> None:
    """A process that was killed is not stopped: the next one takes its turns up, once."""
    killed = make_service(nowhere, journal=path)
    await killed.start()
    said = [f"turn {number}" for number in range(70)]
    for text in said:
        await killed.record(turn(text))
    query = "SELECT text FROM ai_memory.turns ORDER BY recorded_at"
    left = content(path)
    for _ in range(2):
        async with running(database.settings, journal=path) as service:
            await settled(service)
            assert database.execute(query).splitlines() == said
            assert content(path) == b""
        # It was killed before the journal could be emptied.
        put(path, left)
    await killed.stop()
