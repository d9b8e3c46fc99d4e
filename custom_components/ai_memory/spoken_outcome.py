"""What came of a sentence that was said to memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import DatabaseUnreachable
from .memory.health import Part
from .operations import async_ask
from .operations.operation import Caller
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
    only_documents: bool = False
    """Whether all of it stands in documents, which a language model reads better."""


async def async_do(
    caller: Caller, operation_name: str, /, **data: Any
) -> dict[str, Any]:
    """Do what is asked; at once where it is known that it cannot be. Raises HomeAssistantError, DatabaseError."""
    if caller.data.service.health.is_failing(Part.DATABASE):
        raise DatabaseUnreachable
    return await async_ask(caller, operation_name, **data)


def read_out(texts: Iterable[str]) -> str:
    """Return the first few texts, each once, as they are said."""
    unique = dict.fromkeys(text.strip().rstrip(".!;") for text in texts)
    return "; ".join([text for text in unique if text][:MOST_ITEMS])
