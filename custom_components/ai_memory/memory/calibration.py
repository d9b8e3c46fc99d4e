"""Measures the gates of recall: what plain commands score against this household's store.

Commands need no memory, so what they score is the zero of relevance for this embedding model, this language and this
store. A question passes above the 90 % point of 200 commands; anything else passes only above the best of them. On
LoCoMo with MiniLM this keeps 98 % of the questions and lets 0.5 % of the commands through (docs/architecture.md).
"""

from collections.abc import Awaitable, Callable, Sequence

from ..embedding.embedder import Embedder, TextKind
from ..models import Scope
from ..postgres.passages import Gates, PassageRepository, StoredModel
from ..postgres.store import Store
from .searching import Searching

SAMPLE = 200
"""How many commands are measured."""
_QUESTION_POINT = 0.90

type Commands = Callable[[str], Awaitable[Sequence[str]]]
"""Returns plain commands in a language, none where it has none."""


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

    `vectors` are the commands' own by `model`, as far as it makes any; empty without one.
    """
    question_cosine = other_cosine = None
    if model is not None and vectors:
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
        passages=await passages.count(model),
    )


class Calibration:
    """Measures again what says nothing of the store any more."""

    def __init__(self, store: Store, searching: Searching, commands: Commands) -> None:
        """Take the store, what is told of the gates, and the commands to measure with."""
        self._store = store
        self._searching = searching
        self._commands = commands
        self._samples: dict[
            tuple[str, StoredModel | None],
            tuple[Sequence[str], Sequence[Sequence[float]]],
        ] = {}

    async def measure(
        self,
        languages: Sequence[str],
        model: StoredModel | None,
        embedder: Embedder | None,
    ) -> bool:
        """Measure gates that are not there or stale, for a model or for words alone; return whether any were.

        Raises DatabaseError, EmbedderError.
        """
        passages = self._store.passages
        # While vectors are being made the gates are measured again and again, as their number doubles.
        count = await passages.count(model)
        name = str(model.id) if model else "none"
        measured = False
        for language in languages:
            gates = self._searching.measured(model, language)
            if gates is None:
                gates = await passages.gates(name, language)
                if gates is not None:
                    self._searching.set_gates(model, language, gates)
            if not count or not _is_stale(gates, count):
                continue
            commands, vectors = await self._sample(language, model, embedder)
            if not commands:
                continue
            gates = await calibrate(
                commands, vectors, language, passages=passages, model=model
            )
            await passages.save_gates(name, language, gates)
            if model is None or model == self._searching.model:
                # What was not relevant before may be now.
                await self._store.responses.clear_all()
            self._searching.set_gates(model, language, gates)
            measured = True
        return measured

    async def _sample(
        self, language: str, model: StoredModel | None, embedder: Embedder | None
    ) -> tuple[Sequence[str], Sequence[Sequence[float]]]:
        """Return plain commands and their vectors, which are made once a run. Raises EmbedderError."""
        key = (language, model)
        if key not in self._samples:
            commands = await self._commands(language)
            if not commands:
                return [], []
            made: Sequence[Sequence[float] | None] = []
            if model and embedder:
                made = await self._searching.batches.all(
                    embedder,
                    commands,
                    TextKind.QUERY,
                    searched=model == self._searching.model,
                )
            vectors = [vector for vector in made if vector is not None]
            self._samples[key] = commands, vectors
        return self._samples[key]


def _is_stale(gates: Gates | None, count: int) -> bool:
    """Return whether gates say nothing of a store of `count` passages any more."""
    if gates is None:
        return True
    return not gates.passages / 2 < count < gates.passages * 2
