"""Databases for tests, and the folder that their servers have their files in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import shutil
import tempfile
from typing import Any, Final

from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.postgres import HOST, OPEN_FOLDER, ROLE, PostgresServer

_IN_MEMORY: Final = Path("/dev/shm")
_ENOUGH: Final = 2 << 30
"""Bytes."""


@contextmanager
def quick_folder(prefix: str) -> Iterator[Path]:
    """Give a folder that the user which PostgreSQL runs as can reach, in memory where there is room.

    Copying a database there takes a sixth of the time.
    """
    in_memory = (
        os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ENOUGH
    )
    place = _IN_MEMORY if in_memory else OPEN_FOLDER
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class FreshDatabase:
    """A database of its own for one test, with the schema but no rows."""

    server: PostgresServer
    name: str

    @property
    def dsn(self) -> str:
        """Return the DSN of the ordinary role."""
        return self.server.dsn(self.name)

    @property
    def fields(self) -> dict[str, Any]:
        """Return the connection as a config entry stores it."""
        return {
            "host": HOST,
            "port": self.server.port,
            "database": self.name,
            "username": ROLE,
            "password": self.server.password,
            "tls": "prefer",
        }

    @property
    def settings(self) -> ConnectionSettings:
        """Return the connection as the store takes it."""
        return ConnectionSettings(
            host=HOST,
            port=self.server.port,
            database=self.name,
            user=ROLE,
            password=self.server.password,
        )

    def execute(self, sql: str) -> str:
        """Run SQL as superuser, whom no row is hidden from."""
        return self.server.execute(sql, self.name)
