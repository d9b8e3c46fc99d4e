"""Documents are what the files of their folders are, whatever happens to these."""

import asyncio
import os
from pathlib import Path
import shutil
import time
from typing import Any

import pytest

from custom_components.ai_memory.documents.folder import list_folder
from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.memory import watched_folder
from custom_components.ai_memory.memory.folder_sync import FolderProgress, FolderState
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    Change,
    Document,
    DocumentName,
    DocumentState,
    Subject,
    Verb,
)
from custom_components.ai_memory.postgres import folder_files
from custom_components.ai_memory.postgres.database import Database
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.documents_support import (
    count,
    folder,
    found,
    leave_empty,
    move,
    passages,
    refused,
    root,
    service,
    synced,
    text,
    write,
)
from tests.engine import (
    ANNA,
    BEN,
    HOUSEHOLD,
    answered,
    look_up,
    ollama,
    running,
    settled,
)
from tests.traces import tables_with

__all__ = ["root", "service"]


async def only(service: MemoryService, **filters: Any) -> Document:
    (document,) = await service.documents.list(HOUSEHOLD, **filters)
    return document


async def test_new_changed_renamed_removed(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    write(root / "boiler.md", text("boiler"))
    write(root / "deep/er/oven.md", text("oven"))
    write(root / "picture.jpg", b"not a document")
    await synced(service)
    assert await found(service, "boiler setting") == {"About the boiler"}
    assert await found(service, "oven setting") == {"About the oven"}
    oven = await only(service, text="deep/er")
    assert (oven.state, oven.format, oven.collection) == (
        DocumentState.READY,
        "md",
        "documents",
    )
    assert oven.words
    assert {(change.subject, change.verb) for change in heard} == {
        (Subject.DOCUMENT, Verb.ADDED)
    }
    before = passages(emptied_database)

    # Only what changed is new.
    boiler = await only(service, text="boiler")
    write(root / "boiler.md", text("boiler").replace("2.11", "2.11 and kalimba"))
    await synced(service)
    kept = passages(emptied_database) & before
    assert len(before - kept) == 1
    assert await found(service, "kalimba") == {"About the boiler"}
    assert [
        version.bytes
        for version in await service.documents.versions(HOUSEHOLD, boiler.id)
    ] == [len(text("boiler")) + len(" and kalimba"), len(text("boiler"))]

    # A new name is the same document.
    before = passages(emptied_database)
    (root / "other").mkdir()
    (root / "boiler.md").rename(root / "other/heating.md")
    await synced(service)
    renamed = await only(service, text="heating")
    assert (renamed.id, [name.path for name in renamed.names]) == (
        boiler.id,
        ["other/heating.md"],
    )
    assert passages(emptied_database) == before

    (root / "other/heating.md").unlink()
    heard.clear()
    await synced(service)
    assert await found(service, "kalimba") == set()
    assert (await only(service, deleted=True)).id == boiler.id
    assert heard == [
        Change(Subject.DOCUMENT, Verb.REMOVED, HOUSEHOLD.owner, (str(boiler.id),))
    ]

    # The file comes back, and so does the document.
    write(root / "back.md", text("boiler").replace("2.11", "2.11 and kalimba"))
    await synced(service)
    assert (await only(service, text="boiler")).id == boiler.id
    assert await found(service, "kalimba") == {"About the boiler"}


async def test_vectors_stay_with_what_stays(
    emptied_database: FreshDatabase, ollama_server: OllamaServer, root: Path
) -> None:
    write(root / "boiler.md", text("boiler"))
    async with running(
        emptied_database.settings, ollama(ollama_server), folders=[folder(root)]
    ) as service:
        await settled(service)
        vectors = "SELECT array_agg((passage_id, vector::text) ORDER BY passage_id) FROM ai_memory.embeddings"
        before = emptied_database.execute(vectors)
        number = len(passages(emptied_database))
        assert count(emptied_database, "embeddings") == [number]
        (root / "boiler.md").rename(root / "heating.md")
        await synced(service)
        assert emptied_database.execute(vectors) == before
        (document,) = await service.documents.list(HOUSEHOLD)
        await service.documents.delete(HOUSEHOLD, document.id)
        assert count(emptied_database, "embeddings", "passage_lexemes") == [0, 0]
        await settled(service)
        assert count(emptied_database, "embeddings") == [0]
        await service.documents.restore(HOUSEHOLD, document.id)
        await settled(service)
        assert count(emptied_database, "embeddings", "passage_lexemes") == [number] * 2


async def test_two_names(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    write(root / "one.md", text("boiler"))
    write(root / "two.md", text("boiler"))
    await synced(service)
    document = await only(service)
    assert [name.path for name in document.names] == ["one.md", "two.md"]
    number = len(passages(emptied_database))

    # One of them goes its own way; the other stays what it was.
    write(root / "two.md", text("oven"))
    await synced(service)
    assert [name.path for name in (await only(service, text="one")).names] == ["one.md"]
    assert (await only(service, text="two")).id != document.id
    assert await found(service, "boiler setting") == {"About the boiler"}

    # And comes back, so that the other document has no file any more.
    write(root / "two.md", text("boiler"))
    await synced(service)
    assert len((await only(service)).names) == 2
    assert await found(service, "oven setting") == set()
    assert len(passages(emptied_database)) > number

    (root / "one.md").unlink()
    await synced(service)
    assert [name.path for name in (await only(service)).names] == ["two.md"]


async def test_what_cannot_be_read_says_why(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "broken.pdf", b"%PDF-1.7 and nothing else")
    write(root / "empty.txt", b"")
    service.folders.sync()
    await settled(service)
    (progress,) = service.folders.progress
    assert (progress.state, progress.total, progress.failed) == (
        FolderState.FAILED,
        2,
        2,
    )
    assert progress.problem in {"broken", "empty"}
    assert {
        (document.names[0].path, document.state, document.problem, document.title)
        for document in await service.documents.list(HOUSEHOLD)
    } == {
        ("broken.pdf", DocumentState.FAILED, "broken", "broken"),
        ("empty.txt", DocumentState.FAILED, "empty", "empty"),
    }

    # The rest goes on, and what was broken is mended.
    write(root / "boiler.md", text("boiler"))
    write(root / "empty.txt", "The sousaphone is in the cellar.")
    service.folders.look_again(["manuals"])
    await settled(service)
    (progress,) = service.folders.progress
    assert (progress.state, progress.done, progress.failed) == (FolderState.IDLE, 3, 1)
    assert await found(service, "sousaphone") == {"empty"}

    # What was read before stays while its file is broken, and is told of.
    good = (root / "boiler.md").read_bytes()
    write(root / "boiler.md", b"\x00\x01" * 5000)
    await synced(service)
    document = await only(service, text="boiler")
    assert (document.state, document.problem is None) == (DocumentState.FAILED, False)
    assert await found(service, "boiler setting") == {"About the boiler"}
    write(root / "boiler.md", good)
    await synced(service)
    document = await only(service, text="boiler")
    assert (document.state, document.problem) == (DocumentState.READY, None)

    # A file is not read again for nothing, but when somebody asks for it.
    tried: list[Path] = []
    read = service._reading.read

    async def count_reads(path: Path, **options: Any) -> Any:
        tried.append(path)
        return await read(path, **options)

    monkeypatch.setattr(service._reading, "read", count_reads)
    service.folders.look_again(["manuals"])
    await settled(service)
    assert not tried
    await synced(service)
    assert [path.name for path in tried] == ["broken.pdf"]


async def test_folder_that_vanishes_keeps_its_documents(
    emptied_database: FreshDatabase, root: Path
) -> None:
    settings = [folder(root)]
    write(root / "boiler.md", text("boiler"))
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        before = passages(emptied_database)

        async def problem() -> str | None:
            service.folders.sync()
            await settled(service)
            assert await found(service, "boiler setting") == {"About the boiler"}
            assert passages(emptied_database) == before
            return service.folders.progress[0].problem

        share = move(root, root.parent / "share")
        assert await problem() == "folder_gone"
        # What is there when the share is not mounted.
        leave_empty(root)
        assert await problem() == "folder_emptied"
        # Somebody has a look at that; it is not the folder of before all the same.
        shutil.rmtree(root)
        move(share, root)
        assert await problem() is None

    # Also where it is away when everything starts.
    share = move(root, root.parent / "share")
    leave_empty(root)
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        assert service.folders.progress[0].state is FolderState.FAILED
        assert await problem() == "folder_emptied"
        shutil.rmtree(root)
        move(share, root)
        assert await problem() is None
        # Here somebody deletes.
        (root / "boiler.md").unlink()
        await synced(service)
        assert await found(service, "boiler setting") == set()


async def test_folder_emptied_while_nobody_looked(
    emptied_database: FreshDatabase, root: Path
) -> None:
    settings = [folder(root)]
    write(root / "boiler.md", text("boiler"))
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
    (root / "boiler.md").unlink()
    os.utime(root, (time.time() + 10,) * 2)
    # It may as well be a share that is not mounted, on a folder made for it just now.
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        assert service.folders.progress[0].problem == "folder_emptied"
        assert await service.documents.list(HOUSEHOLD)
        service.folders.sync()
        await settled(service)
        assert service.folders.progress[0].problem is None
        assert await service.documents.list(HOUSEHOLD) == []


async def test_failed_file_that_comes_back_counts_as_failed(
    service: MemoryService, root: Path
) -> None:
    write(root / "boiler.md", text("boiler"))
    write(root / "broken.pdf", "%PDF-1.7 broken")
    await synced(service)
    away = move(root / "broken.pdf", root.parent / "broken.pdf")
    await synced(service)
    assert service.folders.progress[0].failed == 0
    move(away, root / "broken.pdf")
    await synced(service)
    [progress] = service.folders.progress
    assert (progress.total, progress.failed) == (2, 1)


async def test_folder_that_is_made_anew_keeps_its_documents(
    service: MemoryService, root: Path
) -> None:
    write(root / "boiler.md", text("boiler"))
    await synced(service)
    move(root, root.parent / "share")
    await asyncio.to_thread(root.mkdir)
    service.folders.look_again(["manuals"])
    await settled(service)
    assert service.folders.progress[0].problem == "folder_emptied"
    assert await found(service, "boiler setting") == {"About the boiler"}


async def test_folder_that_vanishes_while_it_is_read(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        write(root / f"{number}.md", text(f"oven{number}"))
    await synced(service)
    (root / "0.md").unlink()
    for number in range(6, 12):
        write(root / f"{number}.md", text(f"oven{number}"))
    read = service._reading.read
    away = root.parent / "away"

    async def vanish(path: Path, **options: Any) -> Any:
        if path.name == "8.md":
            move(root, away)
        return await read(path, **options)

    monkeypatch.setattr(service._reading, "read", vanish)
    service.folders.sync()
    await settled(service)
    documents = await service.documents.list(HOUSEHOLD)
    assert {document.state for document in documents} == {DocumentState.READY}
    assert {name.path for one in documents for name in one.names} >= {
        f"{number}.md" for number in range(1, 6)
    }
    monkeypatch.setattr(service._reading, "read", read)
    move(away, root)
    await synced(service)
    assert {
        name.path
        for one in await service.documents.list(HOUSEHOLD)
        for name in one.names
    } == {f"{number}.md" for number in range(1, 12)}


async def test_file_that_changes_while_it_is_read(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(root / "boiler.md", text("boiler"))
    read = service._reading.read
    changes = 2

    async def change(path: Path, **options: Any) -> Any:
        nonlocal changes
        if changes and path.name == "boiler.md":
            changes -= 1
            write(path, text(f"boiler of {2050 - changes}"))
        return await read(path, **options)

    monkeypatch.setattr(service._reading, "read", change)
    await synced(service)
    document = await only(service)
    assert document.title == "About the boiler of 2050"
    assert len(await service.documents.versions(HOUSEHOLD, document.id)) == 1

    # One that never stands still waits, and holds nothing up.
    changes = 10
    write(path, text("boiler"))
    write(root / "oven.md", text("oven"))
    service.folders.look_again(["manuals"])
    await settled(service)
    assert await found(service, "oven setting") == {"About the oven"}
    monkeypatch.setattr(service._reading, "read", read)
    await synced(service)
    assert (await only(service, text="boiler")).state is DocumentState.READY


async def test_no_half_document_is_ever_found(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "boiler.md", text("boiler", 5))
    await synced(service)
    whole = (await only(service)).updated_at
    # The database goes away behind each step of writing, once.
    transaction = Database.transaction
    faults = 0
    state = {"left": 0, "armed": False}

    def broken(self: Database, scope: str, **options: Any) -> Any:
        return _Faulty(transaction(self, scope, **options), state)

    monkeypatch.setattr(Database, "transaction", broken)
    write(root / "boiler.md", text("oven", 5))
    for after in range(1, 40):
        state.update(left=after, armed=True)
        service.folders.sync()
        await asyncio.sleep(0)
        async with asyncio.timeout(20):
            while state["armed"] and (await only(service)).title != "About the oven":
                await asyncio.sleep(0.01)
        document = await only(service)
        if document.title == "About the oven":
            break
        faults += 1
        assert document.updated_at == whole
        assert len(await found(service, "boiler setting")) == 1
        assert await found(service, "oven setting") == set()
    assert faults > 5
    state["armed"] = False
    await synced(service)
    assert await found(service, "boiler setting") == set()
    assert await found(service, "oven setting") == {"About the oven"}


class _Faulty:
    """A transaction of the sync in which the database goes away behind a number of statements."""

    def __init__(self, transaction: Any, state: dict[str, Any]) -> None:
        self._transaction = transaction
        self._state = state

    async def __aenter__(self) -> Any:
        self._connection = await self._transaction.__aenter__()
        task = asyncio.current_task()
        if not (task and task.get_name().startswith("ai_memory folder ")):
            return self._connection
        return self

    async def __aexit__(self, *exc: object) -> Any:
        return await self._transaction.__aexit__(*exc)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)
        if name not in {"execute", "fetch", "fetchrow", "fetchval", "executemany"}:
            return method

        async def call(*arguments: Any, **options: Any) -> Any:
            result = await method(*arguments, **options)
            if self._state["armed"]:
                self._state["left"] -= 1
                if self._state["left"] <= 0:
                    self._state["armed"] = False
                    raise DatabaseUnreachable
            return result

        return call


async def test_what_a_person_deletes_stays_deleted(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    path = write(root / "boiler.md", text("boiler"))
    await synced(service)
    document = await service.documents.delete(HOUSEHOLD, (await only(service)).id)
    assert await found(service, "boiler setting") == set()

    # Neither a touch, nor a new name, nor a copy brings it back.
    path.touch()
    path = path.rename(root / "heating.md")
    write(root / "copy.md", text("boiler"))
    await synced(service)
    assert await service.documents.list(HOUSEHOLD) == []
    assert (await only(service, deleted=True)).id == document.id
    restored = await service.documents.restore(HOUSEHOLD, document.id)
    assert {name.path for name in restored.names} == {"heating.md", "copy.md"}
    assert await found(service, "boiler setting") == {"About the boiler"}

    # For ever, though the files still stand there.
    await service.documents.delete(HOUSEHOLD, document.id)
    await service.documents.erase(HOUSEHOLD, document.id)
    await synced(service)
    assert await service.documents.list(HOUSEHOLD, deleted=True) == []
    with refused("document_unknown"):
        await service.documents.get(HOUSEHOLD, document.id)
    assert tables_with(emptied_database, "turned to the left") == {}
    assert tables_with(emptied_database, "About the boiler") == {}

    # New content is a new document; of what was erased no name is left without a file of it.
    write(root / "copy.md", text("oven"))
    await synced(service)
    assert await found(service, "oven setting") == {"About the oven"}
    path.unlink()
    await synced(service)
    assert count(emptied_database, "documents", "document_names") == [2, 1]


async def test_restored_without_its_file(service: MemoryService, root: Path) -> None:
    path = write(root / "boiler.md", text("boiler"))
    await synced(service)
    document = await only(service)
    path.unlink()
    await synced(service)
    document = await service.documents.restore(HOUSEHOLD, document.id)
    assert document.names == [DocumentName(None, "boiler.md")]
    write(root / "oven.md", text("oven"))
    await synced(service)
    assert await found(service, "boiler setting") == {"About the boiler"}
    with refused("document_without_file"):
        await service.documents.read_again(HOUSEHOLD, document.id)


async def test_answers_that_drew_on_it_go(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    path = write(root / "boiler.md", "The boiler is reset with the zither key.")
    question = "How is the boiler reset?"
    await synced(service)
    for change in (
        lambda: write(path, "The boiler is reset with the marimba key."),
        path.unlink,
    ):
        asked = await look_up(service, question)
        assert asked.context
        await answered(service, question, "With that key.", found=asked)
        assert (await look_up(service, question)).answer
        change()
        await synced(service)
        assert (await look_up(service, question)).answer is None
        assert count(emptied_database, "response_cache") == [0]
        assert not await found(service, "zither")
    assert not (await look_up(service, question)).context


async def test_owner_and_shelf_of_a_folder(
    emptied_database: FreshDatabase, ollama_server: OllamaServer, root: Path
) -> None:
    for topic in ("boiler", "oven", "pump"):
        write(root / f"{topic}.md", text(topic))

    def service(**fields: Any) -> Any:
        return running(
            emptied_database.settings,
            ollama(ollama_server),
            folders=[folder(root, **fields)],
        )

    pump = (
        "SELECT array_agg((e.passage_id, e.vector) ORDER BY e.passage_id) FROM ai_memory.embeddings e"
        " JOIN ai_memory.passages p ON p.id = e.passage_id WHERE p.text LIKE '%pump%'"
    )
    async with service() as household:
        await settled(household)
        upload, is_new = await household.documents.add(
            HOUSEHOLD, text("oven").encode(), "oven.md", wait=True
        )
        assert not is_new
        vectors = emptied_database.execute(pump)
        deleted = await only(household, text="boiler")
        await household.documents.delete(HOUSEHOLD, deleted.id)
        await settled(household)
        question = "How do I turn the pump?"
        asked = await look_up(household, question, BEN)
        await answered(household, question, "With that key.", BEN, found=asked)
        assert (await look_up(household, question, BEN)).answer
    async with service(owner=ANNA.owner, collection="private") as hers:
        await settled(hers)
        assert (await look_up(hers, question, BEN)).answer is None
        # What somebody uploaded as well stays theirs; Anna has the one of her folder.
        assert (await hers.documents.get(BEN, upload.id)).names == [
            DocumentName(None, "oven.md")
        ]
        with refused("document_unknown"):
            await hers.documents.get(BEN, deleted.id)
        assert (await hers.documents.get(ANNA, deleted.id)).collection == "private"
        await hers.documents.restore(ANNA, deleted.id)
        await settled(hers)
        for topic in ("boiler", "pump"):
            query = f"{topic} setting"
            assert await found(hers, query, BEN) == set()
            assert await found(hers, query, ANNA) == {f"About the {topic}"}
        assert emptied_database.execute(pump) == vectors
        assert {
            document.owner for document in await hers.documents.list(ANNA, text="oven")
        } == {ANNA.owner, HOUSEHOLD.owner}
        assert emptied_database.execute(
            "SELECT count(*) FROM ai_memory.documents d"
            " JOIN ai_memory.chunks c ON c.document_id = d.id AND c.owner = d.owner"
            " JOIN ai_memory.passages p ON p.chunk_id = c.id AND p.owner = d.owner"
            "  AND p.collection_id = d.collection_id"
            " JOIN ai_memory.passage_lexemes l ON l.passage_id = p.id AND l.owner = d.owner"
            " JOIN ai_memory.embeddings e ON e.passage_id = p.id AND e.owner = d.owner"
            " JOIN ai_memory.collections s ON s.id = d.collection_id AND s.owner = d.owner"
        ) == str(len(passages(emptied_database)))


async def test_a_round_without_changes_asks_no_database(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        write(root / f"{number}.md", f"Number {number} is prime or not.")
    await synced(service)
    monkeypatch.setattr(watched_folder, "POLL", 0.01)
    rounds = 0
    asked: list[str] = []
    transaction = Database.transaction

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal rounds
        rounds += 1
        return list_folder(*arguments, **options)

    def noted(self: Database, scope: str, **options: Any) -> Any:
        task = asyncio.current_task()
        asked.append(task.get_name() if task else "")
        return transaction(self, scope, **options)

    monkeypatch.setattr(watched_folder, "list_folder", counted)
    monkeypatch.setattr(Database, "transaction", noted)
    service.folders.look_again(["manuals"])
    async with asyncio.timeout(20):
        while rounds < 10:
            await asyncio.sleep(0.01)
    # The first one was asked for, and compares.
    assert asked.count("ai_memory folder manuals") == 1
    # What changes is seen without being asked for.
    write(root / "20.md", "The vibraphone is number 20.")
    async with asyncio.timeout(20):
        while not await found(service, "vibraphone"):
            await asyncio.sleep(0.05)


async def test_two_syncs_at_once_are_one(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        write(root / f"{number}.md", text(f"oven{number}"))
    reads: list[str] = []
    read = service._reading.read

    async def counted(path: Path, **options: Any) -> Any:
        reads.append(path.name)
        service.folders.sync()
        return await read(path, **options)

    monkeypatch.setattr(service._reading, "read", counted)
    for _ in range(3):
        service.folders.sync("manuals")
        await asyncio.sleep(0)
    await settled(service)
    assert sorted(reads) == [f"{number}.md" for number in range(8)]
    with refused("folder_unknown"):
        service.folders.sync("other")


async def test_stopped_and_gone_on(
    emptied_database: FreshDatabase, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        write(root / f"{number}.md", text(f"oven{number}"))
    heard: list[FolderProgress] = []
    monkeypatch.setattr(watched_folder, "_TELL", 0)
    async with running(emptied_database.settings, folders=[folder(root)]) as service:

        def stop(progress: FolderProgress) -> None:
            heard.append(progress)
            if progress.done == 2:
                service.folders.stop("manuals")

        end = service.folders.subscribe(stop)
        await settled(service)
        assert service.folders.progress[0].state is FolderState.STOPPED
        assert len(await service.documents.list(HOUSEHOLD)) in {2, 3}
        assert [
            (progress.done, progress.total)
            for progress in heard
            if progress.state is FolderState.READING
        ][:3] == [(0, 6), (1, 6), (2, 6)]
        end()
    # Where it stood.
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        reads: list[str] = []
        read = service._reading.read

        async def counted(path: Path, **options: Any) -> Any:
            reads.append(path.name)
            return await read(path, **options)

        monkeypatch.setattr(service._reading, "read", counted)
        await settled(service)
        assert service.folders.progress[0].state is FolderState.IDLE
        assert len(reads) in {3, 4}
        assert len(await service.documents.list(HOUSEHOLD)) == 6


async def test_folder_that_is_one_no_more(service: MemoryService, root: Path) -> None:
    write(root / "boiler.md", text("boiler"))
    write(root / "oven.md", text("oven"))
    await synced(service)
    await service.documents.add(HOUSEHOLD, text("oven").encode(), "mine.md")
    service.folders.stop("manuals")
    assert await service.folders.forget_folder("manuals") == 1
    assert [name.path for name in (await only(service)).names] == ["mine.md"]
    assert (await only(service, deleted=True)).title == "About the boiler"


async def test_folder_within_a_folder(
    emptied_database: FreshDatabase, root: Path
) -> None:
    write(root / "boiler.md", text("boiler"))
    write(root / "anna/diary.md", text("diary"))
    async with running(
        emptied_database.settings,
        folders=[
            folder(root),
            folder(root / "anna", id="diaries", owner=ANNA.owner),
        ],
    ) as service:
        await settled(service)
        assert await found(service, "diary setting", ANNA) == {"About the diary"}
        assert await found(service, "diary setting", BEN) == set()
        assert await found(service, "boiler setting", BEN) == {"About the boiler"}


async def test_embedder_away(
    emptied_database: FreshDatabase, ollama_server: OllamaServer, root: Path
) -> None:
    write(root / "boiler.md", text("boiler"))
    async with running(
        emptied_database.settings, ollama(ollama_server), folders=[folder(root)]
    ) as service:
        await settled(service)
        await ollama_server.stop()
        write(root / "oven.md", text("oven"))
        await synced(service)
        assert await found(service, "oven setting") == {"About the oven"}
        missing = await service.statistics()
        assert missing["embedding_backlog"]
        await ollama_server.start()
        async with asyncio.timeout(20):
            while (await service.statistics())["embedding_backlog"]:
                await asyncio.sleep(0.05)


async def test_secrets_are_masked(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    write(
        root / "house.md",
        "# The house\n\nThe alarm code is 7319.\n\n## Wi-Fi password\n\nhunter2xyz\n",
    )
    await synced(service)
    document = await only(service)
    assert document.secrets >= 1
    assert tables_with(emptied_database, "7319") == {}


async def test_many_files_in_batches(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_files, "_BATCH", 7)
    for number in range(40):
        write(root / f"{number % 3}/{number}.md", f"The answer of {number} is known.")
    await synced(service)
    assert len(await service.documents.list(HOUSEHOLD, limit=100)) == 40
    shutil.rmtree(root / "1")
    await synced(service)
    assert len(await service.documents.list(HOUSEHOLD, limit=100)) == 27
    assert len(await service.documents.list(HOUSEHOLD, deleted=True)) == 13
