"""What keeps searching fast: word statistics, the vector index, clean-up."""

from datetime import datetime
from typing import Any

from .database import MAINTENANCE, Database
from .forgetting import BULK_TIMEOUT, SQL as FORGETTING_SQL
from .passages import StoredModel
from .queries import load

SQL = load("maintenance")

INDEX_FROM = 5_000
"""From how many vectors on an HNSW index beats the exact scan, its pages not in the CPU's caches (docs/benchmarks.md)."""
_WORTH_MENDING = 0.8
"""Share of the vectors that must be left for the index to be kept."""
_BUILD_TIMEOUT = 3600.0  # seconds; a million vectors take minutes on a Pi


class MaintenanceRepository:
    """Work in the background that no turn waits for."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database
        self._vectors: dict[int, int] = {}

    async def statistics(self, since: datetime | None = None) -> dict[str, Any]:
        """Return how many rows there are of each kind, of everybody, and how the last 24 hours went. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["statistics"], since)
        assert row is not None
        found = dict(row)
        hits, asked = found.pop("hits"), found.pop("asked")
        found["cache_hit_rate"] = 100 * hits / asked if asked else None
        return found

    async def refresh_statistics(self, *, force: bool = False) -> bool:
        """Count the words anew where the store has grown or shrunk by a fifth, or by `force`; return whether. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["counted"])
            assert row is not None
            changed = abs(row["passages"] - row["counted"])
            if not force and (not changed or changed * 5 < row["counted"]):
                return False
            await connection.execute(FORGETTING_SQL["lock_statistics"])
            await connection.execute(SQL["clear_statistics"])
            await connection.execute(SQL["count_lexemes"], timeout=BULK_TIMEOUT)
        return True

    async def ensure_vector_index(self, model: StoredModel) -> bool:
        """Build the HNSW index of a model where it pays and is not there; return whether. Raises DatabaseError.

        After many vectors went it is built anew: to mend it takes `VACUUM` far longer (docs/architecture.md).
        """
        info = self._database.info
        async with self._database.transaction(MAINTENANCE) as connection:
            vectors = await connection.fetchval(SQL["count_embeddings"], model.id)
            valid = await connection.fetchval(
                SQL["index_state"], f"embeddings_hnsw_{int(model.id)}"
            )
        # Of what there was since it was built.
        most = max(vectors, self._vectors.get(model.id, 0))
        shrunk = vectors < most * _WORTH_MENDING
        self._vectors[model.id] = vectors if shrunk else most
        if info is None or (valid and not shrunk):
            return False
        if vectors < INDEX_FROM and not valid:
            return False
        values = {
            "{model_id}": str(int(model.id)),
            "{dimensions}": str(int(model.dimensions)),
            "{vector_schema}": f'"{info.vector_schema}"',
        }
        # Concurrently, so that turns can be written meanwhile; it cannot run in a transaction.
        async with self._database.session(_BUILD_TIMEOUT) as connection:
            for name in ("drop_index", "create_index")[: 1 + (vectors >= INDEX_FROM)]:
                statement = SQL[name]
                for mark, value in values.items():
                    statement = statement.replace(mark, value)
                await connection.execute(statement, timeout=_BUILD_TIMEOUT)
        return bool(vectors >= INDEX_FROM)

    async def clear_audit(self, before: datetime, limit: int) -> int:
        """Let go of how turns before went, at most `limit` rows of each kind; return how many. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            return sum(
                [
                    len(
                        await connection.fetch(
                            SQL[name], before, limit, timeout=BULK_TIMEOUT
                        )
                    )
                    for name in ("clear_tools", "clear_references", "clear_stages")
                ]
            )

    async def clean_up(self) -> None:
        """Let expired answers and the vectors of replaced models go. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["delete_expired_answers"])
            await connection.execute(SQL["delete_inactive_models"])
