"""The embedding server absent, slow, failing, or changed: turns go on."""

import pytest

from demo import wiring
from demo.demo_house import DemoHouse
from demo.ollama_server import OllamaServer
from tests.e2e.talk import Database, chats, issues, remember, stand_in, until

pytestmark = [pytest.mark.newest_only, pytest.mark.asyncio(loop_scope="session")]


def _break(server: OllamaServer, fault: str) -> None:
    match fault:
        case "failing":
            server.failing.add("/api/embed")
        case "hanging":
            server.hanging.add("/api/embed")
        case "slow":
            server.delay = 2.5  # above the deadline of 2 s
        case "other dimension":
            server.dimensions = 100
        case "NaN":
            server.nan = True


def _mend(server: OllamaServer) -> None:
    server.failing.clear()
    server.hanging.clear()
    server.delay = 0.0
    server.dimensions = None
    server.nan = False


@pytest.mark.parametrize(
    ("fault", "thing"),
    [
        ("failing", "tractor"),
        ("hanging", "compass"),
        ("slow", "violin"),
        ("other dimension", "binoculars"),
        ("NaN", "chessboard"),
    ],
)
async def test_turns_go_on(
    house: DemoHouse, database: Database, fault: str, thing: str
) -> None:
    known = f"The {thing} stands in the summer house."
    await remember(house.client, house, known)
    await until(lambda: _has_no_issue(house))
    server = stand_in(house)
    _break(server, fault)
    try:
        turn = await house.client.run_pipeline(f"Where is the {thing}?")
        # The words alone still find it.
        assert turn.reply == known
        assert known in chats(house)[-1].raw.decode()
        row = await database.turn(turn)
        references = await database.of_turn("context_references", row)
        assert references
        assert all(reference["cosine"] is None for reference in references)
        assert await issues(house) == ["embedder"]
        # What is told meanwhile is kept and found.
        meanwhile = f"The handbook of the {thing} is in the red folder."
        await house.client.service("ai_memory.remember", {"content": meanwhile})
        turn = await house.client.run_pipeline(f"Where is the handbook of the {thing}?")
        assert turn.reply == meanwhile
    finally:
        _mend(server)
    await until(lambda: _has_no_issue(house))
    await wiring.wait_embedded(house.postgres.dsn(superuser=True))
    turn = await house.client.run_pipeline(f"Which room holds the {thing}?")
    references = await database.of_turn("context_references", await database.turn(turn))
    assert any(reference["cosine"] is not None for reference in references)


async def _has_no_issue(house: DemoHouse) -> bool:
    return not await issues(house)
