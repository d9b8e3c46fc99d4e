"""Remember, recall, put right, list."""

from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import probatio

from ..memory.memories import MEMORIES
from ..models import DocumentPlace, Memory, MemoryStatus, Passage
from .fields import (
    OWNER,
    PERSON,
    PLACE,
    TAGS,
    Field,
    owner,
    owner_name,
    place,
    places,
    speaker,
    whole_number,
)
from .operation import Caller, Operation


@callback
def memory_response(hass: HomeAssistant, memory: Memory) -> dict[str, Any]:
    """Return a memory as every surface shows it."""
    return {
        "id": memory.id,
        "content": memory.content,
        "owner": owner_name(hass, memory.owner),
        "collection": memory.collection,
        "source": memory.source,
        "tags": list(memory.tags),
        "language": memory.language,
        "confidence": memory.confidence,
        "place": memory.place,
        "status": str(memory.status),
        "turn_id": str(memory.turn_id) if memory.turn_id else None,
        "created_at": memory.created_at.isoformat(),
        "updated_at": memory.updated_at.isoformat(),
    }


@callback
def passage_response(hass: HomeAssistant, passage: Passage) -> dict[str, Any]:
    """Return a passage as every surface shows it."""
    return {
        "kind": str(passage.kind),
        "id": int(passage.source_id)
        if passage.source_id.isdecimal()
        else passage.source_id,
        "content": passage.text,
        "owner": owner_name(hass, passage.owner),
        "created_at": passage.created_at.isoformat(),
        "score": passage.score,
        "cosine": passage.cosine,
        "lexical": passage.lexical,
        "document": passage.document and document_place_response(passage.document),
    }


@callback
def document_place_response(place: DocumentPlace) -> dict[str, Any]:
    """Return where in which document something stands, as every surface shows it."""
    return {
        "id": str(place.document_id),
        "title": place.title,
        "heading": place.heading,
        "page": place.page,
    }


async def _remember(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    memory, is_new = await caller.data.service.memories.remember(
        owner(caller, data),
        data[Field.CONTENT],
        collection=data[Field.COLLECTION],
        language=data.get(Field.LANGUAGE),
        source=data.get(Field.SOURCE),
        tags=data.get(Field.TAGS, ()),
        place=place(caller, data),
        # A model's memory is a candidate, not a truth.
        status=MemoryStatus.PROPOSED
        if caller.source == "tool"
        else MemoryStatus.ACCEPTED,
        confidence=0.8 if caller.source == "tool" else 1.0,
    )
    return {"new": is_new, **memory_response(caller.hass, memory)}


async def _update_memory(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    memory = await caller.data.service.memories.update(
        speaker(caller, data),
        data[Field.MEMORY_ID],
        content=data.get(Field.CONTENT),
        tags=data.get(Field.TAGS),
        source=data.get(Field.SOURCE),
        # An empty area takes the place away.
        place="" if data.get(Field.AREA) == "" else place(caller, data),
    )
    return memory_response(caller.hass, memory)


async def _get_memory(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    memory = await caller.data.service.memories.get(
        speaker(caller, data), data[Field.MEMORY_ID]
    )
    return memory_response(caller.hass, memory)


async def _list_memories(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    memories = await caller.data.service.memories.list(
        speaker(caller, data),
        limit=data[Field.LIMIT],
        before_id=data.get("before_id"),
        text=data.get(Field.QUERY),
        collection=data.get(Field.COLLECTION),
        status=MemoryStatus(data["status"]) if "status" in data else None,
    )
    return {"memories": [memory_response(caller.hass, memory) for memory in memories]}


async def _recall(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    passages = await caller.data.service.memories.recall(
        speaker(caller, data),
        data[Field.QUERY],
        limit=data[Field.LIMIT],
        language=data.get(Field.LANGUAGE),
        places=places(caller, data),
        relevant_only=data["relevant_only"],
    )
    return {
        "passages": [passage_response(caller.hass, passage) for passage in passages]
    }


async def _get_context(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    context = await caller.data.service.memories.get_context(
        speaker(caller, data),
        data[Field.QUERY],
        length=data["length"],
        language=data.get(Field.LANGUAGE),
        places=places(caller, data),
    )
    return {
        "context": context.text,
        "sources": [
            passage_response(caller.hass, passage) for passage in context.passages
        ],
    }


OPERATIONS: Final = (
    Operation(
        "remember",
        probatio.Schema(
            {
                probatio.Required(Field.CONTENT): cv.string,
                **OWNER,
                **PLACE,
                probatio.Optional(Field.COLLECTION, default=MEMORIES): cv.string,
                probatio.Optional(Field.SOURCE): cv.string,
                probatio.Optional(Field.TAGS): TAGS,
                probatio.Optional(Field.LANGUAGE): cv.language,
            }
        ),
        _remember,
    ),
    Operation(
        "update_memory",
        probatio.Schema(
            {
                probatio.Required(Field.MEMORY_ID): whole_number,
                **PERSON,
                **PLACE,
                probatio.Optional(Field.CONTENT): cv.string,
                probatio.Optional(Field.SOURCE): cv.string,
                probatio.Optional(Field.TAGS): TAGS,
            }
        ),
        _update_memory,
    ),
    Operation(
        "get_memory",
        probatio.Schema({probatio.Required(Field.MEMORY_ID): whole_number, **PERSON}),
        _get_memory,
        SupportsResponse.ONLY,
    ),
    Operation(
        "list_memories",
        probatio.Schema(
            {
                **PERSON,
                probatio.Optional(Field.QUERY): cv.string,
                probatio.Optional(Field.COLLECTION): cv.string,
                probatio.Optional("status"): probatio.In(list(map(str, MemoryStatus))),
                probatio.Optional("before_id"): whole_number,
                probatio.Optional(Field.LIMIT, default=50): whole_number,
            }
        ),
        _list_memories,
        SupportsResponse.ONLY,
    ),
    Operation(
        "recall",
        probatio.Schema(
            {
                probatio.Required(Field.QUERY): cv.string,
                **PERSON,
                **PLACE,
                probatio.Optional(Field.LIMIT, default=5): whole_number,
                probatio.Optional(Field.LANGUAGE): cv.language,
                probatio.Optional("relevant_only", default=False): cv.boolean,
            }
        ),
        _recall,
        SupportsResponse.ONLY,
    ),
    Operation(
        "get_context",
        probatio.Schema(
            {
                probatio.Required(Field.QUERY): cv.string,
                **PERSON,
                **PLACE,
                probatio.Optional("length", default=2000): whole_number,
                probatio.Optional(Field.LANGUAGE): cv.language,
            }
        ),
        _get_context,
        SupportsResponse.ONLY,
    ),
)
