"""Folders with documents, and what the database holds of them."""

from collections.abc import AsyncGenerator
import os
from pathlib import Path
from typing import Any

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.folder_sync import FolderSettings, FolderState
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import HOUSEHOLD as HOUSEHOLD_OWNER, Scope
from tests.databases import FreshDatabase
from tests.engine import HOUSEHOLD, running, settled


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder for documents."""
    (tmp_path / "manuals").mkdir()
    return tmp_path / "manuals"


@pytest.fixture
async def service(
    emptied_database: FreshDatabase, root: Path
) -> AsyncGenerator[MemoryService]:
    """Give a running service with that folder."""
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        yield service


def folder(path: Path, **fields: Any) -> FolderSettings:
    """Return the settings of a folder of the household."""
    return FolderSettings(
        **{
            "id": "manuals",
            "path": path,
            "collection": "documents",
            "owner": HOUSEHOLD_OWNER,
            "language": None,
            "name": "Manuals",
            **fields,
        }
    )


def text(topic: str, sentences: int = 3) -> str:
    """Return a document about something, in sections of about a chunk each."""
    return f"# About the {topic}\n\n" + "\n\n".join(
        f"## Part {number} of the {topic}\n\n"
        + " ".join(
            f"The {topic} has a setting {number}.{line} that is turned to the left."
            for line in range(12)
        )
        for number in range(sentences)
    )


def write(path: Path, content: str | bytes) -> Path:
    """Write a file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


async def synced(service: MemoryService, folder_id: str | None = None) -> None:
    """Look at the folders, and wait until all is done; they must not fail."""
    service.folders.sync(folder_id)
    await settled(service)
    assert {progress.state for progress in service.folders.progress} == {
        FolderState.IDLE
    }


async def found(
    service: MemoryService, query: str, scope: Scope = HOUSEHOLD
) -> set[str]:
    """Return the titles of the documents that a search finds which hold the first word of the query."""
    word = query.split(maxsplit=1)[0].casefold()
    return {
        passage.document.title
        for passage in await service.memories.recall(scope, query, limit=50)
        if passage.document and word in passage.text.casefold()
    }


def refused(key: str) -> pytest.RaisesExc[InvalidInput]:
    """Expect that something is refused for a reason."""
    return pytest.RaisesExc(InvalidInput, check=lambda error: error.key == key)


def move(source: Path, target: Path) -> Path:
    """Give a file or folder another name."""
    return source.rename(target)


def leave_empty(path: Path) -> None:
    """Make a folder as it is where a share is not mounted."""
    path.mkdir()
    os.utime(path, (1, 1))


def passages(database: FreshDatabase) -> set[str]:
    """Return the ids of the passages of all documents."""
    return set(
        database.execute(
            "SELECT id FROM ai_memory.passages WHERE kind = 'chunk'"
        ).split()
    )


def count(database: FreshDatabase, *tables: str) -> list[int]:
    """Return how many rows are in tables."""
    counts = ", ".join(f"(SELECT count(*) FROM ai_memory.{table})" for table in tables)
    return [int(number) for number in database.execute(f"SELECT {counts}").split("|")]
