"""Documents in an archive: with names, versions, words and vectors, and without their files."""

import asyncio
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.ai_memory.memory.archives.merge import Merge
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    Change,
    Document,
    DocumentName,
    DocumentState,
    Scope,
    Subject,
    Verb,
)
from custom_components.ai_memory.postgres.database import MAINTENANCE
from custom_components.ai_memory.postgres.response_cache import drop_answers
from tests.databases import FreshDatabase
from tests.documents_support import folder, found, synced, write
from tests.engine import ANNA, BEN, HOUSEHOLD, running, settled
from tests.memory.archives import (
    Home,
    bring,
    contents,
    forged,
    home,
    lines_of,
    members_of,
    service,
    with_lines,
)

__all__ = ["home", "service"]

BOILER = b"# Boiler\n\nThe boiler is vented with a brass key."
RULES = "Shoes stand in the rack.The gate code is \N{BULLET}\N{BULLET}\N{BULLET}."
NEW_MEMBERS = ("documents", "document_names", "document_versions")
NEW_COLUMNS = {
    "collections": ("description", "summary_by", "summary_passages"),
    "passages": ("document", "position", "page", "heading"),
}


async def titled(
    service: MemoryService, title: str, scope: Scope = HOUSEHOLD, **options: Any
) -> Document:
    """Return the only document that is called so."""
    [document] = [
        one
        for one in await service.documents.list(scope, **options)
        if one.title == title
    ]
    return document


def changed(
    home: Home, name: str, member: str, title: str | None = None, **columns: Any
) -> str:
    """Write an archive in which rows of a member are different; return its name."""
    members = members_of(home.path)
    rows = lines_of(members, member)
    for row in rows:
        if title is None or row["title"] == title:
            row.update(columns)
    forged(with_lines(members, member, rows), home.folder / name)
    return name


def as_version_1(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members as they were before there were documents."""
    chunks = {row["id"] for row in lines_of(members, "passages") if row["document"]}
    for member, key in (("passages", "id"), ("context_references", "passage")):
        members = with_lines(
            members,
            member,
            [row for row in lines_of(members, member) if row[key] not in chunks],
        )
    for member, columns in NEW_COLUMNS.items():
        members = with_lines(
            members,
            member,
            [
                {name: value for name, value in row.items() if name not in columns}
                for row in lines_of(members, member)
            ],
        )
    manifest = json.loads(members["manifest.json"]) | {"version": 1}
    for member in NEW_MEMBERS:
        del members[f"{member}.jsonl"], manifest["members"][f"{member}.jsonl"]
    return {**members, "manifest.json": json.dumps(manifest).encode()}


async def test_archive_of_before_there_were_documents(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    forged(as_version_1(members_of(home.path)), home.folder / "old.zip")
    imported = await bring(service, home, "old.zip")
    assert imported.added == {
        "conversations": 4,
        "turns": 5,
        "memories": 4,
        "documents": 0,
        "preferences": 3,
        "feedback": 5,
    }
    now = await contents(database)
    for table in ("turns", "messages", "memories", "preferences", "feedback", "tags"):
        assert now[table] == home.contents[table]
    for table in (*NEW_MEMBERS, "chunks"):
        assert not now[table]
    # What it lacked comes with a newer one.
    again = await bring(service, home)
    assert {name for name, number in again.added.items() if number} == {"documents"}
    assert (await contents(database))["chunks"] == home.contents["chunks"]
    [shelf] = [
        one
        for one in await service.collections.list(HOUSEHOLD)
        if one.name == "memories"
    ]
    assert shelf.description == "Of all"


async def test_archive_that_does_not_tell_who_deleted_a_document(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    """What was in the bin while its file stood in a folder was put there by a person."""
    members = members_of(home.path)
    documents = lines_of(members, "documents")
    assert {row.pop("put_away") for row in documents} == {False, True}
    members = with_lines(members, "documents", documents)
    manifest = json.loads(members["manifest.json"]) | {"version": 2}
    members["manifest.json"] = json.dumps(manifest).encode()
    forged(members, home.folder / "untold.zip")
    await bring(service, home, "untold.zip")
    assert (await contents(database))["documents"] == home.contents["documents"]


async def test_found_at_once_and_what_is_in_the_bin_is_not(
    home: Home, service: MemoryService
) -> None:
    await bring(service, home)
    assert await found(service, "brass") == {"Boiler"}
    assert await found(service, "Marmalade", ANNA) == {"Diary"}
    assert await found(service, "Marmalade", BEN) == set()
    assert await found(service, "Pickle", ANNA) == set()
    old = await titled(service, "Old diary", ANNA, deleted=True)
    await service.documents.restore(ANNA, old.id)
    assert await found(service, "Pickle", ANNA) == {"Old diary"}
    rules = await titled(service, "House rules")
    assert len(await service.documents.versions(HOUSEHOLD, rules.id)) == 2
    assert [hit.document.page for hit in await service.memories.recall(HOUSEHOLD, "rack") if hit.document] == [7]  # fmt: skip


async def test_same_content_is_one_document(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    mine = {}
    for scope, title, content in (
        (HOUSEHOLD, "Boiler", BOILER),
        (HOUSEHOLD, "House rules", RULES.encode()),
        (ANNA, "Old diary", b"# Old diary\n\nAnna wrote of a pickle jar."),
    ):
        mine[title], _ = await service.documents.add(
            scope, content, "mine.md", title=title, wait=True
        )
    imported = await bring(service, home)
    assert (imported.added["documents"], imported.already_there["documents"]) == (4, 3)
    # What stands in a folder here, the folder itself tells.
    for title, names in (
        ("Boiler", {"mine.md", "boiler.md", "heating.md"}),
        ("House rules", {"mine.md"}),
        ("Old diary", {"mine.md", "old diary.md"}),
    ):
        merged = await titled(service, title, ANNA)
        assert (merged.id, merged.original) == (mine[title].id, mine[title].original)
        assert {name.path for name in merged.names} == names
    same = "SELECT count(*) FROM ai_memory.passages WHERE text LIKE '%brass key%'"
    assert database.execute(same) == "1"
    # It is still known which replies rest on it.
    assert (
        database.execute(
            "SELECT count(*) FROM ai_memory.context_references r"
            " JOIN ai_memory.passages p ON p.id = r.passage_id JOIN ai_memory.chunks c ON c.id = p.chunk_id"
            f" WHERE c.document_id = '{mine['Boiler'].id}'"
        )
        == "5"
    )
    assert not any((await bring(service, home)).added.values())


async def test_what_is_in_the_bin_here_stays_there(
    home: Home, service: MemoryService
) -> None:
    mine, _ = await service.documents.add(HOUSEHOLD, BOILER, "mine.md", wait=True)
    await service.documents.delete(HOUSEHOLD, mine.id)
    assert (await bring(service, home)).already_there["documents"] == 1
    assert await found(service, "brass") == set()
    rules = await titled(service, "House rules")
    await service.documents.delete(HOUSEHOLD, rules.id)
    assert (await bring(service, home)).already_there["documents"] == 7
    assert await found(service, "Shoes") == set()


async def test_two_persons_become_one(home: Home, service: MemoryService) -> None:
    members = members_of(home.path)
    documents = lines_of(members, "documents")
    for row in documents:
        row["sha256"] = "ab" * 32
    documents[0]["deleted_at"] = documents[0]["updated_at"]
    forged(with_lines(members, "documents", documents), home.folder / "two.zip")
    imported = await bring(
        service,
        home,
        "two.zip",
        people={"Anna": HOUSEHOLD.owner, "Ben": HOUSEHOLD.owner},
    )
    # Those that are not in the bin are the same, whoever's they were; the three others stay apart.
    assert (imported.added["documents"], imported.already_there["documents"]) == (4, 3)


async def test_without_the_files(
    home: Home, database: FreshDatabase, tmp_path: Path
) -> None:
    """On a machine that has neither the uploads nor the folder; then the folder comes."""
    async with running(database.settings) as service:
        name = changed(home, "waits.zip", "documents", "Boiler", state="waiting")
        imported = await bring(service, home, name)
        # What was erased keeps its file from coming back, should there be one some day.
        assert imported.added["documents"] == 7
        boiler = await titled(service, "Boiler")
        assert (boiler.state, boiler.original) == (DocumentState.READY, None)
        rules = await titled(service, "House rules")
        assert rules.names == []
        assert await found(service, "Shoes") == {"House rules"}
    path = tmp_path / "manuals"
    file = write(path / "rules.md", RULES)
    async with running(
        database.settings, folders=[folder(path, id="another")]
    ) as service:
        await synced(service)
        again = await titled(service, "House rules")
        assert (again.id, again.names) == (
            rules.id,
            [DocumentName("another", "rules.md")],
        )
        file.unlink()
        write(path / "other.md", "Something else")
        await synced(service)
        assert await found(service, "Shoes") == set()


async def test_what_was_erased_long_ago_waits_for_its_folder(
    home: Home, database: FreshDatabase, tmp_path: Path
) -> None:
    """Its file has been away since the archive came."""
    long_ago = "2020-01-02T03:04:05+00:00"
    name = changed(
        home, "old.zip", "documents", "-", updated_at=long_ago, deleted_at=long_ago
    )
    async with running(database.settings) as service:
        await bring(service, home, name)
        await service.run_maintenance()
    path = tmp_path / "manuals"
    write(path / "letter.md", "Dear all, goodbye.")
    write(path / "rules.md", RULES)
    async with running(
        database.settings, folders=[folder(path, id="another")]
    ) as service:
        await synced(service)
        assert await found(service, "Shoes") == {"House rules"}
        assert await found(service, "goodbye") == set()


async def test_file_that_was_never_read_stays_behind(
    home: Home, database: FreshDatabase
) -> None:
    """It is told of again where it is; here nobody could say which it was, nor take it away."""
    name = changed(
        home,
        "never.zip",
        "documents",
        "House rules",
        sha256=None,
        state="failed",
        problem="too_large",
    )
    async with running(database.settings) as service:
        await bring(service, home, name)
        documents = await service.documents.list(HOUSEHOLD)
    titles = {document.title for document in documents}
    assert "House rules" not in titles
    assert "Boiler" in titles


async def test_files_that_are_gone_here(
    home: Home, database: FreshDatabase, tmp_path: Path
) -> None:
    """The folder is watched here: what is not in it any more goes at once, what is stays as it was read."""
    path = tmp_path / "manuals"
    write(path / "house" / "another.md", "Something else")
    async with running(database.settings, folders=[folder(path)]) as service:
        await synced(service)
        await bring(service, home)
        await settled(service)
        assert await found(service, "Shoes") == set()
        gone = await titled(service, "House rules", deleted=True)
        write(path / "house" / "rules.md", RULES)
        await synced(service)
        assert await found(service, "Shoes") == {"House rules"}
        assert (await titled(service, "House rules")).id == gone.id


async def test_upload_that_was_never_read(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    """Where its file is, it is read; where it is not, that is said."""
    members = members_of(home.path)
    passages = lines_of(members, "passages")
    members = with_lines(
        members, "passages", [row for row in passages if not row["document"]]
    )
    documents = lines_of(members, "documents")
    for row in documents:
        if row["original"] and not row["deleted_at"]:
            row["state"] = "waiting"
        if row["title"] == "Diary":
            row["original"] = "2026/11/20/diary_nowhere.md"
    members = with_lines(members, "documents", documents)
    used = lines_of(members, "context_references")
    kept = {row["id"] for row in passages if not row["document"]}
    members = with_lines(
        members, "context_references", [row for row in used if row["passage"] in kept]
    )
    forged(members, home.folder / "unread.zip")
    await bring(service, home, "unread.zip")
    await settled(service)
    assert await found(service, "brass") == {"Boiler"}
    diary = await titled(service, "Diary", ANNA)
    assert (diary.state, diary.problem) == (DocumentState.FAILED, "unreadable")


async def test_no_other_file_becomes_an_original(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    mine, _ = await service.documents.add(ANNA, b"Anna's own", "own.md", wait=True)
    originals = [mine.original, "../../../etc/passwd", "/etc/passwd", "a\0b"]
    members = members_of(home.path)
    documents = lines_of(members, "documents")
    uploads = [row for row in documents if row["original"]]
    for row, original in zip(uploads, originals, strict=True):
        row["original"] = original
    forged(with_lines(members, "documents", documents), home.folder / "tricky.zip")
    await bring(service, home, "tricky.zip")
    kept = "SELECT id FROM ai_memory.documents WHERE original IS NOT NULL"
    assert database.execute(kept) == str(mine.id)


async def deleted_and_read_anew(
    service: MemoryService, database: FreshDatabase, path: Path
) -> Document:
    """Archive a document that a person deleted; return what its folder reads, with nothing known of that."""
    write(path / "manuals" / "pump.md", "# Pump\n\nThe pump is drained with a hose.")
    await synced(service)
    await service.memories.remember(HOUSEHOLD, "The hose hangs in the shed")
    pump = await titled(service, "Pump")
    await service.documents.delete(HOUSEHOLD, pump.id)
    await settled(service)
    await service.archive.export_all(
        path, name_of=lambda scope: None, file_name="all.zip"
    )
    for table in ("documents", "memories", "session_cuts"):
        database.execute(f"DELETE FROM ai_memory.{table}")
    await synced(service)
    anew = await titled(service, "Pump")
    assert anew.id != pump.id
    return anew


async def test_what_gives_way_is_told(database: FreshDatabase, tmp_path: Path) -> None:
    """Sessions and open chats that quote it do not go on."""
    cuts = "SELECT owner FROM ai_memory.session_cuts"
    async with running(
        database.settings, folders=[folder(tmp_path / "manuals")]
    ) as service:
        pump = await deleted_and_read_anew(service, database, tmp_path)
        heard: list[Change] = []
        service.changes.subscribe(heard.append)
        before = datetime.now(UTC)
        counted = await service.archive.import_all(tmp_path, "all.zip", dry_run=True)
        assert (counted.added["documents"], counted.removed) == (1, 1)
        assert await found(service, "drained") == {"Pump"}
        assert not heard
        assert not database.execute(cuts)
        imported = await service.archive.import_all(tmp_path, "all.zip")
        assert (imported.added["documents"], imported.removed) == (1, 1)
        owner = HOUSEHOLD.owner
        gone = Change(Subject.DOCUMENT, Verb.REMOVED, owner, (str(pump.id),))
        assert [change for change in heard if change.verb is Verb.REMOVED] == [gone]
        assert service.recent.is_cleared_since(owner, before)
        assert database.execute(cuts) == owner
        assert await found(service, "drained") == set()
        again = await service.archive.import_all(tmp_path, "all.zip")
        assert (again.added["documents"], again.removed) == (0, 0)


async def test_what_gives_way_holds_up_nothing_that_is_deleted_meanwhile(
    database: FreshDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever deletes marks a shelf first, and lets answers go at the end: so does an import."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    reached, over = asyncio.Event(), asyncio.Event()
    end = Merge.end

    async def pause(merge: Merge) -> None:
        reached.set()
        await over.wait()
        await end(merge)

    monkeypatch.setattr(Merge, "end", pause)
    async with running(
        database.settings, folders=[folder(tmp_path / "manuals")]
    ) as service:
        await deleted_and_read_anew(service, database, tmp_path)
        importing = asyncio.create_task(service.archive.import_all(tmp_path, "all.zip"))
        await reached.wait()
        async with service.store.database.transaction(MAINTENANCE) as deleting:
            await deleting.execute(
                "UPDATE collections SET version = nextval('knowledge_version') WHERE name = 'memories'"
            )
            over.set()
            while not importing.done() and database.execute(waiting) == "0":
                await asyncio.sleep(0.01)
            await drop_answers(deleting, {HOUSEHOLD.owner})
        assert (await importing).removed == 1
