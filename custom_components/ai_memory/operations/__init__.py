"""Everything that can be asked of memory; actions, HTTP, websocket, tools and voice only translate to and from it."""

from typing import Final

from . import cache, forgetting, memories, preferences
from .operation import Operation

OPERATIONS: Final[dict[str, Operation]] = {
    operation.name: operation
    for module in (memories, preferences, forgetting, cache)
    for operation in module.OPERATIONS
}
