"""What somebody meant instead of what was understood: "no, I meant the bedroom"."""

from dataclasses import dataclass

from ..text_forms import tokenize
from .words import words_of
from .words.language import LanguageWords, Phrases, Words, exact

_LONGEST_UTTERANCE = 200  # characters: nobody corrects with more
_LONGEST_PHRASE = 6
_LONGEST_OPENING = 6  # words before "I meant"
_LONGEST_MEANT = 8  # words
_LONGEST_BARE = 5  # words of "no, the bedroom"


@dataclass(frozen=True, slots=True)
class Correction:
    """What was meant, and what it was taken for, in the words of the speaker."""

    meant: str
    instead_of: str | None


type _Part = tuple[int, int]


def find_correction(text: str, language: str | None) -> Correction | None:
    """Return the correction that the words are; None if they are none.

    In doubt, and in a language that is not known, None.
    """
    words = words_of(language)
    if words is None or len(text) > _LONGEST_UTTERANCE:
        return None
    said = _Said(text, words)
    for found in (said.meant(), said.contrast(), said.bare()):
        if found is not None:
            meant, instead_of = found
            return Correction(
                said.part(meant), said.part(instead_of) if instead_of else None
            )
    return None


class _Said:
    """The words of an utterance, without what is only polite at its end."""

    def __init__(self, text: str, words: LanguageWords) -> None:
        self._text = text
        self._words = words
        self._own = words.corrections
        self._tokens = tokenize(text)
        self._normals = [token.normal for token in self._tokens]
        self._end = len(self._tokens)
        while taken := self._takes_last(self._own.polite):
            self._end -= taken
        self._begin = 0
        self._denied = False
        while self._begin < self._end and self._is_opening(self._begin):
            self._denied = self._denied or self._is(self._begin, self._own.no)
            self._begin += 1

    def part(self, part: _Part) -> str:
        """Return the words as they were said."""
        first, last = self._tokens[part[0]], self._tokens[part[1] - 1]
        return self._text[first.start : last.end]

    def _is_opening(self, index: int) -> bool:
        if self._is(index, self._own.no):
            # "No la cocina, el dormitorio" denies the kitchen, it does not say no.
            return not (
                self._own.late_negation
                and (self._normals[index],) in self._own.negations
                and not self._has_comma(index + 1)
                and self._denied_part(index + 1) is not None
            )
        return self._is(index, self._words.fillers)

    def _is(self, index: int, words: Words) -> bool:
        if index >= len(self._tokens):
            return False
        token = self._tokens[index]
        written = self._text[token.start : token.end]
        return token.normal in words or exact(written) in words

    def _takes(self, index: int, phrases: Phrases) -> int:
        """Return how many words the longest of these phrases takes here, or 0."""
        for length in range(min(_LONGEST_PHRASE, self._end - index), 0, -1):
            if tuple(self._normals[index : index + length]) in phrases:
                return length
        return 0

    def _takes_last(self, phrases: Phrases) -> int:
        """Return how many of the last words are one of these phrases, or 0."""
        for length in range(min(_LONGEST_PHRASE, self._end), 0, -1):
            if tuple(self._normals[self._end - length : self._end]) in phrases:
                return length
        return 0

    def _has_comma(self, index: int) -> bool:
        """Return if a pause stands before the word."""
        if not 0 < index < len(self._tokens):
            return False
        gap = self._text[self._tokens[index - 1].end : self._tokens[index].start]
        return any(mark in gap for mark in ",;:.!–—") or " - " in gap

    def _names(self, begin: int, end: int, *, orders: bool = False) -> bool:
        """Return if these words may name what was meant; `orders` if a command may."""
        if not 0 < end - begin <= _LONGEST_MEANT:
            return False
        if any(self._has_comma(index) for index in range(begin + 1, end)):
            return False
        first = begin
        while first < end - 1 and (
            self._is(first, self._own.definite)
            or self._is(first, self._words.articles)
            or self._is(first, self._words.possessives)
        ):
            first += 1
        if self._is(begin, self._own.never) and not self._is(begin, self._own.definite):
            return False
        if self._is(first, self._own.never) or self._is(first, self._words.questions):
            return False
        if first == end - 1 and self._is(first, self._own.definite):
            return False
        if not self._begins_as_name(begin) and self._words.is_command(
            self._normals[begin]
        ):
            return orders and end - begin > 1
        return not any(self._tells(index) for index in range(begin, end))

    def _tells(self, index: int) -> bool:
        """Return if the word makes a sentence of what should be a name."""
        if self._begins_as_name(index):
            return False
        return any(
            self._is(index, words)
            for words in (
                self._own.doubtful,
                self._words.finite,
                self._words.inverted,
            )
        )

    def _begins_as_name(self, index: int) -> bool:
        """Return if an article, a possessive or a preposition stands there."""
        return (
            self._is(index, self._own.definite)
            or self._is(index, self._words.articles)
            or self._is(index, self._words.possessives)
        )

    def _split(self, begin: int) -> tuple[_Part, _Part | None]:
        """Return what is meant, and what it was taken for, of "X, not Y"."""
        for index in range(begin + 1, self._end - 1):
            if taken := self._takes(index, self._own.negations):
                if index + taken < self._end:
                    return (begin, index), (index + taken, self._end)
                break
        return (begin, self._end), None

    # "I meant the bedroom", "I said bedroom not bathroom"

    def meant(self) -> tuple[_Part, _Part | None] | None:
        for index in range(min(self._begin + _LONGEST_OPENING + 1, self._end)):
            taken = self._takes(index, self._own.meant)
            is_said = not taken
            taken = taken or self._takes(index, self._own.said)
            if not taken:
                continue
            instead_of = None
            denied = self._denied or any(
                self._is(before, self._own.no) for before in range(index)
            )
            if index > self._begin:
                negation = self._takes(self._begin, self._own.negations)
                if not negation and not denied:
                    return None
                denied = True
                wrong = self._begin + negation, index
                if negation and self._names(*wrong):
                    instead_of = wrong
            return self._meant_from(index + taken, instead_of, denied, is_said=is_said)
        return None

    def _meant_from(
        self, begin: int, instead_of: _Part | None, denied: bool, *, is_said: bool
    ) -> tuple[_Part, _Part | None] | None:
        meant, wrong = self._split(begin)
        if not self._names(*meant, orders=True):
            return None
        if wrong is not None and not self._names(*wrong):
            wrong = None
        if is_said and not denied and wrong is None:
            is_short = meant[1] - meant[0] <= _LONGEST_BARE
            if not (is_short and self._begins_as_name(begin)):
                return None
        return meant, wrong or instead_of

    # "not the kitchen, the bedroom", "the bedroom, not the kitchen"

    def contrast(self) -> tuple[_Part, _Part | None] | None:
        if negation := self._takes(self._begin, self._own.negations):
            return self._denied_part(self._begin + negation)
        meant, wrong = self._split(self._begin)
        if wrong is None or not self._names(*wrong):
            return None
        if not self._names(*meant, orders=self._denied):
            return None
        if not self._denied:
            if self._is(self._begin, self._words.inverted):
                return None
            if not all(self._begins_as_name(part[0]) for part in (meant, wrong)):
                return None
        return meant, wrong

    def _denied_part(self, begin: int) -> tuple[_Part, _Part] | None:
        """Return the two sides of "not the kitchen, but the bedroom"."""
        is_clear = not self._own.late_negation or self._begins_as_name(begin)
        for index in range(begin + 1, self._end):
            taken = self._takes(index, self._own.but)
            if not taken and not (is_clear and self._has_comma(index)):
                continue
            meant = index + taken, self._end
            wrong = begin, index
            return (
                (meant, wrong) if self._names(*wrong) and self._names(*meant) else None
            )
        return None

    # "no, the bedroom"

    def bare(self) -> tuple[_Part, None] | None:
        part = self._begin, self._end
        if not self._denied or not 2 <= part[1] - part[0] <= _LONGEST_BARE:
            return None
        if not self._is(self._begin, self._own.definite) or not self._names(*part):
            return None
        return part, None
