"""From settings to an embedder, prefixes by model name, and what a usable vector is."""

import math
import ssl

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.ai_memory.embedding.embedder import TextKind
from custom_components.ai_memory.embedding.factory import (
    EmbedderProvider,
    EmbedderSettings,
    create_embedder,
)
from custom_components.ai_memory.embedding.prefixes import Prefixes, prefixes_for
from custom_components.ai_memory.embedding.vectors import unit_vector
from custom_components.ai_memory.errors import (
    InvalidEmbedding,
    InvalidInput,
    WrongDimensions,
)
from demo.ollama_server import OllamaServer

TASK = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the"
    " query\nQuery:"
)


async def test_none_makes_none(
    session: aiohttp.ClientSession, ssl_context: ssl.SSLContext
) -> None:
    settings = EmbedderSettings(EmbedderProvider.NONE)
    assert create_embedder(settings, session=session, ssl_context=ssl_context) is None


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        (EmbedderProvider.OLLAMA, "/api/embed"),
        (EmbedderProvider.OPENAI_COMPATIBLE, "/v1/embeddings"),
    ],
)
async def test_settings_reach_the_server(
    server: OllamaServer,
    session: aiohttp.ClientSession,
    ssl_context: ssl.SSLContext,
    provider: EmbedderProvider,
    path: str,
) -> None:
    server.api_key = "s3cret"
    settings = EmbedderSettings(provider, server.url, "all-minilm", "s3cret", 128)
    embedder = create_embedder(settings, session=session, ssl_context=ssl_context)
    assert embedder is not None
    model = await embedder.model()
    assert (model.provider, model.name, model.dimensions) == (
        provider,
        "all-minilm",
        128,
    )
    for _ in range(2):
        vector = await embedder.embed_question("where are the keys")
        assert len(vector) == 128
    assert len(server.sent(path)) == 2  # the probe, and the query once
    await embedder.close()
    assert not session.closed


@pytest.mark.parametrize("pinned", [True, False])
async def test_only_what_stays_is_kept_loaded(
    server: OllamaServer,
    session: aiohttp.ClientSession,
    ssl_context: ssl.SSLContext,
    *,
    pinned: bool,
) -> None:
    settings = EmbedderSettings(EmbedderProvider.OLLAMA, server.url, "all-minilm")
    embedder = create_embedder(
        settings, session=session, ssl_context=ssl_context, pinned=pinned
    )
    assert embedder is not None
    await embedder.model()
    await embedder.unload()
    await embedder.close()
    kept = [request.json.get("keep_alive") for request in server.sent("/api/embed")]
    assert kept == ([-1, 0] if pinned else [None])


async def test_bad_url(
    session: aiohttp.ClientSession, ssl_context: ssl.SSLContext
) -> None:
    settings = EmbedderSettings(EmbedderProvider.OLLAMA, "nowhere", "all-minilm")
    with pytest.raises(InvalidInput):
        create_embedder(settings, session=session, ssl_context=ssl_context)


def test_repr_tells_no_secrets() -> None:
    settings = EmbedderSettings(
        EmbedderProvider.OLLAMA, "http://me:hunter2@host", "m", "s3cret"
    )
    assert "s3cret" not in repr(settings)
    assert "hunter2" not in repr(settings)
    assert "'m'" in repr(settings)


@pytest.mark.parametrize(
    ("names", "query", "document"),
    [
        (
            [
                "nomic-embed-text",
                "nomic-embed-text:v1.5",
                "nomic-embed-text-v2-moe",
                "hf.co/nomic-ai/nomic-embed-text-v1.5-GGUF:Q4_K_M",
            ],
            "search_query: ",
            "search_document: ",
        ),
        (
            [
                "mxbai-embed-large:latest",
                "mixedbread-ai/mxbai-embed-large-v1",
                "bge-large:335m",
                "BAAI/bge-small-en-v1.5",
                "snowflake-arctic-embed:22m",
                "Snowflake/snowflake-arctic-embed-m-v1.5",
            ],
            "Represent this sentence for searching relevant passages: ",
            "",
        ),
        (["BAAI/bge-base-zh-v1.5"], "为这个句子生成表示以用于检索相关文章：", ""),
        (
            [
                "snowflake-arctic-embed2",
                "snowflake-arctic-embed2:568m",
                "Snowflake/snowflake-arctic-embed-l-v2.0",
            ],
            "query: ",
            "",
        ),
        (
            ["intfloat/e5-base-v2", "jeffh/intfloat-multilingual-e5-large:f16"],
            "query: ",
            "passage: ",
        ),
        (
            ["intfloat/multilingual-e5-large-instruct"],
            f"{TASK} ",
            "",
        ),
        (
            ["qwen3-embedding:0.6b", "Qwen/Qwen3-Embedding-8B"],
            TASK,
            "",
        ),
        (
            ["embeddinggemma", "google/embeddinggemma-300m"],
            "task: search result | query: ",
            "title: none | text: ",
        ),
        (
            [
                "all-minilm:latest",
                "bge-m3",
                "granite-embedding:278m",
                "paraphrase-multilingual",
                "text-embedding-3-small",
            ],
            "",
            "",
        ),
    ],
)
def test_prefixes(names: list[str], query: str, document: str) -> None:
    for name in names:
        assert prefixes_for(name) == Prefixes(query, document), name
    assert prefixes_for(names[0]).add("x", TextKind.QUERY) == f"{query}x"
    assert prefixes_for(names[0]).add("x", TextKind.DOCUMENT) == f"{document}x"


NUMBERS = st.floats(-1e6, 1e6).filter(lambda number: number == 0 or abs(number) > 1e-6)


@given(st.lists(NUMBERS, min_size=8, max_size=40), st.integers(8, 40))
def test_unit_vector_points_the_same_way(raw: list[float], dimensions: int) -> None:
    dimensions = min(dimensions, len(raw))
    if not any(raw[:dimensions]):
        with pytest.raises(InvalidEmbedding):
            unit_vector(raw, len(raw), dimensions)
        return
    vector = unit_vector(raw, len(raw), dimensions)
    norm = math.hypot(*raw[:dimensions])
    assert math.hypot(*vector) == pytest.approx(1)
    assert [number * norm for number in vector] == pytest.approx(raw[:dimensions])


@given(
    st.lists(st.floats(-1, 1), min_size=8, max_size=20),
    st.integers(0, 19),
    st.sampled_from([math.nan, math.inf, -math.inf]),
)
def test_unit_vector_refuses_what_is_not_finite(
    raw: list[float], position: int, bad: float
) -> None:
    raw[position % len(raw)] = bad
    with pytest.raises(InvalidEmbedding):
        unit_vector(raw, len(raw), 8)


def test_unit_vector_refuses_another_length() -> None:
    with pytest.raises(WrongDimensions):
        unit_vector([1.0] * 9, 8, 8)
