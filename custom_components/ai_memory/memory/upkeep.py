"""The work behind the turns: connecting, making vectors, measuring gates, keeping the search fast."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
import logging
import time

from ..embedding.embedder import TextKind
from ..errors import DatabaseError, EmbedderError
from ..postgres.passages import Gates, StoredModel
from ..postgres.store import Store
from .calibration import calibrate
from .embedding_worker import embed_backlog
from .health import Health, Part
from .retention import Expired
from .searching import Searching

_LOGGER = logging.getLogger(__name__)

_ROUND = 300.0  # seconds between rounds when nothing happens
_ROUND_WHILE_FAILING = 5.0
_DAY = 86_400.0  # seconds
_INDEX_BATCH = 500  # turns
_SETTLE = 0.3  # seconds in which what happens together is done together

type Commands = Callable[[str], Awaitable[Sequence[str]]]
"""Returns plain commands in a language, none where it has none."""


class Upkeep:
    """One background loop; a nudge makes it look at once."""

    def __init__(
        self,
        store: Store,
        searching: Searching,
        health: Health,
        *,
        commands: Commands,
        when_connected: Callable[[], Awaitable[None]],
        expire: Callable[[], Awaitable[Expired]],
    ) -> None:
        """Call `when_connected` each time the database is there after it was not, and `expire` once a day."""
        self._store = store
        self._searching = searching
        self._health = health
        self._commands = commands
        self._when_connected = when_connected
        self._expire = expire
        self._expired_at: float | None = None
        self._maintaining = asyncio.Lock()
        self._nudged = asyncio.Event()
        self._connected = False
        self._turns_indexed = False
        self._settled = asyncio.Event()
        self._samples: dict[
            tuple[str, StoredModel | None],
            tuple[Sequence[str], Sequence[Sequence[float]]],
        ] = {}

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
        count = await self._store.passages.count()
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
                await self._expire()
                self._expired_at = time.monotonic()
        await self._store.maintenance.refresh_statistics()
        failure = None
        try:
            await self._embed()
        except EmbedderError as err:
            failure = err
        await self._calibrate(count)
        if self._searching.model:
            await self._store.maintenance.ensure_vector_index(self._searching.model)
        await self._store.maintenance.clean_up()
        if failure:
            raise failure

    async def _index_turns(self) -> None:
        """Make findable what was said before there was an index of it, once a connection: from then on each turn is."""
        after = None
        while not self._turns_indexed:
            after = await self._store.turns.index(after, _INDEX_BATCH)
            self._turns_indexed = after is None

    async def _embed(self) -> None:
        searching = self._searching
        if searching.embedder is None:
            return
        if searching.model is None:
            model = await searching.embedder.model()
            searching.model = await self._store.passages.activate(model)
        await embed_backlog(self._store.passages, searching.model, searching.embedder)
        if self._health.is_failing(Part.EMBEDDER):
            await searching.probe()
        self._health.succeeded(Part.EMBEDDER)

    async def _calibrate(self, count: int) -> None:
        searching = self._searching
        usable = searching.can_embed and not self._health.is_failing(Part.EMBEDDER)
        model = searching.model if usable else None
        name = str(model.id) if model else "none"
        for language in searching.languages:
            gates = searching.gates(language)
            if gates is None:
                gates = await self._store.passages.gates(name, language)
                if gates is not None:
                    searching.set_gates(language, gates)
            if not count or not _is_stale(gates, count, with_vectors=model is not None):
                continue
            commands, vectors = await self._sample(language, model)
            if commands:
                gates = await calibrate(
                    commands,
                    vectors,
                    language,
                    passages=self._store.passages,
                    model=model,
                )
                await self._store.passages.save_gates(name, language, gates)
                # What was not relevant before may be now.
                await self._store.responses.clear_all()
                searching.set_gates(language, gates)

    async def _sample(
        self, language: str, model: StoredModel | None
    ) -> tuple[Sequence[str], Sequence[Sequence[float]]]:
        """Return plain commands and their vectors, which are made once a run. Raises EmbedderError."""
        key = (language, model)
        if key not in self._samples:
            commands = await self._commands(language)
            vectors: Sequence[Sequence[float]] = []
            if model and self._searching.embedder and commands:
                vectors = await self._searching.embedder.embed(commands, TextKind.QUERY)
            if not commands:
                return [], []
            self._samples[key] = commands, vectors
        return self._samples[key]


def _is_stale(gates: Gates | None, count: int, *, with_vectors: bool) -> bool:
    """Return whether gates say nothing of a store of `count` passages any more."""
    if gates is None or (with_vectors and gates.question_cosine is None):
        return True
    return not gates.passages / 2 < count < gates.passages * 2
