"""Facts, statements and habits."""

from uuid import UUID

import asyncpg

from ..errors import DatabaseError, InvalidInput
from ..models import Memory, MemoryStatus, Scope
from ..text_forms import lexical
from .database import Database, PooledConnection
from .languages import text_search_configuration
from .passages import SQL as PASSAGE_SQL
from .queries import load

SQL = load("memories")
for _name in ("get", "list"):
    SQL[_name] = SQL[_name].replace("{columns}", SQL["columns"])


async def collection_id(connection: PooledConnection, owner: str, name: str) -> int:
    """Return the id of an owner's collection, which is made when it is first used."""
    found: int = await connection.fetchval(SQL["collection"], owner, name)
    return found


class MemoryRepository:
    """Stores, reads and deletes memories."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def add(
        self,
        scope: Scope,
        content: str,
        *,
        collection: str,
        language: str | None = None,
        source: str | None = None,
        tags: list[str] | None = None,
        confidence: float = 1.0,
        turn_id: UUID | None = None,
        place: str | None = None,
        status: MemoryStatus = MemoryStatus.ACCEPTED,
    ) -> tuple[Memory, bool]:
        """Store a memory; return it, and whether it is new. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            shelf = await collection_id(connection, scope.owner, collection)
            row = await connection.fetchrow(
                SQL["insert"],
                scope.owner,
                shelf,
                content,
                language,
                source,
                tags or [],
                confidence,
                turn_id,
                place,
                status,
            )
            assert row is not None
            stored = await connection.fetchrow(SQL["get"], [row["id"]], [scope.owner])
            assert stored is not None
            memory = _memory(stored)
            if row["is_new"]:
                passage = await connection.fetchval(
                    PASSAGE_SQL["insert_of_memory"],
                    scope.owner,
                    shelf,
                    memory.id,
                    content,
                    memory.created_at,
                    place,
                )
                await _index_words(
                    connection, passage, scope.owner, language, memory.content
                )
        return memory, row["is_new"]

    async def update(
        self,
        scope: Scope,
        memory_id: int,
        *,
        content: str | None = None,
        tags: list[str] | None = None,
        source: str | None = None,
        place: str | None = None,
        status: MemoryStatus | None = None,
    ) -> Memory:
        """Change what is not None. Raises InvalidInput `memory_unknown`, `memory_duplicate`, DatabaseError."""
        try:
            async with self._database.transaction(scope.owner) as connection:
                row = await connection.fetchrow(
                    SQL["update"],
                    memory_id,
                    scope.owners,
                    content,
                    tags,
                    source,
                    place,
                    status,
                )
                if row is None:
                    raise InvalidInput("memory_unknown")
                passage = await connection.fetchval(
                    PASSAGE_SQL["update_of_memory"],
                    memory_id,
                    row["owner"],
                    row["content"],
                    row["place"],
                )
                if content is not None:
                    await connection.execute(PASSAGE_SQL["delete_vectors"], passage)
                    await connection.execute(PASSAGE_SQL["delete_lexemes"], passage)
                    await _index_words(
                        connection, passage, row["owner"], row["language"], content
                    )
                stored = await connection.fetchrow(
                    SQL["get"], [memory_id], [row["owner"]]
                )
        except DatabaseError as err:
            if not err.is_duplicate:
                raise
            raise InvalidInput("memory_duplicate") from err
        assert stored is not None
        return _memory(stored)

    async def get(self, scope: Scope, ids: list[int]) -> list[Memory]:
        """Return the memories of these ids that the scope may see. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["get"], ids, scope.owners)
        return [_memory(row) for row in rows]

    async def list(
        self,
        scope: Scope,
        *,
        limit: int,
        before_id: int | None = None,
        text: str | None = None,
        collection: str | None = None,
        status: MemoryStatus | None = None,
    ) -> list[Memory]:
        """Return memories, the newest first. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["list"],
                scope.owners,
                before_id,
                text,
                collection,
                status,
                limit,
            )
        return [_memory(row) for row in rows]


def _memory(row: asyncpg.Record) -> Memory:
    return Memory(**{**row, "status": MemoryStatus(row["status"])})


async def _index_words(
    connection: PooledConnection,
    passage: int,
    owner: str,
    language: str | None,
    text: str,
) -> None:
    await connection.execute(
        PASSAGE_SQL["insert_lexemes"],
        passage,
        owner,
        text_search_configuration(language),
        lexical(text),
    )
