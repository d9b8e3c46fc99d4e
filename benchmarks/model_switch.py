"""Another embedding model under a steady stream of questions, with a `kill -9` of Home Assistant in the middle."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice
import time
from typing import Final

import aiohttp

from custom_components.ai_memory.postgres.database import MAINTENANCE
from demo import wiring
from demo.client import HassError, Json
from demo.demo_house import DemoHouse

from . import store as stores
from .figures import Figure, times
from .household import sentences

_ITEMS: Final = 20_000
_QUICK_ITEMS: Final = 1_000
_DIMENSIONS: Final = 256
"""Of the new model: the same one, cut, so that its cosines differ and say which of the two was asked."""
_KILL_AT: Final = 40.0
"""Percent of the vectors."""
_FACT = "The manual of the pizza oven is in the drawer below the toaster."
_QUESTION = "Where is the manual of the pizza oven?"
_PAUSE = 0.1  # seconds between two questions
_TIMEOUT = 3600.0  # seconds
_PROGRESS = "sensor.ai_memory_change_of_the_embedding_model"


@dataclass
class _Stream:
    """Asks one question again and again, and keeps what came of it."""

    house: DemoHouse
    milliseconds: list[float] = field(default_factory=list)
    cosines: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    by_words: int = 0
    """Right after a start, when it is not known yet which model serves."""
    is_down: bool = False

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            began = time.monotonic()
            try:
                found = await self.house.client.call(
                    "ai_memory/recall", query=_QUESTION
                )
            except (HassError, aiohttp.ClientError, OSError) as err:
                if not self.is_down:
                    self.failed[type(err).__name__] += 1
                await asyncio.sleep(_PAUSE)
                continue
            if not self.is_down:
                self.milliseconds.append((time.monotonic() - began) * 1000)
                self._judge(found)
            await asyncio.sleep(_PAUSE)

    def _judge(self, found: Json) -> None:
        [first, *_] = found["passages"] or [{"content": None, "cosine": None}]
        if first["content"] != _FACT:
            self.failed["not found"] += 1
        elif first["cosine"] is None:
            self.by_words += 1
        else:
            self.cosines.append(round(first["cosine"], 3))


async def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of one switch."""
    items = _QUICK_ITEMS if quick else _ITEMS
    with stores.folder() as folder:
        async with DemoHouse(folder / "house", log_level="warning") as house:
            await _fill(house, items)
            return await _switch(house, items)


async def _fill(house: DemoHouse, items: int) -> None:
    dsn = house.postgres.dsn()
    connection = await stores.connect(dsn, MAINTENANCE)
    try:
        model = await stores.active_model(connection)
    finally:
        await connection.close()
    texts = list(islice(sentences("model switch"), items))
    await stores.fill(dsn, model, texts, stores.vectors_for(texts, seed=2))
    await house.client.service("ai_memory.remember", {"content": _FACT})
    await wiring.wait_embedded(house.postgres.dsn(superuser=True))


async def _switch(house: DemoHouse, items: int) -> list[Figure]:
    stream = _Stream(house)
    asking = asyncio.create_task(stream.run())
    try:
        await asyncio.sleep(3)
        before = len(stream.milliseconds)
        told = await _begin(house)
        began = time.monotonic()
        await _until(lambda: _has_come_to(house, _KILL_AT))
        stream.is_down = True
        await asyncio.to_thread(house.hass.kill)
        down = time.monotonic()
        await asyncio.to_thread(house.hass.start)
        await _until(lambda: _answers(house))
        back = time.monotonic() - down
        stream.is_down = False
        resumed_at = await _progress(house)
        await _until(lambda: _is_switched(house))
        took = time.monotonic() - began
        await asyncio.sleep(3)
    finally:
        asking.cancel()
    models = list(dict.fromkeys(stream.cosines))
    changes = sum(
        one != next_one
        for one, next_one in zip(stream.cosines, stream.cosines[1:], strict=False)
    )
    what = f"model switch, {items:,} items"
    return [
        Figure(
            what=f"{what}: told beforehand",
            unit="min",
            value=float(told["minutes"]),
            note=f"{told['vectors']} vectors, {told['megabytes']} MB",
        ),
        Figure(what=f"{what}: with a kill -9", unit="min", value=took / 60),
        Figure(
            what=f"{what}: vectors that were there after the kill",
            unit="%",
            value=resumed_at or 0.0,
            bar=_KILL_AT - 5,
            at_least=True,
            note=f"Home Assistant answered again after {back:.0f} s",
        ),
        times(f"{what}: recall before", stream.milliseconds[:before]),
        times(f"{what}: recall meanwhile", stream.milliseconds[before:]),
        Figure(
            what=f"{what}: questions that failed",
            unit="",
            value=float(stream.failed.total()),
            bar=0,
            note=f"of {len(stream.milliseconds)}; {dict(stream.failed)}; {stream.by_words} found it by words",
        ),
        Figure(
            what=f"{what}: results of neither model alone",
            unit="",
            value=float(max(0, len(models) - 2) + max(0, changes - 1)),
            bar=0,
            note=f"cosines of the fact: {models}",
        ),
    ]


async def _begin(house: DemoHouse) -> Json:
    """Begin the switch in the flow; return what was told of it."""
    [entry] = await house.client.entries("ai_memory")
    step = await house.client.reconfigure_flow("ai_memory", entry["entry_id"])
    for choice in ("embedder", "ollama"):
        step = await house.client.flow_step(step["flow_id"], {"next_step_id": choice})
    url = house.stand_in.url if house.stand_in else ""
    step = await house.client.flow_step(step["flow_id"], {"url": url})
    step = await house.client.flow_step(
        step["flow_id"], {"model": "all-minilm:latest", "dimensions": _DIMENSIONS}
    )
    told: Json = step["description_placeholders"]
    step = await house.client.flow_step(step["flow_id"], {})
    assert step["reason"] == "switch_started", step
    return told


async def _progress(house: DemoHouse) -> float | None:
    state = await house.client.state(_PROGRESS)
    try:
        return float(state["state"])
    except ValueError:
        return None


async def _has_come_to(house: DemoHouse, percent: float) -> bool:
    return (await _progress(house) or 0.0) >= percent


async def _answers(house: DemoHouse) -> bool:
    try:
        await house.client.call("ai_memory/recall", query=_QUESTION)
        return await _progress(house) is not None
    except HassError, aiohttp.ClientError, OSError:
        return False


async def _is_switched(house: DemoHouse) -> bool:
    return await _progress(house) is None


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_TIMEOUT):
        while not await is_so():
            await asyncio.sleep(0.2)
