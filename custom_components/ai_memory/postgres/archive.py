"""Everything that is kept, a page at a time: read for an archive, and merged from one."""

from array import array
import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b
import struct
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from pgvector import HalfVector

from ..models import EmbeddingModel
from ..text_forms import lexical
from .chunks import delete_chunks, words_of_chunk
from .database import MAINTENANCE, Database, PooledConnection
from .documents import SQL as DOCUMENT_SQL
from .dropped_secrets import SQL as SECRET_SQL
from .languages import text_search_configuration
from .passages import SQL as PASSAGE_SQL
from .queries import load
from .response_cache import drop_answers
from .turns import SQL as TURN_SQL, words_of_statement, words_of_turns

SQL = load("archive")

_PAGE: Final = 200
_TIMEOUT: Final = 120.0
"""Seconds for a page: a full disk cache and an index on vectors take their time on a Pi."""
_KEYED_BY_UUID: Final = ("turns", "training_examples", "documents")

type Row = dict[str, Any]
type Values = Sequence[Any]


class Placed[Id: (int, UUID)](NamedTuple):
    """Where a row of the archive is here."""

    id: Id
    is_new: bool


_PASSAGES: Final = {
    "memory": ("id", "memory", "speaker", "created_at", "hidden"),
    "turn": (
        "id",
        "turn",
        "collection",
        "speaker",
        "text",
        "created_at",
        "place",
        "hidden",
    ),
}
"""What a passage has of its own, by what it was taken from."""


class Sample(NamedTuple):
    """A text that came, by which it should be found."""

    owner: str
    text: str
    language: str | None


class _NotKept(Exception):
    """Roll the transaction back."""


@asynccontextmanager
async def merging[M: Merging](
    database: Database, kind: type[M], *, keep: bool
) -> AsyncIterator[M]:
    """Give what takes rows; nothing is there unless all of it is, and it shall be kept. Raises DatabaseError."""
    with suppress(_NotKept):
        async with database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["go_by_keys"])
            await connection.execute(SQL["begin"])
            into = kind(connection)
            yield into
            await connection.execute(SQL["end"], timeout=_TIMEOUT)
            if not keep:
                raise _NotKept
            await drop_answers(connection, into.bereft)


class ArchiveRepository:
    """Reads all there is and merges what comes."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    @asynccontextmanager
    async def snapshot(self, owner: str | None) -> AsyncIterator[Snapshot]:
        """Give what an owner has, everybody without one, as it is now. Raises DatabaseError."""
        async with self._database.transaction(
            owner or MAINTENANCE, snapshot=True
        ) as connection:
            await connection.execute(SQL["go_by_keys"])
            owners = [owner] if owner else await _owners(connection)
            yield Snapshot(connection, owners)

    @asynccontextmanager
    async def merging(self, *, keep: bool) -> AsyncIterator[Merging]:
        """Give what takes rows; nothing is there unless all of it is, and it shall be kept. Raises DatabaseError."""
        async with merging(self._database, Merging, keep=keep) as into:
            yield into


async def _owners(connection: PooledConnection) -> list[str]:
    return [row["owner"] for row in await connection.fetch(SQL["owners"])]


class Snapshot:
    """What some owners have."""

    def __init__(self, connection: PooledConnection, owners: list[str]) -> None:
        """Take an open transaction."""
        self._connection = connection
        self.owners = owners

    async def schema_version(self) -> int:
        """Return the number of the last migration."""
        found: int = await self._connection.fetchval(SQL["schema_version"])
        return found

    async def models(self) -> dict[int, EmbeddingModel]:
        """Return the embedding models by id."""
        return {
            row["id"]: EmbeddingModel(row["provider"], row["name"], row["dimensions"])
            for row in await self._connection.fetch(SQL["models"])
        }

    async def pages(self, member: str) -> AsyncIterator[list[Row]]:
        """Yield the rows of a member by growing key."""
        after: Any = UUID(int=0) if member in _KEYED_BY_UUID else 0
        # By keys, not with a cursor: a pooler would need a prepared statement for that.
        while page := await self._connection.fetch(
            SQL[f"export_{member}"], self.owners, after, _PAGE, timeout=_TIMEOUT
        ):
            rows = [dict(row) for row in page]
            if member == "passages":
                await self._add_embeddings(rows)
            yield rows
            after = page[-1]["page_key"]

    async def _add_embeddings(self, rows: list[Row]) -> None:
        found: dict[int, dict[int, bytes]] = {row["id"]: {} for row in rows}
        for embedding in await self._connection.fetch(
            SQL["export_embeddings"], list(found), timeout=_TIMEOUT
        ):
            vectors = found[embedding["passage_id"]]
            vectors[embedding["model_id"]] = _swapped(
                embedding["vector"].to_binary()[4:]
            )
        for row in rows:
            row["embeddings"] = found[row["id"]]


class Merging:
    """Takes rows into what is there, in an open transaction. What is there already stays.

    A row has the columns of its line, in their order. What is returned by the archive's ids lacks what was left out.
    """

    def __init__(self, connection: PooledConnection) -> None:
        """Take the transaction."""
        self._connection = connection
        self.bereft: set[str] = set()
        """Owners of what went; answers may rest on it."""

    async def model(self, model: EmbeddingModel) -> int:
        """Return the id of an embedding model, which is made where it is not there."""
        values = (model.provider, model.name, model.dimensions)
        await self._connection.execute(SQL["model"], *values)
        found: int = await self._connection.fetchval(SQL["model_id"], *values)
        return found

    async def collections(self, rows: Iterable[Row]) -> None:
        """Make sure of collections."""
        await self._execute(SQL["collection"], _values(rows))

    async def describe(self, rows: Iterable[Row]) -> None:
        """Give collections the descriptions that they lack; locks their rows."""
        await self._execute(
            SQL["describe"],
            [(row["owner"], row["name"], row["description"]) for row in rows],
        )

    async def conversations(self, rows: Sequence[Row]) -> dict[int, Placed[int]]:
        """Take conversations and their tags."""
        tags = {row["id"]: row.pop("tags") for row in rows}
        placed = await self._place(SQL["conversation"], _values(rows))
        await self._execute(
            SQL["tag"],
            [(placed[old].id, tag) for old, names in tags.items() for tag in names],
        )
        return placed

    async def drop_empty_conversations(self, ids: Iterable[int]) -> int:
        """Let conversations go that were made in vain; return how many."""
        return len(
            await self._connection.fetch(
                SQL["drop_empty_conversations"], list(ids), timeout=_TIMEOUT
            )
        )

    async def turns(self, rows: Sequence[Row]) -> set[UUID]:
        """Take turns and the words they are found by; return which are new."""
        found = await self._fetch(SQL["turn"], _values(rows))
        new = {row["id"] for row in found}
        await self._execute(
            TURN_SQL["insert_lexemes"],
            await asyncio.to_thread(
                words_of_turns, [row for row in rows if row["id"] in new]
            ),
        )
        return new

    async def memories(self, rows: Sequence[Row]) -> dict[int, Placed[int]]:
        """Take memories; the same words in the same place are one."""
        return await self._place(SQL["memory"], _values(rows))

    async def documents(self, rows: Sequence[Row]) -> dict[UUID, Placed[UUID]]:
        """Take documents; the same content on the same shelf is one."""
        return {
            row["old"]: Placed(row["id"], row["is_new"])
            for row in await self._fetch(SQL["document"], _values(rows))
        }

    async def document_names(self, rows: Iterable[Row]) -> None:
        """Take names of documents that are there; a file that has a document keeps it."""
        await self._execute(SQL["document_name"], _values(rows))

    async def document_versions(self, rows: Iterable[Row]) -> None:
        """Take versions of documents that are there."""
        await self._execute(SQL["document_version"], _values(rows))

    async def drop_same_versions(self, ids: Collection[UUID]) -> None:
        """Let versions of documents go that are no other content than the one before."""
        await self._connection.execute(SQL["drop_same_versions"], ids, timeout=_TIMEOUT)

    async def keep_away(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Let new documents in the bin stay there though their files are in folders; what was read of these anew goes.

        Return what went, and whose it was. After all else that takes long: it locks shelves.
        """
        gone: dict[UUID, str] = {}
        if not ids:
            return gone
        connection = self._connection
        await connection.execute(SQL["as_usual"])
        await connection.execute(SQL["put_away"], ids, timeout=_TIMEOUT)
        anew = await connection.fetch(SQL["read_anew"], ids, timeout=_TIMEOUT)
        for row in anew:
            if row["id"] not in gone:
                gone[row["id"]] = row["owner"]
                await connection.execute(
                    SQL["give_names"], row["id"], row["put_away"], row["owner"]
                )
        for document_id, owner in gone.items():
            await delete_chunks(connection, document_id, owner)
            await connection.execute(DOCUMENT_SQL["delete"], document_id, owner)
        self.bereft.update(gone.values())
        return gone

    async def end_documents(self, ids: Collection[UUID]) -> int:
        """Settle new documents without their files; return how many were let go."""
        await self._connection.execute(SQL["end_documents"], ids, timeout=_TIMEOUT)
        return len(
            await self._connection.fetch(
                SQL["drop_empty_documents"], ids, timeout=_TIMEOUT
            )
        )

    async def passages(
        self, rows: Sequence[Row], models: Mapping[int, int]
    ) -> dict[int, Placed[int]]:
        """Take passages of what is there, with their words and vectors; `models` by the archive's ids.

        A `document` is Placed.
        """
        placed: dict[int, Placed[int]] = {}
        for source, columns in _PASSAGES.items():
            placed |= await self._place(
                SQL[f"passage_of_{source}"],
                [
                    [row[name] for name in columns]
                    for row in rows
                    if row[source] is not None
                ],
            )
        placed |= await self._place(
            SQL["passage_of_chunk"],
            [
                (
                    row["id"],
                    *row["document"],
                    row["position"],
                    row["page"],
                    row["heading"],
                    _hash_of_chunk(row["heading"], row["text"]),
                    row["text"],
                    row["created_at"],
                )
                for row in rows
                if row["document"] is not None
            ],
        )
        new = {old: at.id for old, at in placed.items() if at.is_new}
        texts = await self._connection.fetch(
            SQL["words_of_passages"], list(new.values()), timeout=_TIMEOUT
        )
        await self._execute(
            PASSAGE_SQL["insert_lexemes"],
            await asyncio.to_thread(_words_of_passages, texts),
        )
        await self._execute(
            SQL["embedding"],
            [
                (
                    new[row["id"]],
                    models[model],
                    HalfVector.from_binary(
                        struct.pack(">HH", len(vector) // 2, 0) + _swapped(vector)
                    ),
                )
                for row in rows
                if row["id"] in new
                for model, vector in row["embeddings"].items()
            ],
        )
        return placed

    async def preferences(
        self, rows: Iterable[Row], *, overwrite: bool
    ) -> list[tuple[str, str]]:
        """Take preferences; return owner and key of those that are new or changed."""
        values = [(*value, overwrite) for value in _values(rows)]
        found = await self._fetch(SQL["preference"], values)
        return [(row["owner"], row["key"]) for row in found]

    async def feedback(self, rows: Iterable[Row]) -> list[str]:
        """Take feedback on turns that are there; return the owners of what is new."""
        found = await self._fetch(SQL["feedback"], _values(rows))
        return [row["owner"] for row in found]

    async def others(self, member: str, rows: Iterable[Row]) -> None:
        """Take rows of a member that nothing refers to."""
        await self._execute(SQL[member], _values(rows))

    async def note_secrets(self, owner: str, kinds: Iterable[str]) -> None:
        """Note that secrets of these kinds were not taken."""
        await self._connection.execute(
            SECRET_SQL["note"], owner, "archive", None, list(kinds)
        )

    async def samples(
        self, member: str, *, shortest: int, longest: int, most: int
    ) -> list[Sample]:
        """Return some of the longest texts of `memories` or `turns` that are new."""
        return [
            Sample(*row)
            for row in await self._connection.fetch(
                SQL[f"sample_{member}"], shortest, longest, most, timeout=_TIMEOUT
            )
        ]

    async def _place(
        self, query: str, values: Sequence[Values]
    ) -> dict[int, Placed[int]]:
        return {
            row["old"]: Placed(row["id"], row["is_new"])
            for row in await self._fetch(query, values)
        }

    async def _fetch(
        self, query: str, values: Sequence[Values]
    ) -> list[asyncpg.Record]:
        if not values:
            return []
        return await self._connection.fetchmany(query, values, timeout=_TIMEOUT)

    async def _execute(self, query: str, values: Sequence[Values]) -> None:
        if values:
            await self._connection.executemany(query, values, timeout=_TIMEOUT)


def _values(rows: Iterable[Row]) -> list[Values]:
    return [tuple(row.values()) for row in rows]


def _words_of_passages(rows: Iterable[asyncpg.Record]) -> list[Values]:
    return [
        (
            row["id"],
            row["owner"],
            text_search_configuration(row["language"]),
            _words_of_passage(row),
        )
        for row in rows
    ]


def _hash_of_chunk(heading: str, text: str) -> bytes:
    """Return by what a document that is read again knows what has not changed, as `documents.chunker`."""
    return blake2b(f"{heading}\n{text}".encode(), digest_size=16).digest()


def _words_of_passage(row: asyncpg.Record) -> str:
    if row["is_of_turn"]:
        return words_of_statement(row["before"], row["text"])
    if row["heading"] is not None:
        return words_of_chunk(row["heading"], row["text"])
    return lexical(row["text"])


def _swapped(vector: bytes) -> bytes:
    """Return the halves of a vector with their bytes in the other order: pgvector's are big-endian, an archive's little."""
    halves = array("H", vector)
    halves.byteswap()
    return halves.tobytes()
