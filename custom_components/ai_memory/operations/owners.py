"""Whose memory there is; hand over or erase all that somebody has."""

from typing import Any, Final

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.core import ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
import probatio

from ..errors import InvalidInput
from ..identity import registered_persons
from ..models import HOUSEHOLD, Scope
from .fields import Field, owner_name
from .operation import Caller, Operation

_CONFIRM = "confirm"
_FROM_OWNER = "from_owner"
_FROM_PERSON = "from_person"
_OWNER = "owner"
_TO_HOUSEHOLD = "to_household"
_TO_PERSON = "to_person"


async def _list_owners(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    known = {HOUSEHOLD, *map(_owner_of, registered_persons(caller.hass))}
    return {
        "owners": [
            {
                "owner": owner_name(caller.hass, owner),
                "rows": number,
                "gone": owner not in known,
            }
            for owner, number in (await caller.data.service.owners.owners()).items()
        ]
    }


async def _reassign_owner(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    source = await _person(caller, data.get(_FROM_PERSON), data.get(_FROM_OWNER))
    if data[_TO_HOUSEHOLD] == (_TO_PERSON in data):
        raise InvalidInput("owner_one_target")
    target = (
        Scope.household()
        if data[_TO_HOUSEHOLD]
        else caller.data.identity.scope_of_person(data[_TO_PERSON])
    )
    return {
        "owner": owner_name(caller.hass, target.owner),
        "rows": await caller.data.service.owners.reassign(source, target),
    }


async def _erase_owner(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    scope = await _person(caller, data.get(Field.PERSON), data.get(_OWNER))
    owners = caller.data.service.owners
    found = await owners.summary(scope)
    if data[_CONFIRM]:
        await owners.erase(scope)
    return {
        "confirmed": data[_CONFIRM],
        "memories": found.memories,
        "turns": found.turns,
        "preferences": found.preferences,
        "documents": found.documents,
    }


async def _person(caller: Caller, person: str | None, owner: str | None) -> Scope:
    """Return the person named by entity, or by what `list_owners` calls one who is gone. Raises InvalidInput."""
    if (person is None) == (owner is None):
        raise InvalidInput("owner_one_source")
    if person is not None:
        return caller.data.identity.scope_of_person(person)
    for known in await caller.data.service.owners.owners():
        if known != HOUSEHOLD and owner in _names(caller, known):
            return Scope(known)
    raise InvalidInput("owner_unknown")


@callback
def _owner_of(person_id: str) -> str:
    return Scope.person(person_id).owner


@callback
def _names(caller: Caller, owner: str) -> set[str | None]:
    return {owner_name(caller.hass, owner), Scope(owner).person_id}


_A_PERSON = cv.entity_domain(PERSON_DOMAIN)

OPERATIONS: Final = (
    Operation(
        "list_owners",
        probatio.Schema({}),
        _list_owners,
        SupportsResponse.ONLY,
        requires_admin=True,
    ),
    Operation(
        "reassign_owner",
        probatio.Schema(
            {
                probatio.Optional(_FROM_PERSON): _A_PERSON,
                probatio.Optional(_FROM_OWNER): cv.string,
                probatio.Optional(_TO_PERSON): _A_PERSON,
                probatio.Optional(_TO_HOUSEHOLD, default=False): cv.boolean,
            }
        ),
        _reassign_owner,
        requires_admin=True,
    ),
    Operation(
        "erase_owner",
        probatio.Schema(
            {
                probatio.Optional(Field.PERSON): _A_PERSON,
                probatio.Optional(_OWNER): cv.string,
                probatio.Optional(_CONFIRM, default=False): cv.boolean,
            }
        ),
        _erase_owner,
        requires_admin=True,
    ),
)
