"""Where one chat session goes on with another: turns of before in Home Assistant's chat log."""

from collections.abc import Sequence
from datetime import datetime
import re
from typing import Final

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    Content,
    SystemContent,
    UserContent,
)
from homeassistant.core import callback

from .memory.recent import RecentTurn

_ASKS: Final = re.compile(r"[?;？;؟՞፧⁇⁈⁉‽][\W_]*\Z")
"""A question mark of any script behind which no more words come; the Greek one is a semicolon."""


@callback
def is_first_turn(chat_log: ChatLog) -> bool:
    """Return whether nothing was said before the message that is being answered."""
    return all(isinstance(content, SystemContent) for content in chat_log.content[:-1])


@callback
def began_at(chat_log: ChatLog) -> datetime | None:
    """Return when the first of what was said before the message that is being answered came into the log."""
    return next(
        (
            content.created
            for content in chat_log.content[:-1]
            if not isinstance(content, SystemContent)
        ),
        None,
    )


@callback
def ends_with_question(chat_log: ChatLog) -> bool:
    """Return whether the message that is being answered may answer a question of the assistant's."""
    last = next(
        (
            content.content
            for content in reversed(chat_log.content[:-1])
            if isinstance(content, AssistantContent) and content.content
        ),
        "",
    )
    return _ASKS.search(last) is not None


@callback
def take_up(chat_log: ChatLog, turns: Sequence[RecentTurn], agent_id: str) -> None:
    """Put turns before the message that is being answered, where they stay: the model's prompt cache lives on."""
    contents: list[Content] = []
    for turn in turns:
        contents += [
            UserContent(turn.text),
            AssistantContent(agent_id=agent_id, content=turn.reply),
        ]
    # Nobody is told: they were when it was said.
    _put_before_message(chat_log, [*chat_log.content[:-1], *contents])


@callback
def begin_afresh(chat_log: ChatLog) -> None:
    """Take away what was said before the message that is being answered."""
    _put_before_message(
        chat_log,
        [
            content
            for content in chat_log.content[:-1]
            if isinstance(content, SystemContent)
        ],
    )


def _put_before_message(chat_log: ChatLog, before: list[Content]) -> None:
    chat_log.content[:-1] = before
    if hasattr(chat_log, "turn_start"):
        # Since 2026.11 the log knows where the turn begins.
        chat_log.turn_start = len(before)
