"""What comes from elsewhere: a database that follows the plan, and files of lines."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import hashlib
import json
import os
from pathlib import Path
import random
import stat
from typing import Any

import asyncpg
import pytest

from custom_components.ai_memory.errors import DatabaseUnreachable, InvalidInput
from custom_components.ai_memory.memory.importing import writing as import_writing
from custom_components.ai_memory.memory.importing.imports import (
    DatabaseSource,
    FileSource,
    ImportOptions,
)
from custom_components.ai_memory.memory.importing.progress import ImportState
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import PassageKind, TargetKind
from custom_components.ai_memory.postgres import foreign, imports
from custom_components.ai_memory.postgres.imports import ImportRepository
from custom_components.ai_memory.postgres.settings import TlsMode
from custom_components.ai_memory.postgres.training import TrainingFilter, TrainingFormat
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, rows, running, settled
from tests.memory.plans import (
    bring,
    content_of,
    create,
    fill,
    grant,
    lines,
    plan,
    shared_plan,
)

__all__ = ["plan", "shared_plan"]

pytestmark = pytest.mark.newest_only

ROWS = int(os.environ.get("IMPORT_ROWS", "2000"))


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        await settled(service)
        yield service


def say(plan: FreshDatabase, *said: tuple[str, str, str], **columns: str) -> None:
    """Put messages there: session, role and content, a minute after each other."""
    more = "".join(f", {name}" for name in columns)
    for number, (session, role, content) in enumerate(said):
        given = "".join(f", {value}" for value in columns.values())
        plan.execute(
            f"INSERT INTO public.conversations (session_id, role, content, created_at{more}) VALUES"
            f" ('{session}', '{role}', $x${content}$x$,"
            f" timestamp '2025-06-01 12:00' + {number} * interval '1 minute'{given})"
        )


async def turns(database: FreshDatabase) -> list[tuple[Any, ...]]:
    """Return session, text and reply of all turns."""
    return await rows(
        database.server.dsn(database.name, superuser=True),
        "SELECT c.session_id, t.text, t.reply FROM ai_memory.turns t"
        " JOIN ai_memory.conversations c ON c.id = t.conversation_id ORDER BY t.started_at, t.id",
    )


def failed(report: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (row["table"], row.get("id"), row["reason"], row.get("column"))
        for row in report.failed
    )


@contextmanager
def refuses(key: str) -> Iterator[pytest.ExceptionInfo[InvalidInput]]:
    """Expect that input is not taken, for one reason."""
    with pytest.raises(InvalidInput) as failure:
        yield failure
    assert failure.value.key == key


# --- much at once


async def test_many_rows(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
) -> None:
    fill(plan, ROWS)
    tables = ("conversations", "knowledge", "preferences", "training_data")
    source = [plan.execute(f"SELECT * FROM {table} ORDER BY id") for table in tables]
    before = content_of(database)
    dry = await bring(service, plan, tmp_path, dry_run=True)
    assert content_of(database) == before
    assert dry.seconds
    assert dry.is_verified is None
    report = await bring(service, plan, tmp_path)
    assert {
        name: (table.rows, table.taken, table.failed)
        for name, table in dry.tables.items()
    } == {
        name: (table.rows, table.taken, table.failed)
        for name, table in report.tables.items()
    }
    there = sum(table.rows for table in report.tables.values())
    taken = sum(table.taken for table in report.tables.values())
    assert there == ROWS
    assert taken >= 0.99 * ROWS
    assert taken + report.rows_failed == ROWS
    # The broken ones, and no others, are named.
    assert failed(report) == sorted(
        [
            *(
                ("conversations", str(n + 1), "missing", "content")
                for n in range(42, ROWS // 2, 100)
            ),
            *(
                ("knowledge", str(n + 1), "too_long", "content")
                for n in range(7, ROWS * 3 // 10, 100)
            ),
            *(
                ("preferences", str(n + 1), "invalid_alias", "value")
                for n in range(9, ROWS // 10, 100)
            ),
            *(
                ("training_data", str(n + 1), "out_of_range", "feedback_score")
                for n in range(3, ROWS // 10, 100)
            ),
        ]
    )
    assert report.is_verified
    assert report.searched == 10
    assert all(
        (check.taken, check.sum_taken) == (check.found, check.sum_found)
        and check.taken
        and not check.different
        for check in report.checks.values()
    )
    # Every replied question is one turn with two messages.
    counts = database.execute(
        "SELECT (SELECT count(*) FROM ai_memory.turns), (SELECT count(*) FROM ai_memory.messages),"
        " (SELECT count(*) FROM ai_memory.memories), (SELECT count(*) FROM ai_memory.preferences),"
        " (SELECT count(*) FROM ai_memory.feedback)"
    )
    assert counts == "|".join(
        str(count)
        for count in (
            report.checks["turns"].found,
            report.tables["conversations"].taken
            + 2 * report.tables["training_data"].taken,
            report.tables["knowledge"].taken,
            report.tables["preferences"].taken,
            report.tables["training_data"].taken,
        )
    )
    assert service.preferences.alias_count == ROWS // 20 - ROWS // 1000
    await settled(service)
    before = content_of(database)
    again = await bring(service, plan, tmp_path)
    assert content_of(database) == before
    assert not any(table.added + table.changed for table in again.tables.values())
    assert again.is_verified
    assert source == [
        plan.execute(f"SELECT * FROM {table} ORDER BY id") for table in tables
    ]
    assert report.file_name
    path = tmp_path / report.file_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = json.loads(path.read_text())
    assert written["failed"] == report.failed
    assert written["tables"]["knowledge"]["added"] == report.tables["knowledge"].added


# --- what becomes of the rows


async def test_messages_become_turns(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
) -> None:
    plan.execute(f"ALTER DATABASE {plan.name} SET timezone = 'Europe/Warsaw'")
    say(
        plan,
        ("one", "assistant", "Welcome home."),
        ("one", "user", "The ladder stands behind the garage"),
        ("two", "user", "Where is the ladder?"),
        ("one", "assistant", "Thank you."),
        ("one", "assistant", "I will remember."),
        ("two", "assistant", "Behind the garage."),
        ("one", "user", "Good"),
        ("one", "user", "night"),
        metadata='\'{"model": "llama3", "device_id": "abc", "latency": 3}\'',
        language="'en'",
    )
    report = await bring(service, plan, tmp_path, scope=ANNA)
    assert report.time_zone == "Europe/Warsaw"
    assert report.metadata == 8
    assert await turns(database) == [
        ("one", "", "Welcome home."),
        (
            "one",
            "The ladder stands behind the garage",
            "Thank you.\n\nI will remember.",
        ),
        ("two", "Where is the ladder?", "Behind the garage."),
        ("one", "Good", None),
        ("one", "night", None),
    ]
    [conversation] = [
        one for one in await service.conversations.list(ANNA) if one.session_id == "one"
    ]
    assert conversation.turns == 4
    # Noon in Warsaw in summer.
    assert conversation.started_at == datetime(2025, 6, 1, 10, tzinfo=UTC)
    assert conversation.updated_at == datetime(2025, 6, 1, 10, 7, tzinfo=UTC)
    [told] = await service.memories.recall(ANNA, "ladder", kinds=[PassageKind.TURN])
    assert told.text == "The ladder stands behind the garage"
    [found] = await service.conversations.search(ANNA, "remember")
    details = await service.conversations.get_turn(ANNA, found.turn.id)
    assert (details.model, found.turn.device_id) == ("llama3", "abc")
    assert not await service.conversations.list(BEN)
    said = database.execute(
        "SELECT role, content, created_at AT TIME ZONE 'UTC' FROM ai_memory.messages"
        f" WHERE turn_id = '{found.turn.id}' ORDER BY position"
    )
    assert said.splitlines()[1:] == [
        "assistant|Thank you.|2025-06-01 10:03:00",
        "assistant|I will remember.|2025-06-01 10:04:00",
    ]


async def test_knowledge_becomes_memories(
    service: MemoryService, plan: FreshDatabase, tmp_path: Path
) -> None:
    await service.memories.remember(HOUSEHOLD, "The bins go out on Friday", tags=["x"])
    plan.execute(
        "INSERT INTO knowledge (content, source, tags, created_at, updated_at, embedding) VALUES"
        " ('The piano was tuned in May', 'note', '{music,house}', '2024-05-01', '2024-06-01',"
        "  array_fill(0.1, ARRAY[384])::vector),"
        " ('The piano was tuned in May', 'again', '{may}', '2024-05-02', '2024-06-02', NULL),"
        " ('The bins go out on Friday', 'note', '{bins}', now(), now(), NULL)"
    )
    report = await bring(service, plan, tmp_path)
    assert report.tables["knowledge"].added == 1
    assert report.tables["knowledge"].already_there == 2
    [piano, bins] = await service.memories.list(HOUSEHOLD)
    assert piano.tags == ["house", "may", "music"]
    assert piano.source == "note"
    assert piano.created_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert piano.updated_at == datetime(2024, 6, 1, tzinfo=UTC)
    assert bins.tags == ["bins", "x"]
    # Nobody knows of which model the vectors were.
    assert (await service.memories.recall(HOUSEHOLD, "piano"))[0].cosine is None


async def test_preferences_and_aliases(
    service: MemoryService, plan: FreshDatabase, tmp_path: Path
) -> None:
    await service.preferences.set(HOUSEHOLD, "user.wake_time", {"time": "06:00"})
    plan.execute(
        "INSERT INTO preferences (key, value, category) VALUES"
        """ ('entity_alias.my_office', '{"entity_id": "light.office_main"}', 'aliases'),"""
        """ ('user.wake_time', '{"time": "07:00"}', NULL),"""
        """ ('colour', '"warm"', NULL), ('user.shade', '1.50', 'looks')"""
    )
    report = await bring(service, plan, tmp_path)
    assert report.checks["preferences"].different == 1
    assert report.is_verified
    [alias] = await service.preferences.list_aliases(HOUSEHOLD)
    assert (alias.phrase, alias.target_kind, alias.target_id) == (
        "my office",
        TargetKind.ENTITY,
        "light.office_main",
    )
    assert service.preferences.alias_count == 1
    kept = {
        one.key: (one.value, one.category)
        for one in await service.preferences.list(HOUSEHOLD)
    }
    assert kept["user.wake_time"][0] == {"time": "06:00"}
    assert kept["user.shade"] == (1.5, "looks")
    assert kept["colour"] == ("warm", "other")


async def test_alias_of_what_the_home_does_not_have(
    service: MemoryService, plan: FreshDatabase, tmp_path: Path
) -> None:
    plan.execute(
        "INSERT INTO preferences (key, value) VALUES"
        """ ('entity_alias.bad', '{"entity_id": "light.nothere"}'),"""
        """ ('entity_alias.nowhere', '{"area_id": "nowhere"}'),"""
        """ ('entity_alias.my_office', '{"entity_id": "light.office_main"}'),"""
        """ ('user.lamp', '{"entity_id": "light.nothere"}')"""
    )
    for dry_run in (True, False):
        report = await bring(service, plan, tmp_path, dry_run=dry_run)
        assert failed(report) == [
            ("preferences", row, "invalid_alias", "value") for row in ("1", "2")
        ]
        counts = report.tables["preferences"]
        assert (counts.rows, counts.taken, counts.failed) == (4, 2, 2)
    assert report.is_verified
    assert [one.key for one in await service.preferences.list(HOUSEHOLD)] == [
        "entity_alias.my_office",
        "user.lamp",
    ]


async def test_training_data_become_rated_turns(
    service: MemoryService, plan: FreshDatabase, tmp_path: Path
) -> None:
    plan.execute(
        "INSERT INTO training_data"
        " (input_text, output_text, feedback_score, interaction_type, language, created_at, exported)"
        " VALUES ('Is it warm?', 'Quite.', 4, 'question', 'en', '2025-01-02 08:00', true),"
        " ('Sing!', 'La.', NULL, 'command', 'en', '2025-01-02 09:00', false)"
    )
    report = await bring(service, plan, tmp_path, scope=ANNA)
    assert report.is_verified
    [rated] = await service.feedback.list(ANNA)
    assert (rated.text, rated.reply, rated.rating) == ("Is it warm?", "Quite.", 4)
    [song, warm] = await service.conversations.list(ANNA)
    assert song.tags == ["command", "training_data"]
    assert warm.title == "Training data question 2025-01-02"
    wanted = TrainingFilter(TrainingFormat.INSTRUCTION, only_new=True)
    [new] = [line async for line in service.training.lines(ANNA, wanted)]
    assert json.loads(new)["instruction"] == "Sing!"


async def test_cached_answers_stay_behind(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
) -> None:
    plan.execute(
        "INSERT INTO response_cache (query_hash, query_text, response, expires_at)"
        " VALUES ('a', 'Who are you?', 'A house.', now() + interval '1 year')"
    )
    report = await bring(service, plan, tmp_path)
    assert report.tables["response_cache"].left_out == 1
    assert report.reasons == {"not_safe": 1}
    assert not database.execute("SELECT FROM ai_memory.response_cache")


async def test_secrets_stay_behind(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
) -> None:
    secret = "Sesam4711"
    say(plan, ("one", "user", f"My password is {secret}"), language="'en'")
    plan.execute(
        f"INSERT INTO knowledge (content) VALUES ('The wifi password is {secret}');"
        f"INSERT INTO preferences (key, value) VALUES ('wifi.password', '\"{secret}\"')"
    )
    report = await bring(service, plan, tmp_path)
    assert report.masked == 1
    assert report.reasons["secret"] == 2
    assert not report.failed
    assert report.file_name
    written = (tmp_path / report.file_name).read_text()
    assert secret not in written + content_of(database)
    assert json.loads(written)["left_out"] == [
        {"table": "knowledge", "id": "1", "reason": "secret"},
        {"table": "preferences", "id": "1", "reason": "secret"},
    ]
    dropped = await service.secrets.list(HOUSEHOLD)
    assert {one.source for one in dropped} == {"import"}
    await bring(service, plan, tmp_path)
    assert (
        len([one for one in await service.secrets.list(HOUSEHOLD) if one.turn_id]) == 1
    )


# --- rows that are not as they should be


_ODD = """
CREATE TABLE conversations (
    created_at TEXT, extra INTEGER DEFAULT 7, content TEXT, role TEXT, session_id BIGINT, id UUID DEFAULT gen_random_uuid(),
    metadata TEXT);
CREATE TABLE preferences (value TEXT, key TEXT, id BIGSERIAL);
CREATE TABLE knowledge (tags TEXT, content TEXT, created_at TIMESTAMPTZ);
"""


@pytest.fixture
def odd(database: FreshDatabase) -> FreshDatabase:
    """Give tables with other types and columns, and without some."""
    server = database.server
    server.drop_database("odd")
    server.create_database("odd", vector=False)
    found = FreshDatabase(server, "odd")
    found.execute(_ODD)
    grant(found)
    return found


async def test_other_types_and_columns(
    service: MemoryService,
    database: FreshDatabase,
    odd: FreshDatabase,
    tmp_path: Path,
) -> None:
    odd.execute(
        "INSERT INTO conversations VALUES"
        """ ('2025-01-01 10:00', 1, 'Hello', 'User', 12, DEFAULT, '{"model": "m"}'),"""
        """ ('2025-01-01T10:01:00+02:00', 1, 'Hi', 'ASSISTANT', 12, DEFAULT, NULL);"""
        "INSERT INTO preferences VALUES"
        """ ('{"a": [1, null]}', 'user.a'), ('plain', 'user.b'), ('"text"', 'user.c');"""
        "INSERT INTO knowledge VALUES"
        """ ('["one", "two"]', 'Fact a', now()), ('{three,"fo ur"}', 'Fact b', now()),"""
        """ ('five, six', 'Fact c', now()), ('', 'Fact d', NULL)"""
    )
    report = await bring(service, odd, tmp_path, time_zone="Asia/Tokyo")
    assert failed(report) == [("preferences", "2", "no_json", "value")]
    assert await turns(database) == [("12", "Hello", "Hi")]
    # In Tokyo it is earlier than two hours east of Greenwich, whatever the clocks show.
    [conversation] = await service.conversations.list(HOUSEHOLD)
    assert conversation.started_at == datetime(2025, 1, 1, 1, tzinfo=UTC)
    assert conversation.updated_at == datetime(2025, 1, 1, 8, 1, tzinfo=UTC)
    tags = {one.content: one.tags for one in await service.memories.list(HOUSEHOLD)}
    assert tags == {
        "Fact a": ["one", "two"],
        "Fact b": ["fo ur", "three"],
        "Fact c": ["five", "six"],
        "Fact d": [],
    }
    assert report.is_verified
    before = content_of(database)
    await bring(service, odd, tmp_path, time_zone="Asia/Tokyo")
    assert content_of(database) == before


async def test_ids_that_stand_there_twice(
    service: MemoryService,
    database: FreshDatabase,
    odd: FreshDatabase,
    tmp_path: Path,
) -> None:
    """No row takes the place of another one."""
    odd.execute(
        "INSERT INTO conversations"
        " SELECT '2025-01-01 10:0' || n, 1, text, role, n / 2, uuid_nil, NULL"
        " FROM (VALUES (0, 'Hello', 'user'), (1, 'Hi', 'assistant'),"
        " (2, 'Who?', 'user'), (4, 'Me.', 'assistant')) AS said (n, text, role),"
        " CAST('00000000-0000-0000-0000-000000000000' AS uuid) AS uuid_nil"
    )
    report = await bring(service, odd, tmp_path)
    assert not report.failed
    found = [("0", "Hello", "Hi"), ("1", "Who?", None), ("2", "", "Me.")]
    assert await turns(database) == found
    before = content_of(database)
    again = await bring(service, odd, tmp_path)
    assert not again.tables["conversations"].changed
    assert content_of(database) == before


_BROKEN_MESSAGES = (
    ("NULL, 1, 'x', 'user', NULL, DEFAULT, NULL", "missing", "session_id"),
    ("NULL, 1, '  ', 'user', 1, DEFAULT, NULL", "missing", "content"),
    ("NULL, 1, 'x', NULL, 1, DEFAULT, NULL", "missing", "role"),
    ("NULL, 1, 'x', 'system', 1, DEFAULT, NULL", "unknown_role", "role"),
    ("'yesterday', 1, 'x', 'user', 1, DEFAULT, NULL", "no_time", "created_at"),
    ("'0000-00-00', 1, 'x', 'user', 1, DEFAULT, NULL", "no_time", "created_at"),
    ("NULL, 1, repeat('x', 100001), 'user', 1, DEFAULT, NULL", "too_long", "content"),
    ("NULL, 1, 'x', 'user', 1, DEFAULT, '{\"a\"'", "no_json", "metadata"),
)


async def test_broken_messages(
    service: MemoryService,
    database: FreshDatabase,
    odd: FreshDatabase,
    tmp_path: Path,
) -> None:
    values = ", ".join(f"({row})" for row, *_ in _BROKEN_MESSAGES)
    odd.execute(
        f"INSERT INTO conversations VALUES {values},"
        " (NULL, 1, 'Hello', 'user', 1, DEFAULT, NULL)"
    )
    report = await bring(service, odd, tmp_path)
    assert sorted((row["reason"], row["column"]) for row in report.failed) == sorted(
        (reason, column) for _, reason, column in _BROKEN_MESSAGES
    )
    assert await turns(database) == [("1", "Hello", None)]


async def test_what_the_database_refuses_alone_is_left_out(
    service: MemoryService,
    database: FreshDatabase,
    odd: FreshDatabase,
    tmp_path: Path,
) -> None:
    """Of so many words PostgreSQL makes no index."""
    pick = random.Random(1)
    words = "".join(chr(pick.randint(0x4E00, 0x9FFF)) for _ in range(56_000))
    odd.execute(
        "INSERT INTO conversations SELECT NULL, 1, 'Number ' || n, 'user', n FROM generate_series(1, 3) AS n"
    )
    connection = await asyncpg.connect(odd.server.dsn(odd.name, superuser=True))
    try:
        for at, role, text in (
            ("2025-01-01", "user", words),
            ("2025-01-02", "assistant", words[::-1]),
        ):
            await connection.execute(
                "INSERT INTO conversations (created_at, session_id, role, content)"
                " VALUES ($1, 99, $2, $3)",
                at,
                role,
                text,
            )
    finally:
        await connection.close()
    report = await bring(service, odd, tmp_path)
    assert [row["reason"] for row in report.failed] == ["refused", "refused"]
    assert len(await turns(database)) == 3


async def test_text_that_is_no_utf8(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    server = database.server
    server.drop_database("raw")
    server.execute(
        "CREATE DATABASE raw OWNER ai_memory TEMPLATE template0 ENCODING 'SQL_ASCII'"
        " LC_COLLATE 'C' LC_CTYPE 'C'",
        "postgres",
    )
    raw = FreshDatabase(server, "raw")
    raw.execute(
        "CREATE TABLE knowledge (id integer, content text);"
        "SET client_encoding = 'SQL_ASCII';"
        r"INSERT INTO knowledge VALUES (1, E'caf\xe9'), (2, E'caf\xc3\xa9 cr\xc3\xa8me')"
    )
    grant(raw)
    report = await bring(service, raw, tmp_path)
    assert failed(report) == [("knowledge", "1", "encoding", None)]
    [memory] = await service.memories.list(HOUSEHOLD)
    assert memory.content == "café crème"


async def test_table_without_what_it_needs(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    plan = create(database, "altered")
    plan.execute(
        "ALTER TABLE conversations DROP COLUMN role;"
        "INSERT INTO conversations (session_id, content) VALUES ('a', 'b');"
        "DROP TABLE training_data; REVOKE SELECT ON preferences FROM ai_memory;"
        "INSERT INTO knowledge (content) VALUES ('The fuse box is in the hall')"
    )
    report = await bring(service, plan, tmp_path)
    assert report.tables["conversations"].problem == "columns_missing"
    assert report.tables["preferences"].problem == "no_rights"
    assert report.tables["knowledge"].added == 1
    assert "training_data" not in report.tables
    # What is here was checked, but it is not all that is there.
    assert not report.is_verified
    plan.execute("DROP TABLE conversations, preferences, knowledge")
    plan.execute("CREATE TABLE knowledge (content text)")
    grant(plan)
    # Nothing was taken, so nothing was verified.
    assert not (await bring(service, plan, tmp_path)).is_verified
    plan.execute(
        "INSERT INTO knowledge VALUES ('The fuse box is in the hall');"
        "REVOKE SELECT ON response_cache FROM ai_memory"
    )
    # Nobody would take that.
    assert (await bring(service, plan, tmp_path)).is_verified


# --- again


async def test_failed_rows_again(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
) -> None:
    say(
        plan,
        ("one", "user", "First question"),
        ("one", "assistant", "First answer"),
        ("one", "user", ""),
        ("one", "assistant", "Second answer"),
        ("one", "user", "Third question"),
        ("one", "assistant", ""),
        ("two", "user", "Somewhere else"),
    )
    plan.execute(
        "INSERT INTO training_data (input_text, output_text, feedback_score)"
        " VALUES ('a', 'b', 9), ('c', 'd', 5)"
    )
    report = await bring(service, plan, tmp_path)
    assert report.rows_failed == 3
    assert [turn[1:] for turn in await turns(database)][:4] == [
        ("First question", "First answer"),
        ("", "Second answer"),
        ("Third question", None),
        ("Somewhere else", None),
    ]
    [kept] = await service.conversations.search(HOUSEHOLD, "third")
    await service.feedback.rate(HOUSEHOLD, kept.turn.id, rating=2)
    plan.execute(
        "UPDATE conversations SET content = 'Second question' WHERE id = 3;"
        "UPDATE conversations SET content = 'Third answer' WHERE id = 6;"
        "UPDATE training_data SET feedback_score = 1 WHERE id = 1"
    )
    again = await bring(service, plan, tmp_path, retry=report.file_name)
    assert again.rows_failed == 0
    # Only what failed, with the session that it belongs to.
    assert again.tables["conversations"].rows == 6
    assert again.tables["training_data"].rows == 1
    assert "knowledge" in again.tables
    assert not again.tables["knowledge"].rows
    assert [turn[1:] for turn in await turns(database)][:4] == [
        ("First question", "First answer"),
        ("Second question", "Second answer"),
        ("Third question", "Third answer"),
        ("Somewhere else", None),
    ]
    [found] = await service.conversations.search(HOUSEHOLD, "third answer", limit=1)
    assert found.turn.id == kept.turn.id
    ratings = {one.text: one.rating for one in await service.feedback.list(HOUSEHOLD)}
    assert ratings == {"Third question": 2, "a": 1, "c": 5}
    assert again.is_verified


async def test_failed_rows_of_another_import(
    service: MemoryService, plan: FreshDatabase, tmp_path: Path
) -> None:
    """Rows are tried again for whom, and from where, they were to be taken."""
    elsewhere = create(plan, "altered")
    elsewhere.execute(
        "CREATE SCHEMA later; CREATE TABLE later.knowledge (content text)"
    )
    grant(elsewhere, "later")
    elsewhere.execute("INSERT INTO knowledge (content) VALUES ('  ')")
    report = await bring(
        service,
        elsewhere,
        tmp_path,
        scope=ANNA,
        schema="public",
        time_zone="Asia/Tokyo",
    )
    assert report.rows_failed == 1
    elsewhere.execute(
        "UPDATE knowledge SET content = 'Mended', created_at = '2025-01-01 09:00'"
    )
    retry = report.file_name
    with refuses("import_report_of_another_owner"):
        await bring(service, elsewhere, tmp_path, retry=retry)
    for place, schema in (
        (plan, None),
        (elsewhere, "later"),
        (lines(tmp_path / "a.jsonl", {"content": "Mended"}), None),
    ):
        with refuses("import_report_of_another_source") as failure:
            await bring(
                service, place, tmp_path, scope=ANNA, schema=schema, retry=retry
            )
        assert failure.value.placeholders == {"place": elsewhere.settings.place}
    assert not await service.memories.list(HOUSEHOLD)
    # What was said then need not be said again.
    again = await bring(service, elsewhere, tmp_path, scope=ANNA, retry=retry)
    assert (again.schema, again.time_zone) == ("public", "Asia/Tokyo")
    [memory] = await service.memories.list(ANNA)
    assert memory.owner == ANNA.owner
    assert memory.created_at == datetime(2025, 1, 1, tzinfo=UTC)


async def test_failed_lines_of_another_file(
    service: MemoryService, tmp_path: Path
) -> None:
    report = await bring(
        service, lines(tmp_path / "a.jsonl", b"{"), tmp_path, time_zone="Asia/Tokyo"
    )
    mended = {"content": "Mended", "created_at": "2025-01-01T09:00:00"}
    with refuses("import_report_of_another_source"):
        await bring(
            service,
            lines(tmp_path / "b.jsonl", mended),
            tmp_path,
            retry=report.file_name,
        )
    await bring(
        service,
        lines(tmp_path / "a.jsonl", mended),
        tmp_path,
        home_zone="Europe/Berlin",
        retry=report.file_name,
    )
    [memory] = await service.memories.list(HOUSEHOLD)
    assert memory.created_at == datetime(2025, 1, 1, tzinfo=UTC)


async def test_source_that_goes_on(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
) -> None:
    said = (("one", "user", "Is the cat in?"), ("one", "assistant", "She is."))
    say(plan, said[0])
    await bring(service, plan, tmp_path)
    await service.conversations.delete(
        HOUSEHOLD, (await service.conversations.list(HOUSEHOLD))[0].id
    )
    plan.execute("TRUNCATE conversations RESTART IDENTITY")
    say(plan, *said, ("one", "user", "And the dog?"))
    report = await bring(service, plan, tmp_path)
    # What is in the bin stays there as it is; what came since is a conversation of its own.
    assert report.checks["turns"].different == 1
    [conversation] = await service.conversations.list(HOUSEHOLD)
    assert conversation.turns == 1
    [binned] = await service.conversations.list(HOUSEHOLD, deleted=True)
    assert binned.turns == 1
    assert len(await turns(database)) == 2


async def test_check_sees_what_is_missing(
    service: MemoryService,
    plan: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan.execute("INSERT INTO knowledge (content) VALUES ('Fact one'), ('Fact two')")
    with monkeypatch.context() as patch:
        # As if a rule of the database had swallowed them.
        patch.setattr(imports.Taking, "facts", _swallow)
        report = await bring(service, plan, tmp_path)
    assert not report.is_verified
    assert failed(report) == [
        ("knowledge", "1", "not_stored", None),
        ("knowledge", "2", "not_stored", None),
    ]
    with monkeypatch.context() as patch:
        patch.setitem(foreign.SQL, "count", "SELECT 'SELECT 3', $1::text, $2::text")
        report = await bring(service, plan, tmp_path)
    assert report.tables["knowledge"].there == 3
    assert not report.is_verified
    assert (await bring(service, plan, tmp_path)).is_verified


async def _swallow(
    self: imports.Taking, rows: Any, passages: Any
) -> list[imports.Outcome]:
    return [imports.Outcome.THERE for _ in rows]


async def test_what_went_at_the_source_is_answered_no_more(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
) -> None:
    """What rested on a statement is neither said again nor told of its shelf."""
    say(plan, ("one", "user", "The ladder stands behind the garage"))
    await bring(service, plan, tmp_path, scope=ANNA)
    responses, key = service.store.responses, b"0" * 32
    version = (await responses.look_up(ANNA, key)).knowledge_version
    await responses.store(
        ANNA,
        key,
        question="Where is the ladder?",
        answer="Behind the garage.",
        language="en",
        agent_id=None,
        knowledge_version=version,
        lifetime=timedelta(hours=1),
        limit=10,
    )
    assert (await responses.look_up(ANNA, key)).answer
    shelf = f"owner = '{ANNA.owner}' AND name = 'conversations'"
    database.execute(
        "UPDATE ai_memory.collections SET summary = 'A ladder', summary_by = 'extract'"
        f" WHERE {shelf}"
    )
    plan.execute("UPDATE conversations SET content = 'Where does the ladder stand?'")
    report = await bring(service, plan, tmp_path, scope=ANNA)
    assert report.tables["conversations"].changed == 1
    assert (await responses.look_up(ANNA, key)).answer is None
    assert not database.execute(
        f"SELECT summary FROM ai_memory.collections WHERE {shelf}"
    )


async def test_two_owners(
    service: MemoryService, plan: FreshDatabase, tmp_path: Path
) -> None:
    say(plan, ("one", "user", "Is the cat in?"))
    for scope in (ANNA, BEN):
        assert (await bring(service, plan, tmp_path, scope=scope)).is_verified
    for scope in (ANNA, BEN):
        [conversation] = await service.conversations.list(scope)
        assert conversation.owner == scope.owner


async def test_stopped_and_begun_anew(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(plan, 2000)
    stored = import_writing.Writing.store

    async def stop_at_once(self: import_writing.Writing, items: Any) -> None:
        await stored(self, items)
        service.imports.stop()

    with monkeypatch.context() as patch:
        patch.setattr(import_writing.Writing, "store", stop_at_once)
        report = await bring(service, plan, tmp_path)
    assert report.stopped
    assert service.imports.progress.state is ImportState.STOPPED
    assert 0 < report.tables["conversations"].taken < 500
    assert report.is_verified
    with refuses("import_not_running"):
        service.imports.stop()
    service.imports.start(
        DatabaseSource(plan.settings), ImportOptions(tmp_path, HOUSEHOLD)
    )
    with refuses("import_running"):
        service.imports.start(
            DatabaseSource(plan.settings), ImportOptions(tmp_path, HOUSEHOLD)
        )
    progress = service.imports.progress
    while not progress.done:
        await asyncio.sleep(0.01)
    assert str(progress.state) == "running"
    assert progress.total == 2000
    assert progress.seconds_left is not None
    whole = await service.imports.finished()
    assert progress.state is ImportState.DONE
    assert progress.report == whole.file_name
    assert whole.is_verified
    assert (
        whole.tables["conversations"].already_there
        == report.tables["conversations"].added
    )
    assert len(await turns(database)) == whole.checks["turns"].found


async def test_ended_with_the_service(
    database: FreshDatabase, plan: FreshDatabase, tmp_path: Path
) -> None:
    fill(plan, 2000)
    async with running(database.settings) as service:
        service.imports.start(
            DatabaseSource(plan.settings), ImportOptions(tmp_path, HOUSEHOLD)
        )
        waiting = asyncio.create_task(service.imports.finished())
        while not service.imports.progress.done:
            await asyncio.sleep(0.01)
    with refuses("import_ended"):
        await waiting
    cut_off = service.imports.progress.report
    assert cut_off
    assert json.loads((tmp_path / cut_off).read_text())["stopped"]
    async with running(database.settings) as service:
        report = await bring(service, plan, tmp_path)
        assert report.is_verified
        assert report.tables["conversations"].taken == 990


async def test_unexpected_error_is_logged(
    service: MemoryService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody may be waiting who would see it."""
    path = lines(tmp_path / "a.jsonl", {"content": "The stove is there, too"})

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(import_writing.Writing, "store", fail)
    service.imports.start(FileSource(path), ImportOptions(tmp_path, HOUSEHOLD))
    while service.imports.progress.state is ImportState.RUNNING:
        await asyncio.sleep(0.01)
    assert service.imports.progress.problem == "unknown"
    [record] = [one for one in caplog.records if one.exc_info]
    assert record.name.endswith("importing.imports")
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


# --- servers that go


async def test_our_database_goes_for_a_while(
    service: MemoryService,
    database: FreshDatabase,
    plan: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_writing, "_RETRY_AFTER", 0.05)
    fill(plan, 500)
    taking = ImportRepository.taking
    cut: list[bool] = []

    def cut_once(self: ImportRepository, *, keep: bool = True) -> Any:
        if not cut:
            cut.append(True)
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{database.name}' AND pid <> pg_backend_pid()"
            )
        return taking(self, keep=keep)

    stored_turns = ImportRepository.stored_turns
    looked: list[bool] = []

    async def away_once(self: ImportRepository, *arguments: Any) -> Any:
        if not looked:
            looked.append(True)
            raise DatabaseUnreachable
        return await stored_turns(self, *arguments)

    monkeypatch.setattr(ImportRepository, "taking", cut_once)
    monkeypatch.setattr(ImportRepository, "stored_turns", away_once)
    report = await bring(service, plan, tmp_path)
    assert cut
    assert looked
    assert report.is_verified
    assert report.rows_failed == 7


async def test_our_database_goes_for_good(
    service: MemoryService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken until then was looked at, but that is not all of it: a file does not say how much there is."""
    monkeypatch.setattr(import_writing, "_RETRY_AFTER", 0.0)
    stored = import_writing.Writing.store

    async def first_page(self: import_writing.Writing, items: Any) -> None:
        if self.changed:
            raise DatabaseUnreachable
        await stored(self, items)

    monkeypatch.setattr(import_writing.Writing, "store", first_page)
    path = lines(
        tmp_path / "a.jsonl",
        *({"content": f"Fact number {number}"} for number in range(600)),
    )
    with pytest.raises(DatabaseUnreachable):
        await bring(service, path, tmp_path)
    report = service.imports.progress.report
    assert report
    written = json.loads((tmp_path / report).read_text())
    assert written["problem"] == "database_unreachable"
    assert written["tables"]["knowledge"]["added"] == 500
    assert not written["verified"]


async def test_source_goes(
    service: MemoryService,
    plan: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(plan, 2000)
    stored = import_writing.Writing.store

    async def cut(self: import_writing.Writing, items: Any) -> None:
        await stored(self, items)
        plan.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{plan.name}' AND pid <> pg_backend_pid()"
        )

    with monkeypatch.context() as patch:
        patch.setattr(import_writing.Writing, "store", cut)
        with refuses("import_source_unreachable"):
            await bring(service, plan, tmp_path)
    progress = service.imports.progress
    assert progress.state is ImportState.FAILED
    assert progress.problem == "import_source_unreachable"
    assert progress.report
    written = json.loads((tmp_path / progress.report).read_text())
    assert written["problem"] == "import_source_unreachable"
    assert written["tables"]["conversations"]["added"]
    assert (await bring(service, plan, tmp_path)).is_verified


async def test_source_that_cannot_be_read(
    service: MemoryService,
    plan: FreshDatabase,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plan.server.drop_database("empty")
    plan.server.create_database("empty", vector=False)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"password": "open-sesame"}, "import_source_password"),
        ({"database": "nowhere"}, "import_source_missing"),
        ({"port": 1}, "import_source_unreachable"),
        ({"port": 99_999}, "connection_invalid"),
        ({"host": "127.0.0.1\0"}, "connection_invalid"),
        ({"password": "open\ud800sesame"}, "import_source_unreachable"),
        ({"password": "open\0sesame"}, "import_source_password"),
        ({"tls": TlsMode.REQUIRE}, "import_source_insecure"),
        ({"database": "empty"}, "import_nothing_found"),
    ]
    for change, key in changes:
        settings = replace(plan.settings, **change)
        service.imports.start(
            DatabaseSource(settings), ImportOptions(tmp_path, HOUSEHOLD)
        )
        with refuses(key) as failure:
            await service.imports.finished()
        assert service.imports.progress.problem == key
        shown = f"{failure.value!r} {caplog.text} {service.imports.progress!r}"
        assert settings.password not in shown


# --- which tables are meant


async def test_schemas(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    plan = create(database, "altered")
    say(plan, ("one", "user", "In public"))
    plan.execute(
        'CREATE SCHEMA "Old house";'
        'CREATE TABLE "Old house".knowledge (content text, "select" text);'
        """INSERT INTO "Old house".knowledge VALUES ('In the old house', '');"""
        # Something else that has the name of a table of the plan.
        "CREATE SCHEMA other; CREATE TABLE other.preferences (name text)"
    )
    for schema in ('"Old house"', "other"):
        grant(plan, schema)
    with refuses("import_several_schemas") as failure:
        await bring(service, plan, tmp_path)
    assert failure.value.placeholders == {"schemas": "Old house, public"}
    report = await bring(service, plan, tmp_path, schema="Old house")
    assert report.tables.keys() == {"knowledge"}
    assert report.is_verified
    with refuses("import_nothing_found"):
        await bring(service, plan, tmp_path, schema="nowhere")


async def test_plan_beside_our_own_tables(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    database.execute(
        "CREATE SCHEMA plan; CREATE TABLE plan.knowledge (id int, content text);"
        "INSERT INTO plan.knowledge VALUES (1, 'The same server, another schema')"
    )
    try:
        database.execute(
            "GRANT USAGE ON SCHEMA plan TO ai_memory;"
            "GRANT SELECT ON ALL TABLES IN SCHEMA plan TO ai_memory"
        )
        report = await bring(service, database, tmp_path)
        assert (report.kind, report.schema) == ("plan", "plan")
        assert report.tables["knowledge"].added == 1
        with refuses("import_source_is_ours"):
            await bring(service, database, tmp_path, schema="ai_memory")
    finally:
        database.execute("DROP SCHEMA plan CASCADE")


async def test_no_time_zone(
    service: MemoryService, plan: FreshDatabase, tmp_path: Path
) -> None:
    for name in ("Mars/Olympus", "../../etc/passwd", "\0", "é" * 300):
        with refuses("import_time_zone_unknown"):
            await bring(service, plan, tmp_path, time_zone=name)


# --- lines


_LINES: list[dict[str, Any]] = [
    {"content": "The tent is in the loft", "tags": ["camping"], "source": "app"},
    {"table": "knowledge", "content": "The stove is there, too", "more": [1, 2]},
    {"table": "conversations", "session_id": "a", "role": "user", "content": "Hello"},
    {"table": "conversations", "session_id": "b", "role": "user", "content": "Hey"},
    {"table": "conversations", "session_id": "a", "role": "assistant", "content": "Hi"},
    {
        "table": "preferences",
        "key": "entity_alias.my_lamp",
        "value": {"entity_id": "light.office_main"},
    },
    {"table": "preferences", "key": "user.shade", "value": "warm"},
    {
        "table": "training_data",
        "input_text": "x",
        "output_text": "y",
        "feedback_score": 3,
        "created_at": "2025-01-01T12:00:00",
    },
    {"table": "response_cache", "query_text": "x", "response": "y"},
]


async def test_lines(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    path = lines(tmp_path / "a.jsonl", b"", *_LINES)
    report = await bring(service, path, tmp_path, time_zone="Europe/Berlin")
    assert not report.failed
    assert report.is_verified
    assert {
        name: (table.rows, table.taken, table.left_out)
        for name, table in report.tables.items()
    } == {
        "knowledge": (2, 2, 0),
        "conversations": (3, 3, 0),
        "preferences": (2, 2, 0),
        "training_data": (1, 1, 0),
        "response_cache": (1, 0, 1),
    }
    found = await turns(database)
    assert ("a", "Hello", "Hi") in found
    assert ("b", "Hey", None) in found
    tent = (await service.memories.list(HOUSEHOLD, text="tent"))[0]
    assert (tent.tags, tent.source) == (["camping"], "app")
    assert (await service.preferences.list(HOUSEHOLD))[1].value == "warm"
    [rated] = await service.feedback.list(HOUSEHOLD)
    assert rated.rating == 3
    await settled(service)
    before = content_of(database)
    # The same rows in another file, and more of them.
    path = lines(tmp_path / "b.jsonl", *_LINES[1:])
    again = await bring(service, path, tmp_path, time_zone="Europe/Berlin")
    assert content_of(database) == before
    assert not any(table.added + table.changed for table in again.tables.values())


async def test_broken_lines(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    broken: list[tuple[dict[str, Any] | bytes, str]] = [
        (b"{", "no_json"),
        (b"[" * 100_000, "no_json"),
        (b'"text"', "no_object"),
        (b'{"content": "caf\xe9"}', "encoding"),
        (b'{"content": "' + b"x" * (5 << 20) + b'"}', "line_too_long"),
        ({"table": "states", "content": "x"}, "unknown_table"),
        ({"table": 5, "content": "x"}, "unknown_table"),
        ({"role": "user", "content": "x"}, "unknown_table"),
        ({"content": 5}, "wrong_type"),
        ({"content": "\u0000"}, "missing"),
        ({"content": "x", "tags": {"a": 1}}, "wrong_type"),
        ({"content": "x", "tags": [["a"]]}, "wrong_type"),
        ({"content": "x", "tags": ["y" * 101]}, "too_long"),
        ({"content": "x", "created_at": 12}, "wrong_type"),
        ({"content": "x", "created_at": "10000-01-01"}, "no_time"),
        ({"table": "preferences", "key": "user.x"}, "missing"),
        ({"table": "preferences", "key": "user.!", "value": 1}, "invalid_key"),
        ({"table": "preferences", "key": "user.x", "value": "y" * 70_000}, "too_long"),
        (
            {
                "table": "preferences",
                "key": "entity_alias.x",
                "value": {"entity_id": 5},
            },
            "invalid_alias",
        ),
        ({"table": "training_data", "input_text": "x"}, "missing"),
        (
            {
                "table": "training_data",
                "input_text": "x",
                "output_text": "y",
                "feedback_score": 4.5,
            },
            "wrong_type",
        ),
        (
            b'{"table": "conversations", "session_id": "a", "role": "user", "content": "x", "metadata": '
            + b'{"a":' * 5000
            + b"1"
            + b"}" * 5001,
            "no_json",
        ),
    ]
    good = [{"content": f"Good line {number}"} for number in range(len(broken))]
    mixed = [
        row
        for pair in zip([row for row, _ in broken], good, strict=True)
        for row in pair
    ]
    report = await bring(service, lines(tmp_path / "a.jsonl", *mixed), tmp_path)
    assert [(row["line"], row["reason"]) for row in report.failed] == [
        (2 * number + 1, reason) for number, (_, reason) in enumerate(broken)
    ]
    assert len(await service.memories.list(HOUSEHOLD)) == len(good)
    # Only the lines that failed, now mended.
    mended = [
        row if number % 2 else {"content": f"Mended {number}"}
        for number, row in enumerate(mixed)
    ]
    again = await bring(
        service, lines(tmp_path / "a.jsonl", *mended), tmp_path, retry=report.file_name
    )
    assert (
        again.tables["knowledge"].rows == again.tables["knowledge"].added == len(broken)
    )


async def test_reply_to_a_line_that_was_mended(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    asked = {
        "table": "conversations",
        "session_id": "a",
        "role": "user",
        "content": "Who?",
    }
    answered = {**asked, "role": "assistant", "content": "Me."}
    report = await bring(service, lines(tmp_path / "a.jsonl", b"{", answered), tmp_path)
    assert await turns(database) == [("a", "", "Me.")]
    await bring(
        service,
        lines(tmp_path / "a.jsonl", asked, answered),
        tmp_path,
        retry=report.file_name,
    )
    assert await turns(database) == [("a", "Who?", "Me.")]


async def test_files_that_cannot_be_read(
    service: MemoryService, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, content in (("empty", b""), ("blank", b"\n \n\n")):
        (tmp_path / name).write_bytes(content)
    for path, key in (
        (tmp_path / "empty", "import_file_empty"),
        (tmp_path / "blank", "import_file_empty"),
        (tmp_path / "none", "import_file_unknown"),
        (tmp_path, "import_file_unreadable"),
        (tmp_path / "pipe", "import_file_unreadable"),
    ):
        with refuses(key):
            await bring(service, path, tmp_path)
        assert service.imports.progress.problem == key
    for name, text, key in (
        ("none.json", None, "import_report_unknown"),
        ("../a.json", None, "import_report_unknown"),
        ("text.json", "no report", "import_report_invalid"),
        ("list.json", "[]", "import_report_invalid"),
        ("other.json", '{"format": "x", "version": 1}', "import_report_invalid"),
    ):
        if text is not None:
            (tmp_path / name).write_text(text)
        with refuses(key):
            await bring(service, lines(tmp_path / "a.jsonl"), tmp_path, retry=name)


async def test_the_same_line_again_is_another_turn(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    """Nothing tells two of them apart but which of them it is."""
    asked, first, other = (
        {
            "table": "conversations",
            "session_id": "a",
            "role": "assistant" if role else "user",
            "content": content,
        }
        for role, content in (
            (0, "How warm is it?"),
            (1, "21 degrees"),
            (1, "15 degrees"),
        )
    )
    rated = {"table": "training_data", "input_text": "Sing!", "output_text": "La."}
    rows: list[dict[str, Any] | bytes] = [asked, first, asked, other, rated, rated]
    rows.append(b"{")
    report = await bring(service, lines(tmp_path / "a.jsonl", *rows), tmp_path)
    said = [
        ("a", "How warm is it?", "21 degrees"),
        ("a", "How warm is it?", "15 degrees"),
    ]
    assert [turn for turn in await turns(database) if turn[0] == "a"] == said
    assert report.tables["conversations"].added == 2
    assert report.tables["training_data"].added == 2
    assert report.checks["turns"].found == 4
    await settled(service)
    before = content_of(database)
    again = await bring(service, tmp_path / "a.jsonl", tmp_path)
    assert content_of(database) == before
    assert not any(table.added + table.changed for table in again.tables.values())
    # Mended into one that stands there twice already: it is the third.
    rows[-1] = rated
    again = await bring(
        service,
        lines(tmp_path / "a.jsonl", *rows),
        tmp_path,
        retry=report.file_name,
    )
    assert again.tables["training_data"].added == 1
    assert not again.tables["conversations"].changed
    assert len(await turns(database)) == 5


async def test_nothing_is_said_twice(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    """Sums of digests do not depend on the order, and tell what is another one."""
    path = lines(tmp_path / "a.jsonl", *_LINES)
    first = await bring(service, path, tmp_path)
    second = await bring(
        service, lines(tmp_path / "b.jsonl", *reversed(_LINES)), tmp_path, scope=ANNA
    )
    assert first.checks["memories"].sum_taken == second.checks["memories"].sum_taken
    text = "The tent is in the loft"
    assert first.checks["memories"].sum_found == sum(
        int(hashlib.md5(one.encode()).hexdigest(), 16)
        for one in (text, "The stove is there, too")
    ) % (1 << 128)
