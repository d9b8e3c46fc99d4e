"""Behind PgBouncer in transaction mode, where every transaction may have another session."""

import pytest

from custom_components.ai_memory.postgres.database import Database
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.ollama_server import OllamaServer
from demo.postgres import HOST, ROLE
from tests.databases import FreshDatabase
from tests.engine import round_trip
from tests.pgbouncer import needs_pgbouncer, pgbouncer

pytestmark = needs_pgbouncer


@pytest.fixture
def database(emptied_database: FreshDatabase) -> FreshDatabase:
    return emptied_database


async def test_everything_works_through_it(
    database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    with pgbouncer(database.server) as port:
        settings = ConnectionSettings(
            host=HOST,
            port=port,
            database=database.name,
            user=ROLE,
            password=database.server.password,
        )
        await round_trip(settings, ollama_server)


async def test_it_is_recognised(database: FreshDatabase) -> None:
    """Prepared statements are only done without where they have to be."""
    assert not (await Database(database.settings).check()).behind_pooler
    with pgbouncer(database.server) as port:
        dsn = database.dsn.replace(str(database.server.port), str(port))
        assert (await Database(ConnectionSettings(dsn=dsn)).check()).behind_pooler


async def test_no_scope_is_left_behind(database: FreshDatabase) -> None:
    """What a transaction may see ends with it: the next one may be somebody else's."""
    with pgbouncer(database.server, {"default_pool_size": "1"}) as port:
        dsn = database.dsn.replace(str(database.server.port), str(port))
        ours = Database(ConnectionSettings(dsn=dsn))
        await ours.open()
        try:
            async with ours.transaction("maintenance") as connection:
                pid = await connection.fetchval("SELECT pg_backend_pid()")
            async with ours.session(5) as connection:
                row = await connection.fetchrow(
                    "SELECT pg_backend_pid(), current_setting('ai_memory.scope', true),"
                    " current_setting('search_path')"
                )
        finally:
            await ours.close()
    assert row is not None
    assert tuple(row) == (pid, "", '"$user", public')
