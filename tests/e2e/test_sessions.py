"""Sessions that ended are taken up again, on a real house."""

from collections.abc import AsyncGenerator
from typing import Final

import pytest
import pytest_asyncio
import pytest_socket

from demo.client import HassClient, Turn
from demo.demo_house import DemoHouse
from tests.e2e.talk import (
    Database,
    chats,
    is_loaded,
    person_id,
    set_agent,
    set_options,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

KITCHEN: Final = "assist_satellite.kitchen"
ANNAS: Final = "assist_satellite.living_room"
ASKED: Final = "Where are the garden shears?"
AND_THEN: Final = "And who put them there?"
AND: Final = "And is there a second pair?"


@pytest_asyncio.fixture(loop_scope="session", scope="module", autouse=True)
async def sessions_go_on(house: DemoHouse) -> AsyncGenerator[None]:
    """Let sessions of this file go on; one satellite is Anna's."""
    pytest_socket.enable_socket()
    anna = await person_id(house, "Anna")
    await set_agent(house, session_window=30)
    await set_options(house, "satellites", person=anna, satellites=[ANNAS])
    yield
    await set_options(house, "satellites", person=anna, satellites=[])
    await set_agent(house, session_window=0)


class Session:
    """Somebody who says one thing after the other, with a new wake word or window each time."""

    def __init__(
        self, house: DemoHouse, speaker: HassClient, satellite: str | None = None
    ) -> None:
        """Take who speaks, and where."""
        self._house = house
        self._speaker = speaker
        self._satellite = satellite

    async def say(self, text: str, after: Turn | None = None) -> Turn:
        """Say something in a new session, or in that of another turn."""
        return await self._speaker.run_pipeline(
            text,
            satellite=self._satellite,
            conversation_id=after.conversation_id if after else None,
        )

    async def start_over(self) -> None:
        """Leave what was said behind."""
        turn = await self.say("Let's start over")
        assert turn.reply == "All right, let's start over."


def _told(house: DemoHouse) -> list[tuple[str, str]]:
    """Return the conversation that the language model was sent last, without the system prompt and what was recalled."""
    return [
        (message["role"], message["content"].partition("\n")[0])
        for message in chats(house)[-1].json["messages"][1:]
    ]


def _log(*turns: Turn) -> list[tuple[str, str]]:
    """Return what the model is sent of turns: each once, in order, without a reply yet to the last."""
    log = [
        message
        for turn in turns
        for message in (("user", turn.text), ("assistant", turn.reply))
    ]
    return log[:-1]


async def test_same_person_goes_on_by_text_and_by_voice(
    house: DemoHouse, ben: HassClient, database: Database
) -> None:
    by_text = Session(house, house.client)
    by_voice = Session(house, house.client, ANNAS)
    await by_text.start_over()
    first = await by_text.say(ASKED)
    second = await by_text.say(AND_THEN, after=first)
    assert _told(house) == _log(first, second)

    third = await by_voice.say(AND)
    assert third.conversation_id != first.conversation_id
    assert _told(house) == _log(first, second, third)
    fourth = await by_voice.say("And a third one?", after=third)
    assert _told(house) == _log(first, second, third, fourth)
    # A turn is saved with its own messages only.
    row = await database.turn(fourth)
    assert len(await database.of_turn("messages", row)) == 2

    # Nobody else's.
    others = (Session(house, ben), Session(house, house.client, KITCHEN))
    for other in others:
        await other.start_over()
        turn = await other.say("And what do you say?")
        assert _told(house) == _log(turn)

    fifth = await by_text.say("And what are they made of?")
    assert _told(house) == _log(first, second, third, fourth, fifth)
    await by_voice.start_over()
    for session in (by_text, by_voice):
        turn = await session.say("And what was that?")
        assert ASKED not in str(_told(house))
        await session.start_over()


async def test_household_goes_on_at_its_satellite(house: DemoHouse) -> None:
    kitchen = Session(house, house.client, KITCHEN)
    await kitchen.start_over()
    first = await kitchen.say(ASKED)
    second = await kitchen.say(AND_THEN)
    assert first.conversation_id != second.conversation_id
    assert _told(house) == _log(first, second)
    for elsewhere in (None, ANNAS):
        session = Session(house, house.client, elsewhere)
        await session.start_over()
        turn = await session.say(AND)
        assert _told(house) == _log(turn)


async def test_goes_on_after_a_reload(house: DemoHouse, database: Database) -> None:
    session = Session(house, house.client)
    await session.start_over()
    first = await session.say(ASKED)
    await database.turn(first)
    [entry] = await house.client.entries("ai_memory")
    await house.client.rest(
        "POST", f"/api/config/config_entries/entry/{entry['entry_id']}/reload"
    )
    await until(lambda: is_loaded(house))
    second = await session.say(AND_THEN)
    assert _told(house) == _log(first, second)
