"""Who can reach the companion app's database, and where its secrets do not stand."""

from collections.abc import Iterator
from pathlib import Path
import shutil
import stat
import subprocess

import pytest

from demo.app import App, AppError
from demo.supervisor import Supervisor
from tests.addon.apps import MakeApp, needs_root

INTERNAL = ("172.30.32.0/23", "fd0c:ac1e:2100::/48")
LAN = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
    "fe80::/10",
)
PEER = "local all postgres peer map=database"


def rules(app: App) -> list[str]:
    """Return the lines of pg_hba.conf, checked by PostgreSQL itself."""
    assert (
        app.execute("SELECT count(*) FROM pg_hba_file_rules WHERE error <> ''") == "0"
    )
    return (app.data / "generated/pg_hba.conf").read_text().splitlines()


def hosts(networks: tuple[str, ...]) -> list[str]:
    """Return the lines that let the role in."""
    return [f"host ai_memory ai_memory {network} scram-sha-256" for network in networks]


def test_internal_networks_only(make_app: MakeApp, seed: Path) -> None:
    app = make_app(seed)
    del app.environment["NETWORKS"]
    app.start()
    assert rules(app) == [PEER, *hosts(INTERNAL)]
    with pytest.raises(AppError, match=r"no pg_hba\.conf entry"):
        app.execute("SELECT 1", superuser=False)


def test_lan_access_is_an_option(make_app: MakeApp, seed: Path) -> None:
    app = make_app(seed, options={"lan_access": True})
    del app.environment["NETWORKS"]
    app.start()
    assert rules(app) == [PEER, *hosts(INTERNAL), *hosts(LAN)]


def test_only_the_role_and_only_its_database(app: App) -> None:
    app.start()
    dsn = app.dsn()
    psql = app._psql
    for target, why in (
        (dsn.replace("ai_memory:", "postgres:"), "no pg_hba.conf entry"),
        (dsn.replace("/ai_memory", "/postgres"), "no pg_hba.conf entry"),
        (dsn.replace(app.password, "x" * 43), "password authentication failed"),
    ):
        done = subprocess.run(
            [psql, "-X", "-d", target, "-c", "SELECT 1"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode
        assert why in done.stderr
    assert (
        app.execute(
            "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid"
            " WHERE rolname = 'ai_memory'"
        )
        == "t"
    )
    with pytest.raises(AppError, match="permission denied"):
        app.execute("SELECT pg_read_file('/etc/passwd')", superuser=False)


@pytest.fixture
def network() -> Iterator[str]:
    """Give a network name space with Supervisor's network, a home network, and another."""
    needs_root()
    if not shutil.which("ip"):
        pytest.skip("no ip command")
    holder = subprocess.Popen(["unshare", "--net", "sleep", "300"])
    inside = ("nsenter", "--target", str(holder.pid), "--net", "--")
    try:
        while Path(f"/proc/{holder.pid}/comm").read_text() != "sleep\n":
            if holder.poll() is not None:
                pytest.skip("no network name spaces here")
        for command in (
            "link set lo up",
            "address add 172.30.32.5/23 dev lo",
            "address add 192.168.1.5/24 dev lo",
            "address add 203.0.113.5/24 dev lo",
        ):
            subprocess.run([*inside, "ip", *command.split()], check=True)
        yield str(holder.pid)
    finally:
        holder.kill()
        holder.wait()


@pytest.mark.parametrize("lan_access", [False, True])
def test_real_addresses(
    make_app: MakeApp, seed: Path, network: str, lan_access: bool
) -> None:
    app = make_app(
        seed,
        as_root=True,
        inside=("nsenter", "--target", network, "--net", "--"),
        options={"lan_access": lan_access},
    )
    del app.environment["NETWORKS"], app.environment["LISTEN"]
    app.start()
    allowed = []
    # A client on the same machine comes from the address that it goes to.
    for address in ("172.30.32.5", "192.168.1.5", "203.0.113.5", "127.0.0.1"):
        dsn = app.dsn().replace("127.0.0.1", address)
        done = subprocess.run(
            [*app.inside, app._psql, "-X", "-A", "-t", "-d", dsn, "-c", "SELECT 1"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            allowed.append(address)
        else:
            assert "no pg_hba.conf entry" in done.stderr
    assert allowed == ["172.30.32.5", *(["192.168.1.5"] if lan_access else [])]


def record_arguments(app: App) -> Path:
    """Put a program in front of each that the app may run, which notes what it is told."""
    notes = app.home / "arguments"
    notes.touch()
    notes.chmod(0o666)
    folder = app.home / "recording"
    folder.mkdir()
    programs = {
        name: found
        for name in [
            "awk",
            "base64",
            "cat",
            "chmod",
            "chown",
            "curl",
            "date",
            "df",
            "find",
            "flock",
            "head",
            "id",
            "jq",
            "ls",
            "mkdir",
            "mv",
            "rm",
            "rmdir",
            "setpriv",
            "sleep",
            "stat",
            "sync",
            "tail",
            "test",
            "timeout",
            "tr",
        ]
        if (found := shutil.which(name))
    }
    pgbin = Path(app.environment["PGBIN"])
    programs |= {path.name: str(path) for path in pgbin.iterdir()}
    for name, found in programs.items():
        script = folder / name
        script.write_text(
            f'#!/bin/bash\nprintf "%s " {name} "$@" >>{notes}\n'
            f"printf '\\n' >>{notes}\nexec {found} \"$@\"\n"
        )
        script.chmod(0o755)
    app.environment["PATH"] = f"{folder}:{app.environment['PATH']}"
    app.environment["PGBIN"] = str(folder)
    return notes


def test_no_secret_in_arguments_logs_or_open_files(
    make_app: MakeApp, supervisor: Supervisor
) -> None:
    app = make_app(supervisor=supervisor, options={"log_level": "debug"})
    notes = record_arguments(app)
    app.start()
    supervisor.wait_for(1)
    assert app.healthy()
    app.save_backup(app.home / "backup")
    app.stop()
    app.restore_backup(app.home / "backup")
    app.start()
    supervisor.wait_for(2)
    told = notes.read_text()
    for program in (
        "initdb",
        "psql",
        "jq",
        "curl",
        "pg_dump",
        "pg_restore",
        "postgres",
    ):
        assert f"{program} -" in told
    log = app.logged()
    assert "DEBUG" in log
    for secret in (app.password, supervisor.token):
        assert secret not in told
        assert secret not in log
    for path in app.data.rglob("*"):
        # The Supervisor writes the options itself.
        if path.name != "options.json" and not path.is_symlink():
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_what_people_said_is_not_logged(app: App) -> None:
    app.start()
    app.execute("CREATE TABLE said (t text UNIQUE)", superuser=False)
    app.execute("INSERT INTO said VALUES ('the code is 4711')", superuser=False)
    began = app.log.stat().st_size
    with pytest.raises(AppError, match="duplicate key"):
        app.execute("INSERT INTO said VALUES ('the code is 4711')", superuser=False)
    log = app.logged(began)
    assert "duplicate key" in log
    assert "4711" not in log
