"""The whole demo house: PostgreSQL, Ollama, Home Assistant with AI Memory."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
import json
import os
from pathlib import Path
import shutil
import socket
import time
from typing import Any, Final, Self

from . import house, wiring
from .client import HassClient, HassError
from .hass import HassProcess, onboard
from .ollama_server import OllamaServer
from .postgres import HOST, PostgresServer, free_port

NAME: Final = "Anna"
USERNAME: Final = "anna"
PASSWORD: Final = "demo"
PIPELINE: Final = "AI Memory"
BARE_PIPELINE: Final = "Without memory"

type Say = Callable[[str], None]


def _silent(_message: str) -> None:
    """Say nothing."""


class DemoHouse:
    """Everything, running, with its state under one folder; an async context manager.

    Uses the Ollama at the environment's OLLAMA_HOST when it answers, else the stand-in.
    """

    client: HassClient
    agent: str
    delegate: str
    pipeline: str
    bare_pipeline: str

    def __init__(
        self,
        home: Path,
        *,
        say: Say = _silent,
        log_level: str = "info",
        port: int | None = None,
    ) -> None:
        """Take the folder, what is told about progress, and a port for Home Assistant.

        A free one is taken if that one is not, or none is given.
        """
        self.home = home
        self.postgres = PostgresServer(home / "postgres")
        self.stand_in: OllamaServer | None = None
        self.hass: HassProcess
        self._say = say
        self._log_level = log_level
        self._port = port if port and _is_free(port) else free_port()
        self._state_file = home / "state.json"
        self._stack = AsyncExitStack()
        self._started = time.monotonic()

    def remove(self) -> None:
        """Delete everything; not while it runs."""
        self.postgres.remove()
        shutil.rmtree(self.home, ignore_errors=True)

    async def __aenter__(self) -> Self:
        """Start everything."""
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop everything."""
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        state = self._load()

        stack.push_async_callback(asyncio.to_thread, self.postgres.stop)
        await _in_thread(self.postgres.start)
        self._tell(f"PostgreSQL {self.postgres.version} on port {self.postgres.port}")

        url = await self._start_ollama(stack, state)
        chat_model, embedding_model = await wiring.ollama_models(url)
        kind = "stand-in for Ollama" if self.stand_in else "Ollama"
        self._tell(f"{kind} at {url}, {chat_model} and {embedding_model}")

        config_dir = self.home / "hass"
        house.write_config(config_dir, self._port, log_level=self._log_level)
        self.hass = HassProcess(config_dir, self._port)
        stack.push_async_callback(asyncio.to_thread, self.hass.stop)
        await _in_thread(self.hass.start)
        self.client = await onboard(
            self.hass, name=NAME, username=USERNAME, password=PASSWORD
        )
        stack.push_async_callback(self.client.close)
        await house.furnish(self.client)
        version = (await self.client.rest("GET", "/api/config"))["version"]
        self._tell(f"Home Assistant {version} at {self.hass.url}")

        self.delegate = await wiring.set_up_ollama(self.client, url, chat_model)
        self.bare_pipeline = await wiring.set_up_pipeline(
            self.client, BARE_PIPELINE, self.delegate
        )
        self.pipeline = await wiring.set_up_pipeline(
            self.client, PIPELINE, self.delegate, preferred=True
        )
        self.agent = await wiring.set_up_ai_memory(
            self.client,
            self.postgres,
            self.delegate,
            ollama_url=url,
            embedding_model=embedding_model,
            pipelines=[self.pipeline],
        )
        if not state.get("seeded"):
            await wiring.seed(self.client)
            await wiring.wait_embedded(self.postgres.dsn(superuser=True))
            self._save(state | {"seeded": True})
        self._tell(f"AI Memory in front of {self.delegate}")

    async def _start_ollama(self, stack: AsyncExitStack, state: dict[str, Any]) -> str:
        """Return the URL of the Ollama server, started here if there is none."""
        host = os.environ.get("OLLAMA_HOST")
        if host and await wiring.ollama_answers(url := wiring.normalise_host(host)):
            kept = state.setdefault("ollama_url", url)
        else:
            url = f"http://{HOST}:{state['stand_in_port']}"
            kept = state.setdefault("ollama_url", url)
            if kept == url:
                self.stand_in = OllamaServer(state["stand_in_port"])
                await self.stand_in.start()
                stack.push_async_callback(self.stand_in.stop)
        if kept != url:
            raise HassError(
                f"This house was set up with the Ollama at {kept}, which is not the one"
                f" at hand ({url}). Start with --fresh to set up a new house."
            )
        self._save(state)
        return url

    def _load(self) -> dict[str, Any]:
        """Return what was chosen in an earlier run, or choose it."""
        if self._state_file.exists():
            state: dict[str, Any] = json.loads(self._state_file.read_text())
            return state
        return {"stand_in_port": free_port()}

    def _save(self, state: dict[str, Any]) -> None:
        self._state_file.write_text(json.dumps(state))

    def _tell(self, message: str) -> None:
        self._say(f"{message} ({time.monotonic() - self._started:.1f} s)")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


async def _in_thread(function: Callable[[], None]) -> None:
    """Run a blocking start; when cancelled, wait for it, so that it can be stopped."""
    task = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
