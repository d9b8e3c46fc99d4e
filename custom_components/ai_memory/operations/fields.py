"""The fields that several operations have, and whom they name."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.const import ATTR_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from ..const import DOMAIN
from ..errors import InvalidInput
from ..models import HOUSEHOLD, Scope, area_place, satellite_place
from .operation import Caller


def real_path(folder: Path, given: str) -> Path | None:
    """Return where a file really is that a field names, None where there is none. Blocks."""
    try:
        return (folder / given).resolve(strict=True)
    except OSError, RuntimeError, ValueError:
        return None


class Field(StrEnum):
    """Names of fields, for actions, HTTP and websocket alike."""

    AREA = "area"
    CATEGORY = "category"
    COLLECTION = "collection"
    CONTENT = "content"
    CONVERSATION_ID = "conversation_id"
    KEY = "key"
    LANGUAGE = "language"
    LIMIT = "limit"
    MEMORY_ID = "memory_id"
    MEMORY_IDS = "memory_ids"
    PERSON = "person"
    PRIVATE = "private"
    QUERY = "query"
    SATELLITE = "satellite"
    SINCE = "since"
    SOURCE = "source"
    TAGS = "tags"
    TURN_ID = "turn_id"
    UNTIL = "until"
    VALUE = "value"


type Fields = dict[probatio.Marker, Any]

PERSON: Fields = {probatio.Optional(Field.PERSON): cv.entity_domain(PERSON_DOMAIN)}
"""Who asks, instead of the caller."""
OWNER: Fields = {
    **PERSON,
    probatio.Optional(Field.PRIVATE, default=False): cv.boolean,
}
"""Whose it shall be."""
PLACE: Fields = {
    probatio.Exclusive(Field.AREA, "place"): cv.string,
    probatio.Exclusive(Field.SATELLITE, "place"): cv.entity_domain("assist_satellite"),
}
"""Where a memory belongs, or where somebody asks."""
TAGS = probatio.All(probatio.EnsureList(), [cv.string])


def whole_number(value: Any) -> int:
    """Return a whole number, which a template may have made text. Never rounds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    raise probatio.Invalid("expected a whole number")


def turn_id(value: Any) -> UUID:
    """Return the id of a turn."""
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as err:
        raise probatio.Invalid("expected the id of a turn") from err


def moment(value: Any) -> datetime:
    """Return a point in time; one without a time zone is in the home's."""
    try:
        # The parser that Home Assistant uses crashes on a lone surrogate.
        str(value).encode()
        return dt_util.as_utc(cv.datetime(value))
    except (OverflowError, UnicodeEncodeError) as err:
        raise probatio.Invalid("expected a date and time") from err


PERIOD: Fields = {
    probatio.Optional(Field.SINCE): moment,
    probatio.Optional(Field.UNTIL): moment,
}
"""From when, and until before when."""


@callback
def speaker(caller: Caller, data: dict[str, Any]) -> Scope:
    """Return who asks: the person named, else the caller. Raises InvalidInput, ServiceValidationError."""
    if (person := data.get(Field.PERSON)) is None:
        return caller.scope
    named = caller.data.identity.scope_of_person(person)
    if named != caller.scope and not caller.may_name_anybody:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_your_memory"
        )
    return named


@callback
def owner(caller: Caller, data: dict[str, Any]) -> Scope:
    """Return whose it shall be: the person named, the caller if private, else the household.

    Raises InvalidInput, ServiceValidationError.
    """
    if Field.PERSON in data:
        return speaker(caller, data)
    if not data[Field.PRIVATE]:
        return Scope.household()
    if caller.scope == Scope.household():
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="caller_no_person"
        )
    return caller.scope


@callback
def place(caller: Caller, data: dict[str, Any]) -> str | None:
    """Return the place named, None where none is. Raises InvalidInput."""
    if satellite := data.get(Field.SATELLITE):
        if caller.hass.states.get(satellite) is None:
            raise InvalidInput("satellite_unknown", satellite=satellite)
        return satellite_place(satellite)
    if (area := data.get(Field.AREA)) is None:
        return None
    areas = ar.async_get(caller.hass)
    found = areas.async_get_area(area) or areas.async_get_area_by_name(area)
    if found is None:
        raise InvalidInput("area_unknown")
    return area_place(found.id)


@callback
def here(caller: Caller) -> dict[str, Any]:
    """Return the fields that name the area in which the caller is, else the satellite. Raises ServiceValidationError."""
    if area_id := caller.area_id:
        return {Field.AREA: area_id}
    if caller.satellite_id:
        return {Field.SATELLITE: caller.satellite_id}
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="place_unknown"
    )


@callback
def places(caller: Caller, data: dict[str, Any]) -> list[str]:
    """Return where somebody asks: the place named, else where the caller is. Raises InvalidInput."""
    named = place(caller, data)
    return [named] if named else caller.places


@callback
def owner_name(hass: HomeAssistant, owner: str) -> str:
    """Return `household`, or the entity id of a person; the bare id of one who is gone."""
    if (person_id := Scope(owner).person_id) is None:
        return HOUSEHOLD
    return next(
        (
            state.entity_id
            for state in hass.states.async_all(PERSON_DOMAIN)
            if state.attributes.get(ATTR_ID) == person_id
        ),
        person_id,
    )
