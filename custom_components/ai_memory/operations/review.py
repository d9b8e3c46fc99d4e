"""What waits for review."""

from typing import Any, Final

from homeassistant.core import ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import probatio

from .fields import PERSON, owner_name, speaker
from .operation import Caller, Operation


async def _list_proposals(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    proposals = await caller.data.service.review.list(speaker(caller, data))
    return {
        "proposals": [
            {
                "id": proposal.id,
                "kind": str(proposal.kind),
                "owner": owner_name(caller.hass, proposal.owner),
                "text": proposal.text,
                "target_id": proposal.target_id,
                "created_at": proposal.created_at.isoformat(),
            }
            for proposal in proposals
        ]
    }


async def _review_proposal(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    await caller.data.service.review.decide(
        speaker(caller, data), data["proposal_id"], accept=data["accept"]
    )
    return {"accepted": data["accept"]}


OPERATIONS: Final = (
    Operation(
        "list_proposals",
        probatio.Schema(PERSON),
        _list_proposals,
        SupportsResponse.ONLY,
    ),
    Operation(
        "review_proposal",
        probatio.Schema(
            {
                probatio.Required("proposal_id"): cv.string,
                probatio.Required("accept"): cv.boolean,
                **PERSON,
            }
        ),
        _review_proposal,
    ),
)
