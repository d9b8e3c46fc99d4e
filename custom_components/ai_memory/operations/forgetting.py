"""Forget."""

from typing import Any, Final

from homeassistant.core import ServiceResponse
import probatio

from .fields import PERSON, Field, speaker, whole_number
from .operation import Caller, Operation


async def _forget(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    forgotten = await caller.data.service.forgetting.memories(
        speaker(caller, data), data[Field.MEMORY_IDS]
    )
    return {"forgotten": list(forgotten)}


OPERATIONS: Final = (
    Operation(
        "forget",
        probatio.Schema(
            {
                probatio.Required(Field.MEMORY_IDS): probatio.All(
                    probatio.EnsureList(), probatio.Length(min=1), [whole_number]
                ),
                **PERSON,
            }
        ),
        _forget,
    ),
)
