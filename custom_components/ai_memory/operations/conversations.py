"""Look through what was said, tag it, put it into the bin and take it out again."""

from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import probatio

from ..models import Conversation, RecalledPassage, TurnSummary
from .fields import (
    PERIOD,
    PERSON,
    TAGS,
    Field,
    owner_name,
    speaker,
    turn_id,
    whole_number,
)
from .operation import Caller, Operation

_CONVERSATION: Final = {
    probatio.Required(Field.CONVERSATION_ID): whole_number,
    **PERSON,
}


@callback
def conversation_response(
    hass: HomeAssistant, conversation: Conversation
) -> dict[str, Any]:
    """Return a conversation as every surface shows it, without its turns."""
    deleted_at = conversation.deleted_at
    return {
        "id": conversation.id,
        "session_id": conversation.session_id,
        "owner": owner_name(hass, conversation.owner),
        "title": conversation.title,
        "language": conversation.language,
        "tags": list(conversation.tags),
        "turn_count": conversation.turns,
        "started_at": conversation.started_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "deleted_at": deleted_at.isoformat() if deleted_at else None,
    }


@callback
def turn_response(hass: HomeAssistant, turn: TurnSummary) -> dict[str, Any]:
    """Return a turn as every surface shows it."""
    return {
        "id": str(turn.id),
        "conversation_id": turn.conversation_id,
        "owner": owner_name(hass, turn.owner),
        "text": turn.text,
        "reply": turn.reply,
        "started_at": turn.started_at.isoformat(),
        "language": turn.language,
        "agent_id": turn.agent_id,
        "answered_by": str(turn.answered_by),
        "intent": turn.intent,
        "device_id": turn.device_id,
        "satellite_id": turn.satellite_id,
        "cache": str(turn.cache),
        "error": turn.error,
        "tools": [
            {"name": tool.name, "succeeded": tool.succeeded} for tool in turn.tools
        ],
    }


@callback
def _recalled_response(recalled: RecalledPassage) -> dict[str, Any]:
    reference = recalled.reference
    return {
        "kind": str(recalled.kind),
        "id": int(recalled.source_id)
        if recalled.source_id.isdecimal()
        else recalled.source_id,
        "snippet": reference.snippet,
        "verdict": str(reference.verdict),
        "score": reference.score,
        "cosine": reference.cosine,
        "lexical": reference.lexical,
    }


async def _list_conversations(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    conversations = await caller.data.service.conversations.list(
        speaker(caller, data),
        limit=data[Field.LIMIT],
        before_id=data.get("before_id"),
        tag=data.get("tag"),
        since=data.get(Field.SINCE),
        until=data.get(Field.UNTIL),
        deleted=data["deleted"],
    )
    return {
        "conversations": [
            conversation_response(caller.hass, conversation)
            for conversation in conversations
        ]
    }


async def _get_conversation(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    found = await caller.data.service.conversations.get(
        speaker(caller, data),
        data[Field.CONVERSATION_ID],
        limit=data[Field.LIMIT],
        before_id=data.get("before_id"),
    )
    return {
        **conversation_response(caller.hass, found.conversation),
        "turns": [turn_response(caller.hass, turn) for turn in found.turns],
    }


async def _get_turn(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    found = await caller.data.service.conversations.get_turn(
        speaker(caller, data), data[Field.TURN_ID]
    )
    return {
        **turn_response(caller.hass, found.turn),
        "resolved_text": found.resolved_text,
        "model": found.model,
        "stages": dict(found.stages),
        "recalled": [_recalled_response(recalled) for recalled in found.recalled],
    }


async def _search_conversations(
    caller: Caller, data: dict[str, Any]
) -> ServiceResponse:
    found = await caller.data.service.conversations.search(
        speaker(caller, data),
        data.get(Field.QUERY),
        since=data.get(Field.SINCE),
        until=data.get(Field.UNTIL),
        limit=data[Field.LIMIT],
        language=data.get(Field.LANGUAGE),
    )
    return {
        "turns": [
            {**turn_response(caller.hass, one.turn), "score": one.score}
            for one in found
        ]
    }


async def _tag_conversation(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    conversation = await caller.data.service.conversations.tag(
        speaker(caller, data),
        data[Field.CONVERSATION_ID],
        add=data["add"],
        remove=data["remove"],
    )
    return conversation_response(caller.hass, conversation)


async def _delete_conversation(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    await caller.data.service.conversations.delete(
        speaker(caller, data), data[Field.CONVERSATION_ID]
    )
    return {"deleted": data[Field.CONVERSATION_ID]}


async def _restore_conversation(
    caller: Caller, data: dict[str, Any]
) -> ServiceResponse:
    conversation = await caller.data.service.conversations.restore(
        speaker(caller, data), data[Field.CONVERSATION_ID]
    )
    return conversation_response(caller.hass, conversation)


OPERATIONS: Final = (
    Operation(
        "list_conversations",
        probatio.Schema(
            {
                **PERSON,
                **PERIOD,
                probatio.Optional("tag"): cv.string,
                probatio.Optional("deleted", default=False): cv.boolean,
                probatio.Optional("before_id"): whole_number,
                probatio.Optional(Field.LIMIT, default=50): whole_number,
            }
        ),
        _list_conversations,
        SupportsResponse.ONLY,
    ),
    Operation(
        "get_conversation",
        probatio.Schema(
            {
                **_CONVERSATION,
                probatio.Optional("before_id"): turn_id,
                probatio.Optional(Field.LIMIT, default=100): whole_number,
            }
        ),
        _get_conversation,
        SupportsResponse.ONLY,
    ),
    Operation(
        "get_turn",
        probatio.Schema({probatio.Required(Field.TURN_ID): turn_id, **PERSON}),
        _get_turn,
        SupportsResponse.ONLY,
    ),
    Operation(
        "search_conversations",
        probatio.Schema(
            {
                probatio.Optional(Field.QUERY): cv.string,
                **PERSON,
                **PERIOD,
                probatio.Optional(Field.LIMIT, default=20): whole_number,
                probatio.Optional(Field.LANGUAGE): cv.language,
            }
        ),
        _search_conversations,
        SupportsResponse.ONLY,
    ),
    Operation(
        "tag_conversation",
        probatio.Schema(
            {
                **_CONVERSATION,
                probatio.Optional("add", default=list): TAGS,
                probatio.Optional("remove", default=list): TAGS,
            }
        ),
        _tag_conversation,
    ),
    Operation(
        "delete_conversation", probatio.Schema(_CONVERSATION), _delete_conversation
    ),
    Operation(
        "restore_conversation", probatio.Schema(_CONVERSATION), _restore_conversation
    ),
)
