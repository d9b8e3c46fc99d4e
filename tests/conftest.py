"""Real servers for the tests: PostgreSQL with pgvector, and an embedding server."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Final

import pytest
import pytest_socket

from custom_components.ai_memory.postgres.database import Database
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.ollama_server import OllamaServer
from demo.postgres import PostgresServer
from tests.databases import FreshDatabase, quick_folder

TEMPLATE: Final = "migrated"
_NUMBERS: Final = count(1)


@contextmanager
def _sockets() -> Iterator[None]:
    """Let a fixture that outlives a test open sockets; the test's own rule comes back."""
    pytest_socket.enable_socket()
    try:
        yield
    finally:
        pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the loop as it is: the debug mode of the test package takes a third of the time.

    PYTHONASYNCIODEBUG=1 switches it on.
    """


@pytest.fixture(scope="session")
def postgres_server() -> Generator[PostgresServer]:
    """Give the server of the whole run, with a template that has our schema."""
    with quick_folder("ai-memory-test-") as folder:
        server = PostgresServer(folder / "home", fast=True)
        with _sockets():
            server.start()
            server.create_database(TEMPLATE)
            asyncio.run(_migrate(server))
        yield server
        server.remove()


async def _migrate(server: PostgresServer) -> None:
    database = Database(ConnectionSettings(dsn=server.dsn(TEMPLATE)))
    await database.open()
    await database.close()


@pytest.fixture
def database(postgres_server: PostgresServer, socket_enabled: None) -> FreshDatabase:
    """Give a copy of the template.

    It is dropped when the next test asks for one: what used it may be torn down later than this fixture.
    """
    number = next(_NUMBERS)
    postgres_server.drop_database(f"test_{number - 1}")
    name = f"test_{number}"
    postgres_server.create_database(name, TEMPLATE)
    return FreshDatabase(postgres_server, name)


@pytest.fixture
async def ollama_server(socket_enabled: None) -> AsyncGenerator[OllamaServer]:
    """Give the stand-in for Ollama, whose vectors are real and whose faults can be switched."""
    server = OllamaServer()
    await server.start()
    yield server
    await server.stop()
