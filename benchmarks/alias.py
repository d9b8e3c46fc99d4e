"""How long it takes to look for aliases in what was said; no I/O in it."""

from collections.abc import Sequence
from itertools import islice
from random import Random
import time
from typing import Final

from custom_components.ai_memory.memory.aliases import AliasTable, NameIndex
from custom_components.ai_memory.models import HOUSEHOLD, Alias, Scope, TargetKind
from demo import house

from .figures import Figure, times
from .household import sentences

_ALIASES: Final = 500
_WORDS: Final = 20
_ROUNDS: Final = 2_000
_SCOPE = Scope.person("anna")


class _Names:
    """The names of the demo house."""

    def __init__(self) -> None:
        self.names = {
            thing.entity_id: thing.name
            for things in (house.LIGHTS, house.COVERS, house.SWITCHES)
            for thing in things
        }
        self.protected = NameIndex.build([*self.names.values(), *house.AREAS])

    def name_of(self, alias: Alias) -> str | None:
        return self.names.get(alias.target_id)


def measure(*, quick: bool) -> list[Figure]:
    """Return the microseconds for 20 words with and without an alias in them."""
    names = _Names()
    random = Random("aliases")
    words = " ".join(islice(sentences("aliases"), 2_000)).split()
    phrases: dict[str, None] = {}
    while len(phrases) < _ALIASES:
        phrases[" ".join(["my", *random.sample(words, random.randint(2, 3))])] = None
    table = AliasTable(
        Alias(
            owner=random.choice((HOUSEHOLD, _SCOPE.owner)),
            phrase=phrase,
            target_kind=TargetKind.ENTITY,
            target_id=random.choice(list(names.names)),
        )
        for phrase in phrases
    )
    rounds = _ROUNDS // 10 if quick else _ROUNDS
    plain = [" ".join(random.sample(words, _WORDS)) for _ in range(rounds)]
    named = [
        f"{' '.join(random.sample(words, _WORDS - 6))} turn on {phrase}"
        for phrase in random.choices(list(phrases), k=rounds)
    ]
    return [
        times(
            f"alias, {_ALIASES} aliases: {label}",
            _microseconds(table, names, texts),
            unit="us",
        )
        for label, texts in (
            (f"{_WORDS} words at random", plain),
            (f"about {_WORDS} words with an alias", named),
        )
    ]


def _microseconds(
    table: AliasTable, names: _Names, texts: Sequence[str]
) -> list[float]:
    taken = []
    for text in texts:
        began = time.perf_counter_ns()
        table.resolve(text, _SCOPE, names, "en")
        taken.append((time.perf_counter_ns() - began) / 1000)
    return taken
