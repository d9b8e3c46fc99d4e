"""Search: words and vectors together, in several languages, whatever the query holds."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest

from custom_components.ai_memory.embedding.embedder import Embedder, TextKind
from custom_components.ai_memory.models import (
    EmbeddingModel,
    Passage,
    PassageKind,
    Scope,
)
from custom_components.ai_memory.postgres.passages import StoredModel
from custom_components.ai_memory.postgres.store import Store
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, ollama, turn

FACTS = {
    "bins": "The bins are emptied every Tuesday",
    "boiler": "The boiler in the basement is a Viessmann Vitodens 200",
    "cat": "Minka gets her medicine with the evening meal",
    "router": "The router shows error E-4471 when the line is down",
    "washer": "The washing machine shows error F-08 when the filter is blocked",
    "dryer": "The dryer shows error F-21 when the hose is blocked",
    "doctor": "Our physician Mr Kowalczyk has his practice opposite the church",
    "wifi": "Visitors surf with the network called Sonnenblume",
    "key": "A spare key is under the blue flower pot",
    **{
        f"box {number}": f"Box {number} in the attic holds the {thing}"
        for number, thing in enumerate(
            ("tents", "skis", "toys", "maps", "lights", "records", "curtains"), 31
        )
    },
    "bike": "Grandfather keeps his bicycle in the shed behind the garage",
}
# What shares words with the fact, and what shares only its meaning.
QUESTIONS = {
    "What does F-21 mean?": "dryer",
    "And F-08?": "washer",
    "Tell me about E-4471": "router",
    "Who is Kowalczyk?": "doctor",
    "Vitodens": "boiler",
    "What have I got in 33?": "box 33",
    "What have I got in 36?": "box 36",
    "Do I need anything from box 35?": "box 35",
    "When is the trash collected?": "bins",
    "How do guests get on the internet?": "wifi",
    "How do I get in when I am locked out?": "key",
    "Where can I find grandpa's two-wheeler?": "bike",
    "When does the pet take its pills?": "cat",
}


@pytest.fixture
def database(emptied_database: FreshDatabase) -> FreshDatabase:
    return emptied_database


@pytest.fixture
async def store(database: FreshDatabase) -> AsyncGenerator[Store]:
    store = Store(database.settings)
    await store.database.open()
    yield store
    await store.database.close()


async def add(
    store: Store, text: str, scope: Scope = HOUSEHOLD, language: str = "en"
) -> int:
    memory, _ = await store.memories.add(
        scope, text, collection="memories", language=language
    )
    return memory.id


async def found(
    store: Store, query: str, scope: Scope = HOUSEHOLD, language: str = "en"
) -> list[str]:
    passages = await store.passages.search(scope, query, language=language, limit=10)
    return [passage.text for passage in passages]


async def embed_all(store: Store, embedder: Embedder) -> StoredModel:
    model = await store.models.activate(await embedder.model())
    waiting = await store.models.without_embedding(model, 1000)
    vectors = await embedder.embed([one.text for one in waiting], TextKind.DOCUMENT)
    await store.models.add_embeddings(
        model, {one.id: vector for one, vector in zip(waiting, vectors, strict=True)}
    )
    return model


async def test_both_halves_beat_each(store: Store, ollama_server: OllamaServer) -> None:
    for text in FACTS.values():
        await add(store, text)
    await store.maintenance.refresh_statistics()
    embedder = ollama(ollama_server)
    model = await embed_all(store, embedder)
    right = dict.fromkeys(("both", "words", "vectors"), 0)
    for question, name in QUESTIONS.items():
        [vector] = await embedder.embed([question], TextKind.QUERY)

        async def search(vector: list[float] | None, text: str) -> list[Passage]:
            return await store.passages.search(
                HOUSEHOLD, text, language="en", limit=50, model=model, vector=vector
            )

        both = await search(vector, question)
        words = await search(None, question)
        # Without any word the vectors alone make the order.
        vectors = await search(vector, "")
        for half, passages in (("both", both), ("words", words), ("vectors", vectors)):
            right[half] += bool(passages and passages[0].text == FACTS[name])
        assert all(passage.cosine is None for passage in words)
        assert all(passage.lexical == 0 for passage in vectors)
        assert all(0 <= passage.score <= 1 for passage in both)
        cosines = {passage.id: passage.cosine for passage in vectors}
        for passage in both:
            assert passage.cosine == pytest.approx(cosines[passage.id], abs=1e-3)
    await embedder.close()
    assert right["both"] > right["words"] > 0
    assert right["both"] > right["vectors"] > 0
    assert right["both"] >= len(QUESTIONS) - 1


@pytest.mark.parametrize(
    ("language", "text", "query", "other"),
    [
        (
            "de",
            "Die Schlüssel liegen in der Schublade",
            "Wo liegt der SCHLÜSSEL?",
            "Der Hund schläft im Flur",
        ),
        ("de-CH", "Die grossen Lampen sind neu", "Lampe", "Der Hund schläft"),
        ("pl", "Klucz leży pod doniczką", "pod DONICZKĄ", "Pies śpi w korytarzu"),
        ("ja", "合鍵は青い植木鉢の下にあります", "合鍵はどこ", "犬は廊下で寝ています"),
        ("fr", "Les clés sont dans le tiroir", "la clé", "Le chien dort"),
        ("en", "The KEYS are in the drawer", "key", "The dog sleeps"),
        ("xx", "Qapla batlh je", "batlh", "nuqneH"),
    ],
)
async def test_languages(
    store: Store, language: str, text: str, query: str, other: str
) -> None:
    await add(store, text, language=language)
    await add(store, other, language=language)
    assert await found(store, query, language=language) == [text]


@pytest.mark.parametrize(
    "query",
    [
        "it's John's 'key'",
        "''",
        "key'",
        "\\",
        "key\\",
        "a\\'key",
        "key & !lock | (open <-> door):*",
        "key:A*",
        "!!! ??? &&& |||",
        "%_key",
        'key" OR 1=1; --',
        "$1 $2 {model_id} {cosine}",
        "https://home.example/key?a='b'&c=\\d",
        "mail'o@home.example",
        "/etc/key's/\\path",
        "key \u00a0\u200b\U0001f511",
        pytest.param("x" * 5000, id="long word"),
        pytest.param(" ".join(f"word{n}" for n in range(2000)), id="many words"),
    ],
)
async def test_whatever_the_query_holds(store: Store, query: str) -> None:
    """Nothing in a query is an operator; what is stored is found by itself."""
    await add(store, "Something else altogether")
    await store.maintenance.refresh_statistics()
    assert "Something else altogether" not in await found(store, query)
    await add(store, query[:8000])
    await store.maintenance.refresh_statistics()
    texts = await found(store, query)
    assert texts in ([], [query[:8000]])
    if "key" in query and "://" not in query and "/" not in query:
        assert texts


@pytest.mark.parametrize("query", ["the and of", "?", "", " "])
async def test_nothing_to_search_for(
    store: Store, query: str, ollama_server: OllamaServer
) -> None:
    """Only stop words: nothing by words, and vectors still work."""
    await add(store, "The spare key and the lock of the door")
    assert await found(store, query) == []
    embedder = ollama(ollama_server)
    model = await embed_all(store, embedder)
    [vector] = await embedder.embed(["keys"], TextKind.QUERY)
    await embedder.close()
    [passage] = await store.passages.search(
        HOUSEHOLD, query, language="en", limit=5, model=model, vector=vector
    )
    assert (passage.lexical, passage.score) == (0, 0.5)


async def test_empty_store(store: Store) -> None:
    assert await found(store, "key") == []


async def test_scope_and_order(store: Store) -> None:
    """One's own and the household's; what covers more of the query comes first."""
    await add(store, "The red key", ANNA)
    await add(store, "The red key of the red bike", BEN)
    await add(store, "The key of the garage")
    await store.maintenance.refresh_statistics()
    query = "red bike key"
    assert await found(store, query, ANNA) == ["The red key", "The key of the garage"]
    assert await found(store, query, HOUSEHOLD) == ["The key of the garage"]
    assert (await found(store, query, BEN))[0] == "The red key of the red bike"


async def test_rare_words_weigh_more(store: Store) -> None:
    for number in range(12):
        await add(store, f"The lamp number {number}")
    rare = "A gnomon casts the shadow"
    await add(store, rare)
    # Newer than the rare one, so that a tie would put it in front.
    common = "Another lamp"
    await add(store, common)
    query = "lamp gnomon"
    assert (await found(store, query))[0] != rare
    await store.maintenance.refresh_statistics()
    assert (await found(store, query))[0] == rare


async def test_statistics_follow_the_store(
    store: Store, database: FreshDatabase
) -> None:
    def documents(lexeme: str) -> str:
        return database.execute(
            f"SELECT documents FROM ai_memory.lexeme_statistics WHERE lexeme = '{lexeme}'"
        )

    assert not await store.maintenance.refresh_statistics()
    for number in range(100):
        await add(store, f"lamp {number}")
    assert await store.maintenance.refresh_statistics()
    assert (documents("lamp"), documents("")) == ("100", "100")
    await add(store, "lamp 100")
    assert not await store.maintenance.refresh_statistics(), "one of 101"
    await add(store, "lamp 101")
    assert await store.maintenance.refresh_statistics(), "two of 102"
    gone = await store.forgetting.memories_before(datetime.now(UTC), 42, HOUSEHOLD)
    assert len(gone.memories) == 42
    assert (documents("lamp"), documents("")) == ("60", "60"), "counted down at once"
    assert not await store.maintenance.refresh_statistics()


async def test_own_conversation_is_left_out(store: Store) -> None:
    """What was just said is in the chat log already; other people's same id is not it."""
    told = "I have put the blue key into the drawer"
    for conversation in ("this", "that"):
        text = f"{told} ({conversation})"
        await store.turns.record(
            [turn(text, ANNA, conversation_id=conversation, statement=text)]
        )
    await add(store, "The key of the garage")

    async def texts(without: str | None) -> set[str]:
        passages = await store.passages.search(
            ANNA, "key", language="en", limit=10, without_conversation=without
        )
        return {passage.text for passage in passages}

    garage = "The key of the garage"
    assert await texts(None) == {f"{told} (this)", f"{told} (that)", garage}
    assert await texts("this") == {f"{told} (that)", garage}
    assert await texts("never heard of") == await texts(None)


@pytest.mark.parametrize("with_vectors", [False, True])
async def test_kinds(store: Store, *, with_vectors: bool) -> None:
    """Few memories among very many turns are found when memories are asked for."""
    await add(store, "The key of the garage")
    statements = [f"I have seen key number {number}" for number in range(150)]
    await store.turns.record([turn(text, statement=text) for text in statements])
    model = vector = None
    if with_vectors:
        model = await store.models.activate(EmbeddingModel("test", "x", 8))
        vector = [1.0] + [0.0] * 7
        # The memory's is the farthest.
        far = {1: [0.1, 0.9] + [0.0] * 6}
        near = dict.fromkeys(range(2, 152), vector)
        await store.models.add_embeddings(model, far | near)

    async def kinds(*wanted: PassageKind, query: str = "key") -> list[PassageKind]:
        passages = await store.passages.search(
            HOUSEHOLD,
            query,
            language="en",
            limit=3,
            kinds=wanted,
            model=model,
            vector=vector,
        )
        return [passage.kind for passage in passages]

    assert await kinds(PassageKind.MEMORY) == [PassageKind.MEMORY]
    assert await kinds(PassageKind.TURN) == [PassageKind.TURN] * 3
    if with_vectors:
        assert await kinds(PassageKind.MEMORY, query="?") == [PassageKind.MEMORY]
