"""The way to another machine: everything out of one database, and into an empty one."""

from collections import Counter
from typing import Final

import pytest

from demo import wiring
from demo.client import HassClient
from demo.demo_house import DemoHouse
from demo.flows import form_data
from demo.postgres import DATABASE
from tests.e2e.talk import Database, connect, is_loaded, remember, until

pytestmark = [pytest.mark.newest_only, pytest.mark.asyncio(loop_scope="session")]

NEW_DATABASE: Final = "new_house"
FACT: Final = "The metronome stands on the harmonium"
ASKED: Final = "Where is the metronome?"

# Ids that the new database gives anew; what they point to is in the rows beside them.
_ROW: Final = "to_jsonb({0}) - '{{id,collection_id,conversation_id,memory_id,passage_id,chunk_id,model_id,version,summary_version}}'::text[]"
_OF_PASSAGE: Final = "JOIN passages p ON p.id = x.passage_id"
CONTENT: Final = {
    "collections": f"SELECT {_ROW.format('x')} FROM collections x",
    "conversations": f"SELECT {_ROW.format('x')} FROM conversations x",
    "tags": f"SELECT {_ROW.format('x')}, c.session_id FROM tags x"
    " JOIN conversations c ON c.id = x.conversation_id",
    "turns": f"SELECT {_ROW.format('x')}, c.session_id FROM turns x"
    " JOIN conversations c ON c.id = x.conversation_id",
    "messages": f"SELECT {_ROW.format('x')} FROM messages x",
    "tool_executions": f"SELECT {_ROW.format('x')} FROM tool_executions x",
    "memories": f"SELECT {_ROW.format('x')}, k.name FROM memories x"
    " JOIN collections k ON k.id = x.collection_id",
    "documents": f"SELECT {_ROW.format('x')}, k.name FROM documents x"
    " JOIN collections k ON k.id = x.collection_id",
    # Of a folder that is no more the names stay behind.
    "document_names": f"SELECT {_ROW.format('x')} FROM document_names x WHERE folder IS NULL",
    "document_versions": f"SELECT {_ROW.format('x')} FROM document_versions x",
    "chunks": f"SELECT {_ROW.format('x')} FROM chunks x",
    "passages": f"SELECT {_ROW.format('x')}, k.name, m.content FROM passages x"
    " JOIN collections k ON k.id = x.collection_id LEFT JOIN memories m ON m.id = x.memory_id",
    "context_references": f"SELECT {_ROW.format('x')}, p.text"
    f" FROM context_references x {_OF_PASSAGE}",
    "passage_lexemes": f"SELECT {_ROW.format('x')}, p.text"
    f" FROM passage_lexemes x {_OF_PASSAGE}",
    "turn_lexemes": f"SELECT {_ROW.format('x')} FROM turn_lexemes x",
    "embeddings": "SELECT x.vector::text, x.owner, p.text, m.provider, m.name"
    f" FROM embeddings x {_OF_PASSAGE} JOIN embedding_models m ON m.id = x.model_id",
    "preferences": f"SELECT {_ROW.format('x')} FROM preferences x",
    "feedback": f"SELECT {_ROW.format('x')} FROM feedback x",
    "training_examples": f"SELECT {_ROW.format('x')} FROM training_examples x",
    "dropped_secrets": f"SELECT {_ROW.format('x')} FROM dropped_secrets x",
}
# Made anew from the others in the background, or worth nothing elsewhere.
NOT_MOVED: Final = {
    "collection_embeddings",
    "embedding_failures",
    "embedding_models",
    "lexeme_statistics",
    "loose_originals",
    "recall_gates",
    "response_cache",
    "schema_migrations",
    "session_cuts",
}


async def _content(house: DemoHouse, database: str) -> dict[str, Counter[str]]:
    """Return the rows of each table, without regard to their order."""
    connection = await connect(house, database)
    try:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'ai_memory'::regnamespace"
        )
        assert {row["relname"] for row in tables} == CONTENT.keys() | NOT_MOVED
        return {
            table: Counter(str(tuple(row)) for row in await connection.fetch(sql))
            for table, sql in CONTENT.items()
        }
    finally:
        await connection.close()


async def _use_database(house: DemoHouse, database: str) -> None:
    """Put the memory into another database, as a person would."""
    [entry] = await house.client.entries("ai_memory")
    step = await house.client.rest(
        "POST",
        "/api/config/config_entries/flow",
        {"handler": "ai_memory", "entry_id": entry["entry_id"]},
    )
    step = await house.client.flow_step(
        step["flow_id"], {"next_step_id": "reconfigure_database"}
    )
    data = form_data(step["data_schema"], {"database": database})
    step = await house.client.flow_step(step["flow_id"], data)
    assert step["reason"] == "reconfigure_successful"
    await until(lambda: is_loaded(house))


async def test_archive_fills_an_empty_database(
    house: DemoHouse, ben: HassClient, database: Database
) -> None:
    client = house.client
    await remember(client, house, FACT, private=True, tags=["music"])
    turn = await client.run_pipeline(ASKED)
    assert turn.reply == FACT
    row = await database.turn(turn)
    await database.turn(await ben.run_pipeline("turn on the metronome"))
    await client.service(
        "ai_memory.set_preference", {"key": "music.tempo", "value": {"beats": [3, 4]}}
    )
    rating = {"turn_id": str(row["id"]), "rating": 5, "comment": "True!"}
    await client.service("ai_memory.feedback", rating)
    tag = {"conversation_id": row["conversation_id"], "add": ["music"]}
    await client.service("ai_memory.tag_conversation", tag)
    await client.service("ai_memory.export_training_data", response=True)
    await wiring.wait_embedded(house.postgres.dsn(superuser=True))

    exported = await client.service("ai_memory.export_all", response=True)
    before = await _content(house, DATABASE)
    house.postgres.create_database(NEW_DATABASE)
    try:
        await _use_database(house, NEW_DATABASE)
        assert not any((await _content(house, NEW_DATABASE)).values())
        imported = await client.service(
            "ai_memory.import_all",
            {"file_name": exported["file_name"]},
            response=True,
        )
        after = await _content(house, NEW_DATABASE)
        assert imported["added"].items() <= exported["rows"].items()
        assert imported["added"]["memories"] > 1
        assert not any(imported["left_out"].values())
        for table in CONTENT:
            assert after[table] == before[table], table
        assert all(before[table] for table in ("embeddings", "feedback", "tags"))

        # It is used as if nothing had happened.
        await until(lambda: _is_recalled(client))
        answer = await client.run_pipeline("turn off my office")
        assert answer.reply == "Turned off the light"
    finally:
        await _use_database(house, DATABASE)
        house.postgres.drop_database(NEW_DATABASE)
    (house.hass.config_dir / exported["path"]).unlink()
    await until(lambda: _is_recalled(client))


async def _is_recalled(client: HassClient) -> bool:
    """Return whether the fact is found: not in the first moments, in which there are no vectors of questions yet."""
    return (await client.run_pipeline(ASKED)).reply == FACT
