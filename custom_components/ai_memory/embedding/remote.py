"""What all embedders that ask a server have in common: batches, prefixes, dimensions, checks."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import batched
from typing import Final, override
from urllib.parse import SplitResult, urlsplit

from ..errors import (
    EmbedderError,
    EmbedderUnauthorized,
    EmbedderUnreachable,
    EmbeddingModelMissing,
    InvalidEmbedding,
    InvalidInput,
)
from .embedder import Embedder, EmbeddingModel, TextKind
from .prefixes import prefixes_for
from .vectors import check_dimensions, unit_vector

BATCH_SIZE: Final = 32
# Seconds for one request. The first one may have to wait until the model is loaded.
DEFAULT_TIMEOUT: Final = 30.0


class RemoteEmbedder(Embedder, ABC):
    """Asks a server for vectors, one batch at a time.

    The length of the model's vectors is asked once, before the first vector is returned; a server that later returns
    another length gets WrongDimensions until a new embedder is made.
    """

    def __init__(
        self, provider: str, name: str, dimensions: int | None, timeout: float
    ) -> None:
        """Cut vectors to `dimensions` where given. Raises DimensionsOutOfRange."""
        if dimensions is not None:
            check_dimensions(dimensions)
        self._provider = provider
        self._name = name
        self._dimensions = dimensions
        self._timeout = timeout
        self._prefixes = prefixes_for(name)
        self._model: EmbeddingModel | None = None
        self._length = 0
        """How many numbers the server returns for a text, before the cut."""

    @override
    async def model(self) -> EmbeddingModel:
        """Return the model; asks for one vector the first time."""
        if self._model is None:
            [probe] = await self._request(["probe"])
            length = len(probe)
            dimensions = length if self._dimensions is None else self._dimensions
            check_dimensions(dimensions, maximum=length)
            unit_vector(probe, length, dimensions)
            self._length = length
            self._model = EmbeddingModel(self._provider, self._name, dimensions)
        return self._model

    @override
    async def models(self) -> list[str]:
        """Return the names of the models that the server offers, sorted."""
        async with self._deadline():
            return sorted(await self._list())

    @override
    async def embed(self, texts: Sequence[str], kind: TextKind) -> list[list[float]]:
        """Return one unit-length vector per text, in order."""
        if not texts:
            return []
        dimensions = (await self.model()).dimensions
        prepared = [_encodable(self._prefixes.add(text, kind)) for text in texts]
        return [
            unit_vector(vector, self._length, dimensions)
            for batch in batched(prepared, BATCH_SIZE, strict=False)
            for vector in await self._request(batch)
        ]

    async def _request(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the server's vectors for one batch."""
        async with self._deadline():
            vectors = await self._vectors(texts)
        if len(vectors) != len(texts):
            raise InvalidEmbedding
        return vectors

    @asynccontextmanager
    async def _deadline(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except TimeoutError:
            raise EmbedderUnreachable from None

    @abstractmethod
    async def _vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Ask the server for one batch. Raises EmbedderError."""

    @abstractmethod
    async def _list(self) -> list[str]:
        """Ask the server for its models. Raises EmbedderError."""


def split_url(url: str) -> SplitResult:
    """Return the parts of an http or https URL. Raises InvalidInput."""
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018  # a port that is no number is only found out here
    except ValueError:
        raise InvalidInput("invalid_url") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidInput("invalid_url")
    return parts


def refusal(status: int, body: str, model: str) -> EmbedderError:
    """Return the error for an HTTP status of 400 or more.

    The body may quote what was sent: it is looked at, never passed on.
    """
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return EmbedderUnauthorized()
    if status == HTTPStatus.NOT_FOUND and "model" in body.lower():
        return EmbeddingModelMissing(model=model)
    return EmbedderError(status=str(status))


def _encodable(text: str) -> str:
    """Return the text with lone surrogates, which no JSON can carry, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
