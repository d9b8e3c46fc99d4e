"""The second wall: raw SQL as our own role, with the wrong scope or none."""

from collections.abc import AsyncGenerator

import asyncpg
import pytest

from custom_components.ai_memory.models import Message, Scope, ToolExecution
from tests.databases import FreshDatabase
from tests.engine import ANNA, HOUSEHOLD, answered, running

WITHOUT_POLICY = {
    "collection_embeddings",
    "embedding_failures",
    "embedding_models",
    "embeddings",
    "lexeme_statistics",
    "passage_lexemes",
    "recall_gates",
    "schema_migrations",
    "turn_lexemes",
}
WRONG_SCOPES = [
    "household",
    "person:ben",
    "person:",
    "person:ann",
    "person:ANNA",
    "person:%",
    "anna",
    "%",
    "",
    None,
]


async def tell_everything(database: FreshDatabase, scope: Scope) -> None:
    """Leave something in every table that can hold what an owner said."""
    async with running(database.settings) as service:
        await service.memories.remember(
            scope, "The diary lies behind the blue cupboard"
        )
        await service.preferences.set(scope, "colour.wall", "green")
        await service.documents.add(
            scope, b"# Diary\n\nI hid the letters.", "diary.md", wait=True
        )
        await answered(service, "I keep my letters in the cellar", "Fine.", scope)
        tool = ToolExecution("HassNevermind", {"a": 1}, {"b": 2}, succeeded=True)
        await answered(service, "Never mind", "Fine.", scope, tools=[tool])
        question = "Where does the diary lie?"
        messages = [Message("user", question), Message("assistant", "Behind.")]
        await answered(service, question, "Behind.", scope, messages=messages)
    database.execute(
        "INSERT INTO ai_memory.tags (conversation_id, owner, tag)"
        f" SELECT id, owner, 'private' FROM ai_memory.conversations"
        f" WHERE owner = '{scope.owner}';"
        "INSERT INTO ai_memory.feedback (turn_id, owner, rating, comment, source)"
        " SELECT id, owner, 1, 'private', 'person' FROM ai_memory.turns"
        f" WHERE owner = '{scope.owner}';"
        "INSERT INTO ai_memory.training_examples (turn_id, owner, format)"
        " SELECT id, owner, 'chat' FROM ai_memory.turns"
        f" WHERE owner = '{scope.owner}';"
        "INSERT INTO ai_memory.dropped_secrets (owner, kind, source)"
        f" VALUES ('{scope.owner}', 'pin', 'turn');"
        "INSERT INTO ai_memory.session_cuts (owner, at)"
        f" VALUES ('{scope.owner}', now()) ON CONFLICT DO NOTHING;"
        "INSERT INTO ai_memory.loose_originals (original, owner)"
        f" VALUES ('2026/01/02/diary.md', '{scope.owner}')"
    )


@pytest.fixture
def database(emptied_database: FreshDatabase) -> FreshDatabase:
    return emptied_database


@pytest.fixture
async def connection(
    database: FreshDatabase,
) -> AsyncGenerator[asyncpg.Connection[asyncpg.Record]]:
    """Give a connection of the ordinary role to a database that Anna told everything."""
    await tell_everything(database, ANNA)
    connection = await asyncpg.connect(database.dsn)
    yield connection
    await connection.close()


def tables(database: FreshDatabase, condition: str = "true") -> set[str]:
    return set(
        database.execute(
            "SELECT relname FROM pg_class"
            " WHERE relnamespace = 'ai_memory'::regnamespace AND relkind IN ('r', 'p')"
            f" AND {condition}"
        ).split()
    )


async def set_scope(
    connection: asyncpg.Connection[asyncpg.Record], scope: str | None
) -> None:
    if scope is None:
        await connection.execute("RESET ai_memory.scope")
    else:
        await connection.execute(
            "SELECT set_config('ai_memory.scope', $1, false)", scope
        )


async def test_every_table_is_walled_but_those_named(database: FreshDatabase) -> None:
    """A new table either has a policy or a reason here to have none."""
    walled = tables(
        database,
        "relrowsecurity AND relforcerowsecurity"
        " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)",
    )
    assert tables(database) - walled == WITHOUT_POLICY
    # One policy for reading and writing, for every role, and never a permissive second.
    assert {
        tuple(line.split("|"))
        for line in database.execute(
            "SELECT cmd, roles, permissive, qual, coalesce(with_check, '-')"
            " FROM pg_policies WHERE schemaname = 'ai_memory'"
        ).splitlines()
    } == {("ALL", "{public}", "PERMISSIVE", "ai_memory.in_scope((owner)::text)", "-")}


async def test_tables_without_a_policy_hold_nothing_readable(
    database: FreshDatabase,
) -> None:
    """Lexemes without their order, vectors and what they were made of as a digest, names of models: no text of anybody."""
    names = ", ".join(f"'{name}'" for name in WITHOUT_POLICY)
    columns = database.execute(
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        f" WHERE table_schema = 'ai_memory' AND table_name IN ({names})"
        " AND udt_name NOT IN ('int2', 'int4', 'int8', 'float4', 'bool', 'timestamptz')"
    )
    assert set(columns.split()) == {
        "collection_embeddings.hash",
        "collection_embeddings.owner",
        "collection_embeddings.vector",
        "embedding_models.name",
        "embedding_models.provider",
        "embeddings.owner",
        "embeddings.vector",
        "lexeme_statistics.lexeme",
        "passage_lexemes.lexemes",
        "passage_lexemes.owner",
        "recall_gates.embedder",
        "recall_gates.language",
        "schema_migrations.name",
        "schema_migrations.sha256",
        "turn_lexemes.lexemes",
        "turn_lexemes.owner",
        "turn_lexemes.turn_id",
    }
    await tell_everything(database, ANNA)
    assert database.execute("SELECT count(*) > 0 FROM ai_memory.passage_lexemes") == "t"
    for query in (
        "SELECT 1 FROM ai_memory.passage_lexemes WHERE lexemes <> strip(lexemes)",
        "SELECT 1 FROM ai_memory.turn_lexemes WHERE lexemes <> strip(lexemes)",
        "SELECT lexeme FROM ai_memory.lexeme_statistics WHERE lexeme LIKE '% %'",
    ):
        assert not database.execute(query)


async def test_nothing_is_read_in_a_wrong_scope(
    database: FreshDatabase, connection: asyncpg.Connection[asyncpg.Record]
) -> None:
    walled = tables(database, "relrowsecurity")
    assert len(walled) >= 18
    for table in sorted(walled):
        private = f"SELECT count(*) FROM ai_memory.{table} WHERE owner = '{ANNA.owner}'"
        assert int(database.execute(private)) > 0, f"{table} is not put to the test"
        for scope in WRONG_SCOPES:
            await set_scope(connection, scope)
            assert await connection.fetchval(private) == 0, (table, scope)
        await set_scope(connection, ANNA.owner)
        assert await connection.fetchval(private) > 0, table


async def test_nothing_is_written_in_a_wrong_scope(
    database: FreshDatabase, connection: asyncpg.Connection[asyncpg.Record]
) -> None:
    for table in sorted(tables(database, "relrowsecurity")):
        for scope in WRONG_SCOPES:
            await set_scope(connection, scope)
            for change in (
                f"UPDATE ai_memory.{table} SET owner = owner",
                f"DELETE FROM ai_memory.{table}",
            ):
                done = await connection.execute(
                    f"{change} WHERE owner = '{ANNA.owner}'"
                )
                assert done.endswith(" 0"), (table, scope, change)


async def test_without_a_scope_not_even_the_household_is_seen(
    database: FreshDatabase,
) -> None:
    await tell_everything(database, HOUSEHOLD)
    connection = await asyncpg.connect(database.dsn)
    try:
        for table in tables(database, "relrowsecurity"):
            for scope, sees in (
                (None, False),
                ("", False),
                ("household", True),
                ("person:ben", True),
                ("maintenance", True),
            ):
                await set_scope(connection, scope)
                found = await connection.fetchval(
                    f"SELECT count(*) > 0 FROM ai_memory.{table}"
                )
                assert found is sees, (table, scope)
    finally:
        await connection.close()


async def test_nothing_is_put_into_another_scope(
    connection: asyncpg.Connection[asyncpg.Record],
) -> None:
    """Neither new rows nor one's own are given to somebody else."""
    insert = (
        "INSERT INTO ai_memory.preferences (owner, key, category, value)"
        " VALUES ($1, 'a.b', 'a', '1')"
    )
    await set_scope(connection, "person:ben")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(insert, ANNA.owner)
    await connection.execute(insert, "person:ben")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(
            "UPDATE ai_memory.preferences SET owner = $1", ANNA.owner
        )
