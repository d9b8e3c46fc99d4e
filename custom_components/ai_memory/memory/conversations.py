"""What was said: looked through, tagged, put into the bin and taken out again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from ..errors import InvalidInput
from ..models import (
    Conversation,
    FoundTurn,
    Scope,
    Subject,
    TurnDetails,
    TurnSummary,
    Verb,
)
from ..postgres.store import Store
from ..text_forms import clean, storable
from .changes import Changes
from .health import Health, Part
from .memories import LONGEST_QUERY, MOST_ROWS
from .recent import JUST_NOW
from .secret_gate import SecretGate
from .turn_writer import TurnWriter

_PATIENCE = 3.0
"""Seconds to wait for turns that are on their way into the database."""
_LONGEST_TAG = 100  # characters, as the column


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation and turns of it, the oldest first."""

    conversation: Conversation
    turns: list[TurnSummary]


class Conversations:
    """The conversations of everybody; each is its owner's, and the household's are everybody's."""

    def __init__(
        self,
        store: Store,
        writer: TurnWriter,
        health: Health,
        secrets: SecretGate,
        changes: Changes,
        *,
        language: str,
    ) -> None:
        """Take where they are, and what is still on its way there."""
        self._store = store
        self._writer = writer
        self._health = health
        self._secrets = secrets
        self._changes = changes
        self._language = language

    async def get(
        self,
        scope: Scope,
        conversation_id: int,
        *,
        limit: int = 100,
        before_id: UUID | None = None,
    ) -> Transcript:
        """Return a conversation with its last turns; `before_id` is the first one of the page behind.

        Raises InvalidInput (`conversation_unknown`, also for somebody else's), DatabaseError.
        """
        _check_id(conversation_id)
        _check_limit(limit)
        await self._settle()
        conversation = await self._store.conversations.get(scope, conversation_id)
        if conversation is None:
            raise InvalidInput("conversation_unknown")
        turns = await self._store.conversations.turns(
            scope, conversation_id, limit=limit, before_id=before_id
        )
        return Transcript(conversation, turns)

    async def get_turn(self, scope: Scope, turn_id: UUID) -> TurnDetails:
        """Return how a turn went and why what was recalled. Raises InvalidInput `turn_unknown`, DatabaseError."""
        await self._settle()
        turn = await self._store.conversations.turn(scope, turn_id)
        if turn is None:
            raise InvalidInput("turn_unknown")
        return turn

    async def search(
        self,
        scope: Scope,
        query: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        language: str | None = None,
    ) -> list[FoundTurn]:
        """Return turns of a period that hold words of the query, best first; without a query all, the newest first.

        `until` itself is not in the period. Raises InvalidInput, DatabaseError.
        """
        _check_limit(limit)
        _check_period(since, until)
        if query is not None:
            query = clean(query, limit=LONGEST_QUERY)
        await self._settle()
        return await self._store.conversations.search(
            scope,
            query,
            language=language or self._language,
            limit=limit,
            since=since,
            until=until,
        )

    async def latest_turn(
        self,
        scope: Scope,
        *,
        session_id: str | None = None,
        device_id: str | None = None,
        satellite_id: str | None = None,
        since: datetime | None = None,
    ) -> TurnSummary | None:
        """Return the last turn of a session, else of a device or satellite, that memory did not answer itself.

        Whoever names no session means what was just said there; `since` holds for a session, too. None where there is
        none that the scope may see. Raises DatabaseError.
        """
        await self._settle()
        return await self._store.conversations.latest_turn(
            scope,
            session_id=_as_stored(session_id),
            device_id=_as_stored(device_id),
            satellite_id=_as_stored(satellite_id),
            session_since=since,
            device_since=since or datetime.now(UTC) - JUST_NOW,
        )

    async def tag(
        self,
        scope: Scope,
        conversation_id: int,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> Conversation:
        """Add and remove tags; return the conversation. Raises InvalidInput, DatabaseError."""
        _check_id(conversation_id)
        added = _tags(add)
        await self._secrets.refuse(scope, "tag", self._language, *added)
        conversation = await self._store.conversations.tag(
            scope, conversation_id, add=added, remove=_tags(remove)
        )
        if conversation is None:
            raise InvalidInput("conversation_unknown")
        self._tell(Verb.CHANGED, conversation.owner, conversation_id)
        return conversation

    async def delete(self, scope: Scope, conversation_id: int) -> None:
        """Put a conversation into the bin, and so out of recall, search and cache.

        Raises InvalidInput `conversation_unknown`, DatabaseError.
        """
        _check_id(conversation_id)
        await self._settle()
        owner = await self._store.conversations.delete(scope, conversation_id)
        if owner is None:
            raise InvalidInput("conversation_unknown")
        self._tell(Verb.REMOVED, owner, conversation_id)

    async def restore(self, scope: Scope, conversation_id: int) -> Conversation:
        """Take a conversation out of the bin. Raises InvalidInput `conversation_unknown`, DatabaseError.

        Where its session has gone on as another conversation, both are kept, and this one's session has another id.
        """
        _check_id(conversation_id)
        await self._settle()
        owner = await self._store.conversations.restore(scope, conversation_id)
        conversation = await self._store.conversations.get(scope, conversation_id)
        if owner is None or conversation is None:
            raise InvalidInput("conversation_unknown")
        self._tell(Verb.ADDED, owner, conversation_id)
        return conversation

    async def list(
        self,
        scope: Scope,
        *,
        limit: int = 50,
        before_id: int | None = None,
        tag: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        deleted: bool = False,
    ) -> list[Conversation]:
        """Return conversations, the newest first; `before_id` is the last one of the page before.

        `deleted`: those in the bin instead. Raises InvalidInput, DatabaseError.
        """
        _check_limit(limit)
        _check_period(since, until)
        if before_id is not None:
            _check_id(before_id)
        await self._settle()
        return await self._store.conversations.list(
            scope,
            limit=limit,
            before_id=before_id,
            tag=clean(tag, limit=_LONGEST_TAG) if tag is not None else None,
            since=since,
            until=until,
            deleted=deleted,
        )

    async def _settle(self) -> None:
        """Let turns that were recorded be written; nobody waits for a database that does not answer."""
        if not self._health.is_failing(Part.DATABASE):
            await self._writer.drain(_PATIENCE)

    def _tell(self, verb: Verb, owner: str, conversation_id: int) -> None:
        self._changes.tell(Subject.CONVERSATION, verb, owner, [conversation_id])


def _as_stored(name: str | None) -> str | None:
    return storable(name) if name else None


def _check_id(conversation_id: int) -> None:
    if not 0 < conversation_id < 2**63:
        raise InvalidInput("conversation_unknown")


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise InvalidInput("limit_invalid", most=str(MOST_ROWS))


def _check_period(since: datetime | None, until: datetime | None) -> None:
    if since is not None and until is not None and until <= since:
        raise InvalidInput("period_invalid")


def _tags(tags: Sequence[str]) -> list[str]:
    return sorted({clean(tag, limit=_LONGEST_TAG) for tag in tags})
