"""The last turns of each speaker, so that a new session goes on where the last one ended."""

from bisect import insort
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from ..models import HOUSEHOLD, AnsweredBy, Change, Subject, Turn, Verb
from ..postgres.turns import TurnRepository
from .changes import Changes

LONGEST_WINDOW: Final = timedelta(hours=4)
MOST_TURNS: Final = 20
"""Turns that are kept of each speaker."""
STARTS_OVER: Final = "AiMemoryStartOver"
"""Intent of a turn before which nothing is taken up; what `sentences/` calls it."""
JUST_NOW: Final = timedelta(minutes=15)
"""How far "what I just said" and "that was wrong" reach back."""

_SPEAKERS = 200
_LONGEST_TURN = 8000  # characters: what is longer would crowd out the new question
_LOADED = _SPEAKERS * MOST_TURNS


def recent_key(
    owner: str, *, satellite_id: str | None, device_id: str | None
) -> str | None:
    """Return whose turns go on in a new session: a person's anywhere, the household's at one device.

    None where it is not known who speaks, nor where.
    """
    return owner if owner != HOUSEHOLD else satellite_id or device_id


@dataclass(frozen=True, slots=True, order=True)
class RecentTurn:
    """What was said and answered; masked turns and those that failed are none."""

    started_at: datetime
    id: UUID
    text: str = field(compare=False)
    reply: str = field(compare=False)
    by_model: bool = field(compare=False)
    """Whether an agent gave the reply, which may rest on what was said before."""


@dataclass(slots=True)
class _Speaker:
    turns: list[RecentTurn] = field(default_factory=list)
    begins: datetime | None = None
    """When the speaker began afresh."""
    last: tuple[datetime, UUID] | None = None
    """The last turn, whatever came of it."""

    def begin(self, at: datetime) -> None:
        """Let go of what was said until a moment."""
        if self.begins is None or self.begins < at:
            self.begins = at
            self.turns = [turn for turn in self.turns if turn.started_at > at]
            if self.last and self.last[0] <= at:
                self.last = None


class RecentTurns:
    """Keeps them in memory: nothing is asked of the database on a turn's way."""

    def __init__(self, turns: TurnRepository, changes: Changes) -> None:
        """Follow what is forgotten."""
        self._turns = turns
        self._speakers: OrderedDict[str, _Speaker] = OrderedDict()
        self._is_loaded = False
        self._cuts: dict[str, datetime] = {}
        """Up to when turns may quote what is gone, by its owner."""
        changes.subscribe(self._changed)

    async def load(self) -> None:
        """Take up what a former run left, once. Raises DatabaseError."""
        if self._is_loaded:
            return
        since = datetime.now(UTC) - LONGEST_WINDOW
        cuts = await self._turns.session_cuts(since)
        turns = await self._turns.recent(since, _LOADED)
        self._is_loaded = True
        for owner, at in cuts.items():
            self._cut(owner, at)
        self.add_all(turns)

    def add_all(self, turns: Iterable[Turn]) -> None:
        """Keep turns."""
        for turn in turns:
            self.add(turn)

    def add(self, turn: Turn) -> None:
        """Keep a turn where it may be taken up again."""
        key = recent_key(
            turn.owner, satellite_id=turn.satellite_id, device_id=turn.device_id
        )
        if key is None or self.is_cleared_since(turn.owner, turn.started_at):
            return
        if turn.intent == STARTS_OVER:
            self.start_over(
                turn.owner,
                turn.started_at,
                satellite_id=turn.satellite_id,
                device_id=turn.device_id,
            )
            return
        speaker = self._speaker(key)
        if speaker.begins and turn.started_at <= speaker.begins:
            return
        if speaker.last is None or speaker.last[0] < turn.started_at:
            speaker.last = turn.started_at, turn.id
        if (
            not turn.text
            or not turn.reply
            or turn.error is not None
            or turn.secrets
            # "This is Anna" is not to be believed of whoever comes next.
            or turn.answered_by is AnsweredBy.MEMORY
            or len(turn.text) + len(turn.reply) > _LONGEST_TURN
            or any(known.id == turn.id for known in speaker.turns)
        ):
            return
        insort(
            speaker.turns,
            RecentTurn(
                turn.started_at,
                turn.id,
                turn.text,
                turn.reply,
                turn.answered_by in {AnsweredBy.DELEGATE, AnsweredBy.OTHER_AGENT},
            ),
        )
        del speaker.turns[:-MOST_TURNS]

    def of(
        self, key: str | None, *, window: timedelta, limit: int, now: datetime
    ) -> list[RecentTurn]:
        """Return at most `limit` last turns, oldest first, with no pause longer than `window` between them and now."""
        taken: list[RecentTurn] = []
        if key is None or (speaker := self._speakers.get(key)) is None:
            return taken
        after = now
        for turn in reversed(speaker.turns):
            if len(taken) >= limit or after - turn.started_at > window:
                break
            taken.append(turn)
            after = turn.started_at
        return taken[::-1]

    def last(self, key: str | None, *, now: datetime) -> UUID | None:
        """Return the turn that somebody has just had, None where that is long ago."""
        speaker = self._speakers.get(key) if key is not None else None
        if speaker is None or speaker.last is None:
            return None
        at, turn_id = speaker.last
        return turn_id if now - at <= JUST_NOW else None

    def start_over(
        self,
        owner: str,
        at: datetime,
        *,
        satellite_id: str | None,
        device_id: str | None,
    ) -> None:
        """Take up nothing that somebody said before, nor the household at the same place.

        Whoever starts over may have said who they are only after they began to talk.
        """
        for key in {
            recent_key(one, satellite_id=satellite_id, device_id=device_id)
            for one in (owner, HOUSEHOLD)
        }:
            if key is not None:
                self._speaker(key).begin(at)

    def is_cleared_since(self, owner: str, at: datetime) -> bool:
        """Return whether what was said by or to an owner at a moment may quote what is gone since."""
        return any(
            at <= cut
            for cut in map(self._cuts.get, (owner, HOUSEHOLD))
            if cut is not None
        )

    def _cut(self, owner: str, at: datetime) -> None:
        """Take up nothing that was said until a moment by those who could read what was an owner's."""
        self._cuts[owner] = max(at, self._cuts.get(owner, at))
        for key, speaker in self._speakers.items():
            if owner in (HOUSEHOLD, key):
                speaker.begin(at)

    def _speaker(self, key: str) -> _Speaker:
        speaker = self._speakers.setdefault(key, _Speaker())
        self._speakers.move_to_end(key)
        if len(self._speakers) > _SPEAKERS:
            self._speakers.popitem(last=False)
        return speaker

    def _changed(self, change: Change) -> None:
        if change.subject is Subject.DOCUMENT:
            if change.verb is not Verb.ADDED:
                self._cut(change.owner, datetime.now(UTC))
        elif change.verb is Verb.REMOVED and change.subject in {
            Subject.MEMORY,
            Subject.CONVERSATION,
        }:
            # A reply may quote what is gone, in anybody's turn.
            self._cut(HOUSEHOLD, datetime.now(UTC))
