"""Set-up and removal, with a real database that refuses and a real pipeline."""

import pytest

from demo import wiring
from demo.demo_house import DemoHouse
from demo.flows import fill, form_data, subentry_flow
from demo.postgres import HOST, ROLE, free_port
from tests.e2e.talk import (
    Database,
    engine,
    is_loaded,
    remember,
    set_agent,
    stand_in,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_agent_gives_its_pipelines_back(house: DemoHouse) -> None:
    assert await engine(house, house.bare_pipeline) == house.delegate
    [entry] = await house.client.entries("ai_memory")
    known = await _subentries(house, entry["entry_id"])
    await subentry_flow(
        house.client,
        entry["entry_id"],
        "conversation",
        {
            "name": "Second memory",
            "delegate": house.delegate,
            "pipelines": [house.bare_pipeline],
        },
    )
    await until(
        lambda: _has_engine(house, house.bare_pipeline, "conversation.second_memory")
    )
    assert await engine(house, house.pipeline) == house.agent
    [added] = await _subentries(house, entry["entry_id"]) - known

    await house.client.call(
        "config_entries/subentries/delete",
        entry_id=entry["entry_id"],
        subentry_id=added,
    )
    await until(lambda: _has_engine(house, house.bare_pipeline, house.delegate))
    await until(lambda: is_loaded(house))
    assert await engine(house, house.pipeline) == house.agent


async def test_removal_and_a_new_beginning(
    house: DemoHouse, database: Database
) -> None:
    client = house.client
    fact = "The croquet hoops are in the boat shed."
    await remember(client, house, fact)
    [entry] = await client.entries("ai_memory")

    await client.rest("DELETE", f"/api/config/config_entries/entry/{entry['entry_id']}")

    assert await client.entries("ai_memory") == []
    await until(lambda: _has_engine(house, house.pipeline, house.delegate))
    assert await database.value(
        "SELECT count(*) FROM memories WHERE content = $1", fact
    )

    step = await client.flow("ai_memory")
    assert step["type"] == "menu"
    step = await client.flow_step(step["flow_id"], {"next_step_id": "database"})
    right = {
        "host": HOST,
        "port": house.postgres.port,
        "database": "ai_memory",
        "username": ROLE,
        "password": house.postgres.password,
    }
    for wrong, errors in (
        ({"password": "not this one"}, {"password": "wrong_password"}),
        ({"port": free_port()}, {"base": "database_unreachable"}),
        ({"database": "nowhere"}, {"database": "database_missing"}),
    ):
        step = await client.flow_step(
            step["flow_id"], form_data(step["data_schema"], right | wrong)
        )
        assert step["type"] == "form"
        assert step["errors"] == errors
        assert await client.entries("ai_memory") == []
    url = stand_in(house).url
    step = await client.flow_step(
        step["flow_id"], form_data(step["data_schema"], right)
    )
    assert step["type"] == "menu"
    ended = await fill(
        step,
        client.flow_step,
        {
            "url": url,
            "model": "all-minilm:latest",
            "name": "AI Memory",
            "delegate": house.delegate,
            "pipelines": [house.pipeline],
        },
        {"embedder": "ollama"},
    )
    assert ended["type"] == "create_entry"
    # As in the beginning.
    house.agent = await wiring.set_up_ai_memory(
        client, house.postgres, house.delegate, pipelines=[house.pipeline]
    )
    await set_agent(house, deadline=2000, session_window=0)
    turn = await client.run_pipeline("Where are the croquet hoops?")
    assert turn.reply == fact
    assert (await database.turn(turn))["answered_by"] == "delegate"


async def _subentries(house: DemoHouse, entry_id: str) -> set[str]:
    return {
        subentry["subentry_id"]
        for subentry in await house.client.call(
            "config_entries/subentries/list", entry_id=entry_id
        )
    }


async def _has_engine(house: DemoHouse, pipeline_id: str, agent: str) -> bool:
    return await engine(house, pipeline_id) == agent
