"""Facts, statements and habits."""

from uuid import UUID

from ..models import HOUSEHOLD, Memory, Scope
from ..text_forms import lexical
from .database import MAINTENANCE, Database, PooledConnection, widen
from .languages import text_search_configuration
from .passages import SQL as PASSAGE_SQL
from .queries import load
from .response_cache import SQL as CACHE_SQL

SQL = load("memories")


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
    ) -> tuple[Memory, bool]:
        """Store a memory; return it, and whether it is new. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(
                SQL["insert"],
                scope.owner,
                await collection_id(connection, scope.owner, collection),
                content,
                language,
                source,
                tags or [],
                confidence,
                turn_id,
            )
            assert row is not None
            if row["is_new"]:
                passage = await connection.fetchval(
                    PASSAGE_SQL["insert_of_memory"],
                    scope.owner,
                    await collection_id(connection, scope.owner, collection),
                    row["id"],
                    content,
                    row["created_at"],
                )
                await connection.execute(
                    PASSAGE_SQL["insert_lexemes"],
                    passage,
                    scope.owner,
                    text_search_configuration(language),
                    lexical(content),
                )
        memory = Memory(
            id=row["id"],
            owner=scope.owner,
            content=content,
            collection=collection,
            source=row["source"],
            tags=row["tags"],
            language=language,
            confidence=row["confidence"],
            turn_id=row["turn_id"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )
        return memory, row["is_new"]

    async def get(self, scope: Scope, ids: list[int]) -> list[Memory]:
        """Return the memories of these ids that the scope may see. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["get"], ids, scope.owners)
        return [Memory(**row) for row in rows]

    async def forget(self, scope: Scope, ids: list[int]) -> list[int]:
        """Delete memories, their vectors and the answers that may rest on them; return the ids. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["forget"], ids, scope.owners)
            owners = {row["owner"] for row in rows}
            if HOUSEHOLD in owners:
                # Anybody's answer may rest on what the household knew.
                await widen(connection)
                await connection.execute(CACHE_SQL["clear_all"])
            elif owners:
                await connection.execute(CACHE_SQL["clear"], list(owners))
        return [row["id"] for row in rows]

    async def statistics(self) -> dict[str, int]:
        """Return how many rows there are of each kind, of everybody. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["statistics"])
        return dict(row) if row else {}
