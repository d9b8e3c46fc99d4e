"""Shelves: list them, say what stands on one, have that summarised."""

from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import probatio

from ..models import Collection
from .fields import OWNER, PERSON, Field, owner, owner_name, speaker
from .operation import Caller, Operation

_DESCRIPTION: Final = "description"


@callback
def collection_response(hass: HomeAssistant, collection: Collection) -> dict[str, Any]:
    """Return a shelf as every surface shows it."""
    return {
        "id": collection.id,
        "name": collection.name,
        "owner": owner_name(hass, collection.owner),
        "description": collection.description,
        "summary": collection.summary,
        "summary_by": str(collection.summary_by) if collection.summary_by else None,
        "documents": collection.documents,
        "memories": collection.memories,
        "statements": collection.statements,
    }


async def _list_collections(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    collections = await caller.data.service.collections.list(speaker(caller, data))
    return {
        "collections": [
            collection_response(caller.hass, collection) for collection in collections
        ]
    }


async def _update_collection(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    collection = await caller.data.service.collections.describe(
        owner(caller, data), data[Field.COLLECTION], data[_DESCRIPTION]
    )
    return collection_response(caller.hass, collection)


async def _summarise_collection(
    caller: Caller, data: dict[str, Any]
) -> ServiceResponse:
    collection = await caller.data.service.collections.summarise(
        owner(caller, data), data[Field.COLLECTION]
    )
    return collection_response(caller.hass, collection)


OPERATIONS: Final = (
    Operation(
        "list_collections",
        probatio.Schema(PERSON),
        _list_collections,
        SupportsResponse.ONLY,
    ),
    Operation(
        "update_collection",
        probatio.Schema(
            {
                probatio.Required(Field.COLLECTION): cv.string,
                **OWNER,
                probatio.Optional(_DESCRIPTION, default=""): cv.string,
            }
        ),
        _update_collection,
    ),
    Operation(
        "summarise_collection",
        probatio.Schema({probatio.Required(Field.COLLECTION): cv.string, **OWNER}),
        _summarise_collection,
    ),
)
