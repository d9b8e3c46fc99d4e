"""What an embedder is."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from ..models import EmbeddingModel

__all__ = ["Embedder", "EmbeddingModel", "TextKind"]


class TextKind(StrEnum):
    """What a text is for; several models want a different prefix for each."""

    QUERY = "query"
    DOCUMENT = "document"


class Embedder(Protocol):
    """Makes unit-length vectors of texts."""

    async def model(self) -> EmbeddingModel:
        """Return the model, its dimensions asked of the server. Raises EmbedderError."""

    async def models(self) -> list[str]:
        """Return the names of the models that the server offers. Raises EmbedderError."""

    async def embed(self, texts: Sequence[str], kind: TextKind) -> list[list[float]]:
        """Return one unit-length vector per text, in order.

        Raises EmbedderError. A vector that holds NaN or infinity, is all zero, or has another length than `model()` said
        is InvalidEmbedding, never a result.
        """

    async def embed_question(self, text: str) -> list[float]:
        """Return the vector of what somebody asks, perhaps one that is remembered. Raises EmbedderError."""
        [vector] = await self.embed([text], TextKind.QUERY)
        return vector

    def forget_queries(self) -> None:
        """Let go of texts that are kept in memory. Most keep none."""
        return

    async def unload(self) -> None:
        """Have the server free the memory that the model takes, where it kept it for us; soon over, never raises."""
        return

    async def close(self) -> None:
        """Let go of connections."""
