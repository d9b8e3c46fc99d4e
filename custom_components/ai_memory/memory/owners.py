"""Whose memory there is, and what becomes of it when a person goes."""

import asyncio
from collections.abc import Sequence
import logging

from ..documents.formats.content import ReadError
from ..documents.originals import Originals
from ..errors import DatabaseError, InvalidInput
from ..models import Scope, Subject, Verb
from ..postgres.owners import OwnerSummary
from ..postgres.store import Store
from .changes import Changes
from .forgetting import Forgetting
from .preferences import Preferences

_LOGGER = logging.getLogger(__name__)

_SUBJECTS = (
    Subject.MEMORY,
    Subject.DOCUMENT,
    Subject.COLLECTION,
    Subject.CONVERSATION,
    Subject.PREFERENCE,
    Subject.ALIAS,
    Subject.PROPOSED_ALIAS,
    Subject.FEEDBACK,
    Subject.CACHE,
)


class Owners:
    """Moves and erases everything of an owner."""

    def __init__(
        self,
        store: Store,
        forgetting: Forgetting,
        preferences: Preferences,
        changes: Changes,
        originals: Originals,
    ) -> None:
        """Take what keeps things of owners as well."""
        self._store = store
        self._forgetting = forgetting
        self._preferences = preferences
        self._changes = changes
        self._originals = originals

    async def owners(self) -> dict[str, int]:
        """Return how many memories, turns, preferences and documents each owner has, also those who are gone. Raises DatabaseError."""
        return await self._store.owners.owners()

    async def summary(self, scope: Scope) -> OwnerSummary:
        """Return what an owner has. Raises DatabaseError."""
        return await self._store.owners.summary(scope)

    async def reassign(self, source: Scope, target: Scope) -> int:
        """Make everything of one owner another's; return how many memories, turns, preferences and documents it was.

        What both have becomes one; of ratings and preferences with the same key the target's stays. Raises InvalidInput
        `owner_same`, DatabaseError.
        """
        if source == target:
            raise InvalidInput("owner_same")
        async with self._forgetting.standing_still():
            number = await self._number(source)
            unneeded = []
            if number:
                unneeded = await self._store.owners.reassign(source, target)
        await self._erase_files(unneeded)
        if number:
            await self._preferences.reload()
            self._tell(Verb.REMOVED, source)
            self._tell(Verb.ADDED, target)
        return number

    async def erase(self, scope: Scope) -> int:
        """Erase everything of an owner; return how many memories, turns, preferences and documents it was.

        Files in folders are not touched.

        Raises InvalidInput, DatabaseError.
        """
        async with self._forgetting.owner_going(scope.owner):
            number = await self._number(scope)
            originals = await self._store.owners.erase(scope)
        await self._erase_files(originals)
        await self._preferences.reload()
        self._tell(Verb.REMOVED, scope)
        return number

    async def _erase_files(self, originals: Sequence[str]) -> None:
        for original in originals:
            try:
                await asyncio.to_thread(self._originals.erase, original)
                await self._store.documents.forget_original(original)
            except (OSError, ReadError, DatabaseError) as err:
                # Nothing refers to it any more: the next maintenance tries again.
                _LOGGER.warning("The file of a document cannot be erased: %s", err)

    async def _number(self, scope: Scope) -> int:
        found = await self._store.owners.summary(scope)
        return found.memories + found.turns + found.preferences + found.documents

    def _tell(self, verb: Verb, scope: Scope) -> None:
        for subject in _SUBJECTS:
            self._changes.tell(subject, verb, scope.owner)
