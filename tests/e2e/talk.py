"""What the end-to-end tests do again and again: talk, and look at what was written."""

import asyncio
from collections.abc import Awaitable, Callable
import json
from typing import Any, Final

import asyncpg

from demo import wiring
from demo.client import HassClient, Json, Turn
from demo.demo_house import DemoHouse
from demo.flows import fill, form_data
from demo.ollama_server import OllamaServer, RecordedRequest
from demo.postgres import DATABASE

TIMEOUT: Final = 30.0
POLL: Final = 0.05

_TURN: Final = """
SELECT t.*, c.session_id FROM turns t JOIN conversations c ON c.id = t.conversation_id
WHERE c.session_id = $1 AND t.text = $2
ORDER BY t.started_at DESC
"""
_STORED_ANSWER: Final = (
    "SELECT answer FROM response_cache WHERE lower(question) = lower($1)"
)


async def until[T](look: Callable[[], Awaitable[T]], timeout: float = TIMEOUT) -> T:
    """Look until there is something, which is returned; TimeoutError if nothing comes."""
    async with asyncio.timeout(timeout):
        while not (seen := await look()):
            await asyncio.sleep(POLL)
    return seen


async def connect(
    house: DemoHouse, database: str = DATABASE
) -> asyncpg.Connection[asyncpg.Record]:
    """Return a connection that no row is hidden from."""
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        house.postgres.dsn(database, superuser=True),
        ssl=False,
        server_settings={"search_path": "ai_memory, public"},
    )
    await connection.set_type_codec(
        "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
    )
    return connection


class Database:
    """What was written."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        """Take a connection that sees all rows."""
        self.connection = connection

    async def fetch(self, sql: str, *values: object) -> list[Json]:
        """Return rows."""
        return [dict(row) for row in await self.connection.fetch(sql, *values)]

    async def value(self, sql: str, *values: object) -> Any:
        """Return one value."""
        return await self.connection.fetchval(sql, *values)

    async def turn(self, turn: Turn) -> Json:
        """Return the row of a turn, which is written after its reply."""
        [row] = await self.fetch_when_there(_TURN, turn.conversation_id, turn.text)
        return row

    async def fetch_when_there(self, sql: str, *values: object) -> list[Json]:
        """Return rows as soon as there are any."""
        return await until(lambda: self.fetch(sql, *values))

    async def of_turn(self, table: str, row: Json) -> list[Json]:
        """Return what belongs to a turn, in order."""
        return await self.fetch(
            f"SELECT * FROM {table} WHERE turn_id = $1 ORDER BY position", row["id"]
        )

    async def stored_answer(self, question: str) -> str:
        """Return the answer that is kept for a question, as soon as it is."""
        answer: str = await until(lambda: self.value(_STORED_ANSWER, question))
        return answer


def stand_in(house: DemoHouse) -> OllamaServer:
    """Return the server that answers for Ollama."""
    assert house.stand_in, "OLLAMA_HOST is set: these tests look into the stand-in"
    return house.stand_in


def chats(house: DemoHouse) -> list[RecordedRequest]:
    """Return what the language model was asked, oldest first."""
    return stand_in(house).sent("/api/chat")


def last_user_message(request: RecordedRequest) -> str:
    """Return the newest message of the user, as the model receives it."""
    content: str = next(
        message["content"]
        for message in reversed(request.json["messages"])
        if message["role"] == "user"
    )
    return content


async def remember(
    client: HassClient, house: DemoHouse, content: str, **fields: object
) -> Json:
    """Have a fact remembered, and wait until it has its vector."""
    memory: Json = await client.service(
        "ai_memory.remember", {"content": content, **fields}, response=True
    )
    await wiring.wait_embedded(house.postgres.dsn(superuser=True))
    return memory


async def issues(house: DemoHouse) -> list[str]:
    """Return the ids of our open repair issues."""
    listed = await house.client.call("repairs/list_issues")
    return [
        issue["issue_id"]
        for issue in listed["issues"]
        if issue["domain"] == "ai_memory"
    ]


async def engine(house: DemoHouse, pipeline_id: str) -> str:
    """Return the agent of a pipeline."""
    pipeline = await house.client.call(
        "assist_pipeline/pipeline/get", pipeline_id=pipeline_id
    )
    agent: str = pipeline["conversation_engine"]
    return agent


async def log_in(house: DemoHouse, name: str, *, admin: bool = False) -> HassClient:
    """Return a client of a person, who moves in first if need be."""
    return await wiring.log_in_as(
        house.client, name, name.lower(), "secret enough", admin=admin
    )


async def person_id(house: DemoHouse, name: str) -> str:
    """Return the id of a person, who is made, without a log-in, if need be."""
    people = (await house.client.call("person/list"))["storage"]
    found = next((person for person in people if person["name"] == name), None)
    if found is None:
        found = await house.client.call(
            "person/create", name=name, user_id=None, device_trackers=[]
        )
    made: str = found["id"]
    return made


async def is_loaded(house: DemoHouse) -> bool:
    """Return whether the entry is loaded and its first agent there."""
    [entry] = await house.client.entries("ai_memory")
    agent = await house.client.state(house.agent)
    return bool(entry["state"] == "loaded" and agent["state"] != "unavailable")


async def set_options(house: DemoHouse, page: str, **answers: object) -> None:
    """Change options of one page."""
    [entry] = await house.client.entries("ai_memory")
    await fill(
        await house.client.options_flow(entry["entry_id"]),
        house.client.options_flow_step,
        answers,
        {"init": page},
    )
    await until(lambda: is_loaded(house))


async def set_agent(house: DemoHouse, **settings: object) -> None:
    """Change settings of the first agent."""
    [entry] = await house.client.entries("ai_memory")
    subentries = await house.client.call(
        "config_entries/subentries/list", entry_id=entry["entry_id"]
    )
    step = await house.client.subentry_flow(
        entry["entry_id"], "conversation", subentries[0]["subentry_id"]
    )
    answers = form_data(step["data_schema"], settings)
    step = await house.client.subentry_flow_step(step["flow_id"], answers)
    assert step["reason"] == "reconfigure_successful"
    await until(lambda: is_loaded(house))


async def remove_folder(house: DemoHouse, name: str) -> None:
    """Remove a folder of documents from the entry."""
    client = house.client
    [entry] = await client.entries("ai_memory")
    subentries = await client.call(
        "config_entries/subentries/list", entry_id=entry["entry_id"]
    )
    [subentry] = [found for found in subentries if found["title"] == name]
    await client.call(
        "config_entries/subentries/delete",
        entry_id=entry["entry_id"],
        subentry_id=subentry["subentry_id"],
    )

    async def is_gone() -> bool:
        states = await client.rest("GET", "/api/states")
        slug = name.lower().replace(" ", "_")
        return await is_loaded(house) and not any(
            state["entity_id"] == f"sensor.{slug}_state" for state in states
        )

    await until(is_gone)
