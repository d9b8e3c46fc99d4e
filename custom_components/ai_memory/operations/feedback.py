"""Rate what was answered, and hand out what was said as training data."""

from collections.abc import AsyncGenerator
from typing import Any, Final

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.core import (
    HomeAssistant,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import probatio

from ..memory.feedback import BEST, WORST
from ..models import AnsweredBy, TurnFeedback
from ..postgres.training import TrainingFilter, TrainingFormat
from .fields import PERIOD, PERSON, Field, owner_name, speaker, turn_id, whole_number
from .operation import Caller, Operation

_THUMBS: Final = {"up": BEST, "down": WORST}
_LINES: Final = 1000
"""Of one response, if nobody says how many; a stream takes all."""


@callback
def _feedback_response(hass: HomeAssistant, feedback: TurnFeedback) -> dict[str, Any]:
    return {
        "id": feedback.id,
        "turn_id": str(feedback.turn_id),
        "owner": owner_name(hass, feedback.owner),
        "rating": feedback.rating,
        "comment": feedback.comment,
        "correction": feedback.correction,
        "corrected_by": str(feedback.corrected_by) if feedback.corrected_by else None,
        "source": feedback.source,
        "text": feedback.text,
        "reply": feedback.reply,
        "created_at": feedback.created_at.isoformat(),
        "updated_at": feedback.updated_at.isoformat(),
    }


async def _feedback(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    session, device, satellite = data.get("session_id"), data.get("device_id"), None
    if session is None and device is None:
        session = caller.conversation_id
        device, satellite = caller.device_id, caller.satellite_id
    feedback, is_new = await caller.data.service.feedback.rate(
        speaker(caller, data),
        data.get(Field.TURN_ID),
        session_id=session,
        device_id=device,
        satellite_id=satellite,
        rating=_THUMBS[data["thumbs"]] if "thumbs" in data else data.get("rating"),
        comment=data.get("comment"),
        correction=data.get("correction"),
    )
    return {"new": is_new, **_feedback_response(caller.hass, feedback)}


async def _list_feedback(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    feedback = await caller.data.service.feedback.list(
        speaker(caller, data),
        limit=data[Field.LIMIT],
        before_id=data.get("before_id"),
        min_rating=data["min_rating"],
        max_rating=data["max_rating"],
    )
    return {"feedback": [_feedback_response(caller.hass, one) for one in feedback]}


async def async_export_lines(
    caller: Caller, data: dict[str, Any]
) -> AsyncGenerator[str]:
    """Yield training data, one JSON object a line, as the fields of `export_training_data` say; no more than `limit`.

    Raises with the first line what the operation raises.
    """
    people = sorted(
        caller.hass.states.async_all(PERSON_DOMAIN), key=lambda state: state.entity_id
    )
    async for line in caller.data.service.training.lines(
        speaker(caller, data),
        TrainingFilter(
            format=TrainingFormat(data["format"]),
            min_score=data.get("min_score"),
            max_score=data.get("max_score"),
            language=data.get(Field.LANGUAGE),
            since=data.get(Field.SINCE),
            until=data.get(Field.UNTIL),
            answered_by=data.get("answered_by"),
            intent=data.get("intent"),
            only_new=data["only_new"],
            history=data["history"],
        ),
        limit=data.get(Field.LIMIT),
        names=[person.name for person in people] if data["mask_names"] else (),
        mask_secrets=data["mask_secrets"],
        metadata=data["metadata"],
    ):
        yield line


async def _export_training_data(
    caller: Caller, data: dict[str, Any]
) -> ServiceResponse:
    lines: list[JsonValueType] = [
        line async for line in async_export_lines(caller, {Field.LIMIT: _LINES, **data})
    ]
    return {"format": data["format"], "count": len(lines), "lines": lines}


OPERATIONS: Final = (
    Operation(
        "feedback",
        probatio.Schema(
            {
                probatio.Optional(Field.TURN_ID): turn_id,
                probatio.Optional("session_id"): cv.string,
                probatio.Optional("device_id"): cv.string,
                probatio.Exclusive("rating", "rating"): whole_number,
                probatio.Exclusive("thumbs", "rating"): probatio.In(list(_THUMBS)),
                probatio.Optional("comment"): cv.string,
                probatio.Optional("correction"): cv.string,
                **PERSON,
            }
        ),
        _feedback,
    ),
    Operation(
        "list_feedback",
        probatio.Schema(
            {
                **PERSON,
                probatio.Optional("min_rating", default=WORST): whole_number,
                probatio.Optional("max_rating", default=BEST): whole_number,
                probatio.Optional("before_id"): whole_number,
                probatio.Optional(Field.LIMIT, default=50): whole_number,
            }
        ),
        _list_feedback,
        SupportsResponse.ONLY,
    ),
    Operation(
        "export_training_data",
        probatio.Schema(
            {
                probatio.Optional("format", default=TrainingFormat.CHAT.value): (
                    probatio.In(list(map(str, TrainingFormat)))
                ),
                **PERSON,
                **PERIOD,
                probatio.Optional("min_score"): whole_number,
                probatio.Optional("max_score"): whole_number,
                probatio.Optional(Field.LANGUAGE): cv.string,
                probatio.Optional("answered_by"): probatio.All(
                    probatio.EnsureList(), [probatio.In(list(map(str, AnsweredBy)))]
                ),
                probatio.Optional("intent"): cv.string,
                probatio.Optional("only_new", default=False): cv.boolean,
                probatio.Optional("history", default=3): whole_number,
                probatio.Optional("mask_names", default=True): cv.boolean,
                probatio.Optional("mask_secrets", default=True): cv.boolean,
                probatio.Optional("metadata", default=False): cv.boolean,
                probatio.Optional(Field.LIMIT): whole_number,
            }
        ),
        _export_training_data,
        SupportsResponse.ONLY,
    ),
)
