"""Preferences and aliases."""

from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import probatio

from ..errors import InvalidInput
from ..memory.preferences import MOST_PREFERENCES
from ..models import Alias, Preference, TargetKind
from .fields import OWNER, PERSON, Field, owner, owner_name, speaker, whole_number
from .operation import Caller, Operation

_AFTER_KEY: Final = "after_key"


@callback
def _preference(hass: HomeAssistant, preference: Preference) -> dict[str, Any]:
    return {
        "key": preference.key,
        "value": preference.value,
        "category": preference.category,
        "owner": owner_name(hass, preference.owner),
        "updated_at": preference.updated_at.isoformat(),
    }


@callback
def _alias(hass: HomeAssistant, alias: Alias) -> dict[str, Any]:
    return {
        "phrase": alias.phrase,
        alias.target_kind.value: alias.target_id,
        "owner": owner_name(hass, alias.owner),
    }


async def _set_preference(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    preference = await caller.data.service.preferences.set(
        owner(caller, data),
        data[Field.KEY],
        data[Field.VALUE],
        category=data.get(Field.CATEGORY),
    )
    return {"preference": _preference(caller.hass, preference)}


async def _get_preference(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    preference = await caller.data.service.preferences.get(
        speaker(caller, data), data[Field.KEY]
    )
    return {"preference": _preference(caller.hass, preference) if preference else None}


async def _list_preferences(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    preferences = await caller.data.service.preferences.list(
        speaker(caller, data),
        category=data.get(Field.CATEGORY),
        after_key=data[_AFTER_KEY],
        limit=data[Field.LIMIT],
    )
    return {
        "preferences": [
            _preference(caller.hass, preference) for preference in preferences
        ]
    }


async def _delete_preference(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    deleted = await caller.data.service.preferences.delete(
        owner(caller, data), data[Field.KEY]
    )
    return {"deleted": deleted}


async def _set_alias(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    scope = owner(caller, data)
    targets = [(kind, data[kind.value]) for kind in TargetKind if data.get(kind.value)]
    if not targets and (name := data.get("name")):
        targets = list(caller.data.names.targets_of_name(name))
        if not targets:
            raise InvalidInput("alias_name_unknown")
        if len(targets) > 1:
            raise InvalidInput("alias_name_ambiguous")
    if len(targets) != 1:
        raise InvalidInput("alias_target_invalid")
    preference = await caller.data.service.preferences.set_alias(
        scope, data["phrase"], *targets[0]
    )
    return {"alias": _preference(caller.hass, preference)}


async def _list_aliases(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    aliases = await caller.data.service.preferences.list_aliases(speaker(caller, data))
    return {"aliases": [_alias(caller.hass, alias) for alias in aliases]}


OPERATIONS: Final = (
    Operation(
        "set_preference",
        probatio.Schema(
            {
                probatio.Required(Field.KEY): cv.string,
                probatio.Required(Field.VALUE): object,
                probatio.Optional(Field.CATEGORY): cv.string,
                **OWNER,
            }
        ),
        _set_preference,
    ),
    Operation(
        "get_preference",
        probatio.Schema({probatio.Required(Field.KEY): cv.string, **PERSON}),
        _get_preference,
        SupportsResponse.ONLY,
    ),
    Operation(
        "list_preferences",
        probatio.Schema(
            {
                probatio.Optional(Field.CATEGORY): cv.string,
                probatio.Optional(_AFTER_KEY, default=""): cv.string,
                probatio.Optional(Field.LIMIT, default=MOST_PREFERENCES): whole_number,
                **PERSON,
            }
        ),
        _list_preferences,
        SupportsResponse.ONLY,
    ),
    Operation(
        "delete_preference",
        probatio.Schema({probatio.Required(Field.KEY): cv.string, **OWNER}),
        _delete_preference,
    ),
    Operation(
        "set_alias",
        probatio.Schema(
            {
                probatio.Required("phrase"): cv.string,
                **{probatio.Optional(kind.value): cv.string for kind in TargetKind},
                probatio.Optional("name"): cv.string,
                **OWNER,
            }
        ),
        _set_alias,
    ),
    Operation(
        "list_aliases",
        probatio.Schema(PERSON),
        _list_aliases,
        SupportsResponse.ONLY,
    ),
)
