"""Every text that the code can ask for is there, with no placeholder that the code does not give."""

import ast
from collections.abc import Iterator
from functools import cache
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
from custom_components.ai_memory.documents.formats.content import Problem
from custom_components.ai_memory.errors import (
    AiMemoryError,
    DatabaseError,
    EmbedderError,
    InvalidInput,
)
from custom_components.ai_memory.memory.folder_sync import FolderState
from custom_components.ai_memory.memory.forgetting import OldKind
from custom_components.ai_memory.models import (
    HOUSEHOLD,
    AnsweredBy,
    DocumentState,
    MemoryStatus,
)
from custom_components.ai_memory.operations import OPERATIONS
from custom_components.ai_memory.postgres.settings import TlsMode
from custom_components.ai_memory.postgres.training import TrainingFormat

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

FOLDER_PROBLEMS = {
    "folder_all_failed",
    "folder_emptied",
    "folder_gone",
    "reader_unavailable",
    "subfolder_emptied",
    "too_many_files",
}
"""Never raised: shown of a folder, as those of documents are."""

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


@cache
def calls_in(tree: ast.Module) -> dict[str | None, list[ast.Call]]:
    """Return all calls of a module by the name of what is called."""
    found: dict[str | None, list[ast.Call]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found.setdefault(name_of(node.func), []).append(node)
    return found


def calls_of(tree: ast.Module, name: str) -> list[ast.Call]:
    return calls_in(tree).get(name, [])


def keywords(call: ast.Call) -> frozenset[str]:
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def keys_of(node: ast.expr, tree: ast.Module) -> set[str]:
    """Return the key that is written there, or all that a table of the module has, with what is taken for the others."""
    match node:
        case ast.Call(ast.Attribute(ast.Name(table), "get"), [_, default]):
            [values] = [
                assigned.value.values
                for assigned in tree.body
                if isinstance(assigned, ast.AnnAssign)
                and name_of(assigned.target) == table
                and isinstance(assigned.value, ast.Dict)
            ]
            return {ast.literal_eval(value) for value in (*values, default)}
        case _:
            return {ast.literal_eval(node)}


@cache
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
                for key in keys_of(call.args[0], tree):
                    found.add((key, keywords(call)))
        for name, (place, given) in through.items():
            for call in calls_of(tree, name):
                found.add((ast.literal_eval(call.args[place]), given))
    return found


@cache
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
    assert {"document_too_large", "document_unreadable"} <= keys
    assert len(ERRORS) > 15


@pytest.mark.parametrize("call", sorted(invalid_input() | raised_errors(), key=str))
def test_error_has_a_text(call: Call) -> None:
    key, given = call
    assert placeholders(ENGLISH["exceptions"][key]["message"]) <= given


def test_all_errors_have_texts() -> None:
    used = {key for key, _ in invalid_input()} | raised_directly()
    used |= {error.translation_key for error in ERRORS.values()}
    used |= {f"document_{problem}" for problem in Problem} | FOLDER_PROBLEMS
    assert ENGLISH["exceptions"].keys() == used


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS.keys())
def test_problem_has_an_issue_and_a_form_error(error: type[AiMemoryError]) -> None:
    key = error.translation_key
    message = ENGLISH["exceptions"][key]["message"]
    if key != "wrong_password":  # asked for anew instead
        issue = ENGLISH["issues"][key]
        text = issue["fix_flow"]["step"]["model"] if "fix_flow" in issue else issue
        assert placeholders(text["description"]) == placeholders(message)
        assert not placeholders(issue["title"])
    if issubclass(error, (DatabaseError, EmbedderError)):
        assert ENGLISH["config"]["error"][key] == message


def test_the_database_has_texts_in_forms_of_a_running_memory() -> None:
    """What a database that was fine may say later: no versions, no schema."""
    [function] = [
        node
        for tree in CODE
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "database_errors"
    ]
    raised = {
        ERRORS[name]
        for node in ast.walk(function)
        if isinstance(node, ast.Raise) and node.exc and (name := name_of(node.exc))
    } | {DatabaseError}
    assert len(raised) > 5
    for texts in (
        ENGLISH["options"]["error"],
        ENGLISH["issues"]["embedding_model_missing"]["fix_flow"]["error"],
    ):
        for error in raised:
            key = error.translation_key
            assert texts[key] == ENGLISH["exceptions"][key]["message"]


def steps_of_flows() -> dict[str, set[str]]:
    """Return the steps that each class of a flow defines."""
    return {
        flow.name: {
            node.name.removeprefix("async_step_")
            for node in flow.body
            if isinstance(node, ast.AsyncFunctionDef)
            and node.name.startswith("async_step_")
        }
        for tree in CODE
        for flow in ast.walk(tree)
        if isinstance(flow, ast.ClassDef)
    }


def test_steps_have_texts() -> None:
    flows = steps_of_flows()
    options = flows.pop("AiMemoryOptionsFlow") | flows.pop("DocumentSteps")
    unseen = {"hassio", "reauth", "none"}
    # Only goes on to the next.
    flows["MissingModelFlow"].remove("init")
    agent, folder = (
        ENGLISH["config_subentries"][kind] for kind in ("conversation", "folder")
    )
    fixes = {
        flow: ENGLISH["issues"][issue]["fix_flow"]
        for flow, issue in (
            ("MissingModelFlow", "embedding_model_missing"),
            ("RemovedPersonFlow", "removed_person"),
        )
    }
    for texts, defined in (
        (agent, flows.pop("ConversationSubentryFlow")),
        (folder, flows.pop("FolderSubentryFlow")),
        *((texts, flows.pop(flow)) for flow, texts in fixes.items()),
        (ENGLISH["config"], set().union(*flows.values()) - unseen),
        (ENGLISH["options"], options),
    ):
        assert texts["step"].keys() == defined
        for step in texts["step"].values():
            described = step.get("data_description", {})
            assert step.get("data", {}).keys() == described.keys()
            assert step.get("menu_options", {}).keys() <= defined | unseen


def test_selectors_have_texts() -> None:
    options = {
        key: set(selector["options"]) for key, selector in ENGLISH["selector"].items()
    }
    assert options == {
        "answered_by": set(AnsweredBy),
        "capture": set(CaptureMode),
        "document_state": set(DocumentState),
        "old_kind": set(OldKind),
        "seen_by": {HOUSEHOLD},
        "status": set(MemoryStatus),
        "thumbs": {"down", "up"},
        "tls": set(TlsMode),
        "training_format": set(TrainingFormat),
    }


def test_states_have_texts() -> None:
    assert ENGLISH["entity"]["sensor"]["folder_state"]["state"].keys() == set(
        FolderState
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_action_is_described(name: str) -> None:
    fields = {str(marker) for marker in OPERATIONS[name].schema.schema}
    described = load_yaml_dict(str(FOLDER / "services.yaml"))[name] or {}
    assert described.get("fields", {}).keys() == fields
    assert ENGLISH["services"][name].get("fields", {}).keys() == fields
    icons = json.loads((FOLDER / "icons.json").read_text())
    assert icons["services"][name]["service"].startswith("mdi:")
