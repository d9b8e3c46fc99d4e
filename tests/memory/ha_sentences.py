"""Sentences of Home Assistant itself, drawn at random from its templates."""

import json
from pathlib import Path
from random import Random

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import Intents, RangeSlotList, SlotList, TextSlotList
import home_assistant_intents

COMMANDS = (
    "HassTurnOn",
    "HassTurnOff",
    "HassLightSet",
    "HassSetPosition",
    "HassClimateSetTemperature",
)
_NAMES = {"area": "Tenda", "floor": "Etage", "name": "Lampadario"}


def sample(
    language: str, intent_names: tuple[str, ...], count: int, seed: int = 1
) -> list[str]:
    """Return `count` sentences of each intent that the language has."""
    data = Path(home_assistant_intents.__file__).parent / "data" / f"{language}.json"
    intents = Intents.from_dict(json.loads(data.read_text(encoding="utf-8")))
    random = Random(seed)
    sentences = []
    for name in intent_names:
        if name not in intents.intents:
            continue
        templates = [
            (sentence, part)
            for part in intents.intents[name].data
            for sentence in part.sentences
        ]
        for _ in range(count):
            sentence, part = random.choice(templates)
            text = _walk(
                sentence.expression,
                {**intents.expansion_rules, **(part.expansion_rules or {})},
                {**intents.slot_lists, **(part.slot_lists or {})},
                random,
            )
            sentences.append(" ".join(text.split()))
    return sentences


def _walk(
    part: Expression,
    rules: dict[str, Sentence],
    lists: dict[str, SlotList],
    random: Random,
) -> str:
    if isinstance(part, TextChunk):
        return part.original_text
    if isinstance(part, Alternative):
        return _walk(random.choice(part.items), rules, lists, random)
    if isinstance(part, Permutation):
        items = random.sample(part.items, len(part.items))
        return " ".join(_walk(item, rules, lists, random) for item in items)
    if isinstance(part, Group):
        return "".join(_walk(item, rules, lists, random) for item in part.items)
    if isinstance(part, RuleReference):
        return _walk(rules[part.rule_name].expression, rules, lists, random)
    assert isinstance(part, ListReference)
    values = lists.get(part.list_name)
    if isinstance(values, TextSlotList) and values.values:
        return _walk(random.choice(values.values).text_in, rules, lists, random)
    if isinstance(values, RangeSlotList):
        return str(random.choice((5, 20, 45)))
    return _NAMES.get(part.list_name, "Cosa")
