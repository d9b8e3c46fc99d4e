"""Shelves: described by people, summarised in the background, chosen by what is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
import hashlib
from itertools import batched
import logging
import time

from ..embedding.embedder import Embedder
from ..errors import DatabaseError, InvalidInput
from ..models import HOUSEHOLD, Collection, PassageKind, Scope, Subject, SummaryBy, Verb
from ..postgres.collections import Content, StoredCollection
from ..postgres.passages import StoredModel
from ..postgres.store import Store
from ..text_forms import clean, storable
from .changes import Changes
from .embedding_worker import BATCH, vectors_of_documents
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
                await self._tell(shelf, await self._store.collections.content(shelf))
                return await self._changed(scope, name, shelf.id)
        raise InvalidInput("collection_unknown")

    async def refresh(self) -> None:
        """Learn what the shelves tell of themselves, and begin to tell anew of those that changed by a fifth and are quiet.

        Called by the upkeep, never in a turn. Raises DatabaseError, EmbedderError.
        """
        shelves = await self._store.collections.all()
        seen = {shelf.id: await self._look_at(shelf) for shelf in shelves}
        self._seen = seen
        due = [shelf for shelf in shelves if _is_due(shelf, seen[shelf.id])]
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
                if await self._tell(shelf, content):
                    self._nudge()
        except DatabaseError:
            _LOGGER.debug("No summary of a shelf", exc_info=True)

    async def _tell(self, shelf: StoredCollection, content: Content) -> bool:
        """Make the summary of a shelf anew; return whether it was kept. Raises DatabaseError."""
        titles = await self._store.collections.titles(shelf, _MOST_TITLES)
        texts = await self._store.collections.sample(
            shelf,
            PassageKind.CHUNK if content.chunks else PassageKind.MEMORY,
            _SAMPLE,
        )
        summary = None
        by = SummaryBy.AI_TASK
        if self._summarise and shelf.owner == HOUSEHOLD and content.chunks:
            shown = "\n\n".join(("; ".join(titles), *texts))[:_SHOWN]
            summary = await self._summarise(shown)
        if summary:
            summary = mask(storable(summary), self._language)[0][:LONGEST_SUMMARY]
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
        for batch in batched(missing, BATCH, strict=False):
            async with self._searching.precedence.batch():
                made = await vectors_of_documents(
                    embedder, [texts[one] for one in batch]
                )
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


def _is_due(shelf: StoredCollection, seen: _Seen) -> bool:
    """Return whether a summary must be made anew. What goes from a shelf takes the summary with it."""
    passages = seen.content.passages
    if not passages or time.monotonic() - seen.since < _QUIET:
        return False
    if shelf.summary is None or shelf.summary_passages is None:
        return True
    return passages - shelf.summary_passages >= max(1, _CHANGED * passages)


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
