"""Which answers may be given again (docs/architecture.md).

Whatever cannot be proved safe is asked of the agent again: a wrong answer costs more than a slow one.
"""

from datetime import timedelta

from ..models import AnsweredBy, CacheVerdict, Turn
from .questions import asks_back, is_question, is_volatile

LIFETIME = timedelta(hours=1)
LIMIT = 1000
"""Answers kept per owner."""
_LONGEST_QUESTION = 2000  # characters, as the column
_LONGEST_ANSWER = 8000


def verdict_before(
    text: str,
    language: str | None,
    *,
    enabled: bool,
    is_follow_up: bool,
    asks_language_model: bool,
    names_live_thing: bool,
) -> CacheVerdict | None:
    """Return why a question must not be looked up, None where it may.

    `names_live_thing`: it speaks of an entity or area, so its answer is likely to be a state.
    """
    if not enabled:
        return CacheVerdict.OFF
    if not asks_language_model:
        return CacheVerdict.NO_LANGUAGE_MODEL
    if is_follow_up:
        return CacheVerdict.FOLLOW_UP
    if not is_question(text, language):
        return CacheVerdict.NOT_A_QUESTION
    if names_live_thing or is_volatile(text, "", language):
        return CacheVerdict.LIVE_STATE
    if len(text) > _LONGEST_QUESTION:
        return CacheVerdict.TOO_LONG
    return None


def verdict_after(
    turn: Turn, question: str, *, is_command: bool, continues: bool
) -> CacheVerdict:
    """Return STORED where the answer of a turn may be kept, else why not."""
    if turn.error is not None or not turn.reply:
        return CacheVerdict.FAILED
    if turn.answered_by is not AnsweredBy.DELEGATE or turn.intent or is_command:
        return CacheVerdict.COMMAND
    if turn.tools:
        return CacheVerdict.USED_TOOLS
    if continues or asks_back(turn.reply):
        return CacheVerdict.ASKS_BACK
    if is_volatile(question, turn.reply, turn.language):
        return CacheVerdict.LIVE_STATE
    if len(turn.reply) > _LONGEST_ANSWER:
        return CacheVerdict.TOO_LONG
    return CacheVerdict.STORED
