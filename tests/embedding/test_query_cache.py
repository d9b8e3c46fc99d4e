"""Vectors of questions that were asked before."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
import gc
import logging
import ssl
from typing import override

import pytest

from custom_components.ai_memory.embedding.embedder import (
    Embedder,
    EmbeddingModel,
    TextKind,
)
from custom_components.ai_memory.embedding.ollama import OllamaEmbedder
from custom_components.ai_memory.embedding.query_cache import CachingEmbedder
from custom_components.ai_memory.errors import EmbedderError, EmbedderUnreachable
from custom_components.ai_memory.memory.embedding_batches import EmbeddingBatches
from custom_components.ai_memory.memory.precedence import Precedence
from demo.ollama_server import OllamaServer

QUERY = TextKind.QUERY
PATH = "/api/embed"


class HeldEmbedder(Embedder):
    """Answers when it is let, so that requests can be caught under way."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.release = asyncio.Event()
        self.error: Exception | None = None
        self.cancelled = 0
        self.closed = False

    @override
    async def model(self) -> EmbeddingModel:
        return EmbeddingModel("test", "held", 1)

    @override
    async def models(self) -> list[str]:
        return ["held"]

    @override
    async def embed(self, texts: Sequence[str], kind: TextKind) -> list[list[float]]:
        self.asked.extend(texts)
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return [[float(len(text))] for text in texts]

    @override
    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def held() -> HeldEmbedder:
    """Give an embedder that waits to be released."""
    return HeldEmbedder()


@pytest.fixture
async def cached(
    server: OllamaServer, ssl_context: ssl.SSLContext
) -> AsyncGenerator[CachingEmbedder]:
    """Give a cache of two in front of the stand-in, its dimensions known."""
    embedder = CachingEmbedder(
        OllamaEmbedder(server.url, "all-minilm", ssl_context=ssl_context), size=2
    )
    await embedder.model()
    server.requests.clear()
    yield embedder
    await embedder.close()


def asked(server: OllamaServer) -> list[str]:
    return [text for request in server.sent(PATH) for text in request.json["input"]]


async def test_repeated_query_is_not_asked_again(
    server: OllamaServer, cached: CachingEmbedder
) -> None:
    first = await cached.embed_question("where are the keys")
    again = await cached.embed_question("where are the keys")
    assert first == again
    assert len(server.sent(PATH)) == 1
    # What the caller does to its vector does not reach the next one.
    again[0] = 7.0
    assert (await cached.embed_question("where are the keys"))[0] != 7.0


async def test_least_recently_asked_is_forgotten(
    server: OllamaServer, cached: CachingEmbedder
) -> None:
    for text in ("a", "b", "a", "c", "a", "b"):
        await cached.embed_question(text)
    assert asked(server) == ["a", "b", "c", "b"]


@pytest.mark.parametrize("number", [1, 2])
async def test_commands_are_no_questions(
    server: OllamaServer, cached: CachingEmbedder, number: int
) -> None:
    """Slow servers are asked for them one by one; they would leave no place for what people ask."""
    batches = EmbeddingBatches(Precedence())
    commands = ["turn on the light"] * number
    await cached.embed_question("where are the keys")
    for _ in range(3):
        await batches.all(cached, commands, QUERY, searched=True)
    await cached.embed_question("where are the keys")
    assert asked(server) == ["where are the keys"] + commands * 3


async def test_documents_and_batches_pass_through(
    server: OllamaServer, cached: CachingEmbedder
) -> None:
    for _ in range(2):
        await cached.embed(["a"], TextKind.DOCUMENT)
        assert len(await cached.embed(["a", "b"], QUERY)) == 2
    assert asked(server) == ["a", "a", "b"] * 2
    assert await cached.models() == sorted(server.models)


async def test_errors_are_not_remembered(
    server: OllamaServer, cached: CachingEmbedder
) -> None:
    server.failing = {PATH}
    with pytest.raises(EmbedderError):
        await cached.embed_question("a")
    server.failing = set()
    assert len(await cached.embed_question("a")) == 384


async def test_equal_queries_share_one_request(held: HeldEmbedder) -> None:
    cached = CachingEmbedder(held)
    waiting = [asyncio.create_task(cached.embed_question("a")) for _ in range(5)]
    other = asyncio.create_task(cached.embed_question("bb"))
    await asyncio.sleep(0.01)
    held.release.set()
    assert await asyncio.gather(*waiting) == [[1.0]] * 5
    assert await other == [2.0]
    assert held.asked == ["a", "bb"]


async def test_equal_queries_share_one_error(held: HeldEmbedder) -> None:
    cached = CachingEmbedder(held)
    held.error = EmbedderUnreachable()
    waiting = [asyncio.create_task(cached.embed_question("a")) for _ in range(3)]
    await asyncio.sleep(0.01)
    held.release.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert results == [held.error] * 3
    assert held.asked == ["a"]


async def test_giving_up_leaves_the_others_waiting(held: HeldEmbedder) -> None:
    cached = CachingEmbedder(held)
    first, second = (asyncio.create_task(cached.embed_question("a")) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    held.release.set()
    assert await second == [1.0]
    assert held.cancelled == 0


async def test_vector_that_came_too_late_is_kept(held: HeldEmbedder) -> None:
    cached = CachingEmbedder(held)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await cached.embed_question("a")
    held.release.set()
    await asyncio.sleep(0.01)
    assert await cached.embed_question("a") == [1.0]
    assert held.asked == ["a"]


async def test_late_error_that_nobody_waits_for(
    held: HeldEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    cached = CachingEmbedder(held)
    held.error = EmbedderUnreachable()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await cached.embed_question("a")
    held.release.set()
    await asyncio.sleep(0.01)
    held.error = None
    assert await cached.embed_question("a") == [1.0]
    assert held.asked == ["a", "a"]
    gc.collect()
    assert [
        record for record in caplog.records if record.levelno >= logging.ERROR
    ] == []


async def test_close_cancels_what_is_under_way(held: HeldEmbedder) -> None:
    cached = CachingEmbedder(held)
    waiting = asyncio.create_task(cached.embed_question("a"))
    await asyncio.sleep(0.01)
    await cached.close()
    with pytest.raises(EmbedderUnreachable):
        await waiting
    assert held.cancelled == 1
    assert held.closed
