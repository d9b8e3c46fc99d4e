"""Forgetting means gone: rows, vectors, answers that may rest on them, the journal."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Mapping,
    Sequence,
    Set as AbstractSet,
)
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
import secrets
import time
from uuid import UUID

from ..errors import DatabaseUnreachable, InvalidInput
from ..models import Passage, PassageKind, Scope, Subject, Turn, Verb
from ..postgres.database import MAINTENANCE
from ..postgres.forgetting import Counts, Erased, Reach, Told
from ..postgres.store import Store
from ..postgres.wording import Wording
from .changes import Changes
from .journal import SetAside
from .just_forgotten import JustForgotten, Matches, matches_words
from .memories import Memories, check_ids
from .preferences import Preferences
from .searching import Searching
from .turn_writer import TurnWriter

LIFETIME = timedelta(minutes=10)
"""How long a preview can be confirmed."""
MOST_DAYS = 36_500
BATCH = 1000
"""Rows that one transaction of a bulk deletion takes."""
_MOST_PREVIEWS = 100
"""Of each owner, so that nobody ends those of others."""
_DRAIN_TIMEOUT = 10.0  # seconds


class OldKind(StrEnum):
    """What may be forgotten by its age."""

    MEMORIES = "memories"
    CONVERSATIONS = "conversations"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is gone, and what says the same and more, and so stays: that may be forgotten by itself."""

    memories: list[int] = field(default_factory=list)
    turns: int = 0
    conversations: list[int] = field(default_factory=list)
    """Those of which nothing is left."""
    preferences: list[str] = field(default_factory=list)
    remaining_memories: list[int] = field(default_factory=list)
    remaining_preferences: list[str] = field(default_factory=list)
    remaining_turns: list[UUID] = field(default_factory=list)
    """Turns of the scope that hold what was said in a forgotten turn, newest first."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a search found to forget, best first; `token` confirms it."""

    token: str
    candidates: list[Passage]


@dataclass(frozen=True, slots=True)
class _Offer:
    owner: str
    memory_ids: frozenset[int]
    turn_ids: frozenset[UUID]
    expires: float


class Forgetting:
    """Lets things go for good."""

    def __init__(
        self,
        store: Store,
        writer: TurnWriter,
        searching: Searching,
        memories: Memories,
        preferences: Preferences,
        changes: Changes,
        *,
        nudge: Callable[[], None],
        check_no_import: Callable[[], None],
    ) -> None:
        """Call `nudge` when there is less to search than before.

        While `check_no_import` raises nothing is forgotten: what was read already elsewhere would come back.
        """
        self._store = store
        self._writer = writer
        self._searching = searching
        self._memories = memories
        self._preferences = preferences
        self._changes = changes
        self._nudge = nudge
        self._check_no_import = check_no_import
        self._offers: dict[str, _Offer] = {}
        self._just_forgotten = JustForgotten()
        self._one_at_a_time = asyncio.Lock()

    def holds_back(self, turn: Turn) -> bool:
        """Return whether a turn that is about to be kept would bring back what was forgotten since it began."""
        return self._just_forgotten.holds(turn)

    # --- by id and by search

    async def memories(self, scope: Scope, ids: Sequence[int]) -> list[int]:
        """Forget memories, within reach of the scope; return the ids of those that are gone.

        Raises InvalidInput, DatabaseError.
        """
        return (await self.content(scope, ids)).memories

    async def content(
        self,
        scope: Scope,
        memory_ids: Collection[int],
        turn_ids: Collection[UUID] = (),
        *,
        reach: Reach = Reach.SCOPE,
    ) -> Forgotten:
        """Forget memories and turns, and what says the same within reach or rests on them.

        Ids of nothing, and of others, are passed over; what goes of others is counted with `Reach.EVERYBODY` only.
        Raises InvalidInput, DatabaseError.
        """
        check_ids(list(memory_ids))
        async with self._one_at_a_time:
            told = await self._store.forgetting.find(
                scope, list(memory_ids), list(turn_ids)
            )
            if not told:
                return Forgotten()
            wordings = _wordings(told, reach)
            reached = {owner: reach.owners(owner, scope) for owner in wordings}

            async def forget_rejected() -> None:
                await self._forget_rejected(
                    lambda line: any(
                        (owners is None or line.owner in (*owners, None))
                        and wordings[owner].is_in(line.text)
                        for owner, owners in reached.items()
                    )
                )

            matches = None if reach is Reach.ROWS else _matches(told, wordings, reached)
            async with self._letting_go(matches):
                erased = await self._store.forgetting.content(
                    scope, told, wordings, reach, forget_rejected
                )
            return await self._done(
                erased, None if reach is Reach.EVERYBODY else scope.owners
            )

    async def preview(
        self,
        scope: Scope,
        query: str,
        *,
        limit: int = 10,
        language: str | None = None,
        relevant_only: bool = False,
    ) -> Preview:
        """Search for what to forget, anywhere in the house; nothing is forgotten before `confirm`.

        Raises InvalidInput, DatabaseError.
        """
        candidates = await self._memories.recall(
            scope,
            query,
            limit=limit,
            language=language,
            places=await self._store.forgetting.places(scope),
            relevant_only=relevant_only,
            # A document is deleted as a whole, and may come back.
            kinds=(PassageKind.MEMORY, PassageKind.TURN),
        )
        sources = [passage.source_id for passage in candidates]
        token = secrets.token_urlsafe(16)
        self._drop_old_offers()
        self._offers[token] = _Offer(
            scope.owner,
            frozenset(int(source) for source in sources if source.isdecimal()),
            frozenset(UUID(source) for source in sources if not source.isdecimal()),
            time.monotonic() + LIFETIME.total_seconds(),
        )
        return Preview(token, candidates)

    async def confirm(
        self,
        scope: Scope,
        token: str,
        *,
        memory_ids: Collection[int] | None = None,
        turn_ids: Collection[UUID] | None = None,
        reach: Reach = Reach.SCOPE,
    ) -> Forgotten:
        """Forget what a preview showed: all of it, or where ids are given only these of it.

        Raises InvalidInput (`forget_token_unknown`, `forget_not_in_preview`), DatabaseError.
        """
        self._drop_old_offers()
        offer = self._offers.get(token)
        if offer is None or offer.owner != scope.owner:
            raise InvalidInput("forget_token_unknown")
        if memory_ids is None and turn_ids is None:
            memory_ids, turn_ids = offer.memory_ids, offer.turn_ids
        if not (
            offer.memory_ids.issuperset(memory_ids or ())
            and offer.turn_ids.issuperset(turn_ids or ())
        ):
            raise InvalidInput("forget_not_in_preview")
        forgotten = await self.content(
            scope, memory_ids or (), turn_ids or (), reach=reach
        )
        self._offers.pop(token, None)
        return forgotten

    # --- by conversation and by age

    async def conversation(self, scope: Scope, conversation_id: int) -> Forgotten:
        """Forget a conversation for good, also one in the bin.

        Raises InvalidInput `conversation_unknown`, DatabaseError.
        """
        found = None
        if 0 < conversation_id < 2**63:
            found = await self._store.forgetting.session(scope, conversation_id)
        if found is None:
            raise InvalidInput("conversation_unknown")

        async def forget_rejected() -> None:
            await self._forget_rejected(
                lambda line: (line.owner, line.conversation_id) == found
            )

        async with (
            self._one_at_a_time,
            self._letting_go(lambda turn: (turn.owner, turn.conversation_id) == found),
        ):
            erased = await self._store.forgetting.conversation(
                scope, conversation_id, forget_rejected
            )
        return await self._done(erased)

    async def count_older_than(
        self, scope: Scope, days: int, kinds: Collection[OldKind] = tuple(OldKind)
    ) -> Counts:
        """Return how much `older_than` would forget. Raises InvalidInput, DatabaseError."""
        found = await self._store.forgetting.count(scope, _before(days))
        return Counts(
            memories=found.memories if OldKind.MEMORIES in kinds else 0,
            turns=found.turns if OldKind.CONVERSATIONS in kinds else 0,
            preferences=0,
        )

    async def older_than(
        self, scope: Scope, days: int, kinds: Collection[OldKind] = tuple(OldKind)
    ) -> Counts:
        """Forget what this owner has from before; return how much it was. Raises InvalidInput, DatabaseError."""
        before = _before(days)
        erased = Erased()
        steps: list[Callable[[datetime, int, Scope], Awaitable[Erased]]] = []
        matches: Matches | None = None
        if OldKind.CONVERSATIONS in kinds:
            steps.append(self._store.forgetting.turns_before)
            matches = partial(_is_of, scope.owner, before)
        if OldKind.MEMORIES in kinds:
            steps.append(self._store.forgetting.memories_before)
        async with self._one_at_a_time, self._letting_go(matches):
            for step in steps:
                while batch := await step(before, BATCH, scope):
                    erased.add(batch)
            if OldKind.CONVERSATIONS in kinds:
                await self._forget_rejected(
                    lambda line: line.owner == scope.owner and line.is_before(before)
                )
        await self._done(erased)
        return Counts(memories=len(erased.memories), turns=erased.turns, preferences=0)

    # --- an owner

    @asynccontextmanager
    async def owner_going(self, owner: str) -> AsyncIterator[None]:
        """Let everything of an owner be deleted meanwhile, and nothing of it come back.

        Raises InvalidInput, DatabaseError.
        """
        async with (
            self._one_at_a_time,
            self._letting_go(lambda turn: turn.owner == owner),
        ):
            yield
            await self._forget_rejected(lambda line: line.owner == owner)

    @asynccontextmanager
    async def standing_still(self) -> AsyncIterator[None]:
        """Have everything that was said in the database, and nothing forgotten meanwhile. Raises DatabaseError."""
        async with self._one_at_a_time, self._letting_go(None):
            yield

    # --- how

    @asynccontextmanager
    async def _letting_go(self, matches: Matches | None) -> AsyncIterator[None]:
        """Have all turns in the database; hold those back that would bring back what goes.

        Raises InvalidInput (`import_running`), DatabaseError.
        """
        going = self._just_forgotten.begin(matches) if matches else None
        try:
            await self._write_all()
            self._check_no_import()
            yield
        except BaseException:
            if going:
                for turn in self._just_forgotten.failed(going):
                    await self._writer.add(turn)
            raise
        if going:
            self._just_forgotten.done(going)
        if self._searching.embedder:
            self._searching.embedder.forget_queries()
        self._nudge()

    async def _write_all(self) -> None:
        # A database that is down says so at once, and why.
        async with self._store.database.transaction(MAINTENANCE):
            pass
        self._writer.retry()
        if not await self._writer.drain(_DRAIN_TIMEOUT):
            # What cannot be written could not be forgotten either.
            raise DatabaseUnreachable

    async def _forget_rejected(self, matches: Callable[[SetAside], bool]) -> None:
        try:
            await self._writer.forget_set_aside(matches)
        except OSError as err:
            raise InvalidInput("journal_not_writable") from err

    async def _done(
        self, erased: Erased, owners: Collection[str] | None = None
    ) -> Forgotten:
        """Tell of what is gone; return what it was, of turns and conversations those of `owners` only."""
        await self.tell(erased)
        return Forgotten(
            memories=sorted(row_id for _, row_id in erased.memories),
            turns=sum(
                number
                for owner, number in erased.turns_of.items()
                if owners is None or owner in owners
            ),
            conversations=sorted(
                row_id
                for owner, row_id in erased.conversations
                if owners is None or owner in owners
            ),
            preferences=sorted(key for _, key in erased.preferences),
            remaining_memories=sorted(erased.remaining_memories),
            remaining_preferences=sorted(erased.remaining_preferences),
            remaining_turns=erased.remaining_turns,
        )

    async def tell(self, erased: Erased) -> None:
        """Tell of what is gone."""
        for owner, key in sorted(erased.preferences):
            await self._preferences.tell_removed(Scope(owner), key)
        for owner in sorted({owner for owner, _ in erased.memories}):
            self._changes.tell(
                Subject.MEMORY, Verb.REMOVED, owner, _ids_of(owner, erased.memories)
            )
        for owner in sorted(
            {owner for owner, _ in erased.conversations | erased.shortened}
        ):
            # Without ids where only some of their turns are gone.
            self._changes.tell(
                Subject.CONVERSATION,
                Verb.REMOVED,
                owner,
                _ids_of(owner, erased.conversations),
            )
            if shortened := _ids_of(owner, erased.shortened):
                self._changes.tell(Subject.CONVERSATION, Verb.CHANGED, owner, shortened)
        for owner in sorted(erased.owners):
            self._changes.tell(Subject.CACHE, Verb.REMOVED, owner)

    def _drop_old_offers(self) -> None:
        now = time.monotonic()
        kept: dict[str, list[str]] = {}
        for token, offer in self._offers.items():
            if offer.expires > now:
                kept.setdefault(offer.owner, []).append(token)
        self._offers = {
            token: self._offers[token]
            for tokens in kept.values()
            for token in tokens[-_MOST_PREVIEWS:]
        }


def _is_of(owner: str, before: datetime, turn: Turn) -> bool:
    return turn.owner == owner and turn.started_at < before


def _ids_of[T: (int, str)](owner: str, rows: AbstractSet[tuple[str, T]]) -> list[T]:
    return sorted(row_id for its, row_id in rows if its == owner)


def _before(days: int) -> datetime:
    if not 0 <= days <= MOST_DAYS:
        raise InvalidInput("days_invalid", most=str(MOST_DAYS))
    return datetime.now(UTC) - timedelta(days=days)


def _wordings(told: Sequence[Told], reach: Reach) -> dict[str, Wording]:
    return {
        owner: Wording(
            one.text
            for one in told
            if one.owner == owner and one.text is not None and reach is not Reach.ROWS
        )
        for owner in {one.owner for one in told}
    }


def _matches(
    told: Sequence[Told],
    wordings: Mapping[str, Wording],
    reached: Mapping[str, Collection[str] | None],
) -> Matches:
    each = [
        matches_words(
            wording,
            reached[owner],
            frozenset(
                one.passage_id
                for one in told
                if one.owner == owner and one.passage_id is not None
            ),
        )
        for owner, wording in wordings.items()
    ]
    return lambda turn: any(matches(turn) for matches in each)
