"""Shelves: what they are called, what stands on them, and their vectors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg
from pgvector import HalfVector

from ..models import Collection, PassageKind, Scope, SummaryBy
from .database import MAINTENANCE, Database
from .passages import StoredModel
from .queries import load

SQL = load("collections")


@dataclass(frozen=True, slots=True)
class StoredCollection:
    """A shelf as it is kept. The last two tell what the summary was made of; both None where there was never one."""

    id: int
    owner: str
    name: str
    description: str | None
    summary: str | None
    summary_by: SummaryBy | None
    version: int
    summary_version: int | None
    summary_passages: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """How many memories and chunks stand on a shelf, and how many of them are chunks."""

    passages: int
    chunks: int


class CollectionRepository:
    """Keeps shelves."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def own(self, scope: Scope, name: str) -> Collection | None:
        """Return the shelf of an owner, None where there is none. Raises DatabaseError."""
        found = await self._list(scope, [scope.owner], name)
        return found[0] if found else None

    async def describe(self, scope: Scope, name: str, description: str) -> int | None:
        """Describe the shelf of an owner; return its id, None where there is none. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            found: int | None = await connection.fetchval(
                SQL["describe"], scope.owner, name, description
            )
        return found

    async def all(self) -> list[StoredCollection]:
        """Return everybody's shelves. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["all"])
        return [
            StoredCollection(**{**row, "summary_by": _summary_by(row)}) for row in rows
        ]

    async def content(self, shelf: StoredCollection) -> Content:
        """Return how much stands on a shelf. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["content"], shelf.id, shelf.owner)
        assert row is not None
        return Content(**row)

    async def titles(self, shelf: StoredCollection, limit: int) -> list[str]:
        """Return titles of documents on a shelf. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["titles"], shelf.id, shelf.owner, limit)
        return [row["title"] for row in rows]

    async def sample(
        self, shelf: StoredCollection, kind: PassageKind, limit: int
    ) -> list[str]:
        """Return memories or chunks of a shelf, of every document some. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(
                SQL["sample"], shelf.id, shelf.owner, kind, limit
            )
        return [row["text"] for row in rows]

    async def save_summary(
        self, shelf: StoredCollection, summary: str, by: SummaryBy, passages: int
    ) -> bool:
        """Keep the summary of a shelf unless that has changed meanwhile; return whether. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            saved = await connection.fetchval(
                SQL["save_summary"],
                shelf.id,
                shelf.owner,
                summary,
                by,
                passages,
                shelf.version,
            )
        return saved is not None

    async def vectors(
        self, model: StoredModel
    ) -> dict[int, tuple[bytes, Sequence[float]]]:
        """Return vectors by the id of the shelf, each with the hash of its text. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["vectors"], model.id)
        return {
            row["collection_id"]: (row["hash"], row["vector"].to_list()) for row in rows
        }

    async def save_vectors(
        self, model: StoredModel, vectors: Mapping[int, tuple[bytes, Sequence[float]]]
    ) -> None:
        """Keep vectors by the id of the shelf, each with the hash of its text. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.executemany(
                SQL["save_vector"],
                [
                    (shelf_id, model.id, digest, HalfVector(list(vector)))
                    for shelf_id, (digest, vector) in vectors.items()
                ],
            )

    async def delete_vectors(
        self, model: StoredModel, shelf_ids: Iterable[int]
    ) -> None:
        """Let go of vectors of some shelves. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["delete_vectors"], model.id, list(shelf_ids))

    async def _list(
        self, scope: Scope, owners: Sequence[str], name: str | None
    ) -> list[Collection]:
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["list"], owners, name)
        return [Collection(**{**row, "summary_by": _summary_by(row)}) for row in rows]

    async def list(self, scope: Scope, name: str | None = None) -> list[Collection]:
        """Return the shelves that the scope may see, the household's first. Raises DatabaseError."""
        return await self._list(scope, scope.owners, name)


def _summary_by(row: asyncpg.Record) -> SummaryBy | None:
    """Return who wrote the summary that there is."""
    by = row["summary_by"] if row["summary"] is not None else None
    return None if by is None else SummaryBy(by)
