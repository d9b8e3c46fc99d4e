"""A whole demo house for all tests of this folder, and connections into it."""

from collections.abc import AsyncGenerator

import asyncpg
import pytest
import pytest_asyncio
import pytest_socket

from demo.client import HassClient
from demo.demo_house import DemoHouse
from tests.e2e.talk import Database, connect, log_in, person_id, set_agent

BEN = "Ben"


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Let the house, which outlives a test, keep its tasks and threads."""


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let every test talk to the house."""


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def house(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[DemoHouse]:
    """Give the house of the peaceful tests; each leaves it working."""
    pytest_socket.enable_socket()
    house = DemoHouse(tmp_path_factory.mktemp("house"))
    async with house:
        # What memory finds must not hang on how busy the machine is, nor on what the test before has said.
        await set_agent(house, deadline=2000, session_window=0)
        yield house
        pytest_socket.enable_socket()
    house.remove()


@pytest_asyncio.fixture(loop_scope="session")
async def database(house: DemoHouse) -> AsyncGenerator[Database]:
    """Give a connection that sees all rows."""
    connection: asyncpg.Connection[asyncpg.Record] = await connect(house)
    yield Database(connection)
    await connection.close()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def ben(house: DemoHouse) -> AsyncGenerator[HassClient]:
    """Give a second person at home, who is no administrator."""
    pytest_socket.enable_socket()
    client = await log_in(house, BEN)
    yield client
    await client.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cleo(house: DemoHouse) -> AsyncGenerator[HassClient]:
    """Give an administrator of whom memory knows nothing, before and after; Dora, who has no log-in, lives here too."""
    pytest_socket.enable_socket()
    client = await log_in(house, "Cleo", admin=True)
    await person_id(house, "Dora")
    yield client
    for person in ("person.cleo", "person.dora"):
        await client.service(
            "ai_memory.erase_owner", {"person": person, "confirm": True}
        )
    await client.close()
