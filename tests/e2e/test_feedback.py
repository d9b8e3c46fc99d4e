"""What somebody corrects becomes training data, and a proposed alias."""

import json
from typing import Final

import pytest

from demo.client import HassClient
from demo.demo_house import DemoHouse
from tests.e2e.talk import Database, until
from tests.e2e.ways import CLEO

pytestmark = [pytest.mark.newest_only, pytest.mark.asyncio(loop_scope="session")]

LAMP: Final = "light.bedroom_bedside"
EXPORT: Final = "/api/ai_memory/training/export?format=preference"


async def test_corrected_conversation_makes_a_preference_pair(
    house: DemoHouse, cleo: HassClient, database: Database
) -> None:
    await house.client.service("light.turn_off", {"entity_id": LAMP})
    wrong = await cleo.run_pipeline("turn on the lamp")
    assert wrong.reply == "Sorry, I could not switch lamp."
    right = await cleo.run_pipeline(
        "No, I meant the bedside lamp", conversation_id=wrong.conversation_id
    )
    assert right.reply == "Turned on bedside lamp."
    assert (await house.client.state(LAMP))["state"] == "on"

    rows = [await database.turn(turn) for turn in (wrong, right)]
    ratings = await until(
        lambda: database.fetch(
            "SELECT rating, source FROM feedback WHERE turn_id = ANY($1)"
            " ORDER BY rating",
            [row["id"] for row in rows],
        )
    )
    assert ratings == [{"rating": rating, "source": "correction"} for rating in (1, 5)]
    [line] = await cleo.rest_lines(EXPORT)
    pair = json.loads(line)
    assert pair["prompt"] == [{"role": "user", "content": wrong.text}]
    for side, name, reply in (
        ("rejected", "lamp", wrong.reply),
        ("chosen", "bedside lamp", right.reply),
    ):
        call, result, said = pair[side]
        [function] = [one["function"] for one in call["tool_calls"]]
        assert function["name"] == "intent__HassTurnOn"
        assert json.loads(function["arguments"]) == {"name": name}
        assert result["role"] == "tool"
        assert said == {"role": "assistant", "content": reply}

    listed = (await cleo.call("ai_memory/list_proposals"))["proposals"]
    [proposal] = [one for one in listed if one["target_id"] == LAMP]
    assert (proposal["owner"], proposal["text"]) == (CLEO, "the lamp")
    await cleo.call(
        "ai_memory/review_proposal", proposal_id=proposal["id"], accept=True
    )
    again = await cleo.run_pipeline("turn on the lamp")
    assert (await database.turn(again))["resolved_text"] == "turn on Bedside lamp"
