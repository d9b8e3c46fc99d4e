"""That a secret was not stored; never the secret itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ..models import Scope
from .database import Database
from .queries import load

SQL = load("secrets")


@dataclass(frozen=True, slots=True)
class DroppedSecret:
    """What was dropped: its kind, and where from."""

    owner: str
    kind: str
    source: str
    turn_id: UUID | None
    created_at: datetime


class DroppedSecretRepository:
    """Notes and lists what was dropped."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def note(self, scope: Scope, source: str, kinds: Sequence[str]) -> None:
        """Note that secrets of these kinds were not stored. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            await connection.execute(SQL["note"], scope.owner, source, None, kinds)

    async def list(self, scope: Scope, limit: int) -> list[DroppedSecret]:
        """Return what was dropped, the newest first. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["list"], scope.owners, limit)
        return [DroppedSecret(**row) for row in rows]
