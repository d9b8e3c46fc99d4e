"""Search with the model that is active, and the gates that go with it."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from ..embedding.embedder import Embedder, TextKind
from ..errors import EmbedderError, EmbedderUnreachable
from ..models import Passage, PassageKind, Scope
from ..postgres.passages import Gates, StoredModel
from ..postgres.store import Store
from .embedding_batches import EmbeddingBatches
from .health import Health, Part
from .precedence import Precedence
from .routing import Routing

PATIENCE = 3.0
"""Seconds that a vector may take where nobody waits for a reply."""


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The unit vector of a question, and the model that made it: only vectors of that one may be compared with it."""

    model: StoredModel
    vector: Sequence[float]


class Searching:
    """What a search needs beside its words."""

    def __init__(self, store: Store, embedder: Embedder | None, health: Health) -> None:
        """Take store and embedder; the model is not known yet."""
        self._store = store
        self._health = health
        self.embedder = embedder
        self.model: StoredModel | None = None
        self.precedence = Precedence()
        self.batches = EmbeddingBatches(self.precedence)
        self.routing = Routing()
        self._languages: dict[str, None] = {}
        self._gates: dict[tuple[StoredModel | None, str], Gates] = {}
        self._patience = PATIENCE

    def serve(self, model: StoredModel, embedder: Embedder) -> None:
        """Search with a model from now on; what began with another one ends with that."""
        self.model = model
        self.embedder = embedder

    @property
    def can_embed(self) -> bool:
        """Return whether there is an embedder whose model is known."""
        return self.embedder is not None and self.model is not None

    @property
    def languages(self) -> list[str]:
        """Return the languages that were spoken since the start."""
        return list(self._languages)

    def gates(self, language: str, vector: QueryVector | None = None) -> Gates | None:
        """Return what relevance means in a language, None while that was not measured.

        `vector` is what the passages were searched with.
        """
        self._languages[language] = None
        model = vector.model if vector else self.model
        return self._gates.get((model, language)) or self._gates.get((None, language))

    def measured(self, model: StoredModel | None, language: str) -> Gates | None:
        """Return the gates that were measured with just this model."""
        return self._gates.get((model, language))

    def set_gates(self, model: StoredModel | None, language: str, gates: Gates) -> None:
        """Take what was measured with a model, or without one."""
        self._gates[model, language] = gates

    async def query_vector(self, text: str, *, timeout: float) -> QueryVector | None:
        """Return the vector of a question, None where there is none to be had within `timeout` seconds."""
        model, embedder = self.model, self.embedder
        if model is None or embedder is None or not self._health.allow(Part.EMBEDDER):
            return None
        try:
            with self.precedence.questions:
                # That it succeeds says nothing of the server: vectors of questions are remembered.
                vector = await self._within(timeout, embedder.embed_question(text))
        except EmbedderError as err:
            if embedder is self.embedder:
                self._health.failed(Part.EMBEDDER, err)
            return None
        return QueryVector(model, vector)

    async def probe(self) -> None:
        """Ask the server for a vector, in no more time than the last one who got none had. Raises EmbedderError."""
        if self.embedder is None:
            raise EmbedderUnreachable
        await self._within(
            self._patience, self.embedder.embed(["probe"], TextKind.DOCUMENT)
        )

    async def search(
        self,
        scope: Scope,
        query: str,
        *,
        language: str | None,
        limit: int,
        vector: QueryVector | None = None,
        without_conversation: str | None = None,
        kinds: Sequence[PassageKind] = tuple(PassageKind),
        places: Sequence[str] = (),
    ) -> list[Passage]:
        """Return the best passages, those on shelves that fit before others, best first. Raises DatabaseError."""
        model = vector.model if vector else None
        values = vector.vector if vector else None
        return await self._store.passages.search(
            scope,
            query,
            language=language,
            limit=limit,
            model=model,
            vector=values,
            without_conversation=without_conversation,
            kinds=kinds,
            places=places,
            shelves=self.routing.fitting(scope, query, model, values),
        )

    async def _within[T](self, timeout: float, request: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(timeout):
                return await request
        except TimeoutError as err:
            self._patience = timeout
            raise EmbedderUnreachable from err
