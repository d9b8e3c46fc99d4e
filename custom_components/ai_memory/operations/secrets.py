"""Which secrets were not stored."""

from typing import Any, Final

from homeassistant.core import ServiceResponse, SupportsResponse
import probatio

from .fields import PERSON, Field, owner_name, speaker, whole_number
from .operation import Caller, Operation


async def _list_dropped_secrets(
    caller: Caller, data: dict[str, Any]
) -> ServiceResponse:
    dropped = await caller.data.service.secrets.list(
        speaker(caller, data), limit=data[Field.LIMIT]
    )
    return {
        "dropped": [
            {
                "kind": secret.kind,
                "source": secret.source,
                "owner": owner_name(caller.hass, secret.owner),
                "turn_id": str(secret.turn_id) if secret.turn_id else None,
                "created_at": secret.created_at.isoformat(),
            }
            for secret in dropped
        ]
    }


OPERATIONS: Final = (
    Operation(
        "list_dropped_secrets",
        probatio.Schema(
            {**PERSON, probatio.Optional(Field.LIMIT, default=50): whole_number}
        ),
        _list_dropped_secrets,
        SupportsResponse.ONLY,
    ),
)
