"""Starting, restarting and stopping the companion app."""

import os
from pathlib import Path
import re
import signal
import stat
from typing import Any

import pytest

from demo.app import App, AppError
from demo.supervisor import Supervisor
from tests.addon.apps import MakeApp

IDENTITY = (
    "SELECT current_setting('server_version_num')::int / 10000,"
    " current_setting('data_checksums'), current_setting('fsync'),"
    " pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba)"
    " FROM pg_database WHERE datname = current_database()"
)


def shown(app: App, *names: str) -> list[str]:
    """Return settings of the running server."""
    columns = ", ".join(f"current_setting('{name}')" for name in names)
    return app.execute(f"SELECT {columns}").split("|")


def test_first_start(make_app: MakeApp, supervisor: Supervisor) -> None:
    app = make_app(supervisor=supervisor)
    assert not app.healthy()
    app.start()
    assert app.healthy()
    assert app.execute(IDENTITY) == "16|on|on|UTF8|C|C.UTF-8|ai_memory"
    assert app.execute("SELECT lower('ÁRVÍZTŰRŐ')") == "árvíztűrő"
    assert app.execute("SELECT '[1,2]'::vector <-> '[1,4]'", superuser=False) == "2"
    assert (
        app.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication"
            " OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
            superuser=False,
        )
        == "f"
    )
    assert supervisor.wait_for(1) == {
        "service": "ai_memory",
        "config": {
            "host": "127.0.0.1",
            "port": app.port,
            "username": "ai_memory",
            "password": app.password,
            "database": "ai_memory",
            "instance_id": app.instance_id,
        },
    }
    assert re.fullmatch(r"[\w-]{43}", app.password)
    for name in ("secret", "instance_id"):
        assert stat.S_IMODE((app.data / name).stat().st_mode) == 0o600
    assert app.stop() == 0
    assert not app.healthy()


def test_restart_keeps_identity_and_data(app: App, supervisor: Supervisor) -> None:
    app.start()
    first = supervisor.wait_for(1)
    app.execute("CREATE TABLE kept AS SELECT 7 AS n", superuser=False)
    assert app.stop() == 0
    app.start()
    assert supervisor.wait_for(2) == first
    assert app.execute("SELECT n FROM kept", superuser=False) == "7"


def test_changed_secret_becomes_the_password(app: App, supervisor: Supervisor) -> None:
    old = app.password
    (app.data / "secret").write_text("another-password-of-the-household\n")
    app.start()
    assert app.password != old
    assert app.execute("SELECT 1", superuser=False) == "1"
    assert supervisor.wait_for(1)["config"]["password"] == app.password
    app.stop()
    (app.data / "secret").write_text(old)
    app.start()
    (app.data / "secret").write_text("another-password-of-the-household\n")
    with pytest.raises(AppError, match="password authentication failed"):
        app.execute("SELECT 1", superuser=False)


def test_each_app_has_a_password_of_its_own(make_app: MakeApp, seed: Path) -> None:
    app = make_app()
    app.start()
    assert app.password != (seed / "secret").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_is_clean(app: App, number: signal.Signals) -> None:
    app.start()
    process = app._process
    assert process
    process.send_signal(number)
    assert process.wait(60) == 0
    began = app.log.stat().st_size
    app.start()
    assert "was not properly shut down" not in app.logged(began)


def test_stop_cuts_clients_off(app: App) -> None:
    app.start()
    app.execute("SELECT 1")
    began = app.log.stat().st_size
    assert app.stop() == 0
    log = app.logged(began)
    assert "fast shutdown" in log
    assert log.rstrip().endswith("Stopped")


def test_server_that_dies_ends_the_app(app: App) -> None:
    app.start()
    process = app._process
    assert process
    postmaster = int((app.data / "pgdata/postmaster.pid").read_text().split()[0])
    began = app.log.stat().st_size
    os.kill(postmaster, signal.SIGKILL)
    assert process.wait(60) == 1
    assert "PostgreSQL ended by itself (137)" in app.logged(began)


@pytest.mark.parametrize(
    ("megabytes", "expected"),
    [
        (8000, ["96MB", "1GB", "8MB", "112MB", "32MB", "20", "2", "2", "1"]),
        (3900, ["80MB", "512MB", "6MB", "96MB", "32MB", "20", "1", "1", "1"]),
        (1900, ["64MB", "256MB", "4MB", "64MB", "16MB", "12", "0", "0", "0"]),
    ],
)
def test_sizes_follow_the_memory(app: App, megabytes: int, expected: list[str]) -> None:
    meminfo = app.home / "meminfo"
    meminfo.write_text(f"MemFree: 1 kB\nMemTotal: {megabytes * 1024} kB\n")
    app.environment["MEMINFO"] = str(meminfo)
    app.start()
    assert (
        shown(
            app,
            "shared_buffers",
            "effective_cache_size",
            "work_mem",
            "maintenance_work_mem",
            "autovacuum_work_mem",
            "max_connections",
            "max_parallel_workers",
            "max_parallel_maintenance_workers",
            "max_parallel_workers_per_gather",
        )
        == expected
    )


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (
            {},
            {
                "synchronous_commit": "on",
                "effective_io_concurrency": "16",
                "full_page_writes": "on",
                "wal_level": "minimal",
                "jit": "off",
                "log_min_messages": "warning",
                "log_error_verbosity": "terse",
                "default_transaction_read_only": "off",
            },
        ),
        (
            {"storage": "sd", "shared_buffers_mb": 48, "log_level": "error"},
            {
                "synchronous_commit": "off",
                "effective_io_concurrency": "2",
                "full_page_writes": "on",
                "shared_buffers": "48MB",
                "log_min_messages": "error",
            },
        ),
        (
            {"storage": "ssd", "log_level": "debug", "lan_access": False},
            {"synchronous_commit": "on", "log_min_messages": "debug1"},
        ),
    ],
)
def test_options(app: App, options: dict[str, Any], settings: dict[str, str]) -> None:
    app.options = options
    app.start()
    assert dict(zip(settings, shown(app, *settings), strict=True)) == settings


def test_log_level_quiets_the_app(app: App) -> None:
    app.options = {"log_level": "error"}
    app.start()
    app.stop()
    assert "INFO" not in app.logged()


def test_user_hook_wins_and_is_kept(app: App) -> None:
    hook = app.data / "custom.conf"
    hook.write_text("fsync = off\nwork_mem = '17MB'\n")
    app.start()
    assert shown(app, "work_mem") == ["17MB"]
    assert hook.read_text() == "fsync = off\nwork_mem = '17MB'\n"


def test_older_extension_is_updated(app: App) -> None:
    app.start()
    app.execute("UPDATE pg_extension SET extversion = '0.8.4' WHERE extname = 'vector'")
    app.stop()
    app.start()
    newest = app.execute(
        "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
    )
    assert newest != "0.8.4"
    assert (
        app.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        == newest
    )
