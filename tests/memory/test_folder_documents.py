"""What is told, kept and let go of documents as the files of a folder come, change and go."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from hashlib import sha256
import os
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from custom_components.ai_memory.memory import watched_folder
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    HOUSEHOLD as HOUSEHOLD_OWNER,
    Change,
    Document,
    DocumentState,
    Subject,
    Verb,
)
from custom_components.ai_memory.postgres import database as database_module
from custom_components.ai_memory.postgres.chunks import ReadChunk, Reading
from custom_components.ai_memory.postgres.folder_files import FolderFile
from tests.databases import FreshDatabase
from tests.documents.making import text_pdf
from tests.documents_support import (
    count,
    folder,
    found,
    move,
    passages,
    root,
    service,
    synced,
    text,
    write,
)
from tests.engine import ANNA, BEN, HOUSEHOLD, answered, look_up, running, settled
from tests.traces import tables_with

__all__ = ["root", "service"]

pytestmark = pytest.mark.newest_only

SENTENCES = [(50, 800 - 20 * n, 12, f"The boiler has a tap {n}.") for n in range(20)]


@pytest.fixture
async def other(
    emptied_database: FreshDatabase,
) -> AsyncGenerator[asyncpg.Connection[asyncpg.Record]]:
    """Give a connection that is not the service's."""
    server = emptied_database.server
    connection = await asyncpg.connect(
        server.dsn(emptied_database.name, superuser=True)
    )
    yield connection
    await connection.close()


async def only(service: MemoryService, **filters: Any) -> Document:
    (document,) = await service.documents.list(HOUSEHOLD, **filters)
    return document


async def somebody_waits(other: asyncpg.Connection[asyncpg.Record]) -> None:
    """Wait until a statement waits for a lock."""
    while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "fields", [{"owner": ANNA.owner}, {"collection": "other"}], ids=["owner", "shelf"]
)
async def test_what_moved_is_not_told_of_where_it_was(
    emptied_database: FreshDatabase, root: Path, fields: dict[str, str]
) -> None:
    write(root / "diary.md", text("diary"))
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        await settled(service)
        await service.documents.add(
            HOUSEHOLD, text("oven").encode(), "oven.md", wait=True
        )
        await settled(service)
        emptied_database.execute(
            "UPDATE ai_memory.collections SET summary = 'About the diary',"
            " summary_by = 'extract', summary_passages = 100"
        )
    settings = folder(root, **fields)
    async with running(emptied_database.settings, folders=[settings]) as service:
        await settled(service)
        (before,) = [
            shelf
            for shelf in await service.collections.list(BEN)
            if shelf.name == "documents"
        ]
        assert before.documents == 1
        assert before.summary is None
        assert "collections" not in tables_with(emptied_database, "About the diary")


async def test_folders_that_wait_for_each_other_hold_up_no_question(
    service: MemoryService, other: asyncpg.Connection[asyncpg.Record]
) -> None:
    """One connection waits for what another process does with its folders, however many are watched."""
    await service.memories.remember(HOUSEHOLD, "The zither is in the hall")
    await settled(service)
    files = service.store.folder_files
    async with other.transaction():
        await other.execute("SELECT pg_advisory_xact_lock($1)", 0x61695F666F6C)
        tasks = [
            asyncio.create_task(files.drop(f"folder {number}", HOUSEHOLD_OWNER, ["a"]))
            for number in range(2 * database_module._POOL_SIZE)
        ]
        await somebody_waits(other)
        [memory] = await service.memories.recall(HOUSEHOLD, "zither", limit=1)
        assert memory.text == "The zither is in the hall"
    assert await asyncio.gather(*tasks) == [[]] * len(tasks)


def away_for_a_round(root: Path) -> tuple[Path, Path]:
    return root / "boiler.md", root / "boiler.md"


def moved(root: Path) -> tuple[Path, Path]:
    return root / "boiler.md", root / "other/heating.md"


@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("goes", [away_for_a_round, moved])
async def test_what_a_person_deleted_is_not_brought_back_by_its_file(
    service: MemoryService,
    emptied_database: FreshDatabase,
    root: Path,
    goes: Callable[[Path], tuple[Path, Path]],
    for_good: bool,
) -> None:
    source, target = goes(root)
    write(root / "oven.md", text("oven"))
    write(source, text("boiler"))
    await synced(service)
    document = await only(service, text="boiler")
    await service.documents.delete(HOUSEHOLD, document.id)
    if for_good:
        await service.documents.erase(HOUSEHOLD, document.id)
    away = move(source, root.parent / "away.md")
    await synced(service)
    target.parent.mkdir(exist_ok=True)
    move(away, target)
    await synced(service)
    assert await service.documents.list(HOUSEHOLD, text="boiler") == []
    assert await found(service, "boiler setting") == set()

    # As its content changes it is another one.
    write(target, text("boiler", 2))
    await synced(service)
    assert await found(service, "boiler setting") == {"About the boiler"}
    assert (await only(service, text="boiler")).id != document.id
    if for_good:
        assert await service.documents.list(HOUSEHOLD, deleted=True) == []
        return
    restored = await service.documents.restore(HOUSEHOLD, document.id)
    assert restored.deleted_at is None


@pytest.mark.parametrize("for_good", [False, True])
async def test_what_was_erased_while_its_file_was_away_stays_so(
    service: MemoryService,
    emptied_database: FreshDatabase,
    root: Path,
    for_good: bool,
) -> None:
    """By whoever asks for it, or since its time in the bin is over."""
    write(root / "oven.md", text("oven"))
    path = write(root / "boiler.md", text("boiler"))
    await synced(service)
    document = await only(service, text="boiler")
    await service.documents.delete(HOUSEHOLD, document.id)
    away = move(path, root.parent / "away.md")
    await synced(service)
    emptied_database.execute(
        "UPDATE ai_memory.documents SET updated_at = now() - interval '31 days',"
        " deleted_at = deleted_at - interval '31 days'"
    )
    if for_good:
        await service.documents.erase(HOUSEHOLD, document.id)
    await service.run_maintenance()
    assert await service.documents.list(HOUSEHOLD, deleted=True) == []
    assert tables_with(emptied_database, "boiler") == {}
    move(away, path)
    await synced(service)
    assert await service.documents.list(HOUSEHOLD, text="boiler") == []
    assert await found(service, "boiler setting") == set()


@pytest.mark.parametrize("for_good", [False, True])
async def test_what_a_person_deleted_is_not_brought_back_by_its_folder(
    emptied_database: FreshDatabase, root: Path, for_good: bool
) -> None:
    for topic in ("boiler", "oven"):
        write(root / f"{topic}.md", text(topic))
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        await settled(service)
        document = await only(service, text="boiler")
        await service.documents.delete(HOUSEHOLD, document.id)
        if for_good:
            await service.documents.erase(HOUSEHOLD, document.id)
        service.folders.stop("manuals")
        await service.folders.forget_folder("manuals")
        assert await service.documents.list(HOUSEHOLD) == []
    again = folder(root, id="again")
    async with running(emptied_database.settings, folders=[again]) as service:
        await settled(service)
        assert (await only(service)).title == "About the oven"
        # Whoever wants it again says so.
        given, is_new = await service.documents.add(
            HOUSEHOLD, text("boiler").encode(), "boiler.md", wait=True
        )
        assert is_new is for_good
        assert given.deleted_at is None
        assert await found(service, "boiler setting") == {"About the boiler"}


async def test_upload_that_was_deleted_comes_back_with_a_file(
    service: MemoryService, root: Path
) -> None:
    """Its file did not stand in a folder then: somebody has put it there."""
    upload, _ = await service.documents.add(
        HOUSEHOLD, text("boiler").encode(), "boiler.md", wait=True
    )
    await service.documents.delete(HOUSEHOLD, upload.id)
    write(root / "boiler.md", text("boiler"))
    await synced(service)
    assert (await only(service)).id == upload.id


async def test_mark_of_what_was_erased_goes_as_well(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    """It outlasts that the file is away for a while, with no name of it, and not for ever."""
    path = write(root / "boiler.md", text("boiler"))
    await synced(service)
    document = await only(service)
    await service.documents.delete(HOUSEHOLD, document.id)
    await service.documents.erase(HOUSEHOLD, document.id)
    emptied_database.execute(
        "UPDATE ai_memory.documents SET updated_at = now() - interval '31 days',"
        " deleted_at = now() - interval '31 days'"
    )
    await service.run_maintenance()
    assert count(emptied_database, "documents", "document_names") == [1, 1]
    path.unlink()
    await synced(service)
    await service.run_maintenance()
    assert count(emptied_database, "documents", "document_names") == [1, 0]
    assert tables_with(emptied_database, "boiler") == {}
    emptied_database.execute(
        "UPDATE ai_memory.documents SET updated_at = now() - interval '31 days'"
    )
    await service.run_maintenance()
    assert count(emptied_database, "documents") == [0]


@pytest.mark.parametrize(
    ("name", "before", "after", "problem"),
    [
        ("boiler.md", b"The boiler has a tap.", b"", "empty"),
        ("boiler.md", b"The boiler has a tap.", b" \n", "empty"),
        ("boiler.pdf", text_pdf([SENTENCES]), text_pdf([[]]), "no_text"),
    ],
    ids=["empty", "blank", "pictures"],
)
async def test_file_that_says_nothing_any_more(
    service: MemoryService,
    emptied_database: FreshDatabase,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    before: bytes,
    after: bytes,
    problem: str,
) -> None:
    path = write(root / name, before)
    await synced(service)
    document = await only(service)
    question = "Where is the tap of the boiler?"
    asked = await look_up(service, question)
    assert asked.context
    await answered(service, question, "There.", found=asked)
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    monkeypatch.setattr(watched_folder, "RETRY", 3600)

    # Whoever writes it anew may have got no further: it is left as it is until it is seen again.
    write(path, after)
    await synced(service)
    assert await only(service) == document
    assert (await look_up(service, question)).answer
    assert heard == []

    service.folders.sync()
    await settled(service)
    failed = await only(service)
    assert (failed.id, failed.state, failed.problem) == (
        document.id,
        DocumentState.FAILED,
        problem,
    )
    assert await found(service, "boiler tap") == set()
    assert (await look_up(service, question)).answer is None
    assert count(emptied_database, "chunks", "response_cache") == [0, 0]
    assert failed.words is None
    assert heard == [
        Change(Subject.DOCUMENT, Verb.CHANGED, HOUSEHOLD_OWNER, (str(document.id),))
    ]

    write(path, before)
    await synced(service)
    assert (await only(service)).state is DocumentState.READY
    assert await found(service, "boiler tap") == {document.title}


async def test_file_that_is_written_anew_keeps_what_it_said(
    service: MemoryService,
    emptied_database: FreshDatabase,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is empty in between, as another one is for good."""
    monkeypatch.setattr(watched_folder, "RETRY", 3600)
    write(root / "empty.md", b"")
    path = write(root / "boiler.md", text("boiler"))
    await synced(service)
    empty = await only(service, text="empty")
    assert (empty.state, empty.problem) == (DocumentState.FAILED, "empty")
    document = await only(service, text="boiler")
    before = passages(emptied_database)
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    for second in range(2):
        write(path, b"")
        os.utime(path, (second, second))
        await synced(service)
        assert passages(emptied_database) == before
        assert await found(service, "boiler setting") == {"About the boiler"}
    assert not [change for change in heard if str(document.id) in change.ids]
    write(path, text("boiler") + "\n\nThe kalimba is in the cellar.")
    await synced(service)
    assert (await only(service, text="boiler")).id == document.id
    assert await found(service, "kalimba") == {"About the boiler"}
    assert len(passages(emptied_database) & before) >= len(before) - 1


async def test_empty_file_is_dealt_with_without_being_asked_for(
    service: MemoryService, root: Path
) -> None:
    path = write(root / "boiler.md", text("boiler"))
    write(root / "oven.md", text("oven"))
    await synced(service)
    write(path, b"")
    service.folders.look_again(["manuals"])
    async with asyncio.timeout(20):
        while await found(service, "boiler setting"):
            await asyncio.sleep(0.02)
    await settled(service)
    assert await found(service, "oven setting") == {"About the oven"}
    assert (await only(service, text="boiler")).problem == "empty"


async def test_only_what_is_gone_is_told_as_changed(
    emptied_database: FreshDatabase, root: Path
) -> None:
    """So that nobody's session ends because something came."""
    heard: list[tuple[Verb, str]] = []

    def hear(change: Change) -> None:
        heard.append((change.verb, change.owner))

    async def told(service: MemoryService) -> set[tuple[Verb, str]]:
        service.folders.sync()
        await settled(service)
        found = set(heard)
        heard.clear()
        return found

    added = {(Verb.ADDED, HOUSEHOLD_OWNER)}
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        service.changes.subscribe(hear)
        write(root / "boiler.md", text("boiler"))
        assert await told(service) == added
        write(root / "broken.pdf", b"%PDF-1.7 and nothing else")
        assert await told(service) == added
        # Tried again, in vain.
        assert await told(service) <= added
        move(root / "boiler.md", root / "heating.md")
        assert await told(service) <= added
        write(root / "copy.md", text("boiler"))
        assert await told(service) <= added
        (root / "copy.md").unlink()
        assert await told(service) <= added
        write(root / "heating.md", text("boiler", 4))
        assert await told(service) <= added
        # What was read before stays, then it is read again.
        write(root / "heating.md", b"\x00\x01" * 5000)
        assert await told(service) <= added
        write(root / "heating.md", text("boiler", 4))
        assert await told(service) <= added
        write(root / "heating.md", text("boiler", 4).replace("2.11", "2.11 or so"))
        assert await told(service) - added == {(Verb.CHANGED, HOUSEHOLD_OWNER)}
        (root / "broken.pdf").unlink()
        assert await told(service) - added == {(Verb.REMOVED, HOUSEHOLD_OWNER)}
    settings = folder(root, owner=ANNA.owner)
    async with running(emptied_database.settings, folders=[settings]) as service:
        service.changes.subscribe(hear)
        assert await told(service) == {
            (Verb.REMOVED, HOUSEHOLD_OWNER),
            (Verb.ADDED, ANNA.owner),
        }
    settings = folder(root, owner=ANNA.owner, collection="other")
    async with running(emptied_database.settings, folders=[settings]) as service:
        service.changes.subscribe(hear)
        assert await told(service) <= {(Verb.ADDED, ANNA.owner)}


def file_of(folder_id: str) -> FolderFile:
    """Return a file of a folder that is not watched."""
    return FolderFile(
        folder=folder_id,
        owner=HOUSEHOLD_OWNER,
        collection="documents",
        path="boiler.pdf",
        title="boiler",
        format="pdf",
        bytes=1,
        modified_ns=1,
    )


def reading(page: int) -> Reading:
    """Return what a file said of which the text stands on a page."""
    words = "The boiler is reset with the zither key"
    return Reading(
        title="About the boiler",
        language="en",
        sha256=sha256(bytes([page])).digest(),
        bytes=1,
        pages=page,
        words=8,
        secrets=0,
        chunks=[ReadChunk(page - 1, page, "Boiler", words, b"h" * 16, words)],
    )


async def test_answers_name_no_page_that_it_was_on_before(
    service: MemoryService,
) -> None:
    await settled(service)
    files = service.store.folder_files
    await files.write(file_of("other"), reading(11))
    question = "How is the boiler reset?"
    asked = await look_up(service, question)
    assert asked.context
    await answered(service, question, "With the key, page 11.", found=asked)
    assert (await look_up(service, question)).answer
    kept = await files.write(file_of("other"), reading(12))
    assert kept.changed
    now = await look_up(service, question)
    assert now.answer is None
    assert now.context
    assert "12" in now.context
    # Nor one that was on its way meanwhile.
    await answered(service, question, "With the key, page 11.", found=asked)
    assert (await look_up(service, question)).answer is None


@pytest.mark.parametrize("table", ["passages", "passage_lexemes"])
async def test_many_documents_go_into_the_bin_and_out_of_it_in_their_own_time(
    emptied_database: FreshDatabase,
    other: asyncpg.Connection[asyncpg.Record],
    monkeypatch: pytest.MonkeyPatch,
    table: str,
) -> None:
    """Not in the time that a statement of a turn has."""
    monkeypatch.setattr(database_module, "_COMMAND_TIMEOUT", 0.5)
    async with running(emptied_database.settings) as service:
        document, _ = await service.documents.add(
            HOUSEHOLD, text("boiler").encode(), "boiler.md", wait=True
        )
        await settled(service)
        calls = [service.documents.delete, service.documents.restore]
        for call in calls if table == "passages" else calls[:1]:
            async with other.transaction():
                await other.execute(f"SELECT FROM ai_memory.{table} FOR UPDATE")
                task = asyncio.create_task(call(HOUSEHOLD, document.id))
                await somebody_waits(other)
                await asyncio.sleep(0.7)
            assert (await task).id == document.id


async def test_deleting_is_noted_with_where_its_file_stands(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    """What went with its file is not what a person put away, and comes back with it."""
    path = write(root / "boiler.md", text("boiler"))
    await synced(service)
    marks = "SELECT put_away FROM ai_memory.documents"
    path.unlink()
    await synced(service)
    assert emptied_database.execute(marks) == "f"
    write(path, text("boiler"))
    await synced(service)
    document = await only(service)
    await service.documents.delete(HOUSEHOLD, document.id)
    assert emptied_database.execute(marks) == "t"
    await service.documents.restore(HOUSEHOLD, document.id)
    assert emptied_database.execute(marks) == "f"


async def test_language_of_a_folder_is_taken_back(
    emptied_database: FreshDatabase, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "boiler.md", text("boiler"))
    write(
        root / "four.md",
        "# Le four\n\nLe four de la cuisine est nettoyé chaque semaine, et la porte reste ouverte pour que"
        " l'air chaud puisse sortir. Il ne faut pas le laisser sans surveillance quand les enfants sont là.",
    )
    async with running(
        emptied_database.settings, folders=[folder(root, language="fr")]
    ) as service:
        await settled(service)
        assert {d.language for d in await service.documents.list(HOUSEHOLD)} == {"fr"}
    before = passages(emptied_database)
    settings = folder(root, read_anew_before=datetime.now(UTC))
    async with running(emptied_database.settings, folders=[settings]) as service:
        await settled(service)
        assert {
            d.names[0].path: d.language for d in await service.documents.list(HOUSEHOLD)
        } == {"boiler.md": "en", "four.md": "fr"}
        # What is in the language that it was said to be in stays as it is.
        assert len(before & passages(emptied_database)) == 1

        # Once is enough.
        async def refuse(*arguments: Any, **options: Any) -> Any:
            raise AssertionError

        monkeypatch.setattr(service._reading, "read", refuse)
        await synced(service)


def without_its_files(root: Path) -> dict[str, Any]:
    for path in root.iterdir():
        if path.name != "oven.md":
            path.unlink()
    return {}


@pytest.mark.parametrize(
    "change",
    [
        without_its_files,
        lambda root: {"owner": ANNA.owner},
        lambda root: {"collection": "other"},
        lambda root: {"id": "another"},
    ],
    ids=["files", "owner", "shelf", "folder"],
)
async def test_what_was_never_read_does_not_go_into_the_bin(
    emptied_database: FreshDatabase,
    root: Path,
    change: Callable[[Path], dict[str, Any]],
) -> None:
    outside = write(root.parent / "passwd.txt", "All that is secret.")
    (root / "passwd.md").symlink_to(outside)
    for name in ("broken.pdf", "boiler.md", "empty.md"):
        write(root / name, b"%PDF-1.7 broken" if name == "broken.pdf" else text(name))
    write(root / "oven.md", text("oven"))
    write(root / "nothing.txt", b"")
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        await synced(service)
        assert len(await service.documents.list(HOUSEHOLD)) == 6
        # What said something once can be taken back.
        write(root / "empty.md", b" ")
        await settled(service)
        await synced(service)
        await synced(service)
        assert count(emptied_database, "documents") == [6]
        service.folders.stop("manuals")
        await settled(service)
    fields = await asyncio.to_thread(change, root)
    async with running(
        emptied_database.settings, folders=[folder(root, **fields)]
    ) as service:
        service.folders.sync()
        await settled(service)
        if "id" in fields:
            await service.folders.forget_folder("manuals")
        for scope in (HOUSEHOLD, ANNA):
            names = {
                name.path
                for document in await service.documents.list(scope, deleted=True)
                for name in document.names
            }
            assert names <= {"boiler.md", "empty.md", "oven.md"}
    assert emptied_database.execute(
        "SELECT count(*) FROM ai_memory.documents d WHERE title = 'passwd'"
    ) == ("0" if change is without_its_files else "1")


async def test_what_a_person_deleted_unread_stays_away(
    service: MemoryService, root: Path
) -> None:
    path = write(root / "broken.pdf", b"%PDF-1.7 broken")
    write(root / "oven.md", text("oven"))
    await synced(service)
    document = await only(service, state=DocumentState.FAILED)
    await service.documents.delete(HOUSEHOLD, document.id)
    away = move(path, root.parent / "away.pdf")
    await synced(service)
    move(away, path)
    await synced(service)
    assert await service.documents.list(HOUSEHOLD, state=DocumentState.FAILED) == []
