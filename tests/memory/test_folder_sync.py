"""Documents are what the files of their folders are, whatever happens to these."""

import asyncio
from collections.abc import AsyncGenerator
import os
from pathlib import Path
import shutil
import time
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.ai_memory.errors import DatabaseUnreachable, InvalidInput
from custom_components.ai_memory.memory import document_reading, watched_folder
from custom_components.ai_memory.memory.folder_sync import FolderProgress, FolderState
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    Change,
    Document,
    DocumentState,
    Subject,
    Verb,
)
from custom_components.ai_memory.postgres.database import Database
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.documents_support import count, folder, found, passages, synced, text, write
from tests.engine import (
    ANNA,
    BEN,
    HOUSEHOLD,
    answered,
    look_up,
    ollama,
    running,
    settled,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "manuals").mkdir()
    return tmp_path / "manuals"


@pytest.fixture
async def service(
    emptied_database: FreshDatabase, root: Path
) -> AsyncGenerator[MemoryService]:
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        yield service


async def only(service: MemoryService, **filters: Any) -> Document:
    (document,) = await service.documents.list(HOUSEHOLD, **filters)
    return document


async def test_new_changed_renamed_removed(
    service: MemoryService, emptied_database: FreshDatabase, root: Path
) -> None:
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    write(root / "boiler.md", text("boiler"))
    write(root / "deep/er/oven.md", text("oven"))
    write(root / "picture.jpg", b"not a document")
    await synced(service)
    assert await found(service, "boiler setting") == {"About the boiler"}
    assert await found(service, "oven setting") == {"About the oven"}
    oven = await only(service, text="deep/er")
    assert (oven.state, oven.format, oven.collection) == (
        DocumentState.READY,
        "md",
        "documents",
    )
    assert oven.words
    assert {(change.subject, change.verb) for change in heard} == {
        (Subject.DOCUMENT, Verb.ADDED)
    }
    before = passages(emptied_database)

    # Only what changed is new.
    boiler = await only(service, text="boiler")
    write(root / "boiler.md", text("boiler").replace("2.11", "2.11 and kalimba"))
    await synced(service)
    kept = passages(emptied_database) & before
    assert len(before - kept) == 1
    assert await found(service, "kalimba") == {"About the boiler"}
    assert [
        version.bytes
        for version in await service.documents.versions(HOUSEHOLD, boiler.id)
    ] == [len(text("boiler")) + len(" and kalimba"), len(text("boiler"))]

    # A new name is the same document.
    before = passages(emptied_database)
    (root / "other").mkdir()
    (root / "boiler.md").rename(root / "other/heating.md")
    await synced(service)
    renamed = await only(service, text="heating")
    assert (renamed.id, [name.path for name in renamed.names]) == (
        boiler.id,
        ["other/heating.md"],
    )
    assert passages(emptied_database) == before

    (root / "other/heating.md").unlink()
    heard.clear()
    await synced(service)
    assert await found(service, "kalimba") == set()
    assert (await only(service, deleted=True)).id == boiler.id
    assert heard == [
        Change(Subject.DOCUMENT, Verb.REMOVED, HOUSEHOLD.owner, (str(boiler.id),))
    ]

    # The file comes back, and so does the document.
    write(
        root / "back.md", text("boiler").replace("2.11", "2.11 and kalimba")
    )
    await synced(service)
    assert (await only(service, text="boiler")).id == boiler.id
    assert await found(service, "kalimba") == {"About the boiler"}


async def test_vectors_stay_with_what_stays(
    emptied_database: FreshDatabase, ollama_server: OllamaServer, root: Path
) -> None:
    write(root / "boiler.md", text("boiler"))
    async with running(
        emptied_database.settings, ollama(ollama_server), folders=[folder(root)]
    ) as service:
        await settled(service)
        vectors = "SELECT array_agg((passage_id, vector::text) ORDER BY passage_id) FROM ai_memory.embeddings"
        before = emptied_database.execute(vectors)
        number = len(passages(emptied_database))
        assert count(emptied_database, "embeddings") == [number]
        (root / "boiler.md").rename(root / "heating.md")
        await synced(service)
        assert emptied_database.execute(vectors) == before
        (document,) = await service.documents.list(HOUSEHOLD)
        await service.documents.delete(HOUSEHOLD, document.id)
        assert count(emptied_database, "embeddings", "passage_lexemes") == [0, 0]
        await settled(service)
        assert count(emptied_database, "embeddings") == [0]
        await service.documents.restore(HOUSEHOLD, document.id)
        await settled(service)
        assert count(emptied_database, "embeddings", "passage_lexemes") == [number] * 2
