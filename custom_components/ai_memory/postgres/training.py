"""Turns as training data is made of them, and which were handed out."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
import json
from typing import Any
from uuid import UUID

import asyncpg

from ..models import AnsweredBy, JsonValue, Scope
from .database import Database, PooledConnection
from .queries import load

SQL = load("training")


class TrainingFormat(StrEnum):
    """How an example is written."""

    CHAT = "chat"
    INSTRUCTION = "instruction"
    PREFERENCE = "preference"


@dataclass(frozen=True, slots=True)
class TrainingFilter:
    """Which turns are wanted; None where it does not matter.

    With `min_score` or `max_score` (1 to 5) only turns that somebody judged, otherwise all but those that are known to be
    wrong (in pairs all). `language` is a tag in small letters and takes its variants along. `only_new`: not handed out
    to the same owner in the same format, or judged since. `history`: how many turns before it an example begins with.
    """

    format: TrainingFormat
    min_score: int | None = None
    max_score: int | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    answered_by: Sequence[AnsweredBy] | None = None
    intent: str | None = None
    only_new: bool = False
    history: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool and what it returned."""

    id: str
    name: str
    arguments: JsonValue
    result: JsonValue


@dataclass(frozen=True, slots=True)
class Answer:
    """A message of an agent."""

    content: str | None
    calls: list[Call]


@dataclass(frozen=True, slots=True)
class TrainingTurn:
    """What was said and answered, with the tools that ran; `answers` is None where a call has no result, or a result no call."""

    id: UUID
    text: str
    reply: str
    language: str | None
    started_at: datetime
    answered_by: str
    intent: str | None
    model: str | None
    answers: list[Answer] | None


@dataclass(frozen=True, slots=True)
class Example:
    """A turn, what was said before it, and how it was judged.

    `correction` is the right answer, `corrected_by` the turn that put it right, if it did.
    """

    turn: TrainingTurn
    score: int | None
    correction: str | None
    corrected_by: TrainingTurn | None
    earlier: list[TrainingTurn] = field(default_factory=list)


class TrainingRepository:
    """Reads turns page by page."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def page(
        self, scope: Scope, wanted: TrainingFilter, *, after: UUID | None, size: int
    ) -> tuple[list[Example], UUID | None]:
        """Return the next turns behind one, in the order of their ids, and what the next page is behind, if there is one.

        Raises DatabaseError.
        """
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["page"],
                scope.owners,
                after,
                scope.owner,
                wanted.format,
                wanted.min_score,
                wanted.max_score,
                wanted.language,
                wanted.since,
                wanted.until,
                wanted.answered_by,
                wanted.intent,
                wanted.only_new,
                size,
            )
            ids = [row["id"] for row in rows]
            right = {
                row["id"]
                for row in await connection.fetch(
                    SQL["right_turns"],
                    [row["corrected_by"] for row in rows if row["corrected_by"]],
                    scope.owners,
                )
            }
            earlier = {
                row["id"]: row["earlier"]
                for row in await connection.fetch(
                    SQL["earlier"], ids, scope.owners, wanted.history
                )
            }
            turns = await _turns(
                connection,
                scope,
                {
                    *ids,
                    *right,
                    *chain.from_iterable(earlier.values()),
                },
            )
        examples = [
            Example(
                turn=turns[row["id"]],
                score=row["rating"],
                correction=row["correction"],
                corrected_by=turns.get(row["corrected_by"])
                if row["corrected_by"] in right
                else None,
                earlier=[
                    turns[turn]
                    for turn in earlier.get(row["id"], ())
                    if turn in turns and turns[turn].answers is not None
                ],
            )
            for row in rows
            # It may have been forgotten this moment.
            if row["id"] in turns
        ]
        return examples, ids[-1] if len(ids) == size else None

    async def mark(
        self, scope: Scope, wanted: TrainingFormat, turns: Sequence[UUID]
    ) -> None:
        """Note that turns were handed out. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            await connection.execute(
                SQL["mark"], turns, scope.owner, wanted, scope.owners
            )


async def _turns(
    connection: PooledConnection, scope: Scope, ids: Iterable[UUID]
) -> dict[UUID, TrainingTurn]:
    rows = await connection.fetch(SQL["contents"], list(ids), scope.owners)
    return {row["id"]: _turn(row) for row in rows}


def _turn(row: asyncpg.Record) -> TrainingTurn:
    return TrainingTurn(
        id=row["id"],
        text=row["text"],
        reply=row["reply"],
        language=row["language"],
        started_at=row["started_at"],
        answered_by=row["answered_by"],
        intent=row["intent"],
        model=row["model"],
        answers=_answers(json.loads(row["messages"])),
    )


def _answers(
    messages: list[tuple[str, str | None, list[dict[str, Any]] | None]],
) -> list[Answer] | None:
    """Return what the agent said, its calls with their results; None unless each call has its own.

    Results stand behind their calls and in their order, as in Home Assistant's chat log.
    """
    answers: list[Answer] = []
    waiting: deque[tuple[Answer, dict[str, Any]]] = deque()
    for role, content, calls in messages:
        if role == "assistant":
            answers.append(Answer(content, []))
            waiting += [(answers[-1], call) for call in calls or []]
        elif waiting:
            answer, call = waiting.popleft()
            answer.calls.append(
                Call(
                    str(call.get("id", "")),
                    str(call.get("name", "")),
                    call.get("arguments") or {},
                    _result(content),
                )
            )
        else:
            return None
    return None if waiting else answers


def _result(content: str | None) -> JsonValue:
    """Return what a tool returned; its text where that was cut off, and so is no JSON."""
    try:
        result: JsonValue = json.loads(content or "null")
    except ValueError, RecursionError:
        return content
    return result
