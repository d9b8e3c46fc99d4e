"""Each way into memory has an end-to-end test, and the documentation says which."""

from pathlib import Path

from custom_components.ai_memory import http, llm, websocket_api
from custom_components.ai_memory.operations import OPERATIONS
from custom_components.ai_memory.spoken import LANGUAGES, SpokenIntent
from tests.coverage_table import page
from tests.e2e.test_every_sentence import ENGLISH, OTHER_LANGUAGES
from tests.e2e.test_every_way_in import SUBSCRIBE, TOOLS
from tests.e2e.ways import CHECKS, ENDPOINTS

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"


def test_each_operation_has_its_check() -> None:
    assert CHECKS.keys() == OPERATIONS.keys()


def test_each_endpoint_is_asked() -> None:
    views = {
        view.operation: (method.upper(), view.url)
        for view in vars(http).values()
        if isinstance(view, type)
        and hasattr(view, "url")
        and hasattr(view, "operation")
        for method in ("get", "post", "delete")
        if hasattr(view, method)
    }
    assert views == ENDPOINTS


def test_each_command_is_sent() -> None:
    """Beside the operations there is one."""
    commands = {
        member._ws_command
        for member in vars(websocket_api).values()
        if hasattr(member, "_ws_command")
    }
    assert commands == {SUBSCRIBE}


def test_each_tool_is_used() -> None:
    tools = {tool.name for tool in llm.MemoryTool.__subclasses__()}
    assert tools == TOOLS.keys()


def test_each_sentence_is_said() -> None:
    assert ENGLISH.keys() == set(SpokenIntent)
    assert {"en", *OTHER_LANGUAGES} == set(LANGUAGES)


def test_page_is_complete() -> None:
    """It is written by `python -m tests.coverage_table`."""
    assert PAGE.read_text(encoding="utf-8") == page()
