"""Preferences, of which aliases are one category."""

import json

import asyncpg

from ..models import JsonValue, Preference, Scope
from .database import MAINTENANCE, Database
from .queries import load

SQL = load("preferences")


def _preference(row: asyncpg.Record) -> Preference:
    return Preference(
        owner=row["owner"],
        key=row["key"],
        category=row["category"],
        value=json.loads(row["value"]),
        updated_at=row["updated_at"],
    )


class PreferenceRepository:
    """Stores, reads and deletes preferences."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def set(
        self, scope: Scope, key: str, category: str, value: JsonValue
    ) -> Preference:
        """Set a preference of this owner. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(
                SQL["set"],
                scope.owner,
                key,
                category,
                json.dumps(value, ensure_ascii=False),
            )
        assert row is not None
        return _preference(row)

    async def get(self, scope: Scope, key: str) -> Preference | None:
        """Return the speaker's preference, else the household's. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["get"], key, scope.owners)
        return _preference(row) if row else None

    async def delete(self, scope: Scope, key: str) -> bool:
        """Delete this owner's preference; return whether there was one. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            return (
                await connection.fetchval(SQL["delete"], key, scope.owner) is not None
            )

    async def of_everybody(self, prefix: str) -> list[Preference]:
        """Return everybody's preferences whose key begins with `prefix`. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["all_of_category"], prefix)
        return [_preference(row) for row in rows]

    async def list(
        self,
        scope: Scope,
        *,
        prefix: str,
        category: str | None,
        after_key: str,
        limit: int | None,
    ) -> list[Preference]:
        """Return the preferences behind a key that the scope may see, by key, the speaker's own first.

        `limit` never parts two of the same key; None for all. Raises DatabaseError.
        """
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["list"], scope.owners, prefix, category, after_key, limit
            )
        return [_preference(row) for row in rows]
