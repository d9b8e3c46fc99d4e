"""What people say to their memory, recognised by sentences, and what it says back.

The sentences and replies of a language are its file in `sentences/`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import Intents, SlotList, TextSlotList
from hassil.recognize import RecognizeResult, recognize_all
from hassil.util import PUNCTUATION_STR
from homeassistant.util import language as language_util
from homeassistant.util.yaml import load_yaml_dict

from .text_forms import storable

_FOLDER = Path(__file__).parent / "sentences"
LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
_REPLIES_OF_ALL = "en"

MAX_LENGTH = 500
"""Longest text that is looked at, in characters: half a minute of speech.

The time that hassil takes for a text made for it grows with the square of its length.
"""

NOT_OURS = "AiMemoryNone"
"""Intent of sentences that sound like ours, but are not."""

_PERSON = "person"
_THING = "thing"
_PUNCTUATION = frozenset(PUNCTUATION_STR)
_QUOTES = "\"'“”„‟«»‹›‘’‚"


class SpokenIntent(StrEnum):
    """What somebody wants of their memory."""

    REMEMBER = "AiMemoryRemember"
    FORGET = "AiMemoryForget"
    FORGET_LAST = "AiMemoryForgetLast"
    TELL = "AiMemoryTell"
    SET_ALIAS = "AiMemorySetAlias"
    ASKED = "AiMemoryAsked"
    IDENTIFY = "AiMemoryIdentify"
    WRONG = "AiMemoryWrong"
    RIGHT = "AiMemoryRight"
    START_OVER = "AiMemoryStartOver"
    PAUSE = "AiMemoryPause"
    RESUME = "AiMemoryResume"
    CONFIRM = "AiMemoryConfirm"
    CANCEL = "AiMemoryCancel"


ANSWERS = (SpokenIntent.CONFIRM, SpokenIntent.CANCEL)
"""Intents that only answer a question of ours."""


class Period(StrEnum):
    """What the slot `when` holds: a day or span that is over or runs."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    DAY_BEFORE_YESTERDAY = "day_before_yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A recognised sentence. Slots keep the words and the case of the speaker.

    `content`, `query` and `phrase` are the speaker's words; `name` is one of the given
    names where there is such a list, else the speaker's words; `when` is a Period;
    `private` and `here` are there (as "true") or not.
    """

    intent: SpokenIntent
    slots: Mapping[str, str]
    language: str


type _Clause = frozenset[str]
"""Fragments of which a text needs at least one."""


class _Language:
    """The parsed file of a language."""

    def __init__(self, code: str) -> None:
        """Read and parse the file; blocks."""
        content = load_yaml_dict(_FOLDER / f"{code}.yaml")
        intents = Intents.from_dict(content)
        answers = {str(name): intents.intents.pop(name) for name in ANSWERS}
        self.code = code
        self.intents = intents
        self.answers = Intents(
            language=code,
            intents=answers,
            slot_lists=intents.slot_lists,
            expansion_rules=intents.expansion_rules,
            skip_words=intents.skip_words,
        )
        self.replies: Mapping[str, Mapping[str, str]] = content["responses"]["intents"]
        self.errors: Mapping[str, str] = content["responses"]["errors"]
        self._keywords: set[str] = set()
        self._required: set[frozenset[_Clause]] = set()
        self._required_beside_name: set[frozenset[_Clause]] = set()
        for intent in intents.intents.values():
            for data in intent.data:
                for sentence in data.sentences:
                    self._index(sentence)

    def _index(self, sentence: Sentence) -> None:
        """Note by what a text shows that it cannot be the sentence."""
        rules = self.intents.expansion_rules
        clauses = _clauses(sentence.expression, rules)
        if _PERSON in sentence.list_names(rules):
            self._required_beside_name.add(clauses)
            return
        self._keywords |= _rarest(clauses)
        self._required.add(clauses)

    def may_match(self, text: str, names: Sequence[str]) -> bool:
        """Return whether hassil has to be asked. It filters alike, but slower."""
        folded = text.replace("’", "'").casefold()
        if any(word in folded for word in self._keywords) and any(
            _has_all(folded, clauses) for clauses in self._required
        ):
            return True
        return any(name.casefold() in folded for name in names) and any(
            _has_all(folded, clauses) for clauses in self._required_beside_name
        )

    def recognise(
        self, text: str, names: Sequence[str], things: Sequence[str], *, answering: bool
    ) -> Spoken | None:
        """Return the sentence that leaves the fewest letters to wildcards."""
        lists: dict[str, SlotList] = {
            _PERSON: _slot_list(tuple(names)),
            # "Call Anna now" is about a call.
            _THING: _slot_list(tuple(thing for thing in things if thing not in names)),
        }
        for intents in (self.answers, self.intents) if answering else (self.intents,):
            best = min(
                recognize_all(text, intents, slot_lists=lists),
                key=_left_open,
                default=None,
            )
            if best is not None:
                if best.intent.name == NOT_OURS:
                    return None
                return Spoken(
                    SpokenIntent(best.intent.name), _slots(best, text), self.code
                )
        return None


class SpokenSentences:
    """Sentences and replies of all languages, each read when it is first spoken."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self._languages: dict[str, _Language] = {}
        self._loading = asyncio.Lock()

    async def async_recognise(
        self,
        text: str,
        language: str,
        *,
        answering: bool = False,
        names: Sequence[str] = (),
        things: Sequence[str] = (),
    ) -> Spoken | None:
        """Return what the text asks of memory, None if it is no sentence of ours.

        `language` is a tag such as "de-CH". With `answering`, yes and no are understood
        as well, before anything else. `names` are those of persons, `things` those of
        entities and areas: "this is ..." and "call ..." are about them only.
        """
        if len(text) > MAX_LENGTH or (code := _file_of(language)) is None:
            return None
        spoken_in = await self._async_load(code)
        text = storable(text)
        if not answering and not spoken_in.may_match(text, names):
            return None
        # A text made for it can keep hassil busy for a tenth of a second.
        return await asyncio.to_thread(
            spoken_in.recognise, text, names, things, answering=answering
        )

    async def _async_load(self, code: str) -> _Language:
        if code not in self._languages:
            async with self._loading:
                for needed in (_REPLIES_OF_ALL, code):
                    if needed not in self._languages:
                        self._languages[needed] = await asyncio.to_thread(
                            _Language, needed
                        )
        return self._languages[code]

    def reply(
        self, language: str, intent: SpokenIntent, key: str, /, **values: object
    ) -> str:
        """Return a text to say, in English where the language was never recognised.

        `key` is one of the intent's own, or one of those for all ("failed",
        "unavailable"). Raises KeyError for an unknown key or a missing value.
        """
        code = _file_of(language)
        replies = self._languages.get(code or "", self._languages[_REPLIES_OF_ALL])
        own = replies.replies.get(intent, {})
        text = own[key] if key in own else replies.errors[key]
        return text.format_map(values)


@lru_cache(maxsize=64)
def _file_of(language: str) -> str | None:
    return next(iter(language_util.matches(language, LANGUAGES)), None)


@lru_cache(maxsize=8)
def _slot_list(values: tuple[str, ...]) -> SlotList:
    return TextSlotList.from_strings(values, allow_template=False)


def _clauses(part: Expression, rules: Mapping[str, Sentence]) -> frozenset[_Clause]:
    """Return what a text must have to match.

    As Sentence.get_required_clauses, which takes any word of an alternative: where that
    is "a", nothing is ruled out.
    """
    match part:
        case TextChunk():
            return frozenset(
                frozenset({word})
                for word in part.text.casefold().split()
                if _PUNCTUATION.isdisjoint(word)
            )
        case RuleReference():
            return _clauses(rules[part.rule_name].expression, rules)
        case Alternative():
            # One way of an optional part is empty.
            ways = [_clauses(item, rules) for item in part.items]
            if not all(ways):
                return frozenset()
            return frozenset({frozenset().union(*map(_rarest, ways))})
        case Group():
            return frozenset().union(*(_clauses(item, rules) for item in part.items))
    return frozenset()


def _rarest(clauses: frozenset[_Clause]) -> _Clause:
    """Return the clause of the longest words."""
    return max(clauses, key=lambda clause: (min(map(len, clause)), sorted(clause)))


def _has_all(text: str, clauses: frozenset[_Clause]) -> bool:
    return all(any(word in text for word in clause) for clause in clauses)


def _left_open(result: RecognizeResult) -> int:
    return sum(len(slot.text) for slot in result.entities_list if slot.is_wildcard)


def _slots(result: RecognizeResult, text: str) -> dict[str, str]:
    slots: dict[str, str] = {}
    for entity in result.entities_list:
        if entity.is_wildcard and entity.text_span is not None:
            start, end = entity.text_span
            slots[entity.name] = _without_quotes(text[start:end])
        else:
            slots[entity.name] = str(entity.value)
    return slots


def _without_quotes(words: str) -> str:
    """Return the words without marks around all of them."""
    if len(words) > 2 and words[0] in _QUOTES and words[-1] in _QUOTES:
        return words[1:-1].strip()
    return words
