"""Makes what people and models said safe for the database: a turn is never refused."""

from dataclasses import replace
import math

from ..models import Turn
from ..text_forms import storable, storable_json

# Characters, as the columns.
_LONGEST_TEXT = 100_000
_LONGEST_ERROR = 2000
_LONGEST_LABEL = 255
_LONGEST_LANGUAGE = 35


def make_storable(turn: Turn) -> None:
    """Shorten and clean what people, models and tools said, in place."""
    turn.text = storable(turn.text)[:_LONGEST_TEXT]
    for name in ("resolved_text", "reply", "error"):
        if (value := getattr(turn, name)) is not None:
            limit = _LONGEST_ERROR if name == "error" else _LONGEST_TEXT
            setattr(turn, name, storable(value)[:limit])
    for name in (
        "conversation_id",
        "agent_id",
        "model",
        "intent",
        "device_id",
        "satellite_id",
        "speaker",
    ):
        if (value := getattr(turn, name)) is not None:
            setattr(turn, name, storable(value)[:_LONGEST_LABEL])
    turn.language = (
        storable(turn.language)[:_LONGEST_LANGUAGE] if turn.language else None
    )
    turn.stages = {
        storable(name): value
        for name, value in turn.stages.items()
        if not isinstance(value, float) or math.isfinite(value)
    }
    turn.messages = [
        replace(
            message,
            content=_shortened(message.content),
            thinking=_shortened(message.thinking),
            tool_calls=storable_json(message.tool_calls),  # type: ignore[arg-type]
        )
        for message in turn.messages
    ]
    turn.tools = [
        replace(
            tool,
            name=storable(tool.name)[:_LONGEST_LABEL],
            arguments=storable_json(dict(tool.arguments)),  # type: ignore[arg-type]
            result=storable_json(tool.result),
        )
        for tool in turn.tools
    ]


def _shortened(text: str | None) -> str | None:
    return None if text is None else storable(text)[:_LONGEST_TEXT]
