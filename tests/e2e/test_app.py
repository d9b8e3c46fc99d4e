"""The companion app and Home Assistant: discovered, set up with clicks, restarted, restored on another device."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
import tempfile
from typing import Final

import pytest
import pytest_asyncio

from demo import house, wiring
from demo.app import App
from demo.client import HassClient, Json, Turn
from demo.flows import fill, form_data
from demo.hass import HassProcess, onboard
from demo.ollama_server import CHAT_MODEL, EMBEDDING_MODEL, OllamaServer
from demo.postgres import free_port
from demo.supervisor import Supervisor
from tests.databases import quick_folder
from tests.e2e.talk import last_user_message, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.newest_only]

APP: Final = "AI Memory Database"
SLUG: Final = "d3b82f09_ai_memory_db"
BUILT_IN: Final = "conversation.home_assistant"
KEY: Final = "The spare key hangs behind the blue watering can."

_EMBEDDED: Final = """
SELECT EXISTS (
    SELECT FROM ai_memory.embeddings e
    JOIN ai_memory.passages p ON p.id = e.passage_id WHERE p.memory_id IS NOT NULL
)
"""


class Devices:
    """What the app runs on: each device has a disk and a Supervisor of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Take a folder that the user which PostgreSQL runs as can reach."""
        self._folder = folder
        self._stack = stack

    def make(self) -> tuple[Supervisor, App]:
        """Return a new device's Supervisor, which listens, and its app, which does not run."""
        supervisor = self._stack.enter_context(Supervisor())
        home = Path(tempfile.mkdtemp(prefix="app-", dir=self._folder))
        home.chmod(0o755)
        app = App(home, supervisor=supervisor)
        self._stack.callback(app.remove)
        return supervisor, app


@pytest.fixture
def devices(socket_enabled: None) -> Iterator[Devices]:
    with quick_folder("ai-memory-app-") as folder, ExitStack() as stack:
        yield Devices(folder, stack)


@pytest_asyncio.fixture(loop_scope="session")
async def client(tmp_path: Path, socket_enabled: None) -> AsyncGenerator[HassClient]:
    """Give the first user of a Home Assistant that has no conversation agent but its own."""
    port = free_port()
    house.write_config(tmp_path / "hass", port)
    hass = HassProcess(tmp_path / "hass", port)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, hass.stop)
        await asyncio.to_thread(hass.start)
        client = await onboard(hass, name="Anna", username="anna", password="demo")
        stack.push_async_callback(client.close)
        await house.furnish(client)
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def ollama(socket_enabled: None) -> AsyncGenerator[OllamaServer]:
    server = OllamaServer()
    await server.start()
    yield server
    await server.stop()


async def start(supervisor: Supervisor, app: App) -> Json:
    """Start the app; return what it has told its Supervisor."""
    told = len(supervisor.messages)
    await asyncio.to_thread(app.start)
    message: Json = await asyncio.to_thread(supervisor.wait_for, told + 1)
    return message


async def hand_over(client: HassClient, supervisor: Supervisor, message: Json) -> None:
    """Give Home Assistant what the Supervisor was told."""
    await client.call(
        "demo_supervisor/discover",
        **message,
        uuid=supervisor.uuids[message["service"]],
        name=APP,
        slug=SLUG,
    )


async def flows(client: HassClient) -> list[Json]:
    """Return our flows that wait for somebody."""
    return [
        flow
        for flow in await client.call("config_entries/flow/progress")
        if flow["handler"] == "ai_memory"
    ]


async def set_up(client: HassClient, embedder: str) -> Json:
    """Click through the flow that was discovered, typing nothing; return the entry."""
    [flow] = await flows(client)
    assert flow["step_id"] == "hassio_confirm"
    assert flow["context"]["source"] == "hassio"
    assert flow["context"]["title_placeholders"] == {"name": APP}
    step = await client.rest(
        "GET", f"/api/config/config_entries/flow/{flow['flow_id']}"
    )
    assert step["type"] == "form"
    assert not step["data_schema"]
    step = await client.flow_step(flow["flow_id"], {})
    assert step["step_id"] == "embedder"
    step = await fill(step, client.flow_step, {}, {"embedder": embedder})
    entry: Json = step["result"]
    assert not await flows(client)
    return entry


async def preferred_engine(client: HassClient) -> str:
    """Return the agent of the preferred pipeline."""
    pipeline = await client.call("assist_pipeline/pipeline/get")
    engine: str = pipeline["conversation_engine"]
    return engine


async def put_in_front(client: HassClient, delegate: str) -> str:
    """Wait until our agent stands in front of another one; return it."""

    async def ours() -> str:
        engine = await preferred_engine(client)
        if engine == delegate:
            return ""
        state = (await client.state(engine))["state"]
        return "" if state == "unavailable" else engine

    return await until(ours)


async def healthy_entry(client: HassClient) -> Json:
    """Wait until the one entry is loaded and nobody is asked to mend it; return it."""

    async def healthy() -> Json:
        [entry] = await client.entries("ai_memory")
        listed = await client.call("repairs/list_issues")
        wrong = await flows(client) or "ai_memory" in str(listed["issues"])
        return {} if wrong or entry["state"] != "loaded" else entry

    return await until(healthy)


async def embedded(app: App) -> bool:
    """Return whether something remembered has its vector."""
    return await asyncio.to_thread(app.execute, _EMBEDDED) == "t"


async def replies(app: App, turn: Turn) -> list[str]:
    """Return the replies that are saved of what was said in a conversation."""
    found = await asyncio.to_thread(
        app.execute,
        "SELECT t.reply FROM ai_memory.turns t"
        " JOIN ai_memory.conversations c ON c.id = t.conversation_id"
        f" WHERE c.session_id = '{turn.conversation_id}'"
        f" AND t.text = '{turn.text}'",
    )
    return found.splitlines()


async def assert_saved(app: App, *turns: Turn) -> None:
    """Wait until turns are saved: each once, with its reply."""
    for turn in turns:
        await until(partial(replies, app, turn))
    for turn in turns:
        assert await replies(app, turn) == [turn.reply]


async def say(client: HassClient, text: str) -> Turn:
    """Say something, which is answered."""
    turn = await client.run_pipeline(text)
    assert turn.error is None
    assert turn.reply
    return turn


async def take_time(client: HassClient, entry: Json) -> None:
    """Let the agent wait longer: what memory finds must not hang on how busy the machine is."""
    entry_id = entry["entry_id"]
    [agent] = await client.call("config_entries/subentries/list", entry_id=entry_id)
    step = await client.subentry_flow(entry_id, "conversation", agent["subentry_id"])
    step = await client.subentry_flow_step(
        step["flow_id"], form_data(step["data_schema"], {"deadline": 2000})
    )
    assert step["reason"] == "reconfigure_successful"
    await healthy_entry(client)


async def test_home_with_a_language_model(
    devices: Devices, client: HassClient, ollama: OllamaServer, tmp_path: Path
) -> None:
    """From the first start of the app to its restore on another device, while Home Assistant runs on."""
    delegate = await wiring.set_up_ollama(client, ollama.url, CHAT_MODEL)
    await wiring.set_up_pipeline(client, "Assist", delegate, preferred=True)
    supervisor, app = devices.make()

    # Discovered once, however often it is told, and set up with clicks.
    message = await start(supervisor, app)
    assert message["config"]["instance_id"] == app.instance_id
    await hand_over(client, supervisor, message)
    await hand_over(client, supervisor, message)
    entry = await set_up(client, "ollama")
    agent = await put_in_front(client, delegate)
    await take_time(client, entry)
    await put_in_front(client, delegate)

    # A fact is remembered, a turn is said and saved.
    await client.service("ai_memory.remember", {"content": KEY})
    await until(partial(embedded, app))
    assert EMBEDDING_MODEL in str(ollama.sent("/api/embed")[-1].json)
    first = await say(client, "Where is the spare key?")
    assert first.reply == KEY
    await assert_saved(app, first)

    # The app starts again: nothing to do.
    before = await healthy_entry(client)
    assert await asyncio.to_thread(app.stop) == 0
    again = await start(supervisor, app)
    assert again == message
    await hand_over(client, supervisor, again)
    after = await healthy_entry(client)
    assert after == before
    await assert_saved(app, await say(client, "What is the capital of Peru?"))

    # It has another password: the entry follows, even when Home Assistant found out first.
    assert await asyncio.to_thread(app.stop) == 0
    secret = app.data / "secret"
    secret.write_text("another-password-of-the-same-app\n")
    changed = await start(supervisor, app)
    assert changed["config"] == message["config"] | {"password": app.password}
    # Home Assistant may have come in before the app had changed the password.
    await asyncio.to_thread(
        app.execute,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    )
    while_refused = await say(client, "What is the capital of Chile?")
    [flow] = await until(partial(flows, client))
    assert flow["context"]["source"] == "reauth"
    await hand_over(client, supervisor, changed)
    after = await healthy_entry(client)
    assert after["entry_id"] == entry["entry_id"]
    assert after["modified_at"] > before["modified_at"]
    await assert_saved(
        app, while_refused, await say(client, "What is the capital of Cuba?")
    )

    # A backup; then the device is lost.
    backup = tmp_path / "backup"
    await asyncio.to_thread(app.save_backup, backup)
    assert not (backup / "pgdata").exists()
    await asyncio.to_thread(app.remove)
    while_gone = [
        await say(client, "What is the capital of Kenya?"),
        await say(client, "What is the capital of Ghana?"),
    ]

    # Another device, another address: the same entry.
    supervisor, restored = devices.make()
    await asyncio.to_thread(restored.restore_backup, backup)
    message = await start(supervisor, restored)
    assert message["config"] == changed["config"] | {"port": restored.port}
    assert restored.port != app.port
    await hand_over(client, supervisor, message)
    after = await healthy_entry(client)
    assert after["entry_id"] == entry["entry_id"]
    assert await put_in_front(client, delegate) == agent

    # The fact is recalled; every turn is there, and once.
    await assert_saved(restored, first, while_refused, *while_gone)
    assert await embedded(restored)
    asked = len(ollama.sent("/api/chat"))
    recalled = await say(client, "Where is our spare key?")
    assert recalled.reply == KEY
    assert len(ollama.sent("/api/chat")) == asked + 1
    assert KEY in last_user_message(ollama.sent("/api/chat")[-1])
    await assert_saved(restored, recalled, first, *while_gone)
    assert await asyncio.to_thread(restored.stop) == 0


async def test_home_without_other_agents(devices: Devices, client: HassClient) -> None:
    """Memory works in front of Home Assistant's own agent, without an embedder."""
    assert await preferred_engine(client) == BUILT_IN
    supervisor, app = devices.make()

    await hand_over(client, supervisor, await start(supervisor, app))
    await set_up(client, "none")
    await put_in_front(client, BUILT_IN)

    await healthy_entry(client)
    await client.service("light.turn_off", {"entity_id": house.OFFICE_LIGHT})
    turn = await say(client, "turn on Office main light")
    assert turn.reply == "Turned on the light"
    await assert_saved(app, turn)
    assert await asyncio.to_thread(app.stop) == 0
