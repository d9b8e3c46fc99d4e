"""What keeps searching fast: word statistics, the vector index, clean-up."""

from .database import MAINTENANCE, Database
from .passages import StoredModel
from .queries import load

SQL = load("maintenance")

INDEX_FROM = 5_000
"""From how many vectors on an HNSW index beats the exact scan, its pages not in the CPU's caches (docs/benchmarks.md)."""
_BUILD_TIMEOUT = 3600.0  # seconds; a million vectors take minutes on a Pi


class MaintenanceRepository:
    """Work in the background that no turn waits for."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def refresh_statistics(self, *, force: bool = False) -> bool:
        """Count the words anew where the store has grown or shrunk by a fifth, or by `force`; return whether. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["counted"])
            assert row is not None
            changed = abs(row["passages"] - row["counted"])
            if not force and (not changed or changed * 5 < row["counted"]):
                return False
            await connection.execute(SQL["clear_statistics"])
            await connection.execute(SQL["count_lexemes"])
        return True

    async def ensure_vector_index(self, model: StoredModel) -> bool:
        """Build the HNSW index of a model where it pays and is not there; return whether. Raises DatabaseError."""
        info = self._database.info
        async with self._database.transaction(MAINTENANCE) as connection:
            vectors = await connection.fetchval(SQL["count_embeddings"], model.id)
            valid = await connection.fetchval(
                SQL["index_state"], f"embeddings_hnsw_{int(model.id)}"
            )
        if valid or vectors < INDEX_FROM or info is None:
            return False
        values = {
            "{model_id}": str(int(model.id)),
            "{dimensions}": str(int(model.dimensions)),
            "{vector_schema}": f'"{info.vector_schema}"',
        }
        # Concurrently, so that turns can be written meanwhile; it cannot run in a transaction.
        async with self._database.session(_BUILD_TIMEOUT) as connection:
            for name in ("drop_index", "create_index"):
                statement = SQL[name]
                for mark, value in values.items():
                    statement = statement.replace(mark, value)
                await connection.execute(statement, timeout=_BUILD_TIMEOUT)
        return True

    async def clean_up(self) -> None:
        """Let expired answers and the vectors of replaced models go. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["delete_expired_answers"])
            await connection.execute(SQL["delete_inactive_models"])
