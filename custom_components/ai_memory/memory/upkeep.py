"""The work behind the turns: connecting, making vectors, measuring gates, keeping the search fast."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
import time

from ..errors import DatabaseError, DatabaseUnreachable, EmbedderError
from ..postgres.store import Store
from .calibration import Calibration
from .embedding_switch import EmbeddingSwitch
from .embedding_worker import EmbeddingWorker
from .health import Health, Part
from .index_pause import IndexPause
from .retention import Expired
from .searching import Searching

_LOGGER = logging.getLogger(__name__)

_ROUND = 300.0  # seconds between rounds when nothing happens
_ROUND_WHILE_FAILING = 5.0
_DAY = 86_400.0  # seconds
_INDEX_BATCH = 500  # turns
_INDEX_AFTER_REFUSAL = 60.0
"""Seconds after which an index that the database refused is tried again, longer each time."""
_VECTORS = 60.0
"""Seconds in which a round makes vectors, so that the rest of it does not wait for thousands of documents."""
_SETTLE = 0.3  # seconds in which what happens together is done together


class Upkeep:
    """One background loop; a nudge makes it look at once."""

    def __init__(
        self,
        store: Store,
        searching: Searching,
        health: Health,
        calibration: Calibration,
        switch: EmbeddingSwitch,
        *,
        when_connected: Callable[[], Awaitable[None]],
        expire: Callable[[], Awaitable[Expired]],
        refresh_shelves: Callable[[], Awaitable[None]],
    ) -> None:
        """Call `when_connected` each time the database is there after it was not, `expire` once a day.

        `refresh_shelves` is called each round, when the vectors are made.
        """
        self._store = store
        self._searching = searching
        self._health = health
        self._calibration = calibration
        self._switch = switch
        self._worker = EmbeddingWorker(store.models, searching.batches, searched=True)
        self._when_connected = when_connected
        self._expire = expire
        self._refresh_shelves = refresh_shelves
        self._expired_at: float | None = None
        self._maintaining = asyncio.Lock()
        self._nudged = asyncio.Event()
        self._connected = False
        self._turns_indexed = False
        self._index_from = 0.0
        self._index_pause = IndexPause(_INDEX_AFTER_REFUSAL)
        self._settled = asyncio.Event()

    def nudge(self) -> None:
        """Say that there is something to do."""
        self._settled.clear()
        self._nudged.set()

    async def settled(self, timeout: float) -> bool:
        """Wait until nothing is left to do; return False where that took longer than `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._settled.wait()
        except TimeoutError:
            return False
        return True

    async def connect(self) -> None:
        """Open the database. Raises DatabaseError."""
        try:
            await self._store.database.open()
        except DatabaseError as err:
            self._health.failed(Part.DATABASE, err)
            raise

    async def maintain(self) -> Expired:
        """Do now what is done once a day; the index is looked after right behind it. Raises DatabaseError."""
        async with self._maintaining:
            expired = await self._expire()
            self._expired_at = time.monotonic()
            await self._store.maintenance.refresh_statistics(force=True)
        self.nudge()
        return expired

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._nudged.clear()
            try:
                await self._round()
            except DatabaseError as err:
                self._health.failed(Part.DATABASE, err)
                self._connected = False
            except EmbedderError as err:
                self._health.failed(Part.EMBEDDER, err)
            except Exception:
                # The next round may do better, and there must be one.
                _LOGGER.exception("Unexpected error in the background work")
            if not self._nudged.is_set():
                self._settled.set()
            failing = any(self._health.is_failing(part) for part in Part)
            try:
                async with asyncio.timeout(_ROUND_WHILE_FAILING if failing else _ROUND):
                    await self._nudged.wait()
                await asyncio.sleep(_SETTLE)
            except TimeoutError:
                pass

    async def _round(self) -> None:
        await self.connect()
        # Only this finds out that a server that went has returned: what is open stays open.
        await self._store.passages.count()
        self._health.succeeded(Part.DATABASE)
        if not self._connected:
            self._connected = True
            self._turns_indexed = False
            await self._when_connected()
        await self._index_turns()
        # Counted from the start: a machine that is off at night is looked after as well.
        if (
            self._expired_at is None or time.monotonic() - self._expired_at > _DAY
        ) and not self._maintaining.locked():
            async with self._maintaining:
                try:
                    await self._expire()
                except DatabaseError:
                    raise
                except Exception:
                    # What else there is to do does not wait for it, and it is tried again the next day.
                    _LOGGER.exception("Unexpected error while old things were let go")
                self._expired_at = time.monotonic()
        await self._store.maintenance.refresh_statistics()
        failure = None
        embedder = self._searching.embedder
        try:
            await self._embed()
            await self._refresh_shelves()
        except EmbedderError as err:
            # What one that was replaced meanwhile says is of no concern.
            failure = err if embedder is self._searching.embedder else None
        await self._calibrate()
        await self._index()
        await self._store.maintenance.clean_up()
        await self._switch.clean_up()
        if failure:
            raise failure

    async def _index(self) -> None:
        model = self._searching.model
        if model is None or time.monotonic() < self._index_from:
            return
        try:
            await self._store.maintenance.ensure_vector_index(model)
        except DatabaseUnreachable:
            raise
        except DatabaseError as err:
            # Such as no room for it. Without one the search is slower, no more.
            self._index_from = time.monotonic() + self._index_pause.refused()
            _LOGGER.warning("The vector index could not be built: %s", err.placeholders)
        else:
            self._index_pause.built()

    async def _index_turns(self) -> None:
        """Make findable what was said before there was an index of it, once a connection: from then on each turn is."""
        after = None
        while not self._turns_indexed:
            after = await self._store.turns.index(after, _INDEX_BATCH)
            self._turns_indexed = after is None

    async def _embed(self) -> None:
        searching = self._searching
        await self._switch.settle()
        model, embedder = searching.model, searching.embedder
        if model is None or embedder is None:
            return

        end = time.monotonic() + _VECTORS

        def go_on() -> bool:
            return searching.model == model and time.monotonic() < end

        with searching.precedence.searched:
            while await self._worker.embed_page(model, embedder, go_on=go_on):
                if not go_on():
                    # The rest of the round has its turn first.
                    self.nudge()
                    break
        if self._health.is_failing(Part.EMBEDDER):
            await searching.probe()
        self._health.succeeded(Part.EMBEDDER)

    async def _calibrate(self) -> None:
        searching = self._searching
        model, embedder, languages = (
            searching.model,
            searching.embedder,
            searching.languages,
        )
        if model and self._health.is_failing(Part.EMBEDDER):
            # By words alone, where nothing better is known.
            languages = [one for one in languages if not searching.gates(one)]
            model = embedder = None
        await self._calibration.measure(languages, model, embedder)
