"""A database of somebody else, which is read and left as it is."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Self

import asyncpg

from ..errors import (
    DatabaseError,
    DatabaseMissing,
    DatabaseUnreachable,
    InsecureConnection,
    InvalidInput,
    NoRights,
    SchemaTooNew,
    WrongPassword,
)
from .database import Connection, PooledConnection, connect, database_errors
from .queries import load
from .settings import ConnectionSettings

SQL = load("foreign")

_PATIENCE: Final = 600.0
"""Seconds for one step: the first one may sort a large table."""
_TEXTS: Final = {"text", "varchar", "bpchar", "char", "name", "citext"}
_RAW: Final = "SQL_ASCII"


@contextmanager
def source_errors() -> Iterator[None]:
    """Turn what a source says into InvalidInput: whoever named it can mend it."""
    try:
        with database_errors():
            yield
    except InsecureConnection as err:
        raise InvalidInput("import_source_insecure") from err
    except WrongPassword as err:
        raise InvalidInput("import_source_password") from err
    except DatabaseMissing as err:
        raise InvalidInput("import_source_missing") from err
    except NoRights as err:
        raise InvalidInput("import_source_no_rights") from err
    except DatabaseUnreachable as err:
        raise InvalidInput("import_source_unreachable") from err
    except SchemaTooNew as err:
        raise InvalidInput("import_source_newer") from err
    except DatabaseError as err:
        raise InvalidInput(
            "import_source_failed",
            code=err.placeholders.get("code", err.translation_key),
        ) from err


@dataclass(frozen=True, slots=True)
class About:
    """What a server and a database are. `identity` is the same however they are reached, None where that is not told."""

    server_version: str
    database: str
    time_zone: str
    identity: str | None


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table; the types of its columns by name, as PostgreSQL calls them."""

    schema: str
    name: str
    columns: dict[str, str]
    readable: bool


async def about(connection: Connection | PooledConnection) -> About:
    """Return what a database is. Raises the driver's errors."""
    row = await connection.fetchrow(SQL["about"])
    assert row is not None
    identity = None
    if row["may_identify"]:
        system = await connection.fetchval(SQL["system_identifier"])
        identity = f"{system}/{row['database_id']}"
    return About(row["version"], row["database"], row["time_zone"], identity)


class ForeignDatabase:
    """One snapshot of a database, to be used with `async with`. Everything raises InvalidInput `import_source_...`."""

    def __init__(self, settings: ConnectionSettings) -> None:
        """Take the settings; nothing is opened yet."""
        self._settings = settings
        self._connection: Connection | None = None

    async def __aenter__(self) -> Self:
        """Connect, and see from now on what is there now."""
        try:
            with source_errors():
                self._connection, _ = await connect(self._settings)
        except ValueError, OverflowError:
            # What the driver cannot write, ports out of range too; unchained, since they may quote a password.
            raise InvalidInput("connection_invalid") from None
        try:
            with source_errors():
                await self._connection.transaction(
                    isolation="repeatable_read", readonly=True
                ).start()
                await self._connection.execute(SQL["take_time"])
                row = await self._connection.fetchrow(SQL["about"])
                if row is not None and row["encoding"] == _RAW:
                    await self._connection.execute(SQL["raw_text"])
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go: nothing is to be kept there."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError):
                await connection.close(timeout=5)

    async def about(self) -> About:
        """Return what it is."""
        with source_errors():
            return await about(self._open)

    async def tables(
        self, names: Sequence[str], schema: str | None = None
    ) -> list[ForeignTable]:
        """Return the tables of these names, in one schema or in any."""
        with source_errors():
            rows = await self._open.fetch(SQL["tables"], list(names), schema)
        return [
            ForeignTable(
                row["schema"],
                row["name"],
                dict(zip(row["columns"], row["types"], strict=True)),
                row["readable"],
            )
            for row in rows
        ]

    async def count(self, table: ForeignTable) -> int:
        """Return how many rows there are."""
        found: int = await self._ask("count", table)
        return found

    async def has_unique_ids(self, table: ForeignTable) -> bool:
        """Return whether the column `id`, which has to be there, tells the rows apart that have one."""
        found: bool = await self._ask("has_unique_ids", table)
        return found

    async def pages(
        self,
        table: ForeignTable,
        columns: Sequence[str],
        *,
        order: Sequence[str] = (),
        same: str = "id",
        ids: Sequence[str] | None = None,
    ) -> AsyncIterator[list[bytes]]:
        """Yield rows as JSON, 500 at a time: all, or those whose column `same` is that of a row with one of these `ids`."""
        texts = [name for name in columns if table.columns[name] in _TEXTS]
        with source_errors():
            statement = await self._open.fetchval(
                SQL["declare"],
                table.schema,
                table.name,
                list(columns),
                texts,
                list(order),
                same,
                None if ids is None else list(ids),
            )
            await self._open.execute(statement, timeout=_PATIENCE)
        while True:
            # Not around the yield: what goes wrong with a page is not the source's fault.
            with source_errors():
                rows = await self._open.fetch(SQL["fetch"], timeout=_PATIENCE)
            if not rows:
                break
            yield [row["line"] for row in rows]
        with source_errors():
            await self._open.execute(SQL["close"])

    async def _ask(self, name: str, table: ForeignTable) -> Any:
        with source_errors():
            statement = await self._open.fetchval(SQL[name], table.schema, table.name)
            return await self._open.fetchval(statement, timeout=_PATIENCE)

    @property
    def _open(self) -> Connection:
        if self._connection is None:
            raise DatabaseUnreachable
        return self._connection
