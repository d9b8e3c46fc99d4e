"""Changing the embedding model: the old one serves while the vectors of the new one are made, then one switch."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
import logging
import time

from ..embedding.embedder import Embedder, TextKind
from ..errors import AiMemoryError, DatabaseError, DatabaseUnreachable, EmbedderError
from ..models import EmbeddingModel
from ..postgres.embedding_models import GRACE
from ..postgres.passages import StoredModel
from ..postgres.store import Store
from .calibration import Calibration
from .dry_run import DryRun, dry_run
from .embedding_worker import EmbeddingWorker
from .health import Health, Part
from .index_pause import IndexPause
from .searching import Searching

_LOGGER = logging.getLogger(__name__)

_RETRY_AFTER = 10.0  # seconds


class SwitchState(StrEnum):
    """What a switch is at."""

    BUILDING = "building"
    """Vectors are being made."""
    INDEXING = "indexing"
    CALIBRATING = "calibrating"
    WAITING = "waiting"
    """For the new model's server or for the database."""


@dataclass(frozen=True, slots=True)
class SwitchProgress:
    """How far a switch is.

    `done` of `total` passages have a vector of the new model. `model` and `started_at` are None until its server, and the
    database, were reached. `seconds_left` is None while nothing can be said. `problem` is the translation key of what it
    waits for, or waited for until it tried again and has not got on yet; `placeholders` are those of its text.
    """

    state: SwitchState
    model: EmbeddingModel | None = None
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    seconds_left: float | None = None
    problem: str | None = None
    placeholders: Mapping[str, str] = field(default_factory=dict)


class _Build:
    """Counts what one attempt at a build has done."""

    def __init__(
        self, model: EmbeddingModel, since: datetime, before: SwitchProgress | None
    ) -> None:
        """Begin to count; `before` tells what the last attempt ended with."""
        self._model = model
        self._since = since
        self._before = before
        self._began = time.monotonic()
        self._made = 0
        self._missing = self._total = 0

    def counted(self, total: int, missing: int) -> None:
        """Take what there is, and what of it has no vector."""
        self._total, self._missing = total, missing

    def made(self, number: int) -> None:
        """Count vectors that were made."""
        self._made += number
        self._missing = max(0, self._missing - number)
        if number:
            self.got_on()

    def got_on(self) -> None:
        """Note that what the last attempt ended with is over."""
        self._before = None

    def progress(self, state: SwitchState) -> SwitchProgress:
        """Return how far it is."""
        left = None
        if state is SwitchState.BUILDING and self._made:
            left = self._missing * (time.monotonic() - self._began) / self._made
        return SwitchProgress(
            state,
            self._model,
            done=self._total - self._missing,
            total=self._total,
            started_at=self._since,
            seconds_left=left,
            problem=self._before.problem if self._before else None,
            placeholders=self._before.placeholders if self._before else {},
        )


class EmbeddingSwitch:
    """Knows which model serves, and brings another one in its place."""

    def __init__(
        self,
        store: Store,
        searching: Searching,
        health: Health,
        calibration: Calibration,
        next_embedder: Embedder | None,
        *,
        switched: Callable[[], None],
        nudge: Callable[[], None],
    ) -> None:
        """Bring `next_embedder` in the place of the one that serves, if there is one.

        `switched` is called once when it serves, `nudge` when the background work has something to do.
        """
        self._store = store
        self._searching = searching
        self._health = health
        self._calibration = calibration
        self._next = next_embedder
        self._switched = switched
        self._nudge = nudge
        self._worker = EmbeddingWorker(store.models, searching.batches, searched=False)
        self._changing = asyncio.Lock()
        self._stopped = False
        self._pause = _RETRY_AFTER
        self._index_pause = IndexPause(_RETRY_AFTER)
        self._target: StoredModel | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[SwitchProgress | None], None]] = []
        self._progress = SwitchProgress(SwitchState.WAITING) if next_embedder else None

    async def dry_run(self, embedder: Embedder) -> DryRun:
        """Return what a change to the embedder's model would take; the embedder stays the caller's.

        Raises DatabaseError, EmbedderError.
        """
        searching = self._searching
        return await dry_run(
            self._store.models,
            embedder,
            searching.batches,
            serves=searching.embedder is not None,
        )

    def progress(self) -> SwitchProgress | None:
        """Return how far the switch is that is under way, None where there is none."""
        return self._progress

    def subscribe(
        self, listener: Callable[[SwitchProgress | None], None]
    ) -> Callable[[], None]:
        """Tell a listener of each step, with None at the end; return what removes it. Listeners may not raise."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def back_out(self) -> bool:
        """Give up the switch that is under way and delete what was made for it. Raises DatabaseError: then it goes on.

        Return False where there is none, or where it has taken place: then it stays.
        """
        if not await self._give_up():
            return False
        self._tell(None)
        try:
            async with self._changing:
                await self._tidy()
        except DatabaseError:
            # In the background, then, until it is done.
            self.start()
        return True

    async def begin(self, embedder: Embedder) -> None:
        """Bring an embedder in the place of the one that serves, or of the one that is on its way. Raises DatabaseError.

        Where that makes vectors of the same model, its work goes on.
        """
        await self._give_up()
        await self._end_task()
        if self._stopped:
            await embedder.close()
            return
        self._next = embedder
        self._tell(SwitchProgress(SwitchState.WAITING))
        self.start()

    def start(self) -> None:
        """Begin or go on; without a next embedder clear up what was left of one."""
        if self._stopped:
            return
        self._task = asyncio.create_task(self._run(), name="ai_memory model switch")

    async def stop(self) -> None:
        """End for good; what was made is kept, and the next service goes on with it."""
        self._stopped = True
        await self._end_task()
        for task in (closing := list(self._closing)):
            task.cancel()
        await asyncio.gather(*closing, return_exceptions=True)
        embedder, self._next = self._next, None
        if embedder:
            await embedder.close()

    async def settle(self) -> None:
        """Find out which model serves, if that is not known. Raises DatabaseError, EmbedderError."""
        searching, models = self._searching, self._store.models
        embedder = searching.embedder
        if embedder is None or searching.model is not None:
            return
        model = await embedder.model()
        async with self._changing:
            if searching.embedder is not embedder:
                return
            if self._next is not None:
                active = await models.active()
                # Perhaps the switch took place, and nobody lived to tell.
                if (
                    active is not None
                    and active.model != model
                    and await self._next.model() == active.model
                ):
                    self._take_over(active.stored, self._next)
                    return
            searching.serve(await models.activate(model), embedder)

    async def clean_up(self) -> None:
        """Delete models that nobody asks any more, once the active one has all vectors. Raises DatabaseError."""
        models = self._store.models
        await models.forget_failures()
        replaced = await models.replaced()
        active = await models.active() if replaced else None
        if active is None or await models.count_without_embedding(active.stored):
            return
        for model in replaced:
            async with self._changing:
                # It may have been wished for again.
                if model in await models.replaced():
                    await self._delete(model)

    async def _run(self) -> None:
        self._index_pause = IndexPause(_RETRY_AFTER)
        while True:
            self._pause = _RETRY_AFTER
            try:
                if self._next is None:
                    await self._tidy()
                else:
                    await self._replace(self._next)
            except EmbedderError as err:
                self._wait(err)
            except DatabaseUnreachable as err:
                self._health.failed(Part.DATABASE, err)
                self._wait(err)
            except DatabaseError as err:
                # Such as no room for the index: everything else may work.
                self._wait(err)
            except Exception:
                # The next attempt may do better.
                _LOGGER.exception("Unexpected error while the embedding model changes")
                self._wait(AiMemoryError())
            else:
                return
            await asyncio.sleep(self._pause)

    async def _replace(self, embedder: Embedder) -> None:
        models = self._store.models
        model = await embedder.model()
        async with self._changing:
            if self._next is not embedder:
                return
            active = await models.active()
            if self._searching.embedder is None or (active and active.model == model):
                # Nothing serves; or the switch took place, and nobody lived to tell.
                self._take_over(await models.activate(model), embedder)
                return
            building = await models.building()
            if building and building.model != model:
                await self._tidy()
            self._target, since = await models.begin(model)
        await self._prepare(
            self._target, embedder, _Build(model, since, self._progress)
        )
        async with self._changing:
            if await models.switch(self._target):
                self._take_over(self._target, embedder)

    async def _prepare(
        self, stored: StoredModel, embedder: Embedder, build: _Build
    ) -> None:
        """Make all vectors, the index and the gates of a model."""
        models, searching = self._store.models, self._searching

        def made(number: int) -> None:
            build.made(number)
            self._tell(build.progress(SwitchState.BUILDING))

        news = True
        while news:
            while missing := await models.count_without_embedding(stored):
                build.counted(await models.count_findable(), missing)
                made(0)
                await self._worker.embed_page(stored, embedder, made=made)
            self._tell(build.progress(SwitchState.INDEXING))
            if indexed := await self._index(stored):
                build.got_on()
            self._tell(build.progress(SwitchState.CALIBRATING))
            measured = await self._calibration.measure(
                searching.languages, stored, embedder
            )
            build.got_on()
            # What took long may have left new passages behind.
            news = indexed or measured

    async def _index(self, stored: StoredModel) -> bool:
        """Build the index of a model where it pays and is not there; return whether."""
        try:
            built = await self._store.maintenance.ensure_vector_index(stored)
        except DatabaseUnreachable:
            raise
        except DatabaseError:
            self._pause = self._index_pause.refused()
            raise
        self._index_pause.built()
        return built

    async def _give_up(self) -> bool:
        """End the switch that is under way; return False where there is none, or where it has taken place.

        Raises DatabaseError: then it goes on.
        """
        if self._next is None:
            return False
        await self._end_task()
        async with self._changing:
            if (embedder := self._next) is None:
                return False
            # It may have been stopped between the switch in the database and the word of it.
            try:
                active = await self._store.models.active()
            except DatabaseError:
                self.start()
                raise
            if active is not None and active.stored == self._target:
                self._take_over(active.stored, embedder)
                return False
            self._next = self._target = None
            self._let_go(embedder)
        return True

    def _take_over(self, model: StoredModel, embedder: Embedder) -> None:
        before = self._searching.embedder
        self._searching.serve(model, embedder)
        self._next = self._target = None
        if before is not None:
            before.forget_queries()
            # Somebody may still wait for it.
            self._let_go(before, after=GRACE.total_seconds())
        _LOGGER.info("The embedding model has changed")
        self._switched()
        self._tell(None)
        self._nudge()

    def _let_go(self, embedder: Embedder, *, after: float = 0.0) -> None:
        """Close an embedder that was ours, in the background: its server may hang."""
        task = asyncio.create_task(
            self._close(embedder, after), name="ai_memory close", eager_start=True
        )
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, embedder: Embedder, after: float) -> None:
        try:
            try:
                await asyncio.sleep(after)
            finally:
                await embedder.unload()
        finally:
            await embedder.close()
        # Its vectors may go.
        self._nudge()
        if (serves := self._searching.embedder) is not None:
            # It may be the same model, with other dimensions: then it is loaded again before somebody asks.
            with suppress(EmbedderError):
                await serves.embed(["probe"], TextKind.DOCUMENT)

    async def _tidy(self) -> None:
        """Delete what was made for a switch that nobody wants any more."""
        if building := await self._store.models.building():
            await self._store.models.stop_building(building.stored)
            await self._delete(building.stored)

    async def _delete(self, model: StoredModel) -> None:
        await self._store.maintenance.drop_vector_index(model)
        await self._store.models.delete(model)

    async def _end_task(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _wait(self, error: AiMemoryError) -> None:
        if self._progress is None:
            return
        if self._progress.problem != error.translation_key:
            _LOGGER.warning(
                "The change of the embedding model waits: %s", error.translation_key
            )
        self._tell(
            replace(
                self._progress,
                state=SwitchState.WAITING,
                seconds_left=None,
                problem=error.translation_key,
                placeholders=error.placeholders,
            )
        )

    def _tell(self, progress: SwitchProgress | None) -> None:
        self._progress = progress
        for listener in list(self._listeners):
            listener(progress)
