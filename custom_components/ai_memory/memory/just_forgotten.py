"""What was forgotten while turns were under way: these must not bring it back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
import time
from typing import cast

from ..models import JsonValue, ReferenceVerdict, Turn
from ..postgres.wording import Wording

_LONGEST_TURN = 600.0
"""Seconds; what is forgotten stands in memory no longer than that."""

type Matches = Callable[[Turn], bool]


@dataclass(eq=False, slots=True)
class LettingGo:
    """Something that is being forgotten, or just was."""

    matches: Matches
    done_at: datetime | None = None
    expires: float = field(default_factory=lambda: time.monotonic() + _LONGEST_TURN)
    caught: list[Turn] = field(default_factory=list)
    """Turns that were held back while it was not certain yet."""


class JustForgotten:
    """Holds back turns that began before something was forgotten and hold it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._letting_go: list[LettingGo] = []

    def begin(self, matches: Matches) -> LettingGo:
        """Hold back what matches from now on."""
        one = LettingGo(matches)
        self._letting_go.append(one)
        return one

    def done(self, one: LettingGo) -> None:
        """Say that it is gone: turns that begin from now on tell it anew."""
        one.done_at = datetime.now(UTC)
        one.caught.clear()

    def failed(self, one: LettingGo) -> list[Turn]:
        """Say that nothing is gone; return the turns that were held back."""
        self._letting_go.remove(one)
        return one.caught

    def holds(self, turn: Turn) -> bool:
        """Return whether a turn must not be kept."""
        now = time.monotonic()
        self._letting_go = [one for one in self._letting_go if one.expires > now]
        for one in self._letting_go:
            if (one.done_at is None or turn.started_at <= one.done_at) and one.matches(
                turn
            ):
                if one.done_at is None:
                    one.caught.append(turn)
                return True
        return False


def matches_words(
    wording: Wording, owners: Collection[str] | None, passages: frozenset[int]
) -> Matches:
    """Match turns of owners (None: of anybody) that say the words, and turns whose reply rests on passages."""

    def matches(turn: Turn) -> bool:
        return any(
            reference.passage_id in passages
            and reference.verdict is ReferenceVerdict.USED
            for reference in turn.references
        ) or ((owners is None or turn.owner in owners) and says(wording, turn))

    return matches


def says(wording: Wording, turn: Turn) -> bool:
    """Return whether the words stand anywhere in a turn."""
    return (
        any(map(wording.is_in, (turn.text, turn.resolved_text, turn.reply)))
        or any(
            wording.is_in(message.content)
            or wording.is_in(message.thinking)
            or wording.is_in_json(cast("JsonValue", message.tool_calls))
            for message in turn.messages
        )
        or any(
            wording.is_in_json(dict(tool.arguments)) or wording.is_in_json(tool.result)
            for tool in turn.tools
        )
        or any(wording.is_in(reference.snippet) for reference in turn.references)
    )
