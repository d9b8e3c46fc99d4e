"""Servers to ask for vectors."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
import os
import ssl
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_socket

from demo.ollama_server import OllamaServer


@dataclass(frozen=True, slots=True)
class Target:
    """An Ollama server and one of its embedding models."""

    url: str
    model: str


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[OllamaServer]:
    """Give the stand-in, whose faults can be switched."""
    server = OllamaServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def target(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Target]:
    """Give the real server at OLLAMA_HOST where there is one, else the stand-in."""
    model = os.environ.get("OLLAMA_EMBEDDING_MODEL", "all-minilm")
    if not (host := os.environ.get("OLLAMA_HOST")):
        yield Target(server.url, model)
        return
    url = host if "://" in host else f"http://{host}"
    pytest_socket.socket_allow_hosts(["127.0.0.1", urlsplit(url).hostname or host])
    yield Target(url, model)
    pytest_socket.socket_allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="session")
def ssl_context() -> ssl.SSLContext:
    """Give certificates, read once, as Home Assistant does."""
    return ssl.create_default_context()


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """Give the session that the OpenAI-compatible embedder borrows."""
    async with aiohttp.ClientSession() as session:
        yield session
