"""Keeps secrets out of what is stored, and notes that there was one."""

from collections.abc import Callable
from dataclasses import replace
import json
from typing import Any, cast

from ..errors import InvalidInput
from ..models import JsonValue, Scope, Turn
from ..postgres.dropped_secrets import DroppedSecret
from ..postgres.store import Store
from .secret_filter import find_secrets, mask, mask_json

MOST_LISTED = 500


class SecretGate:
    """Refuses what is stored on purpose, masks what is saved in passing."""

    def __init__(self, store: Store) -> None:
        """Take where it is noted."""
        self._store = store

    async def refuse(
        self, scope: Scope, source: str, language: str | None, *texts: str
    ) -> None:
        """Raise InvalidInput `secret_not_stored` where a text holds a secret. Raises DatabaseError."""
        kinds = [
            secret.kind for text in texts for secret in find_secrets(text, language)
        ]
        if kinds:
            await self._store.secrets.note(scope, source, kinds)
            raise InvalidInput("secret_not_stored", kind=str(kinds[0]))

    async def refuse_json(
        self, scope: Scope, source: str, language: str | None, value: JsonValue
    ) -> None:
        """Raise InvalidInput `secret_not_stored` where a value holds a secret. Raises DatabaseError."""
        _, kinds = mask_json(value, language)
        if kinds:
            await self._store.secrets.note(scope, source, kinds)
            raise InvalidInput("secret_not_stored", kind=str(kinds[0]))

    async def list(self, scope: Scope, *, limit: int = 50) -> list[DroppedSecret]:
        """Return what was not stored in a scope, the newest first. Raises InvalidInput, DatabaseError."""
        if not 1 <= limit <= MOST_LISTED:
            raise InvalidInput("limit_invalid", most=str(MOST_LISTED))
        return await self._store.secrets.list(scope, limit)


def mask_turn(turn: Turn) -> None:
    """Mask the secrets of a turn in place; their kinds go to `turn.secrets`."""
    kinds: list[str] = []
    results: dict[str, tuple[JsonValue, bool]] = {}

    def text(value: str | None) -> str | None:
        if value is None:
            return None
        masked, found = mask(value, turn.language)
        kinds.extend(found)
        return masked

    def data(value: JsonValue) -> JsonValue:
        masked, found = mask_json(value, turn.language)
        kinds.extend(found)
        return masked

    def result(value: JsonValue) -> JsonValue:
        # Most stand in a message and with the tool.
        same = json.dumps(value)
        if same not in results:
            masked = data(value)
            results[same] = masked, masked is not value
        masked, is_changed = results[same]
        return masked if is_changed else value

    turn.text = text(turn.text) or ""
    turn.resolved_text = text(turn.resolved_text)
    turn.reply = text(turn.reply)
    turn.messages = [
        replace(
            message,
            content=masked_result(message.content, result, text)
            if message.role == "tool_result"
            else text(message.content),
            thinking=text(message.thinking),
            tool_calls=cast(
                "list[dict[str, Any]] | None",
                data(cast("JsonValue", message.tool_calls)),
            ),
        )
        for message in turn.messages
    ]
    turn.tools = [
        replace(
            tool,
            arguments=cast("dict[str, Any]", data(dict(tool.arguments))),
            result=result(tool.result),
        )
        for tool in turn.tools
    ]
    turn.secrets = sorted(set(kinds))


def masked_result(
    content: str | None,
    data: Callable[[JsonValue], JsonValue],
    text: Callable[[str | None], str | None],
) -> str | None:
    """Return what a tool returned, which is JSON as a rule, without its secrets."""
    try:
        value = json.loads(content or "")
    except ValueError, RecursionError:
        return text(content)
    return (
        content
        if (masked := data(value)) is value
        else json.dumps(masked, ensure_ascii=False)
    )
