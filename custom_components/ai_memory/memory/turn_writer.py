"""Brings turns into the database, in order and once each, behind the reply's back."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
import logging

from ..errors import DatabaseError
from ..models import Turn
from ..postgres.turns import TurnRepository
from .journal import Journal, SetAside

_LOGGER = logging.getLogger(__name__)
_BATCH = 50  # turns in one transaction
_RETRY_AFTER = 2.0  # seconds


class TurnWriter:
    """A queue of turns with a journal behind it."""

    def __init__(
        self,
        journal: Journal,
        turns: TurnRepository,
        *,
        report: Callable[[DatabaseError | None], None],
        after_batch: Callable[[list[Turn]], Awaitable[None]],
    ) -> None:
        """Tell `report` of each failure and success, and `after_batch` of what was written."""
        self._journal = journal
        self._turns = turns
        self._report = report
        self._after_batch = after_batch
        self._queue: deque[Turn] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._journal_failed = False
        self.dropped = 0

    @property
    def pending(self) -> int:
        """Return how many turns are not in the database yet."""
        return len(self._queue)

    @property
    def queued(self) -> list[Turn]:
        """Return the turns that are not in the database yet, oldest first."""
        return list(self._queue)

    @property
    def journal_size(self) -> int:
        """Return the length of the journal in bytes."""
        return self._journal.size

    async def load(self) -> None:
        """Take up what a former run left."""
        try:
            self._queue.extendleft(reversed(await self._journal.load()))
        except OSError as err:
            _LOGGER.error("The journal of turns cannot be read: %s", err.strerror)
        if self._queue:
            _LOGGER.info("%s turns of before are being written", len(self._queue))
            self._changed()

    async def add(self, turn: Turn) -> None:
        """Make sure of a turn; it is written to the database later. Never raises."""
        if self._journal.is_full:
            if not self.dropped:
                _LOGGER.error("The journal is full: turns are no longer saved")
            self.dropped += 1
            return
        # First the queue: the journal is emptied when nothing is queued.
        self._queue.append(turn)
        self._changed()
        try:
            await self._journal.append(turn)
            self._journal_failed = False
        except OSError as err:
            if not self._journal_failed:
                _LOGGER.error("The journal cannot be written: %s", err.strerror)
            self._journal_failed = True

    async def forget_set_aside(self, matches: Callable[[SetAside], bool]) -> None:
        """Delete what matches of the turns that the database does not take. Raises OSError."""
        await self._journal.forget_set_aside(matches)

    def retry(self) -> None:
        """Try again now."""
        self._wake.set()

    async def drain(self, timeout: float) -> bool:
        """Wait until all is written; return False where that took longer than `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Write turns until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                if not await self._write([*self._queue][:_BATCH]):
                    try:
                        async with asyncio.timeout(_RETRY_AFTER):
                            await self._wake.wait()
                    except TimeoutError:
                        pass
                    self._wake.clear()

    async def _write(self, batch: list[Turn]) -> bool:
        written: list[Turn] = []
        refusal: Exception | None = None
        try:
            written = await self._turns.record(batch)
        except DatabaseError as err:
            if not err.is_refusal:
                self._report(err)
                return False
            refusal = err
        except Exception as err:  # noqa: BLE001  # a turn that is not what it should be must not stop those behind it
            refusal = err
        if refusal and len(batch) > 1:
            for turn in batch:
                if not await self._write([turn]):
                    return False
            return True
        if refusal:
            await self._set_aside(batch[0], refusal)
        self._report(None)
        for _ in batch:
            self._queue.popleft()
        if written:
            await self._after_batch(written)
        if not self._queue:
            try:
                await self._journal.clear()
            except OSError as err:
                _LOGGER.error("The journal cannot be emptied: %s", err.strerror)
            self.dropped = 0
            if not self._queue:
                self._idle.set()
        return True

    async def _set_aside(self, turn: Turn, refusal: Exception) -> None:
        # Never the error's own words: they may quote what was said.
        reason = type(refusal).__name__
        if isinstance(refusal, DatabaseError):
            reason = refusal.placeholders.get("code", reason)
        _LOGGER.error(
            "The turn %s cannot be written (%s); it is kept beside the journal",
            turn.id,
            reason,
        )
        try:
            await self._journal.set_aside(turn)
        except OSError as failure:
            _LOGGER.error("It could not be kept: %s", failure.strerror)

    def _changed(self) -> None:
        self._idle.clear()
        self._wake.set()
