"""Conversations as people look at them: listed, read, searched, tagged, put into the bin and taken out again."""

from datetime import datetime
import json
from typing import Any
from uuid import UUID

import asyncpg

from ..models import (
    AnsweredBy,
    CacheVerdict,
    ContextReference,
    Conversation,
    FoundTurn,
    PassageKind,
    RecalledPassage,
    ReferenceVerdict,
    Scope,
    ToolUse,
    TurnDetails,
    TurnSummary,
)
from ..text_forms import lexical
from .database import Database
from .languages import text_search_configuration
from .queries import load
from .response_cache import drop_answers

SQL = load("conversations")
for _columns in ("columns", "turn_columns"):
    for _name, _statement in SQL.items():
        SQL[_name] = _statement.replace(f"{{{_columns}}}", SQL[_columns])


class ConversationRepository:
    """Reads and changes conversations; turns.py writes them."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def get(self, scope: Scope, conversation_id: int) -> Conversation | None:
        """Return a conversation, also one in the bin. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["get"], conversation_id, scope.owners)
        return Conversation(**row) if row else None

    async def turns(
        self,
        scope: Scope,
        conversation_id: int,
        *,
        limit: int,
        before_id: UUID | None = None,
    ) -> list[TurnSummary]:
        """Return the last turns of a conversation (before `before_id`), the oldest first. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["turns"], conversation_id, scope.owners, before_id, limit
            )
        return [_turn(row) for row in reversed(rows)]

    async def turn(self, scope: Scope, turn_id: UUID) -> TurnDetails | None:
        """Return a turn and what was recalled for it. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            row = await connection.fetchrow(SQL["turn"], turn_id, scope.owners)
            if row is None:
                return None
            recalled = await connection.fetch(SQL["recalled"], turn_id, scope.owners)
        return TurnDetails(
            turn=_turn(row),
            resolved_text=row["resolved_text"],
            model=row["model"],
            stages=json.loads(row["stages"]),
            recalled=[_recalled(reference) for reference in recalled],
        )

    async def search(
        self,
        scope: Scope,
        query: str | None,
        *,
        language: str | None,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        without_session: str | None = None,
    ) -> list[FoundTurn]:
        """Return turns of the period that hold words of the query, best first; without one all, the newest first.

        None of a conversation in the bin. Raises DatabaseError.
        """
        name = "newest"
        arguments: list[Any] = [scope.owners, since, until, without_session, limit]
        if query is not None:
            name = "search"
            arguments += [text_search_configuration(language), lexical(query)]
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(SQL[name], *arguments)
        return [FoundTurn(_turn(row), row["score"]) for row in rows]

    async def latest_turn(
        self,
        scope: Scope,
        *,
        session_id: str | None,
        device_id: str | None,
        satellite_id: str | None,
        session_since: datetime | None,
        device_since: datetime,
    ) -> TurnSummary | None:
        """Return the last turn of a session, else of a device, that not memory itself answered. Raises DatabaseError."""
        row = None
        async with self._database.transaction(scope.owner) as connection:
            if session_id:
                row = await connection.fetchrow(
                    SQL["latest_of_session"], scope.owners, session_id, session_since
                )
            if row is None and (device_id or satellite_id):
                row = await connection.fetchrow(
                    SQL["latest_of_device"],
                    scope.owners,
                    device_id,
                    satellite_id,
                    device_since,
                )
        return _turn(row) if row else None

    async def tag(
        self, scope: Scope, conversation_id: int, *, add: list[str], remove: list[str]
    ) -> Conversation | None:
        """Add and remove tags; return the conversation as it is then. Raises DatabaseError."""
        arguments = (conversation_id, scope.owners)
        async with self._database.transaction(scope.owner) as connection:
            await connection.execute(SQL["remove_tags"], *arguments, remove)
            await connection.execute(SQL["add_tags"], *arguments, add)
            row = await connection.fetchrow(SQL["get"], *arguments)
        return Conversation(**row) if row else None

    async def delete(self, scope: Scope, conversation_id: int) -> str | None:
        """Put a conversation into the bin; return whose it is, None where there is none. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            owner: str | None = await connection.fetchval(
                SQL["delete"], conversation_id, scope.owners
            )
            if owner is not None:
                await connection.execute(SQL["hide"], conversation_id, owner, True)
                await drop_answers(connection, {owner})
        return owner

    async def restore(self, scope: Scope, conversation_id: int) -> str | None:
        """Take a conversation out of the bin; return whose it is, None where there is none. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            owner: str | None = await connection.fetchval(
                SQL["restore"], conversation_id, scope.owners
            )
            if owner is not None:
                await connection.execute(SQL["hide"], conversation_id, owner, False)
        return owner

    async def list(
        self,
        scope: Scope,
        *,
        limit: int,
        before_id: int | None = None,
        tag: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        deleted: bool = False,
    ) -> list[Conversation]:
        """Return conversations that had turns in the period, the newest first. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["list"], scope.owners, deleted, before_id, tag, since, until, limit
            )
        return [Conversation(**row) for row in rows]


def _turn(row: asyncpg.Record) -> TurnSummary:
    return TurnSummary(
        id=row["id"],
        conversation_id=row["conversation_id"],
        session_id=row["session_id"],
        owner=row["owner"],
        text=row["text"],
        reply=row["reply"],
        started_at=row["started_at"],
        language=row["language"],
        agent_id=row["agent_id"],
        answered_by=AnsweredBy(row["answered_by"]),
        intent=row["intent"],
        device_id=row["device_id"],
        satellite_id=row["satellite_id"],
        cache=CacheVerdict(row["cache"]),
        error=row["error"],
        tools=[
            ToolUse(name, succeeded)
            for name, succeeded in zip(row["tools"], row["succeeded"], strict=True)
        ],
        passage_id=row["passage_id"],
    )


def _recalled(row: asyncpg.Record) -> RecalledPassage:
    return RecalledPassage(
        reference=ContextReference(
            passage_id=row["passage_id"],
            snippet=row["snippet"],
            score=row["score"],
            cosine=row["cosine"],
            lexical=row["lexical"],
            verdict=ReferenceVerdict(row["verdict"]),
        ),
        kind=PassageKind(row["kind"]),
        source_id=str(row["memory_id"] or row["turn_id"] or row["document_id"]),
    )
