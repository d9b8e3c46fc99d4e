"""Lets rows go for good, and with them what rests on them."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
import re
from uuid import UUID

import asyncpg

from ..models import HOUSEHOLD, Scope
from .database import MAINTENANCE, Database, PooledConnection, widen
from .languages import text_search_configuration
from .queries import load
from .response_cache import drop_answers
from .turns import CONVERSATIONS, words_of_statement
from .wording import Wording

SQL = load("forgetting")
_HOLDING = re.compile(r"\{holding:([^{}]+)\}")
for _name, _statement in SQL.items():
    SQL[_name] = _HOLDING.sub(
        lambda text: SQL["holding"].replace("{text}", text[1]), _statement
    )

BULK_TIMEOUT = 600.0
"""Seconds for a statement on everything that somebody has."""

MOST_REMAINING_TURNS = 100
"""How many turns are named that hold what was said in a turn that is gone, the newest."""

type Owners = list[str] | None
"""Whose rows; None for everybody's, in the scope of maintenance."""


@dataclass(frozen=True, slots=True)
class Told:
    """A memory, or a turn without `memory_id`, that is to be forgotten.

    `turn_id` of a memory is the turn that it was learned from. `text` is what a search returns of it, None for nothing;
    `said` are text and reply of a turn.
    """

    owner: str
    memory_id: int | None
    turn_id: UUID | None
    passage_id: int | None
    text: str | None
    said: Sequence[str] = ()


class Reach(Enum):
    """How far forgetting goes."""

    ROWS = auto()
    """The rows, and the turn that each was learned from where the scope reads it."""
    SCOPE = auto()
    """Wherever the words stand in what the scope reads, and every turn that drew on it."""
    EVERYBODY = auto()
    """As `SCOPE`; words that were the household's in everybody's turns."""

    def owners(self, owner: str, scope: Scope) -> Owners:
        """Return in whose turns words are searched for that were an owner's."""
        if self is Reach.EVERYBODY and owner == HOUSEHOLD:
            return None
        return list(scope.owners)


@dataclass(slots=True)
class Erased:
    """What is gone, as (owner, id), and where the same words still stand."""

    memories: set[tuple[str, int]] = field(default_factory=set)
    preferences: set[tuple[str, str]] = field(default_factory=set)
    conversations: set[tuple[str, int]] = field(default_factory=set)
    """Those of which nothing is left."""
    shortened: set[tuple[str, int]] = field(default_factory=set)
    """Conversations that lost turns."""
    turns_of: Counter[str] = field(default_factory=Counter)
    """How many turns of each owner."""
    owners: set[str] = field(default_factory=set)
    """Who lost anything."""
    remaining_memories: set[int] = field(default_factory=set)
    """Memories that say the same and more."""
    remaining_preferences: set[str] = field(default_factory=set)
    """Keys of preferences that say the same and more."""
    remaining_turns: list[UUID] = field(default_factory=list)
    """Turns that hold what was said in those that are gone, newest first."""

    @property
    def turns(self) -> int:
        """Return how many turns."""
        return self.turns_of.total()

    def add(self, other: Erased) -> None:
        """Count what else is gone."""
        self.memories |= other.memories
        self.preferences |= other.preferences
        self.conversations |= other.conversations
        self.shortened |= other.shortened
        self.turns_of += other.turns_of
        self.owners |= other.owners

    def __bool__(self) -> bool:
        """Return whether anything is gone."""
        return bool(self.owners)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows an owner has."""

    memories: int
    turns: int
    preferences: int


class ForgettingRepository:
    """Deletes; what is deleted is in no table any more."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def find(
        self, scope: Scope, memory_ids: Sequence[int], turn_ids: Sequence[UUID]
    ) -> list[Told]:
        """Return what of these the scope may forget. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["find"], memory_ids, turn_ids, scope.owners
            )
        return [Told(**row) for row in rows]

    async def places(self, scope: Scope) -> list[str]:
        """Return the places that memories belong to. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL["places"], scope.owners)
        return [row["place"] for row in rows]

    async def count(self, scope: Scope, before: datetime | None = None) -> Counts:
        """Return how much an owner has, of what is older than `before`. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["count"], scope.owner, before)
        assert row is not None
        return Counts(**row)

    async def content(
        self,
        scope: Scope,
        told: Sequence[Told],
        wordings: Mapping[str, Wording],
        reach: Reach,
        before_commit: Callable[[], Awaitable[None]],
    ) -> Erased:
        """Forget what was told, wherever its words (`wordings`, by owner) are within reach. Raises DatabaseError.

        What `before_commit` raises undoes all.
        """
        quoted = Wording(
            text for one in told if one.passage_id is None for text in one.said
        )
        erased = Erased()
        async with self._database.transaction(scope.owner) as connection:
            # The household's last: in it everybody's rows come into sight.
            for owner in sorted({one.owner for one in told}, key=HOUSEHOLD.__eq__):
                await _forget_of(
                    connection,
                    owner,
                    [one for one in told if one.owner == owner],
                    wordings[owner],
                    reach.owners(owner, scope),
                    erased,
                    rows_only=reach is Reach.ROWS,
                )
            if quoted:
                left = await _said(connection, scope.owners, quoted)
                erased.remaining_turns = sorted(left, reverse=True)[
                    :MOST_REMAINING_TURNS
                ]
            await finish(connection, erased)
            await before_commit()
        return erased

    async def session(
        self, scope: Scope, conversation_id: int
    ) -> tuple[str, str] | None:
        """Return owner and session of a conversation, also of one in the bin. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(
                SQL["conversation"], conversation_id, scope.owners
            )
        return (row["owner"], row["session_id"]) if row else None

    async def conversation(
        self,
        scope: Scope,
        conversation_id: int,
        before_commit: Callable[[], Awaitable[None]],
    ) -> Erased:
        """Forget a conversation, also one in the bin. Raises DatabaseError."""
        erased = Erased()
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(
                SQL["conversation"], conversation_id, scope.owners
            )
            if row is not None:
                await _erase_conversation(
                    connection, row["owner"], conversation_id, erased
                )
                await finish(connection, erased)
            await before_commit()
        return erased

    async def turns_before(
        self, before: datetime, limit: int, scope: Scope | None = None
    ) -> Erased:
        """Forget at most `limit` turns of an owner, or of everybody, oldest first. Raises DatabaseError."""
        erased = Erased()
        owners, seen = _of(scope)
        async with self._database.transaction(seen) as connection:
            rows = await connection.fetch(SQL["old_turns"], owners, before, limit)
            if rows:
                await erase_turns(
                    connection, owners, [row["id"] for row in rows], erased
                )
                await finish(connection, erased)
        return erased

    async def memories_before(
        self, before: datetime, limit: int, scope: Scope
    ) -> Erased:
        """Forget at most `limit` memories of an owner. Raises DatabaseError."""
        erased = Erased()
        owners, seen = _of(scope)
        async with self._database.transaction(seen) as connection:
            rows = await connection.fetch(SQL["old_memories"], owners, before, limit)
            if rows:
                await _erase_memories(
                    connection, owners, [row["id"] for row in rows], erased
                )
                await finish(connection, erased)
        return erased

    async def conversations_deleted_before(
        self, before: datetime, limit: int
    ) -> Erased:
        """Forget at most `limit` conversations that were put into the bin before. Raises DatabaseError."""
        erased = Erased()
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["old_conversations"], before, limit)
            for row in rows:
                await _erase_conversation(connection, row["owner"], row["id"], erased)
            if rows:
                await finish(connection, erased)
        return erased


def _of(scope: Scope | None) -> tuple[Owners, str]:
    """Return whose rows, and the scope in which they are seen."""
    return (None, MAINTENANCE) if scope is None else ([scope.owner], scope.owner)


async def finish(connection: PooledConnection, erased: Erased) -> None:
    """Let the answers go that may rest on what is gone, and none be kept that is under way."""
    # What the household knows is part of everybody's knowledge.
    owners = [HOUSEHOLD] if HOUSEHOLD in erased.owners else sorted(erased.owners)
    await connection.execute(SQL["renew"], owners, CONVERSATIONS)
    await drop_answers(connection, erased.owners)


async def _erase_conversation(
    connection: PooledConnection, owner: str, conversation_id: int, erased: Erased
) -> None:
    """Delete a conversation and all of its turns."""
    rows = await connection.fetch(SQL["turns_of_conversation"], conversation_id, owner)
    await erase_turns(connection, [owner], [row["id"] for row in rows], erased)
    # One without turns is not found by them.
    gone = await connection.fetch(
        SQL["delete_empty_conversations"], [owner], [conversation_id]
    )
    erased.conversations |= {(row["owner"], row["id"]) for row in gone}
    erased.owners.add(owner)


async def erase_turns(
    connection: PooledConnection, owners: Owners, ids: Sequence[UUID], erased: Erased
) -> None:
    """Delete turns with all that belongs to them, and what is left empty by that."""
    if not ids:
        return
    passages = await connection.fetch(SQL["passages_of"], owners, [], ids)
    await uncount(connection, owners, [row["id"] for row in passages])
    behind = await connection.fetch(SQL["statements_after"], owners, ids)
    turns = await connection.fetch(SQL["delete_turns"], owners, ids)
    await _index_anew(connection, owners, [row["id"] for row in behind])
    conversations = sorted({row["conversation_id"] for row in turns})
    gone = await connection.fetch(
        SQL["delete_empty_conversations"], owners, conversations
    )
    changed = await connection.fetch(
        SQL["retitle"], owners, conversations, sorted({row["head"] for row in turns})
    )
    erased.turns_of.update(row["owner"] for row in turns)
    erased.owners |= {row["owner"] for row in turns}
    erased.conversations |= {(row["owner"], row["id"]) for row in gone}
    erased.shortened |= {(row["owner"], row["id"]) for row in changed}


async def uncount(
    connection: PooledConnection, owners: Owners, passages: Sequence[int]
) -> None:
    """Take the words of passages that are about to go out of the statistics."""
    if not passages:
        return
    await connection.execute(SQL["lock_statistics"])
    counted = await connection.fetch(
        SQL["uncount"], owners, passages, timeout=BULK_TIMEOUT
    )
    await _delete_uncounted(connection, counted)


async def _delete_uncounted(
    connection: PooledConnection, counted: Sequence[asyncpg.Record]
) -> None:
    none_left = [row["lexeme"] for row in counted if row["documents"] <= 0]
    await connection.execute(SQL["delete_statistics"], none_left)


async def _index_anew(
    connection: PooledConnection, owners: Owners, turns: Sequence[UUID]
) -> None:
    """Index statements without the words of what was said before them and is gone."""
    if not turns:
        return
    rows = await connection.fetch(SQL["statements"], owners, turns)
    await connection.execute(SQL["lock_statistics"])
    counted = await connection.fetch(
        SQL["index_anew"],
        [row["id"] for row in rows],
        [row["owner"] for row in rows],
        [text_search_configuration(row["language"]) for row in rows],
        [words_of_statement(row["before"], row["text"]) for row in rows],
        timeout=BULK_TIMEOUT,
    )
    await _delete_uncounted(connection, counted)


async def _erase_memories(
    connection: PooledConnection, owners: Owners, ids: Sequence[int], erased: Erased
) -> None:
    passages = await connection.fetch(SQL["passages_of"], owners, ids, [])
    await uncount(connection, owners, [row["id"] for row in passages])
    gone = await connection.fetch(SQL["delete_memories"], owners, ids)
    erased.memories |= {(row["owner"], row["id"]) for row in gone}
    erased.owners |= {row["owner"] for row in gone}


async def _forget_of(
    connection: PooledConnection,
    owner: str,
    told: Sequence[Told],
    wording: Wording,
    reach: Owners,
    erased: Erased,
    *,
    rows_only: bool,
) -> None:
    """Forget what is one owner's; `reach`: in whose turns the words are searched for."""
    if reach is None:
        await widen(connection)
    memories = {one.memory_id for one in told if one.memory_id is not None}
    turns = {one.turn_id for one in told if one.turn_id is not None}
    if wording:
        memories |= await _kept_on_purpose(connection, owner, wording, memories, erased)
        turns |= await _said(connection, reach, wording)
    passages = await connection.fetch(SQL["passages_of"], reach, memories, turns)
    if owner == HOUSEHOLD and not rows_only:
        # What was the household's may have been drawn on for anybody.
        await widen(connection)
        using: Owners = None
    else:
        using = [] if rows_only else reach
    used = await connection.fetch(
        SQL["turns_that_used"],
        using,
        [
            row["id"]
            for row in passages
            if row["memory_id"] is not None or wording.is_in(row["text"])
        ],
    )
    await _erase_memories(connection, [owner], sorted(memories), erased)
    await erase_turns(connection, reach, sorted(turns), erased)
    await erase_turns(connection, using, sorted(row["turn_id"] for row in used), erased)
    if wording:
        await _forget_notes(connection, reach, wording, erased)


async def _kept_on_purpose(
    connection: PooledConnection,
    owner: str,
    wording: Wording,
    known: set[int],
    erased: Erased,
) -> set[int]:
    """Return the owner's other memories that say the same; forget preferences that do; note what says more."""
    same = set()
    for row in await connection.fetch(SQL["memories_with"], owner, wording.handles):
        if row["id"] in known:
            continue
        if wording.is_all_of(row["content"]):
            same.add(row["id"])
        elif any(
            map(wording.is_in, (row["content"], row["source"] or "", *row["tags"]))
        ):
            erased.remaining_memories.add(row["id"])
    keys = []
    for row in await connection.fetch(SQL["preferences_with"], owner, wording.handles):
        if wording.is_all_of_json(row["value"]):
            keys.append(row["key"])
        elif wording.is_in_encoded(row["value"]) or wording.is_in(row["key"]):
            erased.remaining_preferences.add(row["key"])
    gone = await connection.fetch(SQL["delete_preferences"], owner, keys)
    erased.preferences |= {(owner, row["key"]) for row in gone}
    return same


async def _said(
    connection: PooledConnection, owners: Collection[str] | None, wording: Wording
) -> set[UUID]:
    """Return the turns in which it was said."""
    return {
        row["turn_id"]
        for row in await connection.fetch(
            SQL["said_with"], owners, wording.handles, timeout=BULK_TIMEOUT
        )
        if (wording.is_in_encoded if row["is_json"] else wording.is_in)(row["said"])
    }


async def _forget_notes(
    connection: PooledConnection, owners: Owners, wording: Wording, erased: Erased
) -> None:
    """Delete what people noted of turns and conversations that stay: ratings, tags, titles; and answers that say it."""
    handles = wording.handles
    answers = [
        row["id"]
        for row in await connection.fetch(SQL["answers_with"], owners, handles)
        if wording.is_in(row["question"]) or wording.is_in(row["answer"])
    ]
    await connection.execute(SQL["delete_answers"], owners, answers)
    feedback = [
        row["id"]
        for row in await connection.fetch(SQL["feedback_with"], owners, handles)
        if wording.is_in(row["comment"]) or wording.is_in(row["correction"])
    ]
    await connection.execute(SQL["delete_feedback"], owners, feedback)
    tags = [
        row
        for row in await connection.fetch(SQL["tags_with"], owners, handles)
        if wording.is_in(row["tag"])
    ]
    await connection.execute(
        SQL["delete_tags"],
        owners,
        [row["conversation_id"] for row in tags],
        [row["tag"] for row in tags],
    )
    titles = [
        row
        for row in await connection.fetch(SQL["titles_with"], owners, handles)
        if wording.is_in(row["title"]) or wording.is_in(row["summary"])
    ]
    changed = await connection.fetch(
        SQL["retitle"],
        owners,
        [row["id"] for row in titles],
        [row["title"] for row in titles if wording.is_in(row["title"])],
    )
    erased.shortened |= {(row["owner"], row["id"]) for row in changed}
