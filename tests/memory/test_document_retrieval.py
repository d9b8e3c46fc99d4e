"""Questions of the labelled corpus find their answers: some of them, against a floor. All of them: `benchmarks/documents.py`."""

from collections.abc import Sequence

import pytest

from benchmarks import corpus, store as stores
from benchmarks.corpus import SCOPE, Question
from custom_components.ai_memory.models import Passage
from custom_components.ai_memory.postgres.store import Store
from tests.databases import FreshDatabase

pytestmark = pytest.mark.newest_only

SHELVES = ("appliance_manuals", "house_rules")
MOST = 70
WORDS = 300
FLOORS = {"hybrid": 0.78, "vector": 0.62, "words": 0.67}
"""Share of the answers that are in the first WORDS words, somewhat below what is measured."""


async def test_answers_are_found(database: FreshDatabase) -> None:
    questions = [one for one in corpus.questions() if one.shelf in SHELVES][:MOST]
    assert len(questions) >= 50
    readings = await corpus.read(SHELVES)
    # Tables, lists and prose of four languages, each said to be what it is.
    assert {reading.language for reading in readings.values()} == {
        "de",
        "en",
        "es",
        "fr",
    }
    vectors = stores.embed([question.text for question in questions]).tolist()
    right = dict.fromkeys(FLOORS, 0)
    store = Store(database.settings)
    await store.database.open()
    model = await store.models.activate(stores.MODEL)
    await corpus.fill(store, model, readings)

    async def search(
        question: Question, text: str, vector: Sequence[float] | None
    ) -> list[Passage]:
        return await store.passages.search(
            SCOPE,
            text,
            language=question.language,
            limit=10,
            model=model,
            vector=vector,
        )

    for question, vector in zip(questions, vectors, strict=True):
        for way, found in (
            ("hybrid", await search(question, question.text, vector)),
            ("vector", await search(question, "", vector)),
            ("words", await search(question, question.text, None)),
        ):
            right[way] += question.is_answered_within(found, WORDS)
    await store.database.close()
    shares = {way: number / len(questions) for way, number in right.items()}
    assert all(shares[way] >= floor for way, floor in FLOORS.items()), shares
    assert right["hybrid"] > max(right["vector"], right["words"])
