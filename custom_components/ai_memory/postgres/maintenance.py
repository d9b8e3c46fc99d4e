"""What keeps searching fast: word statistics, the vector index, clean-up."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
import json
from typing import Any, Literal

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


class IndexDecision(StrEnum):
    """What is done about the index of a model, and why."""

    TOO_FEW = "too_few"
    """None is needed: an exact scan is quick enough."""
    BUILD = "build"
    """It is to be built: there are many vectors."""
    KEEP = "keep"
    """It serves."""
    REBUILD = "rebuild"
    """It serves, and is to be built anew: a fifth of the vectors went."""
    DROP = "drop"
    """It is to be dropped: too few vectors are left, or its build was aborted."""


@dataclass(frozen=True, slots=True)
class IndexState:
    """How the vectors of a model are searched. `built_at` and `bytes` are of the HNSW index."""

    kind: Literal["exact", "hnsw"]
    decision: IndexDecision
    vectors: int
    dimensions: int
    built_at: datetime | None
    bytes: int

    @property
    def is_as_it_should_be(self) -> bool:
        """Return whether there is nothing to be done about it."""
        return self.decision in {IndexDecision.TOO_FEW, IndexDecision.KEEP}


class MaintenanceRepository:
    """Work in the background that no turn waits for."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database
        self._indexing = asyncio.Lock()
        self._most: dict[int, int] = {}
        """By model: the most vectors that there were since its index was built."""

    async def statistics(self, since: datetime | None = None) -> dict[str, Any]:
        """Return how many rows there are of each kind, of everybody, and how the last 24 hours went. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["statistics"], since)
        assert row is not None
        found = dict(row)
        hits, asked = found.pop("hits"), found.pop("asked")
        found["cache_hit_rate"] = 100 * hits / asked if asked else None
        return found

    async def folders(self) -> list[str]:
        """Return the folders in which documents stand, also those that are watched no more. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["folders"])
        return [row["folder"] for row in rows]

    async def refresh_statistics(self, *, force: bool = False) -> bool:
        """Count the words anew where a hundredth of the store is not counted, or by `force`; return whether. Raises DatabaseError.

        What goes is counted down at once, so a document that is read again, or back from the bin, is among what is not.
        """
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["counted"])
            assert row is not None
            changed = abs(row["passages"] - row["counted"])
            if not force and (not changed or changed * 100 < row["passages"]):
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
        # Asked before as well: the index of another model may be in the making for long.
        if (await self.index_state(model)).is_as_it_should_be:
            return False
        async with self._indexing:
            state = await self.index_state(model)
            if state.is_as_it_should_be:
                return False
            await self._drop_index(model.id)
            if state.decision is IndexDecision.DROP or info is None:
                return False
            note = {"built_at": datetime.now(UTC).isoformat(), "vectors": state.vectors}
            values = {
                "{model_id}": str(int(model.id)),
                "{dimensions}": str(int(model.dimensions)),
                "{vector_schema}": f'"{info.vector_schema}"',
                "{note}": json.dumps(note),
            }
            # Concurrently, so that turns can be written meanwhile; it cannot run in a transaction.
            async with self._database.session(_BUILD_TIMEOUT) as connection:
                for name in ("create_index", "note_index"):
                    statement = SQL[name]
                    for mark, value in values.items():
                        statement = statement.replace(mark, value)
                    await connection.execute(statement, timeout=_BUILD_TIMEOUT)
        return True

    async def index_state(self, model: StoredModel) -> IndexState:
        """Return how the vectors of a model are searched. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            vectors = await connection.fetchval(SQL["count_embeddings"], model.id)
            row = await connection.fetchrow(
                SQL["index_state"], f"embeddings_hnsw_{int(model.id)}"
            )
        built_at, built_with = _read_note(row["note"]) if row else (None, 0)
        # Of what there was since it was built.
        most = max(vectors, self._most.get(model.id, 0), built_with)
        self._most[model.id] = most
        many = vectors >= INDEX_FROM
        if row is None:
            decision = IndexDecision.BUILD if many else IndexDecision.TOO_FEW
        elif not row["valid"]:
            decision = IndexDecision.BUILD if many else IndexDecision.DROP
        elif vectors >= most * _WORTH_MENDING:
            decision = IndexDecision.KEEP
        else:
            decision = IndexDecision.REBUILD if many else IndexDecision.DROP
        return IndexState(
            kind="hnsw" if row and row["valid"] else "exact",
            decision=decision,
            vectors=vectors,
            dimensions=model.dimensions,
            built_at=built_at,
            bytes=row["bytes"] if row else 0,
        )

    async def drop_vector_index(self, model: StoredModel) -> None:
        """Drop the HNSW index of a model. Raises DatabaseError."""
        async with self._indexing:
            await self._drop_index(model.id)

    async def _drop_index(self, model_id: int) -> None:
        self._most.pop(model_id, None)
        async with self._database.session(_BUILD_TIMEOUT) as connection:
            await connection.execute(
                SQL["drop_index"].replace("{model_id}", str(int(model_id))),
                timeout=_BUILD_TIMEOUT,
            )

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
        """Let expired answers go, and what was left of indexes of deleted models. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["delete_expired_answers"])
            orphaned = await connection.fetch(SQL["orphaned_indexes"])
        for row in orphaned:
            await self._drop_index(row["model_id"])


def _read_note(note: str | None) -> tuple[datetime | None, int]:
    """Return when an index was built, and with how many vectors, as far as that is known."""
    try:
        found = json.loads(note or "")
        return datetime.fromisoformat(found["built_at"]), int(found["vectors"])
    except KeyError, TypeError, ValueError:
        return None, 0
