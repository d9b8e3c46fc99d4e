"""Asks embedders for many vectors: as many in one request as the server makes quickly, and no text stops the rest."""

from collections.abc import Sequence
import time
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..embedding.embedder import Embedder, TextKind
from ..errors import (
    EmbedderError,
    EmbedderUnreachable,
    InvalidEmbedding,
    WrongDimensions,
)
from .precedence import Precedence

BATCH = 32
"""Texts in one request at most."""
_BATCH_TIME = 0.5
"""Seconds that a request should take: as long a question may have to wait for its own."""
_REFUSED = {"400", "413", "422", "500"}
"""What servers answer to a text that is too long for the model, or that it makes nothing of."""


class Made(NamedTuple):
    """The vectors of some texts, None for those of which the model makes none, and how many seconds that took."""

    vectors: Sequence[list[float] | None]
    seconds: float


class EmbeddingBatches:
    """Begins with one text a request, and finds out of each embedder how many it makes quickly."""

    def __init__(self, precedence: Precedence) -> None:
        """Ask when it is our turn."""
        self._precedence = precedence
        self._sizes: WeakKeyDictionary[Embedder, int] = WeakKeyDictionary()

    async def first(
        self,
        embedder: Embedder,
        texts: Sequence[str],
        kind: TextKind,
        *,
        searched: bool,
    ) -> Made:
        """Return the vectors of the first of these texts, at least of one. Raises EmbedderError.

        `searched`: the model is the one that is searched with.
        """
        async with self._precedence.batch(searched=searched):
            size = self._sizes.get(embedder, 1)
            batch = texts[:size]
            began = time.monotonic()
            try:
                vectors = await _vectors(embedder, batch, kind)
            except EmbedderUnreachable:
                # Perhaps it was too much for the time.
                self._sizes[embedder] = max(1, size // 2)
                raise
            elapsed = max(time.monotonic() - began, 1e-6)
        if len(batch) == size or elapsed > _BATCH_TIME:
            fitting = int(len(batch) * _BATCH_TIME / elapsed)
            self._sizes[embedder] = min(BATCH, max(1, fitting, size // 2), size * 2)
        return Made(vectors, elapsed)

    async def all(
        self,
        embedder: Embedder,
        texts: Sequence[str],
        kind: TextKind,
        *,
        searched: bool,
    ) -> list[list[float] | None]:
        """Return the vectors of all of these texts, as `first` does."""
        found: list[list[float] | None] = []
        while left := texts[len(found) :]:
            found += (await self.first(embedder, left, kind, searched=searched)).vectors
        return found


async def _vectors(
    embedder: Embedder, texts: Sequence[str], kind: TextKind
) -> Sequence[list[float] | None]:
    try:
        return await embedder.embed(texts, kind)
    except EmbedderError as err:
        if not _may_be_the_text(err):
            raise
    # It may as well be the server: then it makes nothing of this either.
    await embedder.embed(["probe"], TextKind.DOCUMENT)
    if len(texts) == 1:
        return [None]
    return [await _vector(embedder, text, kind) for text in texts]


async def _vector(embedder: Embedder, text: str, kind: TextKind) -> list[float] | None:
    try:
        return (await embedder.embed([text], kind))[0]
    except EmbedderError as err:
        if not _may_be_the_text(err):
            raise
        return None


def _may_be_the_text(err: EmbedderError) -> bool:
    if isinstance(err, InvalidEmbedding):
        return not isinstance(err, WrongDimensions)
    return type(err) is EmbedderError and err.placeholders.get("status") in _REFUSED
