"""Hybrid search against the same SQL run raw, and what PostgreSQL needs of memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
import time
from typing import Any, Final

from pgvector import HalfVector

from custom_components.ai_memory.models import PassageKind, Scope
from custom_components.ai_memory.postgres.database import SCHEMA
from custom_components.ai_memory.postgres.languages import text_search_configuration
from custom_components.ai_memory.postgres.passages import StoredModel, search_statement
from custom_components.ai_memory.postgres.store import Store
from custom_components.ai_memory.text_forms import lexical
from demo.postgres import PostgresServer

from . import store as stores
from .figures import Figure, quantile, times
from .household import questions, sentences

SIZES: Final = (10_000, 100_000)
QUICK_SIZES: Final = (1_000, 10_000)
MILLION: Final = 1_000_000
BARS: Final = {10_000: 6.0, 100_000: 15.0, 1_000_000: 40.0}
"""Milliseconds, p95."""
RATIO_BAR: Final = 1.15
MEMORY_BAR: Final = 250.0  # MB, at 100k
MEMORY_SIZE: Final = 100_000

_SCOPE = Scope.person("anna")
_LIMIT = 20  # as in a turn
_QUESTIONS = 200
_ROUNDS = 3
_SESSIONS = 4  # as many as the pool has

type _Search = Callable[[str, list[float]], Awaitable[int]]


async def measure(*, quick: bool, million: bool) -> list[Figure]:
    """Return the figures of every size."""
    sizes = QUICK_SIZES if quick else (*SIZES, *((MILLION,) if million else ()))
    asked = list(islice(questions("search"), _QUESTIONS))
    vectors = stores.embed(asked).tolist()
    texts = list(islice(sentences("search"), max(sizes)))
    text_vectors = stores.vectors_for(texts, seed=1)
    figures = []
    async with stores.postgres() as server:
        for size in sizes:
            name = f"search_{size}"
            dsn = await asyncio.to_thread(server.create_database, name)
            async with stores.open_store(dsn) as (store, model):
                await stores.fill(dsn, model, texts[:size], text_vectors[:size])
                await store.maintenance.refresh_statistics(force=True)
                await store.maintenance.ensure_vector_index(model)
                await asyncio.to_thread(server.execute, "VACUUM ANALYZE", name)
                figures += await _of_size(size, dsn, store, model, asked, vectors)
                if size == MEMORY_SIZE:
                    figures += await _memory(server, store, model, asked, vectors)
            await asyncio.to_thread(server.drop_database, name)
    return figures


async def _of_size(
    size: int,
    dsn: str,
    store: Store,
    model: StoredModel,
    asked: Sequence[str],
    vectors: Sequence[list[float]],
) -> list[Figure]:
    async def ours(text: str, vector: list[float]) -> int:
        return len(await _search(store, model, text, vector))

    async def by_words(text: str, _vector: list[float]) -> int:
        return len(
            await store.passages.search(_SCOPE, text, language="en", limit=_LIMIT)
        )

    async with _raw(dsn, model) as (raw, bare):
        taken = await _alternate(
            {"ours": ours, "raw": raw, "bare": bare, "words": by_words}, asked, vectors
        )
    label = f"search, {size:,} memories"
    median, tail = (
        quantile(taken["ours"], share) / quantile(taken["raw"], share)
        for share in (0.5, 0.95)
    )
    return [
        times(f"{label}: ours", taken["ours"], bar=BARS.get(size)),
        times(
            f"{label}: ours, quickest of {_ROUNDS}",
            [min(taken["ours"][at :: len(asked)]) for at in range(len(asked))],
        ),
        times(f"{label}: raw, same transaction", taken["raw"]),
        times(f"{label}: raw, statement alone", taken["bare"]),
        times(f"{label}: ours, words alone", taken["words"]),
        Figure(
            what=f"{label}: ours / raw, medians",
            unit="x",
            value=median,
            bar=RATIO_BAR,
            note=f"of the 95 % points {tail:.2f}",
        ),
    ]


async def _search(
    store: Store, model: StoredModel, text: str, vector: list[float]
) -> Sequence[object]:
    return await store.passages.search(
        _SCOPE, text, language="en", limit=_LIMIT, model=model, vector=vector
    )


@asynccontextmanager
async def _raw(dsn: str, model: StoredModel) -> AsyncIterator[tuple[_Search, _Search]]:
    """Give the same SQL on one connection: in the same transaction as ours, and alone.

    The first sends what ours sends: BEGIN, the settings, the search, COMMIT.
    """
    statement = search_statement(model)
    in_transaction = await stores.connect(dsn, "")
    alone = await stores.connect(dsn, _SCOPE.owner)

    def arguments(text: str, vector: list[float]) -> list[Any]:
        return [
            _SCOPE.owners,
            text_search_configuration("en"),
            lexical(text),
            _LIMIT,
            None,
            list(PassageKind),
            [],
            None,
            HalfVector(vector),
        ]

    async def raw(text: str, vector: list[float]) -> int:
        async with in_transaction.transaction():
            await in_transaction.execute(
                "SELECT set_config('ai_memory.scope', $1, true),"
                " set_config('search_path', $2, true),"
                " set_config('hnsw.iterative_scan', 'relaxed_order', true),"
                " set_config('hnsw.ef_search', '100', true)",
                _SCOPE.owner,
                f"{SCHEMA}, public",
            )
            return len(await in_transaction.fetch(statement, *arguments(text, vector)))

    async def bare(text: str, vector: list[float]) -> int:
        return len(await alone.fetch(statement, *arguments(text, vector)))

    try:
        yield raw, bare
    finally:
        await in_transaction.close()
        await alone.close()


async def _alternate(
    searches: dict[str, _Search], asked: Sequence[str], vectors: Sequence[list[float]]
) -> dict[str, list[float]]:
    """Return the milliseconds of each; for every question all take turns, another one first each time.

    A first round fills the caches and does not count.
    """
    taken: dict[str, list[float]] = {name: [] for name in searches}
    names = list(searches)
    for number in range((_ROUNDS + 1) * len(asked)):
        at = number % len(asked)
        first = number % len(names)
        found = {}
        for name in names[first:] + names[:first]:
            began = time.perf_counter()
            found[name] = await searches[name](asked[at], vectors[at])
            if number >= len(asked):
                taken[name].append((time.perf_counter() - began) * 1000)
        if len({found["ours"], found["raw"], found["bare"]}) != 1:
            raise AssertionError(f"Not the same search: {found}")
    return taken


async def _memory(
    server: PostgresServer,
    store: Store,
    model: StoredModel,
    asked: Sequence[str],
    vectors: Sequence[list[float]],
) -> list[Figure]:
    """Return the PSS of PostgreSQL after searches on all connections of the pool, none where it cannot be read."""

    async def search_all() -> None:
        for text, vector in zip(asked, vectors, strict=True):
            await _search(store, model, text, vector)

    await asyncio.gather(*(search_all() for _ in range(_SESSIONS)))
    try:
        megabytes = await asyncio.to_thread(_pss, server)
    except OSError:
        return []
    return [
        Figure(
            what=f"PostgreSQL's memory, {MEMORY_SIZE:,} memories",
            unit="MB",
            value=megabytes,
            bar=MEMORY_BAR,
            note="PSS of all processes, shared_buffers 96 MB, after"
            f" {_SESSIONS * len(asked)} searches on {_SESSIONS} connections",
        )
    ]


def _pss(server: PostgresServer) -> float:
    """Return the proportional set size of the postmaster and its children in MB. Raises OSError."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue  # it has just ended
        if server.pid in {int(parent), int(stat.parent.name)}:
            lines = (stat.parent / "smaps_rollup").read_text().splitlines()
            total += sum(int(x.split()[1]) for x in lines if x.startswith("Pss:"))
    return total * 1024 / 1e6
