"""A question's vector, or none, and what that says of the embedder's health."""

from collections.abc import Sequence

from custom_components.ai_memory.embedding.embedder import TextKind
from custom_components.ai_memory.embedding.query_cache import CachingEmbedder
from custom_components.ai_memory.errors import AiMemoryError, EmbedderUnreachable
from custom_components.ai_memory.memory.health import Health, Part
from custom_components.ai_memory.memory.searching import QueryVector, Searching
from custom_components.ai_memory.models import EmbeddingModel
from custom_components.ai_memory.postgres.passages import StoredModel
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from custom_components.ai_memory.postgres.store import Store


class Flaky:
    """An embedder that can be down."""

    def __init__(self) -> None:
        self.down = False
        self.asked = 0

    async def model(self) -> EmbeddingModel:
        return EmbeddingModel("test", "flaky", 2)

    async def models(self) -> list[str]:
        return ["flaky"]

    async def embed_question(self, text: str) -> list[float]:
        return (await self.embed([text], TextKind.QUERY))[0]

    async def embed(self, texts: Sequence[str], kind: TextKind) -> list[list[float]]:
        self.asked += 1
        if self.down:
            raise EmbedderUnreachable
        return [[1.0, 0.0] for _ in texts]

    def forget_queries(self) -> None:
        pass

    async def unload(self) -> None:
        pass

    async def close(self) -> None:
        pass


async def test_vector_tells_that_the_embedder_is_down() -> None:
    told: list[tuple[Part, AiMemoryError | None]] = []
    health = Health(lambda part, error: told.append((part, error)))
    embedder = Flaky()
    store = Store(ConnectionSettings(host="nowhere", database="none", user="nobody"))
    searching = Searching(store, embedder, health)
    assert await searching.query_vector("before the model is known", timeout=1) is None
    assert embedder.asked == 0

    searching.model = StoredModel(1, 2)
    vector = QueryVector(StoredModel(1, 2), [1.0, 0.0])
    assert await searching.query_vector("where is it?", timeout=1) == vector

    embedder.down = True
    assert await searching.query_vector("where is it?", timeout=1) is None
    assert await searching.query_vector("where is it?", timeout=1) is None
    assert embedder.asked == 2, "nobody asks while the breaker is open"

    embedder.down = False
    health._breakers[Part.EMBEDDER]._until = 0.0
    assert await searching.query_vector("where is it?", timeout=1) == vector
    # It may have been a vector that is remembered: only the background work says that it is over.
    assert health.is_failing(Part.EMBEDDER)
    assert [error is None for _, error in told] == [False]


async def test_vectors_of_questions_are_remembered() -> None:
    health = Health(lambda part, error: None)
    embedder = Flaky()
    store = Store(ConnectionSettings(host="nowhere", database="none", user="nobody"))
    searching = Searching(store, CachingEmbedder(embedder), health)
    searching.model = StoredModel(1, 2)
    for _ in range(2):
        assert await searching.query_vector("where is it?", timeout=1)
    assert embedder.asked == 1
