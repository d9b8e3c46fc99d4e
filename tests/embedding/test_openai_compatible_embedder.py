"""The OpenAI-compatible embedder, over HTTP."""

from collections.abc import AsyncGenerator, Callable
import json
import math
from typing import Any

import aiohttp
from aiohttp import web
import pytest

from custom_components.ai_memory.embedding.embedder import EmbeddingModel, TextKind
from custom_components.ai_memory.embedding.openai_compatible import (
    OpenAICompatibleEmbedder,
)
from custom_components.ai_memory.errors import (
    DimensionsOutOfRange,
    EmbedderError,
    EmbedderUnauthorized,
    EmbedderUnreachable,
    EmbeddingModelMissing,
    InvalidEmbedding,
    InvalidInput,
    WrongDimensions,
)
from demo.ollama_server import EMBEDDING_MODEL, OllamaServer

type Make = Callable[..., OpenAICompatibleEmbedder]
PATH = "/v1/embeddings"


@pytest.fixture
def make(session: aiohttp.ClientSession) -> Make:
    """Give a maker of embedders."""

    def make(
        url: str, name: str = "all-minilm", **options: Any
    ) -> OpenAICompatibleEmbedder:
        return OpenAICompatibleEmbedder(session, url, name, **options)

    return make


@pytest.fixture
async def answering(socket_enabled: None) -> AsyncGenerator[Callable[..., Any]]:
    """Give a function that serves one fixed answer and returns the server's URL."""
    runners: list[web.AppRunner] = []

    async def serve(status: int, body: str) -> str:
        async def answer(_request: web.Request) -> web.Response:
            return web.Response(status=status, text=body)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield serve
    for runner in runners:
        await runner.cleanup()


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/embeddings"])
async def test_base_url(server: OllamaServer, make: Make, path: str) -> None:
    embedder = make(server.url + path)
    assert await embedder.model() == EmbeddingModel(
        "openai_compatible", "all-minilm", 384
    )
    assert EMBEDDING_MODEL in await embedder.models()


async def test_vectors_and_batches(server: OllamaServer, make: Make) -> None:
    embedder = make(server.url)
    texts = [f"{n} candles" for n in range(40)]
    vectors = await embedder.embed(texts, TextKind.DOCUMENT)
    [last] = await embedder.embed(texts[-1:], TextKind.DOCUMENT)
    assert last == pytest.approx(vectors[-1], abs=1e-3)
    assert all(math.hypot(*vector) == pytest.approx(1) for vector in vectors)
    sent = [request.json for request in server.sent(PATH)]
    assert [len(body["input"]) for body in sent] == [1, 32, 8, 1]
    assert all("dimensions" not in body for body in sent)


async def test_prefixes_on_the_wire(server: OllamaServer, make: Make) -> None:
    server.models.append("intfloat/multilingual-e5-base")
    embedder = make(server.url, "intfloat/multilingual-e5-base")
    await embedder.embed(["wo sind die Schlüssel"], TextKind.QUERY)
    assert server.sent(PATH)[-1].json["input"] == ["query: wo sind die Schlüssel"]


async def test_dimensions_are_asked_for(server: OllamaServer, make: Make) -> None:
    embedder = make(server.url, dimensions=64)
    assert (await embedder.model()).dimensions == 64
    [vector] = await embedder.embed(["hello"], TextKind.QUERY)
    assert len(vector) == 64
    assert [request.json["dimensions"] for request in server.sent(PATH)] == [64, 64]


async def test_server_that_ignores_dimensions_is_cut(
    make: Make, answering: Callable[..., Any]
) -> None:
    whole = [3.0, 4.0] + [0.0] * 6 + [12.0] * 8
    body = json.dumps({"data": [{"index": 0, "embedding": whole}]})
    embedder = make(await answering(200, body), dimensions=8)
    assert (await embedder.model()).dimensions == 8
    assert await embedder.embed(["hello"], TextKind.QUERY) == [[0.6, 0.8] + [0.0] * 6]


async def test_cut_longer_than_the_model(server: OllamaServer, make: Make) -> None:
    with pytest.raises(DimensionsOutOfRange):
        await make(server.url, dimensions=512).model()


async def test_key(server: OllamaServer, make: Make) -> None:
    server.api_key = "right"
    for key in (None, "wrong"):
        embedder = make(server.url, api_key=key)
        with pytest.raises(EmbedderUnauthorized):
            await embedder.embed(["hello"], TextKind.QUERY)
        with pytest.raises(EmbedderUnauthorized):
            await embedder.models()
    assert (await make(server.url, api_key="right").model()).dimensions == 384


async def test_key_wins_over_a_password_in_the_url(
    server: OllamaServer, make: Make
) -> None:
    server.api_key = "right"
    url = server.url.replace("://", "://somebody:hunter2@")
    assert (await make(url, api_key="right").model()).dimensions == 384


async def test_missing_model(server: OllamaServer, make: Make) -> None:
    with pytest.raises(EmbeddingModelMissing) as caught:
        await make(server.url, "text-embedding-3-small").model()
    assert caught.value.placeholders == {"model": "text-embedding-3-small"}


async def test_faults(server: OllamaServer, make: Make) -> None:
    embedder = make(server.url, timeout=0.2)
    await embedder.model()
    server.failing = {PATH}
    with pytest.raises(EmbedderError) as caught:
        await embedder.embed(["hello"], TextKind.QUERY)
    assert caught.value.placeholders == {"status": "500"}
    server.failing = set()
    server.hanging = {PATH}
    with pytest.raises(EmbedderUnreachable):
        await embedder.embed(["hello"], TextKind.QUERY)
    server.hanging = set()
    server.nan = True
    with pytest.raises(InvalidEmbedding):
        await embedder.embed(["hello"], TextKind.QUERY)
    server.nan = False
    server.dimensions = 768
    with pytest.raises(WrongDimensions):
        await embedder.embed(["hello"], TextKind.QUERY)
    server.dimensions = None
    await server.stop()
    with pytest.raises(EmbedderUnreachable):
        await embedder.embed(["hello"], TextKind.QUERY)
    await server.start()
    assert len(await embedder.embed(["hello"], TextKind.QUERY)) == 1


async def test_order_is_taken_from_index(
    make: Make, answering: Callable[..., Any]
) -> None:
    one, two = [1.0] + [0.0] * 7, [0.0] * 7 + [1.0]
    single = {"data": [{"index": 0, "embedding": one}]}
    embedder = make(await answering(200, json.dumps(single)))
    await embedder.model()
    swapped = {"data": [{"index": 1, "embedding": two}, {"index": 0, "embedding": one}]}
    other = make(await answering(200, json.dumps(swapped)))
    embedder._base = other._base
    assert await embedder.embed(["a", "b"], TextKind.QUERY) == [one, two]


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[]",
        "{}",
        '{"data": {}}',
        '{"data": []}',
        '{"data": [{"index": 1, "embedding": [1, 2, 3, 4, 5, 6, 7, 8]}]}',
        '{"data": [{"embedding": [1, 2, 3, 4, 5, 6, 7, 8]}]}',
        '{"data": [{"index": 0, "embedding": [1, 2, 3, 4, 5, 6, 7, "x"]}]}',
        '{"data": [{"index": 0, "embedding": [1, 2, 3, 4, 5, 6, 7, null]}]}',
        '{"data": [{"index": 0, "embedding": [1, 2, 3, 4, 5, 6, 7, Infinity]}]}',
        '{"data": [{"index": 0, "embedding": [0, 0, 0, 0, 0, 0, 0, 0]}]}',
        '{"data": [{"index": 0, "embedding": null}]}',
        '{"data": [{"index": 0, "embedding": 7}]}',
        '{"data": [{"index": 0, "embedding": "12345678"}]}',
        '{"data": ["x"]}',
    ],
)
async def test_answers_that_are_no_vectors(
    make: Make, answering: Callable[..., Any], body: str
) -> None:
    with pytest.raises(InvalidEmbedding):
        await make(await answering(200, body)).model()


@pytest.mark.parametrize("body", ["<html>", '{"data": [1]}', '{"models": []}'])
async def test_answers_that_are_no_model_list(
    make: Make, answering: Callable[..., Any], body: str
) -> None:
    with pytest.raises(EmbedderError):
        await make(await answering(200, body)).models()


async def test_wrong_path_is_no_missing_model(
    make: Make, answering: Callable[..., Any]
) -> None:
    with pytest.raises(EmbedderError) as caught:
        await make(await answering(404, "<html>Not found</html>")).model()
    assert type(caught.value) is EmbedderError


def test_bad_url(make: Make) -> None:
    with pytest.raises(InvalidInput):
        make("localhost:8080")
