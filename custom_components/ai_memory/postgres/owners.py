"""Whose rows there are; moves all of somebody's to somebody else, or deletes them."""

from dataclasses import dataclass
from datetime import datetime

from ..models import HOUSEHOLD, Scope
from .chunks import delete_chunks
from .database import MAINTENANCE, Database, PooledConnection
from .documents import SQL as DOCUMENT_SQL
from .forgetting import BULK_TIMEOUT, Erased, finish, uncount
from .queries import load
from .response_cache import drop_answers

SQL = load("owners")

_MOVES = (
    "move_memories",
    "move_documents",
    "move_document_names",
    "move_document_versions",
    "move_loose_originals",
    "move_chunks",
    "move_passages",
    "move_passage_lexemes",
    "move_embeddings",
    "move_conversations",
    "move_tags",
    "move_turns",
    "move_messages",
    "move_tool_executions",
    "move_all_references",
    "move_turn_lexemes",
    "move_secrets",
    "drop_same_feedback",
    "move_feedback",
    "drop_same_examples",
    "move_examples",
    "drop_same_preferences",
    "move_preferences",
)


@dataclass(frozen=True, slots=True)
class OwnerSummary:
    """How much somebody has, since when, and how they were called when they last told something."""

    memories: int
    turns: int
    preferences: int
    documents: int
    name: str | None
    since: datetime | None


class OwnerRepository:
    """Everything of an owner at once."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def owners(self) -> dict[str, int]:
        """Return how many memories, turns, preferences and documents each owner has. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["owners"])
        return {row["owner"]: row["number"] for row in rows}

    async def summary(self, scope: Scope) -> OwnerSummary:
        """Return what an owner has. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["summary"], scope.owner)
        assert row is not None
        return OwnerSummary(**row)

    async def erase(self, scope: Scope) -> list[str]:
        """Delete everything of an owner; return the originals that nothing refers to any more. Raises DatabaseError."""
        owner = scope.owner
        async with self._database.transaction(MAINTENANCE) as connection:
            passages = await connection.fetch(SQL["passages"], owner)
            await uncount(connection, [owner], [row["id"] for row in passages])
            rows = await connection.fetch(SQL["originals"], owner)
            for name in (
                "erase_passages",
                "erase_memories",
                "erase_documents",
                "erase_preferences",
                "erase_turns",
                "erase_rest",
                "erase_collections",
            ):
                await connection.execute(SQL[name], owner, timeout=BULK_TIMEOUT)
            if owner == HOUSEHOLD:
                # What the household knew is part of everybody's knowledge.
                await finish(connection, Erased(owners={owner}))
            else:
                await drop_answers(connection, {owner})
            await connection.execute(SQL["delete_session_cut"], owner)
        return [row["original"] for row in rows]

    async def reassign(self, source: Scope, target: Scope) -> list[str]:
        """Make everything of one owner another's; return the originals that nothing refers to any more. Raises DatabaseError.

        What both have becomes one: the same memory, document, session, tag; of ratings and preferences the target's stays.
        """
        owners = (source.owner, target.owner)
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["make_collections"], *owners)
            await _merge_memories(connection, *owners)
            unneeded = await _merge_documents(connection, *owners)
            await _merge_sessions(connection, *owners)
            for name in _MOVES:
                await connection.execute(SQL[name], *owners, timeout=BULK_TIMEOUT)
            await connection.execute(SQL["erase_collections"], source.owner)
            await finish(connection, Erased(owners={target.owner}))
            await drop_answers(connection, {source.owner})
            await connection.execute(SQL["delete_session_cut"], source.owner)
        return unneeded


async def _merge_memories(
    connection: PooledConnection, source: str, target: str
) -> None:
    same = await connection.fetch(SQL["same_memories"], source, target)
    if not same:
        return
    for row in same:
        await connection.execute(
            SQL["merge_memory"], row["mine"], source, row["theirs"], target
        )
        # So that it is still known which replies rest on it.
        await connection.execute(
            SQL["move_references"],
            row["my_passage"],
            row["their_passage"],
            [source, target],
        )
    await uncount(connection, [source], [row["my_passage"] for row in same])
    await connection.execute(
        SQL["delete_memories"], [row["mine"] for row in same], source
    )


async def _merge_documents(
    connection: PooledConnection, source: str, target: str
) -> list[str]:
    """Make one of two documents with the same content; return the originals that are not needed any more."""
    same = await connection.fetch(SQL["same_documents"], source, target)
    for row in same:
        pair = (row["dropped"], row["dropped_owner"], row["kept"], row["kept_owner"])
        await connection.execute(SQL["move_chunk_references"], *pair, [source, target])
        await connection.execute(SQL["move_names"], *pair)
        await delete_chunks(connection, row["dropped"], row["dropped_owner"])
        await connection.execute(
            DOCUMENT_SQL["delete"], row["dropped"], row["dropped_owner"]
        )
        await connection.execute(
            SQL["set_original"], row["kept"], row["kept_owner"], row["original"]
        )
    return [row["unneeded"] for row in same if row["unneeded"]]


async def _merge_sessions(
    connection: PooledConnection, source: str, target: str
) -> None:
    same = await connection.fetch(SQL["same_sessions"], source, target)
    for row in same:
        await connection.execute(
            SQL["move_session"], row["mine"], source, row["theirs"], target
        )
    await connection.execute(
        SQL["delete_conversations"], [row["mine"] for row in same], source
    )
