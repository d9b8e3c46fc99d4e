"""What comes from elsewhere, a batch at a time: taken where it is not there yet, and looked at afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Final, NamedTuple
from uuid import UUID

from .archive import SQL as ARCHIVE_SQL, Merging, Row, merging
from .database import MAINTENANCE, Database
from .dropped_secrets import SQL as SECRET_SQL
from .foreign import About, about
from .queries import load
from .turns import SQL as TURN_SQL, words_of_turns

SQL = load("imports")
SOURCE: Final = "import"
"""How dropped secrets tell where they were."""
_TIMEOUT: Final = 120.0  # seconds for a batch


class Outcome(Enum):
    """What became of something that came."""

    ADDED = auto()
    CHANGED = auto()
    THERE = auto()


@dataclass(slots=True)
class ImportedTurn:
    """A turn with all that hangs on it. Rows have the columns of archives, as the driver takes them."""

    turn: Row
    session_id: str
    title: str
    updated_at: datetime
    tags: list[str]
    messages: list[Row]
    passage: Row | None = None
    feedback: Row | None = None
    examples: list[Row] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    """The kinds of those that were masked in it."""
    supersedes: list[UUID] = field(default_factory=list)
    """Turns that an earlier import made of parts of it."""

    @property
    def id(self) -> UUID:
        """Return its id."""
        found: UUID = self.turn["id"]
        return found


class StoredTurn(NamedTuple):
    """What stands in the database of a turn."""

    started_at: datetime
    digest: str
    rating: int | None


class ImportRepository:
    """Takes what comes from elsewhere."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    @asynccontextmanager
    async def taking(self, *, keep: bool = True) -> AsyncIterator[Taking]:
        """Give what takes one batch; nothing is there unless all of it is, and it shall be kept. Raises DatabaseError."""
        async with merging(self._database, Taking, keep=keep) as into:
            yield into

    async def about(self) -> About:
        """Return what our own database is. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            return await about(connection)

    async def stored_turns(
        self, owner: str, ids: Sequence[UUID]
    ) -> dict[UUID, StoredTurn]:
        """Return what stands here of turns. Raises DatabaseError."""
        async with self._database.transaction(owner) as connection:
            rows = await connection.fetch(
                SQL["stored_turns"], owner, list(ids), timeout=_TIMEOUT
            )
        return {
            row["id"]: StoredTurn(row["started_at"], row["digest"], row["rating"])
            for row in rows
        }

    async def stored_memories(
        self, owner: str, collection: str, digests: Sequence[str]
    ) -> set[str]:
        """Return the MD5 of those contents of memories that stand on a shelf here. Raises DatabaseError."""
        async with self._database.transaction(owner) as connection:
            rows = await connection.fetch(
                SQL["stored_memories"],
                owner,
                collection,
                list(digests),
                timeout=_TIMEOUT,
            )
        return {row["digest"] for row in rows}

    async def stored_preferences(
        self, owner: str, keys: Sequence[str]
    ) -> dict[str, str]:
        """Return the values of preferences by key, as JSON. Raises DatabaseError."""
        async with self._database.transaction(owner) as connection:
            rows = await connection.fetch(SQL["stored_preferences"], owner, list(keys))
        return {row["key"]: row["value"] for row in rows}


class Taking(Merging):
    """Takes one batch into what is there, in an open transaction."""

    async def exchanges(self, items: Sequence[ImportedTurn]) -> list[Outcome]:
        """Take turns of one owner; say of each what became of it.

        One that is there is changed where the source tells more of it by now, unless its conversation is in the bin.
        """
        if not items:
            return []
        shelf = next((item.passage for item in items if item.passage), None)
        if shelf is not None:
            await self.shelf(items[0].turn["owner"], shelf["collection"])
        conversations = await self._sessions(items)
        for item in items:
            item.turn["conversation"] = conversations[item.session_id]
        owner = items[0].turn["owner"]
        found = await self._fetch(
            SQL["turn"], [tuple(item.turn.values()) for item in items]
        )
        outcomes = {
            row["id"]: Outcome.ADDED if row["is_new"] else Outcome.CHANGED
            for row in found
        }
        changed = [one for one, what in outcomes.items() if what is Outcome.CHANGED]
        dropped = {
            "superseded": [old for item in items for old in item.supersedes],
            "drop_messages": changed,
            "drop_passages": changed,
            "drop_lexemes": changed,
        }
        # What rests on a text that goes is marked at once: `end` looks for new ones.
        await self._connection.execute(ARCHIVE_SQL["as_usual"])
        for name, ids in dropped.items():
            if ids:
                await self._connection.execute(SQL[name], ids, owner, timeout=_TIMEOUT)
        await self._connection.execute(ARCHIVE_SQL["begin"])
        touched = [item for item in items if item.id in outcomes]
        await self._execute(
            SQL["widen_session"],
            [
                (
                    item.turn["conversation"],
                    owner,
                    item.turn["started_at"],
                    item.updated_at,
                )
                for item in touched
            ],
        )
        await self._hang_on(touched, outcomes)
        await self.feedback([item.feedback for item in items if item.feedback])
        await self.others(
            "training_examples", [row for item in items for row in item.examples]
        )
        await self.drop_empty_conversations(
            {
                conversations[item.session_id]
                for item in items
                if item.id not in outcomes
            }
        )
        return [outcomes.get(item.id, Outcome.THERE) for item in items]

    async def facts(
        self, rows: Sequence[Row], passages: Sequence[Row]
    ) -> list[Outcome]:
        """Take memories of one shelf, and the passages by which they are found; say of each what became of it.

        What is known here keeps its source and times, and gets the tags as well.
        """
        if not rows:
            return []
        await self.shelf(rows[0]["owner"], rows[0]["collection"])
        placed = await self._place(SQL["memory"], [tuple(row.values()) for row in rows])
        await self.passages(
            [
                {**row, "memory": placed[row["memory"]].id}
                for row in passages
                if placed[row["memory"]].is_new
            ],
            {},
        )
        return [
            Outcome.ADDED if placed[row["id"]].is_new else Outcome.THERE for row in rows
        ]

    async def wishes(self, rows: Sequence[Row]) -> list[Outcome]:
        """Take preferences and aliases; say of each what became of it. What is here stays."""
        new = set(await self.preferences(rows, overwrite=False))
        return [
            Outcome.ADDED if (row["owner"], row["key"]) in new else Outcome.THERE
            for row in rows
        ]

    async def shelf(self, owner: str, name: str) -> None:
        """Make sure of a collection."""
        await self._connection.execute(SQL["shelf"], owner, name)

    async def note_dropped(self, owner: str, kinds: Iterable[str]) -> None:
        """Note that secrets of these kinds were not taken."""
        await self._connection.execute(
            SECRET_SQL["note"], owner, SOURCE, None, list(kinds)
        )

    async def _sessions(self, items: Sequence[ImportedTurn]) -> dict[str, int]:
        sessions: dict[str, list[ImportedTurn]] = {}
        for item in items:
            sessions.setdefault(item.session_id, []).append(item)
        rows = await self._fetch(
            SQL["session"],
            [
                (
                    session_id,
                    inside[0].turn["owner"],
                    inside[0].title,
                    inside[0].turn["language"],
                    min(item.turn["started_at"] for item in inside),
                    max(item.updated_at for item in inside),
                )
                for session_id, inside in sessions.items()
            ],
        )
        found = {row["session_id"]: row["id"] for row in rows}
        await self._execute(
            ARCHIVE_SQL["tag"],
            [
                (found[session_id], tag)
                for session_id, inside in sessions.items()
                for tag in inside[0].tags
            ],
        )
        return found

    async def _hang_on(
        self, items: Sequence[ImportedTurn], outcomes: Mapping[UUID, Outcome]
    ) -> None:
        """Take what hangs on turns that were written just now."""
        await self.others("messages", [row for item in items for row in item.messages])
        await self._execute(
            TURN_SQL["insert_lexemes"],
            await asyncio.to_thread(words_of_turns, [item.turn for item in items]),
        )
        # One by one in their order: the words before a statement are those of the turn before.
        told = [item for item in items if item.passage is not None]
        await self.passages(
            [
                {**(item.passage or {}), "id": number}
                for number, item in enumerate(told)
            ],
            {},
        )
        await self._execute(
            SECRET_SQL["note"],
            [
                (item.turn["owner"], SOURCE, item.id, item.secrets)
                for item in items
                if item.secrets and outcomes[item.id] is Outcome.ADDED
            ],
        )
