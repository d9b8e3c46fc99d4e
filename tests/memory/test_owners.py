"""What becomes of everything that a person has when they go: handed over, or erased."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid7

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.journal import Journal
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    Change,
    Document,
    DocumentState,
    Message,
    Scope,
    Subject,
    TargetKind,
    ToolExecution,
    Verb,
)
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.engine import (
    ANNA,
    BEN,
    HOUSEHOLD,
    KNOWN_TARGET,
    answered,
    look_up,
    ollama,
    running,
    settled,
    turn,
)
from tests.memory.archives import file_in_folder, read_as
from tests.traces import files_with, tables_with

KEY = "The spare key hangs behind the cellar door"
ATTIC = "The winter clothes are in the attic"
WORD = "zither"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Give the path of the journal, alone in its folder."""
    return tmp_path / "turns.journal"


@pytest.fixture
async def service(
    database: FreshDatabase, ollama_server: OllamaServer, journal: Path
) -> AsyncGenerator[MemoryService]:
    """Give a running service with vectors."""
    async with running(
        database.settings, ollama(ollama_server), journal=journal
    ) as service:
        yield service


async def add_document(
    service: MemoryService, scope: Scope, text: str, name: str
) -> Document:
    """Upload a document, and have it read."""
    document, _ = await service.documents.add(scope, text.encode(), name, wait=True)
    return document


async def live(
    service: MemoryService, database: FreshDatabase, scope: Scope, word: str = WORD
) -> None:
    """Leave rows of an owner in every table that has owners."""
    number = uuid7().hex[-6:]
    memory, _ = await service.memories.remember(scope, f"My {word} is {number}")
    await service.memories.remember(scope, KEY, collection="house", tags=[word])
    await service.memories.remember(scope, f"{ATTIC} {number}", collection="house")
    await service.preferences.set(scope, f"notes.{word}", f"{word} {number}")
    await service.preferences.set_alias(
        scope, f"my {word} room", TargetKind.ENTITY, KNOWN_TARGET
    )
    await add_document(service, scope, f"How to tune every {word}", f"{word}.md")
    await add_document(service, scope, f"Tuning {number} of the {word}", "own.md")
    bin_ = await add_document(service, scope, f"Another {word}", f"old {number}.md")
    await service.documents.delete(scope, bin_.id)
    await settled(service)
    found = await look_up(service, f"Where is the {word}?", scope)
    one = await answered(
        service,
        f"Where is the {word}?",
        f"The {word} is there.",
        scope,
        found=found,
        conversation_id="same",
        messages=[Message("user", word)],
        speaker="Anna",
    )
    told = turn(f"I have tuned my {word} today", scope, conversation_id="same")
    await service.record(replace(told, speaker="Anna"))
    tool = ToolExecution("x", {"a": word}, None, succeeded=True)
    await service.record(turn("Look", scope, conversation_id=number, tools=[tool]))
    await settled(service)
    of_turn = f"FROM ai_memory.turns WHERE id = '{one.id}'"
    database.execute(
        "INSERT INTO ai_memory.feedback (turn_id, owner, rating, comment, source)"
        f" SELECT id, owner, 1, '{word}', 'person' {of_turn};"
        "INSERT INTO ai_memory.training_examples (turn_id, owner, format)"
        f" SELECT id, owner, 'chat' {of_turn};"
        "INSERT INTO ai_memory.dropped_secrets (owner, kind, source, turn_id)"
        f" SELECT owner, 'pin', 'turn', id {of_turn};"
        "INSERT INTO ai_memory.loose_originals (original, owner)"
        f" SELECT '2026/01/02/{word} {number}.md', owner {of_turn};"
        "INSERT INTO ai_memory.tags (conversation_id, owner, tag)"
        f" SELECT conversation_id, owner, '{word}' {of_turn};"
        "INSERT INTO ai_memory.collection_embeddings (collection_id, model_id, owner, hash, vector)"
        " SELECT c.id, e.model_id, c.owner, decode(md5('x'), 'hex'), e.vector"
        " FROM ai_memory.collections c, (SELECT * FROM ai_memory.embeddings LIMIT 1) AS e"
        f" WHERE c.owner = '{scope.owner}' ON CONFLICT DO NOTHING"
    )
    assert memory.owner == scope.owner


def cache(database: FreshDatabase) -> None:
    """Leave an answer of everybody, once nothing in the background clears the cache any more."""
    database.execute(
        "INSERT INTO ai_memory.response_cache (owner, key, question, answer,"
        " knowledge_version, expires_at)"
        f" SELECT DISTINCT owner::text, sha256('x'), '{WORD}', '{WORD}', 1, now() + interval '1 h'"
        " FROM ai_memory.turns ON CONFLICT DO NOTHING"
    )


def rows_of(database: FreshDatabase, owner: Scope) -> dict[str, int]:
    """Return how many rows an owner has in each table."""
    tables = database.execute(
        "SELECT relname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attname = 'owner'"
        " WHERE relkind = 'r' AND relnamespace = 'ai_memory'::regnamespace"
    ).splitlines()
    assert len(tables) >= 22
    counts = database.execute(
        " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM ai_memory.{table} WHERE owner = '{owner.owner}'"
            for table in tables
        )
    )
    return {
        table: int(number)
        for table, number in (line.split("|") for line in counts.splitlines())
    }


def kept_of(database: FreshDatabase, scope: Scope) -> dict[str, int]:
    """Return the rows of an owner, but the vectors of shelves: those follow what the shelves tell of themselves."""
    rows = rows_of(database, scope)
    del rows["collection_embeddings"]
    return rows


async def test_erase(
    service: MemoryService, database: FreshDatabase, journal: Path
) -> None:
    await live(service, database, ANNA)
    await live(service, database, BEN)
    await live(service, database, HOUSEHOLD)
    await service.store.maintenance.refresh_statistics(force=True)
    counted = "SELECT documents FROM ai_memory.lexeme_statistics WHERE lexeme = ''"
    cache(database)
    await Journal(journal).set_aside(turn(f"My {WORD}", ANNA))
    await Journal(journal).set_aside(turn(f"My {WORD}", BEN))
    assert not [
        table for table, number in rows_of(database, ANNA).items() if not number
    ]
    before = kept_of(database, BEN), kept_of(database, HOUSEHOLD)
    changes: list[Change] = []
    service.changes.subscribe(changes.append)
    number = (await service.owners.owners())[ANNA.owner]
    under_way = turn(f"I love my {WORD} so much", ANNA)

    assert await service.owners.erase(ANNA) == number

    await service.record(under_way)
    await settled(service)
    assert not any(rows_of(database, ANNA).values())
    assert (kept_of(database, BEN), kept_of(database, HOUSEHOLD)) == before
    assert ANNA.owner not in await service.owners.owners()
    assert service.preferences.alias_count == 2
    assert len(journal.with_suffix(".rejected").read_text().splitlines()) == 1
    assert Change(Subject.MEMORY, Verb.REMOVED, ANNA.owner) in changes
    assert Change(Subject.DOCUMENT, Verb.REMOVED, ANNA.owner) in changes
    assert database.execute(counted) == database.execute(
        "SELECT count(*) FROM ai_memory.passage_lexemes"
    )
    assert len([one for one in files_with(journal, WORD) if one.endswith(".md")]) == 6
    assert await service.owners.erase(ANNA) == 0
    await service.owners.erase(BEN)
    await service.owners.erase(HOUSEHOLD)
    assert not tables_with(database, WORD)
    assert not files_with(journal, WORD)


@pytest.mark.parametrize(("source", "target"), [(ANNA, BEN), (ANNA, HOUSEHOLD)])
async def test_reassign(
    service: MemoryService, database: FreshDatabase, source: Scope, target: Scope
) -> None:
    """Both have a conversation, memory, document, preference, alias and tag of the same name: one is left of each."""
    await live(service, database, source)
    await live(service, database, target)
    cache(database)
    mine, theirs = rows_of(database, source), rows_of(database, target)
    their_note = await service.preferences.get(target, f"notes.{WORD}")
    assert their_note
    await service.preferences.set(source, "notes.only_mine", 1)
    versions = database.execute(
        f"SELECT sum(version) FROM ai_memory.collections WHERE owner = '{target.owner}'"
    )
    number = (await service.owners.owners())[source.owner]

    assert await service.owners.reassign(source, target) == number

    assert not any(rows_of(database, source).values())
    both = rows_of(database, target)
    one_less = {
        *("memories", "conversations", "tags"),
        *("documents", "document_names", "document_versions", "chunks"),
        "preferences",  # two that both have, and one new
    }
    two_less = {"passages", "passage_lexemes", "embeddings"}
    for table in mine:
        expected = mine[table] + theirs[table]
        if table in one_less:
            expected -= 1
        elif table in two_less:
            expected -= 2
        elif table in {"collections", "collection_embeddings"}:
            expected = theirs[table]
        elif table == "response_cache":
            expected = 0
        elif table == "session_cuts":
            expected = 1
        assert both[table] == expected, table
    versions_now = database.execute(
        f"SELECT sum(version) FROM ai_memory.collections WHERE owner = '{target.owner}'"
    )
    assert int(versions_now) > int(versions)
    note = await service.preferences.get(target, f"notes.{WORD}")
    assert note == their_note
    assert await service.preferences.get(target, "notes.only_mine")
    assert service.preferences.alias_count == 1
    assert all(
        line == "t"
        for line in database.execute(
            "SELECT m.owner = c.owner AND p.owner = m.owner AND p.collection_id = c.id"
            " FROM ai_memory.memories m JOIN ai_memory.collections c ON c.id = m.collection_id"
            " JOIN ai_memory.passages p ON p.memory_id = m.id"
        ).splitlines()
    )
    assert (
        database.execute(
            "SELECT count(*) FROM ai_memory.turns t JOIN ai_memory.conversations c"
            " ON c.id = t.conversation_id WHERE c.session_id = 'same'"
        )
        == "4"
    )
    # It is found, by words and by meaning.
    hits = await service.memories.recall(target, f"tuned {WORD}", limit=9)
    assert {hit.owner for hit in hits} <= {target.owner, HOUSEHOLD.owner}
    assert sum("tuned" in hit.text for hit in hits) == 2
    assert {KEY} == {hit.text for hit in hits if "spare" in hit.text} or any(
        hit.text == KEY for hit in await service.memories.recall(target, KEY)
    )
    [kept] = [one for one in await service.memories.list(target) if one.content == KEY]
    # What rested on the one that is gone rests on the one that stays.
    forgotten = await service.forgetting.content(target, [kept.id])
    assert forgotten.memories == [kept.id]


async def test_reassign_to_oneself_or_of_nobody(service: MemoryService) -> None:
    with pytest.raises(InvalidInput) as error:
        await service.owners.reassign(ANNA, ANNA)
    assert error.value.key == "owner_same"
    assert await service.owners.reassign(ANNA, BEN) == 0
    assert await service.owners.owners() == {}


async def test_replies_follow_a_memory_that_both_had(
    service: MemoryService, database: FreshDatabase
) -> None:
    for scope in (ANNA, BEN):
        await service.memories.remember(scope, KEY)
        await settled(service)
        found = await look_up(service, "Where is the spare key?", scope)
        assert found.references
        await answered(
            service, "Where is the spare key?", "Down there.", scope, found=found
        )
    await service.owners.reassign(ANNA, BEN)
    [kept] = await service.memories.list(BEN)
    assert (await service.forgetting.content(BEN, [kept.id])).turns == 2


async def test_reassign_documents(
    service: MemoryService, database: FreshDatabase, journal: Path
) -> None:
    """The same content on both sides, in every way that it can stand there."""
    texts = {
        "both": ("live", "live"),
        "mine in the bin": ("bin", "live"),
        "theirs in the bin": ("live", "bin"),
        "theirs unread": ("live", "failed"),
        "in a folder": ("live", "folder"),
    }
    for name, states in texts.items():
        text = f"{name}: the accordion"
        for scope, state in zip((ANNA, BEN), states, strict=True):
            if state == "folder":
                reading = read_as(name, text)
                await service.store.folder_files.write(
                    file_in_folder("tune.md", scope),
                    replace(reading, sha256=sha256(text.encode()).digest()),
                )
                continue
            document = await add_document(service, scope, text, f"{state} {name}.md")
            if state == "bin":
                await service.documents.delete(scope, document.id)
            if state == "failed":
                database.execute(
                    f"DELETE FROM ai_memory.chunks WHERE document_id = '{document.id}';"
                    " UPDATE ai_memory.documents SET state = 'failed', problem = 'too_slow'"
                    f" WHERE id = '{document.id}'"
                )
    await settled(service)
    found = await look_up(service, "both: the accordion", ANNA)
    await answered(service, "both: the accordion", "Yes.", ANNA, found=found)

    await service.owners.reassign(ANNA, BEN)

    documents = {
        one.title: one for one in await service.documents.list(BEN) if one.names
    }
    assert {name: len(one.names) for name, one in documents.items()} == {
        "live both": 1,
        "live mine in the bin": 1,
        "live theirs in the bin": 1,
        "live theirs unread": 2,
        "in a folder": 2,
    }
    assert {one.state for one in documents.values()} == {DocumentState.READY}
    # Taken over where there was none; each is there, and no other one.
    originals = {one.original for one in documents.values()}
    originals |= {
        one.original for one in await service.documents.list(BEN, deleted=True)
    }
    assert len(originals) == 7
    assert len(files_with(journal, "accordion")) == 7
    folder = journal.parent / "documents"
    for one in documents.values():
        assert one.original
        assert (folder / one.original).is_file()
    hits = [
        hit.document.title
        for hit in await service.memories.recall(BEN, "accordion", limit=20)
        if hit.document
    ]
    assert sorted(hits) == sorted(documents)
    # What rested on the one that is gone rests on the one that stays.
    assert (
        database.execute(
            "SELECT count(*) FROM ai_memory.context_references r"
            " JOIN ai_memory.passages p ON p.id = r.passage_id WHERE p.text LIKE 'both%'"
        )
        == "1"
    )


async def test_summary(service: MemoryService, database: FreshDatabase) -> None:
    await live(service, database, ANNA)
    long_ago = datetime.now(UTC) - timedelta(days=400)
    await service.record(turn("Hello", ANNA, started_at=long_ago))
    await settled(service)
    summary = await service.owners.summary(ANNA)
    assert (summary.memories, summary.turns, summary.preferences) == (3, 4, 2)
    assert summary.documents == 3
    assert summary.name == "Anna"
    assert summary.since == long_ago
    assert await service.owners.owners() == {ANNA.owner: 12}
    assert (await service.owners.summary(BEN)).since is None
