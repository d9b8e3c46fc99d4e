"""The Ollama embedder, through the real client over HTTP."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable, Sequence
import math
import ssl
from typing import Any

import ollama
import pytest

from custom_components.ai_memory.embedding import ollama as ollama_module
from custom_components.ai_memory.embedding.embedder import EmbeddingModel, TextKind
from custom_components.ai_memory.embedding.ollama import PINNED, OllamaEmbedder
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
from tests.embedding.conftest import Target

SENTENCES = [
    "The spare keys are in the blue drawer",
    "Our cat is called Minka",
    "The boiler was last serviced in March",
]

type Make = Callable[..., OllamaEmbedder]


@pytest.fixture
async def make(ssl_context: ssl.SSLContext) -> AsyncGenerator[Make]:
    """Give a maker of embedders that are closed after the test."""
    made: list[OllamaEmbedder] = []

    def make(url: str, name: str = "all-minilm", **options: Any) -> OllamaEmbedder:
        made.append(OllamaEmbedder(url, name, ssl_context=ssl_context, **options))
        return made[-1]

    yield make
    for embedder in made:
        await embedder.close()


def cosine(first: Sequence[float], second: Sequence[float]) -> float:
    return math.sumprod(first, second) / math.hypot(*first) / math.hypot(*second)


async def test_model_tells_its_dimensions(target: Target, make: Make) -> None:
    client = ollama.AsyncClient(target.url)
    response = await client.embed(target.model, "hello")
    await client.close()  # type: ignore[no-untyped-call]  # the client's method has no annotations
    model = await make(target.url, target.model).model()
    assert model == EmbeddingModel("ollama", target.model, len(response.embeddings[0]))


async def test_vectors_mean_something(target: Target, make: Make) -> None:
    embedder = make(target.url, target.model)
    [question] = await embedder.embed(
        ["Where do we keep the spare keys?"], TextKind.QUERY
    )
    documents = await embedder.embed(SENTENCES, TextKind.DOCUMENT)
    for vector in [question, *documents]:
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-9)
    scores = [cosine(question, document) for document in documents]
    assert scores[0] == max(scores)
    assert scores[0] - max(scores[1:]) > 0.2


async def test_batches_keep_the_order(target: Target, make: Make) -> None:
    embedder = make(target.url, target.model)
    texts = [f"{n} candles stand in room {n * 7}" for n in range(70)]
    vectors = await embedder.embed(texts, TextKind.DOCUMENT)
    assert len(vectors) == 70
    for index in (0, 31, 32, 63, 64, 69):
        [alone] = await embedder.embed([texts[index]], TextKind.DOCUMENT)
        scores = [cosine(alone, vector) for vector in vectors]
        assert max(range(70), key=scores.__getitem__) == index


async def test_cut_is_the_front_of_the_whole_renormalised(
    target: Target, make: Make
) -> None:
    whole = await make(target.url, target.model).embed(SENTENCES, TextKind.DOCUMENT)
    embedder = make(target.url, target.model, dimensions=64)
    assert (await embedder.model()).dimensions == 64
    for long, short in zip(
        whole, await embedder.embed(SENTENCES, TextKind.DOCUMENT), strict=True
    ):
        assert len(short) == 64
        assert math.hypot(*short) == pytest.approx(1, abs=1e-9)
        assert cosine(long[:64], short) == pytest.approx(1, abs=1e-6)


async def test_lists_models(target: Target, make: Make) -> None:
    names = await make(target.url, target.model).models()
    assert names == sorted(names)
    assert any(
        name.partition(":")[0] == target.model.partition(":")[0] for name in names
    )


async def test_missing_model(target: Target, make: Make) -> None:
    embedder = make(target.url, "no-such-model-here")
    with pytest.raises(EmbeddingModelMissing) as caught:
        await embedder.embed(["secret words"], TextKind.QUERY)
    assert caught.value.placeholders == {"model": "no-such-model-here"}


@pytest.mark.parametrize(
    "text",
    ["", "\0", "half a \ud83d pair", "x" * 100_000],
    ids=["empty", "NUL", "surrogate", "long"],
)
async def test_odd_texts_have_a_vector(target: Target, make: Make, text: str) -> None:
    [vector] = await make(target.url, target.model).embed([text], TextKind.DOCUMENT)
    assert math.hypot(*vector) == pytest.approx(1, abs=1e-9)


async def test_nothing_to_embed_asks_nothing(server: OllamaServer, make: Make) -> None:
    assert await make(server.url).embed([], TextKind.QUERY) == []
    assert server.requests == []


async def test_batches_and_keep_alive_on_the_wire(
    server: OllamaServer, make: Make
) -> None:
    texts = [f"text {n}" for n in range(65)]
    await make(server.url, keep_alive=300).embed(texts, TextKind.DOCUMENT)
    [probe, *batches] = [request.json for request in server.sent("/api/embed")]
    assert len(probe["input"]) == 1
    assert [len(batch["input"]) for batch in batches] == [32, 32, 1]
    assert [text for batch in batches for text in batch["input"]] == texts
    assert {batch["keep_alive"] for batch in batches} == {300}


async def test_pinned_model_is_unloaded(server: OllamaServer, make: Make) -> None:
    embedder = make(server.url, keep_alive=PINNED)
    await embedder.model()
    await embedder.unload()
    pinned, unloaded = [request.json for request in server.sent("/api/embed")]
    assert pinned["keep_alive"] == -1
    assert (unloaded["model"], unloaded["input"]) == ("all-minilm", [])
    assert unloaded["keep_alive"] == 0


async def test_tried_model_is_left_to_the_server(
    server: OllamaServer, make: Make
) -> None:
    """It goes by itself; of one that serves already nothing changes."""
    embedder = make(server.url)
    await embedder.model()
    await embedder.unload()
    [tried] = [request.json for request in server.sent("/api/embed")]
    assert "keep_alive" not in tried


@pytest.mark.parametrize("fault", ["failing", "hanging", "absent"])
async def test_server_that_does_not_unload(
    server: OllamaServer, make: Make, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(ollama_module, "_UNLOAD_TIMEOUT", 0.1)
    embedder = make(server.url, keep_alive=PINNED)
    if fault == "absent":
        await server.stop()
    else:
        setattr(server, fault, {"/api/embed"})
    async with asyncio.timeout(10):
        await embedder.unload()


async def test_prefixes_on_the_wire(server: OllamaServer, make: Make) -> None:
    server.models.append("nomic-embed-text:latest")
    embedder = make(server.url, "nomic-embed-text")
    await embedder.embed(["where are the keys"], TextKind.QUERY)
    await embedder.embed(["the keys are here"], TextKind.DOCUMENT)
    [_, query, document] = [request.json for request in server.sent("/api/embed")]
    assert query["input"] == ["search_query: where are the keys"]
    assert document["input"] == ["search_document: the keys are here"]


async def test_no_answer_in_time(server: OllamaServer, make: Make) -> None:
    server.hanging = {"/api/embed", "/api/tags"}
    embedder = make(server.url, timeout=0.2)
    with pytest.raises(EmbedderUnreachable):
        await embedder.embed(["hello"], TextKind.QUERY)
    with pytest.raises(EmbedderUnreachable):
        await embedder.models()


async def test_slow_answer_is_waited_for(server: OllamaServer, make: Make) -> None:
    server.delay = 0.05
    [vector] = await make(server.url).embed(["hello"], TextKind.QUERY)
    assert len(vector) == 384


async def test_outage_and_return(server: OllamaServer, make: Make) -> None:
    embedder = make(server.url)
    before = await embedder.embed(SENTENCES, TextKind.DOCUMENT)
    await server.stop()
    with pytest.raises(EmbedderUnreachable):
        await embedder.embed(SENTENCES, TextKind.DOCUMENT)
    with pytest.raises(EmbedderUnreachable):
        await embedder.models()
    await server.start()
    assert await embedder.embed(SENTENCES, TextKind.DOCUMENT) == before


async def test_server_error(server: OllamaServer, make: Make) -> None:
    server.failing = {"/api/embed"}
    with pytest.raises(EmbedderError) as caught:
        await make(server.url).embed(["hello"], TextKind.QUERY)
    assert type(caught.value) is EmbedderError
    assert caught.value.placeholders == {"status": "500"}


async def test_no_embedding_model(server: OllamaServer, make: Make) -> None:
    with pytest.raises(EmbedderError) as caught:
        await make(server.url, "stand-in").model()
    assert caught.value.placeholders == {"status": "400"}


async def test_dimensions_that_change_under_way(
    server: OllamaServer, make: Make
) -> None:
    embedder = make(server.url)
    await embedder.model()
    for received in (96, 768):
        server.dimensions = received
        with pytest.raises(WrongDimensions) as caught:
            await embedder.embed(["hello"], TextKind.QUERY)
        assert caught.value.placeholders == {
            "expected": "384",
            "received": str(received),
        }
    server.dimensions = None
    assert len(await embedder.embed(["hello"], TextKind.QUERY)) == 1


async def test_nan(server: OllamaServer, make: Make) -> None:
    embedder = make(server.url)
    await embedder.model()
    server.nan = True
    with pytest.raises(InvalidEmbedding):
        await embedder.embed(["hello"], TextKind.QUERY)
    with pytest.raises(InvalidEmbedding):
        await make(server.url).model()


async def test_cut_longer_than_the_model(server: OllamaServer, make: Make) -> None:
    with pytest.raises(DimensionsOutOfRange) as caught:
        await make(server.url, dimensions=385).model()
    assert caught.value.placeholders == {
        "dimensions": "385",
        "minimum": "8",
        "maximum": "384",
    }


async def test_model_too_long_to_be_indexed(server: OllamaServer, make: Make) -> None:
    server.dimensions = 4096
    with pytest.raises(DimensionsOutOfRange):
        await make(server.url).model()
    assert (await make(server.url, dimensions=256).model()).dimensions == 256


@pytest.mark.parametrize("dimensions", [-1, 0, 7, 4001])
def test_cut_out_of_range(ssl_context: ssl.SSLContext, dimensions: int) -> None:
    with pytest.raises(DimensionsOutOfRange):
        OllamaEmbedder(
            "http://127.0.0.1", "m", ssl_context=ssl_context, dimensions=dimensions
        )


@pytest.mark.parametrize(
    "url", ["", "nowhere", "ftp://a", "http://", "http://[::1", "http://a:port"]
)
def test_bad_url(ssl_context: ssl.SSLContext, url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        OllamaEmbedder(url, "m", ssl_context=ssl_context)
    assert caught.value.key == "invalid_url"


async def test_key(server: OllamaServer, make: Make) -> None:
    server.api_key = "right"
    for key in (None, "wrong"):
        with pytest.raises(EmbedderUnauthorized):
            await make(server.url, api_key=key).models()
    assert EMBEDDING_MODEL in await make(server.url, api_key="right").models()
    assert (await make(server.url, api_key="right").model()).dimensions == 384


async def test_password_in_the_url(server: OllamaServer, make: Make) -> None:
    url = server.url.replace("://", "://somebody:p%40ss@")
    await make(url).model()
    await make(url, api_key="key").model()
    basic = base64.b64encode(b"somebody:p@ss").decode()
    assert [request.authorization for request in server.requests] == [
        f"Basic {basic}",
        "Bearer key",
    ]


async def test_server_that_is_not_ollama(server: OllamaServer, make: Make) -> None:
    # Under /v1 the stand-in has no /api: 404, as from any other server.
    embedder = make(f"{server.url}/v1")
    with pytest.raises(EmbedderError) as caught:
        await embedder.models()
    assert caught.value.placeholders == {"status": "404"}
    with pytest.raises(EmbedderError):
        await embedder.model()


async def test_errors_tell_no_secrets(server: OllamaServer, make: Make) -> None:
    url = server.url.replace("://", "://somebody:hunter2@")
    embedder = make(url, timeout=0.2)
    await embedder.model()
    faults: list[dict[str, Any]] = [
        {"failing": {"/api/embed"}},
        {"models": []},
        {"nan": True},
        {"dimensions": 12},
        {"hanging": {"/api/embed"}},
        {"api_key": "other"},
    ]
    for fault in faults:
        before = {name: getattr(server, name) for name in fault}
        for name, value in fault.items():
            setattr(server, name, value)
        with pytest.raises(EmbedderError) as caught:
            await embedder.embed(["my private words"], TextKind.QUERY)
        for name, value in before.items():
            setattr(server, name, value)
        shown = repr(caught.value) + repr(caught.value.__cause__)
        assert "hunter2" not in shown
        assert "private" not in shown
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    await server.stop()
    with pytest.raises(EmbedderUnreachable) as unreachable:
        await embedder.embed(["my private words"], TextKind.QUERY)
    assert unreachable.value.__suppress_context__


async def test_making_one_reads_no_certificates(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    for name in (
        "load_verify_locations",
        "load_default_certs",
        "set_default_verify_paths",
        "load_cert_chain",
    ):
        monkeypatch.setattr(
            ssl.SSLContext, name, lambda *_, name=name, **__: read.append(name)
        )
    make("https://127.0.0.1:1")
    assert read == []
    # The same client without a ready-made context does read them.
    await ollama.AsyncClient("https://127.0.0.1:1").close()  # type: ignore[no-untyped-call]  # the client's method has no annotations
    assert read
