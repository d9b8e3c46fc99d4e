"""From Home Assistant's chat log to a turn as we keep it."""

from collections.abc import Sequence
from dataclasses import asdict
import json
from typing import Any

from homeassistant.components.conversation import (
    AssistantContent,
    Content,
    ConversationResult,
    ToolResultContent,
    UserContent,
)
from homeassistant.helpers import intent

from .models import JsonValue, Message, ToolExecution, Turn


def _plain(value: Any) -> Any:
    """Return what JSON can hold of a value."""
    return json.loads(json.dumps(value, default=str))


def complete_turn(
    turn: Turn, contents: list[Content], result: ConversationResult | None
) -> None:
    """Put what came of a turn into it."""
    if result is not None:
        response = result.response
        turn.reply = speech_of(response)
        if response.intent and not turn.intent:
            turn.intent = response.intent.intent_type
        if response.error_code is not None:
            turn.error = response.error_code.value
    if turn.reply and not any(
        isinstance(content, AssistantContent) for content in contents
    ):
        # Agents that do not use the chat log answer in their result only.
        contents = [
            *contents,
            AssistantContent(agent_id=turn.agent_id or "", content=turn.reply),
        ]
    turn.tools = tools_of(contents)
    turn.messages = messages_of(contents, turn.text)


def speech_of(response: intent.IntentResponse) -> str:
    """Return what is said."""
    speech: str = response.speech.get("plain", {}).get("speech", "")
    return speech


def messages_of(contents: Sequence[Content], text: str) -> list[Message]:
    """Return the messages of a turn; `text` is what the user said, without our context."""
    messages = [Message("user", text)]
    for content in contents:
        match content:
            case AssistantContent():
                messages.append(
                    Message(
                        "assistant",
                        content.content,
                        content.thinking_content,
                        [
                            {
                                "id": call.id,
                                "name": call.tool_name,
                                "arguments": _plain(call.tool_args),
                            }
                            for call in content.tool_calls
                        ]
                        if content.tool_calls
                        else None,
                    )
                )
            case ToolResultContent():
                messages.append(
                    Message(
                        "tool_result", json.dumps(_result(content), ensure_ascii=False)
                    )
                )
            case UserContent():
                # The pipeline's own words, or ours with a context, are in `text`.
                continue
    return messages


def tools_of(contents: Sequence[Content]) -> list[ToolExecution]:
    """Return the tools that ran, in the order of their calls."""
    results = {
        content.tool_call_id: content
        for content in contents
        if isinstance(content, ToolResultContent)
    }
    tools = []
    for content in contents:
        if not isinstance(content, AssistantContent):
            continue
        for call in content.tool_calls or []:
            result = results.get(call.id)
            tools.append(
                ToolExecution(
                    name=call.tool_name,
                    arguments=_plain(call.tool_args),
                    result=_result(result) if result else None,
                    succeeded=result is not None and not result.result.error,
                )
            )
    return tools


def _result(content: ToolResultContent) -> JsonValue:
    data: JsonValue = _plain(asdict(content.result)["data"])
    return data
