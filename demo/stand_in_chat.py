"""A stand-in for a language model: it knows nothing and answers only from what it was given.

It is no language model and has no weights. It lets a house, and the tests, see what reaches a model and what comes back:

- a plain "turn on X" or "turn off X" becomes a call of the fitting tool, if tools are offered, and a confirmation
  after the tool ran; "no, I meant Y" after it becomes the same for Y;
- "use tool NAME with JSON" becomes a call of that tool, if it is offered; what the tool returned is the answer;
- a question is answered with that line beside the user's words which shares most content words with it;
- everything else is answered with "I don't know that."

The user's words are the first line of the last user message; whatever stands below them was put there for the model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import json
import re
from typing import Any

UNKNOWN = "I don't know that."

_COMMAND = re.compile(
    r"(?:please\s+)?(?:turn|switch)\s+(?:(?P<state>on|off)\s+(?:the\s+)?(?P<name>.+?)"
    r"|(?:the\s+)?(?P<name_first>.+?)\s+(?P<state_last>on|off))[\s.!]*",
    re.IGNORECASE,
)
_CORRECTION = re.compile(r"no,? i meant (?:the )?(?P<name>.+?)[\s.!]*", re.IGNORECASE)
_USE = re.compile(r"use tool (?P<tool>\w+) with (?P<arguments>\{.*\})")
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
    arguments: Mapping[str, Any] | None = None


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
    if call := _call(words.strip(), _said_before(messages), tools):
        return call
    if words.rstrip().endswith("?") or _QUESTION.match(words.strip()):
        return Answer(_best_line(words, given) or UNKNOWN)
    return Answer(UNKNOWN)


def _said_before(messages: Sequence[Mapping[str, Any]]) -> str:
    """Return the user's words before the last ones."""
    users = [message for message in messages if message.get("role") == "user"]
    before = users[-2] if len(users) > 1 else {}
    return (before.get("content") or "").partition("\n")[0].strip()


def _call(
    words: str, words_before: str, tools: Sequence[Mapping[str, Any]]
) -> Answer | None:
    """Return the call that the words ask for, None if they ask for none or no such tool is offered."""
    offered = [tool.get("function", {}).get("name", "") for tool in tools]
    if use := _USE.fullmatch(words):
        if use["tool"] not in offered:
            return None
        return Answer(tool=use["tool"], arguments=json.loads(use["arguments"]))
    meant = _CORRECTION.fullmatch(words)
    command = _COMMAND.fullmatch(words_before if meant else words)
    if command is None:
        return None
    state = (command["state"] or command["state_last"]).lower()
    intent = "HassTurnOn" if state == "on" else "HassTurnOff"
    target = meant["name"] if meant else command["name"] or command["name_first"]
    for name in offered:
        # Home Assistant puts the integration's domain in front: `intent__HassTurnOn`.
        if name.rpartition("__")[2] == intent:
            return Answer(tool=name, arguments={"name": target})
    return None


def _confirm(messages: Sequence[Mapping[str, Any]]) -> str:
    """Say what became of the last tool call."""
    calls = next(
        (m["tool_calls"] for m in reversed(messages) if m.get("tool_calls")), None
    )
    if not calls:
        return UNKNOWN
    function, result = calls[-1]["function"], messages[-1].get("content") or ""
    if not (done := re.search(r"HassTurn(On|Off)$", function["name"])):
        return result
    name = function["arguments"].get("name", "it")
    if '"error":true' in result.replace(" ", ""):
        return f"Sorry, I could not switch {name}."
    return f"Turned {done[1].lower()} {name}."


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
