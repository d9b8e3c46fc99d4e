"""The connection pool, and transactions that know whose rows they may see."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
import ssl
from typing import Any

import asyncpg
from pgvector.asyncpg import register_vector

from ..errors import (
    DatabaseError,
    DatabaseMissing,
    DatabaseUnreachable,
    InsecureConnection,
    NoRights,
    ReadOnlyDatabase,
    ServerTooOld,
    VectorMissing,
    VectorTooOld,
    WrongPassword,
)
from .migrate import check_version, lock, migrate
from .settings import ConnectionSettings, TlsMode

type Connection = asyncpg.Connection[asyncpg.Record]
type PooledConnection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

MAINTENANCE = "maintenance"
"""The scope of work that nobody asked for: writing turns, embedding, clean-up."""

MINIMUM_SERVER = 16
MINIMUM_VECTOR = (0, 8)  # the first with hnsw.iterative_scan
SCHEMA = "ai_memory"
_CONNECT_TIMEOUT = 5.0  # seconds
_COMMAND_TIMEOUT = 15.0  # seconds
_POOL_SIZE = 4

_UNREACHABLE = (
    OSError,
    EOFError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.QueryCanceledError,
)


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn the driver's errors into ours, without the server's words."""
    try:
        yield
    except ssl.SSLError as err:
        raise InsecureConnection from err
    except (
        asyncpg.InvalidPasswordError,
        asyncpg.InvalidAuthorizationSpecificationError,
    ) as err:
        if "no encryption" in str(err):
            raise InsecureConnection from err
        raise WrongPassword from err
    except asyncpg.InvalidCatalogNameError as err:
        raise DatabaseMissing from err
    except asyncpg.InsufficientPrivilegeError as err:
        raise NoRights from err
    except asyncpg.ReadOnlySQLTransactionError as err:
        raise ReadOnlyDatabase from err
    except _UNREACHABLE as err:
        _stay_cancelled(err)
        raise DatabaseUnreachable from err
    except asyncpg.PostgresError as err:
        raise DatabaseError(code=err.sqlstate or "") from err
    except asyncpg.InternalClientError as err:
        _stay_cancelled(err)
        raise DatabaseUnreachable from err


def _stay_cancelled(err: Exception) -> None:
    """Go on being cancelled where the roll-back of a cancelled task failed in its turn."""
    if (task := asyncio.current_task()) and task.cancelling():
        raise asyncio.CancelledError from err


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What the server is."""

    server_version: str
    vector_version: str
    vector_schema: str
    behind_pooler: bool
    bypasses_row_security: bool


async def _keep_session(_: Any) -> None:
    """Skip the driver's reset of the session: we only ever set things per transaction."""


class Database:
    """A pool of connections to the schema `ai_memory`."""

    def __init__(
        self, settings: ConnectionSettings, *, read_only: bool = False
    ) -> None:
        """Take the settings; nothing is opened yet. A `read_only` one is taken as it is: only `snapshot` reads it."""
        self._settings = settings
        self._read_only = read_only
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()
        self.info: ServerInfo | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the pool was opened."""
        return self._pool is not None

    async def open(self) -> ServerInfo:
        """Check the server, bring the schema up to date and open the pool. Raises DatabaseError."""
        async with self._opening:
            if self._pool is not None and self.info is not None:
                return self.info
            with database_errors():
                connection, tls = await connect(self._settings)
                try:
                    info = await _inspect(connection, read_only=self._read_only)
                    async with connection.transaction(readonly=self._read_only):
                        if self._read_only:
                            await check_version(connection)
                        else:
                            await _prepare_schema(connection, info.vector_schema)
                            await migrate(connection)
                finally:
                    await connection.close()
                self._pool = await asyncpg.create_pool(
                    **self._settings.arguments(),
                    ssl=tls or False,
                    # None is opened ahead: asyncpg would log each failure to do so. Those there are stay open.
                    min_size=0,
                    max_inactive_connection_lifetime=0,
                    max_size=_POOL_SIZE,
                    timeout=_CONNECT_TIMEOUT,
                    command_timeout=_COMMAND_TIMEOUT,
                    # A transaction-mode pooler cannot keep prepared statements.
                    statement_cache_size=0 if info.behind_pooler else 200,
                    init=_initialise(info.vector_schema),
                    reset=_keep_session,
                )
            self.info = info
            return info

    async def check(self) -> ServerInfo:
        """Try everything that `open` needs and leave the database as it was. Raises DatabaseError."""
        with database_errors():
            connection, _ = await connect(self._settings)
            try:
                info = await _inspect(connection)
                attempt = connection.transaction()
                await attempt.start()
                try:
                    await _prepare_schema(connection, info.vector_schema)
                    await migrate(connection)
                finally:
                    await attempt.rollback()
            finally:
                await connection.close()
        return info

    async def close(self) -> None:
        """Close the pool, at once where connections hang."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                await pool.close()
        except TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError:
            pool.terminate()

    @asynccontextmanager
    async def transaction(
        self, scope: str, *, snapshot: bool = False
    ) -> AsyncIterator[PooledConnection]:
        """Run a transaction that sees the rows of a scope only. Raises DatabaseError.

        With `snapshot` it reads only, and sees them to its end as they are at its beginning.
        """
        pool = self._pool
        if pool is None or self.info is None:
            raise DatabaseUnreachable
        with database_errors():
            async with (
                pool.acquire(timeout=_CONNECT_TIMEOUT) as connection,
                connection.transaction(
                    isolation="repeatable_read" if snapshot else None,
                    readonly=snapshot,
                ),
            ):
                await connection.execute(
                    "SELECT set_config('ai_memory.scope', $1, true),"
                    " set_config('search_path', $2, true),"
                    " set_config('hnsw.iterative_scan', 'relaxed_order', true),"
                    " set_config('hnsw.ef_search', '100', true)",
                    scope,
                    f'{SCHEMA}, "{self.info.vector_schema}"',
                )
                yield connection

    @asynccontextmanager
    async def session(self, timeout: float) -> AsyncIterator[PooledConnection]:
        """Give a connection outside of a transaction, for what cannot run in one. Raises DatabaseError."""
        if (pool := self._pool) is None:
            raise DatabaseUnreachable
        with database_errors():
            async with pool.acquire(timeout=timeout) as connection:
                yield connection


async def connect(
    settings: ConnectionSettings,
) -> tuple[Connection, ssl.SSLContext | None]:
    """Return a connection of its own, and its TLS context. Raises the driver's errors, InsecureConnection."""
    tls = await asyncio.to_thread(settings.ssl_context)
    arguments = {
        **settings.arguments(),
        "timeout": _CONNECT_TIMEOUT,
        "command_timeout": 120.0,  # a migration may take its time
        "statement_cache_size": 0,
    }
    try:
        return await asyncpg.connect(**arguments, ssl=tls or False), tls
    except ConnectionError as err:
        if settings.tls_mode() is TlsMode.PREFER:
            # Of several hosts, only the last one's error is told.
            return await asyncpg.connect(**arguments, ssl=False), None
        if "rejected SSL upgrade" in str(err):
            raise InsecureConnection from err
        raise


async def widen(connection: PooledConnection) -> None:
    """Let the rest of the open transaction see everybody's rows."""
    await connection.execute(
        "SELECT set_config('ai_memory.scope', $1, true)", MAINTENANCE
    )


def _initialise(
    vector_schema: str,
) -> Callable[[Connection], Coroutine[Any, Any, None]]:
    async def initialise(connection: Connection) -> None:
        # In a transaction, so that a pooler keeps one server for all of it.
        async with connection.transaction():
            await register_vector(connection, schema=vector_schema)

    return initialise


async def _inspect(connection: Connection, *, read_only: bool = False) -> ServerInfo:
    async with connection.transaction():
        row = await connection.fetchrow(
            "SELECT current_setting('server_version_num')::int AS number,"
            " current_setting('server_version') AS version,"
            " pg_backend_pid() AS pid, pg_is_in_recovery() AS standby,"
            " rolsuper OR rolbypassrls AS bypass,"
            " (SELECT default_version FROM pg_available_extensions"
            "  WHERE name = 'vector') AS available,"
            " (SELECT extversion FROM pg_extension WHERE extname = 'vector')"
            "  AS installed,"
            " (SELECT nspname FROM pg_extension JOIN pg_namespace"
            "  ON pg_namespace.oid = extnamespace WHERE extname = 'vector')"
            "  AS schema "
            "FROM pg_roles WHERE rolname = current_user"
        )
    assert row is not None
    if row["number"] < MINIMUM_SERVER * 10000:
        raise ServerTooOld(installed=row["version"], required=str(MINIMUM_SERVER))
    if row["standby"] and not read_only:
        raise ReadOnlyDatabase
    version = row["installed"] or row["available"]
    if version is None:
        raise VectorMissing
    if tuple(int(part) for part in version.split(".")[:2]) < MINIMUM_VECTOR:
        raise VectorTooOld(
            installed=version, required=".".join(map(str, MINIMUM_VECTOR))
        )
    return ServerInfo(
        server_version=row["version"],
        vector_version=version,
        vector_schema=row["schema"] or "public",
        # A pooler makes up the process id that it tells at the start.
        behind_pooler=row["pid"] != connection.get_server_pid(),
        bypasses_row_security=row["bypass"],
    )


async def _prepare_schema(connection: Connection, vector_schema: str) -> None:
    """Make sure of `vector` and of our schema, in the open transaction."""
    await lock(connection)
    if not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector')"
    ):
        try:
            await connection.execute("CREATE EXTENSION vector WITH SCHEMA public")
        except (
            asyncpg.InsufficientPrivilegeError,
            asyncpg.UndefinedFileError,
            asyncpg.FeatureNotSupportedError,
        ) as err:
            raise VectorMissing from err
    # CREATE SCHEMA IF NOT EXISTS asks for the right even where the schema stands.
    if not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", SCHEMA
    ):
        await connection.execute(f"CREATE SCHEMA {SCHEMA}")
    await connection.execute(
        "SELECT set_config('search_path', $1, true),"
        " set_config('ai_memory.scope', $2, true)",
        f'{SCHEMA}, "{vector_schema}"',
        MAINTENANCE,
    )
