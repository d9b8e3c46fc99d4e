"""A stand-in for a language model: it knows nothing and answers only from what it was given.

It is no language model and has no weights. It lets a house, and the tests, see what reaches a model and what comes back:

- a plain "turn on X" or "turn off X" becomes a call of the fitting tool, if tools are offered, and a confirmation
  after the tool ran;
- a question is answered with that line beside the user's words which shares most content words with it;
- everything else is answered with "I don't know that."

The user's words are the first line of the last user message; whatever stands below them was put there for the model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any

UNKNOWN = "I don't know that."

_COMMAND = re.compile(
    r"(?:please\s+)?(?:turn|switch)\s+(?:(?P<state>on|off)\s+(?:the\s+)?(?P<name>.+?)"
    r"|(?:the\s+)?(?P<name_first>.+?)\s+(?P<state_last>on|off))[\s.!]*",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:who|whose|whom|what|where|when|which|how|why|do|does|did|is|are|was|were|can|could|has|have|had|will|would"
    r"|wer|wem|wen|wessen|was|wo|wann|welche[rsnm]?|wie|warum|ist|sind|hat|haben|kann)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*•]|\d+[.)])\s+")
_WORD = re.compile(r"\w+")
_STOP_WORDS = frozenset(
    _WORD.findall(
        """
        a about an and are as at be been but by can could did do does for from had has have he her his how i
        if in is it its me my no not of on or our she so some than that the their them then there these they
        this to us was we were what when where which who whose why will with would you your am auf das dem
        den der des die ein eine einen einer er es für habe haben hat ich ihr im in ist mein meine mit nicht
        sie sind und uns unser unsere von wann war was wer wie wir wo zu zum zur
        """
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, or the tool to call first."""

    text: str = ""
    tool: str | None = None
    arguments: Mapping[str, str] | None = None


def answer(
    messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
) -> Answer:
    """Answer the messages of a chat request, as Ollama's API words them."""
    if not messages:
        return Answer(UNKNOWN)
    if messages[-1].get("role") == "tool":
        return Answer(_confirm(messages))
    said = next(
        (m for m in reversed(messages) if m.get("role") == "user"), messages[-1]
    )
    words, _, given = (said.get("content") or "").strip().partition("\n")
    if (command := _COMMAND.fullmatch(words.strip())) and (
        call := _call(command, tools)
    ):
        return call
    if words.rstrip().endswith("?") or _QUESTION.match(words.strip()):
        return Answer(_best_line(words, given) or UNKNOWN)
    return Answer(UNKNOWN)


def _call(command: re.Match[str], tools: Sequence[Mapping[str, Any]]) -> Answer | None:
    """Return the call that the command asks for, None if no such tool is offered.

    Home Assistant puts the integration's domain in front: `intent__HassTurnOn`.
    """
    state = (command["state"] or command["state_last"]).lower()
    intent = "HassTurnOn" if state == "on" else "HassTurnOff"
    for tool in tools:
        name = tool.get("function", {}).get("name", "")
        if name.rpartition("__")[2] == intent:
            target = command["name"] or command["name_first"]
            return Answer(tool=name, arguments={"name": target})
    return None


def _confirm(messages: Sequence[Mapping[str, Any]]) -> str:
    """Say what became of the last tool call."""
    calls = next(
        (m["tool_calls"] for m in reversed(messages) if m.get("tool_calls")), None
    )
    if not calls:
        return UNKNOWN
    function = calls[-1]["function"]
    name = function["arguments"].get("name", "it")
    if '"error":true' in (messages[-1].get("content") or "").replace(" ", ""):
        return f"Sorry, I could not switch {name}."
    return f"Turned {'on' if function['name'].endswith('On') else 'off'} {name}."


def _content_words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _STOP_WORDS}


def _best_line(question: str, given: str) -> str | None:
    """Return the line that shares most content words with the question, None if none shares any.

    Where some lines are items of a list, only those count: the others introduce it.
    """
    lines = [line.strip() for line in given.splitlines() if line.strip()]
    items = [_BULLET.sub("", line, count=1) for line in lines if _BULLET.match(line)]
    asked = _content_words(question)
    shared = {line: len(asked & _content_words(line)) for line in items or lines}
    best = max(shared, key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] else None
