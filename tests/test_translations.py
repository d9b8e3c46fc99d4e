"""Every text that the code can ask for is there, with no placeholder that the code does not give."""

import ast
from collections.abc import Iterator
import inspect
import json
from pathlib import Path
import string
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

import custom_components.ai_memory as package
from custom_components.ai_memory import errors
from custom_components.ai_memory.const import CaptureMode
from custom_components.ai_memory.errors import (
    AiMemoryError,
    DatabaseError,
    EmbedderError,
    InvalidInput,
)
from custom_components.ai_memory.models import MemoryStatus
from custom_components.ai_memory.operations import OPERATIONS
from custom_components.ai_memory.postgres.settings import TlsMode

FOLDER = Path(package.__file__).parent
CODE = [
    ast.parse(path.read_text(), filename=str(path))
    for path in sorted(FOLDER.rglob("*.py"))
]
ENGLISH: dict[str, Any] = json.loads((FOLDER / "translations/en.json").read_text())
ERRORS = {
    name: error
    for name, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, AiMemoryError) and error is not InvalidInput
}

type Call = tuple[str, frozenset[str]]
"""A key and the placeholders that are given for it."""


def name_of(node: ast.expr) -> str | None:
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def functions_around(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.Call]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    yield function, node


def calls_of(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) == name:
            yield node


def keywords(call: ast.Call) -> frozenset[str]:
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def invalid_input() -> set[Call]:
    """Return every use of InvalidInput, also through a function that is given the key."""
    found: set[Call] = set()
    for tree in CODE:
        through: dict[str, tuple[int, frozenset[str]]] = {}
        for function, call in functions_around(tree):
            if name_of(call.func) == "InvalidInput" and isinstance(
                call.args[0], ast.Name
            ):
                names = [argument.arg for argument in function.args.args]
                place = names.index(call.args[0].id)
                through[function.name] = place, keywords(call)
        for call in calls_of(tree, "InvalidInput"):
            if not isinstance(call.args[0], ast.Name):
                found.add((ast.literal_eval(call.args[0]), keywords(call)))
        for name, (place, given) in through.items():
            for call in calls_of(tree, name):
                found.add((ast.literal_eval(call.args[place]), given))
    return found


def raised_errors() -> set[Call]:
    """Return every other error of ours that is made, bare ones too."""
    found: set[Call] = set()
    for tree in CODE:
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Raise)
                and node.exc is not None
                and (name := name_of(node.exc)) in ERRORS
            ):
                found.add((ERRORS[name].translation_key, frozenset()))
        for name, error in ERRORS.items():
            for call in calls_of(tree, name):
                found.add((error.translation_key, keywords(call)))
    return found


def raised_directly() -> set[str]:
    """Return the keys of Home Assistant's errors that are raised with a text of ours."""
    return {
        str(keyword.value.value)
        for tree in CODE
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "translation_key"
        and (name_of(node.func) or "").endswith("Error")
        and isinstance(keyword.value, ast.Constant)
    }


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_the_walk_finds_something() -> None:
    keys = {key for key, _ in invalid_input()}
    assert {"dsn_invalid", "preference_key_invalid", "text_too_long"} <= keys
    assert ("wrong_dimensions", frozenset({"expected", "received"})) in raised_errors()
    assert ("wrong_password", frozenset()) in raised_errors()
    assert {"not_loaded", "not_your_memory"} <= raised_directly()
    assert len(ERRORS) > 15


@pytest.mark.parametrize("call", sorted(invalid_input() | raised_errors(), key=str))
def test_error_has_a_text(call: Call) -> None:
    key, given = call
    assert placeholders(ENGLISH["exceptions"][key]["message"]) <= given


def test_all_errors_have_texts() -> None:
    used = {key for key, _ in invalid_input()} | raised_directly()
    used |= {error.translation_key for error in ERRORS.values()}
    assert ENGLISH["exceptions"].keys() == used


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS.keys())
def test_problem_has_an_issue_and_a_form_error(error: type[AiMemoryError]) -> None:
    key = error.translation_key
    message = ENGLISH["exceptions"][key]["message"]
    if key != "wrong_password":  # asked for anew instead
        issue = ENGLISH["issues"][key]
        assert placeholders(issue["description"]) == placeholders(message)
        assert not placeholders(issue["title"])
    if issubclass(error, (DatabaseError, EmbedderError)):
        assert ENGLISH["config"]["error"][key] == message


def test_steps_have_texts() -> None:
    steps = ENGLISH["config"]["step"]
    defined = {
        node.name.removeprefix("async_step_")
        for tree in CODE
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and node.name.startswith("async_step_")
    }
    unseen = {"hassio", "reauth", "none", "init"}
    assert steps.keys() == defined - unseen
    for step in steps.values():
        assert step.get("data", {}).keys() == step.get("data_description", {}).keys()
        for option in step.get("menu_options", {}):
            assert option in defined


def test_selectors_have_texts() -> None:
    options = {
        key: set(selector["options"]) for key, selector in ENGLISH["selector"].items()
    }
    assert options == {
        "capture": set(CaptureMode),
        "status": set(MemoryStatus),
        "tls": set(TlsMode),
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_action_is_described(name: str) -> None:
    fields = {str(marker) for marker in OPERATIONS[name].schema.schema}
    described = load_yaml_dict(str(FOLDER / "services.yaml"))[name] or {}
    assert described.get("fields", {}).keys() == fields
    assert ENGLISH["services"][name].get("fields", {}).keys() == fields
    icons = json.loads((FOLDER / "icons.json").read_text())
    assert icons["services"][name]["service"].startswith("mdi:")
