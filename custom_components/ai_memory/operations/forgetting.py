"""Forget: by id, by search, by age, by conversation, or everything of an owner."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final

from homeassistant.core import ServiceResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio

from ..const import DOMAIN
from ..errors import InvalidInput
from ..memory.forgetting import LIFETIME, Forgotten, OldKind
from ..models import HOUSEHOLD, Scope
from ..postgres.forgetting import Reach
from .fields import PERSON, Field, speaker, turn_id, whole_number
from .memories import passage_response
from .operation import Caller, Operation

_CONFIRM = "confirm"
_EVERYTHING = "everything"
_KINDS = "kinds"
_OLDER_THAN_DAYS = "older_than_days"
_RELEVANT_ONLY = "relevant_only"
_TOKEN = "token"  # noqa: S105  # the name of a field
_TURN_IDS = "turn_ids"


@callback
def _response(forgotten: Forgotten) -> ServiceResponse:
    """Return what is gone as every surface shows it."""
    return {
        "forgotten": list(forgotten.memories),
        "turns": forgotten.turns,
        "conversations": list(forgotten.conversations),
        "preferences": list(forgotten.preferences),
        "still_in": {
            "memories": list(forgotten.remaining_memories),
            "preferences": list(forgotten.remaining_preferences),
            "turns": list(map(str, forgotten.remaining_turns)),
        },
    }


@callback
def _reach(caller: Caller) -> Reach:
    """Return how far the caller may go; nobody goes to what is others' by word of mouth, nor does a language model."""
    if caller.may_name_anybody and caller.source not in {"tool", "voice"}:
        return Reach.EVERYBODY
    return Reach.SCOPE


@callback
def _own(caller: Caller, data: dict[str, Any]) -> Scope:
    """Return whose everything is meant; the household's is not one member's alone. Raises ServiceValidationError."""
    scope = speaker(caller, data)
    if scope.owner == HOUSEHOLD and not caller.may_name_anybody:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_your_memory"
        )
    return scope


async def _by_id(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    return _response(
        await caller.data.service.forgetting.content(
            speaker(caller, data),
            data.get(Field.MEMORY_IDS, ()),
            data.get(_TURN_IDS, ()),
            reach=_reach(caller),
        )
    )


async def _by_search(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    preview = await caller.data.service.forgetting.preview(
        speaker(caller, data),
        data[Field.QUERY],
        limit=data.get(Field.LIMIT, 10),
        language=data.get(Field.LANGUAGE),
        relevant_only=data[_RELEVANT_ONLY],
    )
    return {
        "token": preview.token,
        "seconds": int(LIFETIME.total_seconds()),
        "candidates": [
            passage_response(caller.hass, passage) for passage in preview.candidates
        ],
    }


async def _by_token(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    return _response(
        await caller.data.service.forgetting.confirm(
            speaker(caller, data),
            data[_TOKEN],
            memory_ids=data.get(Field.MEMORY_IDS),
            turn_ids=data.get(_TURN_IDS),
            reach=_reach(caller),
        )
    )


async def _by_age(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    forgetting = caller.data.service.forgetting
    do = forgetting.older_than if data[_CONFIRM] else forgetting.count_older_than
    counts = await do(
        _own(caller, data),
        data[_OLDER_THAN_DAYS],
        [OldKind(kind) for kind in data.get(_KINDS, OldKind)],
    )
    return {"confirmed": data[_CONFIRM], **asdict(counts)}


async def _by_conversation(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    return _response(
        await caller.data.service.forgetting.conversation(
            speaker(caller, data), data[Field.CONVERSATION_ID]
        )
    )


async def _everything(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    scope = _own(caller, data)
    owners = caller.data.service.owners
    found = await owners.summary(scope)
    if data[_CONFIRM]:
        await owners.erase(scope)
    return {
        "confirmed": data[_CONFIRM],
        "memories": found.memories,
        "turns": found.turns,
        "preferences": found.preferences,
    }


type _Way = Callable[[Caller, dict[str, Any]], Awaitable[ServiceResponse]]

_WAYS: Final[dict[str, _Way]] = {
    Field.QUERY: _by_search,
    _TOKEN: _by_token,
    _OLDER_THAN_DAYS: _by_age,
    Field.CONVERSATION_ID: _by_conversation,
    _EVERYTHING: _everything,
}
_FIELDS_OF: Final[dict[str, set[str]]] = {
    Field.QUERY: {Field.LIMIT, Field.LANGUAGE},
    _TOKEN: {Field.MEMORY_IDS, _TURN_IDS},
    _OLDER_THAN_DAYS: {_KINDS, _CONFIRM},
    _EVERYTHING: {_CONFIRM},
}


async def _forget(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    # Those with a default are always there.
    given = {
        key
        for key, value in data.items()
        if value is not False and key != _RELEVANT_ONLY
    }
    ways = given & _WAYS.keys()
    ids = {Field.MEMORY_IDS, _TURN_IDS}
    do: _Way
    if not ways and given & ids:
        do, fields = _by_id, ids
    elif len(ways) == 1:
        [way] = ways
        do, fields = _WAYS[way], _FIELDS_OF.get(way, set()) | ways
    else:
        raise InvalidInput("forget_one_way")
    if strange := given - fields - {Field.PERSON}:
        raise InvalidInput("forget_field_strange", field=str(min(strange)))
    return await do(caller, data)


_IDS = probatio.All(probatio.EnsureList(), probatio.Length(min=1))

OPERATIONS: Final = (
    Operation(
        "forget",
        probatio.Schema(
            {
                probatio.Optional(Field.MEMORY_IDS): probatio.All(_IDS, [whole_number]),
                probatio.Optional(_TURN_IDS): probatio.All(_IDS, [turn_id]),
                probatio.Optional(Field.QUERY): cv.string,
                probatio.Optional(Field.LIMIT): whole_number,
                probatio.Optional(Field.LANGUAGE): cv.language,
                probatio.Optional(_RELEVANT_ONLY, default=True): cv.boolean,
                probatio.Optional(_TOKEN): cv.string,
                probatio.Optional(_OLDER_THAN_DAYS): whole_number,
                probatio.Optional(_KINDS): probatio.All(
                    _IDS, [probatio.In(list(map(str, OldKind)))]
                ),
                probatio.Optional(Field.CONVERSATION_ID): whole_number,
                probatio.Optional(_EVERYTHING, default=False): cv.boolean,
                probatio.Optional(_CONFIRM, default=False): cv.boolean,
                **PERSON,
            }
        ),
        _forget,
    ),
)
