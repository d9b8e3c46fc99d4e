"""Plain commands in any language that Home Assistant speaks, made from its own sentences and this home's names."""

from collections.abc import Mapping, Sequence
from functools import partial
import json
from random import Random

from hassil.expression import (
    Alternative,
    Expression,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    Sequence as ExpressionSequence,
    TextChunk,
)
from hassil.intents import Intents, RangeSlotList, SlotList, TextSlotList
from home_assistant_intents import get_intents, get_languages
from homeassistant.core import HomeAssistant
from homeassistant.util import language as language_util

from .names import HomeNames

_ASKING = ("Get", "Query", "Status", "Broadcast", "Nevermind", "Respond")
"""Intents that answer rather than act have one of these in their name."""


class _NotSampleable(Exception):
    """The sentence has a part that anything may stand in."""


async def async_sample_commands(
    hass: HomeAssistant, names: HomeNames, language: str, number: int
) -> list[str]:
    """Return up to `number` different commands, none for a language without sentences."""
    found = language_util.matches(language, get_languages())
    if not found:
        return []
    return await hass.async_add_executor_job(
        partial(_sample, found[0], names.entities, names.areas, number)
    )


def _sample(
    language: str, entities: Sequence[str], areas: Sequence[str], number: int
) -> list[str]:
    content = get_intents(language, json_load=json.load)
    if content is None:
        return []
    intents = Intents.from_dict(content)
    lists: dict[str, SlotList] = dict(intents.slot_lists)
    for name, values in (("name", entities), ("area", areas), ("floor", areas)):
        if values:
            lists[name] = TextSlotList.from_strings(values, allow_template=False)
    # The same commands each time: gates should move with the store only.
    random = Random(language)
    sentences = [
        (sentence, {**intents.expansion_rules, **data.expansion_rules}, data.slot_lists)
        for name, intent in sorted(intents.intents.items())
        if not any(word in name for word in _ASKING)
        for data in intent.data
        for sentence in data.sentences
    ]
    commands: set[str] = set()
    for _ in range(number * 10):
        if len(commands) == number or not sentences:
            break
        sentence, rules, own_lists = random.choice(sentences)
        try:
            text = _speak(sentence.expression, {**lists, **own_lists}, rules, random)
        except _NotSampleable:
            continue
        commands.add(" ".join(text.split()))
    return sorted(commands)


def _speak(
    expression: Expression,
    lists: Mapping[str, SlotList],
    rules: Mapping[str, Sentence],
    random: Random,
) -> str:
    speak = partial(_speak, lists=lists, rules=rules, random=random)
    match expression:
        case TextChunk():
            return expression.original_text
        case Alternative():
            return speak(random.choice(expression.items))
        case Permutation():
            items = list(expression.items)
            random.shuffle(items)
            return " ".join(speak(item) for item in items)
        case ExpressionSequence():
            return "".join(speak(item) for item in expression.items)
        case RuleReference() if expression.rule_name in rules:
            return speak(rules[expression.rule_name].expression)
        case ListReference():
            match lists.get(expression.list_name):
                case TextSlotList(values=[_, *_] as values):
                    text = random.choice(values).text_in
                    return (
                        text.text
                        if isinstance(text, TextChunk)
                        else speak(
                            text.expression if isinstance(text, Sentence) else text
                        )
                    )
                case RangeSlotList(start=start, stop=stop):
                    return str(random.randint(int(start), int(stop)))
    raise _NotSampleable
