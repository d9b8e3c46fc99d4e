"""What the companion app's PostgreSQL needs of memory with 100,000 memories, run by the app's own scripts."""

import asyncio
from collections.abc import Coroutine, Sequence
from itertools import islice
from pathlib import Path
import time
from typing import Any, Final

from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.postgres.passages import StoredModel
from custom_components.ai_memory.postgres.store import Store
from demo.app import App

from . import store as stores
from .figures import Figure
from .household import questions, sentences

SIZE: Final = 100_000
QUICK_SIZE: Final = 25_000
"""Above the number of vectors from which there is an index."""
BAR: Final = 250.0  # MB
MACHINES: Final = {"8 GB": 7_900_000, "4 GB": 3_900_000, "2 GB": 1_900_000}
"""kB that a machine of that size says it has."""

_DROP_INDEX = "DROP INDEX IF EXISTS ai_memory.embeddings_hnsw_{}"
_SCOPE = Scope.person("anna")
_LIMIT = 20
_QUESTIONS = 200
_SESSIONS = 4
_SAMPLING = 0.05  # s


async def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of every size of machine. Raises PermissionError where the memory of another user's processes may not be read."""
    size = QUICK_SIZE if quick else SIZE
    texts = list(islice(sentences("search"), size))
    vectors = stores.vectors_for(texts, seed=1)
    asked = list(islice(questions("search"), _QUESTIONS))
    asked_vectors = stores.embed(asked).tolist()
    figures = []
    with stores.folder() as folder:
        meminfo = folder / "meminfo"
        meminfo.write_text(f"MemTotal: {MACHINES['8 GB']} kB\n")
        app = App(folder / "app", environment={"MEMINFO": str(meminfo)})
        try:
            app.start()
            async with stores.open_store(app.dsn()) as (store, model):
                await stores.fill(app.dsn(), model, texts, vectors)
                await store.maintenance.refresh_statistics(force=True)
            for machine, kilobytes in MACHINES.items():
                app.execute(_DROP_INDEX.format(int(model.id)))
                app.execute("VACUUM ANALYZE")
                app.stop()
                meminfo.write_text(f"MemTotal: {kilobytes} kB\n")
                app.start()
                async with stores.open_store(app.dsn()) as (store, model):
                    figures += await _of_machine(
                        machine, size, app, store, model, asked, asked_vectors
                    )
        finally:
            app.kill()
    return figures


async def _of_machine(
    machine: str,
    size: int,
    app: App,
    store: Store,
    model: StoredModel,
    asked: Sequence[str],
    vectors: Sequence[list[float]],
) -> list[Figure]:
    async def search_all() -> None:
        for text, vector in zip(asked, vectors, strict=True):
            await store.passages.search(
                _SCOPE, text, language="en", limit=_LIMIT, model=model, vector=vector
            )

    async def build() -> None:
        await store.maintenance.ensure_vector_index(model)

    async def search() -> None:
        await asyncio.gather(*(search_all() for _ in range(_SESSIONS)))

    label = f"app, {machine}, {size:,} memories"
    idle = pss(app.processes())
    began = time.monotonic()
    building = await _peak(app, build())
    took = time.monotonic() - began
    searching = await _peak(app, search())
    return [
        Figure(
            what=f"{label}: idle", unit="MB", value=idle, bar=BAR, note="after a start"
        ),
        Figure(
            what=f"{label}: in search",
            unit="MB",
            value=searching,
            bar=BAR,
            note=f"highest in {_SESSIONS * len(asked)} searches on {_SESSIONS} connections,"
            " after the index was built",
        ),
        Figure(
            what=f"{label}: building the index",
            unit="MB",
            value=building,
            bar=BAR,
            note=f"highest; it took {took:.0f} s",
        ),
    ]


async def _peak(app: App, work: Coroutine[Any, Any, None]) -> float:
    """Return the highest PSS in MB while something is done."""
    task = asyncio.create_task(work)
    highest = 0.0
    while not task.done():
        highest = max(highest, await asyncio.to_thread(lambda: pss(app.processes())))
        await asyncio.sleep(_SAMPLING)
    task.result()
    return highest


def pss(pids: Sequence[int]) -> float:
    """Return the proportional set size of processes in MB. Those that have ended count nothing."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except FileNotFoundError, ProcessLookupError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6
