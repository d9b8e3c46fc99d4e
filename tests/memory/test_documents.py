"""Uploads: taken in, read, found, put into the bin, restored, erased."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
from typing import Any
from uuid import uuid7

import pytest

from custom_components.ai_memory.documents.formats.content import Limits
from custom_components.ai_memory.documents.reader import ReaderUnavailable
from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    Change,
    DocumentName,
    DocumentState,
    Subject,
    Verb,
)
from custom_components.ai_memory.postgres.chunks import Reading
from custom_components.ai_memory.postgres.documents import DocumentRepository
from tests.databases import FreshDatabase
from tests.documents_support import (
    count,
    folder,
    found,
    move,
    passages,
    refused,
    synced,
    text,
    write,
)
from tests.engine import ANNA, BEN, HOUSEHOLD, answered, look_up, running, settled
from tests.traces import tables_with

BOILER = text("boiler").encode()


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    return tmp_path / "originals"


@pytest.fixture
async def service(
    emptied_database: FreshDatabase, originals: Path
) -> AsyncGenerator[MemoryService]:
    async with running(emptied_database.settings, originals=originals) as service:
        yield service


def kept(originals: Path) -> tuple[int, int]:
    """Return how many files there are, and how many of them are in the bin."""
    files = [path for path in originals.rglob("*") if path.is_file()]
    return len(files), sum("bin" in path.parts for path in files)


async def test_upload_is_read_and_found(
    service: MemoryService, emptied_database: FreshDatabase, originals: Path
) -> None:
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    document, is_new = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md")
    assert (is_new, document.title, document.format) == (True, "boiler", "md")
    assert kept(originals) == (1, 0)
    await settled(service)
    document = await service.documents.get(HOUSEHOLD, document.id)
    assert (document.state, document.title) == (DocumentState.READY, "About the boiler")
    assert document.names == [DocumentName(None, "boiler.md")]
    assert (document.bytes, document.language) == (len(BOILER), "en")
    assert await found(service, "boiler setting") == {"About the boiler"}
    assert [(change.subject, change.verb) for change in heard] == [
        (Subject.DOCUMENT, Verb.ADDED),
        (Subject.DOCUMENT, Verb.ADDED),
    ]

    # The same once more is the same, with one more name.
    again, is_new = await service.documents.add(HOUSEHOLD, BOILER, "heating.md")
    assert (again.id, is_new, len(again.names)) == (document.id, False, 2)
    again, _ = await service.documents.add(HOUSEHOLD, BOILER, "heating.md")
    assert len(again.names) == 2
    assert kept(originals) == (1, 0)
    # On another shelf, or somebody else's, it is another one.
    await service.documents.add(HOUSEHOLD, BOILER, "b.md", collection="cellar")
    await service.documents.add(ANNA, BOILER, "b.md", wait=True)
    assert count(emptied_database, "documents") == [3]

    # A title that was given stays, and the words of a path are in no way different.
    path = write(originals.parent / "oven.txt", text("oven"))
    oven, _ = await service.documents.add(
        HOUSEHOLD, path, path.name, title="Grandma's  oven", wait=True
    )
    assert (oven.title, oven.state) == ("Grandma's oven", DocumentState.READY)
    assert path.exists()


async def test_refused(service: MemoryService, originals: Path) -> None:
    sources: list[tuple[Path | bytes, str, str]] = [
        (b"MZ", "virus.exe", "document_unsupported"),
        (b"text", "nothing", "document_unsupported"),
        (b"", "empty.md", "document_empty"),
        (b" " * (Limits().bytes + 1), "large.txt", "document_too_large"),
        (Path("/nowhere/file.md"), "file.md", "document_unreadable"),
        (b"text", " ", "text_empty"),
    ]
    for source, name, key in sources:
        with refused(key):
            await service.documents.add(HOUSEHOLD, source, name)
    assert await service.documents.list(HOUSEHOLD) == []
    assert kept(originals) == (0, 0)


async def test_what_cannot_be_read_says_why(
    service: MemoryService, emptied_database: FreshDatabase, originals: Path
) -> None:
    broken, _ = await service.documents.add(
        HOUSEHOLD, b"%PDF-1.4 broken", "broken.pdf", wait=True
    )
    assert (broken.state, broken.problem) == (DocumentState.FAILED, "broken")
    assert await service.documents.list(HOUSEHOLD, state=DocumentState.READY) == []
    assert (await service.documents.read_again(HOUSEHOLD, broken.id)).state is (
        DocumentState.WAITING
    )
    await settled(service)
    # Given again it is tried again, with the file as it is given.
    original = service.documents._originals.path(broken.original or "")
    original.unlink()
    again, is_new = await service.documents.add(
        HOUSEHOLD, b"%PDF-1.4 broken", "broken.pdf", wait=True
    )
    assert (again.id, again.problem, is_new) == (broken.id, "broken", False)
    assert kept(originals) == (1, 0)
    (broken,) = await service.documents.list(HOUSEHOLD, state=DocumentState.FAILED)
    assert broken.problem == "broken"
    assert count(emptied_database, "chunks", "document_versions") == [0, 0]


async def test_bin(
    service: MemoryService, emptied_database: FreshDatabase, originals: Path
) -> None:
    document, _ = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md", wait=True)
    await settled(service)
    before = passages(emptied_database)
    question = "How do I turn the boiler?"
    asked = await look_up(service, question)
    assert asked.context
    await answered(service, question, "With that key.", found=asked)
    assert (await look_up(service, question)).answer
    assert await service.store.maintenance.refresh_statistics(force=True)
    assert tables_with(emptied_database, "boiler").keys() >= {"lexeme_statistics"}
    with refused("document_not_deleted"):
        await service.documents.erase(HOUSEHOLD, document.id)

    deleted = await service.documents.delete(HOUSEHOLD, document.id)
    assert deleted.deleted_at
    assert kept(originals) == (1, 1)
    assert await found(service, "boiler setting") == set()
    assert (await look_up(service, question)).answer is None
    # Its text is kept, of what it was found by nothing is.
    assert (
        tables_with(emptied_database, "boiler")
        .keys()
        .isdisjoint({"lexeme_statistics", "passage_lexemes", "response_cache"})
    )
    assert await service.documents.list(HOUSEHOLD) == []
    assert (await service.documents.delete(HOUSEHOLD, document.id)) == deleted

    # The same file given again is the one in the bin.
    again, is_new = await service.documents.add(HOUSEHOLD, BOILER, "again.md")
    assert (again.id, is_new, again.deleted_at) == (document.id, False, None)
    assert kept(originals) == (1, 0)
    await service.documents.delete(HOUSEHOLD, document.id)
    restored = await service.documents.restore(HOUSEHOLD, document.id)
    assert restored.deleted_at is None
    assert await found(service, "boiler setting") == {"About the boiler"}
    assert passages(emptied_database) == before
    # Its words were taken off when it went.
    await service.store.maintenance.refresh_statistics()
    assert "lexeme_statistics" in tables_with(emptied_database, "boiler")
    assert kept(originals) == (1, 0)
    assert (await service.documents.restore(HOUSEHOLD, document.id)) == restored

    await service.documents.delete(HOUSEHOLD, document.id)
    await service.documents.erase(HOUSEHOLD, document.id)
    await settled(service)
    assert kept(originals) == (0, 0)
    assert (
        count(emptied_database, "documents", "chunks", "context_references") == [0] * 3
    )
    assert tables_with(emptied_database, "turned to the left").keys() == set()
    for call in (service.documents.get, service.documents.restore):
        with refused("document_unknown"):
            await call(HOUSEHOLD, document.id)


async def test_restored_beside_the_same(
    service: MemoryService, emptied_database: FreshDatabase, originals: Path
) -> None:
    first, _ = await service.documents.add(HOUSEHOLD, BOILER, "first.md", wait=True)
    await service.documents.delete(HOUSEHOLD, first.id)
    # As if it had come in between.
    emptied_database.execute(
        "UPDATE ai_memory.documents SET sha256 = sha256('other'::bytea)"
    )
    second, is_new = await service.documents.add(
        HOUSEHOLD, BOILER, "second.md", wait=True
    )
    assert is_new
    emptied_database.execute(
        "UPDATE ai_memory.documents SET sha256 = (SELECT sha256 FROM ai_memory.documents"
        " WHERE deleted_at IS NULL)"
    )
    restored = await service.documents.restore(HOUSEHOLD, first.id)
    assert restored.id == second.id
    assert {name.path for name in restored.names} == {"first.md", "second.md"}
    assert kept(originals) == (1, 0)
    assert count(emptied_database, "documents") == [1]


async def test_expired(
    service: MemoryService, emptied_database: FreshDatabase, originals: Path
) -> None:
    for scope in (HOUSEHOLD, ANNA):
        for name in ("old", "new"):
            document, _ = await service.documents.add(
                scope, f"{name} {scope.owner}".encode(), f"{name}.txt", wait=True
            )
            await service.documents.delete(scope, document.id)
    emptied_database.execute(
        "UPDATE ai_memory.documents SET deleted_at = now() - interval '31 days'"
        " WHERE title = 'old'"
    )
    before = datetime.now(UTC) - timedelta(days=30)
    assert await service.documents.expire(before) == 2
    assert await service.documents.expire(before) == 0
    assert kept(originals) == (2, 2)
    (left,) = await service.documents.list(HOUSEHOLD, deleted=True)
    assert left.title == "new"


async def test_nobody_else_has_it(service: MemoryService) -> None:
    hers, _ = await service.documents.add(ANNA, BOILER, "boiler.md", wait=True)
    assert await found(service, "boiler setting", ANNA) == {"About the boiler"}
    for scope in (BEN, HOUSEHOLD):
        assert await found(service, "boiler setting", scope) == set()
        assert await service.documents.list(scope) == []
        for call in (
            service.documents.get,
            service.documents.versions,
            service.documents.delete,
            service.documents.restore,
            service.documents.erase,
            service.documents.read_again,
        ):
            with refused("document_unknown"):
                await call(scope, hers.id)
    ours, _ = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md", wait=True)
    assert ours.id != hers.id
    # What is everybody's, anybody may put away.
    await service.documents.delete(BEN, ours.id)
    assert await found(service, "boiler setting", BEN) == set()
    assert await found(service, "boiler setting", ANNA) == {"About the boiler"}


async def test_list(service: MemoryService) -> None:
    ids = []
    for number in range(5):
        document, _ = await service.documents.add(
            HOUSEHOLD, f"Text {number}".encode(), f"Name{number}_%.txt"
        )
        ids.append(document.id)
    page = await service.documents.list(HOUSEHOLD, limit=3)
    assert [document.id for document in page] == ids[:1:-1]
    page = await service.documents.list(HOUSEHOLD, limit=3, before=page[-1].id)
    assert [document.id for document in page] == ids[1::-1]
    (only,) = await service.documents.list(HOUSEHOLD, text="nAME3_%")
    assert only.id == ids[3]
    assert await service.documents.list(HOUSEHOLD, collection="other") == []
    for limit in (0, 501):
        with refused("limit_invalid"):
            await service.documents.list(HOUSEHOLD, limit=limit)
    with refused("document_unknown"):
        await service.documents.get(HOUSEHOLD, uuid7())


async def test_reading_goes_on_where_it_stood(
    emptied_database: FreshDatabase, originals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(emptied_database.settings, originals=originals) as service:
        entered = asyncio.Event()

        async def hang(*arguments: Any, **options: Any) -> Any:
            entered.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(service._reading, "read", hang)
        document, _ = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md")
        await entered.wait()
        assert await found(service, "boiler setting") == set()
    async with running(emptied_database.settings, originals=originals) as service:
        await settled(service)
        assert (await service.documents.get(HOUSEHOLD, document.id)).state is (
            DocumentState.READY
        )
        assert await found(service, "boiler setting") == {"About the boiler"}


async def test_reading_outlasts_faults(
    service: MemoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write_it = service._reading.read, DocumentRepository.write
    faults: list[Exception] = [ReaderUnavailable("gone"), DatabaseUnreachable()]

    async def faulty_read(*arguments: Any, **options: Any) -> Any:
        if len(faults) == 2:
            raise faults.pop(0)
        return await read(*arguments, **options)

    async def faulty_write(*arguments: Any, **options: Any) -> Any:
        if faults:
            raise faults.pop(0)
        return await write_it(*arguments, **options)

    monkeypatch.setattr(service._reading, "read", faulty_read)
    monkeypatch.setattr(DocumentRepository, "write", faulty_write)
    document, _ = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md")
    await settled(service)
    assert not faults
    assert (await service.documents.get(HOUSEHOLD, document.id)).state is (
        DocumentState.READY
    )


async def test_deleted_while_it_is_read(
    service: MemoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = service._reading.read

    async def delete(*arguments: Any, **options: Any) -> Any:
        reading = await read(*arguments, **options)
        await service.documents.delete(HOUSEHOLD, document.id)
        return reading

    monkeypatch.setattr(service._reading, "read", delete)
    document, _ = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md")
    await settled(service)
    assert await found(service, "boiler setting") == set()
    monkeypatch.setattr(service._reading, "read", read)
    await service.documents.restore(HOUSEHOLD, document.id)
    await settled(service)
    assert await found(service, "boiler setting") == {"About the boiler"}


async def test_upload_of_what_is_in_a_folder(
    emptied_database: FreshDatabase, originals: Path
) -> None:
    path = write(originals.parent / "manuals/boiler.md", BOILER)
    async with running(
        emptied_database.settings,
        originals=originals,
        folders=[folder(path.parent)],
    ) as service:
        await settled(service)
        document, is_new = await service.documents.add(HOUSEHOLD, BOILER, "mine.md")
        assert (is_new, len(document.names), kept(originals)) == (False, 2, (1, 0))
        # It outlasts the file of the folder.
        path.unlink()
        await synced(service)
        (document,) = await service.documents.list(HOUSEHOLD)
        assert document.names == [DocumentName(None, "mine.md")]
        assert (await service.documents.read_again(HOUSEHOLD, document.id)).original
        await settled(service)
        assert await found(service, "boiler setting") == {"About the boiler"}


async def test_read_again(
    emptied_database: FreshDatabase, originals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(originals.parent / "manuals/boiler.md", BOILER)
    async with running(
        emptied_database.settings, originals=originals, folders=[folder(path.parent)]
    ) as service:
        await settled(service)
        upload, _ = await service.documents.add(
            HOUSEHOLD, text("oven").encode(), "oven.md", wait=True
        )
        before = passages(emptied_database)
        reads: list[str] = []
        read = service._reading.read

        async def counted(path: Path, **options: Any) -> Any:
            reads.append(options["name"])
            return await read(path, **options)

        monkeypatch.setattr(service._reading, "read", counted)
        for document in await service.documents.list(HOUSEHOLD):
            await service.documents.read_again(HOUSEHOLD, document.id)
        await settled(service)
        assert sorted(reads) == ["boiler.md", "oven.md"]
        documents = await service.documents.list(HOUSEHOLD)
        assert {document.state for document in documents} == {DocumentState.READY}
        assert passages(emptied_database) == before
        assert len(await service.documents.versions(HOUSEHOLD, upload.id)) == 1


async def test_only_what_is_gone_is_told_as_changed(service: MemoryService) -> None:
    """So that nobody's session ends because something came, was tried again or could not be read."""
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    for content, name in (
        (BOILER, "boiler.md"),
        (BOILER, "heating.md"),
        (b"%PDF-1.4 broken", "broken.pdf"),
        (b"%PDF-1.4 broken", "broken.pdf"),
    ):
        document, _ = await service.documents.add(HOUSEHOLD, content, name, wait=True)
        await service.documents.read_again(HOUSEHOLD, document.id)
        await settled(service)
    assert {(change.verb, change.owner) for change in heard} == {
        (Verb.ADDED, HOUSEHOLD.owner)
    }
    (boiler,) = await service.documents.list(HOUSEHOLD, state=DocumentState.READY)
    heard.clear()
    # As if the file said something else when it was read before.
    await service.store.documents.write(
        boiler.id, HOUSEHOLD, await _reading(service, b"The boiler is at 1 bar.")
    )
    await service.documents.read_again(HOUSEHOLD, boiler.id)
    await settled(service)
    assert [(change.verb, change.ids) for change in heard] == [
        (Verb.CHANGED, (str(boiler.id),))
    ]


async def _reading(service: MemoryService, content: bytes) -> Reading:
    """Return what a file would say."""
    original = service.documents._originals.new("some.md")
    service.documents._originals.store(original, content)
    path = service.documents._originals.path(original)
    reading = await service._reading.read(path, name="some.md")
    service.documents._originals.erase(original)
    return reading


def long_ago(database: FreshDatabase) -> None:
    """Let it be some hours since files were noted and written."""
    database.execute(
        "UPDATE ai_memory.loose_originals SET since = since - interval '2 hours'"
    )


def make_old(originals: Path) -> None:
    """Let it be years since files were written."""
    for path in originals.rglob("*.md"):
        os.utime(path, (0, 0))


def loose(database: FreshDatabase) -> list[str]:
    """Return the files that are noted as nobody's."""
    return database.execute(
        "SELECT original FROM ai_memory.loose_originals"
    ).splitlines()


@pytest.mark.parametrize(
    "fault", [DatabaseUnreachable(), asyncio.CancelledError()], ids=["lost", "stopped"]
)
async def test_file_of_which_no_document_came(
    service: MemoryService,
    emptied_database: FreshDatabase,
    originals: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: BaseException,
) -> None:
    await service.documents.add(HOUSEHOLD, BOILER, "boiler.md", wait=True)
    assert loose(emptied_database) == []

    async def fail(*arguments: Any, **options: Any) -> Any:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(DocumentRepository, "add", fail)
        with pytest.raises(type(fault)):
            await service.documents.add(HOUSEHOLD, b"Nobody has it.", "lost.md")
    assert kept(originals) == (2, 0)
    await service.run_maintenance()
    assert kept(originals) == (2, 0), "it may still be on its way"
    long_ago(emptied_database)
    await service.run_maintenance()
    assert kept(originals) == (1, 0)
    assert loose(emptied_database) == []
    (document,) = await service.documents.list(HOUSEHOLD)
    assert service.documents._originals.path(document.original or "").exists()


async def test_stored_though_nobody_was_told(
    service: MemoryService,
    emptied_database: FreshDatabase,
    originals: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection is lost when the document is in the database: its file stays."""
    add = DocumentRepository.add

    async def lose(*arguments: Any, **options: Any) -> Any:
        await add(*arguments, **options)
        raise DatabaseUnreachable

    with monkeypatch.context() as patched:
        patched.setattr(DocumentRepository, "add", lose)
        with pytest.raises(DatabaseUnreachable):
            await service.documents.add(HOUSEHOLD, BOILER, "boiler.md")
    service.documents.look()
    await settled(service)
    long_ago(emptied_database)
    await service.run_maintenance()
    assert kept(originals) == (1, 0)
    assert await found(service, "boiler setting") == {"About the boiler"}


async def test_no_file_of_another_database_is_touched(
    emptied_database: FreshDatabase, originals: Path
) -> None:
    """Nor one of a document that came after the backup from which this one was restored."""
    async with running(emptied_database.settings, originals=originals) as service:
        for topic in ("boiler", "oven", "pump"):
            await service.documents.add(
                HOUSEHOLD, text(topic).encode(), f"{topic}.md", wait=True
            )
    server = emptied_database.server
    server.drop_database("another")
    server.create_database("another", "migrated")
    another = FreshDatabase(server, "another")
    make_old(originals)
    async with running(another.settings, originals=originals) as service:
        for number in range(4):
            await service.documents.add(
                HOUSEHOLD, f"Number {number}".encode(), f"{number}.md", wait=True
            )
        long_ago(another)
        await service.run_maintenance()
        assert kept(originals) == (7, 0)
    # Back to the first one, as it was before the pump.
    emptied_database.execute(
        "SET session_replication_role = replica;"
        "DELETE FROM ai_memory.documents WHERE title LIKE '%pump%'"
    )
    async with running(emptied_database.settings, originals=originals) as service:
        await service.run_maintenance()
        assert kept(originals) == (7, 0)


async def test_file_that_cannot_be_erased_holds_up_nothing(
    service: MemoryService,
    emptied_database: FreshDatabase,
    originals: Path,
    tmp_path: Path,
) -> None:
    first, last = [
        (
            await service.documents.add(
                HOUSEHOLD, text(topic).encode(), f"{topic}.md", wait=True
            )
        )[0]
        for topic in ("boiler", "oven")
    ]
    emptied_database.execute(
        f"DELETE FROM ai_memory.documents WHERE id = '{first.id}';"
        # No path at all, a link on the way, a folder: older than all the others.
        "INSERT INTO ai_memory.loose_originals SELECT name, 'household', '2020-01-01'"
        " FROM unnest(ARRAY['no path', '2020/01/01/a.md', '2020/02/02/b.md']) AS name"
    )
    (originals / "2020/02/02/b.md").mkdir(parents=True)
    (originals / "2020/01").symlink_to(tmp_path)
    assert len(loose(emptied_database)) == 4
    long_ago(emptied_database)
    await service.run_maintenance()
    assert kept(originals) == (1, 0)
    assert len(loose(emptied_database)) == 3
    assert await found(service, "oven setting") == {last.title}


async def test_erased_though_its_file_cannot_be(
    service: MemoryService, emptied_database: FreshDatabase, originals: Path
) -> None:
    """It is tried again by itself."""
    document, _ = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md", wait=True)
    await service.documents.delete(HOUSEHOLD, document.id)
    file = originals / "bin" / (document.original or "")
    away = move(file, originals / "away")
    (file / "in the way").mkdir(parents=True)
    await service.documents.erase(HOUSEHOLD, document.id)
    assert count(emptied_database, "documents") == [0]
    assert loose(emptied_database) == [document.original]
    (file / "in the way").rmdir()
    file.rmdir()
    move(away, file)
    long_ago(emptied_database)
    await service.run_maintenance()
    assert kept(originals) == (0, 0)
    assert loose(emptied_database) == []


async def test_restored_while_it_is_erased(
    service: MemoryService, originals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is back with its file."""
    document, _ = await service.documents.add(HOUSEHOLD, BOILER, "boiler.md", wait=True)
    await service.documents.delete(HOUSEHOLD, document.id)
    erase = DocumentRepository.erase

    async def late(*arguments: Any) -> bool:
        await service.documents.restore(HOUSEHOLD, document.id)
        return await erase(*arguments)

    monkeypatch.setattr(DocumentRepository, "erase", late)
    with refused("document_unknown"):
        await service.documents.erase(HOUSEHOLD, document.id)
    assert kept(originals) == (1, 0)
    assert await found(service, "boiler setting") == {"About the boiler"}


async def test_name_without_what_is_secret_in_it(
    service: MemoryService, originals: Path
) -> None:
    """The extension says how a file is read; it is part of no secret."""
    document, _ = await service.documents.add(
        HOUSEHOLD, BOILER, "wifi password Sommer2024.md", wait=True
    )
    assert document.names == [DocumentName(None, "wifi password •••.md")]
    assert (document.state, document.format) == (DocumentState.READY, "md")
    assert "Sommer2024" not in f"{document.title} {document.original}"
    assert (document.original or "").endswith(".md")
    assert kept(originals) == (1, 0)


async def test_secrets_are_masked(
    service: MemoryService, emptied_database: FreshDatabase
) -> None:
    document, _ = await service.documents.add(
        HOUSEHOLD,
        b"# The alarm code is 7319\n\nThe PIN of the safe is 8264. It stands in the hall.",
        "The PIN is 4711.md",
        title="My PIN is 5823",
        wait=True,
    )
    assert document.secrets == 2
    for secret in ("7319", "8264", "4711", "5823"):
        assert tables_with(emptied_database, secret).keys() <= {"documents"}
        assert secret not in f"{document.title} {document.names}"
    assert await found(service, "safe hall") == {document.title}
