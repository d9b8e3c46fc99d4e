"""A restart of Home Assistant: nothing is gone, and all works at once."""

import asyncio

import pytest

from demo.demo_house import DemoHouse
from demo.house import OFFICE_LIGHT
from tests.e2e.talk import Database, chats, last_user_message, remember

pytestmark = [pytest.mark.newest_only, pytest.mark.asyncio(loop_scope="session")]


async def test_memory_is_there_after_a_restart(
    house: DemoHouse, database: Database
) -> None:
    fact = "The sewing kit is in the yellow biscuit tin."
    await remember(house.client, house, fact)
    before = await house.client.run_pipeline("What is the capital of Peru?")
    row = await database.turn(before)
    counts = await _counts(database)

    await asyncio.to_thread(house.hass.stop)
    assert "ERROR" not in _log_since_start(house)
    await asyncio.to_thread(house.hass.start)
    await house.client.wait_running()

    assert await _counts(database) == counts
    await house.client.service("light.turn_off", {"entity_id": OFFICE_LIGHT})
    turn = await house.client.run_pipeline("turn on my office")
    assert turn.reply == "Turned on the light"
    assert (await database.turn(turn))["answered_by"] == "intent"
    turn = await house.client.run_pipeline("Where is the sewing kit?")
    assert turn.reply == fact
    assert fact in last_user_message(chats(house)[-1])
    found = await database.of_turn("context_references", await database.turn(turn))
    assert found[0]["cosine"] is not None
    assert (await database.turn(before))["id"] == row["id"]


async def _counts(database: Database) -> list[int]:
    return [
        await database.value(f"SELECT count(*) FROM {table}")
        for table in ("turns", "messages", "memories", "embeddings", "preferences")
    ]


def _log_since_start(house: DemoHouse) -> str:
    """Return what our integration and the core had to complain of."""
    return "\n".join(
        line for line in house.hass.log.read_text().splitlines() if "ai_memory" in line
    )
