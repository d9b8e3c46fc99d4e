"""Conversations, turns and what belongs to them."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
import json
from typing import Any
from uuid import UUID

import asyncpg

from ..models import AnsweredBy, Message, Turn
from ..text_forms import lexical
from .database import MAINTENANCE, Database, PooledConnection
from .dropped_secrets import SQL as SECRET_SQL
from .languages import text_search_configuration
from .memories import collection_id
from .passages import SQL as PASSAGE_SQL
from .queries import load

SQL = load("turns")
CONVERSATIONS = "conversations"
"""The collection of what people told in passing."""
_INDEX_TIMEOUT = 60.0
"""Seconds for looking through all turns once."""


def words_of_turn(text: str, reply: str | None) -> str:
    """Return by which words a turn is found among all that was said, for to_tsvector."""
    return lexical(f"{text} {reply or ''}")


def words_of_statement(before: str | None, statement: str) -> str:
    """Return by which words a statement is found, for to_tsvector.

    What was said before tells what "it" is (measured, see docs/architecture.md).
    """
    return lexical(f"{before or ''} {statement}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class TurnRepository:
    """Writes turns."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def record(self, turns: list[Turn]) -> list[Turn]:
        """Write turns in one transaction; return those that were not there yet. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            known = {
                row["id"]
                for row in await connection.fetch(
                    SQL["known"], [turn.id for turn in turns]
                )
            }
            return [
                turn
                for turn in turns
                if turn.id not in known and await _write(connection, turn)
            ]

    async def recent(self, since: datetime, limit: int) -> list[Turn]:
        """Return the last turns of everybody that were answered and held no secret, oldest first. Raises DatabaseError.

        Messages, tools and references are left out.
        """
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["recent"], since, limit)
        return [
            Turn(**{**row, "answered_by": AnsweredBy(row["answered_by"])})
            for row in reversed(rows)
        ]

    async def session_cuts(self, since: datetime) -> dict[str, datetime]:
        """Return up to when sessions may quote what is gone, by its owner; let go of what is older. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["delete_session_cuts"], since)
            rows = await connection.fetch(SQL["session_cuts"])
        return {row["owner"]: row["at"] for row in rows}

    async def index(
        self, after: tuple[datetime, UUID] | None, limit: int
    ) -> tuple[datetime, UUID] | None:
        """Index at most `limit` turns that no search finds yet, oldest first. Raises DatabaseError.

        Returns what to go on after, None where none is left.
        """
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(
                SQL["without_lexemes"],
                *(after or (None, None)),
                limit,
                timeout=_INDEX_TIMEOUT,
            )
            if not rows:
                return None
            await connection.executemany(
                SQL["insert_lexemes"], await asyncio.to_thread(words_of_turns, rows)
            )
        return rows[-1]["started_at"], rows[-1]["id"]


def words_of_turns(
    rows: Iterable[asyncpg.Record | Mapping[str, Any]],
) -> list[tuple[Any, ...]]:
    """Return the arguments of `insert_lexemes` for turns by id, owner, language, text and reply."""
    return [
        (
            row["id"],
            row["owner"],
            text_search_configuration(row["language"]),
            words_of_turn(row["text"], row["reply"]),
        )
        for row in rows
    ]


async def _write(connection: PooledConnection, turn: Turn) -> bool:
    conversation = await connection.fetchval(
        SQL["upsert_conversation"],
        turn.conversation_id,
        turn.owner,
        turn.text[:80],
        turn.language,
        turn.started_at,
    )
    if not await connection.fetchval(
        SQL["insert_turn"],
        turn.id,
        conversation,
        turn.owner,
        turn.text,
        turn.resolved_text,
        turn.reply,
        turn.answered_by,
        turn.agent_id,
        turn.model,
        turn.language,
        turn.intent,
        turn.device_id,
        turn.satellite_id,
        turn.cache,
        _json({name: round(value, 2) for name, value in turn.stages.items()}),
        turn.error,
        turn.started_at,
    ):
        return False
    await connection.executemany(
        SQL["insert_message"],
        [
            (conversation, turn.id, turn.owner, position, *_message(message, turn))
            for position, message in enumerate(turn.messages)
        ],
    )
    await connection.executemany(
        SQL["insert_tool_execution"],
        [
            (
                turn.id,
                turn.owner,
                position,
                tool.name,
                _json(dict(tool.arguments)),
                _json(tool.result),
                "ok" if tool.succeeded else "error",
            )
            for position, tool in enumerate(turn.tools)
        ],
    )
    await connection.executemany(
        SQL["insert_context_reference"],
        [
            (
                turn.id,
                turn.owner,
                reference.passage_id,
                position,
                reference.snippet,
                reference.score,
                reference.cosine,
                reference.lexical,
                reference.verdict,
            )
            for position, reference in enumerate(turn.references)
        ],
    )
    await connection.execute(
        SQL["insert_lexemes"],
        turn.id,
        turn.owner,
        text_search_configuration(turn.language),
        words_of_turn(turn.text, turn.reply),
    )
    if turn.secrets:
        await connection.execute(
            SECRET_SQL["note"], turn.owner, "turn", turn.id, turn.secrets
        )
    if turn.statement:
        await _make_searchable(connection, turn, conversation)
    return True


def _message(message: Message, turn: Turn) -> tuple[Any, ...]:
    return (
        message.role,
        message.content,
        message.thinking,
        None if message.tool_calls is None else _json(message.tool_calls),
        turn.language,
        turn.intent if message.role == "user" else None,
        turn.started_at,
    )


async def _make_searchable(
    connection: PooledConnection, turn: Turn, conversation: int
) -> None:
    assert turn.statement
    before = await connection.fetchval(
        SQL["previous_text"], conversation, turn.started_at, turn.owner
    )
    passage = await connection.fetchval(
        PASSAGE_SQL["insert_of_turn"],
        turn.owner,
        await collection_id(connection, turn.owner, CONVERSATIONS),
        turn.id,
        turn.speaker,
        turn.statement,
        turn.started_at,
    )
    await connection.execute(
        PASSAGE_SQL["insert_lexemes"],
        passage,
        turn.owner,
        text_search_configuration(turn.language),
        words_of_statement(before, turn.statement),
    )
