"""A folder of 1,000 documents, synced by a real Home Assistant: how long, how much memory, and searches meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import batched, islice
from pathlib import Path
from random import Random
import re
import time
from typing import Final

import asyncpg

from demo import wiring
from demo.client import HassError, Json
from demo.demo_house import DemoHouse
from demo.flows import subentry_flow

from . import store as stores
from .figures import Figure, times
from .household import questions, sentences

NO_CHANGE_BAR: Final = 2.0  # seconds
_DOCUMENTS: Final = 1_000
_QUICK_DOCUMENTS: Final = 50
_SENTENCES: Final = 144
"""In a document, so that it makes about twenty chunks."""
_SENTENCES_OF_SECTION: Final = 24
_POOL: Final = 20_000
"""Sentences that the documents are made of."""
_PAUSE = 0.25  # seconds between two searches
_VECTOR_TIME: Final = 120.0
"""Seconds of making vectors that are enough to know the speed."""
_VECTORS: Final = (
    "SELECT count(*) FROM ai_memory.embeddings e JOIN ai_memory.passages p"
    " ON p.id = e.passage_id WHERE p.chunk_id IS NOT NULL"
)
_TIMEOUT = 3600.0  # seconds
_POLL = 0.5
_NAME = "Manuals"


async def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of one folder."""
    with stores.folder() as home:
        house = DemoHouse(home)
        try:
            async with house:
                return await _of_house(house, quick=quick)
        finally:
            house.remove()


async def _of_house(house: DemoHouse, *, quick: bool) -> list[Figure]:
    number = _QUICK_DOCUMENTS if quick else _DOCUMENTS
    folder = house.hass.config_dir / "manuals"
    await asyncio.to_thread(_write, folder, number)
    before = _memory(house)
    [entry] = await house.client.entries("ai_memory")
    began = time.monotonic()
    await subentry_flow(
        house.client,
        entry["entry_id"],
        "folder",
        {"name": _NAME, "path": str(folder), "collection": "manuals"},
    )
    searches: list[float] = []
    read = await _meanwhile(house, searches, lambda: _is_read(house, number))
    while_read = list(searches)
    connection = await asyncpg.connect(house.postgres.dsn(superuser=True), ssl=False)
    try:
        chunks = await connection.fetchval("SELECT count(*) FROM ai_memory.chunks")
        made = await connection.fetchval(_VECTORS)
        enough = time.monotonic() + _VECTOR_TIME

        async def has_made_enough() -> bool:
            return time.monotonic() > enough or await _is_embedded(connection)

        end = await _meanwhile(house, searches, has_made_enough)
        speed = (await connection.fetchval(_VECTORS) - made) / (end - read)
    finally:
        await connection.close()
    no_change = []
    for _ in range(5):
        began_again = time.monotonic()
        await house.client.service("ai_memory.sync_documents", {}, response=True)
        await _until(lambda: _is_read(house, number))
        no_change.append(time.monotonic() - began_again)
    after = _memory(house)
    what = f"{number} documents, {chunks} chunks"
    return [
        Figure(
            what=f"{what}: all read and found by words", unit="s", value=read - began
        ),
        Figure(
            what="vectors of chunks, with MiniLM on this machine",
            unit="a second",
            value=speed,
            note=f"{made} of {chunks} were there when all was read",
        ),
        Figure(
            what="sync without a change, at most",
            unit="s",
            value=max(no_change),
            bar=NO_CHANGE_BAR,
        ),
        times("recall through the websocket while it reads", while_read),
        times("recall through the websocket, vectors being made too", searches),
        Figure(what="memory of hass before (RSS)", unit="MB", value=before[0]),
        Figure(what="memory of hass afterwards (RSS)", unit="MB", value=after[0]),
        Figure(what="memory of hass at its highest", unit="MB", value=after[1]),
    ]


def _write(folder: Path, number: int) -> None:
    """Write documents of sentences that a household might say."""
    folder.mkdir(parents=True)
    random = Random(1)
    known = list(islice(sentences("folder"), _POOL))
    for index in range(number):
        parts = [f"# Manual {index}"]
        chosen = random.choices(known, k=_SENTENCES)
        for section, lines in enumerate(
            batched(chosen, _SENTENCES_OF_SECTION, strict=True), 1
        ):
            parts += [f"## Section {section} of {index}", " ".join(lines)]
        (folder / f"manual_{index:05}.md").write_text("\n\n".join(parts))


async def _meanwhile(
    house: DemoHouse, searches: list[float], is_done: Callable[[], Awaitable[bool]]
) -> float:
    """Search until it is done; return when that was. `searches` gets milliseconds."""
    asked = list(islice(questions("folder"), 200))
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        for question in asked:
            began = time.monotonic()
            try:
                await house.client.call("ai_memory/recall", query=question)
            except HassError:
                # The entry is loading with the new folder.
                await asyncio.sleep(_POLL)
                continue
            searches.append((time.monotonic() - began) * 1000)
            await asyncio.sleep(_PAUSE)
            if await is_done():
                return time.monotonic()
    raise TimeoutError


async def _until(is_done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_TIMEOUT):
        while not await is_done():
            await asyncio.sleep(0.02)


async def _is_read(house: DemoHouse, number: int) -> bool:
    state: Json = await house.client.state("sensor.manuals_state")
    documents: Json = await house.client.state("sensor.manuals_documents")
    return bool(state["state"] == "idle" and documents["state"] == str(number))


async def _is_embedded(connection: asyncpg.Connection[asyncpg.Record]) -> bool:
    waiting: bool = await connection.fetchval(wiring.NOT_EMBEDDED)
    return not waiting


def _memory(house: DemoHouse) -> tuple[float, float]:
    """Return what hass has in memory now and had at its highest, in MB."""
    status = Path(f"/proc/{house.hass.pid}/status").read_text()
    now, highest = (
        int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]  # always there
        for name in ("VmRSS", "VmHWM")
    )
    return now, highest
