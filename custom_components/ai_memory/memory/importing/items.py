"""What an import stores, and the rows that it was made of."""

from dataclasses import dataclass, field
from hashlib import md5
from typing import Any, NamedTuple

from ...models import Alias, JsonValue
from ...postgres.imports import ImportedTurn
from ..archives.format import MEMBERS, Row
from .fields import BrokenRow, Reason


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where a row stands, for the report: its id, else the number of its line."""

    table: str
    id: str | None
    line: int | None


class Refused(NamedTuple):
    """A row that is not taken, and why."""

    row: SourceRow
    reason: Reason
    column: str | None = None


@dataclass(slots=True)
class Item:
    """One thing to store, and the rows it was made of."""

    rows: list[SourceRow]


@dataclass(slots=True)
class TurnItem(Item):
    """An exchange."""

    stored: ImportedTurn
    timed: bool
    """Whether the source tells when it was."""
    digest: str
    rating: int | None


@dataclass(slots=True)
class MemoryItem(Item):
    """A fact."""

    stored: Row
    passage: Row
    digest: str


@dataclass(slots=True)
class PreferenceItem(Item):
    """A preference or an alias."""

    stored: Row
    value: JsonValue
    alias: Alias | None


@dataclass(slots=True)
class Translated:
    """What came of some rows. `dropped` are the kinds of the secrets."""

    items: list[Item] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    masked: int = 0
    metadata: int = 0
    """Rows of which something beside the columns was not taken."""

    def refuse(self, row: SourceRow, why: BrokenRow) -> None:
        """Note that a row is not taken. Without the exception: it would keep all that was at hand where it was raised."""
        self.refused.append(Refused(row, why.reason, why.column))


def row_of(member: str, **values: Any) -> Row:
    """Return a row with every column of a member, in their order."""
    return {**dict.fromkeys(MEMBERS[member]), **values}


def bound(member: str, row: Row) -> Row:
    """Return a row as the driver takes it."""
    return {name: MEMBERS[member][name].bind(value) for name, value in row.items()}


def digest_of(text: str) -> str:
    """Return the MD5 of a text, as PostgreSQL makes it; it compares, and keeps nothing secret."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def digest_of_turn(session: str, turn: Row, messages: list[Row]) -> str:
    """Return the digest of what was said, as `stored_turns` in imports.sql makes it."""
    return digest_of(
        "\x1f".join(
            (
                session,
                turn["text"],
                turn["reply"] or "",
                *(f"{one['role']}\x1e{one['content'] or ''}" for one in messages),
            )
        )
    )
