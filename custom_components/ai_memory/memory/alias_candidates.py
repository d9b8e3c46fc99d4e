"""Which words of an utterance were the household's own name for something."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..models import TargetKind
from ..text_forms import Token, tokenize
from .questions import is_question
from .words import words_of
from .words.determiners import ANY_LANGUAGE, Determiners, determiners_of
from .words.language import LanguageWords

type TargetOfName = Callable[[str], tuple[TargetKind, str] | None]
"""Finds what the house calls so; None where that is nothing or not one thing."""

_LONGEST = 5  # words of a phrase, its determiner among them


@dataclass(frozen=True, slots=True)
class _Named:
    """Words that name a thing, or a place: "the lamp" and "the den" in "turn on the lamp in the den"."""

    phrase: str
    is_place: bool


def phrase_for(
    said: str,
    language: str | None,
    kind: TargetKind,
    *,
    instead_of: str | None,
    target_of_name: TargetOfName,
) -> str | None:
    """Return what was said for a thing of this kind; None in doubt, and where the house has a thing of that name.

    `instead_of` is what the speaker takes back in so many words.
    """
    if instead_of is not None:
        phrase = _as_said(said, instead_of)
    else:
        found = {
            named.phrase
            for named in _named_in(said, language)
            if named.is_place is (kind is TargetKind.AREA)
        }
        phrase = found.pop() if len(found) == 1 else None
    if phrase is None or target_of_name(phrase) is not None:
        return None
    return phrase


def _as_said(said: str, wanted: str) -> str | None:
    """Return the words as they stand in what was said, whatever determiner is in front."""
    words = tuple(token.normal for token in tokenize(wanted))
    words = words[ANY_LANGUAGE.count(words) :]
    tokens = tokenize(said)
    for begin in range(len(tokens) - len(words) + 1 if words else 0):
        behind = tokens[begin : begin + len(words)]
        if tuple(token.normal for token in behind) == words:
            return said[behind[0].start : behind[-1].end]
    return None


def _named_in(said: str, language: str | None) -> Iterator[_Named]:
    """Yield what follows an article or a possessive in an order, up to the next word that is no part of a name."""
    words = words_of(language)
    if words is None or is_question(said, language):
        return
    determiners = determiners_of(language)
    tokens = tokenize(said)
    at = behind = 0
    while at < len(tokens):
        if tokens[at].normal not in determiners:
            at += 1
            continue
        begin = at
        while at < len(tokens) and tokens[at].normal in determiners:
            at += 1
        name = at
        while at < len(tokens) and _goes_on(said, tokens, at, words, determiners):
            at += 1
        if name < at <= begin + _LONGEST:
            yield _Named(
                said[tokens[begin].start : tokens[at - 1].end],
                _is_place(tokens, begin, behind, words),
            )
        behind = at


def _goes_on(
    said: str,
    tokens: list[Token],
    at: int,
    words: LanguageWords,
    determiners: Determiners,
) -> bool:
    word = tokens[at].normal
    gap = said[tokens[at - 1].end : tokens[at].start]
    return (
        word not in determiners
        and word not in words.prepositions
        and word not in words.fillers
        and word not in words.final_states
        and not word.isdecimal()
        and not any(char in ",.;:!" for char in gap)
    )


def _is_place(
    tokens: list[Token], begin: int, behind: int, words: LanguageWords
) -> bool:
    """Return whether a preposition is in front that does not belong to the verb, as in "turn on the lamp".

    What is in front of `behind` was part of another name, and so no verb.
    """
    before = begin - 2
    return (
        before >= 0
        and tokens[begin - 1].normal in words.prepositions
        and (before < behind or not words.is_command(tokens[before].normal))
    )
