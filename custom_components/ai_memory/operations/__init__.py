"""Everything that can be asked of memory; actions, HTTP, websocket, tools and voice only translate to and from it."""

from typing import Any, Final

from . import (
    archive,
    cache,
    collections,
    conversations,
    documents,
    feedback,
    forgetting,
    imports,
    memories,
    owners,
    preferences,
    review,
    secrets,
)
from .operation import Caller, Operation, async_perform

OPERATIONS: Final[dict[str, Operation]] = {
    operation.name: operation
    for module in (
        memories,
        preferences,
        conversations,
        collections,
        documents,
        feedback,
        forgetting,
        owners,
        review,
        cache,
        archive,
        imports,
        secrets,
    )
    for operation in module.OPERATIONS
}


async def async_ask(caller: Caller, name: str, /, **data: Any) -> dict[str, Any]:
    """Perform an operation with what its schema makes of the data. Raises probatio.Invalid, HomeAssistantError."""
    operation = OPERATIONS[name]
    return await async_perform(operation, caller, operation.schema(data)) or {}
