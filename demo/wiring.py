"""Sets up what the demo house needs inside Home Assistant; harmless when repeated."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import asyncpg

from .client import HassClient, HassError, Json
from .flows import config_flow, subentry_flow
from .house import OFFICE_LIGHT
from .postgres import DATABASE, HOST, ROLE, PostgresServer

ENTITY_TIMEOUT: Final = 30.0
EMBEDDED_TIMEOUT: Final = 60.0
POLL: Final = 0.1
OLLAMA_TIMEOUT: Final = 2.0
OLLAMA_PORT: Final = 11434

OLLAMA_AGENT: Final = "Ollama"
MEMORY_AGENT: Final = "AI Memory"
EARS: Final = "stt.demo_satellite_ears"

FACT: Final = "The dishwasher salt is kept in the cupboard under the sink."

NOT_EMBEDDED: Final = """
SELECT EXISTS (
    SELECT FROM ai_memory.passages p LEFT JOIN ai_memory.embeddings e
        ON e.passage_id = p.id
    WHERE e.passage_id IS NULL AND NOT (p.hidden AND p.chunk_id IS NOT NULL)
)
"""


def normalise_host(host: str) -> str:
    """Return an OLLAMA_HOST, which may lack scheme and port, as a base URL."""
    if "://" not in host:
        host = f"http://{host}"
    parts = urlsplit(host)
    default = {"http": OLLAMA_PORT, "https": 443}.get(parts.scheme, OLLAMA_PORT)
    # A server listens on 0.0.0.0; a client cannot call it so.
    name = "127.0.0.1" if parts.hostname in {None, "0.0.0.0"} else parts.hostname
    return f"{parts.scheme}://{name}:{parts.port or default}"


async def ollama_answers(url: str) -> bool:
    """Say whether an Ollama server answers there."""
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(
                f"{url}/api/tags", timeout=aiohttp.ClientTimeout(OLLAMA_TIMEOUT)
            ) as response,
        ):
            return response.ok
    except aiohttp.ClientError, TimeoutError:
        return False


async def ollama_models(url: str) -> tuple[str, str]:
    """Return a model to chat with and one that embeds, of those on the server.

    Raises HassError if there is none of either. A chat model that can use tools is
    preferred.
    """
    chat: dict[bool, str] = {}
    embedding: str | None = None
    async with aiohttp.ClientSession(url) as session:
        async with session.get("/api/tags") as response:
            names = [model["model"] for model in (await response.json())["models"]]
        for name in names:
            async with session.post("/api/show", json={"model": name}) as response:
                capabilities = (await response.json()).get("capabilities", [])
            if "completion" in capabilities:
                chat.setdefault("tools" in capabilities, name)
            elif "embedding" in capabilities:
                embedding = embedding or name
    model = chat.get(True) or chat.get(False)
    if model is None or embedding is None:
        raise HassError(
            f"{url} needs a model to chat with and one that embeds; it has: {names}"
        )
    return model, embedding


async def set_up_ollama(client: HassClient, url: str, model: str) -> str:
    """Set up Home Assistant's own Ollama integration; return its agent's entity id."""
    entries = [
        entry for entry in await client.entries("ollama") if entry["title"] == url
    ]
    entry = entries[0] if entries else await config_flow(client, "ollama", {"url": url})
    if not await _agents(client, entry):
        await subentry_flow(
            client,
            entry["entry_id"],
            "conversation",
            {"name": OLLAMA_AGENT, "model": model, "llm_hass_api": ["assist"]},
        )
    return await _agent(client, entry)


async def set_up_ai_memory(
    client: HassClient,
    postgres: PostgresServer,
    delegate: str,
    *,
    ollama_url: str | None = None,
    embedding_model: str | None = None,
    database: str = DATABASE,
    pipelines: Sequence[str] = (),
    agent: Mapping[str, Any] | None = None,
) -> str:
    """Set up AI Memory through its config flow; return its agent's entity id.

    The agent stands in front of `delegate`, in these pipelines. Without `ollama_url`
    there is no embedder. `agent` are further answers for the form of the agent.
    """
    provider = "ollama" if ollama_url else "none"
    answers: Json = {
        "host": HOST,
        "port": postgres.port,
        "database": database,
        "username": ROLE,
        "password": postgres.password,
        "name": MEMORY_AGENT,
        "delegate": delegate,
        "pipelines": list(pipelines),
        **(agent or {}),
    }
    if ollama_url:
        answers |= {"url": ollama_url, "model": embedding_model}
    choices = {"user": "database", "embedder": provider}
    entries = await client.entries("ai_memory")
    entry = (
        entries[0]
        if entries
        else await config_flow(client, "ai_memory", answers, choices)
    )
    entity_id = await _agent(client, entry)
    for pipeline_id in pipelines:
        await _wait_for_engine(client, pipeline_id, entity_id)
    return entity_id


async def set_up_pipeline(
    client: HassClient, name: str, engine: str, *, preferred: bool = False
) -> str:
    """Make an Assist pipeline with this agent; return its id. One of that name stays.

    Satellites of the demo can use it. Local intents do not come first, so that every
    turn reaches the agent.
    """
    found = await client.call("assist_pipeline/pipeline/list")
    for pipeline in found["pipelines"]:
        if pipeline["name"] == name:
            pipeline_id: str = pipeline["id"]
            return pipeline_id
    made = await client.call(
        "assist_pipeline/pipeline/create",
        name=name,
        conversation_engine=engine,
        conversation_language="en",
        language="en",
        stt_engine=EARS,
        stt_language="en",
        tts_engine=None,
        tts_language=None,
        tts_voice=None,
        wake_word_entity=None,
        wake_word_id=None,
        prefer_local_intents=False,
    )
    pipeline_id = made["id"]
    if preferred:
        await client.call(
            "assist_pipeline/pipeline/set_preferred", pipeline_id=pipeline_id
        )
    return pipeline_id


async def seed(client: HassClient) -> None:
    """Give the house an alias and a fact to remember."""
    await client.service(
        "ai_memory.set_preference",
        {
            "key": "entity_alias.my_office",
            "category": "aliases",
            "value": {"entity_id": OFFICE_LIGHT},
        },
    )
    await client.service("ai_memory.remember", {"content": FACT})


async def wait_embedded(dsn: str) -> None:
    """Wait until everything remembered has its vector; takes a superuser's DSN.

    A vector that is added is a change of knowledge, which cached answers do not outlive.
    """
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        dsn, ssl=False
    )
    try:
        async with asyncio.timeout(EMBEDDED_TIMEOUT):
            while await connection.fetchval(NOT_EMBEDDED):
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise HassError("What was remembered was not embedded") from None
    finally:
        await connection.close()


async def log_in_as(
    client: HassClient,
    name: str,
    username: str,
    password: str,
    *,
    admin: bool = False,
) -> HassClient:
    """Return a client of this person, who is created first if unknown."""
    people = await client.call("person/list")
    if not any(person["name"] == name for person in people["storage"]):
        await client.create_person(name, username, password, admin=admin)
    return await HassClient.login(client.url, username, password)


async def _agents(client: HassClient, entry: Json) -> list[str]:
    """Return the conversation agents of a config entry, by their subentries' order."""
    entities = await client.call("config/entity_registry/list")
    return [
        entity["entity_id"]
        for entity in entities
        if entity["config_entry_id"] == entry["entry_id"]
        and entity["entity_id"].startswith("conversation.")
    ]


async def _agent(client: HassClient, entry: Json) -> str:
    """Wait until the agent of a config entry is there and available."""
    try:
        async with asyncio.timeout(ENTITY_TIMEOUT):
            while True:
                for entity_id in await _agents(client, entry):
                    try:
                        state = (await client.state(entity_id))["state"]
                    except HassError:
                        continue
                    if state != "unavailable":
                        return entity_id
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise HassError(f"{entry['domain']} has brought no agent") from None


async def _wait_for_engine(client: HassClient, pipeline_id: str, agent: str) -> None:
    """Wait until an agent has been put in front of a pipeline."""
    try:
        async with asyncio.timeout(ENTITY_TIMEOUT):
            while True:
                pipeline = await client.call(
                    "assist_pipeline/pipeline/get", pipeline_id=pipeline_id
                )
                if pipeline["conversation_engine"] == agent:
                    return
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise HassError(
            f"The pipeline still has {pipeline['conversation_engine']}, not {agent}"
        ) from None
