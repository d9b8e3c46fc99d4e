"""PgBouncer in transaction mode in front of a server, with or without TLS."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
import subprocess
import tempfile
import time

import pytest

from demo.postgres import HOST, OPEN_FOLDER, ROLE, PostgresServer, free_port

_READY_TIMEOUT = 20.0  # seconds
_PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(
    _PROGRAM is None, reason="needs PgBouncer (Debian package pgbouncer)"
)


@contextmanager
def pgbouncer(
    server: PostgresServer, settings: Mapping[str, str] | None = None, *files: Path
) -> Iterator[int]:
    """Run PgBouncer; give its port. `files` are copied into its folder, where relative paths of settings begin."""
    assert _PROGRAM
    folder = Path(tempfile.mkdtemp(prefix="ai-memory-pgbouncer-", dir=OPEN_FOLDER))
    port = free_port()
    lines = {
        "listen_addr": HOST,
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": str(folder / "users"),
        "pool_mode": "transaction",
        # Fewer than our pool has, so that sessions are truly shared.
        "default_pool_size": "2",
        **(settings or {}),
    }
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={HOST} port={server.port}\n[pgbouncer]\n"
        + "".join(f"{name} = {value}\n" for name, value in lines.items())
    )
    (folder / "users").write_text(f'"{ROLE}" "{server.password}"\n')
    for file in files:
        shutil.copy(file, folder)
    if server._owner:
        for path in (folder, *folder.iterdir()):
            os.chown(path, server._owner.pw_uid, server._owner.pw_gid)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [_PROGRAM, folder / "pgbouncer.ini"],
            stdout=log,
            stderr=log,
            cwd=folder,
            **server._user,
        )
    try:
        ready = (server._bin / "pg_isready", "-q", "-h", HOST, "-p", str(port))
        deadline = time.monotonic() + _READY_TIMEOUT
        while subprocess.run(ready, check=False).returncode:
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)
