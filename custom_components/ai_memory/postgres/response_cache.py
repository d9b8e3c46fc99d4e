"""Answers that may be given again."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..models import HOUSEHOLD, CachedAnswer, Scope
from .database import MAINTENANCE, Database, PooledConnection, widen
from .queries import load

SQL = load("response_cache")
_COMMITS_WITHIN: Final = timedelta(seconds=1)
"""Until then a turn may still be told what a transaction deletes."""


@dataclass(frozen=True, slots=True)
class CacheLookup:
    """What the cache holds for a question, and the state of knowledge that it was asked in."""

    answer: CachedAnswer | None
    knowledge_version: int


async def drop_answers(connection: PooledConnection, owners: AbstractSet[str]) -> None:
    """Delete the answers that may rest on what was these owners', as the last thing of a transaction.

    Nor does a session go on that may quote it, also after a restart: see `memory/recent.py`.
    """
    if not owners:
        return
    if HOUSEHOLD in owners:
        # Anybody's answer may rest on what the household knew.
        await widen(connection)
        await connection.execute(SQL["clear_all"])
        owners = {HOUSEHOLD}
    else:
        await connection.execute(SQL["clear"], list(owners))
    until = datetime.now(UTC) + _COMMITS_WITHIN
    await connection.execute(SQL["cut_sessions"], list(owners), until)


class ResponseCacheRepository:
    """Keeps answers, each as long as the knowledge in its scope is unchanged."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def look_up(self, scope: Scope, key: bytes) -> CacheLookup:
        """Return the answer that still holds, if any. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(
                SQL["look_up"], key, scope.owners, scope.owner
            )
        assert row is not None
        if row["id"] is None:
            return CacheLookup(None, row["version"])
        return CacheLookup(
            CachedAnswer(row["id"], row["answer"], row["created_at"]), row["version"]
        )

    async def count_hit(self, scope: Scope, answer_id: int) -> None:
        """Count that an answer was given again. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            await connection.execute(SQL["hit"], answer_id)

    async def store(
        self,
        scope: Scope,
        key: bytes,
        *,
        question: str,
        answer: str,
        language: str | None,
        agent_id: str | None,
        knowledge_version: int,
        lifetime: timedelta,
        limit: int,
    ) -> None:
        """Keep an answer and let the oldest go beyond `limit` of one owner. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            await connection.execute(
                SQL["store"],
                scope.owner,
                key,
                question,
                answer,
                language,
                agent_id,
                knowledge_version,
                lifetime,
                scope.owners,
            )
            await connection.execute(SQL["make_room"], scope.owner, limit)

    async def statistics(self, scope: Scope) -> dict[str, Any]:
        """Return counts; `hits` and `misses` are of the last 24 hours. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["statistics"], scope.owners)
        return dict(row) if row else {}

    async def clear(self, scope: Scope, *, expired_only: bool) -> int:
        """Let the answers of a scope go; return how many. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["clear_of_scope"], scope.owners, expired_only
            )
        return len(rows)

    async def clear_all(self) -> None:
        """Let everybody's answers go. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["clear_all"])
