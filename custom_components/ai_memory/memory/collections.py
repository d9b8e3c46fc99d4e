"""Shelves: described by people, summarised in the background, chosen by what is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
import hashlib
import logging
import time

from ..embedding.embedder import Embedder, TextKind
from ..errors import DatabaseError, InvalidInput
from ..models import HOUSEHOLD, Collection, PassageKind, Scope, Subject, SummaryBy, Verb
from ..postgres.collections import Content, StoredCollection
from ..postgres.passages import StoredModel
from ..postgres.store import Store
from ..text_forms import clean, storable
from .changes import Changes
from .embedding_batches import BATCH
from .near_duplicates import words_of
from .routing import Shelf
from .searching import Searching
from .secret_filter import mask
from .secret_gate import SecretGate
from .summaries import LONGEST_SUMMARY, extract_summary

_LOGGER = logging.getLogger(__name__)

LONGEST_DESCRIPTION = 2000  # characters, as the column
_LONGEST_NAME = 100
_QUIET = 60.0
"""Seconds without a change, after which a shelf is told of anew."""
_CHANGED = 0.2
"""Share of a shelf that is new when its summary is too old."""
_ASK_AGAIN = 86_400.0
"""Seconds before a language model is asked about a shelf again, whatever came of it."""
_MOST_TITLES = 100
_SAMPLE = 200
"""Texts that a summary is made of."""
_SHOWN = 12_000
"""Characters that a language model is shown: some 3,000 tokens."""
_SHORTEST_WORD = 4
"""Letters of a word by which a shelf can be named; shorter ones are mostly "the"."""

type Summarise = Callable[[str], Awaitable[str | None]]
"""Has a language model describe what stands in parts of documents; None where it did not."""


class Collections:
    """The shelves of everybody."""

    def __init__(
        self,
        store: Store,
        searching: Searching,
        secrets: SecretGate,
        changes: Changes,
        *,
        language: str,
        nudge: Callable[[], None],
        summarise: Summarise | None = None,
    ) -> None:
        """Call `nudge` when a shelf tells something else of itself.

        `summarise` is asked for the household's shelves only: what is a person's is never handed to it.
        """
        self._store = store
        self._searching = searching
        self._secrets = secrets
        self._changes = changes
        self._language = language
        self._nudge = nudge
        self._summarise = summarise
        self._seen: dict[int, _Seen] = {}
        self._asked: dict[int, float] = {}
        """When the language model was last asked about a shelf (monotonic seconds)."""
        self._telling: asyncio.Task[None] | None = None

    async def describe(self, scope: Scope, name: str, description: str) -> Collection:
        """Say what stands on a shelf of an owner; an empty description removes it.

        Raises InvalidInput (`collection_unknown`), DatabaseError.
        """
        name = clean(name, limit=_LONGEST_NAME)
        if description:
            description = clean(description, limit=LONGEST_DESCRIPTION)
        await self._secrets.refuse(scope, "collection", self._language, description)
        found = await self._store.collections.describe(scope, name, description)
        if found is None:
            raise InvalidInput("collection_unknown")
        return await self._changed(scope, name, found)

    async def summarise(self, scope: Scope, name: str) -> Collection:
        """Make the summary of a shelf of an owner anew, now. Raises InvalidInput (`collection_unknown`), DatabaseError."""
        name = clean(name, limit=_LONGEST_NAME)
        for shelf in await self._store.collections.all():
            if (shelf.owner, shelf.name) == (scope.owner, name):
                content = await self._store.collections.content(shelf)
                await self._tell(shelf, content, ask=self._can_ask(shelf, content))
                return await self._changed(scope, name, shelf.id)
        raise InvalidInput("collection_unknown")

    async def refresh(self) -> None:
        """Learn what the shelves tell of themselves, and begin to tell anew of those that changed and are quiet.

        Called by the upkeep, never in a turn. Raises DatabaseError, EmbedderError.
        """
        shelves = await self._store.collections.all()
        seen = {shelf.id: await self._look_at(shelf) for shelf in shelves}
        self._seen = seen
        due = [shelf for shelf in shelves if self._is_due(shelf, seen[shelf.id])]
        if due and (self._telling is None or self._telling.done()):
            # A language model may take minutes, and vectors wait behind this.
            self._telling = asyncio.create_task(
                self._tell_all([(shelf, seen[shelf.id].content) for shelf in due]),
                name="ai_memory summaries",
            )
        await self._learn([shelf for shelf in shelves if seen[shelf.id].content.chunks])

    async def stop(self) -> None:
        """End what is under way."""
        if self._telling:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def list(self, scope: Scope) -> list[Collection]:
        """Return the shelves that a scope may see, the household's first. Raises DatabaseError."""
        return await self._store.collections.list(scope)

    async def _changed(self, scope: Scope, name: str, shelf_id: int) -> Collection:
        self._changes.tell(Subject.COLLECTION, Verb.CHANGED, scope.owner, [shelf_id])
        self._nudge()
        found = await self._store.collections.own(scope, name)
        if found is None:
            raise InvalidInput("collection_unknown")
        return found

    async def _look_at(self, shelf: StoredCollection) -> _Seen:
        before = self._seen.get(shelf.id)
        if before and before.version == shelf.version:
            return before
        content = await self._store.collections.content(shelf)
        return _Seen(shelf.version, time.monotonic(), content)

    async def _tell_all(self, due: Sequence[tuple[StoredCollection, Content]]) -> None:
        try:
            for shelf, content in due:
                if await self._tell(shelf, content, ask=self._may_ask(shelf, content)):
                    self._nudge()
        except DatabaseError:
            _LOGGER.debug("No summary of a shelf", exc_info=True)

    def _is_due(self, shelf: StoredCollection, seen: _Seen) -> bool:
        """Return whether a summary must be made anew."""
        content = seen.content
        if time.monotonic() - seen.since < _QUIET:
            return False
        if shelf.summary is None:
            return content.passages > 0
        if shelf.summary_passages is None or _is_less(shelf, content):
            return True
        may_ask = self._may_ask(shelf, content)
        if self._keeps(shelf, content):
            if not may_ask:
                return False
        elif may_ask:
            return True
        new = content.passages - shelf.summary_passages
        return new >= max(1, _CHANGED * content.passages)

    def _can_ask(self, shelf: StoredCollection, content: Content) -> bool:
        """Return whether a language model may be shown a shelf."""
        return (
            self._summarise is not None
            and shelf.owner == HOUSEHOLD
            and content.chunks > 0
        )

    def _may_ask(self, shelf: StoredCollection, content: Content) -> bool:
        """Return whether a language model is shown a shelf that nobody asked about: once a day."""
        asked = self._asked.get(shelf.id)
        return self._can_ask(shelf, content) and (
            asked is None or time.monotonic() - asked >= _ASK_AGAIN
        )

    def _keeps(self, shelf: StoredCollection, content: Content) -> bool:
        """Return whether a summary stays until the language model that wrote it writes another one."""
        return (
            bool(shelf.summary)
            and shelf.summary_by is SummaryBy.AI_TASK
            and self._can_ask(shelf, content)
            and not _is_less(shelf, content)
        )

    async def _tell(
        self, shelf: StoredCollection, content: Content, *, ask: bool
    ) -> bool:
        """Make the summary of a shelf anew; return whether it was kept. Raises DatabaseError.

        With `ask`, by a language model; where it writes nothing, what it wrote before stays unless something is gone.
        """
        titles = await self._store.collections.titles(shelf, _MOST_TITLES)
        texts = await self._store.collections.sample(
            shelf,
            PassageKind.CHUNK if content.chunks else PassageKind.MEMORY,
            _SAMPLE,
        )
        summary = None
        by = SummaryBy.AI_TASK
        if ask and self._summarise:
            self._asked[shelf.id] = time.monotonic()
            shown = "\n\n".join(("; ".join(titles), *texts))[:_SHOWN]
            summary = await self._summarise(shown)
        if summary:
            summary = mask(storable(summary), self._language)[0][:LONGEST_SUMMARY]
        elif self._keeps(shelf, content):
            return False
        else:
            by = SummaryBy.EXTRACT
            summary = extract_summary(titles, texts)
        return await self._store.collections.save_summary(
            shelf, summary, by, content.passages
        )

    async def _learn(self, shelves: Sequence[StoredCollection]) -> None:
        """Take what shelves tell of themselves for choosing among them. Raises DatabaseError, EmbedderError."""
        model, embedder = self._searching.model, self._searching.embedder
        vectors: dict[int, Sequence[float]] = {}
        try:
            if model and embedder:
                texts = {shelf.id: _text_of(shelf) for shelf in shelves}
                vectors = await self._kept_vectors(model, texts)
                if len(shelves) > 1:
                    await self._make_vectors(model, embedder, texts, vectors)
        finally:
            self._searching.routing.learn(
                [
                    Shelf(
                        shelf.id,
                        shelf.owner,
                        _names(shelf),
                        vectors.get(shelf.id),
                    )
                    for shelf in shelves
                ],
                model,
            )

    async def _kept_vectors(
        self, model: StoredModel, texts: Mapping[int, str]
    ) -> dict[int, Sequence[float]]:
        """Return the vectors of these texts; those of others go, which may hold what is gone. Raises DatabaseError."""
        kept = await self._store.collections.vectors(model)
        vectors = {
            one: vector
            for one, (digest, vector) in kept.items()
            if one in texts and digest == _hash(texts[one])
        }
        if outdated := kept.keys() - vectors.keys():
            await self._store.collections.delete_vectors(model, outdated)
        return vectors

    async def _make_vectors(
        self,
        model: StoredModel,
        embedder: Embedder,
        texts: Mapping[int, str],
        vectors: dict[int, Sequence[float]],
    ) -> None:
        """Make the vectors that are missing, as far as the model makes any. Raises DatabaseError, EmbedderError."""
        missing = [one for one in texts if one not in vectors]
        while missing:
            made, _ = await self._searching.batches.first(
                embedder,
                [texts[one] for one in missing[:BATCH]],
                TextKind.DOCUMENT,
                searched=True,
            )
            batch, missing = missing[: len(made)], missing[len(made) :]
            new = {
                one: vector
                for one, vector in zip(batch, made, strict=True)
                if vector is not None
            }
            await self._store.collections.save_vectors(
                model,
                {one: (_hash(texts[one]), vector) for one, vector in new.items()},
            )
            vectors |= new


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen of a shelf when it got its version, and when (monotonic seconds)."""

    version: int
    since: float
    content: Content


def _is_less(shelf: StoredCollection, content: Content) -> bool:
    """Return whether a summary may tell of what does not stand on the shelf any more."""
    return (
        shelf.summary_passages is not None and content.passages < shelf.summary_passages
    )


def _text_of(shelf: StoredCollection) -> str:
    """Return what a shelf tells of itself, best first: embedding models read the beginning only."""
    return "\n".join(filter(None, (shelf.name, shelf.description, shelf.summary)))


def _names(shelf: StoredCollection) -> frozenset[str]:
    return frozenset(
        word
        for word in words_of(f"{shelf.name} {shelf.description or ''}")
        if len(word) >= _SHORTEST_WORD
    )


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
