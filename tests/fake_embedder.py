"""An embedder without a server: each text has one vector, another one for each model, and every fault can be switched."""

import asyncio
from collections.abc import Sequence
import hashlib
import math
from random import Random

from custom_components.ai_memory.embedding.embedder import (
    Embedder,
    EmbeddingModel,
    TextKind,
)
from custom_components.ai_memory.errors import EmbedderError, EmbedderUnreachable

PROBE = "probe"


class FakeEmbedder(Embedder):
    """Makes vectors that mean nothing, but are always the same."""

    def __init__(self, name: str, dimensions: int = 16) -> None:
        """Be a model of that name."""
        self._model = EmbeddingModel("fake", name, dimensions)
        self.error: EmbedderError | None = None
        """Raised for everything."""
        self.refused: dict[str, EmbedderError] = {}
        """Raised for requests with a text that holds one of these."""
        self.most: int | None = None
        """More documents at once take too long."""
        self.free = asyncio.Event()
        """Documents wait for it; probes do not."""
        self.free.set()
        self.free_for_questions = asyncio.Event()
        self.free_for_questions.set()
        self.asked: list[str] = []
        """Questions."""
        self.batches: list[list[str]] = []
        """Documents that were asked for."""
        self.held: list[str] = []
        """Documents that wait."""
        self.unloaded = self.closed = False

    async def model(self) -> EmbeddingModel:
        """Return the model."""
        self._check()
        return self._model

    async def models(self) -> list[str]:
        """Return the only model."""
        return [self._model.name]

    async def embed(self, texts: Sequence[str], kind: TextKind) -> list[list[float]]:
        """Return the vectors of texts."""
        self._check()
        await asyncio.sleep(0)
        if kind is TextKind.DOCUMENT and list(texts) != [PROBE]:
            self.held = list(texts)
            await self.free.wait()
            self.held = []
            self._check()
            if self.most is not None and len(texts) > self.most:
                raise EmbedderUnreachable
            self.batches.append(list(texts))
        if kind is TextKind.QUERY:
            self.asked += texts
            await self.free_for_questions.wait()
        for text in texts:
            for words, error in self.refused.items():
                if words in text:
                    raise error
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> list[float]:
        """Return the unit vector of a text."""
        seed = hashlib.sha256(f"{self._model.name}\n{text}".encode()).digest()
        chance = Random(seed)
        raw = [chance.gauss(0, 1) for _ in range(self._model.dimensions)]
        length = math.hypot(*raw)
        return [number / length for number in raw]

    @property
    def made(self) -> list[str]:
        """Return the documents of which vectors were made, in order."""
        return [text for batch in self.batches for text in batch]

    async def unload(self) -> None:
        """Note it."""
        assert not self.closed
        self.unloaded = True

    async def close(self) -> None:
        """Note it."""
        self.closed = True

    def _check(self) -> None:
        assert not self.closed, "nobody may ask any more"
        if self.error:
            raise self.error
