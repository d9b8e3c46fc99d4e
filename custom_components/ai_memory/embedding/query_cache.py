"""Vectors of questions that were asked before."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Final, override

from ..errors import EmbedderUnreachable
from .embedder import Embedder, EmbeddingModel, TextKind

SIZE: Final = 256


class CachingEmbedder(Embedder):
    """Remembers the vectors of questions, the most recently asked ones.

    Equal questions at the same time share one request. It goes on, and its vector is kept, when those who wait for it
    give up; an error reaches all who wait and is not remembered. What else is embedded passes through.
    """

    def __init__(self, embedder: Embedder, size: int = SIZE) -> None:
        """Keep at most `size` vectors."""
        self._embedder = embedder
        self._size = size
        self._vectors: OrderedDict[str, list[float]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[list[float]]] = {}

    @override
    async def model(self) -> EmbeddingModel:
        return await self._embedder.model()

    @override
    async def models(self) -> list[str]:
        return await self._embedder.models()

    @override
    async def embed(self, texts: Sequence[str], kind: TextKind) -> list[list[float]]:
        """Return one unit-length vector per text, in order."""
        return await self._embedder.embed(texts, kind)

    @override
    async def embed_question(self, text: str) -> list[float]:
        """Return the vector of what somebody asks."""
        if (vector := self._vectors.get(text)) is not None:
            self._vectors.move_to_end(text)
        else:
            if (task := self._asking.get(text)) is None:
                task = asyncio.create_task(self._ask(text), name="embed query")
                self._asking[text] = task
                task.add_done_callback(partial(self._done, text, self._vectors))
            # Not shield(): it logs the error of a task for which nobody waits any more.
            await asyncio.wait([task])
            if task.cancelled():
                raise EmbedderUnreachable
            vector = task.result()
        return vector.copy()

    @override
    def forget_queries(self) -> None:
        """Let go of all vectors; those of queries under way are not kept either."""
        self._vectors = OrderedDict()

    @override
    async def unload(self) -> None:
        await self._embedder.unload()

    @override
    async def close(self) -> None:
        """Let go of connections; requests under way end with EmbedderUnreachable."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._embedder.close()

    async def _ask(self, text: str) -> list[float]:
        return await self._embedder.embed_question(text)

    def _done(
        self,
        text: str,
        vectors: OrderedDict[str, list[float]],
        task: asyncio.Task[list[float]],
    ) -> None:
        del self._asking[text]
        # Asking for the exception also marks it as seen where nobody waits any more.
        if task.cancelled() or task.exception() is not None:
            return
        vectors[text] = task.result()
        if len(vectors) > self._size:
            vectors.popitem(last=False)
