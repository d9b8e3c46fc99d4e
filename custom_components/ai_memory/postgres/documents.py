"""Documents: what there is, uploads, the bin."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid7

import asyncpg

from ..errors import DatabaseError
from ..models import Document, DocumentName, DocumentState, DocumentVersion, Scope
from .chunks import Reading, delete_chunks, hide_chunks, show_chunks, write_chunks
from .database import MAINTENANCE, Database, PooledConnection
from .memories import collection_id
from .queries import load
from .response_cache import drop_answers

SQL = load("documents")
for _name in ("get", "list"):
    SQL[_name] = SQL[_name].replace("{columns}", SQL["columns"])


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was given to us, kept below the folder of originals as `original`."""

    name: str
    title: str
    language: str | None
    format: str
    sha256: bytes
    bytes: int
    original: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of an upload.

    `unneeded` is the original that nothing refers to: of the upload itself, or the one that it replaces. `from_bin` is the
    one of a document that came back from the bin.
    """

    document_id: UUID
    is_new: bool
    unneeded: str | None = None
    from_bin: str | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """A document that is not in the bin any more.

    `document_id` is another one's where the same content has come in again meanwhile; then `unneeded` is the original
    that nothing refers to any more. `from_bin` is the one that is needed again.
    """

    document_id: UUID
    owner: str
    from_bin: str | None = None
    unneeded: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload that is to be read. `name` is what it came as."""

    id: UUID
    owner: str
    title: str
    language: str | None
    original: str
    name: str


async def shelf_of(connection: PooledConnection, owner: str, collection: str) -> int:
    """Return the id of a collection, without a lock on it where it is there."""
    found: int | None = await connection.fetchval(SQL["collection"], owner, collection)
    return found or await collection_id(connection, owner, collection)


async def write_document(
    connection: PooledConnection,
    document_id: UUID,
    reading: Reading,
    sha256: bytes,
    *,
    owner: str,
    shelf: int,
    language: str | None,
) -> bool:
    """Make a document what was read; return whether anything of it is gone. `language` is the one that it had."""
    is_gone = await write_chunks(
        connection,
        document_id,
        owner,
        shelf,
        reading,
        keep=language == reading.language,
    )
    await connection.execute(
        SQL["write"],
        document_id,
        owner,
        reading.title,
        reading.language,
        sha256,
        reading.bytes,
        reading.pages,
        reading.words,
        reading.secrets,
    )
    await connection.execute(
        SQL["add_version"],
        document_id,
        owner,
        sha256,
        reading.bytes,
        reading.pages,
        reading.words,
    )
    return is_gone


async def take_out(
    connection: PooledConnection,
    document_id: UUID,
    owner: str,
    language: str | None,
) -> None:
    """Take a document out of the bin."""
    await connection.execute(SQL["set_deleted"], document_id, owner, False)
    await show_chunks(connection, document_id, owner, language)


class DocumentRepository:
    """Stores, reads and deletes documents."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def get(self, scope: Scope, document_id: UUID) -> Document | None:
        """Return a document, also one in the bin. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["get"], [document_id], scope.owners)
            for document in await _documents(connection, rows):
                return document
        return None

    async def versions(self, scope: Scope, document_id: UUID) -> list[DocumentVersion]:
        """Return what its content was, the newest first. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["versions"], document_id, scope.owners)
        return [DocumentVersion(**row) for row in rows]

    async def add(self, scope: Scope, collection: str, upload: Upload) -> Uploaded:
        """Take an upload in, to be read; the same content is one document. Raises DatabaseError."""
        try:
            return await self._add(scope.owner, collection, upload)
        except DatabaseError as err:
            if not err.is_duplicate:
                raise
            # The same came in right now.
            return await self._add(scope.owner, collection, upload)

    async def _add(self, owner: str, collection: str, upload: Upload) -> Uploaded:
        async with self._database.transaction(owner) as connection:
            shelf = await shelf_of(connection, owner, collection)
            same = await connection.fetch(SQL["same"], owner, shelf, upload.sha256)
            found = next((row for row in same if not row["erased"]), None)
            if found is None:
                document_id = uuid7()
                await connection.execute(
                    SQL["insert"],
                    document_id,
                    owner,
                    shelf,
                    upload.title,
                    upload.language,
                    upload.format,
                    DocumentState.WAITING,
                    None,
                    upload.sha256,
                    upload.bytes,
                    upload.original,
                )
            else:
                document_id = found["id"]
            await connection.execute(
                SQL["add_upload_name"], document_id, owner, upload.name
            )
            if found is None:
                return Uploaded(document_id, True)
            is_deleted = found["deleted_at"] is not None
            if is_deleted:
                await take_out(connection, found["id"], owner, found["language"])
            takes = await connection.fetchval(
                SQL["keep_original"], document_id, owner, upload.original
            )
            before: str | None = found["original"]
            if takes:
                return Uploaded(document_id, False, unneeded=before)
            return Uploaded(
                document_id,
                False,
                unneeded=upload.original,
                from_bin=before if is_deleted else None,
            )

    async def waiting(self, without: Collection[UUID] = ()) -> Waiting | None:
        """Return the upload that has waited longest. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["waiting"], list(without))
        return Waiting(**row) if row else None

    async def write(
        self, document_id: UUID, scope: Scope, reading: Reading
    ) -> bool | None:
        """Make an upload what was read; return whether anything of it is gone. Raises DatabaseError.

        None where it was not: it is in the bin by now.
        """
        owner = scope.owner
        async with self._database.transaction(owner) as connection:
            row = await connection.fetchrow(SQL["lock"], document_id, [owner])
            if row is None or row["deleted_at"] is not None:
                return None
            is_gone = await write_document(
                connection,
                document_id,
                reading,
                row["sha256"],
                owner=owner,
                shelf=row["collection_id"],
                language=row["language"],
            )
            if is_gone:
                await drop_answers(connection, {owner})
        return is_gone

    async def fail(self, document_id: UUID, scope: Scope, problem: str) -> None:
        """Note why an upload could not be read. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            await connection.execute(SQL["fail"], document_id, scope.owner, problem)

    async def delete(self, scope: Scope, document_id: UUID) -> Document | None:
        """Put a document into the bin; return it. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["lock"], document_id, scope.owners)
            if row is None:
                return None
            if row["deleted_at"] is None:
                await hide_chunks(connection, [document_id], row["owner"])
                await connection.execute(
                    SQL["set_deleted"], document_id, row["owner"], True
                )
            rows = await connection.fetch(SQL["get"], [document_id], [row["owner"]])
            (document,) = await _documents(connection, rows)
            if row["deleted_at"] is None:
                await drop_answers(connection, {row["owner"]})
        return document

    async def restore(self, scope: Scope, document_id: UUID) -> Restored | None:
        """Take a document out of the bin. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["lock"], document_id, scope.owners)
            if row is None:
                return None
            owner, original = row["owner"], row["original"]
            if row["deleted_at"] is None:
                return Restored(document_id, owner)
            same = (
                await connection.fetch(
                    SQL["same"], owner, row["collection_id"], row["sha256"]
                )
                if row["sha256"]
                else []
            )
            if same and same[0]["deleted_at"] is None:
                live: UUID = same[0]["id"]
                await connection.execute(
                    SQL["take_names"], document_id, live, owner, original is not None
                )
                await delete_chunks(connection, document_id, owner)
                await connection.execute(SQL["delete"], document_id, owner)
                if original and await connection.fetchval(
                    SQL["keep_original"], live, owner, original
                ):
                    return Restored(
                        live, owner, from_bin=original, unneeded=same[0]["original"]
                    )
                return Restored(live, owner, unneeded=original)
            await take_out(connection, document_id, owner, row["language"])
            return Restored(document_id, owner, from_bin=original)

    async def erase(self, scope: Scope, document_id: UUID) -> bool:
        """Let a document in the bin go for ever; return whether there was one. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["lock"], document_id, scope.owners)
            if row is None or row["deleted_at"] is None:
                return False
            owner = row["owner"]
            await delete_chunks(connection, document_id, owner)
            # A file that is away for a while comes back as well.
            if row["put_away"] or await connection.fetchval(
                SQL["in_folder"], document_id, owner
            ):
                await connection.execute(SQL["delete_versions"], document_id, owner)
                await connection.execute(SQL["delete_upload_names"], document_id, owner)
                await connection.execute(SQL["empty"], document_id, owner)
            else:
                await connection.execute(SQL["delete"], document_id, owner)
        return True

    async def read_again(
        self, scope: Scope, document_id: UUID
    ) -> tuple[bool, list[str]] | None:
        """Let a document be read again; return whether its original is, and the folders where it stands. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["lock"], document_id, scope.owners)
            if row is None or row["deleted_at"] is not None:
                return None
            folders = await connection.fetch(
                SQL["look_again"], document_id, row["owner"]
            )
            if row["original"] or folders:
                await connection.execute(SQL["wait_again"], document_id, row["owner"])
            return row["original"] is not None, [name["folder"] for name in folders]

    async def deleted_before(
        self, before: datetime, limit: int
    ) -> list[tuple[UUID, str]]:
        """Return ids and owners of documents that went into the bin before. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["old"], before, limit)
        return [(row["id"], row["owner"]) for row in rows]

    async def forget_erased(self, before: datetime) -> None:
        """Let go of what kept erased documents from coming back that have no file since then. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["forget_erased"], before)

    async def note_original(self, scope: Scope, original: str) -> None:
        """Note that a file is about to be kept, so that it is known should no document come of it. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            await connection.execute(SQL["note_original"], original, scope.owner)

    async def loose_originals(self, age: timedelta) -> list[str]:
        """Return the files of this database that no document refers to for so long, everybody's. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["loose_originals"], age)
        return [row["original"] for row in rows]

    async def forget_original(self, original: str) -> None:
        """Note that a file is gone. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["forget_original"], original)

    async def list(
        self,
        scope: Scope,
        *,
        limit: int,
        before: UUID | None = None,
        text: str | None = None,
        collection: str | None = None,
        state: DocumentState | None = None,
        deleted: bool = False,
        folder: str | None = None,
    ) -> list[Document]:
        """Return documents, the newest first, or those in the bin. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["list"],
                scope.owners,
                before,
                text,
                collection,
                state,
                deleted,
                folder,
                limit,
            )
            return await _documents(connection, rows)


async def _documents(
    connection: PooledConnection, rows: Sequence[asyncpg.Record]
) -> list[Document]:
    names: dict[UUID, list[DocumentName]] = {row["id"]: [] for row in rows}
    for name in await connection.fetch(
        SQL["names"], list(names), list({row["owner"] for row in rows})
    ):
        names[name["document_id"]].append(DocumentName(name["folder"], name["path"]))
    return [
        Document(
            **{**row, "state": DocumentState(row["state"]), "names": names[row["id"]]}
        )
        for row in rows
    ]
