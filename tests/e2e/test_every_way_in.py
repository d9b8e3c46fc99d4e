"""Everything that can be asked of memory, by each way in, as a person who is logged in."""

import asyncio
from datetime import UTC, datetime
import json
from typing import Final

import pytest
import pytest_asyncio

from custom_components.ai_memory.operations import OPERATIONS
from demo.client import HassClient, Json
from demo.demo_house import DemoHouse
from tests.e2e.talk import Database
from tests.e2e.ways import CHECKS, CLEO, DESK_LAMP, ENDPOINTS, WAYS, At, word_for

SUBSCRIBE: Final = "ai_memory/subscribe"
"""The command that is no operation."""

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def at(
    request: pytest.FixtureRequest,
    house: DemoHouse,
    cleo: HassClient,
    database: Database,
) -> At:
    """Give Cleo's way in that the test is about, and a word of its own."""
    kind = request.node.callspec.id
    return At(cleo, house, database, kind.partition("-")[0], word_for(kind))


ASKED: Final = [
    (way, name)
    for way in WAYS
    for name in OPERATIONS
    if way != "http" or name in ENDPOINTS
]


@pytest.mark.parametrize(
    ("way", "name"),
    [
        # The commands differ from the actions in a few lines only.
        pytest.param(
            *asked, marks=[pytest.mark.newest_only] if asked[0] == "websocket" else []
        )
        for asked in ASKED
    ],
)
async def test_operation(at: At, way: str, name: str) -> None:
    await CHECKS[name](at)
    assert name in at.asked


async def test_changes_are_told(cleo: HassClient) -> None:
    told = cleo.subscribe(SUBSCRIBE)
    async with asyncio.timeout(10):
        assert (await anext(told))["type"] == "result"
        stored = await cleo.call(
            "ai_memory/remember", content="The lute has nine strings", private=True
        )
        event = (await anext(told))["event"]
        await told.aclose()
    assert event == {
        "subject": "memory",
        "verb": "added",
        "owner": CLEO,
        "ids": [str(stored["id"])],
    }


# --- tools


# Not by the words of the turn: what looks like a secret is masked in them.
_TOOLS: Final = """
SELECT x.name, x.status FROM tool_executions x JOIN turns t ON t.id = x.turn_id
JOIN conversations c ON c.id = t.conversation_id
WHERE c.session_id = $1 AND t.started_at > $2
"""


class Model:
    """The language model, which does what it is told by Cleo."""

    def __init__(self, at: At, pipeline: str) -> None:
        """Take the pipeline: its agent is wrapped by us, or not."""
        self._at = at
        self._pipeline = pipeline
        self._conversation_id: str | None = None

    async def use(self, tool: str, **arguments: object) -> Json:
        """Use a tool; return what it returned to the model."""
        began = datetime.now(UTC)
        turn = await self._at.client.run_pipeline(
            f"use tool {tool} with {json.dumps(arguments)}",
            pipeline=self._pipeline,
            conversation_id=self._conversation_id,
        )
        self._conversation_id = turn.conversation_id
        [used] = await self._at.database.fetch_when_there(
            _TOOLS, self._conversation_id, began
        )
        assert used == {"name": tool, "status": "ok"}
        # Home Assistant has put a flag beside what the tool returned.
        returned: Json = json.loads(turn.reply)["data"]
        return returned


async def _remembers(at: At, model: Model) -> None:
    returned = await model.use("ai_memory__remember", content=at.fact, private=True)
    assert returned["remembered"] == at.fact
    [row] = await at.database.fetch(
        "SELECT status, owner FROM memories WHERE content = $1", at.fact
    )
    assert row["status"] == "proposed"
    assert row["owner"].startswith("person:")


async def _recalls(at: At, model: Model) -> None:
    await at.remember()
    returned = await model.use("ai_memory__recall", query=f"Where is the {at.word}?")
    assert at.fact in {note["text"] for note in returned["notes"]}


async def _forgets(at: At, model: Model) -> None:
    stored = await at.remember()
    shown = await model.use("ai_memory__forget", query=f"Where is the {at.word}?")
    assert shown["would_be_forgotten"][0]["text"] == at.fact
    assert await at.is_remembered()
    await model.use(
        "ai_memory__forget",
        token=shown["token"],
        memory_ids=[stored["id"]],
    )
    assert not await at.is_remembered()


async def _names(at: At, model: Model) -> None:
    await model.use("ai_memory__set_alias", phrase=f"my {at.word}", name="Desk lamp")
    assert {"phrase": f"my {at.word}", "entity_id": DESK_LAMP} == (
        await at.database.value(
            "SELECT value FROM preferences WHERE value->>'phrase' = $1", f"my {at.word}"
        )
    )


TOOLS: Final = {
    "ai_memory__remember": _remembers,
    "ai_memory__recall": _recalls,
    "ai_memory__forget": _forgets,
    "ai_memory__set_alias": _names,
}


AGENTS: Final = ("wrapped", "bare")
"""One with memory in front of it, and one without."""


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("name", TOOLS)
async def test_tool(at: At, house: DemoHouse, agent: str, name: str) -> None:
    pipeline = house.pipeline if agent == "wrapped" else house.bare_pipeline
    await TOOLS[name](at, Model(at, pipeline))
