"""What the companion app does with what it cannot use: a clear line, an exit code, and the data as they were."""

import hashlib
from http import HTTPStatus
import os
from pathlib import Path
import signal
import time

import pytest

from demo.app import App
from demo.postgres import PostgresServer
from demo.supervisor import Supervisor
from tests.addon.apps import MakeApp


def picture(folder: Path) -> dict[str, tuple[int, int, int, str]]:
    """Return mode, owner, time of change and contents of everything below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        changed = about.st_mtime_ns if path.is_file() else 0
        key = str(path.relative_to(folder))
        found[key] = (about.st_mode, about.st_uid, changed, digest)
    return found


def refused(app: App, code: int, *words: str) -> None:
    """Start; demand the exit code, the words in the log, and everything as it was."""
    before = picture(app.data)
    found, log = app.run()
    assert found == code, log
    for word in words:
        assert word in log
    assert picture(app.data) == before


OPTIONS = (
    ('{"shared_buffers_mb": 31}', "shared_buffers_mb: must be a whole number"),
    ('{"shared_buffers_mb": 2049}', "from 32 to 2048"),
    ('{"shared_buffers_mb": -64}', "shared_buffers_mb"),
    ('{"shared_buffers_mb": 64.5}', "shared_buffers_mb"),
    ('{"shared_buffers_mb": "64; DROP"}', "shared_buffers_mb"),
    ('{"log_level": "loud"}', "log_level: must be debug, info, warning or error"),
    ('{"log_level": 1}', "log_level"),
    ('{"storage": "tape"}', "storage: must be ssd or sd"),
    ('{"storage": "ssd\\nfsync = off"}', "storage"),
    ('{"lan_access": "yes"}', "lan_access: must be true or false"),
    ("{", "cannot be read"),
    ("", "cannot be read"),
    ("[]", "cannot be read"),
)


def test_options_are_refused(app: App) -> None:
    file = app.data / "options.json"
    before = picture(app.data)
    for options, words in OPTIONS:
        file.write_text(options)
        found, log = app.run()
        assert found == 78, options
        assert words in log
    file.unlink()
    file.mkdir()
    assert app.run()[0] == 78
    file.rmdir()
    assert picture(app.data) == {k: v for k, v in before.items() if k != file.name}


def test_missing_options_are_the_defaults(app: App) -> None:
    app.environment["OPTIONS"] = str(app.home / "nothing.json")
    app.start()
    assert "the defaults hold" in app.logged()
    assert app.execute("SHOW synchronous_commit") == "on"


@pytest.mark.parametrize(
    "secret",
    ["short", "has a blank in the middle", "quote'quote'quote'", "back\\slash" * 3],
)
def test_password_that_cannot_be_used(app: App, secret: str) -> None:
    (app.data / "secret").write_text(secret)
    found, log = app.run()
    assert found == 78
    assert "must have 16 to 200" in log
    assert secret not in log
    assert (app.data / "secret").read_text() == secret


def test_other_major_version_is_left_alone(app: App) -> None:
    (app.data / "pgdata/PG_VERSION").write_text("15\n")
    refused(app, 76, "PostgreSQL 15", "this app has 16", "Nothing was changed")


def test_newer_program_leaves_the_data_alone(app: App) -> None:
    newer = PostgresServer(app.home / "unused", version=18).programs
    app.environment["PGBIN"] = str(newer)
    refused(app, 76, "PostgreSQL 16", "this app has 18")


def test_half_a_data_directory_is_left_alone(app: App) -> None:
    (app.data / "pgdata/PG_VERSION").unlink()
    refused(app, 65, "no whole data directory")


def test_second_start_leaves_the_first_alone(app: App) -> None:
    app.start()
    app.execute("CREATE TABLE kept AS SELECT 7 AS n")
    found, log = app.run()
    assert found == 75
    assert "runs already" in log
    assert app.healthy()
    assert app.execute("SELECT n FROM kept") == "7"


def test_server_that_outlived_its_app_is_not_started_twice(app: App) -> None:
    app.start()
    process = app._process
    assert process
    servers = app.processes()
    process.kill()
    process.wait()
    try:
        found, log = app.run()
        assert found == 75
        assert "runs already" in log
    finally:
        for pid in servers:
            os.kill(pid, 9)


def test_broken_user_hook_is_told(app: App) -> None:
    hook = app.data / "custom.conf"
    hook.write_text("work_mem = plenty\n")
    found, log = app.run()
    assert found == 78
    assert "custom.conf" in log
    assert "work_mem" in log
    hook.write_text("fsync = off\n")
    app.start()


def test_no_supervisor(make_app: MakeApp, seed: Path) -> None:
    app = make_app(seed)
    app.start()
    assert app.healthy()
    assert app.stop() == 0
    assert "No Supervisor here" in app.logged()
    assert app.password not in app.logged()


def test_failing_discovery_is_tried_again(app: App, supervisor: Supervisor) -> None:
    supervisor.failures.append(HTTPStatus.BAD_GATEWAY)
    supervisor.failures.append(HTTPStatus.FORBIDDEN)
    app.start()
    assert app.execute("SELECT 1", superuser=False) == "1"
    message = supervisor.wait_for(1)
    assert message["config"]["password"] == app.password
    assert supervisor.refused == [HTTPStatus.BAD_GATEWAY, HTTPStatus.FORBIDDEN]
    log = app.logged()
    assert "the Supervisor answers 502. Trying again" in log
    assert "the Supervisor refuses it (403)" in log


def test_supervisor_that_is_away(app: App) -> None:
    app.environment["SUPERVISOR"] = "http://127.0.0.1:9"
    app.start()
    assert app.execute("SELECT 1", superuser=False) == "1"
    while "the Supervisor cannot be reached" not in app.logged():
        assert app.pid
    assert app.healthy()
    assert app.stop() == 0


def test_no_room_to_begin(make_app: MakeApp) -> None:
    app = make_app(environment={"LOW_DISK_MB": "999999999"})
    refused(app, 73, "The disk is nearly full", "Nothing was made")


def test_hook_cannot_move_the_door(app: App) -> None:
    """The app asks where it listens itself: another port would leave it waiting."""
    hook = app.data / "custom.conf"
    hook.write_text("fsync = off\nport = 5999\nhba_file = '/nowhere'\n")

    app.start()

    assert app.healthy()
    hook.write_text("fsync = off\n")


def test_hook_is_told_at_the_first_start_too(make_app: MakeApp) -> None:
    app = make_app(None)
    (app.data / "custom.conf").write_text("work_mem = plenty\n")

    found, log = app.run()

    assert found == 78
    assert "custom.conf" in log
    assert not (app.data / "pgdata").exists()
    assert not (app.data / "pgdata.new").exists()


def test_links_are_not_followed(make_app: MakeApp, seed: Path) -> None:
    app = make_app(seed)
    (app.data / "pgdata").rename(app.data / "elsewhere")
    (app.data / "pgdata").symlink_to("nowhere")
    refused(app, 65, "neither a link")


def test_second_start_leaves_the_first_ones_work_alone(app: App) -> None:
    """It may be told to end while it waits for its turn."""
    app.start()
    unfinished = app.data / "pgdata.new"
    unfinished.mkdir()
    app.environment["LOCK_SECONDS"] = "30"
    second = app._popen()
    time.sleep(1)
    os.killpg(second.pid, signal.SIGTERM)
    second.wait(20)
    assert unfinished.exists()
