"""Items on their way into the database: in batches, alone where one is refused, and looked at when they are there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
import json
import logging
from typing import Final

from ...errors import DatabaseError
from ...models import Subject
from ...postgres.archive import Sample
from ...postgres.imports import ImportRepository, Outcome, Taking
from ..aliases import ALIAS_PREFIX
from ..archives.merge import SAMPLES, SHORTEST_SAMPLE
from ..memories import LONGEST_QUERY, MEMORIES
from .fields import Reason
from .items import Item, MemoryItem, PreferenceItem, TurnItem, digest_of
from .report import Check, Report

_LOGGER = logging.getLogger(__name__)

_RETRY_AFTER: Final = 2.0  # seconds
_TRIES: Final = 30


class Writing:
    """Stores items of one owner, and notes in the report what became of them."""

    def __init__(
        self,
        imports: ImportRepository,
        owner: str,
        report: Report,
        is_stopped: Callable[[], bool],
    ) -> None:
        """Give up waiting for a database that is away once `is_stopped`."""
        self._imports = imports
        self._owner = owner
        self._report = report
        self._is_stopped = is_stopped
        self.changed: set[Subject] = set()
        self.memories: list[Sample] = []
        """What to search for."""
        self.turns: list[Sample] = []

    async def store(self, items: Sequence[Item]) -> None:
        """Store items and look whether they are there. Raises DatabaseError."""
        for kind in (TurnItem, MemoryItem, PreferenceItem):
            same = [item for item in items if isinstance(item, kind)]
            if same:
                stored = await self._store(same)
                await self._patiently(partial(self._check, stored))

    async def try_out(self, items: Sequence[Item]) -> None:
        """Store items and take them back. Raises DatabaseError."""
        async with self._imports.taking(keep=False) as into:
            for kind in (TurnItem, MemoryItem, PreferenceItem):
                await _take(into, [item for item in items if isinstance(item, kind)])

    async def note_secrets(self, kinds: set[str]) -> None:
        """Note that secrets of these kinds were not taken. Raises DatabaseError."""
        if kinds:
            await self._patiently(partial(self._note_secrets, kinds))

    async def _note_secrets(self, kinds: set[str]) -> None:
        async with self._imports.taking() as into:
            await into.note_dropped(self._owner, sorted(kinds))

    async def _store[T: Item](self, items: Sequence[T]) -> list[T]:
        """Store items of one kind; return those that were taken."""
        try:
            outcomes = await self._patiently(partial(self._store_once, items))
        except DatabaseError as err:
            if not err.is_refusal:
                raise
            if len(items) == 1:
                for row in items[0].rows:
                    self._report.refuse(row, Reason.REFUSED)
                return []
            middle = len(items) // 2
            return [
                *await self._store(items[:middle]),
                *await self._store(items[middle:]),
            ]
        for item, outcome in zip(items, outcomes, strict=True):
            self._note(item, outcome)
        return list(items)

    async def _store_once(self, items: Sequence[Item]) -> list[Outcome]:
        async with self._imports.taking() as into:
            return await _take(into, items)

    async def _patiently[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something, also where the database is away for a while. Raises DatabaseError."""
        for attempt in range(_TRIES):
            try:
                return await work()
            except DatabaseError as err:
                if err.is_refusal or attempt == _TRIES - 1 or self._is_stopped():
                    raise
                if not attempt:
                    _LOGGER.debug("An import waits for the database", exc_info=True)
            await asyncio.sleep(_RETRY_AFTER)
        raise AssertionError

    def _note(self, item: Item, outcome: Outcome) -> None:
        for row in item.rows:
            self._report.table(row.table).taken += 1
        counts = self._report.table(item.rows[0].table)
        match outcome:
            case Outcome.ADDED:
                counts.added += 1
            case Outcome.CHANGED:
                counts.changed += 1
            case Outcome.THERE:
                counts.already_there += 1
                return
        match item:
            case TurnItem():
                self.changed.add(Subject.CONVERSATION)
                if item.rating is not None:
                    self.changed.add(Subject.FEEDBACK)
                turn = item.stored.turn
                self._keep(self.turns, turn["text"] or turn["reply"], turn["language"])
            case MemoryItem():
                self.changed.add(Subject.MEMORY)
                memory = item.stored
                self._keep(self.memories, memory["content"], memory["language"])
            case PreferenceItem():
                self.changed.add(
                    Subject.ALIAS
                    if item.stored["key"].startswith(ALIAS_PREFIX)
                    else Subject.PREFERENCE
                )

    def _keep(self, samples: list[Sample], text: str, language: str | None) -> None:
        """Keep the longest texts."""
        if SHORTEST_SAMPLE <= len(text) <= LONGEST_QUERY:
            samples.append(Sample(self._owner, text, language))
            if len(samples) > SAMPLES:
                samples.remove(min(samples, key=lambda sample: len(sample.text)))

    # --- looking at what is there

    async def _check(self, items: Sequence[Item]) -> None:
        turns = [item for item in items if isinstance(item, TurnItem)]
        if turns:
            await self._check_turns(turns)
        memories = [item for item in items if isinstance(item, MemoryItem)]
        if memories:
            await self._check_memories(memories)
        preferences = [item for item in items if isinstance(item, PreferenceItem)]
        if preferences:
            await self._check_preferences(preferences)

    async def _check_turns(self, items: Sequence[TurnItem]) -> None:
        stored = await self._imports.stored_turns(
            self._owner, [item.stored.id for item in items]
        )
        for item in items:
            found = stored.get(item.stored.id)
            at = item.stored.turn["started_at"] if item.timed else None
            self._count(
                "turns",
                item,
                digest_of(f"{item.digest}{at}"),
                found
                and digest_of(f"{found.digest}{found.started_at if at else None}"),
            )
            if item.rating is not None:
                rating = found.rating if found else None
                self._count(
                    "feedback",
                    item,
                    digest_of(f"{item.stored.id} {item.rating}"),
                    rating and digest_of(f"{item.stored.id} {rating}"),
                )

    async def _check_memories(self, items: Sequence[MemoryItem]) -> None:
        stored = await self._imports.stored_memories(
            self._owner, MEMORIES, [item.digest for item in items]
        )
        for item in items:
            found = item.digest if item.digest in stored else None
            self._count("memories", item, item.digest, found)

    async def _check_preferences(self, items: Sequence[PreferenceItem]) -> None:
        stored = await self._imports.stored_preferences(
            self._owner, [item.stored["key"] for item in items]
        )
        for item in items:
            key = item.stored["key"]
            found = stored.get(key)
            self._count(
                "preferences",
                item,
                _digest_of_value(key, item.stored["value"]),
                None if found is None else _digest_of_value(key, found),
            )

    def _count(
        self, name: str, item: Item, taken: str, found: str | int | None
    ) -> None:
        check = self._report.checks.setdefault(name, Check())
        check.add(taken, str(found) if found else None)
        if not found:
            for row in item.rows:
                self._report.refuse(row, Reason.NOT_STORED)


def _digest_of_value(key: str, value: str) -> str:
    """Return the digest of a preference; numbers and keys stand in `jsonb` in another way than in JSON."""
    plain = json.dumps(json.loads(value), sort_keys=True)
    return digest_of(f"{key} {plain}")


async def _take(into: Taking, items: Sequence[Item]) -> list[Outcome]:
    """Take items of one kind; say of each what became of it."""
    turns = [item.stored for item in items if isinstance(item, TurnItem)]
    if turns:
        return await into.exchanges(turns)
    memories = [item for item in items if isinstance(item, MemoryItem)]
    if memories:
        return await into.facts(
            [item.stored for item in memories], [item.passage for item in memories]
        )
    return await into.wishes(
        [item.stored for item in items if isinstance(item, PreferenceItem)]
    )
