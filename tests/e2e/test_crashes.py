"""`kill -9` in the middle of it: no turn is lost, none is doubled, nobody waits."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import pytest
import pytest_asyncio
import pytest_socket

from demo.client import HassClient, HassError, Turn
from demo.demo_house import DemoHouse
from demo.flows import subentry_flow
from demo.wiring import set_up_pipeline
from tests.e2e.talk import Database, connect, engine, until

# It is the journal and the database that are put to the test.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.newest_only]

BUILT_IN: Final = "conversation.home_assistant"
CONVERSATIONS: Final = 4
DEADLINE: Final = 0.4  # seconds, the agents' default
# What a busy machine may add.
LEEWAY: Final = 2.0
# An hour would be as right: what counts is that all of it arrives.
ARRIVAL: Final = 90.0

_TURNS: Final = """
SELECT t.text, t.reply, t.started_at FROM turns t
JOIN conversations c ON c.id = t.conversation_id
WHERE c.session_id = $1 ORDER BY t.started_at
"""


@dataclass
class Speaker:
    """A conversation of its own, one turn after the other."""

    pipeline: str
    lines: list[str]
    conversation_id: str | None = None
    answered: list[Turn] = field(default_factory=list)
    # Said, and cut off before the reply came.
    cut_off: str | None = None

    async def talk(self, client: HassClient) -> None:
        """Say all lines; stop when the connection is lost."""
        for line in self.lines:
            try:
                turn = await client.run_pipeline(
                    line, pipeline=self.pipeline, conversation_id=self.conversation_id
                )
            except HassError:
                self.cut_off = line
                return
            assert turn.error is None
            assert turn.reply
            self.conversation_id = turn.conversation_id
            self.answered.append(turn)


class Crowd:
    """Several people who talk at the same time over one connection."""

    def __init__(self, house: DemoHouse, built_in: str, number: int) -> None:
        """Share so many turns; half of the conversations go to the language model."""
        self._client = house.client
        each = number // CONVERSATIONS
        self.speakers = [
            Speaker(
                pipeline=built_in if place % 2 else house.pipeline,
                lines=list(_commands(each) if place % 2 else _questions(place, each)),
            )
            for place in range(CONVERSATIONS)
        ]
        self._talks: list[asyncio.Task[None]] = []

    @property
    def answered(self) -> int:
        """Return how many replies came."""
        return sum(len(speaker.answered) for speaker in self.speakers)

    @property
    def turns(self) -> list[Turn]:
        """Return all turns that were answered."""
        return [turn for speaker in self.speakers for turn in speaker.answered]

    def begin(self) -> None:
        """Let everybody begin."""
        self._talks = [
            asyncio.create_task(speaker.talk(self._client)) for speaker in self.speakers
        ]

    async def reach(self, number: int) -> None:
        """Wait for so many replies."""
        while self.answered < number:
            for talk in self._talks:
                if talk.done():
                    talk.result()
            assert not all(talk.done() for talk in self._talks)
            await asyncio.sleep(0.01)

    async def end(self) -> None:
        """Wait until everybody has ended."""
        await asyncio.gather(*self._talks)


def _commands(number: int) -> Iterator[str]:
    for at in range(number):
        yield f"set kitchen ceiling light brightness to {at % 100 + 1}%"


def _questions(place: int, number: int) -> Iterator[str]:
    for at in range(number):
        yield f"What is written on page {at + 1} of volume {place + 1}?"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fragile(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoHouse, str]]:
    """Give a house to break, and a pipeline in it that leads to Home Assistant's own agent."""
    pytest_socket.enable_socket()
    house = DemoHouse(tmp_path_factory.mktemp("fragile"))
    async with house:
        pipeline = await set_up_pipeline(house.client, "Sentences", BUILT_IN)
        [entry] = await house.client.entries("ai_memory")
        await subentry_flow(
            house.client,
            entry["entry_id"],
            "conversation",
            {"name": "Sentences", "delegate": BUILT_IN, "pipelines": [pipeline]},
        )

        async def is_ready() -> bool:
            agent = await house.client.state(house.agent)
            return (
                await engine(house, pipeline) != BUILT_IN
                and agent["state"] != "unavailable"
            )

        await until(is_ready)
        yield house, pipeline
        pytest_socket.enable_socket()
    house.remove()


async def _is_on_disk(house: DemoHouse, pipeline: str) -> bool:
    """Return whether Home Assistant has saved the set-up, which it does in its own time."""
    storage = house.hass.config_dir / ".storage"
    kept = await asyncio.to_thread(
        lambda: [
            (storage / name).read_text() if (storage / name).exists() else ""
            for name in ("assist_pipeline.pipelines", "core.entity_registry")
        ]
    )
    ours = await engine(house, pipeline)
    return pipeline in kept[0] and all(ours in text for text in kept)


async def _assert_all_saved(house: DemoHouse, crowd: Crowd) -> None:
    """Wait until all that was answered is saved; it is so once, and in order."""
    connection = await connect(house)
    database = Database(connection)
    try:

        async def all_there() -> bool:
            return all(
                [
                    len(await database.fetch(_TURNS, speaker.conversation_id))
                    >= len(speaker.answered)
                    for speaker in crowd.speakers
                ]
            )

        await until(all_there, ARRIVAL)
        for speaker in crowd.speakers:
            rows = await database.fetch(_TURNS, speaker.conversation_id)
            saved = [(row["text"], row["reply"]) for row in rows]
            spoken = [(turn.text, turn.reply) for turn in speaker.answered]
            assert saved[: len(spoken)] == spoken
            # One whose reply was on its way may have been saved.
            assert [text for text, _ in saved[len(spoken) :]] in (
                [],
                [speaker.cut_off],
            )
        # Whole turns only: each has its words and its reply.
        assert not await database.value(
            "SELECT count(*) FROM turns t WHERE 2 > (SELECT count(*) FROM messages m"
            " WHERE m.turn_id = t.id) AND t.error IS NULL"
        )
    finally:
        await connection.close()


def _assert_nobody_waited(before: list[Turn], turns: list[Turn]) -> None:
    usual = median(turn.seconds for turn in before)
    assert max(turn.seconds for turn in turns) < usual + DEADLINE + LEEWAY


async def test_database_is_killed(fragile: tuple[DemoHouse, str]) -> None:
    house, pipeline = fragile
    crowd = Crowd(house, pipeline, 500)
    crowd.begin()
    await crowd.reach(150)
    before = crowd.turns
    await asyncio.to_thread(house.postgres.kill)
    down = crowd.answered
    await crowd.reach(down + 100)
    # Home Assistant answered a hundred times while there was no database.
    assert house.postgres.pid is None
    await asyncio.to_thread(house.postgres.start)
    await crowd.end()

    assert crowd.answered == 500
    _assert_nobody_waited(before, crowd.turns)
    await _assert_all_saved(house, crowd)


async def test_database_hangs(fragile: tuple[DemoHouse, str]) -> None:
    """It takes every request and answers none, which is worse than being gone."""
    house, pipeline = fragile
    crowd = Crowd(house, pipeline, 80)
    crowd.begin()
    await crowd.reach(20)
    before = crowd.turns
    await asyncio.to_thread(house.postgres.freeze)
    try:
        await crowd.end()
    finally:
        await asyncio.to_thread(house.postgres.thaw)

    assert crowd.answered == 80
    _assert_nobody_waited(before, crowd.turns)
    await _assert_all_saved(house, crowd)


@pytest.mark.parametrize("database_too", [False, True])
async def test_home_assistant_is_killed(
    fragile: tuple[DemoHouse, str], database_too: bool
) -> None:
    house, pipeline = fragile
    await until(lambda: _is_on_disk(house, pipeline))
    crowd = Crowd(house, pipeline, 200)
    crowd.begin()
    await crowd.reach(50)
    if database_too:
        await asyncio.to_thread(house.postgres.kill)
    await crowd.reach(100)
    await asyncio.to_thread(house.hass.kill)
    await crowd.end()
    assert 100 <= crowd.answered < 200
    if database_too:
        await asyncio.to_thread(house.postgres.start)
    await asyncio.to_thread(house.hass.start)
    await house.client.wait_running()
    await _assert_all_saved(house, crowd)
