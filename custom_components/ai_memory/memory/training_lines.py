"""Examples in the formats that models are trained with, each checked against its published JSON Schema."""

from collections.abc import Callable, Sequence
import json
from pathlib import Path
import re
from typing import Any, Final

import probatio
from probatio.codecs import from_json_schema

from ..models import JsonValue
from ..postgres.training import Example, TrainingFormat, TrainingTurn
from .secret_filter import mask, mask_json

SCHEMAS: Final[dict[TrainingFormat, dict[str, Any]]] = {
    kind: json.loads(
        (Path(__file__).parent / "training_schemas" / f"{kind}.json").read_text()
    )
    for kind in TrainingFormat
}
_CHECKS: Final = {kind: from_json_schema(schema) for kind, schema in SCHEMAS.items()}
_LETTER_OR_DIGIT = r"[^\W_]"
_SHORTEST_NAME = 2  # characters of a part of a name

type _Message = dict[str, Any]


class Mask:
    """Takes names of people and secrets out of what was said."""

    def __init__(self, names: Sequence[str], *, secrets: bool) -> None:
        """Take the names of people; each, and every part of it, becomes "Person 1", "Person 2" ... in their order."""
        self._secrets = secrets
        self._placeholders: dict[str, str] = {}
        for number, name in enumerate(names, 1):
            for part in (name, *name.split()):
                if len(part) >= _SHORTEST_NAME:
                    self._placeholders.setdefault(part.casefold(), f"Person {number}")
        found = "|".join(
            re.escape(part)
            for part in sorted(self._placeholders, key=len, reverse=True)
        )
        # Also in "annas_lamp"; the genitive of many languages stays behind the placeholder.
        self._names = (
            re.compile(
                rf"(?<!{_LETTER_OR_DIGIT})({found})(?=s?(?!{_LETTER_OR_DIGIT}))",
                re.IGNORECASE,
            )
            if found
            else None
        )

    def text(self, text: str, language: str | None) -> str:
        """Return a text without them."""
        if self._secrets:
            text, _ = mask(text, language)
        return self._without_names(text)

    def json(self, value: JsonValue, language: str | None) -> str:
        """Return a value as JSON without them."""
        if self._secrets:
            value, _ = mask_json(value, language)
        return json.dumps(self._json_without_names(value), ensure_ascii=False)

    def _json_without_names(self, value: JsonValue) -> JsonValue:
        match value:
            case str():
                return self._without_names(value)
            case list():
                return [self._json_without_names(item) for item in value]
            case dict():
                return {
                    key: self._json_without_names(item) for key, item in value.items()
                }
            case _:
                return value

    def _without_names(self, text: str) -> str:
        if self._names is None:
            return text
        return self._names.sub(self._placeholder, text)

    def _placeholder(self, found: re.Match[str]) -> str:
        return self._placeholders.get(found[0].casefold(), "Person")


def line_of(
    example: Example, kind: TrainingFormat, mask: Mask, *, metadata: bool
) -> str | None:
    """Return an example as one line of JSON; None where it makes none in this format."""
    data = _MAKERS[kind](example, mask)
    if data is None:
        return None
    if metadata:
        data["metadata"] = _metadata(example)
    try:
        _CHECKS[kind](data)
    except probatio.Invalid:
        return None
    return json.dumps(data, ensure_ascii=False)


def _chat(example: Example, mask: Mask) -> dict[str, Any] | None:
    if (reply := _reply(example.turn, mask)) is None:
        return None
    return {"messages": [*_prompt(example, mask), *reply]}


def _instruction(example: Example, mask: Mask) -> dict[str, Any]:
    turn = example.turn
    return {
        "instruction": mask.text(turn.text, turn.language),
        "input": "",
        "output": mask.text(turn.reply, turn.language),
    }


def _preference(example: Example, mask: Mask) -> dict[str, Any] | None:
    if example.correction:
        right: list[_Message] | None = [
            {
                "role": "assistant",
                "content": mask.text(example.correction, example.turn.language),
            }
        ]
    elif example.corrected_by:
        right = _reply(example.corrected_by, mask)
    else:
        return None
    wrong = _reply(example.turn, mask)
    if wrong is None or right is None or wrong == right:
        return None
    return {"prompt": _prompt(example, mask), "chosen": right, "rejected": wrong}


_MAKERS: Final[
    dict[TrainingFormat, Callable[[Example, Mask], dict[str, Any] | None]]
] = {
    TrainingFormat.CHAT: _chat,
    TrainingFormat.INSTRUCTION: _instruction,
    TrainingFormat.PREFERENCE: _preference,
}


def _prompt(example: Example, mask: Mask) -> list[_Message]:
    """Return what was said before, and the words that the reply is to."""
    messages = []
    for turn in example.earlier:
        messages.append(_question(turn, mask))
        for message in _reply(turn, mask) or ():
            if message["role"] == "assistant":
                message["weight"] = 0
            messages.append(message)
    return [*messages, _question(example.turn, mask)]


def _question(turn: TrainingTurn, mask: Mask) -> _Message:
    return {"role": "user", "content": mask.text(turn.text, turn.language)}


def _reply(turn: TrainingTurn, mask: Mask) -> list[_Message] | None:
    """Return the messages of the agent and its tools, which end with an answer; None where they are not whole."""
    if turn.answers is None:
        return None
    messages: list[_Message] = []
    for answer in turn.answers:
        content = mask.text(answer.content or "", turn.language)
        if answer.calls:
            messages.append(
                {
                    "role": "assistant",
                    "content": content or None,
                    "tool_calls": [
                        {
                            "id": call.id,
                            "type": "function",
                            "function": {
                                "name": call.name,
                                "arguments": mask.json(call.arguments, turn.language),
                            },
                        }
                        for call in answer.calls
                    ],
                }
            )
            messages += [
                {
                    "role": "tool",
                    "tool_call_id": call.id,
                    "content": mask.json(call.result, turn.language),
                }
                for call in answer.calls
            ]
        elif content:
            messages.append({"role": "assistant", "content": content})
    if not messages or messages[-1]["role"] == "tool":
        messages.append(
            {"role": "assistant", "content": mask.text(turn.reply, turn.language)}
        )
    return messages


def _metadata(example: Example) -> dict[str, Any]:
    turn = example.turn
    return {
        "turn_id": str(turn.id),
        "score": example.score,
        "language": turn.language,
        "started_at": turn.started_at.isoformat(),
        "answered_by": turn.answered_by,
        "intent": turn.intent,
        "model": turn.model,
    }
