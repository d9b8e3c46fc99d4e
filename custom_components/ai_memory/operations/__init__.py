"""Everything that can be asked of memory; actions, HTTP, websocket, tools and voice only translate to and from it."""

from typing import Final

from . import (
    archive,
    cache,
    conversations,
    feedback,
    forgetting,
    memories,
    owners,
    preferences,
    review,
    secrets,
)
from .operation import Operation

OPERATIONS: Final[dict[str, Operation]] = {
    operation.name: operation
    for module in (
        memories,
        preferences,
        conversations,
        feedback,
        forgetting,
        owners,
        review,
        cache,
        archive,
        secrets,
    )
    for operation in module.OPERATIONS
}
