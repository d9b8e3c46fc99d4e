"""PostgreSQL or we ourselves are killed: no turn is lost, none is written twice, nobody waits."""

import asyncio
from collections.abc import Generator
import json
import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.memory import service as service_module
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.memory.journal import Journal
from custom_components.ai_memory.models import CacheVerdict, Message
from custom_components.ai_memory.postgres import database as database_module
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.postgres import DATABASE, PostgresServer, _descendants
from tests.databases import FreshDatabase
from tests.engine import (
    DEADLINE,
    HOUSEHOLD,
    Problems,
    look_up,
    make_service,
    running,
    settled,
    turn,
)

ROOT = Path(__file__).parents[2]
# Records turns until it is killed, and says which of them were made sure of.
RECORDER = """
import asyncio, importlib, sys, types
sys.path.insert(0, sys.argv[1])
import custom_components
# The package itself would bring in Home Assistant.
package = types.ModuleType("custom_components.ai_memory")
package.__path__ = [sys.argv[1] + "/custom_components/ai_memory"]
sys.modules[package.__name__] = package
from pathlib import Path
from tests.engine import make_service, turn
from custom_components.ai_memory.postgres.settings import ConnectionSettings

async def main():
    service = make_service(ConnectionSettings(dsn=sys.argv[2]), journal=Path(sys.argv[3]))
    await service.start()
    for number in range(100_000):
        await service.record(turn(f"turn {number}"))
        print(number, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def durable(tmp_path: Path, socket_enabled: None) -> Generator[FreshDatabase]:
    """Give the database of a server that keeps what it has acknowledged."""
    server = PostgresServer(tmp_path / "durable")
    try:
        server.start()
        yield FreshDatabase(server, DATABASE)
    finally:
        server.remove()


async def test_killed_server(durable: FreshDatabase, tmp_path: Path) -> None:
    """`kill -9` in the middle of 500 turns, and once more while they are caught up."""
    said = [f"turn {number}" for number in range(500)]
    problems = Problems()
    path = tmp_path / "turns.journal"

    async def say(texts: list[str]) -> None:
        for number, text in enumerate(texts):
            messages = [Message("user", text), Message("assistant", "Yes.")]
            async with asyncio.timeout(DEADLINE):
                found = None
                if number % 5 == 0:
                    found = await look_up(service, f"Where is {text}?", deadline=0.4)
                await service.record(turn(text, messages=messages), found=found)

    async with running(durable.settings, journal=path, problems=problems) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the flower pot"
        )
        await say(said[:150])
        killing = asyncio.create_task(asyncio.to_thread(durable.server.kill))
        await say(said[150:300])
        await killing
        await say(said[300:320])
        found = await look_up(service, "Where is the spare key?", deadline=0.4)
        assert found.cache is CacheVerdict.UNAVAILABLE
        assert service._writer.pending > 0
        assert problems.heard == [(Part.DATABASE, DatabaseUnreachable)]
        starting = asyncio.create_task(asyncio.to_thread(durable.server.start))
        await say(said[320:400])
        await starting
        while service._writer.pending > 50:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(durable.server.kill)
        await say(said[400:])
        await asyncio.to_thread(durable.server.start)
        await settled(service)
        async with asyncio.timeout(20):
            while service.health.is_failing(Part.DATABASE):
                await asyncio.sleep(0.02)
        found = await look_up(service, "Where is the spare key?")
        assert found.context
    written = durable.execute("SELECT text FROM ai_memory.turns ORDER BY recorded_at")
    assert written.splitlines() == said
    assert durable.execute("SELECT count(*) FROM ai_memory.messages") == "1000"
    assert await Journal(path).load() == []
    assert problems.heard[-1] == (Part.DATABASE, None)
    # Each outage is told once and ends once.
    assert [error for _, error in problems.heard] == [
        DatabaseUnreachable,
        None,
    ] * (len(problems.heard) // 2)


async def test_hanging_server(
    durable: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that says nothing at all holds neither replies nor the end up."""
    monkeypatch.setattr(service_module, "_DRAIN_TIMEOUT", 0.5)
    monkeypatch.setattr(database_module, "_CONNECT_TIMEOUT", 0.5)
    service = make_service(durable.settings)
    await service.start()
    await service.memories.remember(HOUSEHOLD, "The spare key is under the flower pot")
    await settled(service)
    pid = durable.server.pid
    assert pid
    frozen = [pid, *_descendants(pid)]
    for process in frozen:
        os.kill(process, signal.SIGSTOP)
    try:
        for _ in range(6):  # more than the pool has connections
            async with asyncio.timeout(DEADLINE):
                found = await look_up(service, "Where is the key?", deadline=0.1)
                assert found.context is None
                assert found.cache is CacheVerdict.UNAVAILABLE
                await service.record(turn("Said to nobody"), found=found)
        async with asyncio.timeout(40):
            await service.stop()
    finally:
        for process in frozen:
            os.kill(process, signal.SIGCONT)


async def test_killed_process(database: FreshDatabase, tmp_path: Path) -> None:
    """We are killed while we record: what was made sure of is there, once and in order."""
    path = tmp_path / "turns.journal"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RECORDER, str(ROOT), database.dsn, str(path)),
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    made_sure = 0
    async with asyncio.timeout(60):
        while made_sure < 200:
            line = await process.stdout.readline()
            assert line, "the recorder has ended"
            made_sure = int(line)
    process.kill()
    rest = await process.stdout.read()
    await process.wait()
    if whole := rest.rpartition(b"\n")[0]:
        made_sure = int(whole.splitlines()[-1])
    async with running(database.settings, journal=path) as service:
        await settled(service)
    written = database.execute(
        "SELECT json_agg(text ORDER BY recorded_at) FROM ai_memory.turns"
    )
    numbers = [int(text.split()[1]) for text in json.loads(written)]
    assert numbers == list(range(len(numbers)))
    assert made_sure < len(numbers) <= made_sure + 2


async def test_database_that_comes_later(
    durable: FreshDatabase, tmp_path: Path
) -> None:
    """Home Assistant starts before its database does."""
    durable.server.stop()
    problems = Problems()
    settings = ConnectionSettings(dsn=durable.dsn)
    async with running(settings, problems=problems) as service:
        await service.record(turn("Said too early"))
        await asyncio.to_thread(durable.server.start)
        await settled(service)
        async with asyncio.timeout(20):
            while service.health.is_failing(Part.DATABASE):
                await asyncio.sleep(0.02)
    assert durable.execute("SELECT text FROM ai_memory.turns") == "Said too early"
    assert problems.heard == [
        (Part.DATABASE, DatabaseUnreachable),
        (Part.DATABASE, None),
    ]
