"""Messages in a row as exchanges: what somebody said, and what was answered."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from .fields import LONGEST_TEXT
from .items import SourceRow

type Role = Literal["user", "assistant"]

ROLES: Final[dict[str, Role]] = {
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
}
_OPEN_SESSIONS: Final = 1000
"""A file may mix them; of more than that, a reply stands in a turn of its own."""
_MOST_MESSAGES: Final = 100
_LATEST: Final = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


@dataclass(slots=True)
class Said:
    """One message."""

    row: SourceRow
    identity: UUID
    role: Role
    content: str
    language: str | None
    intent: str | None
    at: datetime | None
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Messages that belong together: one of a user and the replies to it, or replies to nothing."""

    session: str
    said: list[Said]

    @property
    def asked(self) -> Said | None:
        """Return what was said to the assistant, None where that is missing."""
        return self.said[0] if self.said[0].role == "user" else None

    @property
    def reply(self) -> str:
        """Return what was answered, empty where nothing was."""
        return "\n\n".join(one.content for one in self.said if one.role == "assistant")

    def takes(self, more: Said) -> bool:
        """Return whether a message belongs to it."""
        return (
            more.role == "assistant"
            and len(self.said) < _MOST_MESSAGES
            and len(self.reply) + 2 + len(more.content) <= LONGEST_TEXT
        )


class Exchanges:
    """Puts messages together, of many sessions at once. An exchange is given when the next one of its session begins."""

    def __init__(self, now: datetime) -> None:
        """Take when it was where nothing of a session tells."""
        self._now = now
        self._open: OrderedDict[str, Exchange] = OrderedDict()
        self._last: OrderedDict[str, datetime] = OrderedDict()

    def add(self, session: str, said: Said) -> Iterator[Exchange]:
        """Take a message; yield what ends with it."""
        before = self._open.get(session)
        if before is not None and before.takes(said):
            before.said.append(said)
        else:
            if before is not None:
                yield before
            self._open[session] = Exchange(session, [said])
        self._open.move_to_end(session)
        if len(self._open) > _OPEN_SESSIONS:
            yield self._open.popitem(last=False)[1]

    def end(self, session: str) -> Iterator[Exchange]:
        """Yield what was open of a session: what comes next may be the reply to something else."""
        if (before := self._open.pop(session, None)) is not None:
            yield before

    def end_all(self) -> Iterator[Exchange]:
        """Yield all that was open."""
        while self._open:
            yield self._open.popitem(last=False)[1]

    def times(self, exchange: Exchange) -> tuple[datetime, datetime]:
        """Return when an exchange began and ended, to be asked once each in their order.

        What has no time was right behind what was before it in its session.
        """
        before = self._last.get(exchange.session, self._now)
        began = exchange.said[0].at or min(before, _LATEST) + timedelta(microseconds=1)
        ended = max([began, *(one.at for one in exchange.said if one.at)])
        self._last[exchange.session] = ended
        self._last.move_to_end(exchange.session)
        if len(self._last) > _OPEN_SESSIONS:
            self._last.popitem(last=False)
        return began, ended
