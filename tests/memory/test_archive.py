"""One archive of everything: what goes out comes back, all of it or nothing."""

import asyncio
from datetime import UTC, datetime
import errno
import json
import os
from pathlib import Path
import re
import stat
import threading
from typing import Any

import pytest

from custom_components.ai_memory.errors import DatabaseUnreachable, InvalidInput
from custom_components.ai_memory.memory.archives.file import ArchiveWriter
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Change, PassageKind, Subject
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, ollama, running, settled, turn
from tests.memory.archives import (
    Home,
    at_home,
    bring,
    contents,
    forged,
    home,
    lines_of,
    members_of,
    name_of,
    service,
    with_lines,
)
from tests.pgbouncer import needs_pgbouncer, pgbouncer

__all__ = ["home", "service"]


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


# --- out and in


async def test_everything_comes_back(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    # Nothing makes vectors here: they came along.
    imported = await bring(service, home)
    assert await contents(database) == home.contents
    assert not any(imported.already_there.values())
    assert not imported.left_out
    assert not imported.masked


async def test_home_has_everything(home: Home) -> None:
    for table, rows in home.contents.items():
        assert rows, f"no row in {table}"
        values: dict[str, Any] = {}
        for row in rows:
            values |= {name: v for name, v in json.loads(row).items() if v is not None}
        assert values.keys() == json.loads(rows[0]).keys(), f"empty columns in {table}"


async def test_vectors_are_used_again(
    home: Home, database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    async with running(database.settings, ollama(ollama_server)) as service:
        await service.memories.remember(HOUSEHOLD, "Something else")
        await settled(service)
        ollama_server.requests.clear()
        await bring(service, home)
        await settled(service)
        asked = {
            text for request in ollama_server.requests for text in request.json["input"]
        }
        assert not asked & {
            "\n".join(filter(None, (row["heading"], row["text"])))
            for row in lines_of(members_of(home.path), "passages")
        }
        found = await service.memories.recall(ANNA, "sweets hidden in the library")
        assert found[0].text == "Anna hides chocolate behind the books"
        assert found[0].cosine


async def test_second_import_changes_nothing(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    await bring(service, home)
    before = database.execute("SELECT * FROM ai_memory.collections ORDER BY id")
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    again = await bring(service, home, overwrite=True)
    assert not any(again.added.values())
    assert sum(again.already_there.values()) > 10
    assert await contents(database) == home.contents
    assert database.execute("SELECT * FROM ai_memory.collections ORDER BY id") == before
    assert not heard


async def test_dry_run_only_counts(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    before = await contents(database)
    counted = await bring(service, home, dry_run=True)
    assert await contents(database) == before
    assert counted == await bring(service, home)
    assert counted.added == {
        "conversations": 4,
        "turns": 5,
        "memories": 4,
        "documents": 7,
        "preferences": 3,
        "feedback": 5,
    }


async def test_what_came_is_in_use(home: Home, service: MemoryService) -> None:
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    await bring(service, home)
    assert {(change.subject, change.owner) for change in heard} == {
        (Subject.CONVERSATION, HOUSEHOLD.owner),
        (Subject.CONVERSATION, ANNA.owner),
        (Subject.CONVERSATION, BEN.owner),
        (Subject.MEMORY, HOUSEHOLD.owner),
        (Subject.MEMORY, ANNA.owner),
        (Subject.MEMORY, BEN.owner),
        (Subject.DOCUMENT, HOUSEHOLD.owner),
        (Subject.DOCUMENT, ANNA.owner),
        (Subject.DOCUMENT, BEN.owner),
        (Subject.ALIAS, ANNA.owner),
        (Subject.PREFERENCE, HOUSEHOLD.owner),
        (Subject.FEEDBACK, HOUSEHOLD.owner),
        (Subject.FEEDBACK, ANNA.owner),
        (Subject.FEEDBACK, BEN.owner),
    }
    assert service.preferences.alias_count == 1
    found = await service.memories.recall(BEN, "Fahrräder", language="de")
    assert {one.kind for one in found} == {PassageKind.MEMORY, PassageKind.CHUNK}
    assert {one.owner for one in found} == {BEN.owner}


# --- into what is there


async def test_merge(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    key = "light.scene"
    await service.preferences.set(HOUSEHOLD, key, "mine")
    memory, _ = await service.memories.remember(
        HOUSEHOLD,
        "The spare key is under the blue flower pot",
        place="area:garden",
        tags=["mine"],
        confidence=0.5,
    )
    other, _ = await service.memories.remember(
        HOUSEHOLD, "The spare key is under the blue flower pot"
    )
    mine = turn("We painted the fence green today", conversation_id="talk")
    await service.record(mine)
    await settled(service)
    version = "SELECT version FROM ai_memory.collections WHERE owner = 'household' AND name = 'conversations'"
    before = database.execute(version)
    imported = await bring(service, home)
    assert imported.already_there == {
        "conversations": 1,
        "turns": 0,
        "memories": 1,
        "preferences": 1,
        "feedback": 0,
    }
    merged = await service.memories.get(HOUSEHOLD, memory.id)
    assert merged.tags == ["garden", "keys", "mine"]
    assert merged.source == "Grandma"
    assert merged.confidence == pytest.approx(0.8)
    assert (await service.memories.get(HOUSEHOLD, other.id)) == other
    assert (
        database.execute(
            "SELECT count(*) FROM ai_memory.turns t JOIN ai_memory.conversations c"
            " ON c.id = t.conversation_id WHERE session_id = 'talk' AND c.owner = 'household'"
        )
        == "4"
    )
    stored = await service.preferences.get(HOUSEHOLD, key)
    assert stored
    assert stored.value == "mine"
    assert database.execute(version) != before
    again = await bring(service, home, overwrite=True)
    assert again.added["preferences"] == 1
    stored = await service.preferences.get(HOUSEHOLD, key)
    assert stored
    assert stored.value == {"a": [1.5, "ü", True]}


async def test_turns_that_moved_leave_no_empty_conversation(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    await bring(service, home)
    database.execute(
        "UPDATE ai_memory.conversations SET owner = 'person:carl' WHERE owner = 'person:ben'"
    )
    imported = await bring(service, home)
    assert not any(imported.added.values())
    assert imported.already_there["conversations"] == 4


async def test_turns_in_the_bin_stay_there(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    await bring(service, home)
    database.execute("UPDATE ai_memory.conversations SET deleted_at = now()")
    before = await contents(database)
    assert not any((await bring(service, home)).added.values())
    assert await contents(database) == before


@pytest.mark.parametrize("named", ["Anna", "ANNA", "anna", "person:anna"])
async def test_people_become_others(
    home: Home, service: MemoryService, database: FreshDatabase, named: str
) -> None:
    await service.memories.remember(BEN, "Anna hides chocolate behind the books")
    imported = await bring(service, home, people={named: BEN.owner})
    assert imported.owners == {
        HOUSEHOLD.owner: HOUSEHOLD.owner,
        ANNA.owner: BEN.owner,
        BEN.owner: BEN.owner,
    }
    assert imported.already_there["memories"] == 1
    assert "person:anna" not in str(await contents(database))
    bens = [one for one in await service.memories.list(BEN) if one.owner == BEN.owner]
    assert len(bens) == 3


async def test_two_become_one(home: Home, service: MemoryService) -> None:
    members = members_of(home.path)
    memories = lines_of(members, "memories")
    [chocolate] = [row for row in memories if "chocolate" in row["content"]]
    bens = {**chocolate, "id": memories[-1]["id"] + 1, "owner": BEN.owner}
    forged(with_lines(members, "memories", [*memories, bens]), home.folder / "two.zip")
    imported = await bring(
        service, home, "two.zip", people={"Anna": BEN.owner, "Ben": BEN.owner}
    )
    assert (imported.added["memories"], imported.already_there["memories"]) == (4, 1)


async def test_writing_goes_on_meanwhile(home: Home, service: MemoryService) -> None:
    await service.memories.remember(HOUSEHOLD, "The shelf is there")
    moment = datetime.now(UTC)
    async with service.store.archive.merging(keep=True) as into:
        await into.collections(
            [
                {
                    "owner": HOUSEHOLD.owner,
                    "name": "memories",
                    "description": None,
                    "summary": "House",
                    "summary_by": None,
                    "summary_passages": None,
                }
            ]
        )
        placed = await into.memories(
            [
                {
                    "id": 1,
                    "owner": HOUSEHOLD.owner,
                    "collection": "memories",
                    "content": "The fence is green",
                    "language": "en",
                    "source": None,
                    "tags": [],
                    "confidence": 1.0,
                    "turn": None,
                    "created_at": moment,
                    "updated_at": moment,
                    "place": None,
                    "status": "accepted",
                }
            ]
        )
        await into.passages(
            [
                {
                    "id": 1,
                    "memory": placed[1].id,
                    "turn": None,
                    "document": None,
                    "speaker": None,
                    "created_at": moment,
                    "hidden": False,
                    "embeddings": {},
                }
            ],
            {},
        )
        # It would wait for the shelf until the command times out.
        await service.memories.remember(HOUSEHOLD, "The gate is red")
    assert len(await service.memories.recall(HOUSEHOLD, "green red shelf")) == 3


# --- one person's


async def test_one_persons_archive_is_theirs_alone(
    home: Home, service: MemoryService, tmp_path: Path
) -> None:
    async with running(home.database.settings) as source:
        exported = await source.archive.export_all(
            tmp_path, name_of=name_of, scope=ANNA
        )
    members = members_of(exported.path)
    everything = b"".join(members.values()).decode()
    assert "chocolate" in everything
    assert json.loads(members["manifest.json"])["owners"] == [
        {"owner": ANNA.owner, "name": "Anna"}
    ]
    for told in (
        "flower pot",
        "Fahrrad",
        "geölt",
        "brass key",
        "boiler",
        "rules.md",
        "light.scene",
        '"household"',
        "person:ben",
    ):
        assert told not in everything
    imported = await service.archive.import_all(tmp_path, exported.path.name)
    assert imported.added == {
        "conversations": 1,
        "turns": 1,
        "memories": 2,
        "documents": 2,
        "preferences": 1,
        "feedback": 1,
    }


# --- the file


async def test_file_is_private_and_never_replaced(
    service: MemoryService, tmp_path: Path
) -> None:
    exported = await service.archive.export_all(
        tmp_path / "new", name_of=name_of, file_name="mine.zip"
    )
    assert exported.path == tmp_path / "new" / "mine.zip"
    assert stat.S_IMODE(exported.path.stat().st_mode) == 0o600
    assert exported.size == exported.path.stat().st_size
    content = exported.path.read_bytes()
    with pytest.raises(InvalidInput) as failure:
        await service.archive.export_all(
            tmp_path / "new", name_of=name_of, file_name="mine.zip"
        )
    assert failure.value.key == "archive_file_exists"
    assert exported.path.read_bytes() == content
    named = [
        (await service.archive.export_all(tmp_path, name_of=name_of)).path.name
        for _ in range(2)
    ]
    assert re.fullmatch(r"ai-memory-\d{8}T\d{9}Z\.zip", named[0])
    assert named[0] != named[1]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".zip",
        ".hidden.zip",
        "../up.zip",
        "/etc/passwd.zip",
        "a/b.zip",
        "a\\b.zip",
        "a\0.zip",
        "a\n.zip",
        "archive.tar",
        "a.zip ",
        "x" * 300 + ".zip",
        "ü" * 150 + ".zip",
        "~.zip",
    ],
)
async def test_other_file_names_are_refused(service: MemoryService, name: str) -> None:
    folder = Path("/nowhere")
    for act in (
        service.archive.export_all(folder, name_of=name_of, file_name=name),
        service.archive.import_all(folder, name),
    ):
        with pytest.raises(InvalidInput) as failure:
            await act
        assert failure.value.key == "archive_file_name_invalid"


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "archive_disk_full"),
        (errno.EDQUOT, "archive_disk_full"),
        (errno.EIO, "archive_not_written"),
    ],
)
async def test_nothing_is_left_of_what_could_not_be_written(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    written = ArchiveWriter._write

    def write(writer: ArchiveWriter, member: str, rows: Any) -> None:
        if member == "memories":
            raise OSError(number, os.strerror(number))
        written(writer, member, rows)

    monkeypatch.setattr(ArchiveWriter, "_write", write)
    async with running(home.database.settings) as service:
        with pytest.raises(InvalidInput) as failure:
            await service.archive.export_all(tmp_path, name_of=name_of)
    assert failure.value.key == key
    assert not files_in(tmp_path)


async def test_nothing_is_left_of_what_was_cancelled(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    written = ArchiveWriter._write

    def write(writer: ArchiveWriter, member: str, rows: Any) -> None:
        reached.set()
        assert go_on.wait(30)
        written(writer, member, rows)

    monkeypatch.setattr(ArchiveWriter, "_write", write)
    async with running(home.database.settings) as service:
        task = asyncio.create_task(
            service.archive.export_all(tmp_path, name_of=name_of)
        )
        assert await asyncio.to_thread(reached.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not files_in(tmp_path)


async def test_database_that_goes_leaves_no_file(home: Home, tmp_path: Path) -> None:
    async with running(home.database.settings) as service:
        await service.store.database.close()
        with pytest.raises(DatabaseUnreachable):
            await service.archive.export_all(tmp_path, name_of=name_of)
    assert not files_in(tmp_path)


# --- secrets


async def test_secrets_stay_outside(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    secret = "My password is Sommer2024!"
    members = members_of(home.path)
    memories = lines_of(members, "memories")
    memories[0]["content"] = secret
    members = with_lines(members, "memories", memories)
    turns = lines_of(members, "turns")
    for row in turns:
        row["text"] = row["reply"] = secret
    members = with_lines(members, "turns", turns)
    messages = lines_of(members, "messages")
    for row in messages:
        row["content"] = (
            secret if row["role"] != "tool_result" else '{"password": "Sommer2024!"}'
        )
        row["thinking"] = secret
        row["tool_calls"] = [{"tool_args": {"password": "Sommer2024!"}}]
    members = with_lines(members, "messages", messages)
    tools = lines_of(members, "tool_executions")
    for row in tools:
        row["arguments"] = row["result"] = {"password": "Sommer2024!"}
    members = with_lines(members, "tool_executions", tools)
    for member, column in (
        ("passages", "text"),
        ("context_references", "snippet"),
        ("feedback", "comment"),
        ("feedback", "correction"),
        ("conversations", "title"),
        ("conversations", "summary"),
        ("collections", "summary"),
        ("collections", "description"),
        ("documents", "title"),
    ):
        rows = lines_of(members, member)
        for row in rows:
            row[column] = secret
        members = with_lines(members, member, rows)
    passages = lines_of(members, "passages")
    for row in passages:
        if row["document"]:
            row |= {"heading": "Wi-Fi password", "text": "Sommer2024!"}
    members = with_lines(members, "passages", passages)
    preferences = lines_of(members, "preferences")
    preferences[1] |= {"key": "wifi.password", "value": "Sommer2024!"}
    members = with_lines(members, "preferences", preferences)
    forged(members, home.folder / "secrets.zip")
    imported = await bring(service, home, "secrets.zip")
    assert imported.left_out == {"memories": 1, "preferences": 1}
    assert imported.masked > 20
    found = await contents(database)
    assert "Sommer2024" not in str(found)
    assert len(found["turns"]) == 5
    # Vectors of the words that were masked are none of the words that are left.
    assert len(found["embeddings"]) == 3
    noted = database.execute(
        "SELECT DISTINCT owner FROM ai_memory.dropped_secrets WHERE source = 'archive'"
    )
    assert sorted(noted.splitlines()) == ["household", "person:anna", "person:ben"]


@needs_pgbouncer
async def test_through_a_pooler(
    home: Home, database: FreshDatabase, tmp_path: Path
) -> None:
    """Where every transaction may have another session, and no prepared statement stays."""
    with pgbouncer(database.server) as port:

        def through(there: FreshDatabase) -> ConnectionSettings:
            dsn = there.dsn.replace(str(there.server.port), str(port))
            return ConnectionSettings(dsn=dsn)

        async with running(through(home.database)) as source:
            await source.archive.export_all(
                tmp_path, name_of=name_of, file_name="home.zip"
            )
        async with at_home(through(database), home) as target:
            assert target.store.database.info
            assert target.store.database.info.behind_pooler
            await bring(target, Home(home.database, tmp_path))
    assert await contents(database) == home.contents
