"""The companion app, run by its own scripts on real PostgreSQL and pgvector."""

from collections.abc import Iterator
from contextlib import suppress
import os
from pathlib import Path
import subprocess
import tempfile
from typing import Any

import pytest
import pytest_socket

from demo.app import App
from demo.supervisor import Supervisor
from tests.addon.apps import MakeApp
from tests.databases import quick_folder

# What would slow the tests down and proves nothing here: a killed process leaves the page cache alone.
CUSTOM = "fsync = off\n"


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Give a folder that the user which PostgreSQL runs as can reach."""
    with quick_folder("ai-memory-app-") as path:
        yield path


@pytest.fixture(scope="session")
def seed(folder: Path) -> Path:
    """Give the data of an app that has run once and was stopped."""
    pytest_socket.enable_socket()
    app = App(folder / "seed")
    pytest_socket.disable_socket(allow_unix_socket=True)
    custom = app.data / "custom.conf"
    custom.write_text(CUSTOM)
    os.chown(custom, *app.owner)
    app.start()
    assert app.stop() == 0
    return app.data


@pytest.fixture
def supervisor(socket_enabled: None) -> Iterator[Supervisor]:
    """Give a Supervisor that takes what it is told."""
    with Supervisor() as supervisor:
        yield supervisor


@pytest.fixture
def make_app(folder: Path, socket_enabled: None) -> Iterator[MakeApp]:
    """Give a function that makes an app: an empty one, or one with a copy of `data`."""
    apps: list[App] = []

    def make(
        data: Path | None = None, *, parent: Path = folder, **arguments: Any
    ) -> App:
        home = Path(tempfile.mkdtemp(prefix="app-", dir=parent))
        home.chmod(0o755)
        app = App(home, **arguments)
        apps.append(app)
        if data:
            subprocess.run(["cp", "-a", f"{data}/.", app.data], check=True)
        return app

    yield make
    for app in apps:
        with suppress(OSError):
            app.remove()


@pytest.fixture
def app(make_app: MakeApp, seed: Path, supervisor: Supervisor) -> App:
    """Give an app that has run once and is stopped."""
    return make_app(seed, supervisor=supervisor)
