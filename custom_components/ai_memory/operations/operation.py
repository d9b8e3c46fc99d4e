"""What can be asked of memory, once for every surface: actions, HTTP, websocket, tools and voice."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from homeassistant.core import (
    Context,
    HomeAssistant,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import area_registry as ar, device_registry as dr
import probatio

from ..const import DOMAIN
from ..data import AiMemoryConfigEntry, AiMemoryData
from ..errors import AiMemoryError, InvalidInput
from ..models import Scope, area_place, satellite_place


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from where.

    `may_name_anybody`: automations and administrators. `source` is the surface: action, http, websocket, tool, voice.
    """

    hass: HomeAssistant
    data: AiMemoryData
    scope: Scope
    may_name_anybody: bool
    context: Context
    source: str
    conversation_id: str | None = None
    device_id: str | None = None
    satellite_id: str | None = None

    @property
    def area_id(self) -> str | None:
        """Return the area that the caller is in, None where that is not known."""
        return area_of(self.hass, self.device_id)

    @property
    def places(self) -> list[str]:
        """Return where the caller is, as memories name places."""
        return places_of(self.hass, self.device_id, self.satellite_id)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked; `perform` takes what `schema` has checked and returns what JSON can hold.

    Raises InvalidInput, AiMemoryError and Home Assistant's errors.
    """

    name: str
    schema: probatio.Schema
    perform: Callable[[Caller, dict[str, Any]], Awaitable[ServiceResponse]]
    response: SupportsResponse = SupportsResponse.OPTIONAL
    requires_admin: bool = False
    """Only administrators and automations."""


@callback
def memory_of(hass: HomeAssistant) -> AiMemoryData:
    """Return the memory that is running. Raises ServiceValidationError."""
    entries: list[AiMemoryConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_loaded"
        )
    return entries[0].runtime_data


async def async_caller(
    hass: HomeAssistant,
    context: Context,
    source: str,
    *,
    conversation_id: str | None = None,
    device_id: str | None = None,
    satellite_id: str | None = None,
) -> Caller:
    """Return who asks. Raises ServiceValidationError, UnknownUser."""
    data = memory_of(hass)
    may_name_anybody = context.user_id is None
    if context.user_id is not None:
        user = await hass.auth.async_get_user(context.user_id)
        if user is None:
            raise UnknownUser(context=context)
        may_name_anybody = user.is_admin
    elif source in _SPOKEN:
        # Nobody who is not known speaks for others.
        may_name_anybody = False
    return Caller(
        hass=hass,
        data=data,
        scope=data.identity.scope_of(
            context,
            device_id=device_id,
            satellite_id=satellite_id,
            conversation_id=conversation_id,
        ),
        may_name_anybody=may_name_anybody,
        context=context,
        source=source,
        conversation_id=conversation_id,
        device_id=device_id,
        satellite_id=satellite_id,
    )


_SPOKEN = ("tool", "voice")


async def async_perform(
    operation: Operation, caller: Caller, data: dict[str, Any]
) -> ServiceResponse:
    """Do what is asked, with what the schema has checked. Raises HomeAssistantError, translated."""
    if operation.requires_admin and not caller.may_name_anybody:
        raise Unauthorized(context=caller.context)
    with translated():
        return await operation.perform(caller, data)


@contextmanager
def translated() -> Generator[None]:
    """Turn our errors into Home Assistant's."""
    try:
        yield
    except InvalidInput as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders=err.placeholders,
        ) from err
    except AiMemoryError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=err.translation_key,
            translation_placeholders=err.placeholders,
        ) from err


@callback
def places_of(
    hass: HomeAssistant, device_id: str | None, satellite_id: str | None
) -> list[str]:
    """Return the places that something said at a device belongs to: its area and the satellite."""
    places = []
    if satellite_id:
        places.append(satellite_place(satellite_id))
    if area_id := area_of(hass, device_id):
        places.append(area_place(area_id))
    return places


@callback
def area_of(hass: HomeAssistant, device_id: str | None) -> str | None:
    """Return the area of a device, None where it has none."""
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    if device is None or device.area_id is None:
        return None
    area = ar.async_get(hass).async_get_area(device.area_id)
    return area.id if area else None
