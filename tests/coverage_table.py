"""Which end-to-end test runs what on a real Home Assistant: `python -m tests.coverage_table > docs/coverage.md`."""

from collections.abc import Callable, Iterable, Iterator
import sys
from typing import Final

from tests.e2e import (
    test_every_sentence as sentences,
    test_every_way_in as ways_in,
    test_feedback,
    test_forget,
    test_moving_house,
    test_sessions,
)
from tests.e2e.ways import ENDPOINTS

_HEAD: Final = """\
# What is tested end to end

Each of these tests drives a real `hass` process over its REST and websocket API, with a real PostgreSQL and Home
Assistant's own Ollama integration; only the language model is a stand-in. They run on the newest Home Assistant, all but
the websocket commands on the oldest supported one, too. A test checks that this page is complete; `python -m tests.coverage_table` writes it.
"""

type _Rows = Iterable[tuple[str, str]]


def _name(test: Callable[..., object], *values: str) -> str:
    """Return the id of a test as pytest takes it."""
    module = test.__module__.replace(".", "/")
    parameters = f"[{'-'.join(values)}]" if values else ""
    return f"`{module}.py::{test.__name__}{parameters}`"


def _endpoints() -> _Rows:
    for operation, (method, path) in ENDPOINTS.items():
        yield f"`{method} {path}`", _name(ways_in.test_operation, "http", operation)


def _actions() -> _Rows:
    for way, name in ways_in.ASKED:
        if way == "action":
            yield f"`ai_memory.{name}`", _name(ways_in.test_operation, way, name)


def _commands() -> _Rows:
    for way, name in ways_in.ASKED:
        if way == "websocket":
            yield f"`ai_memory/{name}`", _name(ways_in.test_operation, way, name)
    yield f"`{ways_in.SUBSCRIBE}`", _name(ways_in.test_changes_are_told)


def _tools() -> _Rows:
    for tool in ways_in.TOOLS:
        for agent in ways_in.AGENTS:
            yield f"`{tool}`, agent {agent}", _name(ways_in.test_tool, tool, agent)


def _sentences() -> _Rows:
    for intent in sentences.ENGLISH:
        yield f"`{intent}`", _name(sentences.test_said_in_english, intent)


def _languages() -> _Rows:
    for language in sentences.OTHER_LANGUAGES:
        yield (
            f"`{language}`: remember, tell, forget, yes",
            _name(sentences.test_said_in, language),
        )


def _further() -> _Rows:
    yield (
        "a session goes on, by text and by voice, of the same person only; `start over`",
        _name(test_sessions.test_same_person_goes_on_by_text_and_by_voice),
    )
    yield (
        "a session goes on at the household's satellite",
        _name(test_sessions.test_household_goes_on_at_its_satellite),
    )
    yield (
        "a session goes on after a reload",
        _name(test_sessions.test_goes_on_after_a_reload),
    )
    for word, forget in test_forget.WAYS:
        yield (
            "what is forgotten is in no table, file, answer or archive",
            _name(test_forget.test_no_trace_is_left, word, forget.__name__),
        )
    yield (
        "an archive fills an empty database with equal content, vectors included",
        _name(test_moving_house.test_archive_fills_an_empty_database),
    )
    yield (
        "a corrected conversation makes a preference pair and an alias",
        _name(test_feedback.test_corrected_conversation_makes_a_preference_pair),
    )


_TABLES: Final[dict[str, Callable[[], _Rows]]] = {
    "HTTP endpoints": _endpoints,
    "Actions": _actions,
    "Websocket commands": _commands,
    "Tools of language models": _tools,
    "Sentences, in English": _sentences,
    "Sentences, in other languages": _languages,
    "What goes through all of it": _further,
}


def page() -> str:
    """Return the page of the documentation."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for title, rows in _TABLES.items():
        yield f"## {title}\n"
        yield "| what | test |"
        yield "|---|---|"
        yield from (f"| {what} | {test} |" for what, test in rows())
        yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
