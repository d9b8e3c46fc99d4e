"""When a folder is looked at, what is tried again, and what is told of it meanwhile."""

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import pytest

from custom_components.ai_memory.documents.folder import list_folder
from custom_components.ai_memory.documents.formats.content import Problem, ReadError
from custom_components.ai_memory.documents.reader import Reader, ReaderUnavailable
from custom_components.ai_memory.memory import folder_documents, watched_folder
from custom_components.ai_memory.memory.document_reading import look_at
from custom_components.ai_memory.memory.folder_sync import FolderProgress, FolderState
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Change, DocumentState
from tests.databases import FreshDatabase
from tests.documents_support import (
    folder,
    found,
    leave_empty,
    move,
    passages,
    root,
    service,
    synced,
    text,
    write,
)
from tests.engine import ANNA, BEN, HOUSEHOLD, running, settled

__all__ = ["root", "service"]


def progress_of(service: MemoryService) -> FolderProgress:
    [progress] = service.folders.progress
    return progress


async def until_state(service: MemoryService, state: FolderState) -> None:
    async with asyncio.timeout(20):
        while progress_of(service).state is not state:
            await asyncio.sleep(0.01)


async def test_whose_it_is_while_the_folder_is_away(
    emptied_database: FreshDatabase, root: Path
) -> None:
    """Who may see it no more does not, whether it can be looked at or not."""
    write(root / "boiler.md", text("boiler"))
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        await settled(service)
        assert await found(service, "boiler setting", BEN)
    move(root, root.parent / "away")
    hers = folder(root, owner=ANNA.owner)
    async with running(emptied_database.settings, folders=[hers]) as service:
        await settled(service)
        assert progress_of(service).problem == "folder_gone"
        assert await found(service, "boiler setting", BEN) == set()
        assert await found(service, "boiler setting", ANNA) == {"About the boiler"}


async def test_more_files_than_are_read(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told; those that are read are looked up, and what is gone is gone."""
    monkeypatch.setattr(watched_folder, "POLL", 0.05)
    for name in ("boiler", "oven", "pump"):
        write(root / f"{name}.md", text(name))
    await synced(service)
    monkeypatch.setattr(
        watched_folder,
        "list_folder",
        lambda path, **options: list_folder(path, most=2, **options),
    )
    heard: list[FolderProgress] = []
    service.folders.subscribe(heard.append)
    await until_state(service, FolderState.FAILED)
    assert progress_of(service).problem == "too_many_files"
    # What was read before stays, also of what is beyond the limit now.
    for name in ("boiler", "oven", "pump"):
        assert await found(service, f"{name} setting") == {f"About the {name}"}
    write(root / "a.md", text("antenna"))
    async with asyncio.timeout(20):
        while not await found(service, "antenna setting"):
            await asyncio.sleep(0.02)
    (root / "pump.md").unlink()
    async with asyncio.timeout(20):
        while await found(service, "pump setting"):
            await asyncio.sleep(0.02)
    assert await found(service, "oven setting") == {"About the oven"}
    # The problem stands as long as there is one.
    shown = [progress for progress in heard if progress.problem == "too_many_files"]
    assert all(
        progress.problem
        for progress in heard[heard.index(shown[0]) :]
        if progress.state in (FolderState.READING, FolderState.IDLE)
    )
    (root / "a.md").unlink()
    await until_state(service, FolderState.IDLE)
    assert progress_of(service).problem is None


async def test_share_below_a_folder_with_too_many_files(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies behind the limit may be away as well."""
    for name in ("boiler", "oven"):
        write(root / f"{name}.md", text(name))
    share = write(root / "share/pump.md", text("pump")).parent
    await synced(service)
    monkeypatch.setattr(
        watched_folder,
        "list_folder",
        lambda path, **options: list_folder(path, most=1, **options),
    )
    move(share, root.parent / "away")
    leave_empty(share)
    (root / "boiler.md").unlink()
    service.folders.look_again(["manuals"])
    await settled(service)
    assert await found(service, "boiler setting") == set()
    assert await found(service, "pump setting") == {"About the pump"}


async def test_folder_below_that_may_not_be_read(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "boiler.md", text("boiler"))
    write(root / "locked/oven.md", text("oven"))
    await synced(service)
    scandir = os.scandir

    def refusing(place: str) -> Any:
        if place.endswith("/locked"):
            raise PermissionError
        return scandir(place)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refusing)
        await synced(service)
        progress = progress_of(service)
        assert (progress.state, progress.total, progress.failed) == (
            FolderState.IDLE,
            2,
            1,
        )
        [document] = await service.documents.list(HOUSEHOLD, state=DocumentState.FAILED)
        assert (document.names[0].path, document.problem) == ("locked", "unreadable")
        assert await found(service, "oven setting") == {"About the oven"}
        # All that can be looked at fails.
        write(root / "boiler.md", b"\x00\x01" * 5000)
        service.folders.sync()
        await settled(service)
        assert progress_of(service).state is FolderState.FAILED
        write(root / "boiler.md", text("boiler"))
    await synced(service)
    assert (progress_of(service).total, progress_of(service).failed) == (2, 0)
    assert await service.documents.list(HOUSEHOLD, state=DocumentState.FAILED) == []
    assert await found(service, "oven setting") == {"About the oven"}


async def test_asked_for_while_it_is_looked_at(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before somebody asked is read again."""
    write(root / "broken.pdf", b"%PDF-1.7 and nothing else")
    reads = 0
    read = service._reading.read

    async def asking(path: Path, **options: Any) -> Any:
        nonlocal reads
        reads += 1
        if reads == 1:
            service.folders.sync()
        return await read(path, **options)

    monkeypatch.setattr(service._reading, "read", asking)
    service.folders.look_again(["manuals"])
    await settled(service)
    assert reads == 2


@pytest.mark.parametrize("where", ["here", "child"])
async def test_file_that_may_not_be_read_for_a_while(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Nobody has to ask for it, and nobody hears of each attempt."""
    write(root / "boiler.md", text("boiler"))
    write(root / "oven.md", text("oven"))
    await synced(service)
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    is_away = True
    tries = 0
    read = service._reading.read

    def failing_look(path: Path) -> Any:
        nonlocal tries
        if where == "here" and is_away and path.name == "boiler.md":
            tries += 1
            raise OSError(errno.ESTALE, "Stale file handle")
        return look_at(path)

    async def failing_read(path: Path, **options: Any) -> Any:
        nonlocal tries
        if is_away and path.name == "boiler.md":
            tries += 1
            raise ReadError(Problem.UNREADABLE, "PermissionError")
        return await read(path, **options)

    monkeypatch.setattr(folder_documents, "look_at", failing_look)
    monkeypatch.setattr(service._reading, "read", failing_read)
    write(root / "boiler.md", text("boiler").replace("2.11", "2.11 and kalimba"))
    service.folders.look_again(["manuals"])
    await settled(service)
    progress = progress_of(service)
    assert (progress.state, progress.failed) == (FolderState.IDLE, 1)
    assert await found(service, "boiler setting") == {"About the boiler"}
    async with asyncio.timeout(20):
        while tries < 3:
            await asyncio.sleep(0.02)
    assert len(heard) == 1
    is_away = False
    async with asyncio.timeout(20):
        while await found(service, "kalimba") != {"About the boiler"}:
            await asyncio.sleep(0.02)
    await settled(service)
    assert progress_of(service).failed == 0


async def test_folder_that_keeps_failing_says_so_all_the_time(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not seem to be mended each time that it is tried again."""
    write(root / "boiler.md", text("boiler"))
    tries = 0

    def refuse(path: Path) -> Any:
        nonlocal tries
        tries += 1
        raise PermissionError

    monkeypatch.setattr(watched_folder, "RETRY", 0.02)
    with monkeypatch.context() as patch:
        patch.setattr(folder_documents, "look_at", refuse)
        service.folders.sync()
        await settled(service)
        assert progress_of(service).problem == "unreadable"
        heard: list[FolderProgress] = []
        end = service.folders.subscribe(heard.append)
        tries = 0
        async with asyncio.timeout(20):
            while tries < 3:
                await asyncio.sleep(0.02)
        assert {(told.state, told.problem) for told in heard} <= {
            (FolderState.FAILED, "unreadable")
        }
        end()
    await until_state(service, FolderState.IDLE)
    assert await found(service, "boiler setting") == {"About the boiler"}


async def test_reader_that_does_not_start(
    service: MemoryService,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write(root / "boiler.md", text("boiler"))
    tries = 0

    async def refuse(*arguments: Any, **options: Any) -> Any:
        nonlocal tries
        tries += 1
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(watched_folder, "RETRY", 0.02)
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", refuse)
        service.folders.sync()
        await until_state(service, FolderState.FAILED)
        assert tries >= 3
        heard: list[FolderProgress] = []
        end = service.folders.subscribe(heard.append)
        tries = 0
        async with asyncio.timeout(20):
            while tries < 2:
                await asyncio.sleep(0.02)
        assert not heard
        end()
        assert progress_of(service).problem == "reader_unavailable"
    await until_state(service, FolderState.IDLE)
    assert await found(service, "boiler setting") == {"About the boiler"}
    logged = [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name.endswith("documents.reader")
    ]
    assert [level for level, _ in logged] == ["WARNING", "INFO"]
    assert "Cannot allocate memory" in logged[0][1]


async def test_reader_that_is_slow_to_start_once(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One attempt that fails is no problem of the folder."""
    write(root / "boiler.md", text("boiler"))
    read = Reader.read
    tries = 0

    async def slow(self: Reader, path: Path, **options: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ReaderUnavailable("slow")
        return await read(self, path, **options)

    monkeypatch.setattr(Reader, "read", slow)
    heard: list[FolderProgress] = []
    service.folders.subscribe(heard.append)
    await synced(service)
    assert tries == 2
    assert FolderState.FAILED not in {told.state for told in heard}


async def test_asked_for_while_it_was_away_deletes_nothing_later(
    service: MemoryService,
    emptied_database: FreshDatabase,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who pressed the button saw a folder that was not there, not an empty one."""
    write(root / "boiler.md", text("boiler"))
    await synced(service)
    before = passages(emptied_database)
    move(root, root.parent / "away")
    service.folders.sync()
    await settled(service)
    assert progress_of(service).problem == "folder_gone"
    # An empty folder in its place, newer than all that was read.
    await asyncio.to_thread(root.mkdir)
    service.folders.look_again(["manuals"])
    await settled(service)
    assert progress_of(service).problem == "folder_emptied"
    assert passages(emptied_database) == before


async def test_folder_below_emptied_while_nobody_looked(
    emptied_database: FreshDatabase, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may as well be a share that is away: people are told, until they say what it is."""
    monkeypatch.setattr(watched_folder, "POLL", 0.05)
    settings = [folder(root)]
    write(root / "boiler.md", text("boiler"))
    write(root / "kitchen/oven.md", text("oven"))
    write(root / "cellar/pump.md", text("pump"))
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        # While it is looked at, what is deleted is gone, and nobody is told.
        heard: list[FolderProgress] = []
        service.folders.subscribe(heard.append)
        (root / "cellar/pump.md").unlink()
        async with asyncio.timeout(20):
            while await found(service, "pump setting"):
                await asyncio.sleep(0.02)
        await synced(service)
        assert {told.problem for told in heard} <= {None}
    write(root / "cellar/pump.md", text("pump"))
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
    for path in ("kitchen/oven.md", "cellar/pump.md"):
        (root / path).unlink()
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        progress = progress_of(service)
        assert progress.state is FolderState.FAILED
        assert progress.problem == "subfolder_emptied"
        assert await found(service, "oven setting") == {"About the oven"}
        # It is told all the time, also while something else is read.
        heard = []
        service.folders.subscribe(heard.append)
        write(root / "antenna.md", text("antenna"))
        async with asyncio.timeout(20):
            while not await found(service, "antenna setting"):
                await asyncio.sleep(0.02)
        assert {told.problem for told in heard} == {"subfolder_emptied"}
        # A file is back, or the folder is gone for certain.
        write(root / "kitchen/oven.md", text("oven"))
        service.folders.look_again(["manuals"])
        await settled(service)
        assert progress_of(service).problem == "subfolder_emptied"
        await asyncio.to_thread((root / "cellar").rmdir)
        await until_state(service, FolderState.IDLE)
        assert progress_of(service).problem is None
        assert await found(service, "oven setting") == {"About the oven"}
        assert await found(service, "pump setting") == set()
    (root / "kitchen/oven.md").unlink()
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        assert progress_of(service).problem == "subfolder_emptied"
        await synced(service)
        assert progress_of(service).problem is None
        assert await found(service, "oven setting") == set()


async def test_counts_of_files_that_are_read_again_belong_together(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_folder, "_TELL", 0)
    for number in range(4):
        write(root / f"{number}.pdf", f"%PDF-1.7 broken {number}")
    write(root / "oven.md", text("oven"))
    await synced(service)
    heard: list[FolderProgress] = []
    service.folders.subscribe(heard.append)
    for number in range(4):
        # One of them cannot be read this time either.
        write(root / f"{number}.pdf", f"%PDF-1.7 broken anew {number}")
        if number:
            (root / f"{number}.pdf").unlink()
            write(root / f"{number}.md", text(f"pump {number}"))
    for number in range(4):
        write(root / f"again{number}.pdf", f"%PDF-1.7 broken again {number}")
    await synced(service)
    for number in range(4):
        write(root / f"again{number}.pdf", f"%PDF-1.7 and again {number}")
    await synced(service)
    reading = [told for told in heard if told.state is FolderState.READING]
    assert len(reading) > 8
    assert all(0 <= told.failed <= told.done <= told.total for told in heard)
    # What was not looked at yet counts neither as read nor as failed.
    assert {told.done - told.failed for told in reading[-5:]} == {4}
    assert (progress_of(service).total, progress_of(service).failed) == (9, 5)


async def test_counts_leave_out_what_a_locked_folder_holds(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "boiler.md", text("boiler"))
    for number in range(3):
        write(root / f"locked/{number}.pdf", f"%PDF-1.7 broken {number}")
    await synced(service)
    scandir = os.scandir

    def refusing(place: str) -> Any:
        if place.endswith("/locked"):
            raise PermissionError
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    await synced(service)
    progress = progress_of(service)
    assert (progress.total, progress.done, progress.failed) == (2, 2, 1)
