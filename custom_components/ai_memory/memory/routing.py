"""Which shelves fit a question."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import sumprod

from ..models import Scope
from ..postgres.passages import StoredModel
from .near_duplicates import words_of

_NEARLY = 0.1
"""A shelf fits as well whose cosine is less than the best one's by no more than this."""
_MOST = 3
"""More shelves that fit are no choice."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf with documents: whose it is, the words of name and description, the unit vector of what it tells of itself."""

    id: int
    owner: str
    words: frozenset[str]
    vector: Sequence[float] | None


class Routing:
    """Chooses shelves in memory, so that a turn waits for nothing."""

    def __init__(self) -> None:
        """Know no shelf yet: all fit."""
        self._shelves: list[Shelf] = []
        self._model: StoredModel | None = None

    def learn(self, shelves: Sequence[Shelf], model: StoredModel | None) -> None:
        """Take the shelves of everybody; their vectors are of `model`."""
        self._shelves = list(shelves)
        self._model = model

    def fitting(
        self,
        scope: Scope,
        text: str,
        model: StoredModel | None,
        vector: Sequence[float] | None,
    ) -> list[int] | None:
        """Return the ids of the shelves that fit a question, None where that says nothing: then all do.

        `vector` is the question's, of `model`.
        """
        shelves = [shelf for shelf in self._shelves if shelf.owner in scope.owners]
        if len(shelves) < 2:
            return None
        # A word of several shelves tells none from the others.
        owned = Counter(chain.from_iterable(shelf.words for shelf in shelves))
        asked = {word for word in words_of(text) if owned[word] == 1}
        named = {shelf.id for shelf in shelves if not shelf.words.isdisjoint(asked)}
        near: list[tuple[float, int]] = []
        if vector is not None and model == self._model:
            near = sorted(
                (
                    (sumprod(shelf.vector, vector), shelf.id)
                    for shelf in shelves
                    if shelf.vector is not None
                ),
                reverse=True,
            )
        fitting = named | {
            shelf_id
            for cosine, shelf_id in near[:_MOST]
            if cosine > near[0][0] - _NEARLY
        }
        return sorted(fitting) if 0 < len(fitting) < len(shelves) else None
