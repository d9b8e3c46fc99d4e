"""The companion app, run by its own scripts without Docker."""

from collections.abc import Callable, Iterable, Mapping
import contextlib
import json
import os
from pathlib import Path, PurePosixPath
import pwd
import shutil
import signal
import subprocess
import time
from typing import Any, Final, Self

import yaml

from .postgres import (
    DATABASE,
    HOST,
    ROLE,
    SERVICE_USER,
    PostgresServer,
    _descendants,
    _running,
    free_port,
)
from .supervisor import Supervisor

SOURCE: Final = Path(__file__).parents[1] / "addon"
START_TIMEOUT: Final = 120.0
STOP_TIMEOUT: Final = 60.0
POLL: Final = 0.05
READY: Final = " Ready: "
# Where the Supervisor keeps an app's data; what is excluded from backups is matched with it.
SUPERVISOR_PATH: Final = PurePosixPath("/data/apps/data/d3b82f09_ai_memory_db")


class AppError(Exception):
    """The app ended or did not become ready."""


class App:
    """One app; `home` takes its `/data`, its socket, its log and a copy of its scripts.

    It runs as an ordinary user: as ourselves, or as `nobody` where we are root. With `as_root` it starts as root, as in the
    container, and drops to `nobody` by itself. `inside` is put before every command, such as ("nsenter", ...).
    """

    def __init__(
        self,
        home: Path,
        *,
        supervisor: Supervisor | None = None,
        options: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        as_root: bool = False,
        inside: tuple[str, ...] = (),
    ) -> None:
        """Make `home`, which the user that the app runs as must be able to reach."""
        self.home = home
        self.data = home / "data"
        self.log = home / "app.log"
        self.port = free_port()
        self.inside = inside
        self._process: subprocess.Popen[bytes] | None = None
        self._killed: set[int] = set()
        self._user: dict[str, Any] = {}
        self.owner = (os.getuid(), os.getgid())
        if os.geteuid() == 0:
            nobody = pwd.getpwnam(SERVICE_USER)
            self.owner = (nobody.pw_uid, nobody.pw_gid)
            if not as_root:
                self._user = {
                    "user": nobody.pw_uid,
                    "group": nobody.pw_gid,
                    "extra_groups": [],
                }
        elif as_root:
            raise AppError("Only root can start the app as root")
        programs = PostgresServer(home / "unused").programs
        rootfs = home / "rootfs"
        home.mkdir(parents=True, exist_ok=True)
        shutil.copytree(SOURCE / "rootfs", rootfs, dirs_exist_ok=True)
        for folder in (self.data, home / "run"):
            folder.mkdir(exist_ok=True)
            if not as_root:
                os.chown(folder, *self.owner)
        self.log.touch()
        os.chown(self.log, *self.owner)
        self._bin = rootfs / "usr/local/bin"
        self._psql = programs / "psql"
        self.environment = {
            "PATH": os.environ["PATH"],
            "LIB": f"{rootfs}/usr/local/lib/ai_memory",
            "SHARE": f"{rootfs}/usr/local/share/ai_memory",
            "DATA": str(self.data),
            "RUN_DIR": f"{home}/run",
            "PGBIN": str(programs),
            "RUN_AS": SERVICE_USER,
            "PORT": str(self.port),
            "LISTEN": HOST,
            "NETWORKS": f"{HOST}/32",
            "ANNOUNCED_HOST": HOST,
            "LOW_DISK_MB": "1",
            "RESERVE_MB": "1",
            "LOCK_SECONDS": "1",
            "RETRY_SECONDS": "1",
            **(environment or {}),
        }
        if supervisor:
            self.environment["SUPERVISOR"] = supervisor.url
            self.environment["SUPERVISOR_TOKEN"] = supervisor.token
        self.options = dict(options or {})

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self.kill()

    @property
    def pid(self) -> int | None:
        """The process id of `run` while it runs."""
        return self._process.pid if self._process else None

    @property
    def password(self) -> str:
        """The password of the role `ai_memory`."""
        return (self.data / "secret").read_text().strip()

    @property
    def instance_id(self) -> str:
        """What the app is known by."""
        return (self.data / "instance_id").read_text().strip()

    @property
    def dump(self) -> Path:
        """What backups carry."""
        return self.data / "backup" / "ai_memory.dump"

    def dsn(self) -> str:
        """Return the DSN of the role."""
        return f"postgresql://{ROLE}:{self.password}@{HOST}:{self.port}/{DATABASE}"

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start without waiting. `options` are written as the Supervisor does, at each start."""
        options = self.data / "options.json"
        options.write_text(json.dumps(self.options))
        return self._popen()

    def start(self) -> None:
        """Start and wait until the database serves. Raises AppError."""
        began = self.log.stat().st_size
        self._process = process = self.spawn()
        quiet = self.options.get("log_level") in {"warning", "error"}
        deadline = time.monotonic() + START_TIMEOUT
        while not (self.healthy() if quiet else READY in self.logged(began)):
            if (code := process.poll()) is not None:
                self._process = None
                raise AppError(f"Exit code {code}: {self.logged(began)}")
            if time.monotonic() > deadline:
                self.kill()
                raise AppError(f"Not ready: {self.logged(began)}")
            time.sleep(POLL)

    def run(self) -> tuple[int, str]:
        """Start what is expected to end by itself; return its exit code and log."""
        began = self.log.stat().st_size
        process = self._popen()
        try:
            code = process.wait(START_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._kill(process)
            raise
        return code, self.logged(began)

    def stop(self) -> int:
        """Stop as Docker does, with SIGTERM; return the exit code."""
        process = self._process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AppError("The app did not stop and was killed") from None
        self._process = None
        return code

    def kill(self) -> None:
        """Kill everything with SIGKILL, as a power cut does."""
        if self._process is not None:
            self._kill(self._process)
            self._process = None

    def remove(self) -> None:
        """Kill, and delete everything."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def logged(self, began: int = 0) -> str:
        """Return what was logged after a number of bytes."""
        with self.log.open("rb") as log:
            log.seek(began)
            return log.read().decode(errors="replace")

    def healthy(self) -> bool:
        """Return what the container's health check says."""
        return self._call("healthcheck").returncode == 0

    def backup_pre(self) -> subprocess.CompletedProcess[str]:
        """Run what the Supervisor runs before a backup."""
        return self._call("backup-pre")

    def backup_post(self) -> subprocess.CompletedProcess[str]:
        """Run what the Supervisor runs after a backup."""
        return self._call("backup-post")

    def save_backup(self, target: Path) -> None:
        """Copy the data as the Supervisor does, to a folder that is made. Raises AppError."""
        if self._process and (before := self.backup_pre()).returncode:
            raise AppError(f"backup-pre: {before.returncode}, {before.stderr}")
        patterns = yaml.safe_load((SOURCE / "config.yaml").read_text())[
            "backup_exclude"
        ]

        def excluded(folder: str, names: list[str]) -> list[str]:
            inside = SUPERVISOR_PATH / Path(folder).relative_to(self.data)
            return [
                name
                for name in names
                if any((inside / name).match(p) for p in patterns)
            ]

        shutil.copytree(self.data, target, ignore=excluded)
        if self._process and (after := self.backup_post()).returncode:
            raise AppError(f"backup-post: {after.returncode}, {after.stderr}")

    def restore_backup(self, source: Path) -> None:
        """Put a backup in the place of all data. Where the app starts as root, all belongs to root, as on a real device."""
        self.wipe()
        shutil.copytree(source, self.data, dirs_exist_ok=True)
        if self._user:
            for path in (self.data, *self.data.rglob("*")):
                os.chown(path, *self.owner)

    def wipe(self) -> None:
        """Delete all data, as on a new device."""
        for path in self.data.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def execute(self, sql: str, *, superuser: bool = True) -> str:
        """Run SQL with psql; return its rows, one a line, columns parted by `|`. Raises AppError."""
        if superuser:
            where = ("-h", self.environment["RUN_DIR"], "-U", "postgres")
            password = {}
        else:
            where = ("-h", HOST, "-U", ROLE)
            password = {"PGPASSWORD": self.password}
        done = subprocess.run(
            [
                *self.inside,
                *self._as_server,
                self._psql,
                *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
                *where,
                *("-p", str(self.port), "-d", DATABASE, "-f", "-"),
            ],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=self.environment | password,
        )
        if done.returncode:
            raise AppError(done.stderr.strip())
        return done.stdout.rstrip("\n")

    def processes(self) -> list[int]:
        """Return the ids of PostgreSQL's processes."""
        found = []
        for pid in _descendants(self._process.pid) if self._process else ():
            with contextlib.suppress(OSError):
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                if name == "postgres":
                    found.append(pid)
        return found

    @property
    def _as_server(self) -> tuple[str, ...]:
        """What makes a command run as the user that PostgreSQL runs as: the only one that its socket lets in."""
        if os.geteuid() != 0:
            return ()
        uid, gid = self.owner
        return ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--")

    def _popen(self) -> subprocess.Popen[bytes]:
        # For PostgreSQL a process is there until its parent has collected it. In Docker nothing is left of it.
        _await_none(lambda pid: Path(f"/proc/{pid}").exists(), self._killed)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                # Whoever started us in the background has SIGINT ignored, and so would a shell below.
                [*self.inside, "env", "--default-signal=INT", self._bin / "run"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self.environment,
                start_new_session=True,
                **self._user,
            )

    def _call(self, program: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.inside, self._bin / program],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=self.environment | {"LOG_COPY": str(self.log)},
            **self._user,
        )

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the process and all below it, and wait until none of them holds anything. Raises AppError."""
        if process.poll() is not None:
            return
        self._killed = set()
        # Whoever is stopped starts no further ones.
        while found := {process.pid, *_descendants(process.pid)} - self._killed:
            _send(signal.SIGSTOP, found)
            self._killed |= found
        _send(signal.SIGKILL, self._killed)
        process.wait()
        _await_none(_running, self._killed)


def _send(number: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _await_none(holds: Callable[[int], bool], pids: Iterable[int]) -> None:
    """Wait until it holds for none of the processes. Raises AppError."""
    deadline = time.monotonic() + STOP_TIMEOUT
    while any(holds(pid) for pid in pids):
        if time.monotonic() > deadline:
            raise AppError("A killed process did not end")
        time.sleep(POLL)
