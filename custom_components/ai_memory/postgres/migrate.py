"""Numbered SQL files, applied in order under a lock, never changed once released."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg

from ..errors import InvalidInput, SchemaChanged, SchemaTooNew
from .queries import SQL_DIRECTORY

MIGRATIONS = SQL_DIRECTORY / "migrations"
_LOCK = 0x61695F6D656D  # "ai_mem": the advisory lock of our migrations


def migration_files() -> list[Path]:
    """Return the migrations, oldest first."""
    return sorted(MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def _load() -> list[tuple[int, str, str, str]]:
    """Return version, name, text and hash of each migration."""
    return [
        (
            int(path.name[:4]),
            path.stem,
            text := path.read_text(),
            sha256(text.encode()).hexdigest(),
        )
        for path in migration_files()
    ]


# Read when the module is imported, which Home Assistant does off the event loop.
_MIGRATIONS = _load()


async def lock(connection: asyncpg.Connection[Any]) -> None:
    """Wait until nobody else prepares the database, for the rest of the open transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


async def migrate(connection: asyncpg.Connection[Any]) -> int:
    """Bring the schema up to date in the open transaction, under the lock; return its version.

    Raises SchemaTooNew, SchemaChanged.
    """
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS ai_memory.schema_migrations ("
        "version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    applied = await _applied(connection)
    for version, name, text, digest in _MIGRATIONS:
        if version not in applied:
            await connection.execute(text)
            await connection.execute(
                "INSERT INTO ai_memory.schema_migrations (version, name, sha256)"
                " VALUES ($1, $2, $3)",
                version,
                name,
                digest,
            )
    return max(version for version, *_ in _MIGRATIONS)


async def check_version(connection: asyncpg.Connection[Any]) -> None:
    """Make sure, without changing anything, that the schema is the one of this version.

    Raises InvalidInput `import_source_older`, SchemaTooNew, SchemaChanged.
    """
    applied = await _applied(connection)
    if (newest := max(version for version, *_ in _MIGRATIONS)) not in applied:
        raise InvalidInput(
            "import_source_older",
            found=str(max(applied, default=0)),
            known=str(newest),
        )


async def _applied(connection: asyncpg.Connection[Any]) -> dict[int, str]:
    """Return the hashes of the migrations that were applied. Raises SchemaTooNew, SchemaChanged."""
    applied = {
        row["version"]: row["sha256"]
        for row in await connection.fetch(
            "SELECT version, sha256 FROM ai_memory.schema_migrations"
        )
    }
    known = {version: digest for version, _, _, digest in _MIGRATIONS}
    if applied and max(applied) > max(known):
        raise SchemaTooNew(found=str(max(applied)), known=str(max(known)))
    for version, digest in applied.items():
        if known.get(version) != digest:
            raise SchemaChanged(version=str(version))
    return applied
