"""Search with the model that is active, and the gates that go with it."""

import asyncio
from collections.abc import Sequence

from ..embedding.embedder import Embedder, TextKind
from ..errors import EmbedderError, EmbedderUnreachable
from ..models import Passage, PassageKind, Scope
from ..postgres.passages import Gates, StoredModel
from ..postgres.store import Store
from .health import Health, Part

PATIENCE = 3.0
"""Seconds that a vector may take where nobody waits for a reply."""


class Searching:
    """What a search needs beside its words."""

    def __init__(self, store: Store, embedder: Embedder | None, health: Health) -> None:
        """Take store and embedder; the model is not known yet."""
        self._store = store
        self._health = health
        self.embedder = embedder
        self.model: StoredModel | None = None
        self._gates: dict[str, Gates | None] = {}
        self._patience = PATIENCE

    @property
    def can_embed(self) -> bool:
        """Return whether there is an embedder whose model is known."""
        return self.embedder is not None and self.model is not None

    @property
    def languages(self) -> list[str]:
        """Return the languages that were spoken since the start."""
        return list(self._gates)

    def gates(self, language: str) -> Gates | None:
        """Return what relevance means in a language, None while that was not measured."""
        return self._gates.setdefault(language, None)

    def set_gates(self, language: str, gates: Gates) -> None:
        """Take what was measured."""
        self._gates[language] = gates

    async def embed(self, text: str, kind: TextKind, *, timeout: float) -> list[float]:
        """Return the vector of a text within `timeout` seconds. Raises EmbedderError."""
        if self.embedder is None:
            raise EmbedderUnreachable
        try:
            async with asyncio.timeout(timeout):
                return (await self.embedder.embed([text], kind))[0]
        except TimeoutError as err:
            self._patience = timeout
            raise EmbedderUnreachable from err

    async def query_vector(self, text: str, *, timeout: float) -> list[float] | None:
        """Return the vector of a question, None where there is none to be had within `timeout` seconds."""
        if not (self.can_embed and self._health.allow(Part.EMBEDDER)):
            return None
        try:
            # That it succeeds says nothing of the server: vectors of questions are remembered.
            return await self.embed(text, TextKind.QUERY, timeout=timeout)
        except EmbedderError as err:
            self._health.failed(Part.EMBEDDER, err)
            return None

    async def probe(self) -> None:
        """Ask the server for a vector, in no more time than the last one who got none had. Raises EmbedderError."""
        # No query: those are remembered.
        await self.embed("probe", TextKind.DOCUMENT, timeout=self._patience)

    async def search(
        self,
        scope: Scope,
        query: str,
        *,
        language: str | None,
        limit: int,
        vector: Sequence[float] | None = None,
        without_conversation: str | None = None,
        kinds: Sequence[PassageKind] = tuple(PassageKind),
        places: Sequence[str] = (),
    ) -> list[Passage]:
        """Return the best passages, best first. Raises DatabaseError."""
        return await self._store.passages.search(
            scope,
            query,
            language=language,
            limit=limit,
            model=self.model,
            vector=vector,
            without_conversation=without_conversation,
            kinds=kinds,
            places=places,
        )
