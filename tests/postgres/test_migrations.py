"""Migrations: once each, under a lock, frozen, the same schema whatever the way to it."""

import asyncio
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest

from custom_components.ai_memory.errors import SchemaChanged, SchemaTooNew
from custom_components.ai_memory.memory import upkeep
from custom_components.ai_memory.postgres import (
    database as database_module,
    migrate as migrations,
)
from custom_components.ai_memory.postgres.database import Database
from custom_components.ai_memory.postgres.queries import SQL_DIRECTORY
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.postgres import PostgresServer
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, running, settled

FROZEN = SQL_DIRECTORY / "frozen.txt"
SECOND = (
    9002,
    "9002_second",
    """CREATE TABLE ai_memory.second (id integer PRIMARY KEY, note text DEFAULT 'x');
    CREATE INDEX ON ai_memory.second (note);""",
    "2" * 64,
)
STRUCTURE = """
SELECT 'column', table_name || '.' || column_name, ordinal_position::text || ' ' || data_type || ' ' || is_nullable
    || ' ' || coalesce(column_default, '') || ' ' || coalesce(domain_name, '') || ' ' || is_identity
FROM information_schema.columns WHERE table_schema = 'ai_memory'
UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || contypid::regtype || ' ' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'ai_memory'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'ai_memory'
UNION ALL SELECT 'policy', tablename || ' ' || policyname, roles::text || cmd || coalesce(qual, '') || coalesce(with_check, '')
FROM pg_policies WHERE schemaname = 'ai_memory'
UNION ALL SELECT 'table', relname, relkind::text || relrowsecurity || relforcerowsecurity || coalesce(reloptions::text, '')
FROM pg_class WHERE relnamespace = 'ai_memory'::regnamespace
UNION ALL SELECT 'storage', attrelid::regclass || '.' || attname, attstorage::text
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'ai_memory'::regnamespace AND attnum > 0
UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'ai_memory'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(pg_trigger.oid)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'ai_memory'::regnamespace AND NOT tgisinternal
ORDER BY 1, 2, 3
"""


@pytest.fixture
def empty(postgres_server: PostgresServer, socket_enabled: None) -> str:
    """Give the DSN of a database with `vector` and nothing of ours."""
    name = "empty"
    postgres_server.drop_database(name)
    return postgres_server.create_database(name)


async def structure(dsn: str) -> list[tuple[str, ...]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(STRUCTURE)]
    finally:
        await connection.close()


async def open_and_close(dsn: str) -> None:
    database = Database(ConnectionSettings(dsn=dsn))
    try:
        await database.open()
    finally:
        await database.close()


async def execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def applied(dsn: str) -> list[tuple[int, str]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [
            (row["version"], row["sha256"])
            for row in await connection.fetch(
                "SELECT version, sha256 FROM ai_memory.schema_migrations ORDER BY version"
            )
        ]
    finally:
        await connection.close()


async def test_applied_twice_is_applied_once(empty: str) -> None:
    await open_and_close(empty)
    once = await structure(empty), await applied(empty)
    await open_and_close(empty)
    assert (await structure(empty), await applied(empty)) == once
    assert [version for version, _ in once[1]] == [
        int(path.name[:4]) for path in migrations.migration_files()
    ]


async def test_two_at_the_same_time(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second waits for the first, and fails on nothing that the first has just made."""
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: asyncpg.Connection[asyncpg.Record]) -> int:
        reached.set()
        await go_on.wait()
        return await migrations.migrate(connection)

    monkeypatch.setattr(database_module, "migrate", slow)
    first = asyncio.create_task(open_and_close(empty))
    await reached.wait()
    second = asyncio.create_task(open_and_close(empty))
    watcher = await asyncpg.connect(empty)
    try:
        while not await watcher.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.02)
    finally:
        await watcher.close()
    go_on.set()
    await asyncio.gather(first, second)
    assert len(await applied(empty)) == len(migrations.migration_files())


async def test_fresh_equals_migrated(
    empty: str, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One migration at a time leads to what all of them at once lead to."""
    every = [*migrations._load(), SECOND]
    for last in range(1, len(every) + 1):
        monkeypatch.setattr(migrations, "_MIGRATIONS", every[:last])
        await open_and_close(empty)
    postgres_server.drop_database("fresh")
    fresh = postgres_server.create_database("fresh")
    await open_and_close(fresh)
    expected = await structure(fresh)
    assert ("table", "second") in {row[:2] for row in expected}
    assert await structure(empty) == expected
    assert await applied(empty) == await applied(fresh)


async def test_what_was_said_under_the_first_is_found(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index of all that was said came with the second: it is filled behind it, in the words of each language."""
    every = migrations._load()
    monkeypatch.setattr(migrations, "_MIGRATIONS", every[:1])
    await open_and_close(empty)
    await execute(
        empty,
        "SET ai_memory.scope = 'maintenance'",
        """
        INSERT INTO ai_memory.conversations (session_id, owner, title, started_at, updated_at)
        VALUES ('s', 'person:anna', 't', now(), now())
        """,
        """
        INSERT INTO ai_memory.turns
            (id, conversation_id, owner, text, reply, answered_by, language, cache, stages, started_at)
        SELECT gen_random_uuid(), c.id, c.owner, said.text, said.reply, 'delegate', said.language, 'off', '{}',
            now()
        FROM ai_memory.conversations c, (VALUES
            ('How do I bleed the radiators?', 'Open the valves', 'en'),
            ('Wo stehen die Häuser?', NULL, 'de'),
            ('Good night', 'Sleep well', NULL)) AS said (text, reply, language)
        """,
    )
    monkeypatch.setattr(migrations, "_MIGRATIONS", every)
    await open_and_close(empty)
    monkeypatch.setattr(upkeep, "_INDEX_BATCH", 2)
    async with running(ConnectionSettings(dsn=empty)) as service:
        await settled(service)
        for query, language, text in (
            ("radiator", "en", "How do I bleed the radiators?"),
            ("Haus", "de", "Wo stehen die Häuser?"),
            ("night", None, "Good night"),
        ):
            [found] = await service.conversations.search(ANNA, query, language=language)
            assert found.turn.text == text
        assert not await service.conversations.search(BEN, "radiator", language="en")

        # Once a connection; from there on every turn is indexed as it is written.
        asked: list[object] = []
        monkeypatch.setattr(service.store.turns, "index", asked.append)
        await service.run_maintenance()
        await settled(service)
        assert not asked


async def test_failed_migration_leaves_what_was_there(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_and_close(empty)
    before = await structure(empty)
    broken = (
        9003,
        "9003_broken",
        "CREATE TABLE ai_memory.half (); SELECT 1/0;",
        "3" * 64,
    )
    monkeypatch.setattr(
        migrations, "_MIGRATIONS", [*migrations._load(), SECOND, broken]
    )
    with pytest.raises(Exception, match="22012"):
        await open_and_close(empty)
    assert await structure(empty) == before
    assert len(await applied(empty)) == len(migrations.migration_files())


async def test_newer_schema_is_refused(database: FreshDatabase) -> None:
    await execute(
        database.dsn,
        "INSERT INTO ai_memory.schema_migrations VALUES (9999, '9999_later', 'x')",
    )
    newest = max(int(path.name[:4]) for path in migrations.migration_files())
    with pytest.raises(SchemaTooNew) as caught:
        await open_and_close(database.dsn)
    assert caught.value.placeholders == {"found": "9999", "known": str(newest)}


async def test_changed_migration_is_refused(database: FreshDatabase) -> None:
    await execute(
        database.dsn,
        "UPDATE ai_memory.schema_migrations SET sha256 = 'other' WHERE version = 1",
    )
    with pytest.raises(SchemaChanged) as caught:
        await open_and_close(database.dsn)
    assert caught.value.placeholders == {"version": "1"}


async def test_check_leaves_no_trace(empty: str) -> None:
    info = await Database(ConnectionSettings(dsn=empty)).check()
    assert info.server_version.startswith("16.")
    connection = await asyncpg.connect(empty)
    try:
        assert not await connection.fetchval(
            "SELECT count(*) FROM pg_namespace WHERE nspname = 'ai_memory'"
        )
    finally:
        await connection.close()


async def test_check_of_a_used_database_changes_nothing(
    database: FreshDatabase,
) -> None:
    before = await structure(database.dsn), await applied(database.dsn)
    await Database(ConnectionSettings(dsn=database.dsn)).check()
    assert (await structure(database.dsn), await applied(database.dsn)) == before


def test_released_migrations_are_frozen() -> None:
    """A migration that somebody may have applied never changes: add another one instead."""
    listed = {
        name: digest
        for digest, name in (line.split() for line in FROZEN.read_text().splitlines())
    }
    files = {path.name: path for path in migrations.migration_files()}
    assert {
        name: sha256(files[name].read_bytes()).hexdigest() for name in listed
    } == listed
    assert set(files) == set(listed), "list the new migration in frozen.txt"


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in migrations.migration_files()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(Path(path).suffix == ".sql" for path in migrations.MIGRATIONS.iterdir())
