"""What is older than it may be goes by itself, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from custom_components.ai_memory.memory import retention, upkeep
from custom_components.ai_memory.memory.documents import Documents
from custom_components.ai_memory.memory.retention import Expired, Retention
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    ContextReference,
    ReferenceVerdict,
    Scope,
    ToolExecution,
)
from custom_components.ai_memory.postgres import maintenance
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.documents_support import write
from tests.engine import ANNA, HOUSEHOLD, answered, ollama, running, settled, turn


async def record(
    service: MemoryService, days: int, scope: Scope = HOUSEHOLD, conversation: str = "c"
) -> UUID:
    """Record a turn of so many days ago, with a statement, a tool and a passage that was found."""
    memory, _ = await service.memories.remember(HOUSEHOLD, "The zither is in the hall")
    await settled(service)
    [passage] = await service.memories.recall(HOUSEHOLD, memory.content, limit=1)
    text = f"I have tuned the zither {days} days ago"
    one = turn(
        text,
        scope,
        conversation_id=conversation,
        started_at=datetime.now(UTC) - timedelta(days=days),
        statement=text,
        stages={"search": 1.5},
        tools=[ToolExecution("x", {}, None, succeeded=True)],
        references=[
            ContextReference(passage.id, "z", 1, None, 1, ReferenceVerdict.USED)
        ],
    )
    await service.store.turns.record([one])
    return one.id


def numbers(database: FreshDatabase, *tables: str) -> list[int]:
    """Return how many rows tables have."""
    return [
        int(database.execute(f"SELECT count(*) FROM ai_memory.{table}"))
        for table in tables
    ]


async def test_turns_are_kept_for_ever_if_nothing_is_said(
    database: FreshDatabase,
) -> None:
    async with running(database.settings) as service:
        await record(service, 3000)
        assert await service.run_maintenance() == Expired(0, 0, 3)
        assert numbers(database, "turns", "passages") == [1, 2]


async def test_turns_and_audit(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    keep = Retention(turns_days=30, audit_days=10)
    async with running(database.settings, retention=keep) as service:
        for number, days in enumerate((50, 40, 31, 29, 11, 9)):
            for scope in (ANNA, HOUSEHOLD):
                await record(service, days, scope, f"c{number // 4}")
        database.execute("UPDATE ai_memory.turns SET recorded_at = now()")
        expired = await service.run_maintenance()
        # What is left of the audit: 29 and 11 days, twice, of three kinds.
        assert expired == Expired(turns=6, conversations=0, audit_rows=12)
        assert numbers(database, "turns", "passages", "passage_lexemes") == [6, 7, 7]
        assert numbers(database, "tool_executions", "context_references") == [2, 2]
        assert (
            database.execute("SELECT count(*) FROM ai_memory.turns WHERE stages = '{}'")
            == "4"
        )
        titles = database.execute(
            "SELECT DISTINCT title FROM ai_memory.conversations WHERE session_id = 'c0'"
        )
        assert titles == "I have tuned the zither 29 days ago"
        assert (
            database.execute(
                "SELECT documents FROM ai_memory.lexeme_statistics WHERE lexeme = ''"
            )
            == "7"
        )
        assert await service.run_maintenance() == Expired(0, 0, 0)


async def test_bin_and_answers(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        for number in range(3):
            await record(service, 1, ANNA, f"c{number}")
        database.execute(
            "UPDATE ai_memory.conversations SET deleted_at = now() - interval '31 days'"
            " WHERE session_id = 'c0';"
            "UPDATE ai_memory.conversations SET deleted_at = now() - interval '29 days'"
            " WHERE session_id = 'c1';"
            "INSERT INTO ai_memory.response_cache (owner, key, question, answer,"
            " knowledge_version, expires_at)"
            " SELECT 'household', sha256(n::text::bytea), 'Q', 'A', 1, now() + n * interval '1 hour'"
            " FROM generate_series(-1, 1, 2) AS n"
        )
        assert await service.run_maintenance() == Expired(1, 1, 0)
        await settled(service)
        assert numbers(database, "turns", "conversations", "response_cache") == [
            2,
            2,
            1,
        ]


def texts_in(folder: Path) -> set[str]:
    """Return what all files below a folder say."""
    return {path.read_text() for path in folder.rglob("*") if path.is_file()}


async def test_documents_in_the_bin(database: FreshDatabase, tmp_path: Path) -> None:
    async with running(database.settings, originals=tmp_path) as service:
        for scope, days in ((ANNA, 31), (ANNA, 29), (HOUSEHOLD, 31), (HOUSEHOLD, None)):
            document, _ = await service.documents.add(
                scope, f"The zither is {days} days old".encode(), "zither.md", wait=True
            )
            if days:
                await service.documents.delete(scope, document.id)
                database.execute(
                    f"UPDATE ai_memory.documents SET deleted_at = now() - interval '{days} days'"
                    f" WHERE id = '{document.id}'"
                )
        # As a crash leaves it.
        write(tmp_path / "2026" / "01" / "02" / "unknown.md", "Unknown")
        database.execute(
            "INSERT INTO ai_memory.loose_originals VALUES"
            " ('2026/01/02/unknown.md', 'household', '2026-01-02')"
        )
        # As another database has it.
        write(tmp_path / "2026" / "01" / "02" / "other.md", "Of another one")
        assert (await service.run_maintenance()).documents == 2
        assert numbers(database, "documents", "chunks", "passages") == [2, 2, 2]
        assert texts_in(tmp_path) == {
            "The zither is 29 days old",
            "The zither is None days old",
            "Of another one",
        }
        assert (await service.run_maintenance()).documents == 0


async def test_once_a_day(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Retention(turns_days=1)
    async with running(database.settings, retention=keep) as service:
        await settled(service)
        await record(service, 2)
        await settled(service)
        service._upkeep.nudge()
        await settled(service)
        assert numbers(database, "turns") == [1], "not a day since the start"
        monkeypatch.setattr(upkeep, "_DAY", 0.0)
        service._upkeep.nudge()
        await settled(service)
        assert numbers(database, "turns") == [0]
        monkeypatch.setattr(upkeep, "_DAY", 1e9)
        await record(service, 2)
    # Also at each start: a machine that is off at night.
    async with running(database.settings, retention=keep) as service:
        await settled(service)
        assert numbers(database, "turns") == [0]


async def test_the_rest_is_done_where_nothing_can_be_let_go(
    database: FreshDatabase,
    ollama_server: OllamaServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried = []

    async def fail(documents: Documents) -> None:
        tried.append(documents)
        raise RuntimeError("nobody thought of it")

    monkeypatch.setattr(Documents, "clear_originals", fail)
    async with running(database.settings, ollama(ollama_server)) as service:
        for number in range(2):
            await service.memories.remember(HOUSEHOLD, f"Fact number {number}")
            await settled(service)
        assert numbers(database, "embeddings") == [2]
    assert len(tried) == 1, "once a day"
    assert "nobody thought of it" in caplog.text


async def test_cache_as_long_and_as_large_as_asked(database: FreshDatabase) -> None:
    keep = Retention(cache_lifetime=timedelta(days=2), cache_limit=2)
    async with running(database.settings, retention=keep) as service:
        for name in ("violin", "zither", "harp"):
            await answered(service, f"What is a {name}?", "An instrument.")
        rows = database.execute(
            "SELECT question FROM ai_memory.response_cache"
            " WHERE expires_at > now() + interval '47 hours' ORDER BY id"
        )
        assert rows.splitlines() == ["What is a zither?", "What is a harp?"]


async def test_index_is_made_anew_after_many_vectors_went(
    database: FreshDatabase,
    ollama_server: OllamaServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def index() -> str:
        return database.execute(
            "SELECT oid FROM pg_class WHERE relname LIKE 'embeddings_hnsw_%'"
        )

    monkeypatch.setattr(maintenance, "INDEX_FROM", 5)
    async with running(database.settings, ollama(ollama_server)) as service:
        ids = [
            (await service.memories.remember(HOUSEHOLD, f"Fact number {number}"))[0].id
            for number in range(10)
        ]
        await settled(service)
        first = index()
        assert first
        await service.forgetting.memories(HOUSEHOLD, ids[:1])
        await settled(service)
        assert index() == first, "a tenth"
        await service.forgetting.memories(HOUSEHOLD, ids[1:4])
        await settled(service)
        second = index()
        assert second
        assert second != first
        await service.forgetting.memories(HOUSEHOLD, ids[4:9])
        await settled(service)
        assert not index(), "too few"
