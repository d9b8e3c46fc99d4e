"""Facts of a made-up household, and questions of which each has one right fact; the same for the same seed.

A language is a dictionary of words for the slots and a list of forms: how a fact is told, and how somebody asks for it
later, in other words. `vacuum cleaner|hoover` is told with the first word and asked for with the second. The slots that
stand in a question identify the fact; all other facts of the form, with another name, room or thing, are its distractors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
import re

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of fact: ways to tell it, ways to ask for it."""

    facts: Sequence[str]
    questions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Language:
    """What a language brings: its words by slot, parted by commas, and its forms."""

    code: str
    words: Mapping[str, str]
    forms: Sequence[Form]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the place of its fact in the list of facts."""

    text: str
    fact: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """A set: facts in random order, questions about some of them."""

    facts: list[str]
    questions: list[Question]


def build(
    language: Language, *, facts_per_form: int, questions_per_form: int
) -> Labelled:
    """Return the set. A form gives fewer facts where its words allow no more."""
    random = Random(language.code)
    words = {
        slot: [tuple(word.strip().split("|")) for word in listed.split(",")]
        for slot, listed in language.words.items()
    }
    told: list[tuple[str, str | None]] = []
    for form in language.forms:
        asked: set[tuple[str, ...]] = set()
        key = sorted(set(_SLOT.findall(form.questions[0])))
        for _ in range(facts_per_form * 4):
            if len(asked) == facts_per_form:
                break
            values = _draw(form, words, random)
            identity = tuple(values[slot][0] for slot in key)
            if identity in asked:
                continue
            asked.add(identity)
            question = None
            if len(asked) <= questions_per_form:
                question = _fill(random.choice(form.questions), values, asked=True)
            told.append(
                (_fill(random.choice(form.facts), values, asked=False), question)
            )
    random.shuffle(told)
    return Labelled(
        facts=[fact for fact, _ in told],
        questions=[
            Question(question, at) for at, (_, question) in enumerate(told) if question
        ],
    )


def _draw(
    form: Form, words: Mapping[str, list[tuple[str, ...]]], random: Random
) -> dict[str, tuple[str, ...]]:
    """Return a value for each slot; `person2` is another person than `person`."""
    values: dict[str, tuple[str, ...]] = {}
    for slot in sorted({name for text in form.facts for name in _SLOT.findall(text)}):
        base = slot.rstrip("2")
        match base:
            case "number":
                values[slot] = (str(random.randint(2, 90)),)
            case "year":
                values[slot] = (str(random.randint(2015, 2026)),)
            case "day":
                values[slot] = (str(random.randint(1, 28)),)
            case "clock":
                values[slot] = (f"{random.randint(7, 20)}:{random.choice('0134')}5",)
            case "code":
                letters = "".join(random.choices("BDFHKLMNPRSTVX", k=2))
                values[slot] = (f"{letters}-{random.randint(100, 9999)}",)
            case _:
                taken = values.get(base)
                values[slot] = random.choice([w for w in words[base] if w != taken])
    return values


def _fill(text: str, values: Mapping[str, tuple[str, ...]], *, asked: bool) -> str:
    filled = _SLOT.sub(lambda slot: values[slot[1]][-1 if asked else 0], text)
    return filled[0].upper() + filled[1:]
