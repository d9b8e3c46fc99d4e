"""What memory has to say to an utterance before the agent is asked, within a deadline."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
import logging
import time
from typing import Any

from ..errors import DatabaseError
from ..models import CachedAnswer, CacheVerdict, ContextReference, Passage, Scope
from ..postgres.store import Store
from ..text_forms import cache_key
from .cache_policy import verdict_before
from .context import build_context
from .health import Health, Part
from .past import Past, find_past
from .questions import is_question
from .said import SaidBefore, said_before
from .searching import QueryVector, Searching

_LOGGER = logging.getLogger(__name__)

_CANDIDATES = 20
_EMBEDDING_SHARE = 0.7
"""Share of the deadline that the embedding call may take, so that a search by words still fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What was said, aliases resolved, and what may be done for it.

    `about` is what memory was asked for, where that is known: it is searched for in place of the text. `budget` is in
    tokens. `names_live_thing`: it speaks of an entity or area of the home. `place` is the device that heard it: the agent
    may know where that stands; `places` are what memories call the places there. `keep_answer`: the agent's answer rests
    on nothing that was said before. `now` is in the time zone of the home, which is the machine's if not given.
    """

    text: str
    scope: Scope
    language: str
    conversation_id: str
    delegate_id: str
    about: str | None = None
    model: str | None = None
    place: str | None = None
    places: Sequence[str] = ()
    recall: bool = True
    cache: bool = True
    budget: int = 800
    is_follow_up: bool = False
    keep_answer: bool = True
    asks_language_model: bool = True
    names_live_thing: bool = False
    now: datetime | None = None

    @property
    def wanted(self) -> str:
        """Return what is searched for."""
        return self.about or self.text


@dataclass(slots=True)
class Found:
    """What memory has to say: an answer, or a context to stand beside the question, or nothing.

    `stages` are milliseconds.
    """

    answer: CachedAnswer | None = None
    context: str | None = None
    references: list[ContextReference] = field(default_factory=list)
    cache: CacheVerdict = CacheVerdict.OFF
    cache_key: bytes | None = None
    knowledge_version: int | None = None
    is_command: bool = False
    is_complete: bool = False
    """Whether recall did all it could: an answer given without it must not be given again."""
    gave_up: bool = False
    """Whether the deadline passed before all was known, whether it is a command for one."""
    stages: dict[str, float] = field(default_factory=dict)


class LookUp:
    """Asks cache and recall side by side."""

    def __init__(self, store: Store, searching: Searching, health: Health) -> None:
        """Take what is asked."""
        self._store = store
        self._searching = searching
        self._health = health
        self._strays: set[asyncio.Task[Any]] = set()

    async def find(
        self,
        utterance: Utterance,
        *,
        is_command: Callable[[], Awaitable[bool]],
        deadline: float,
    ) -> Found:
        """Return what is found within `deadline` seconds. Never raises but when cancelled.

        `is_command` tells whether Home Assistant's own sentences recognise the utterance: then it needs no memory.
        """
        began = time.perf_counter()
        found = Found()
        verdict = verdict_before(
            utterance.text,
            utterance.language,
            enabled=utterance.cache,
            is_follow_up=utterance.is_follow_up,
            asks_language_model=utterance.asks_language_model,
            names_live_thing=utterance.names_live_thing,
        )
        now = utterance.now or datetime.now(UTC).astimezone()
        past = None
        if utterance.asks_language_model:
            past = find_past(utterance.text, utterance.language, now)
        if past and verdict is None:
            # What was said yesterday is another thing tomorrow.
            verdict = CacheVerdict.ASKS_PAST
        found.cache = verdict or CacheVerdict.MISS
        cached = recalled = command = None
        if verdict is None:
            cached = self._begin(self._cached(utterance, found))
        if utterance.recall and utterance.asks_language_model:
            recalled = self._begin(
                self._recalled(utterance, found, deadline, cached, past, now)
            )
        if cached or recalled:
            command = self._begin(_timed(is_command(), "recognise", found.stages))
        try:
            async with asyncio.timeout(deadline):
                if cached:
                    await _outcome(cached)
                if recalled and found.answer is None:
                    await _outcome(recalled)
                if command and found.answer is None:
                    found.is_command = await _outcome(command)
        except TimeoutError:
            _give_up(found)
        except Exception:
            # Whatever is wrong with memory, the turn goes on.
            _LOGGER.exception("Unexpected error while memory was asked")
            _give_up(found)
        finally:
            for task in (cached, recalled, command):
                if task:
                    task.cancel()
        if found.is_command:
            found.context = None
            found.references = []
            found.cache = CacheVerdict.COMMAND
        elif found.cache is CacheVerdict.MISS:
            if found.cache_key is None:
                found.cache = CacheVerdict.UNAVAILABLE
            elif found.gave_up or (recalled and not found.is_complete):
                found.cache = CacheVerdict.INCOMPLETE
            elif not utterance.keep_answer:
                found.cache = CacheVerdict.FOLLOW_UP
        found.stages["look_up"] = (time.perf_counter() - began) * 1000
        return found

    async def stop(self) -> None:
        """End what is still under way."""
        for task in self._strays:
            task.cancel()
        await asyncio.gather(*self._strays, return_exceptions=True)

    def _begin[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._strays.add(task)
        task.add_done_callback(self._strays.discard)
        return task

    async def _cached(self, utterance: Utterance, found: Found) -> None:
        if not self._health.allow(Part.DATABASE):
            found.cache = CacheVerdict.UNAVAILABLE
            return
        key = bytes.fromhex(
            cache_key(
                utterance.text,
                language=utterance.language,
                delegate=utterance.delegate_id,
                owner=utterance.scope.owner,
                model=utterance.model,
                place=utterance.place,
            )
        )
        began = time.perf_counter()
        try:
            result = await self._store.responses.look_up(utterance.scope, key)
        except DatabaseError as err:
            self._health.failed(Part.DATABASE, err)
            found.cache = CacheVerdict.UNAVAILABLE
            return
        self._health.succeeded(Part.DATABASE)
        found.stages["cache"] = (time.perf_counter() - began) * 1000
        found.cache_key = key
        found.knowledge_version = result.knowledge_version
        if result.answer:
            found.answer = result.answer
            found.cache = CacheVerdict.HIT

    async def _recalled(
        self,
        utterance: Utterance,
        found: Found,
        deadline: float,
        cached: asyncio.Task[None] | None,
        past: Past | None,
        now: datetime,
    ) -> None:
        patience = deadline * _EMBEDDING_SHARE
        said = None
        if past:
            vector, said = await asyncio.gather(
                self._embedded(utterance, found, patience),
                self._said(utterance, found, past, now),
            )
        else:
            vector = await self._embedded(utterance, found, patience)
        if cached:
            # Not before the cache has told the state of knowledge: what is searched must not be older than that.
            await asyncio.wait([cached])
            if found.answer:
                return
        passages = await self._search(utterance, found, vector)
        context = build_context(
            passages,
            gates=self._searching.gates(utterance.language, vector),
            is_question=utterance.about is not None
            or is_question(utterance.text, utterance.language),
            budget=utterance.budget,
            said=said,
        )
        found.context = context.text
        found.references = context.references

    async def _embedded(
        self, utterance: Utterance, found: Found, timeout: float
    ) -> QueryVector | None:
        if not self._searching.can_embed:
            return None
        began = time.perf_counter()
        vector = await self._searching.query_vector(utterance.wanted, timeout=timeout)
        found.stages["embed"] = (time.perf_counter() - began) * 1000
        return vector

    async def _said(
        self, utterance: Utterance, found: Found, past: Past, now: datetime
    ) -> SaidBefore | None:
        if not self._health.allow(Part.DATABASE):
            return None
        began = time.perf_counter()
        try:
            turns = await self._store.conversations.search(
                utterance.scope,
                past.topic or None,
                language=utterance.language,
                limit=_CANDIDATES,
                since=past.since,
                until=past.until,
                without_session=utterance.conversation_id,
            )
        except DatabaseError as err:
            self._health.failed(Part.DATABASE, err)
            return None
        self._health.succeeded(Part.DATABASE)
        found.stages["said"] = (time.perf_counter() - began) * 1000
        return said_before(turns, utterance.scope, now)

    async def _search(
        self, utterance: Utterance, found: Found, vector: QueryVector | None
    ) -> list[Passage]:
        if not self._health.allow(Part.DATABASE):
            return []
        began = time.perf_counter()
        try:
            passages = await self._searching.search(
                utterance.scope,
                utterance.wanted,
                language=utterance.language,
                limit=_CANDIDATES,
                vector=vector,
                without_conversation=utterance.conversation_id,
                places=utterance.places,
            )
        except DatabaseError as err:
            self._health.failed(Part.DATABASE, err)
            return []
        self._health.succeeded(Part.DATABASE)
        found.stages["search"] = (time.perf_counter() - began) * 1000
        found.is_complete = vector is not None or self._searching.embedder is None
        return passages


async def _outcome[T](task: asyncio.Task[T]) -> T:
    """Return what a task returns; whoever gives up waiting does not wait for its end either.

    A plain `await` would: a server that hangs would hold the reply up while the transaction is rolled back.
    """
    await asyncio.wait([task])
    return task.result()


def _give_up(found: Found) -> None:
    found.context = None
    found.references = []
    found.gave_up = True


async def _timed[T](work: Awaitable[T], stage: str, stages: dict[str, float]) -> T:
    began = time.perf_counter()
    try:
        return await work
    finally:
        stages[stage] = (time.perf_counter() - began) * 1000
