"""A household's own names in what somebody says, replaced by the names of the house."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
import re
from typing import NamedTuple, Protocol, Self
import unicodedata

from ..errors import InvalidInput
from ..models import Alias, JsonValue, Preference, Scope, TargetKind
from ..text_forms import (
    APOSTROPHES,
    Token,
    begins_inside_word,
    clean,
    ends_inside_word,
    storable,
    tokenize,
)
from .words.determiners import ANY_LANGUAGE, Determiners, determiners_of

ALIAS_PREFIX = "entity_alias."
_LONGEST_KEY = 255
_SHOWN_KEY = 64
_LONGEST_UTTERANCE = 2000  # characters: nobody says more, and it bounds the work
_ENTITY_ID = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")

type _Words = tuple[str, ...]


class NameIndex:
    """Names by their words, for finding all of them in a text."""

    def __init__(self, names: Iterable[_Words]) -> None:
        """Keep the names; `build` cuts them into words."""
        self._names = frozenset(name for name in names if name)
        self._lengths = _lengths_by_first_word(self._names)

    @classmethod
    def build(cls, names: Iterable[str]) -> Self:
        """Return the index of these names; once per change of the house."""
        return cls(map(_words_of_name, names))

    def spans(self, words: list[str]) -> list[tuple[int, int]]:
        """Return where names stand, as first word and the word behind the last."""
        return [
            (begin, begin + length)
            for begin, word in enumerate(words)
            for length in self._lengths.get(word, ())
            if begin + length <= len(words)
            and tuple(words[begin : begin + length]) in self._names
        ]


class KnownNames(Protocol):
    """What the house calls its things."""

    @property
    def protected(self) -> NameIndex:
        """Names and aliases of exposed entities, areas and floors."""

    def name_of(self, alias: Alias) -> str | None:
        """Return the name that Home Assistant's sentences know the target by.

        None if the target is gone: then the alias is passed over.
        """


@dataclass(frozen=True, slots=True)
class Replacement:
    """Words that stood for something: `text[start:end]` of the original was `words`."""

    alias: Alias
    start: int
    end: int
    words: str
    name: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The text with the names of the house, and what was replaced, in order."""

    text: str
    replacements: tuple[Replacement, ...]


class _Fit(IntEnum):
    """How close what was said is to the phrase, the closest first."""

    EXACT = 0
    WITH_DETERMINER = 1
    """The phrase has no determiner, what was said has one in front."""
    OTHER_DETERMINER = 2
    """The phrase has another determiner than what was said, or that has none."""


class _Phrase(NamedTuple):
    """An alias under a phrase, without the determiners that were taken off it."""

    alias: Alias
    dropped: _Words


class _Match(NamedTuple):
    """Words `begin:end` of the text are the phrase, from `start` on with determiner."""

    alias: Alias
    start: int
    begin: int
    end: int
    fit: _Fit
    owner_rank: int

    @property
    def words(self) -> range:
        """Return which words of the text it takes."""
        return range(self.start, self.end)

    def preference(self) -> tuple[int, int, int, int]:
        """Return the sort key: the longest, leftmost, closest, the speaker's own."""
        return self.begin - self.end, self.begin, self.fit, self.owner_rank


class _Index:
    """The phrases of one owner."""

    def __init__(self, aliases: Iterable[Alias]) -> None:
        found: defaultdict[_Words, list[_Phrase]] = defaultdict(list)
        for alias in aliases:
            words = _words_of_name(alias.phrase)
            if not words:
                continue
            found[words].append(_Phrase(alias, ()))
            behind = ANY_LANGUAGE.count(words)
            if behind and any(map(str.isalpha, "".join(words[behind:]))):
                found[words[behind:]].append(_Phrase(alias, words[:behind]))
        self.phrases = dict(found)
        self.lengths = _lengths_by_first_word(self.phrases)


class AliasTable:
    """All aliases of all owners, cut into words once; never changes."""

    def __init__(self, aliases: Iterable[Alias]) -> None:
        """Build the table; once per change of an alias."""
        by_owner: defaultdict[str, list[Alias]] = defaultdict(list)
        for alias in aliases:
            by_owner[alias.owner].append(alias)
        self._size = sum(map(len, by_owner.values()))
        self._owners: Mapping[str, _Index] = {
            owner: _Index(owned) for owner, owned in by_owner.items()
        }

    def __len__(self) -> int:
        """Return how many aliases there are."""
        return self._size

    def resolve(
        self,
        text: str,
        scope: Scope,
        names: KnownNames,
        language: str | None = None,
    ) -> Resolution | None:
        """Return the text with aliases replaced, None if there are none in it.

        The language says which words are articles and possessives; without one, those
        of all known languages are.
        """
        indexes = [
            self._owners[owner] for owner in scope.owners if owner in self._owners
        ]
        if not indexes or len(text) > _LONGEST_UTTERANCE:
            return None
        tokens = tokenize(text)
        words = [token.normal for token in tokens]
        said = _Said(text, tokens, words, determiners_of(language))
        matches = sorted(_matches(said, indexes), key=_Match.preference)
        if not matches:
            return None
        protected = names.protected.spans(said.words)
        taken: list[tuple[_Match, str]] = []
        taken_words: set[int] = set()
        for candidate in matches:
            match = _beside_names(candidate, protected)
            if match is None or not taken_words.isdisjoint(match.words):
                continue
            if (name := names.name_of(match.alias)) is not None:
                taken.append((match, name))
                taken_words.update(match.words)
        return _replaced(said, sorted(taken, key=lambda item: item[0].start))


@dataclass(frozen=True, slots=True)
class _Said:
    """An utterance, cut into words."""

    text: str
    tokens: list[Token]
    words: list[str]
    determiners: Determiners

    def with_determiners(self, begin: int) -> int:
        """Return the first of the determiners in front of the word, or the word."""
        words, known = self.words, self.determiners
        start = begin
        if words[start] not in known and self._follows(start, known.possessives):
            start -= 1
        if words[start] not in known.articles and self._follows(start, known.articles):
            start -= 1
        return start

    def _follows(self, index: int, among: frozenset[str]) -> bool:
        """Return if one of these words is before it, with space or an apostrophe."""
        if index == 0 or self.words[index - 1] not in among:
            return False
        gap = self.text[self.tokens[index - 1].end : self.tokens[index].start]
        return gap != "" and all(char.isspace() or char in APOSTROPHES for char in gap)

    def may_be(self, begin: int, end: int) -> bool:
        """Return if these are whole words, also in scripts that join them."""
        return not (
            begins_inside_word(self.text, self.tokens, begin)
            or ends_inside_word(self.text, self.tokens, end - 1)
        )


def _matches(said: _Said, indexes: list[_Index]) -> Iterator[_Match]:
    words = said.words
    for rank, index in enumerate(indexes):
        for begin, word in enumerate(words):
            for length in index.lengths.get(word, ()):
                end = begin + length
                found = index.phrases.get(tuple(words[begin:end]))
                if not found or end > len(words) or not said.may_be(begin, end):
                    continue
                for phrase in found:
                    fit = _fit(said, phrase, begin)
                    if fit is None:
                        continue
                    is_exact = fit is _Fit.EXACT
                    start = begin if is_exact else said.with_determiners(begin)
                    yield _Match(phrase.alias, start, begin, end, fit, rank)


def _fit(said: _Said, phrase: _Phrase, begin: int) -> _Fit | None:
    """Return how the phrase fits where its words were found, None if it does not."""
    has_determiner = said.with_determiners(begin) < begin
    if not phrase.dropped:
        return _Fit.WITH_DETERMINER if has_determiner else _Fit.EXACT
    if not all(word in said.determiners for word in phrase.dropped):
        return None
    if has_determiner or begin == 0:
        return _Fit.OTHER_DETERMINER
    if said.determiners.opens_name(said.words[begin - 1]):
        return _Fit.OTHER_DETERMINER
    return None


def _beside_names(match: _Match, protected: list[tuple[int, int]]) -> _Match | None:
    """Return the match, None if it is in, or across, a name of the house.

    A name within the match gives way to it. The same words as a name win only where
    they are the alias's own. A determiner that belongs to a name stays.
    """
    for begin, end in protected:
        if begin < match.end and match.begin < end:
            if begin < match.begin or match.end < end:
                return None
            is_same = begin == match.begin and end == match.end
            if is_same and match.fit is _Fit.OTHER_DETERMINER:
                return None
        elif begin < match.begin and match.start < end:
            match = match._replace(start=match.begin)
    return match


def _replaced(said: _Said, taken: list[tuple[_Match, str]]) -> Resolution | None:
    parts: list[str] = []
    replacements: list[Replacement] = []
    at = 0
    for match, name in taken:
        start, end = said.tokens[match.start].start, said.tokens[match.end - 1].end
        words = said.text[start:end]
        if words == name:
            continue
        parts += (said.text[at:start], name)
        replacements.append(Replacement(match.alias, start, end, words, name))
        at = end
    if not replacements:
        return None
    parts.append(said.text[at:])
    return Resolution("".join(parts), tuple(replacements))


def _words_of_name(name: str) -> _Words:
    return tuple(token.normal for token in tokenize(name))


def _lengths_by_first_word(names: Iterable[_Words]) -> dict[str, tuple[int, ...]]:
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for name in names:
        lengths[name[0]].add(len(name))
    return {word: tuple(found) for word, found in lengths.items()}


def split_key(key: str, category: str | None = None) -> tuple[str, str]:
    """Return the key and the category of a preference, as they are stored.

    A key carries its category in front (`entity_alias.my_office`) unless one is given.
    Raises InvalidInput `preference_key_without_category` or `preference_key_invalid`.
    """
    stored = _key_text(key)
    if category is not None and category.strip():
        return stored, _key_text(category)
    front, dot, name = stored.partition(".")
    if not dot or not front:
        raise _invalid_key("preference_key_without_category", key)
    if not name:
        raise _invalid_key("preference_key_invalid", key)
    return stored, front


def _key_text(key: str) -> str:
    text = "_".join(unicodedata.normalize("NFC", key).lower().split())
    if (
        not text
        or len(text) > _LONGEST_KEY
        or not any(map(str.isalnum, text))
        or not all(map(_is_key_character, text))
    ):
        raise _invalid_key("preference_key_invalid", key)
    return text


def _is_key_character(char: str) -> bool:
    return char in "_-." or unicodedata.category(char)[0] in "LMN"


def _invalid_key(reason: str, key: str) -> InvalidInput:
    return InvalidInput(reason, key=storable(key[:_SHOWN_KEY]))


def phrase_of_key(key: str) -> str:
    """Return the words that a key means: `entity_alias.my_office` is "my office"."""
    name = key.removeprefix(ALIAS_PREFIX)
    return " ".join(name.replace("_", " ").split())


def key_of_phrase(phrase: str) -> str:
    """Return the end of the key that an alias of these words is kept under.

    Raises InvalidInput `alias_phrase_empty` or `text_too_long`.
    """
    words = [token.normal for token in tokenize(phrase)]
    if not words:
        raise InvalidInput("alias_phrase_empty")
    return clean("_".join(words), limit=_LONGEST_KEY - len(ALIAS_PREFIX) - 2)


def alias_from_preference(preference: Preference) -> Alias | None:
    """Return the alias that a preference is, None if it is about something else.

    The value has exactly one of `entity_id`, `area_id` and `device_id`, and may have
    the exact words under `phrase`. Raises InvalidInput `alias_target_invalid` or
    `alias_phrase_empty`.
    """
    if not preference.key.startswith(ALIAS_PREFIX):
        return None
    value = preference.value
    if not isinstance(value, dict):
        raise InvalidInput("alias_target_invalid")
    kind, target_id = _target(value)
    phrase = value.get("phrase")
    if phrase is None:
        phrase = phrase_of_key(preference.key)
    if not isinstance(phrase, str) or not tokenize(phrase):
        raise InvalidInput("alias_phrase_empty")
    phrase = " ".join(clean(phrase, limit=_LONGEST_KEY).split())
    return Alias(preference.owner, phrase, kind, target_id)


def _target(value: Mapping[str, JsonValue]) -> tuple[TargetKind, str]:
    named = [kind for kind in TargetKind if value.get(kind) is not None]
    if len(named) != 1:
        raise InvalidInput("alias_target_invalid")
    target = value[named[0]]
    if not isinstance(target, str) or not (target := target.strip()):
        raise InvalidInput("alias_target_invalid")
    if named[0] is TargetKind.ENTITY and not _ENTITY_ID.fullmatch(target):
        raise InvalidInput("alias_target_invalid")
    return named[0], target
