"""The actions: what automations, scripts and people can ask of the memory."""

from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.const import ATTR_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    UnknownUser,
)
from homeassistant.helpers import config_validation as cv
import probatio

from .const import DOMAIN
from .data import AiMemoryConfigEntry, AiMemoryData
from .errors import AiMemoryError, InvalidInput
from .memory.service import MEMORIES
from .models import HOUSEHOLD, Passage, Preference, Scope


class AiMemoryService(StrEnum):
    """Names of the actions."""

    REMEMBER = "remember"
    RECALL = "recall"
    FORGET = "forget"
    SET_PREFERENCE = "set_preference"
    GET_PREFERENCE = "get_preference"
    DELETE_PREFERENCE = "delete_preference"


class AiMemoryServiceArgument(StrEnum):
    """Names of their fields."""

    CATEGORY = "category"
    COLLECTION = "collection"
    CONTENT = "content"
    KEY = "key"
    LANGUAGE = "language"
    LIMIT = "limit"
    MEMORY_IDS = "memory_ids"
    PERSON = "person"
    PRIVATE = "private"
    QUERY = "query"
    SOURCE = "source"
    TAGS = "tags"
    VALUE = "value"


type _Schema = dict[probatio.Marker, Any]

_PERSON: _Schema = {
    probatio.Optional(AiMemoryServiceArgument.PERSON): cv.entity_domain(PERSON_DOMAIN)
}
_OWNER: _Schema = {
    **_PERSON,
    probatio.Optional(AiMemoryServiceArgument.PRIVATE, default=False): cv.boolean,
}

REMEMBER_SCHEMA = probatio.Schema(
    {
        probatio.Required(AiMemoryServiceArgument.CONTENT): cv.string,
        **_OWNER,
        probatio.Optional(
            AiMemoryServiceArgument.COLLECTION, default=MEMORIES
        ): cv.string,
        probatio.Optional(AiMemoryServiceArgument.SOURCE): cv.string,
        probatio.Optional(AiMemoryServiceArgument.TAGS): probatio.All(
            probatio.EnsureList(), [cv.string]
        ),
        probatio.Optional(AiMemoryServiceArgument.LANGUAGE): cv.language,
    }
)


def _whole_number(value: Any) -> int:
    """Return a whole number, which a template may have made text. Never rounds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    raise probatio.Invalid("expected a whole number")


RECALL_SCHEMA = probatio.Schema(
    {
        probatio.Required(AiMemoryServiceArgument.QUERY): cv.string,
        **_PERSON,
        probatio.Optional(AiMemoryServiceArgument.LIMIT, default=5): _whole_number,
        probatio.Optional(AiMemoryServiceArgument.LANGUAGE): cv.language,
    }
)
FORGET_SCHEMA = probatio.Schema(
    {
        probatio.Required(AiMemoryServiceArgument.MEMORY_IDS): probatio.All(
            probatio.EnsureList(), probatio.Length(min=1), [_whole_number]
        ),
        **_PERSON,
    }
)
SET_PREFERENCE_SCHEMA = probatio.Schema(
    {
        probatio.Required(AiMemoryServiceArgument.KEY): cv.string,
        probatio.Required(AiMemoryServiceArgument.VALUE): object,
        probatio.Optional(AiMemoryServiceArgument.CATEGORY): cv.string,
        **_OWNER,
    }
)
GET_PREFERENCE_SCHEMA = probatio.Schema(
    {probatio.Required(AiMemoryServiceArgument.KEY): cv.string, **_PERSON}
)
DELETE_PREFERENCE_SCHEMA = probatio.Schema(
    {probatio.Required(AiMemoryServiceArgument.KEY): cv.string, **_OWNER}
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for service, handler, schema, response in (
        (
            AiMemoryService.REMEMBER,
            _async_remember,
            REMEMBER_SCHEMA,
            SupportsResponse.OPTIONAL,
        ),
        (AiMemoryService.RECALL, _async_recall, RECALL_SCHEMA, SupportsResponse.ONLY),
        (
            AiMemoryService.FORGET,
            _async_forget,
            FORGET_SCHEMA,
            SupportsResponse.OPTIONAL,
        ),
        (
            AiMemoryService.SET_PREFERENCE,
            _async_set_preference,
            SET_PREFERENCE_SCHEMA,
            SupportsResponse.OPTIONAL,
        ),
        (
            AiMemoryService.GET_PREFERENCE,
            _async_get_preference,
            GET_PREFERENCE_SCHEMA,
            SupportsResponse.ONLY,
        ),
        (
            AiMemoryService.DELETE_PREFERENCE,
            _async_delete_preference,
            DELETE_PREFERENCE_SCHEMA,
            SupportsResponse.OPTIONAL,
        ),
    ):
        hass.services.async_register(
            DOMAIN, service, handler, schema, supports_response=response
        )


async def _async_remember(call: ServiceCall) -> ServiceResponse:
    """Store a memory."""
    memory_data = _data(call.hass)
    with _translated():
        memory, is_new = await memory_data.service.remember(
            await _async_owner(call, memory_data),
            call.data[AiMemoryServiceArgument.CONTENT],
            collection=call.data[AiMemoryServiceArgument.COLLECTION],
            language=call.data.get(AiMemoryServiceArgument.LANGUAGE),
            source=call.data.get(AiMemoryServiceArgument.SOURCE),
            tags=call.data.get(AiMemoryServiceArgument.TAGS),
        )
    return {
        "id": memory.id,
        "new": is_new,
        "content": memory.content,
        "owner": _owner(call.hass, memory.owner),
        "collection": memory.collection,
        "source": memory.source,
        "tags": list(memory.tags),
        "language": memory.language,
        "created_at": memory.created_at.isoformat(),
        "updated_at": memory.updated_at.isoformat(),
    }


async def _async_recall(call: ServiceCall) -> ServiceResponse:
    """Search what is known."""
    memory_data = _data(call.hass)
    with _translated():
        passages = await memory_data.service.recall(
            await _async_speaker(call, memory_data),
            call.data[AiMemoryServiceArgument.QUERY],
            limit=call.data[AiMemoryServiceArgument.LIMIT],
            language=call.data.get(AiMemoryServiceArgument.LANGUAGE),
        )
    return {"passages": [_passage(call.hass, passage) for passage in passages]}


async def _async_forget(call: ServiceCall) -> ServiceResponse:
    """Delete memories."""
    memory_data = _data(call.hass)
    with _translated():
        forgotten = await memory_data.service.forget(
            await _async_speaker(call, memory_data),
            call.data[AiMemoryServiceArgument.MEMORY_IDS],
        )
    return {"forgotten": list(forgotten)}


async def _async_set_preference(call: ServiceCall) -> ServiceResponse:
    """Set a preference or an alias."""
    memory_data = _data(call.hass)
    with _translated():
        preference = await memory_data.service.set_preference(
            await _async_owner(call, memory_data),
            call.data[AiMemoryServiceArgument.KEY],
            call.data[AiMemoryServiceArgument.VALUE],
            category=call.data.get(AiMemoryServiceArgument.CATEGORY),
        )
    return {"preference": _preference(call.hass, preference)}


async def _async_get_preference(call: ServiceCall) -> ServiceResponse:
    """Return a preference, None where there is none."""
    memory_data = _data(call.hass)
    with _translated():
        preference = await memory_data.service.get_preference(
            await _async_speaker(call, memory_data),
            call.data[AiMemoryServiceArgument.KEY],
        )
    return {"preference": _preference(call.hass, preference) if preference else None}


async def _async_delete_preference(call: ServiceCall) -> ServiceResponse:
    """Delete a preference or an alias."""
    memory_data = _data(call.hass)
    with _translated():
        deleted = await memory_data.service.delete_preference(
            await _async_owner(call, memory_data),
            call.data[AiMemoryServiceArgument.KEY],
        )
    return {"deleted": deleted}


@callback
def _data(hass: HomeAssistant) -> AiMemoryData:
    entries: list[AiMemoryConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_loaded"
        )
    return entries[0].runtime_data


@contextmanager
def _translated() -> Generator[None]:
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


async def _async_speaker(call: ServiceCall, memory_data: AiMemoryData) -> Scope:
    """Return who asks: the person named, else the caller. Raises InvalidInput."""
    own = memory_data.identity.scope_of_context(call.context)
    if (person := call.data.get(AiMemoryServiceArgument.PERSON)) is None:
        return own
    named = memory_data.identity.scope_of_person(person)
    if named != own and not await _async_may_name_anybody(call):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_your_memory"
        )
    return named


async def _async_owner(call: ServiceCall, memory_data: AiMemoryData) -> Scope:
    """Return whose it shall be: the person named, the caller if private, else the household. Raises InvalidInput."""
    if AiMemoryServiceArgument.PERSON in call.data:
        return await _async_speaker(call, memory_data)
    if not call.data[AiMemoryServiceArgument.PRIVATE]:
        return Scope.household()
    own = memory_data.identity.scope_of_context(call.context)
    if own == Scope.household():
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="caller_no_person"
        )
    return own


async def _async_may_name_anybody(call: ServiceCall) -> bool:
    """Return whether the caller may name another person: automations and administrators."""
    if call.context.user_id is None:
        return True
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    return user.is_admin


@callback
def _owner(hass: HomeAssistant, owner: str) -> str:
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


@callback
def _passage(hass: HomeAssistant, passage: Passage) -> dict[str, Any]:
    return {
        "kind": str(passage.kind),
        "id": int(passage.source_id)
        if passage.source_id.isdecimal()
        else passage.source_id,
        "content": passage.text,
        "owner": _owner(hass, passage.owner),
        "created_at": passage.created_at.isoformat(),
        "score": passage.score,
        "cosine": passage.cosine,
        "lexical": passage.lexical,
    }


@callback
def _preference(hass: HomeAssistant, preference: Preference) -> dict[str, Any]:
    return {
        "key": preference.key,
        "value": preference.value,
        "category": preference.category,
        "owner": _owner(hass, preference.owner),
        "updated_at": preference.updated_at.isoformat(),
    }
