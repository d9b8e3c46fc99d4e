"""What people ask of the response cache."""

from typing import Any

from ..models import HOUSEHOLD, Scope, Subject, Verb
from ..postgres.store import Store
from .changes import Changes


class Cache:
    """Tells of the response cache and empties it."""

    def __init__(self, store: Store, changes: Changes) -> None:
        """Take where answers are kept."""
        self._store = store
        self._changes = changes

    async def statistics(self, scope: Scope) -> dict[str, Any]:
        """Return counts of the scope's answers and of its cache verdicts in the last 24 hours. Raises DatabaseError."""
        return await self._store.responses.statistics(scope)

    async def clear(self, scope: Scope, *, expired_only: bool = False) -> int:
        """Let the scope's answers go; return how many there were. Raises DatabaseError."""
        cleared = await self._store.responses.clear(scope, expired_only=expired_only)
        if cleared:
            self._changes.tell(Subject.CACHE, Verb.REMOVED, scope.owner)
        return cleared

    async def clear_all(self) -> None:
        """Let everybody's answers go. Raises DatabaseError."""
        await self._store.responses.clear_all()
        self._changes.tell(Subject.CACHE, Verb.REMOVED, HOUSEHOLD)
