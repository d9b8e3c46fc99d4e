"""What came of a sentence that was said to memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import DatabaseUnreachable
from .memory.health import Part
from .operations import OPERATIONS
from .operations.operation import Caller, async_perform
from .spoken import SpokenIntent

MOST_ITEMS: Final = 3
"""What is read out of a list."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reply by its key in `sentences/`; `intent` where it is not that of the sentence."""

    key: str
    values: dict[str, object] = field(default_factory=dict)
    intent: SpokenIntent | None = None
    asks_back: bool = False
    begins_afresh: bool = False
    """Whether nothing that was said before may stay in the chat log."""


async def async_do(
    caller: Caller, operation_name: str, /, **data: Any
) -> dict[str, Any]:
    """Do what is asked; at once where it is known that it cannot be. Raises HomeAssistantError, DatabaseError."""
    if caller.data.service.health.is_failing(Part.DATABASE):
        raise DatabaseUnreachable
    operation = OPERATIONS[operation_name]
    return await async_perform(operation, caller, operation.schema(data)) or {}


def read_out(texts: Iterable[str]) -> str:
    """Return the first few texts, each once, as they are said."""
    unique = dict.fromkeys(text.strip().rstrip(".!;") for text in texts)
    return "; ".join([text for text in unique if text][:MOST_ITEMS])
