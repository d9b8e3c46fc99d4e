"""Which words of documents are found for a question: by words and vector, by each alone, with and without shelves."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random
from typing import Final

from custom_components.ai_memory.commands import _sample
from custom_components.ai_memory.memory.calibration import SAMPLE, calibrate
from custom_components.ai_memory.memory.changes import Changes
from custom_components.ai_memory.memory.collections import Collections
from custom_components.ai_memory.memory.context import build_context, is_relevant
from custom_components.ai_memory.memory.health import Health
from custom_components.ai_memory.memory.searching import Searching
from custom_components.ai_memory.memory.secret_gate import SecretGate
from custom_components.ai_memory.models import Passage
from custom_components.ai_memory.postgres.passages import Gates, StoredModel
from custom_components.ai_memory.postgres.store import Store
from demo import house

from . import corpus, store as stores
from .corpus import SCOPE, Question
from .figures import Figure

WORDS: Final = 300
BAR: Final = 95.0
"""Percent of the plain questions whose answer stands in the first WORDS words."""
BUDGET: Final = 800  # tokens, as in a turn
_MORE_WORDS: Final = (150, 600)
_DEPTHS: Final = (3, 10)
_PARTS: Final = {
    "plain": "plain questions",
    "1": "hard questions 1",
    "2": "hard questions 2",
}
_LIMIT: Final = 20  # as in a turn
_ALL: Final = 500
_IN_A_TURN: Final = "hybrid, shelves"
"""Chunks of shelves that do not fit come behind."""

type _Search = Callable[[Question, list[float]], Awaitable[Sequence[Passage]]]


async def measure(*, quick: bool) -> list[Figure]:
    """Return the figures; quickly, of every fifth question."""
    asked = corpus.questions()[:: 5 if quick else 1]
    vectors: list[list[float]] = stores.embed([one.text for one in asked]).tolist()
    readings = await corpus.read()
    languages = {name: reading.language for name, reading in readings.items()}
    async with stores.postgres() as server:
        dsn = await asyncio.to_thread(server.create_database, "documents")
        async with stores.open_store(dsn) as (store, model):
            await corpus.fill(store, model, readings)
            searching = await _with_shelves(store, model)
            gates = await _gates(store, model)
            ways = _ways(store, model, searching, gates)
            found = {
                name: [
                    await search(question, vector)
                    for question, vector in zip(asked, vectors, strict=True)
                ]
                for name, search in ways.items()
            }
            routed = [
                searching.routing.fitting(SCOPE, question.text, model, vector)
                for question, vector in zip(asked, vectors, strict=True)
            ]
            shelves = {shelf.id: shelf.name for shelf in await store.collections.all()}
    chunks = sum(len(reading.chunks) for reading in readings.values())
    note = f"{len(readings)} documents, {chunks} chunks, {len(asked)} questions"
    figures = _table(asked, found, languages, note)
    figures += _routing(asked, routed, shelves)
    return figures + _contexts(asked, found[_IN_A_TURN], gates)


def _ways(
    store: Store,
    model: StoredModel,
    searching: Searching,
    gates: Mapping[str, Gates],
) -> dict[str, _Search]:
    async def search(
        question: Question,
        text: str,
        vector: list[float] | None,
        shelves: Sequence[int] | None = None,
        limit: int = _LIMIT,
    ) -> list[Passage]:
        return await store.passages.search(
            SCOPE,
            text,
            language=question.language,
            limit=limit,
            model=model,
            vector=vector,
            shelves=shelves,
        )

    def fitting(question: Question, vector: list[float]) -> list[int] | None:
        return searching.routing.fitting(SCOPE, question.text, model, vector)

    async def hybrid(question: Question, vector: list[float]) -> list[Passage]:
        return await search(question, question.text, vector)

    async def by_vector(question: Question, vector: list[float]) -> list[Passage]:
        return await search(question, "", vector)

    async def by_words(question: Question, _vector: list[float]) -> list[Passage]:
        return await search(question, question.text, None)

    async def others_behind(question: Question, vector: list[float]) -> list[Passage]:
        shelves = fitting(question, vector)
        return await search(question, question.text, vector, shelves)

    async def others_out(question: Question, vector: list[float]) -> list[Passage]:
        shelves = fitting(question, vector)
        every = await search(question, question.text, vector, limit=_ALL)
        gate = gates.get(question.language)
        kept = [
            passage
            for passage in every
            if shelves is None or passage.collection_id in shelves
        ]
        if not any(is_relevant(passage, gate, True) for passage in kept[:_LIMIT]):
            kept = every
        return kept[:_LIMIT]

    async def right_shelf(question: Question, vector: list[float]) -> list[Passage]:
        names = {shelf.id: shelf.name for shelf in await store.collections.all()}
        every = await search(question, question.text, vector, limit=_ALL)
        return [
            passage
            for passage in every
            if names[passage.collection_id or 0] == question.shelf
        ][:_LIMIT]

    return {
        "hybrid": hybrid,
        "vector": by_vector,
        "words": by_words,
        _IN_A_TURN: others_behind,
        "hybrid, only shelves that fit": others_out,
        "hybrid, only the right shelf": right_shelf,
    }


async def _with_shelves(store: Store, model: StoredModel) -> Searching:
    """Return a search that knows what the shelves tell of themselves."""
    health = Health(lambda part, error: None)
    searching = Searching(store, None, health)
    searching.serve(model, corpus.InProcessMiniLM())
    collections = Collections(
        store,
        searching,
        SecretGate(store),
        Changes(),
        language="en",
        nudge=lambda: None,
    )
    for shelf in await collections.list(SCOPE):
        await collections.summarise(SCOPE, shelf.name)
    await collections.refresh()
    return searching


async def _gates(store: Store, model: StoredModel) -> dict[str, Gates]:
    gates = {}
    entities = [
        thing.name
        for things in (house.LIGHTS, house.COVERS, house.SWITCHES, house.THERMOSTATS)
        for thing in things
    ]
    for language in ("en", "de", "es", "fr", "pl"):
        commands = _sample(language, entities, house.AREAS, SAMPLE)
        Random(0).shuffle(commands)
        gates[language] = await calibrate(
            commands,
            stores.embed(commands).tolist(),
            language,
            passages=store.passages,
            model=model,
        )
    return gates


def _table(
    asked: Sequence[Question],
    found: Mapping[str, Sequence[Sequence[Passage]]],
    languages: Mapping[str, str | None],
    note: str,
) -> list[Figure]:
    def answered(way: str, words: int, chosen: Sequence[bool]) -> list[bool]:
        return [
            question.is_answered_within(passages, words)
            for question, passages, is_chosen in zip(
                asked, found[way], chosen, strict=True
            )
            if is_chosen
        ]

    def kind_of(question: Question) -> str:
        if languages[question.document] != question.language:
            return "asked in another language than the document's"
        return f"{question.language} about {question.language}"

    figures = []
    for part, label in _PARTS.items():
        of_part = [question.part == part for question in asked]
        for way, lists in found.items():
            for words in (WORDS, *_MORE_WORDS):
                is_main = (part, way, words) == ("plain", _IN_A_TURN, WORDS)
                hits = answered(way, words, of_part)
                figures.append(
                    Figure(
                        what=f"documents, {label}: answer in {words} words, {way}",
                        unit="%",
                        value=_percent(hits),
                        bar=BAR if is_main else None,
                        at_least=True,
                        note=f"{note}, {len(hits)} of them {label}" if is_main else "",
                    )
                )
            figures += [
                Figure(
                    what=f"documents, {label}: recall @{depth}, {way}",
                    unit="%",
                    value=_percent(
                        [
                            any(map(question.is_answered_by, passages[:depth]))
                            for question, passages, is_chosen in zip(
                                asked, lists, of_part, strict=True
                            )
                            if is_chosen
                        ]
                    ),
                )
                for depth in _DEPTHS
            ]
    hard = [question.part != "plain" for question in asked]
    for kind in sorted({kind_of(question) for question in asked}):
        for label, is_hard in (("plain", False), ("hard", True)):
            hits = answered(
                _IN_A_TURN,
                WORDS,
                [
                    kind_of(question) == kind and one is is_hard
                    for question, one in zip(asked, hard, strict=True)
                ],
            )
            if hits:
                figures.append(
                    Figure(
                        what=f"documents, {label}: answer in {WORDS} words,"
                        f" {_IN_A_TURN}, {kind}",
                        unit="%",
                        value=_percent(hits),
                        note=f"{len(hits)} questions",
                    )
                )
    return figures


def _routing(
    asked: Sequence[Question],
    routed: Sequence[Sequence[int] | None],
    shelves: Mapping[int, str],
) -> list[Figure]:
    chosen = [
        (question, [shelves[one] for one in ids])
        for question, ids in zip(asked, routed, strict=True)
        if ids is not None
    ]
    return [
        Figure(
            what="documents: questions for which shelves are chosen",
            unit="%",
            value=100 * len(chosen) / len(asked),
        ),
        Figure(
            what="documents: the right shelf is among them",
            unit="%",
            value=_percent([question.shelf in names for question, names in chosen]),
            note=f"{sum(len(names) for _, names in chosen) / len(chosen):.1f} of"
            f" {len(shelves)} shelves each",
        ),
    ]


def _contexts(
    asked: Sequence[Question],
    found: Sequence[Sequence[Passage]],
    gates: Mapping[str, Gates],
) -> list[Figure]:
    """Return in how many contexts, as they stand beside a question, the answer is."""
    hits: dict[str, list[bool]] = {part: [] for part in _PARTS}
    without: dict[str, list[bool]] = {part: [] for part in _PARTS}
    for question, passages in zip(asked, found, strict=True):
        context = build_context(
            passages,
            gates=gates.get(question.language),
            is_question=True,
            budget=BUDGET,
        )
        text = " ".join((context.text or "").split())
        hits[question.part].append(
            any(" ".join(one.split()) in text for one in question.answers)
        )
        without[question.part].append(context.text is None)
    return [
        figure
        for part, label in _PARTS.items()
        for figure in (
            Figure(
                what=f"documents, {label}: answer in the context of {BUDGET} tokens",
                unit="%",
                value=_percent(hits[part]),
                note="above the gate, near-duplicates removed",
            ),
            Figure(
                what=f"documents, {label}: nothing passes the gate",
                unit="%",
                value=_percent(without[part]),
            ),
        )
    ]


def _percent(hits: Sequence[bool]) -> float:
    return 100 * sum(hits) / len(hits)
