"""Servers and roles of all kinds: what serves us, and a clear error for what does not."""

from collections.abc import Generator
import logging
from pathlib import Path
import traceback

import pytest

from custom_components.ai_memory.errors import (
    DatabaseError,
    DatabaseMissing,
    DatabaseUnreachable,
    NoRights,
    ReadOnlyDatabase,
    ServerTooOld,
    VectorMissing,
    VectorTooOld,
    WrongPassword,
)
from custom_components.ai_memory.postgres import database as database_module
from custom_components.ai_memory.postgres.database import Database
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.ollama_server import OllamaServer
from demo.postgres import HOST, ROLE, PostgresServer, free_port
from tests.databases import FreshDatabase
from tests.engine import make_service, round_trip

SECRET = "sEcReT-0f-tests"


@pytest.fixture
def bare(
    postgres_server: PostgresServer, socket_enabled: None
) -> Generator[FreshDatabase]:
    """Give a database without `vector` and without our schema."""
    postgres_server.create_database("bare", vector=False)
    yield FreshDatabase(postgres_server, "bare")
    postgres_server.drop_database("bare")


async def refused(settings: ConnectionSettings) -> DatabaseError:
    """Return the error with which opening fails; checking fails with the same."""
    errors = []
    for attempt in (Database(settings).check, Database(settings).open):
        with pytest.raises(DatabaseError) as caught:
            await attempt()
        errors.append(caught.value)
    checked, opened = errors
    assert type(checked) is type(opened)
    assert checked.placeholders == opened.placeholders
    return opened


async def test_unreachable(socket_enabled: None) -> None:
    settings = ConnectionSettings(
        host=HOST, port=free_port(), database="x", user="x", password=SECRET
    )
    assert type(await refused(settings)) is DatabaseUnreachable


async def test_wrong_password(database: FreshDatabase) -> None:
    wrong = database.dsn.replace(database.server.password, SECRET)
    assert type(await refused(ConnectionSettings(dsn=wrong))) is WrongPassword


async def test_unknown_role(database: FreshDatabase) -> None:
    unknown = database.dsn.replace(f"//{ROLE}:", "//nobody_we_know:")
    assert type(await refused(ConnectionSettings(dsn=unknown))) is WrongPassword


async def test_unknown_database(database: FreshDatabase) -> None:
    settings = ConnectionSettings(dsn=database.server.dsn("no such database"))
    assert type(await refused(settings)) is DatabaseMissing


async def test_no_vector_and_no_right_to_create_it(bare: FreshDatabase) -> None:
    assert type(await refused(bare.settings)) is VectorMissing


async def test_superuser_gets_vector_created(bare: FreshDatabase) -> None:
    dsn = bare.server.dsn(bare.name, superuser=True)
    database = Database(ConnectionSettings(dsn=dsn))
    info = await database.open()
    await database.close()
    assert info.bypasses_row_security
    assert bare.execute("SELECT extname FROM pg_extension WHERE extname = 'vector'")


async def test_no_right_to_create_the_schema(bare: FreshDatabase) -> None:
    bare.execute(
        "CREATE EXTENSION vector; ALTER DATABASE bare OWNER TO postgres;"
        " REVOKE CREATE ON DATABASE bare FROM PUBLIC"
    )
    assert type(await refused(bare.settings)) is NoRights


async def test_schema_of_somebody_else(bare: FreshDatabase) -> None:
    bare.execute("CREATE EXTENSION vector; CREATE SCHEMA ai_memory")
    assert type(await refused(bare.settings)) is NoRights


async def test_vector_too_old(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = database.execute(
        "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    )
    monkeypatch.setattr(database_module, "MINIMUM_VECTOR", (99, 1))
    error = await refused(database.settings)
    assert type(error) is VectorTooOld
    assert error.placeholders == {"installed": installed, "required": "99.1"}


async def test_server_too_old(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "MINIMUM_SERVER", 99)
    error = await refused(database.settings)
    assert type(error) is ServerTooOld
    assert error.placeholders["installed"].startswith("16.")
    assert error.placeholders["required"] == "99"


async def test_read_only_database(database: FreshDatabase) -> None:
    database.execute(
        f"ALTER DATABASE {database.name} SET default_transaction_read_only = on"
    )
    assert type(await refused(database.settings)) is ReadOnlyDatabase


async def test_unknown_parameter_in_the_dsn(database: FreshDatabase) -> None:
    error = await refused(ConnectionSettings(dsn=f"{database.dsn}?nonsense=1"))
    assert error.placeholders == {"code": "42704"}


async def test_ordinary_role(
    database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    assert (
        database.execute(
            f"SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = '{ROLE}'"
        )
        == "f"
    )
    await round_trip(database.settings, ollama_server)


async def test_vector_in_a_schema_of_its_own(
    bare: FreshDatabase, ollama_server: OllamaServer
) -> None:
    bare.execute(
        'CREATE SCHEMA "Extra things"; CREATE EXTENSION vector SCHEMA "Extra things";'
        f' GRANT USAGE ON SCHEMA "Extra things" TO {ROLE}'
    )
    await round_trip(bare.settings, ollama_server)


async def test_nothing_of_ours_outside_our_schema(
    bare: FreshDatabase, ollama_server: OllamaServer
) -> None:
    """The database may be shared with the recorder."""
    bare.execute("CREATE EXTENSION vector")
    count = (
        "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname NOT IN ('ai_memory', 'pg_catalog', 'pg_toast')"
    )
    before = bare.execute(count)
    await round_trip(bare.settings, ollama_server)
    assert bare.execute(count) == before


async def test_newest_server(tmp_path: Path, ollama_server: OllamaServer) -> None:
    server = PostgresServer(tmp_path / "18", version=18, fast=True)
    try:
        server.start()
        await round_trip(ConnectionSettings(dsn=server.dsn()), ollama_server)
    finally:
        server.remove()


@pytest.mark.parametrize("reason", ["password", "database", "port", "sslrootcert"])
async def test_no_secret_is_told(
    reason: str,
    database: FreshDatabase,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Neither an error nor a log line holds the password, nor the DSN."""
    caplog.set_level(logging.DEBUG)
    password = database.server.password if reason != "password" else SECRET
    port = database.server.port if reason != "port" else free_port()
    name = database.name if reason != "database" else "missing"
    dsn = f"postgresql://{ROLE}:{password}@{HOST}:{port}/{name}"
    if reason == "sslrootcert":
        dsn += f"?sslmode=verify-full&sslrootcert={tmp_path}/none&sslpassword={SECRET}"
    settings = ConnectionSettings(dsn=dsn)
    error = await refused(settings)
    service = make_service(settings)
    await service.start()
    await service.stop()
    told = [repr(settings), settings.place, caplog.text]
    told += traceback.format_exception(error)
    for text in told:
        for secret in (password, SECRET, f"{ROLE}:"):
            assert secret not in text
    assert error.translation_key in caplog.text
