"""What people think of turns."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from ..errors import InvalidInput
from ..models import Scope, Turn, TurnFeedback
from .database import Database
from .queries import load

SQL = load("feedback")
for _name in ("get", "list"):
    SQL[_name] = SQL[_name].replace("{columns}", SQL["columns"])


class PreviousTurn(NamedTuple):
    """What was said before."""

    id: UUID
    text: str
    language: str | None


class FeedbackRepository:
    """Stores and reads feedback."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def rate(
        self,
        scope: Scope,
        turn_id: UUID,
        *,
        rating: int | None,
        comment: str | None,
        correction: str | None,
    ) -> tuple[TurnFeedback, bool]:
        """Store what is not None; return the feedback, and whether it is new.

        Raises InvalidInput `turn_unknown`, `feedback_without_rating`, DatabaseError.
        """
        async with self._database.transaction(scope.owner) as connection:
            known = await connection.fetchrow(
                SQL["rated_turn"], turn_id, scope.owners, scope.owner
            )
            if known is None:
                raise InvalidInput("turn_unknown")
            if (rating := rating or known["rating"]) is None:
                raise InvalidInput("feedback_without_rating")
            stored = await connection.fetchrow(
                SQL["rate"], turn_id, scope.owner, rating, comment, correction
            )
            assert stored is not None
            row = await connection.fetchrow(SQL["get"], stored["id"], scope.owner)
        assert row is not None
        return TurnFeedback(**row), stored["is_new"]

    async def list(
        self,
        scope: Scope,
        *,
        limit: int,
        before_id: int | None,
        min_rating: int,
        max_rating: int,
    ) -> list[TurnFeedback]:
        """Return feedback that the scope may see, the newest first. Raises DatabaseError."""
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                SQL["list"], scope.owners, before_id, min_rating, max_rating, limit
            )
        return [TurnFeedback(**row) for row in rows]

    async def correct(
        self, turn: Turn, *, worked: bool, within: timedelta
    ) -> PreviousTurn | None:
        """Note that a turn put the one before it right, and whether it `worked`; return that one, None if there is none.

        The one before is the last of the session, else of the device `within` a time. Raises DatabaseError.
        """
        async with self._database.transaction(turn.owner) as connection:
            row = await connection.fetchrow(
                SQL["previous_turn"],
                turn.owner,
                turn.conversation_id,
                turn.device_id,
                turn.started_at,
                turn.id,
                within,
            )
            if row is None:
                return None
            marks: list[tuple[UUID, int, UUID | None]] = [(row["id"], 1, turn.id)]
            if worked:
                marks.append((turn.id, 5, None))
            for turn_id, rating, corrected_by in marks:
                await connection.execute(
                    SQL["note_correction"], turn_id, turn.owner, rating, corrected_by
                )
        return PreviousTurn(**row)
