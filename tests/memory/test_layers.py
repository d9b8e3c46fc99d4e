"""Arrows point one way, and the engine knows nothing of Home Assistant (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import custom_components.ai_memory

PACKAGE = "custom_components.ai_memory"
ROOT = Path(custom_components.ai_memory.__file__).parent
GROUND = ("models", "errors", "text_forms")
PARTS = ("documents", "embedding", "memory", "postgres")
MAY_IMPORT = {
    "models": {"models"},
    "errors": {"errors"},
    "text_forms": {"text_forms", "errors", "models"},
    "postgres": {"postgres", *GROUND},
    "embedding": {"embedding", *GROUND},
    "documents": {"documents", *GROUND},
    "memory": {"memory", "postgres", "embedding", "documents", *GROUND},
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def engine_files() -> list[Path]:
    files = [ROOT / f"{name}.py" for name in GROUND]
    for part in PARTS:
        files += sorted((ROOT / part).rglob("*.py"))
    return files


def modules_in(folder: str) -> set[str]:
    return {module_name(path) for path in (ROOT / folder).rglob("*.py")}


EVERY = modules_in(".")


def _name(module: str) -> str:
    ours = f"{module}.".startswith(f"{PACKAGE}.")
    return module.removeprefix(PACKAGE).removeprefix(".") if ours else f"/{module}"


def imported(path: Path) -> Iterator[str]:
    """Yield what a file imports: modules of ours by their name in the package, others behind a slash."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _name(alias.name)
        elif isinstance(node, ast.ImportFrom):
            if node.level > len(package) + 1:
                raise AssertionError(f"{path} imports from outside the integration")
            base = package[: len(package) + 1 - node.level] if node.level else ()
            whole = ".".join((*base, *((node.module or "").split(".")))).strip(".")
            if not node.level:
                whole = _name(whole)
            for alias in node.names:
                inner = f"{whole}.{alias.name}".strip(".")
                yield inner if inner in EVERY else whole


def test_all_parts_are_looked_at() -> None:
    assert {name.partition(".")[0] for name in map(module_name, engine_files())} >= {
        *GROUND,
        "embedding",
        "memory",
        "postgres",
    }


@pytest.mark.parametrize("path", engine_files(), ids=module_name)
def test_arrows(path: Path) -> None:
    part = module_name(path).partition(".")[0]
    names = set(imported(path))
    assert not {name for name in names if name.partition(".")[0] == "/homeassistant"}
    ours = {name.partition(".")[0] for name in names if name in EVERY - {""}}
    assert ours <= MAY_IMPORT[part]
    # The package itself is the integration, and so Home Assistant.
    assert "" not in names


def test_no_circles() -> None:
    graph = {
        module_name(path): set(imported(path)) & EVERY - {module_name(path)}
        for path in ROOT.rglob("*.py")
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as err:
        pytest.fail(" -> ".join(reversed(err.args[1])))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from ..models import Scope", {"models"}),
        ("from . import queries", {"postgres.queries"}),
        ("from .. import errors, models", {"errors", "models"}),
        (f"from {PACKAGE}.memory.service import MemoryService", {"memory.service"}),
        ("import homeassistant.core as core", {"/homeassistant.core"}),
        ("def late():\n    from ..memory import health", {"memory.health"}),
    ],
)
def test_every_form_of_import_is_seen(
    source: str, names: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postgres").mkdir()
    path = tmp_path / "postgres" / "late.py"
    path.write_text(source)
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert set(imported(path)) == names
