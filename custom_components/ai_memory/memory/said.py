"""What was said before, where an utterance asks for that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..models import FoundTurn, Scope, TurnSummary
from .past import find_past

_SHARE_OF_BEST = 0.5
"""Share of the best turn's score that others need: a rare word says more than several common ones."""


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """Turns that an utterance asks for, best first; `owner` is who asks, `zone` the home's."""

    turns: Sequence[FoundTurn]
    owner: str
    zone: tzinfo | None

    def speaker(self, turn: TurnSummary) -> str:
        """Return who spoke, as seen by who asks."""
        return "you" if turn.owner == self.owner else "somebody"

    def day(self, turn: TurnSummary) -> str:
        """Return the day of a turn where the home is, ISO 8601."""
        return turn.started_at.astimezone(self.zone).date().isoformat()


def said_before(turns: Sequence[FoundTurn], scope: Scope, now: datetime) -> SaidBefore:
    """Take what was found for a question about the past. Questions of that kind are no answers to one."""
    best = max((found.score for found in turns), default=0)
    return SaidBefore(
        [
            found
            for found in turns
            if found.score >= _SHARE_OF_BEST * best
            and find_past(found.turn.text, found.turn.language, now) is None
        ],
        scope.owner,
        now.tzinfo,
    )
