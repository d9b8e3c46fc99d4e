"""The embedder absent, slow, failing or changed: turns go on, words serve, one problem is told."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from custom_components.ai_memory.errors import (
    EmbedderError,
    EmbedderUnreachable,
    InvalidEmbedding,
    WrongDimensions,
)
from custom_components.ai_memory.memory import embedding_batches
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.memory.service import MemoryService
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.engine import (
    DEADLINE,
    HOUSEHOLD,
    Problems,
    commands,
    look_up,
    ollama,
    running,
    settled,
    turn,
)

EMBED = "/api/embed"


async def be_absent(server: OllamaServer) -> Callable[[], Any]:
    await server.stop()
    return server.start


async def be_slow(server: OllamaServer) -> Callable[[], Any]:
    server.delay = 0.5

    async def end() -> None:
        server.delay = 0.0

    return end


async def fail(server: OllamaServer) -> Callable[[], Any]:
    server.failing.add(EMBED)

    async def end() -> None:
        server.failing.clear()

    return end


async def return_nan(server: OllamaServer) -> Callable[[], Any]:
    server.nan = True

    async def end() -> None:
        server.nan = False

    return end


async def change_dimensions(server: OllamaServer) -> Callable[[], Any]:
    server.dimensions = 300

    async def end() -> None:
        server.dimensions = None

    return end


@pytest.fixture
def problems() -> Problems:
    return Problems()


@pytest.fixture
async def service(
    database: FreshDatabase, ollama_server: OllamaServer, problems: Problems
) -> AsyncGenerator[MemoryService]:
    """Give a service that has embedded one fact and whose gates are measured."""
    embedder = ollama(ollama_server, timeout=2)
    async with running(database.settings, embedder, problems=problems) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the flower pot"
        )
        await settled(service)
        yield service


async def unembedded(service: MemoryService) -> int:
    assert service._searching.model
    return await service.store.models.count_without_embedding(service._searching.model)


async def rounds(service: MemoryService, count: int) -> None:
    """Wait for some rounds of the background work."""
    for _ in range(count):
        service._upkeep.nudge()
        await settled(service)


@pytest.mark.parametrize(
    ("begin", "error"),
    [
        (be_absent, EmbedderUnreachable),
        (be_slow, EmbedderUnreachable),
        (fail, EmbedderError),
        (return_nan, InvalidEmbedding),
        (change_dimensions, WrongDimensions),
    ],
)
async def test_outage(
    begin: Callable[[OllamaServer], Any],
    error: type[EmbedderError],
    service: MemoryService,
    ollama_server: OllamaServer,
    problems: Problems,
) -> None:
    asked_before = "Where did I leave the spare key?"
    assert (await look_up(service, asked_before)).context
    end = await begin(ollama_server)
    told = [(Part.EMBEDDER, error)]

    async with asyncio.timeout(DEADLINE):
        found = await look_up(service, "Where is the spare key?", deadline=0.4)
    assert found.context, "the words are enough"
    assert found.references[0].cosine is None
    assert problems.heard == told
    # Nothing waits for a vector: it is not over for that.
    await rounds(service, 2)
    assert problems.heard == told

    await service.memories.remember(HOUSEHOLD, "The bins are emptied on Tuesday")
    await service.record(turn("I have put the bicycle into the shed"))
    await rounds(service, 2)
    for number in range(4):
        found = await look_up(service, f"Where is the key {number}?", deadline=0.4)
        await service.record(turn(f"Turn {number}"), found=found)
        # Its vector is known: that says nothing of the server.
        await look_up(service, asked_before, deadline=0.4)
        await asyncio.sleep(0.06)
    [passage] = await service.memories.recall(HOUSEHOLD, "bins", limit=1)
    assert passage.text == "The bins are emptied on Tuesday"
    assert problems.heard == told

    await end()
    async with asyncio.timeout(20):
        while service.health.is_failing(Part.EMBEDDER) or await unembedded(service):
            await asyncio.sleep(0.02)
    await rounds(service, 1)  # that the gates are measured with vectors again
    found = await look_up(service, "When is the trash collected?")
    assert found.context
    assert "bins" in found.context
    assert problems.heard == [*told, (Part.EMBEDDER, None)]


async def test_absent_from_the_start(
    database: FreshDatabase, ollama_server: OllamaServer, problems: Problems
) -> None:
    await ollama_server.stop()
    embedder = ollama(ollama_server)
    async with running(database.settings, embedder, problems=problems) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the flower pot"
        )
        await settled(service)
        assert (await look_up(service, "Where is the spare key?")).context
        assert problems.heard == [(Part.EMBEDDER, EmbedderUnreachable)]
        await ollama_server.start()
        async with asyncio.timeout(20):
            while service.health.is_failing(Part.EMBEDDER):
                await asyncio.sleep(0.02)
        assert await unembedded(service) == 0
    assert problems.heard[1:] == [(Part.EMBEDDER, None)]


async def test_outage_that_nobody_waits_for_ends_by_itself(
    service: MemoryService,
    ollama_server: OllamaServer,
    problems: Problems,
) -> None:
    """Not only at the next regular round, five minutes later."""
    ollama_server.failing.add(EMBED)
    await look_up(service, "Where is the spare key?")
    ollama_server.failing.clear()
    async with asyncio.timeout(20):
        while service.health.is_failing(Part.EMBEDDER):
            await asyncio.sleep(0.02)
    assert problems.heard == [(Part.EMBEDDER, EmbedderError), (Part.EMBEDDER, None)]


async def test_backlog_is_embedded_in_batches(
    service: MemoryService,
    ollama_server: OllamaServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is done stays done when the server fails in the middle."""
    # However busy the machine is.
    monkeypatch.setattr(embedding_batches, "_BATCH_TIME", 60.0)
    service._searching.batches._sizes.clear()
    ollama_server.failing.add(EMBED)
    for number in range(70):
        await service.memories.remember(HOUSEHOLD, f"Fact number {number}")
    await settled(service)
    assert await unembedded(service) == 70
    ollama_server.requests.clear()
    ollama_server.failing.clear()
    async with asyncio.timeout(20):
        while await unembedded(service):
            await asyncio.sleep(0.02)
    sizes = [len(request.json["input"]) for request in ollama_server.sent(EMBED)]
    assert [size for size in sizes if size > 4] == [8, 16, 32, 7]


async def test_work_goes_on_after_an_unexpected_error(
    database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    calls = 0

    async def odd(language: str) -> list[str]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise LookupError(language)
        return list(await commands(language))

    embedder = ollama(ollama_server)
    async with running(database.settings, embedder, commands=odd) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the flower pot"
        )
        await settled(service)
        await service.memories.remember(HOUSEHOLD, "The bins are emptied on Tuesday")
        await settled(service)
        assert await unembedded(service) == 0
        assert service._searching.gates("en")
    assert calls > 1


async def test_without_embedder(database: FreshDatabase) -> None:
    problems = Problems()
    async with running(database.settings, problems=problems) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the flower pot"
        )
        await settled(service)
        assert (await look_up(service, "Where is the spare key?")).context
        assert not (await look_up(service, "When are the bins emptied?")).context
    assert problems.heard == []
