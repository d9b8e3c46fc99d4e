"""Which passages go beside a question."""

from datetime import UTC, datetime

import pytest

from custom_components.ai_memory.memory.context import MINIMUM_COSINE, build_context
from custom_components.ai_memory.models import Passage, PassageKind, ReferenceVerdict
from custom_components.ai_memory.postgres.passages import Gates


@pytest.mark.parametrize(
    ("gate", "cosine", "verdict"),
    [
        # Measured with a handful of passages, a gate lets everything through.
        (0.15, MINIMUM_COSINE - 0.01, ReferenceVerdict.BELOW_GATE),
        (0.15, MINIMUM_COSINE, ReferenceVerdict.USED),
        (0.46, MINIMUM_COSINE + 0.1, ReferenceVerdict.BELOW_GATE),
        (0.46, 0.46, ReferenceVerdict.USED),
    ],
)
@pytest.mark.parametrize("is_question", [True, False])
def test_cosine_passes_the_gate_and_the_floor(
    gate: float, cosine: float, verdict: ReferenceVerdict, is_question: bool
) -> None:
    passage = Passage(
        id=1,
        kind=PassageKind.MEMORY,
        owner="household",
        text="The bikes are in the cellar.",
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
        score=1.0,
        cosine=cosine,
        lexical=0.0,
        source_id="1",
    )
    context = build_context(
        [passage],
        gates=Gates(gate, gate, 0.0, 3),
        is_question=is_question,
        budget=400,
    )
    assert [reference.verdict for reference in context.references] == [verdict]
    assert (context.text is not None) is (verdict is ReferenceVerdict.USED)
