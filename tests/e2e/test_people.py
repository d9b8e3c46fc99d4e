"""What one person keeps private never reaches another one, by any way."""

from typing import Final

import pytest

from demo.client import HassClient, HassError, Turn
from demo.demo_house import DemoHouse
from tests.e2e.talk import Database, chats, remember, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

SATELLITE: Final = "assist_satellite.kitchen"
HERS: Final = "The diary is hidden in the piano stool."
HIS: Final = "The diary lies below the loose floorboard."
EVERYBODYS: Final = "The torch hangs beside the cellar door."
QUESTION: Final = "Where is the diary?"
SECRETS: Final = ("piano stool", "loose floorboard")


def _seen_by_model(house: DemoHouse, since: int) -> str:
    """Return all that the model was sent since so many requests."""
    return "".join(request.raw.decode() for request in chats(house)[since:])


async def _ask(
    house: DemoHouse,
    speaker: HassClient,
    text: str = QUESTION,
    *,
    satellite: str | None = None,
    conversation_id: str | None = None,
) -> tuple[Turn, str]:
    """Return the turn, and what the model was sent for it."""
    before = len(chats(house))
    turn = await speaker.run_pipeline(
        text, satellite=satellite, conversation_id=conversation_id
    )
    return turn, _seen_by_model(house, before)


async def test_private_facts_do_not_cross(
    house: DemoHouse, ben: HassClient, database: Database
) -> None:
    await remember(house.client, house, HERS, private=True)
    await remember(house.client, house, HIS, person="person.ben")
    await remember(house.client, house, EVERYBODYS)
    # Whose answers are in the cache when the next one asks differs between the rounds.
    for _ in range(2):
        turn, sent = await _ask(house, house.client)
        assert turn.reply == HERS
        assert SECRETS[1] not in sent
        turn, sent = await _ask(house, ben)
        assert turn.reply == HIS
        assert SECRETS[0] not in sent
        turn, sent = await _ask(house, house.client, satellite=SATELLITE)
        assert turn.error is None
        assert not any(secret in turn.reply + sent for secret in SECRETS)
        assert (await database.turn(turn))["owner"] == "household"

        await until(
            lambda: database.value(
                "SELECT count(*) = 3 FROM response_cache WHERE question = $1", QUESTION
            )
        )
    owners = await database.fetch(
        "SELECT DISTINCT t.owner, t.reply, t.cache FROM turns t WHERE t.text = $1"
        " AND t.reply <> ALL($2)",
        QUESTION,
        ["I don't know that."],
    )
    by_reply = {HERS: set[str](), HIS: set[str]()}
    for row in owners:
        if row["reply"] in by_reply:
            by_reply[row["reply"]].add(row["owner"])
    assert all(len(found) == 1 for found in by_reply.values())
    assert by_reply[HERS].isdisjoint(by_reply[HIS])
    assert {row["cache"] for row in owners} == {"stored", "hit"}
    for speaker, satellite in (
        (house.client, None),
        (ben, None),
        (house.client, SATELLITE),
    ):
        turn, _ = await _ask(house, speaker, "Where is the torch?", satellite=satellite)
        assert turn.reply == EVERYBODYS, await database.turn(turn)


async def test_actions_keep_the_same_rules(house: DemoHouse, ben: HassClient) -> None:
    async def recalled(client: HassClient, **fields: object) -> str:
        answer = await client.service(
            "ai_memory.recall",
            {"query": "Where is the secret letter?", "limit": 50, **fields},
            response=True,
        )
        return str(answer["passages"])

    kept = await remember(
        house.client, house, "The secret letter is in the teapot.", private=True
    )
    assert "teapot" in await recalled(house.client)
    assert "teapot" not in await recalled(ben)
    with pytest.raises(
        HassError, match="Only administrators may use the memory of another"
    ):
        await recalled(ben, person="person.anna")
    forgotten = await ben.service(
        "ai_memory.forget", {"memory_ids": [kept["id"]]}, response=True
    )
    assert forgotten["forgotten"] == []
    assert "teapot" in await recalled(house.client)


async def test_everybody_has_aliases_of_their_own(
    house: DemoHouse, ben: HassClient, database: Database
) -> None:
    for client, entity_id in (
        (house.client, "light.bedroom_bedside"),
        (ben, "light.living_room_floor"),
    ):
        await client.service(
            "ai_memory.set_preference",
            {
                "key": "entity_alias.my_reading_light",
                "value": {"entity_id": entity_id},
                "private": True,
            },
        )
    words = "turn off my reading light"
    resolved = {}
    for name, client, satellite in (
        ("anna", house.client, None),
        ("ben", ben, None),
        ("nobody", house.client, SATELLITE),
    ):
        turn, _ = await _ask(house, client, words, satellite=satellite)
        resolved[name] = (await database.turn(turn))["resolved_text"]
    assert resolved == {
        "anna": "turn off Bedside lamp",
        "ben": "turn off Floor lamp",
        "nobody": None,
    }


async def test_conversation_of_another_person(
    house: DemoHouse, ben: HassClient, database: Database
) -> None:
    """Whoever names another person's conversation learns nothing of it."""
    secret = "marzipan"
    await remember(
        house.client,
        house,
        f"The birthday surprise is a cake of {secret}.",
        private=True,
    )
    hers, sent = await _ask(house, house.client, "What is the birthday surprise?")
    assert secret in hers.reply
    assert secret in sent
    conversation_id = hers.conversation_id
    assert conversation_id
    for speaker, satellite in ((ben, None), (house.client, SATELLITE)):
        for text in ("What was the surprise again?", "Where is the torch?"):
            turn, sent = await _ask(
                house,
                speaker,
                text,
                satellite=satellite,
                conversation_id=conversation_id,
            )
            shown = f"{turn.events}"
            assert secret not in sent + turn.reply + shown
    # She goes on undisturbed.
    turn, sent = await _ask(
        house, house.client, "Sing a song!", conversation_id=conversation_id
    )
    assert turn.error is None
    assert turn.conversation_id == conversation_id
    assert secret in sent
    owner = (await database.turn(turn))["owner"]
    assert await database.fetch(
        "SELECT DISTINCT t.owner FROM turns t JOIN conversations c"
        " ON c.id = t.conversation_id WHERE c.session_id = $1 AND c.owner = $2",
        conversation_id,
        owner,
    ) == [{"owner": owner}]
