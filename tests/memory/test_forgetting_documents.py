"""Forgetting lets documents be: they are deleted as a whole, and can come back."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.ai_memory.memory.forgetting import OldKind
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Message, PassageKind
from custom_components.ai_memory.postgres.forgetting import Reach
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.documents_support import found
from tests.engine import ANNA, HOUSEHOLD, answered, look_up, ollama, running, settled
from tests.memory.archives import contents
from tests.traces import tables_with

TEXT = "The marzipan lives behind the blue teapot."
QUESTION = "Where does the marzipan live?"
OF_DOCUMENTS = ("documents", "document_names", "document_versions", "chunks")


@pytest.fixture
async def service(
    emptied_database: FreshDatabase, ollama_server: OllamaServer, tmp_path: Path
) -> AsyncGenerator[MemoryService]:
    """Give a service with vectors, and a document of the household that says what somebody remembers."""
    async with running(
        emptied_database.settings, ollama(ollama_server), originals=tmp_path
    ) as service:
        document = f"# Marzipan\n\n{TEXT}".encode()
        await service.documents.add(HOUSEHOLD, document, "marzipan.md", wait=True)
        await settled(service)
        yield service


async def of_documents(database: FreshDatabase) -> dict[str, list[str]]:
    """Return all that is kept of documents."""
    everything = await contents(database)
    kept = {table: everything[table] for table in OF_DOCUMENTS}
    ids = database.execute("SELECT id FROM ai_memory.documents").split()
    for table in ("passages", "embeddings", "passage_lexemes"):
        kept[table] = [row for row in everything[table] if any(map(row.count, ids))]
    return kept


async def ask(service: MemoryService) -> list[PassageKind]:
    """Ask Anna's question; return what was put beside it."""
    found = await look_up(service, QUESTION, ANNA)
    await answered(
        service,
        QUESTION,
        TEXT,
        ANNA,
        found=found,
        messages=[Message("user", QUESTION), Message("assistant", TEXT)],
    )
    kinds = {
        passage.id: passage.kind
        for passage in await service.memories.recall(ANNA, QUESTION)
    }
    return [kinds[one.passage_id] for one in found.references]


async def test_documents_stay_whatever_is_forgotten(
    service: MemoryService, emptied_database: FreshDatabase
) -> None:
    database = emptied_database
    await service.store.maintenance.refresh_statistics(force=True)
    before = await of_documents(database)
    assert all(before.values())
    memory, _ = await service.memories.remember(ANNA, TEXT)
    await settled(service)
    assert PassageKind.CHUNK in await ask(service)

    for reach in Reach:
        forgotten = await service.forgetting.content(ANNA, [memory.id], reach=reach)
        assert forgotten.memories == [memory.id]
        assert await of_documents(database) == before
        memory, _ = await service.memories.remember(ANNA, TEXT)
        await settled(service)
        await ask(service)
    [turn] = await service.store.turns.recent(datetime.now(UTC) - timedelta(1), 9)
    await service.forgetting.content(ANNA, [], [turn.id])
    await ask(service)
    [conversation] = await service.conversations.list(ANNA)
    await service.forgetting.conversation(ANNA, conversation.id)
    await ask(service)
    database.execute(
        "UPDATE ai_memory.turns SET started_at = now() - interval '9 days';"
        "UPDATE ai_memory.memories SET updated_at = now() - interval '9 days';"
        "UPDATE ai_memory.documents SET created_at = created_at"
    )
    await service.forgetting.older_than(ANNA, 5, list(OldKind))
    assert await of_documents(database) == before
    # It stands nowhere else any more.
    assert set(tables_with(database, "blue teapot")) == {"passages"}
    assert await found(service, "Marzipan", ANNA) == {"Marzipan"}
    counted = "SELECT documents FROM ai_memory.lexeme_statistics WHERE lexeme = ''"
    assert database.execute(counted) == "1"


async def test_no_document_is_offered(
    service: MemoryService, emptied_database: FreshDatabase
) -> None:
    assert (await service.forgetting.preview(HOUSEHOLD, QUESTION)).candidates == []
    memory, _ = await service.memories.remember(HOUSEHOLD, TEXT)
    await settled(service)
    preview = await service.forgetting.preview(HOUSEHOLD, QUESTION, relevant_only=False)
    assert [one.source_id for one in preview.candidates] == [str(memory.id)]
    before = await of_documents(emptied_database)
    await service.forgetting.confirm(HOUSEHOLD, preview.token)
    assert await of_documents(emptied_database) == before
