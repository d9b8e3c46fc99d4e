"""Which documents the files in folders are."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid7

import asyncpg

from ..models import DocumentState
from .chunks import Reading, delete_chunks, hide_chunks
from .database import MAINTENANCE, Database, PooledConnection
from .documents import SQL as DOCUMENT_SQL, shelf_of, take_out, write_document
from .forgetting import BULK_TIMEOUT
from .queries import load
from .response_cache import drop_answers

SQL = load("folder_files")

_LOCK = 0x61695F666F6C  # "ai_fol": the advisory lock of what folders do
_BATCH = 200
"""Names that one transaction lets go."""
_PAGE = 1000
"""Names that are read at once."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What a file looked like when it was last read, and what its document is."""

    bytes: int | None
    modified_ns: int | None
    state: DocumentState
    problem: str | None
    language: str | None
    updated_at: datetime
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file as it is now.

    `path` is below the folder, `title` what its document is called as long as it could not be read. `bytes` and
    `modified_ns` are None where it was not looked at.
    """

    folder: str
    owner: str
    collection: str
    path: str
    title: str
    format: str
    bytes: int | None
    modified_ns: int | None


@dataclass(slots=True)
class Kept:
    """What became of documents by a file."""

    added: list[UUID] = field(default_factory=list)
    """Those that are new, or of which something is; nothing that they said is gone."""
    changed: list[UUID] = field(default_factory=list)
    """Those of which something that they said is gone, or stands elsewhere."""
    removed: list[UUID] = field(default_factory=list)
    from_bin: list[str] = field(default_factory=list)
    """Originals of documents that came back from the bin."""
    problem: str | None = None
    """Why the file could not be read."""


class FolderFileRepository:
    """Keeps documents as the files of folders are."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database
        # Before a connection is taken: there are few.
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def _alone(self, scope: str) -> AsyncIterator[PooledConnection]:
        """Run a transaction while no other one gives files to documents or takes them away.

        How many files a document has would not be certain otherwise: one folder may take what another one lets go, and
        two services may watch the same folder.
        """
        async with self._turn, self._database.transaction(scope) as connection:
            await connection.execute(SQL["lock"], _LOCK, timeout=BULK_TIMEOUT)
            yield connection

    async def known(self, folder: str, owner: str) -> dict[str, KnownFile]:
        """Return what is known of the files of a folder, by path. Raises DatabaseError."""
        known: dict[str, KnownFile] = {}
        path = ""
        async with self._database.transaction(owner) as connection:
            # In pages: all at once would hold up the event loop.
            while rows := await connection.fetch(
                SQL["known"], folder, owner, path, _PAGE
            ):
                for row in rows:
                    known[row["path"]] = KnownFile(
                        row["bytes"],
                        row["modified_ns"],
                        DocumentState(row["state"]),
                        row["problem"],
                        row["language"],
                        row["updated_at"],
                        row["is_deleted"],
                    )
                path = rows[-1]["path"]
        return known

    async def newest(
        self, folder: str, owner: str, prefix: str = ""
    ) -> datetime | None:
        """Return when the last file of a folder came in of which the path begins so. Raises DatabaseError."""
        async with self._database.transaction(owner) as connection:
            found: datetime | None = await connection.fetchval(
                SQL["newest"], folder, owner, prefix
            )
        return found

    async def says_something(self, file: FolderFile) -> bool:
        """Return whether anything is found of the document that a file was. Raises DatabaseError."""
        async with self._database.transaction(file.owner) as connection:
            return bool(
                await connection.fetchval(
                    SQL["says_something"], file.folder, file.path, file.owner
                )
            )

    async def recognise(
        self, file: FolderFile, sha256: bytes, *, again: bool
    ) -> Kept | None:
        """Take a file for the document with the same content, without reading it; return None where there is none.

        With `again`, it is not taken for what it was already. Raises DatabaseError.
        """
        kept = Kept()
        async with self._alone(file.owner) as connection:
            shelf = await shelf_of(connection, file.owner, file.collection)
            name = await _name(connection, file)
            if again and name is not None and _is(name, sha256, shelf):
                return None
            row = await _recognise(connection, file, shelf, name, sha256, kept)
            if row is None:
                return None
            if await connection.fetchval(SQL["ready_again"], row["id"], file.owner):
                kept.added.append(row["id"])
            else:
                # Asked anew: it may have come back from the bin just now.
                kept.problem = await connection.fetchval(
                    SQL["problem"], row["id"], file.owner
                )
            if kept.removed:
                await drop_answers(connection, {file.owner})
        return kept

    async def write(self, file: FolderFile, reading: Reading) -> Kept:
        """Make a file the document that was read. Raises DatabaseError."""
        kept = Kept()
        owner = file.owner
        async with self._alone(owner) as connection:
            shelf = await shelf_of(connection, owner, file.collection)
            name = await _name(connection, file)
            row = await _recognise(connection, file, shelf, name, reading.sha256, kept)
            if row is None and name is not None and _is_its_own(name, shelf):
                row = name
                await _set_name(connection, file, row["id"])
            document_id, language = (
                (row["id"], row["language"]) if row else (uuid7(), None)
            )
            if row is None:
                await connection.execute(
                    DOCUMENT_SQL["insert"],
                    document_id,
                    owner,
                    shelf,
                    reading.title,
                    reading.language,
                    file.format,
                    DocumentState.WAITING,
                    None,
                    reading.sha256,
                    reading.bytes,
                    None,
                )
                await _rename(connection, file, name, document_id, kept)
                kept.added.append(document_id)
            is_gone = False
            # Nothing to do for what is in the bin, or came in by another name meanwhile.
            if row is None or (
                row["deleted_at"] is None
                and (row["state"] != DocumentState.READY or row is name)
            ):
                is_gone = await write_document(
                    connection,
                    document_id,
                    reading,
                    reading.sha256,
                    owner=owner,
                    shelf=shelf,
                    language=language,
                )
                if row is not None:
                    (kept.changed if is_gone else kept.added).append(document_id)
            if is_gone or kept.removed:
                await drop_answers(connection, {owner})
        return kept

    async def fail(
        self,
        file: FolderFile,
        problem: str,
        sha256: bytes | None,
        *,
        says_nothing: bool = False,
    ) -> Kept:
        """Note why a file could not be read; what its document said before stays, unless it `says_nothing` now.

        Raises DatabaseError.
        """
        kept = Kept(problem=problem)
        owner = file.owner
        async with self._alone(owner) as connection:
            shelf = await shelf_of(connection, owner, file.collection)
            name = await _name(connection, file)
            if sha256 and (name is None or not _is(name, sha256, shelf)):
                row = await _recognise(connection, file, shelf, name, sha256, kept)
                if row is not None:
                    if kept.removed:
                        await drop_answers(connection, {owner})
                    return kept
            if name is not None and (
                _is_its_own(name, shelf) or (sha256 and _is(name, sha256, shelf))
            ):
                await _set_name(connection, file, name["id"])
                if name["deleted_at"] is None:
                    is_gone = says_nothing and await delete_chunks(
                        connection, name["id"], owner
                    )
                    await connection.execute(
                        SQL["fail"], name["id"], owner, problem, file.bytes, sha256
                    )
                    (kept.changed if is_gone else kept.added).append(name["id"])
                    if is_gone:
                        await drop_answers(connection, {owner})
                return kept
            document_id = uuid7()
            await connection.execute(
                DOCUMENT_SQL["insert"],
                document_id,
                owner,
                shelf,
                file.title,
                None,
                file.format,
                DocumentState.FAILED,
                problem,
                sha256,
                file.bytes,
                None,
            )
            await _rename(connection, file, name, document_id, kept)
            kept.added.append(document_id)
            if kept.removed:
                await drop_answers(connection, {owner})
        return kept

    async def drop(self, folder: str, owner: str, paths: Sequence[str]) -> list[UUID]:
        """Let files go that are in a folder no more; return the documents that went with them. Raises DatabaseError."""
        gone: list[UUID] = []
        for at in range(0, len(paths), _BATCH):
            async with self._alone(owner) as connection:
                some = await _drop(connection, folder, owner, paths[at : at + _BATCH])
                if some:
                    await drop_answers(connection, {owner})
            gone += some
        return gone

    async def forget(self, folder: str) -> dict[str, list[UUID]]:
        """Let all files of a folder go; return the documents that went with them, by owner. Raises DatabaseError."""
        gone: dict[str, list[UUID]] = {}
        while True:
            async with self._database.transaction(MAINTENANCE) as connection:
                rows = await connection.fetch(SQL["paths"], folder, _BATCH)
            if not rows:
                return gone
            paths = defaultdict(list)
            for row in rows:
                paths[row["owner"]].append(row["path"])
            for owner, some in paths.items():
                gone.setdefault(owner, []).extend(await self.drop(folder, owner, some))

    async def move(
        self, folder: str, owner: str, collection: str
    ) -> tuple[list[UUID], dict[str, list[UUID]]]:
        """Give the documents of a folder to an owner and put them on a shelf, with all that rests on them.

        Those that are elsewhere as well, or are there already, stay; their files are read anew. Returns what was moved, and
        by owner what went from them: to the new one, or into the bin. Raises DatabaseError.
        """
        gone: dict[str, list[UUID]] = {}
        async with self._alone(MAINTENANCE) as connection:
            # Nothing may have been read yet: then there is no need of a shelf.
            shelf = await connection.fetchval(
                DOCUMENT_SQL["collection"], owner, collection
            )
            rows = await connection.fetch(SQL["elsewhere"], folder, owner, shelf)
            moved = [row["id"] for row in rows if row["can_move"]]
            if not rows:
                return [], gone
            shelf = shelf or await shelf_of(connection, owner, collection)
            passages = [
                row["id"]
                for row in await connection.fetch(
                    SQL["move_passages"], moved, owner, shelf, timeout=BULK_TIMEOUT
                )
            ]
            for name in ("move_lexemes", "move_vectors"):
                await connection.execute(
                    SQL[name], passages, owner, timeout=BULK_TIMEOUT
                )
            for name in ("move_chunks", "move_names", "move_versions"):
                await connection.execute(SQL[name], moved, owner, timeout=BULK_TIMEOUT)
            await connection.execute(SQL["move_documents"], moved, owner, shelf)
            for row in rows:
                if not row["can_move"]:
                    some = await _drop(connection, folder, row["owner"], row["paths"])
                    gone.setdefault(row["owner"], []).extend(some)
                elif row["owner"] != owner:
                    gone.setdefault(row["owner"], []).append(row["id"])
            # The triggers tell of the shelf where it is now.
            await connection.execute(
                SQL["renew"], sorted({row["collection_id"] for row in rows})
            )
            await drop_answers(connection, {owner, *(row["owner"] for row in rows)})
        return moved, gone


async def _name(
    connection: PooledConnection, file: FolderFile
) -> asyncpg.Record | None:
    """Return the document that the file was, locked."""
    return await connection.fetchrow(SQL["name"], file.folder, file.path, file.owner)


def _is(name: asyncpg.Record, sha256: bytes, shelf: int) -> bool:
    """Return whether a document has a content."""
    return bool(name["sha256"] == sha256 and name["collection_id"] == shelf)


def _is_its_own(name: asyncpg.Record, shelf: int) -> bool:
    """Return whether a document is this file and nothing else, so that it changes with it."""
    return bool(
        name["deleted_at"] is None
        and name["original"] is None
        and name["names"] == 1
        and name["collection_id"] == shelf
    )


async def _recognise(
    connection: PooledConnection,
    file: FolderFile,
    shelf: int,
    name: asyncpg.Record | None,
    sha256: bytes,
    kept: Kept,
) -> asyncpg.Record | None:
    """Give the file to the document that has its content; return that, None where there is none.

    What a person put into the bin while its file stood in a folder stays there; what went there with its file comes back.
    """
    if name is not None and _is(name, sha256, shelf):
        await _set_name(connection, file, name["id"])
        return name
    same = await connection.fetch(DOCUMENT_SQL["same"], file.owner, shelf, sha256)
    found = next((row for row in same if row["deleted_at"] is None), None) or next(
        (row for row in same if row["stays_away"]), same[0] if same else None
    )
    if found is None:
        return None
    await _rename(connection, file, name, found["id"], kept)
    if found["original"] is None:
        # It has a file again: the name that it had without one would keep it when that goes, or is another one's.
        await connection.execute(
            DOCUMENT_SQL["delete_upload_names"], found["id"], file.owner
        )
    if found["deleted_at"] is not None and not found["stays_away"]:
        await take_out(connection, found["id"], file.owner, found["language"])
        kept.added.append(found["id"])
        if found["original"]:
            kept.from_bin.append(found["original"])
    elif found["deleted_at"] is None:
        kept.added.append(found["id"])
    return found


async def _set_name(
    connection: PooledConnection, file: FolderFile, document_id: UUID
) -> None:
    await connection.execute(
        SQL["set_name"],
        document_id,
        file.owner,
        file.folder,
        file.path,
        file.bytes,
        file.modified_ns,
    )


async def _rename(
    connection: PooledConnection,
    file: FolderFile,
    name: asyncpg.Record | None,
    document_id: UUID,
    kept: Kept,
) -> None:
    """Give the file's name to another document than the one it was; what is left without a file goes."""
    if name is not None and name["names"] == 1:
        # Its name stays with it; before anything is added, see `write_chunks`.
        kept.removed += await _drop(connection, file.folder, file.owner, [file.path])
    await _set_name(connection, file, document_id)


async def _drop(
    connection: PooledConnection, folder: str, owner: str, paths: Sequence[str]
) -> list[UUID]:
    """Take files from their documents; those without any other go into the bin. Returns these.

    Of what was never read there is nothing to take back: it goes at once.
    """
    rows = await connection.fetch(SQL["names_of"], folder, paths, owner)
    dropped = Counter(row["id"] for row in rows)
    without = {
        row["id"]: row
        for row in rows
        if row["original"] is None and row["names"] == dropped[row["id"]]
    }
    called = {key for key, row in without.items() if not row["erased"]}
    await connection.execute(
        SQL["delete_names"],
        [row["name_id"] for row in rows if row["id"] not in called],
        owner,
    )
    await connection.execute(
        SQL["leave_folder"],
        [row["name_id"] for row in rows if row["id"] in called],
        owner,
    )
    await connection.execute(SQL["leave_erased"], list(without), owner)
    gone = [row["id"] for row in without.values() if row["deleted_at"] is None]
    if gone:
        await connection.execute(SQL["delete_never_read"], gone, owner)
        await hide_chunks(connection, gone, owner)
        await connection.execute(SQL["set_deleted"], gone, owner)
    return gone
