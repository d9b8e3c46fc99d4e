"""A database of its own for a measurement, and the quick way to fill it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import batched
from pathlib import Path
from random import Random
import tempfile
from typing import Final

import asyncpg
import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from custom_components.ai_memory.models import HOUSEHOLD, EmbeddingModel
from custom_components.ai_memory.postgres.database import (
    MAINTENANCE,
    SCHEMA,
    Connection,
)
from custom_components.ai_memory.postgres.languages import text_search_configuration
from custom_components.ai_memory.postgres.passages import StoredModel
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from custom_components.ai_memory.postgres.store import Store
from custom_components.ai_memory.text_forms import lexical
from demo import minilm
from demo.postgres import PostgresServer

MODEL: Final = EmbeddingModel("ollama", "all-minilm", minilm.DIMENSIONS)
APP_SETTINGS: Final = {
    "shared_buffers": "96MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "112MB",
    "autovacuum_work_mem": "32MB",
    "autovacuum_max_workers": "1",
    "max_connections": "20",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "max_parallel_maintenance_workers": "2",
    "jit": "off",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "16",
}
"""What the companion app will set for a Raspberry Pi 5 with 8 GB."""
PEOPLE: Final = tuple(f"person:{name}" for name in ("anna", "ben", "clara", "david"))
_HOUSEHOLD_SHARE = 0.6
_REAL_VECTORS = 3_000
_BATCH = 64


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder that goes afterwards, open to the user that PostgreSQL runs as where we are root."""
    with tempfile.TemporaryDirectory(prefix="ai-memory-benchmark-") as path:
        Path(path).chmod(0o755)
        yield Path(path)


@asynccontextmanager
async def postgres() -> AsyncIterator[PostgresServer]:
    """Run a PostgreSQL 16 with the app's settings in a folder of its own."""
    with folder() as path:
        server = PostgresServer(path / "postgres", settings=APP_SETTINGS)
        await asyncio.to_thread(server.start)
        try:
            yield server
        finally:
            await asyncio.to_thread(server.remove)


@asynccontextmanager
async def open_store(dsn: str) -> AsyncIterator[tuple[Store, StoredModel]]:
    """Open a store, its schema made, MiniLM its active model."""
    store = Store(ConnectionSettings(dsn=dsn))
    await store.database.open()
    try:
        yield store, await store.models.activate(MODEL)
    finally:
        await store.database.close()


async def connect(dsn: str, scope: str) -> Connection:
    """Return a connection of our own that sees a scope, set up as the pool sets its up, for good."""
    connection = await asyncpg.connect(dsn)
    await register_vector(connection)
    await connection.execute(
        "SELECT set_config('ai_memory.scope', $1, false),"
        " set_config('search_path', $2, false),"
        " set_config('hnsw.iterative_scan', 'relaxed_order', false),"
        " set_config('hnsw.ef_search', '100', false)",
        scope,
        f"{SCHEMA}, public",
    )
    return connection


async def active_model(connection: Connection) -> StoredModel:
    """Return the model that serves."""
    row = await connection.fetchrow(
        "SELECT id, dimensions FROM embedding_models WHERE active"
    )
    assert row is not None
    return StoredModel(row["id"], row["dimensions"])


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return MiniLM's unit vectors, shape (texts, 384)."""
    model = minilm.load()
    # Texts of like length in one batch leave little padding.
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    vectors = np.empty((len(texts), minilm.DIMENSIONS), dtype=np.float32)
    for batch in batched(order, _BATCH, strict=False):
        vectors[list(batch)] = model.embed([texts[at] for at in batch]).vectors
    return vectors


def vectors_for(texts: Sequence[str], seed: int) -> NDArray[np.float32]:
    """Return a unit vector per text: MiniLM's own for the first 3,000, mixtures of those for the rest.

    A mixture is 50 to 90 % of one, the rest of another, and noise of about a third of their length: embedding 100,000
    texts would take a quarter of an hour. The speed of a search only needs vectors that lie as real ones do; nothing here
    judges what is found.
    """
    real = embed(texts[:_REAL_VECTORS])
    number = len(texts) - len(real)
    if number <= 0:
        return real
    random = np.random.default_rng(seed)
    share = random.uniform(0.5, 0.9, (number, 1)).astype(np.float32)
    mixed = share * real[random.integers(len(real), size=number)]
    mixed += (1 - share) * real[random.integers(len(real), size=number)]
    noise = random.standard_normal(mixed.shape, dtype=np.float32)
    mixed += 0.3 / np.sqrt(minilm.DIMENSIONS) * noise
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.concatenate([real, mixed])


async def fill(
    dsn: str,
    model: StoredModel,
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    *,
    language: str = "en",
    owners: Sequence[str] | None = None,
) -> list[int]:
    """Write memories with lexemes and vectors straight into the tables; return their passages' ids, in order.

    Without `owners`: 60 % are the household's, the rest belong to four people.
    """
    if owners is None:
        random = Random(len(texts))
        owners = [
            HOUSEHOLD if random.random() < _HOUSEHOLD_SHARE else random.choice(PEOPLE)
            for _ in texts
        ]
    connection = await connect(dsn, MAINTENANCE)
    try:
        async with connection.transaction():
            await connection.execute(
                "CREATE TEMP TABLE filling (number int, owner text, text text,"
                " words text, vector halfvec, memory_id bigint, passage_id bigint)"
                " ON COMMIT DROP"
            )
            await connection.copy_records_to_table(
                "filling",
                records=(
                    (number, owner, text, lexical(text), HalfVector(vector), None, None)
                    for number, (owner, text, vector) in enumerate(
                        zip(owners, texts, vectors, strict=True)
                    )
                ),
            )
            for statement in _FILLING:
                await connection.execute(statement)
            await connection.execute(
                "INSERT INTO passage_lexemes (passage_id, owner, lexemes)"
                " SELECT passage_id, owner, strip(to_tsvector($1::text::regconfig, words))"
                " FROM filling ORDER BY number",
                text_search_configuration(language),
            )
            await connection.execute(
                "INSERT INTO embeddings (passage_id, model_id, owner, vector)"
                " SELECT passage_id, $1, owner, vector FROM filling ORDER BY number",
                model.id,
            )
            rows = await connection.fetch(
                "SELECT passage_id FROM filling ORDER BY number"
            )
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return [row["passage_id"] for row in rows]


_FILLING = (
    """
    INSERT INTO collections (owner, name) SELECT DISTINCT owner, 'memories' FROM filling
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO memories (owner, collection_id, content)
    SELECT f.owner, c.id, f.text FROM filling f
        JOIN collections c ON c.owner = f.owner AND c.name = 'memories' ORDER BY number
    """,
    """
    UPDATE filling f SET memory_id = m.id FROM memories m
    WHERE m.owner = f.owner AND md5(m.content) = md5(f.text)
    """,
    """
    INSERT INTO passages (owner, collection_id, kind, memory_id, text, created_at)
    SELECT m.owner, m.collection_id, 'memory', m.id, m.content, m.created_at
    FROM filling f JOIN memories m ON m.id = f.memory_id ORDER BY number
    """,
    """
    UPDATE filling f SET passage_id = p.id FROM passages p
    WHERE p.memory_id = f.memory_id
    """,
)
