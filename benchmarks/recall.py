"""What is found: by words and vector together, by each alone, and what of it passes the gate."""

import asyncio
from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Final

from pgvector import HalfVector

from custom_components.ai_memory.commands import _sample
from custom_components.ai_memory.memory.calibration import SAMPLE, calibrate
from custom_components.ai_memory.memory.context import build_context
from custom_components.ai_memory.memory.questions import is_question
from custom_components.ai_memory.models import HOUSEHOLD, ReferenceVerdict, Scope
from custom_components.ai_memory.postgres.passages import StoredModel
from custom_components.ai_memory.postgres.store import Store
from demo import house

from . import store as stores
from .figures import Figure
from .labelled import Labelled, Language, build
from .labelled_de import GERMAN
from .labelled_en import ENGLISH

RECALL_BAR: Final = 1.3
"""Hybrid over vector alone, recall@10."""
_FACTS_PER_FORM = 150
_QUESTIONS_PER_FORM = 15
_DEPTHS = (5, 10, 20)
_LIMIT = max(_DEPTHS)
_BUDGET = 400  # tokens: enough without documents
_NO_BUDGET = 1_000_000
_SCOPE = Scope.household()


async def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of both languages."""
    figures = []
    async with stores.postgres() as server:
        for language in (ENGLISH, GERMAN):
            labelled = build(
                language,
                facts_per_form=20 if quick else _FACTS_PER_FORM,
                questions_per_form=5 if quick else _QUESTIONS_PER_FORM,
            )
            dsn = await asyncio.to_thread(
                server.create_database, f"recall_{language.code}"
            )
            async with stores.open_store(dsn) as (store, model):
                figures += await _of_language(dsn, store, model, language, labelled)
    return figures


async def _of_language(
    dsn: str,
    store: Store,
    model: StoredModel,
    language: Language,
    labelled: Labelled,
) -> list[Figure]:
    ids = await stores.fill(
        dsn,
        model,
        labelled.facts,
        stores.embed(labelled.facts),
        language=language.code,
        owners=[HOUSEHOLD] * len(labelled.facts),
    )
    await store.maintenance.refresh_statistics(force=True)
    asked = [question.text for question in labelled.questions]
    vectors = stores.embed(asked).tolist()
    right = [ids[question.fact] for question in labelled.questions]
    search = partial(
        store.passages.search, _SCOPE, language=language.code, limit=_LIMIT
    )
    hybrid = [
        await search(text, model=model, vector=vector)
        for text, vector in zip(asked, vectors, strict=True)
    ]
    ranks = {
        "hybrid": [
            _rank(passage_id, [passage.id for passage in found])
            for passage_id, found in zip(right, hybrid, strict=True)
        ],
        "vector": [
            _rank(passage_id, found)
            for passage_id, found in zip(
                right, await _by_vector(dsn, model, vectors), strict=True
            )
        ],
        "words": [
            _rank(passage_id, [passage.id for passage in await search(text)])
            for passage_id, text in zip(right, asked, strict=True)
        ],
    }
    label = f"recall, {language.code}"
    figures = []
    for way, placed in ranks.items():
        figures += [
            Figure(what=f"{label}: {way} @{depth}", unit="%", value=_at(placed, depth))
            for depth in _DEPTHS
        ]
        figures.append(
            Figure(
                what=f"{label}: {way} MRR",
                unit="",
                value=sum(1 / rank for rank in placed if rank) / len(placed),
            )
        )
    figures.append(
        Figure(
            what=f"{label}: hybrid / vector @10",
            unit="x",
            value=_at(ranks["hybrid"], 10) / _at(ranks["vector"], 10),
            bar=RECALL_BAR,
            at_least=True,
            note=f"{len(labelled.facts):,} facts, {len(asked)} questions",
        )
    )
    return figures + await _gate(store, model, language, asked, vectors, right)


async def _by_vector(
    dsn: str, model: StoredModel, vectors: Sequence[list[float]]
) -> list[list[int]]:
    """Return the ids of the nearest passages by an exact scan."""
    connection = await stores.connect(dsn, _SCOPE.owner)
    try:
        return [
            [
                row["passage_id"]
                for row in await connection.fetch(
                    "SELECT passage_id FROM embeddings WHERE model_id = $1"
                    " AND owner = ANY($2) ORDER BY vector <=> $3 LIMIT $4",
                    model.id,
                    _SCOPE.owners,
                    HalfVector(vector),
                    _LIMIT,
                )
            ]
            for vector in vectors
        ]
    finally:
        await connection.close()


async def _gate(
    store: Store,
    model: StoredModel,
    language: Language,
    asked: Sequence[str],
    vectors: Sequence[list[float]],
    right: Sequence[int],
) -> list[Figure]:
    """Return what passes the gate: of the questions' facts, and beside plain commands.

    Calibrated on one half of the commands and tried with the other half.
    """
    entities = [
        thing.name
        for things in (house.LIGHTS, house.COVERS, house.SWITCHES, house.THERMOSTATS)
        for thing in things
    ]
    commands = _sample(language.code, entities, house.AREAS, 2 * SAMPLE)
    Random(0).shuffle(commands)
    command_vectors = stores.embed(commands).tolist()
    half = len(commands) // 2
    gates = await calibrate(
        commands[:half],
        command_vectors[:half],
        language.code,
        passages=store.passages,
        model=model,
    )

    async def context(text: str, vector: list[float], budget: int) -> set[int] | None:
        """Return the passages above the gate within a budget, None without any."""
        found = await store.passages.search(
            _SCOPE,
            text,
            language=language.code,
            limit=_LIMIT,
            model=model,
            vector=vector,
        )
        built = build_context(
            found,
            gates=gates,
            is_question=is_question(text, language.code),
            budget=budget,
        )
        used = {
            reference.passage_id
            for reference in built.references
            if reference.verdict is ReferenceVerdict.USED
        }
        return used or None

    above = shown = let_through = 0
    for text, vector, passage_id in zip(asked, vectors, right, strict=True):
        above += passage_id in (await context(text, vector, _NO_BUDGET) or ())
        shown += passage_id in (await context(text, vector, _BUDGET) or ())
    for text, vector in zip(commands[half:], command_vectors[half:], strict=True):
        let_through += await context(text, vector, _BUDGET) is not None
    label = f"gate, {language.code}"
    return [
        Figure(
            what=f"{label}: right fact found and above the gate",
            unit="%",
            value=100 * above / len(asked),
            note=f"gate for questions {gates.question_cosine:.2f}, for the rest"
            f" {gates.other_cosine:.2f}, for words {gates.question_lexical:.2f},"
            f" from {half} commands",
        ),
        Figure(
            what=f"{label}: right fact in the context of {_BUDGET} tokens",
            unit="%",
            value=100 * shown / len(asked),
        ),
        Figure(
            what=f"{label}: questions taken for questions",
            unit="%",
            value=100
            * sum(is_question(text, language.code) for text in asked)
            / len(asked),
        ),
        Figure(
            what=f"{label}: commands that get a context",
            unit="%",
            value=100 * let_through / (len(commands) - half),
            note=f"{len(commands) - half} others of Home Assistant's own sentences,"
            " without the check whether its sentences recognise them",
        ),
    ]


def _rank(right: int, found: Sequence[int]) -> int | None:
    """Return the place of the right passage, 1 for the first; None if it is not there."""
    return found.index(right) + 1 if right in found else None


def _at(ranks: Sequence[int | None], depth: int) -> float:
    """Return in how many percent of the questions the right passage is among the first."""
    return 100 * sum(rank is not None and rank <= depth for rank in ranks) / len(ranks)
