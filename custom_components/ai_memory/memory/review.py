"""What waits for somebody to agree: memories that a language model kept, aliases that a correction suggests."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..errors import InvalidInput
from ..models import Memory, MemoryStatus, Preference, Scope
from ..postgres.forgetting import Reach
from ..postgres.store import Store
from .aliases import ALIAS_PREFIX, alias_from_preference
from .forgetting import Forgetting
from .memories import MOST_ROWS, Memories
from .preferences import PROPOSED_PREFIX, Preferences


class ProposalKind(StrEnum):
    """What is proposed."""

    MEMORY = "memory"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that waits for review.

    `id` is `memory:<id>` or `alias:<owner>:<key>`; `text` is the memory's, or the phrase; `target_id` is what an alias
    would mean.
    """

    id: str
    kind: ProposalKind
    owner: str
    text: str
    created_at: datetime
    target_id: str | None = None


class Review:
    """Lists proposals; accepts and rejects them."""

    def __init__(
        self,
        store: Store,
        memories: Memories,
        preferences: Preferences,
        forgetting: Forgetting,
    ) -> None:
        """Take where proposals are kept and what becomes of them."""
        self._store = store
        self._memories = memories
        self._preferences = preferences
        self._forgetting = forgetting

    async def list(self, scope: Scope) -> list[Proposal]:
        """Return what waits for review in a scope, memories first. Raises DatabaseError."""
        memories = await self._memories.list(
            scope, limit=MOST_ROWS, status=MemoryStatus.PROPOSED
        )
        preferences = await self._preferences.list(scope, prefix=PROPOSED_PREFIX)
        return [
            *map(_of_memory, memories),
            *(
                proposal
                for preference in preferences
                if (proposal := _of_alias(preference))
            ),
        ]

    async def decide(self, scope: Scope, proposal_id: str, *, accept: bool) -> None:
        """Accept a proposal, or reject it: then it is gone, and the turn it came from where the scope reads that.

        The same words elsewhere stay: nobody asked to forget them.
        Raises InvalidInput `proposal_unknown`, DatabaseError.
        """
        kind, _, rest = proposal_id.partition(":")
        if kind == ProposalKind.MEMORY and rest.isdecimal() and len(rest) < 20:
            await self._decide_memory(scope, int(rest), accept=accept)
        elif kind == ProposalKind.ALIAS:
            owner, _, key = rest.rpartition(":")
            if owner not in scope.owners or not key.startswith(PROPOSED_PREFIX):
                raise InvalidInput("proposal_unknown")
            await self._decide_alias(Scope(owner), key, accept=accept)
        else:
            raise InvalidInput("proposal_unknown")

    async def _decide_memory(
        self, scope: Scope, memory_id: int, *, accept: bool
    ) -> None:
        waiting = await self._store.memories.get(scope, [memory_id])
        if not waiting or waiting[0].status is not MemoryStatus.PROPOSED:
            raise InvalidInput("proposal_unknown")
        if accept:
            await self._memories.update(scope, memory_id, status=MemoryStatus.ACCEPTED)
        else:
            await self._forgetting.content(scope, [memory_id], reach=Reach.ROWS)

    async def _decide_alias(self, owner: Scope, key: str, *, accept: bool) -> None:
        done = (
            await self._preferences.accept_alias(owner, key)
            if accept
            else await self._preferences.delete(owner, key)
        )
        if not done:
            raise InvalidInput("proposal_unknown")


def _of_memory(memory: Memory) -> Proposal:
    return Proposal(
        id=f"{ProposalKind.MEMORY}:{memory.id}",
        kind=ProposalKind.MEMORY,
        owner=memory.owner,
        text=memory.content,
        created_at=memory.created_at,
    )


def _of_alias(preference: Preference) -> Proposal | None:
    try:
        alias = alias_from_preference(
            Preference(
                preference.owner,
                ALIAS_PREFIX + preference.key.removeprefix(PROPOSED_PREFIX),
                preference.category,
                preference.value,
                preference.updated_at,
            )
        )
    except InvalidInput:
        return None
    assert alias is not None
    return Proposal(
        id=f"{ProposalKind.ALIAS}:{preference.owner}:{preference.key}",
        kind=ProposalKind.ALIAS,
        owner=preference.owner,
        text=alias.phrase,
        created_at=preference.updated_at,
        target_id=alias.target_id,
    )
