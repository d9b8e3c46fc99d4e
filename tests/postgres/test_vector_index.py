"""How vectors are searched: exactly or by an index, which one, how large, and what becomes of those of other models."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
import random

from pgvector import HalfVector
import pytest

from custom_components.ai_memory.models import EmbeddingModel
from custom_components.ai_memory.postgres import (
    embedding_models,
    maintenance,
    vector_size,
)
from custom_components.ai_memory.postgres.database import MAINTENANCE
from custom_components.ai_memory.postgres.maintenance import IndexDecision
from custom_components.ai_memory.postgres.passages import StoredModel, search_statement
from custom_components.ai_memory.postgres.store import Store
from custom_components.ai_memory.postgres.vector_size import vector_bytes
from custom_components.ai_memory.text_forms import lexical
from tests.databases import FreshDatabase
from tests.engine import HOUSEHOLD

COUNT, DIMENSIONS = 3000, 16


@pytest.fixture
def database(emptied_database: FreshDatabase) -> FreshDatabase:
    return emptied_database


@pytest.fixture
async def store(database: FreshDatabase) -> AsyncGenerator[Store]:
    store = Store(database.settings)
    await store.database.open()
    yield store
    await store.database.close()


def add_passages(database: FreshDatabase, number: int) -> None:
    """Write passages with the ids from 1 on."""
    database.execute(
        "INSERT INTO ai_memory.collections (owner, name) VALUES ('household', 'many');"
        "INSERT INTO ai_memory.memories (owner, collection_id, content)"
        f" SELECT 'household', 1, 'Fact ' || n FROM generate_series(1, {number}) n;"
        "INSERT INTO ai_memory.passages"
        " (owner, collection_id, kind, memory_id, text, created_at)"
        " SELECT owner, 1, 'memory', id, content, created_at FROM ai_memory.memories"
    )


def some_vectors(number: int, dimensions: int) -> list[list[float]]:
    chance = random.Random(1)
    return [[chance.gauss(0, 1) for _ in range(dimensions)] for _ in range(number)]


async def with_vectors(
    store: Store,
    database: FreshDatabase,
    number: int = COUNT,
    dimensions: int = DIMENSIONS,
) -> StoredModel:
    """Return a model with vectors."""
    model = await store.models.activate(EmbeddingModel("test", "x", dimensions))
    add_passages(database, number)
    vectors = some_vectors(number, dimensions)
    await store.models.add_embeddings(model, dict(enumerate(vectors, 1)))
    return model


async def plan_of(store: Store, model: StoredModel, vector: list[float]) -> str:
    arguments = [
        [HOUSEHOLD.owner],
        "english",
        lexical("key"),
        5,
        None,
        ["memory", "turn"],
        [],
        None,
        HalfVector(vector),
    ]
    async with store.database.transaction(MAINTENANCE) as connection:
        rows = await connection.fetch(f"EXPLAIN {search_statement(model)}", *arguments)
    return "\n".join(row[0] for row in rows)


async def test_vector_index(
    store: Store, database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is built once there are many vectors, is used, and finds what the exact scan finds."""
    model = await with_vectors(store, database)
    database.execute("ANALYZE")
    monkeypatch.setattr(maintenance, "INDEX_FROM", COUNT + 1)
    assert not await store.maintenance.ensure_vector_index(model)
    state = await store.maintenance.index_state(model)
    assert (state.kind, state.decision) == ("exact", IndexDecision.TOO_FEW)
    assert (state.vectors, state.dimensions) == (COUNT, DIMENSIONS)
    assert (state.built_at, state.bytes) == (None, 0)
    monkeypatch.setattr(maintenance, "INDEX_FROM", COUNT)
    index = f"embeddings_hnsw_{model.id}"
    [query] = some_vectors(1, DIMENSIONS)

    async def nearest() -> list[int]:
        passages = await store.passages.search(
            HOUSEHOLD, "", language="en", limit=10, model=model, vector=query
        )
        return [passage.id for passage in passages]

    exact = await nearest()
    assert index not in await plan_of(store, model, query)
    state = await store.maintenance.index_state(model)
    assert (state.kind, state.decision) == ("exact", IndexDecision.BUILD)
    assert await store.maintenance.ensure_vector_index(model)
    state = await store.maintenance.index_state(model)
    assert (state.kind, state.decision) == ("hnsw", IndexDecision.KEEP)
    assert state.bytes > 0
    assert state.built_at
    assert datetime.now(UTC) - state.built_at < timedelta(minutes=1)
    assert not await store.maintenance.ensure_vector_index(model), "it is there"
    assert index in await plan_of(store, model, query)
    assert len(set(exact) & set(await nearest())) >= 9

    # What an aborted build left behind is built anew.
    invalidate = (
        "UPDATE pg_index SET indisvalid = false"
        f" WHERE indexrelid = 'ai_memory.{index}'::regclass"
    )
    database.execute(invalidate)
    state = await store.maintenance.index_state(model)
    assert (state.kind, state.decision) == ("exact", IndexDecision.BUILD)
    assert await store.maintenance.ensure_vector_index(model)
    assert index in await plan_of(store, model, query)

    # Also after a restart it is known how many there were.
    database.execute("DELETE FROM ai_memory.embeddings WHERE passage_id <= 601")
    await store.database.close()
    again = Store(database.settings)
    await again.database.open()
    try:
        monkeypatch.setattr(maintenance, "INDEX_FROM", 2000)
        state = await again.maintenance.index_state(model)
        assert (state.kind, state.decision) == ("hnsw", IndexDecision.REBUILD)
        assert await again.maintenance.ensure_vector_index(model)
        state = await again.maintenance.index_state(model)
        assert (state.kind, state.decision) == ("hnsw", IndexDecision.KEEP)
        assert state.vectors == COUNT - 601

        # Nor is what was aborted kept where it pays no more.
        monkeypatch.setattr(maintenance, "INDEX_FROM", COUNT)
        database.execute(invalidate)
        assert not await again.maintenance.ensure_vector_index(model)
        state = await again.maintenance.index_state(model)
        assert (state.kind, state.decision) == ("exact", IndexDecision.TOO_FEW)
    finally:
        await again.database.close()


async def test_index_that_serves_waits_for_no_other(
    store: Store, database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While that of the next model is built, for an hour perhaps, all else goes on."""
    monkeypatch.setattr(maintenance, "INDEX_FROM", 2)
    model = await with_vectors(store, database, 2)
    few = await store.models.activate(EmbeddingModel("test", "few", 8))
    assert await store.maintenance.ensure_vector_index(model)
    async with store.maintenance._indexing, asyncio.timeout(5):
        assert not await store.maintenance.ensure_vector_index(model)
        assert not await store.maintenance.ensure_vector_index(few)
    await store.maintenance.drop_vector_index(model)


async def test_index_is_built_once(
    store: Store, database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "INDEX_FROM", 2)
    model = await with_vectors(store, database, 2)
    built = await asyncio.gather(
        *(store.maintenance.ensure_vector_index(model) for _ in range(2))
    )
    assert sorted(built) == [False, True]
    await store.maintenance.drop_vector_index(model)


async def test_index_of_a_deleted_model(
    store: Store, database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "INDEX_FROM", 1)
    add_passages(database, 1)
    kept = await store.models.activate(EmbeddingModel("test", "kept", 8))
    await store.models.add_embeddings(kept, {1: [1.0] + [0.0] * 7})
    gone, _ = await store.models.begin(EmbeddingModel("test", "gone", 8))
    await store.models.add_embeddings(gone, {1: [1.0] + [0.0] * 7})
    for model in (kept, gone):
        assert await store.maintenance.ensure_vector_index(model)
    database.execute("DELETE FROM ai_memory.embedding_models WHERE name = 'gone'")
    await store.maintenance.clean_up()
    left = database.execute(
        "SELECT relname FROM pg_class WHERE relname LIKE 'embeddings_hnsw%'"
    )
    assert left == f"embeddings_hnsw_{kept.id}"
    await store.maintenance.drop_vector_index(kept)


@pytest.mark.parametrize("dimensions", [384, 1024])
async def test_size_is_known_before(
    store: Store,
    database: FreshDatabase,
    monkeypatch: pytest.MonkeyPatch,
    dimensions: int,
) -> None:
    """The tables and indexes take what was said, give or take a tenth."""
    for module in (maintenance, vector_size):
        monkeypatch.setattr(module, "INDEX_FROM", 1000)
    size = (
        "SELECT pg_total_relation_size('ai_memory.embeddings')"
        " - pg_indexes_size('ai_memory.embeddings'),"
        " pg_indexes_size('ai_memory.embeddings')"
    )
    model = await with_vectors(store, database, 1000, dimensions)
    assert await store.maintenance.ensure_vector_index(model)
    table, indexes = map(int, database.execute(size).split("|"))
    assert vector_bytes(1000, dimensions) == pytest.approx(table + indexes, rel=0.1)
    await store.maintenance.drop_vector_index(model)


async def test_another_model(
    store: Store, database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was replaced is deleted, but not while anybody may still search with it."""
    add_passages(database, 2)
    old = await store.models.activate(EmbeddingModel("test", "x", 8))
    await store.models.add_embeddings(old, {1: [1.0] + [0.0] * 7, 2: [0.5] * 8})
    new = await store.models.activate(EmbeddingModel("test", "x", 9))
    assert await store.models.activate(EmbeddingModel("test", "x", 9)) == new
    assert await store.models.count_without_embedding(new) == 2
    assert await store.models.replaced() == []
    monkeypatch.setattr(embedding_models, "GRACE", timedelta())
    assert await store.models.replaced() == [old]
    # Neither what serves nor what is being built can be deleted.
    await store.models.delete(new)
    _, since = await store.models.begin(EmbeddingModel("test", "x", 8))
    assert (await store.models.begin(EmbeddingModel("test", "x", 8)))[1] == since
    await store.models.delete(old)
    assert await store.models.replaced() == []
    count = "SELECT count(*) FROM ai_memory.embeddings"
    assert database.execute(count) == "2"
    await store.models.stop_building(old)
    assert not await store.models.switch(old), "it is not built any more"
    active = await store.models.active()
    assert active
    assert active.stored == new
    monkeypatch.setattr(embedding_models, "_DELETED_AT_ONCE", 1)
    await store.models.delete(old)
    models = "SELECT dimensions FROM ai_memory.embedding_models ORDER BY id"
    assert database.execute(models).split() == ["9"]
    assert database.execute(count) == "0"
