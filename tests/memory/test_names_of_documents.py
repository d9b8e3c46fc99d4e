"""A document goes by the names of its files, and goes with the last of them."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from custom_components.ai_memory.memory.document_reading import DocumentReading
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Document, DocumentName
from custom_components.ai_memory.postgres.chunks import ReadChunk, Reading
from custom_components.ai_memory.postgres.folder_files import FolderFile
from custom_components.ai_memory.postgres.store import Store
from tests.databases import FreshDatabase
from tests.documents_support import (
    folder,
    found,
    passages,
    root,
    service,
    synced,
    text,
    write,
)
from tests.engine import ANNA, HOUSEHOLD, running, settled

__all__ = ["root", "service"]


@pytest.fixture
async def elsewhere(emptied_database: FreshDatabase) -> AsyncGenerator[Store]:
    """Give what another service has of the same database."""
    store = Store(emptied_database.settings)
    await store.database.open()
    yield store
    await store.database.close()


async def names(service: MemoryService) -> dict[str, list[DocumentName]]:
    """Return what each document that is not in the bin goes by."""
    return {
        document.title: document.names
        for document in await service.documents.list(HOUSEHOLD)
    }


async def in_bin(service: MemoryService) -> list[Document]:
    return await service.documents.list(HOUSEHOLD, deleted=True)


async def at_once[T](
    database: FreshDatabase, *calls: Coroutine[Any, Any, T], table: str = "documents"
) -> list[T]:
    """Let calls that write to a table begin before any of them goes on; return their results."""
    other = await asyncpg.connect(database.server.dsn(database.name, superuser=True))
    try:
        async with other.transaction():
            # Reads go on, so that all find what there was; none can write.
            await other.execute(f"LOCK TABLE ai_memory.{table} IN SHARE MODE")
            tasks = [asyncio.create_task(call) for call in calls]
            while await other.fetchval(
                "SELECT count(*) FROM pg_locks WHERE NOT granted"
            ) < len(tasks):
                await asyncio.sleep(0.01)
        return await asyncio.gather(*tasks)
    finally:
        await other.close()


async def test_file_that_came_back_goes_again(
    service: MemoryService, root: Path
) -> None:
    for _ in range(2):
        write(root / "boiler.md", text("boiler"))
        await synced(service)
        assert await names(service) == {
            "About the boiler": [DocumentName("manuals", "boiler.md")]
        }
        (root / "boiler.md").unlink()
        await synced(service)
        assert await names(service) == {}
        assert await found(service, "boiler setting") == set()
    assert len(await in_bin(service)) == 1


async def test_file_that_came_back_is_edited(
    service: MemoryService, root: Path
) -> None:
    write(root / "boiler.md", text("boiler"))
    await synced(service)
    (root / "boiler.md").unlink()
    await synced(service)
    (deleted,) = await in_bin(service)
    await service.documents.restore(HOUSEHOLD, deleted.id)
    write(root / "heating.md", text("boiler"))
    await synced(service)
    write(root / "heating.md", text("boiler").replace("setting", "kalimba"))
    await synced(service)
    (document,) = await service.documents.list(HOUSEHOLD)
    assert document.id == deleted.id
    assert document.names == [DocumentName("manuals", "heating.md")]
    assert await found(service, "setting boiler") == set()


async def test_renamed_in_a_chain_and_in_a_ring(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    for topic in ("boiler", "oven", "kettle"):
        write(root / f"{topic}.md", text(topic))
    await synced(service)
    before = passages(emptied_database)
    ids = {row.title: row.id for row in await service.documents.list(HOUSEHOLD)}
    # boiler -> oven -> kettle -> toaster
    (root / "kettle.md").rename(root / "toaster.md")
    (root / "oven.md").rename(root / "kettle.md")
    (root / "boiler.md").rename(root / "oven.md")
    await synced(service)
    chained = {
        "About the boiler": [DocumentName("manuals", "oven.md")],
        "About the oven": [DocumentName("manuals", "kettle.md")],
        "About the kettle": [DocumentName("manuals", "toaster.md")],
    }
    assert await names(service) == chained
    # oven <-> kettle
    (root / "oven.md").rename(root / "between")
    (root / "kettle.md").rename(root / "oven.md")
    (root / "between").rename(root / "kettle.md")
    await synced(service)
    chained["About the boiler"], chained["About the oven"] = (
        chained["About the oven"],
        chained["About the boiler"],
    )
    assert await names(service) == chained
    for topic in ("boiler", "oven", "kettle"):
        assert await found(service, f"{topic} setting") == {f"About the {topic}"}
    assert ids == {row.title: row.id for row in await service.documents.list(HOUSEHOLD)}
    assert passages(emptied_database) == before
    assert await in_bin(service) == []


async def test_restored_beside_the_same_file_goes_with_it(
    emptied_database: FreshDatabase, root: Path
) -> None:
    """A document that has no file any more, and is one in a folder again by now, goes with that."""
    write(root / "boiler.md", text("boiler"))
    one = folder(root, collection="cellar")
    async with running(emptied_database.settings, folders=[one]) as service:
        await settled(service)
    other = folder(root / "other", id="other")
    write(root / "other/boiler.md", text("boiler"))
    async with running(emptied_database.settings, folders=[other]) as service:
        await settled(service)
        (root / "other/boiler.md").unlink()
        await synced(service)
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        await settled(service)
        (deleted,) = await in_bin(service)
        restored = await service.documents.restore(HOUSEHOLD, deleted.id)
        assert restored.names == [DocumentName("manuals", "boiler.md")]
        (root / "boiler.md").unlink()
        await synced(service)
        assert await names(service) == {}


async def test_upload_restored_beside_a_file(
    emptied_database: FreshDatabase, root: Path
) -> None:
    """What was uploaded keeps its original where the same content is a file by now, and outlasts that."""
    write(root / "boiler.md", text("boiler"))
    elsewhere, here = folder(root, collection="cellar"), folder(root)
    originals = root.parent / "originals"
    async with running(
        emptied_database.settings, folders=[elsewhere], originals=originals
    ) as service:
        await settled(service)
        upload, _ = await service.documents.add(
            HOUSEHOLD, text("boiler").encode(), "upload.md", wait=True
        )
        await service.documents.delete(HOUSEHOLD, upload.id)
    async with running(
        emptied_database.settings, folders=[here], originals=originals
    ) as service:
        await settled(service)
        restored = await service.documents.restore(HOUSEHOLD, upload.id)
        assert restored.id != upload.id
        assert restored.original == upload.original
        assert (originals / str(upload.original)).exists()
        assert [name.path for name in restored.names] == ["boiler.md", "upload.md"]
        (root / "boiler.md").unlink()
        await synced(service)
        (document,) = await service.documents.list(HOUSEHOLD)
        assert [name.path for name in document.names] == ["upload.md"]


async def test_folder_becomes_one_persons(
    emptied_database: FreshDatabase, root: Path
) -> None:
    """Also what had come back goes to the person, and stays nobody else's."""
    write(root / "boiler.md", text("boiler"))
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        await settled(service)
        (root / "boiler.md").unlink()
        await synced(service)
        write(root / "back.md", text("boiler"))
        await synced(service)
    anna = folder(root, owner=ANNA.owner)
    async with running(emptied_database.settings, folders=[anna]) as service:
        await settled(service)
        assert await found(service, "boiler setting") == set()
        assert await found(service, "boiler setting", ANNA) == {"About the boiler"}


async def test_the_same_uploaded_twice_at_once(
    service: MemoryService, emptied_database: FreshDatabase
) -> None:
    """Whoever comes second gets the document of the first one."""
    await service.documents.add(HOUSEHOLD, text("oven").encode(), "oven.md", wait=True)
    content = text("boiler").encode()
    added = await at_once(
        emptied_database,
        *(
            service.documents.add(HOUSEHOLD, content, name, wait=True)
            for name in ("one.md", "two.md")
        ),
    )
    assert sorted(is_new for _, is_new in added) == [False, True]
    assert len({document.id for document, _ in added}) == 1
    await settled(service)
    (document,) = await service.documents.list(HOUSEHOLD, text="boiler")
    assert {name.path for name in document.names} == {"one.md", "two.md"}
    assert await found(service, "boiler setting") == {"About the boiler"}


@pytest.mark.parametrize("by_file", [False, True])
async def test_deleted_before_it_is_read(
    service: MemoryService, root: Path, monkeypatch: pytest.MonkeyPatch, by_file: bool
) -> None:
    """That its file is in the bin says nothing about it; whatever takes it out lets it be read."""
    reading, deleted = asyncio.Event(), asyncio.Event()
    read = DocumentReading.read

    async def late(self: DocumentReading, *args: Any, **fields: Any) -> Any:
        reading.set()
        await deleted.wait()
        return await read(self, *args, **fields)

    monkeypatch.setattr(DocumentReading, "read", late)
    document, _ = await service.documents.add(
        HOUSEHOLD, text("boiler").encode(), "boiler.md"
    )
    await reading.wait()
    await service.documents.delete(HOUSEHOLD, document.id)
    deleted.set()
    await settled(service)
    if by_file:
        write(root / "boiler.md", text("boiler"))
        await synced(service)
    else:
        await service.documents.restore(HOUSEHOLD, document.id)
    await settled(service)
    assert await found(service, "boiler setting") == {"About the boiler"}


async def test_two_services_read_the_same_file(
    service: MemoryService,
    elsewhere: Store,
    emptied_database: FreshDatabase,
    root: Path,
) -> None:
    """What one of them read of it does not stay beside what the other one did."""
    write(root / "oven.md", text("oven"))
    await synced(service)
    file = file_of("manuals")
    await at_once(
        emptied_database,
        service.store.folder_files.write(file, reading(1)),
        elsewhere.folder_files.write(file, reading(2)),
    )
    await settled(service)
    boilers = await service.documents.list(HOUSEHOLD, text="boiler")
    assert [len(document.names) for document in boilers] == [1]


async def test_moved_between_folders_that_are_looked_at_at_once(
    service: MemoryService,
    elsewhere: Store,
    emptied_database: FreshDatabase,
    root: Path,
) -> None:
    """One folder lets a document go while the other one takes it."""
    write(root / "boiler.md", text("boiler"))
    await synced(service)
    (document,) = await service.documents.list(HOUSEHOLD)
    files = service.store.folder_files
    digest = sha256((root / "boiler.md").read_bytes()).digest()

    async def take() -> None:
        assert await elsewhere.folder_files.recognise(
            file_of("other"), digest, again=False
        )

    async def let_go() -> None:
        await files.drop("manuals", HOUSEHOLD.owner, ["boiler.md"])

    await at_once(emptied_database, take(), let_go(), table="document_names")
    (moved,) = await service.documents.list(HOUSEHOLD)
    assert moved.id == document.id
    assert moved.names == [DocumentName("other", "boiler.md")]


def file_of(folder_id: str) -> FolderFile:
    """Return a file of a folder as it might be seen."""
    return FolderFile(
        folder=folder_id,
        owner=HOUSEHOLD.owner,
        collection="documents",
        path="boiler.md",
        title="boiler",
        format="md",
        bytes=1,
        modified_ns=1,
    )


def reading(number: int) -> Reading:
    """Return what a file said at some time."""
    heading, words = "About the boiler", f"It is at {number} bar"
    chunk = ReadChunk(0, None, heading, words, bytes([number] * 16), words)
    return Reading(heading, "en", bytes([number] * 32), 1, None, 5, 0, [chunk])
