"""How long things are kept, and what lets them go when their time is over."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..postgres.forgetting import Erased
from ..postgres.store import Store
from .cache_policy import LIFETIME, LIMIT
from .documents import Documents

BATCH: Final = 1000
"""Rows that one transaction takes, so that turns can be written in between."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept; None is for ever.

    `audit_days`: which tools ran, what was recalled for a turn, how long its stages took; the turn itself stays, with
    its messages. `bin_days`: conversations and documents that were deleted. `cache_limit`: answers of one owner.
    """

    turns_days: int | None = None
    audit_days: int | None = 90
    bin_days: int = 30
    cache_lifetime: timedelta = LIFETIME
    cache_limit: int = LIMIT


KEEP_TURNS: Final = Retention()


@dataclass(frozen=True, slots=True)
class Expired:
    """How much one run of maintenance let go."""

    turns: int
    conversations: int
    audit_rows: int
    documents: int = 0


async def expire(
    store: Store,
    documents: Documents,
    retention: Retention,
    tell: Callable[[Erased], Awaitable[None]],
) -> Expired:
    """Let go of what is older than it may be, everybody's, in batches; `tell` hears of each. Raises DatabaseError."""
    now = datetime.now(UTC)
    turns = conversations = audit_rows = 0
    while erased := await store.forgetting.conversations_deleted_before(
        now - timedelta(days=retention.bin_days), BATCH
    ):
        turns += erased.turns
        conversations += len(erased.conversations)
        await tell(erased)
    if retention.turns_days is not None:
        before = now - timedelta(days=retention.turns_days)
        while erased := await store.forgetting.turns_before(before, BATCH):
            turns += erased.turns
            conversations += len(erased.conversations)
            await tell(erased)
    if retention.audit_days is not None:
        before = now - timedelta(days=retention.audit_days)
        while rows := await store.maintenance.clear_audit(before, BATCH):
            audit_rows += rows
    erased_documents = await documents.expire(now - timedelta(days=retention.bin_days))
    await documents.clear_originals()
    return Expired(turns, conversations, audit_rows, erased_documents)
