"""Measures the gates of recall: what plain commands score against this household's store.

Commands need no memory, so what they score is the zero of relevance for this embedding model, this language and this
store. A question passes above the 90 % point of 200 commands; anything else passes only above the best of them. On
LoCoMo with MiniLM this keeps 98 % of the questions and lets 0.5 % of the commands through (docs/architecture.md).
"""

from collections.abc import Sequence

from ..models import Scope
from ..postgres.passages import Gates, PassageRepository, StoredModel

SAMPLE = 200
"""How many commands are measured."""
_QUESTION_POINT = 0.90


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the sorted values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def calibrate(
    commands: Sequence[str],
    vectors: Sequence[Sequence[float]],
    language: str,
    *,
    passages: PassageRepository,
    model: StoredModel | None,
) -> Gates:
    """Measure the gates against all of the store. Raises DatabaseError.

    `vectors` are the commands' own by `model`, empty without one.
    """
    question_cosine = other_cosine = None
    if model is not None:
        cosines = await passages.best_cosines(model, vectors)
        question_cosine = quantile(cosines, _QUESTION_POINT)
        other_cosine = max(cosines)
    coverage = []
    for command in commands:
        found = await passages.search(
            Scope.household(), command, language=language, limit=1
        )
        coverage.append(found[0].lexical if found else 0.0)
    return Gates(
        question_cosine=question_cosine,
        other_cosine=other_cosine,
        question_lexical=quantile(coverage, _QUESTION_POINT),
        passages=await passages.count(),
    )
