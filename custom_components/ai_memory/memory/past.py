"""Who asks for what was said before, and about when: "what did I ask yesterday"."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ..text_forms import tokenize
from .periods import (
    WEEKDAYS,
    Period,
    in_month,
    last_units,
    of_key,
    on_weekday,
    part_of_day,
    units_ago,
)
from .questions import is_question
from .words import words_of
from .words.language import LanguageWords, PastWords, Phrases, Words, exact

_LONGEST_UTTERANCE = 400  # characters
_LONGEST_PHRASE = 6


@dataclass(frozen=True, slots=True)
class Past:
    """What was talked about, in the words of the speaker, and when, as in Period."""

    topic: str | None
    since: datetime | None
    until: datetime | None


def find_past(text: str, language: str | None, now: datetime) -> Past | None:
    """Return what somebody wants to know of earlier talks; None if it is not that.

    `now` is aware and in the zone of the household: days begin at its midnight, weeks
    on Monday. A language that is not known gives None.
    """
    words = words_of(language)
    if words is None or len(text) > _LONGEST_UTTERANCE:
        return None
    said = _Said(text, words, now)
    talk = said.talk()
    if talk is None or not (said.opens() or is_question(text, language)):
        return None
    when = said.when()
    since, until = when.period if when else (None, None)
    return Past(said.topic(talk, when), since, until)


def period(when: str, language: str | None, now: datetime) -> Period | None:
    """Return the time that words such as "last week" or a key such as `last_week` name.

    None where they name none. Keys are those of `PastWords.times` and English weekdays.
    """
    key = when.strip().lower()
    if key in WEEKDAYS:
        return on_weekday(now, WEEKDAYS.index(key))
    if found := of_key(key, now):
        return found
    words = words_of(language)
    if words is None or len(when) > _LONGEST_UTTERANCE:
        return None
    found_when = _Said(when, words, now).when()
    return found_when.period if found_when else None


class _When(NamedTuple):
    """A time, said with the words `begin:end`."""

    begin: int
    end: int
    period: Period


class _Said:
    """The words of an utterance that may ask for the past."""

    def __init__(self, text: str, words: LanguageWords, now: datetime) -> None:
        self._text = text
        self._words = words
        self._past: PastWords = words.past
        self._now = now
        self._tokens = tokenize(text)
        self._normals = [token.normal for token in self._tokens]

    def _is(self, index: int, words: Words) -> bool:
        if not 0 <= index < len(self._tokens):
            return False
        token = self._tokens[index]
        written = self._text[token.start : token.end]
        return token.normal in words or exact(written) in words

    def _takes(self, index: int, phrases: Phrases) -> int:
        """Return how many words the longest of these phrases takes here, or 0."""
        for length in range(_LONGEST_PHRASE, 0, -1):
            if tuple(self._normals[index : index + length]) in phrases:
                return min(length, len(self._tokens) - index)
        return 0

    def opens(self) -> bool:
        """Return if it orders to look something up."""
        index = 0
        while index < len(self._tokens) and not self._takes(index, self._past.openers):
            if not self._is(index, self._words.fillers) and not self._takes(
                index, self._words.polite
            ):
                return False
            index += self._takes(index, self._words.polite) or 1
        return index < len(self._tokens)

    def talk(self) -> tuple[int, int] | None:
        """Return where it tells of talking, from subject to verb."""
        for index in range(len(self._tokens)):
            if taken := self._takes(index, self._past.talk):
                return index, index + taken
            if not (taken := self._takes(index, self._past.began)):
                continue
            behind = index + taken
            for verb in range(behind, behind + self._past.reach + 1):
                if self._is(verb, self._past.talked):
                    return index, verb + 1
                if self._is(verb, self._words.questions):
                    break
        return None

    def topic(self, talk: tuple[int, int], when: _When | None) -> str | None:
        """Return what was talked about."""
        taken = range(when.begin, when.end) if when else range(0)
        for index in (*range(talk[0], len(self._tokens)), *range(talk[0])):
            about = self._takes(index, self._past.about)
            begin = index + about
            if not about or index in taken or begin in taken:
                continue
            if any(
                self._is(at, self._words.questions)
                or self._is(at, self._words.conditional)
                for at in (begin, begin + 1)
            ):
                continue  # "of what", "of that which"
            return self._topic_from(begin, taken)
        return None

    def _topic_from(self, begin: int, taken: range) -> str | None:
        end = begin
        while end < len(self._tokens) and end not in taken:
            if self._is(end, self._past.talked) or self._is(end, self._past.ends):
                break
            if end > begin and (
                self._takes(end, self._past.began) or self._takes(end, self._past.talk)
            ):
                break
            end += 1
        while end > begin and self._is(end - 1, self._words.fillers):
            end -= 1
        if end == begin:
            return None
        return self._text[self._tokens[begin].start : self._tokens[end - 1].end]

    def when(self) -> _When | None:
        """Return the time that is said, with the words that lead to it."""
        for index in range(len(self._tokens)):
            found = (
                self._named(index),
                self._counted(index),
                self._month(index),
                self._weekday(index),
            )
            if said := [when for when in found if when is not None]:
                when = max(said, key=lambda when: when.end)
                begin = when.begin
                while self._is(begin - 1, self._past.leads):
                    begin -= 1
                return when._replace(begin=begin)
        return None

    # "yesterday evening", "last week"

    def _named(self, index: int) -> _When | None:
        taken, key = max(
            (self._takes(index, phrases), key)
            for key, phrases in self._past.times.items()
        )
        if not taken:
            return None
        end = index + taken
        if key in {"today", "yesterday", "day_before_yesterday"}:
            part, end = self._part(end)
            if part:
                key = f"{key}_{part}"
        found = of_key(key, self._now)
        return _When(index, end, found) if found else None

    def _part(self, index: int) -> tuple[str | None, int]:
        """Return which part of the day is said here, and the index behind it."""
        for at in range(index, min(index + 3, len(self._tokens))):
            for part, words in self._past.parts.items():
                if self._is(at, words):
                    return part, at + 1
            if not (
                self._is(at, self._past.leads)
                or self._is(at, self._words.prepositions)
                or self._is(at, self._words.articles)
            ):
                break
        return None, index

    # "three days ago", "in the last two weeks"

    def _counted(self, index: int) -> _When | None:
        past = self._past
        if index and self._normals[index - 1].isdecimal():
            return None
        before = self._takes(index, past.before_ago)
        at = index + before
        is_last = self._is(at, past.last)
        at += is_last
        count, at = self._count(at)
        if count and not is_last and self._is(at, past.last):
            is_last, at = True, at + 1
        unit = next((unit for unit in past.units if self._is(at, past.units[unit])), "")
        if not unit:
            return None
        at += 1
        if count and self._is(at, past.last):
            is_last, at = True, at + 1
        after = self._takes(at, past.after_ago)
        if is_last and count:
            return _When(index, at, last_units(self._now, unit, count))
        if not (after or (before and count)):
            return None
        return _When(index, at + after, units_ago(self._now, unit, count or 1))

    def _count(self, index: int) -> tuple[int, int]:
        """Return the number that is said here, or 0, and the index behind it."""
        if index < len(self._tokens):
            normal = self._normals[index]
            if normal.isdecimal():
                is_likely = len(normal) <= 3
                return (int(normal), index + 1) if is_likely else (0, index)
            for number, words in enumerate(self._past.numbers, start=1):
                if self._is(index, words):
                    return number, index + 1
        return 0, index

    # "last Tuesday", "in October", "on the 3rd of October"

    def _weekday(self, index: int) -> _When | None:
        for weekday, words in enumerate(self._past.weekdays):
            if not self._is(index, words):
                continue
            begin = index - self._is(index - 1, self._past.last)
            end = index + 1
            while self._is(end, self._past.last):
                end += 1
            found = on_weekday(self._now, weekday)
            part, end = self._part(end)
            if part and found.since:
                found = part_of_day(self._now, found.since.date(), part)
            return _When(begin, end, found)
        return None

    def _month(self, index: int) -> _When | None:
        for month, words in enumerate(self._past.months, start=1):
            if not self._is(index, words):
                continue
            begin, end = index, index + 1
            is_last = self._is(index - 1, self._past.last)
            is_last = is_last or self._is(end, self._past.last)
            begin -= self._is(index - 1, self._past.last)
            end += self._is(end, self._past.last)
            day, begin, end = self._day_beside(begin, end)
            is_led = self._is(begin - 1, self._past.leads)
            # "May" and "march" are more than months.
            if not (is_last or day or is_led or len(self._tokens) == 1):
                return None
            found = in_month(self._now, month, day, before_now=is_last)
            return _When(begin, end, found) if found else None
        return None

    def _day_beside(self, begin: int, end: int) -> tuple[int | None, int, int]:
        """Return the day that stands beside a month, and the words with it."""
        for at in (begin - 1, begin - 2):
            if day := self._day(at):
                return day, at, end
            if not self._is(at, self._past.leads):
                break
        if day := self._day(end):
            return day, begin, end + 1
        return None, begin, end

    def _day(self, index: int) -> int | None:
        if not 0 <= index < len(self._tokens):
            return None
        digits = self._normals[index].removesuffix("er")
        for ending in ("st", "nd", "rd", "th"):
            digits = digits.removesuffix(ending)
        return int(digits) if digits.isdecimal() and len(digits) <= 2 else None
