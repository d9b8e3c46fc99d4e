"""The search of what was said: its plan, and the second wall."""

from collections.abc import AsyncGenerator, Iterator

import pytest

from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.postgres.conversations import SQL
from custom_components.ai_memory.postgres.store import Store
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD

TURNS = 20_000
RARE = range(5000, 5010)


@pytest.fixture
def database(emptied_database: FreshDatabase) -> Iterator[FreshDatabase]:
    """Give a home where much was said, half of it by Anna, and a boiler was spoken of ten times in a row."""
    emptied_database.execute(
        "INSERT INTO ai_memory.conversations (session_id, owner, started_at, updated_at)"
        " SELECT n, CASE n % 2 WHEN 1 THEN 'household' ELSE 'person:anna' END, now(), now()"
        " FROM generate_series(1, 100) n;"
        "INSERT INTO ai_memory.turns (id, conversation_id, owner, text, answered_by, cache,"
        " stages, started_at)"
        " SELECT gen_random_uuid(), c.id, c.owner, CASE WHEN n BETWEEN"
        f" {RARE[0]} AND {RARE[-1]} THEN 'Turn off the boiler'"
        " ELSE 'Turn on the light in room ' || n % 50 END,"
        " 'delegate', 'off', '{}', timestamptz '2026-11-01' + n * interval '1 minute'"
        f" FROM generate_series(1, {TURNS}) n"
        " JOIN ai_memory.conversations c ON c.id = n % 100 + 1;"
        "INSERT INTO ai_memory.turn_lexemes (turn_id, owner, lexemes)"
        " SELECT id, owner, to_tsvector('english', text) FROM ai_memory.turns;"
    )
    emptied_database.execute("ANALYZE")
    yield emptied_database
    # The next test has other rows.
    emptied_database.execute(
        "TRUNCATE ai_memory.conversations CASCADE; ANALYZE ai_memory.turns, ai_memory.turn_lexemes"
    )


@pytest.fixture
async def store(database: FreshDatabase) -> AsyncGenerator[Store]:
    store = Store(database.settings)
    await store.database.open()
    yield store
    await store.database.close()


async def test_plan_and_order(store: Store) -> None:
    """Words are looked up in the index, the rare one alone chooses, and the newest comes first."""
    async with store.database.transaction(ANNA.owner) as connection:
        plan = await connection.fetch(
            f"EXPLAIN {SQL['search']}",
            ANNA.owners,
            None,
            None,
            None,
            20,
            "english",
            "turn the boiler",
        )
    lines = "\n".join(row[0] for row in plan)
    assert lines.count("Bitmap Index Scan on turn_lexemes_gin") == 2
    assert "Seq Scan on turn_lexemes" not in lines

    found = await store.conversations.search(
        ANNA, "turn the boiler", language="en", limit=20
    )
    assert [one.turn.text for one in found[:10]] == ["Turn off the boiler"] * 10
    times = [one.turn.started_at for one in found[:10]]
    assert times == sorted(times, reverse=True)
    # "Turn" stands in every turn: it weighs next to nothing.
    assert found[0].score > 0.99
    assert {one.turn.text for one in found} == {"Turn off the boiler"}
    assert {one.turn.owner for one in found} == set(ANNA.owners)


@pytest.mark.parametrize("scope", [BEN, Scope.person("ANNA"), HOUSEHOLD])
async def test_row_security_alone(store: Store, scope: Scope) -> None:
    """Also a statement that names the wrong owner returns nothing of hers."""
    async with store.database.transaction(scope.owner) as connection:
        for name, query in (("search", ["english", "boiler"]), ("newest", [])):
            rows = await connection.fetch(
                SQL[name], [ANNA.owner], None, None, None, 20, *query
            )
            assert rows == []
            owners = [ANNA.owner, HOUSEHOLD.owner]
            rows = await connection.fetch(
                SQL[name], owners, None, None, None, 20, *query
            )
            assert {row["owner"] for row in rows} == {HOUSEHOLD.owner}


async def test_nothing_deleted_is_found(store: Store, database: FreshDatabase) -> None:
    database.execute("UPDATE ai_memory.conversations SET deleted_at = now()")
    for query in ("boiler", None):
        assert (
            await store.conversations.search(ANNA, query, language="en", limit=20) == []
        )
