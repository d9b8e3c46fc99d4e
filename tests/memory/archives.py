"""A home with a row of every kind, and what stands in a database whatever ids its rows have."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
import hashlib
import io
import json
from pathlib import Path
from typing import Any
import zipfile

import asyncpg
import pytest

from custom_components.ai_memory.memory.archives.archive import Imported
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    CacheVerdict,
    ContextReference,
    Message,
    Passage,
    ReferenceVerdict,
    Scope,
    ToolExecution,
    Turn,
)
from custom_components.ai_memory.postgres.chunks import (
    ReadChunk,
    Reading,
    words_of_chunk,
)
from custom_components.ai_memory.postgres.folder_files import FolderFile
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.ollama_server import OllamaServer
from demo.postgres import PostgresServer
from tests.conftest import TEMPLATE
from tests.databases import FreshDatabase
from tests.documents_support import folder
from tests.engine import (
    ANNA,
    BEN,
    HOUSEHOLD,
    KNOWN_TARGET,
    ollama,
    running,
    settled,
    turn,
)

MADE_ANEW = {
    "collection_embeddings",
    "embedding_failures",
    "lexeme_statistics",
    "recall_gates",
    "response_cache",
    "schema_migrations",
    # Of one database, and for a while.
    "loose_originals",
    "session_cuts",
}
_OF_HERE = {"id", "version", "active", "building", "retired_at", "summary_version"}
"""Columns that say nothing of what is kept."""
_REST = """
UPDATE ai_memory.collections
    SET summary = 'What the house knows', description = 'Of all', summary_by = 'extract', summary_passages = 1
    WHERE name = 'memories' AND owner = 'household';
UPDATE ai_memory.documents SET pages = 12 WHERE state = 'ready';
UPDATE ai_memory.document_versions SET pages = 12;
UPDATE ai_memory.documents d SET put_away = true WHERE deleted_at IS NOT NULL
    AND EXISTS (SELECT FROM ai_memory.document_names n WHERE n.document_id = d.id AND n.folder IS NOT NULL);
UPDATE ai_memory.chunks SET page = 7;
UPDATE ai_memory.conversations SET summary = 'About keys', deleted_at = '2026-11-02 10:00+01' WHERE session_id = 'bin';
UPDATE ai_memory.passages SET hidden = true WHERE turn_id IN (
    SELECT t.id FROM ai_memory.turns t JOIN ai_memory.conversations c ON c.id = t.conversation_id
    WHERE c.session_id = 'bin');
UPDATE ai_memory.passages SET place = 'area:attic' WHERE turn_id IS NOT NULL;
UPDATE ai_memory.messages SET input_tokens = 120, output_tokens = 7;
INSERT INTO ai_memory.conversations (session_id, owner, started_at, updated_at, deleted_at)
    VALUES ('without turns', 'household', '2026-11-01 10:00+01', '2026-11-01 11:00+01', '2026-11-02 10:00+01');
INSERT INTO ai_memory.tags SELECT id, owner, tag FROM ai_memory.conversations, unnest('{home,keys}'::text[]) AS tag;
INSERT INTO ai_memory.feedback (turn_id, owner, rating, comment, correction, corrected_by, source)
    SELECT id, owner, 2, 'No.', 'The bedroom.', (SELECT max(id::text)::uuid FROM ai_memory.turns), 'person'
    FROM ai_memory.turns;
INSERT INTO ai_memory.training_examples SELECT id, owner, format
    FROM ai_memory.turns, unnest('{chat,preference}'::text[]) AS format;
INSERT INTO ai_memory.dropped_secrets (owner, kind, source, turn_id) SELECT owner, 'pin', 'turn', id FROM ai_memory.turns;
INSERT INTO ai_memory.dropped_secrets (owner, kind, source)
    SELECT 'household', 'password', 'memory' FROM generate_series(1, 2);
"""


def said(text: str, scope: Scope, conversation: str, **fields: Any) -> Turn:
    """Return a turn with everything that a turn may have."""
    return turn(
        text,
        scope,
        conversation_id=conversation,
        resolved_text=f"{text} (resolved)",
        model="stand-in",
        intent="HassGetState",
        device_id="device",
        satellite_id="assist_satellite.kitchen",
        speaker="Anna",
        error="It failed, \u4e2d\u6587 \U0001f600",
        cache=CacheVerdict.MISS,
        stages={"look_up": 1.25, "delegate": 1e22},
        statement=text,
        messages=[
            Message("user", text),
            Message(
                "assistant",
                None,
                thinking="Let me look.",
                tool_calls=[{"tool_name": "look", "tool_args": {"n": 1.10}}],
            ),
            Message("tool_result", '{"found": [1, 2.5, null]}'),
            Message("assistant", "All right."),
        ],
        tools=[
            ToolExecution("look", {"where": ["a", {"b": None}]}, None, True),
            ToolExecution("fail", {}, {"error": 'no "quotes"\n'}, False),
        ],
        **fields,
    )


def read_as(title: str, *texts: str, secrets: int = 0) -> Reading:
    """Return what a file said that has a text under each heading."""
    digest = hashlib.sha256("".join(texts).encode()).digest()
    chunks = []
    for number, text in enumerate(texts):
        heading = f"{title} › Part {number}"
        both = f"{heading}\n{text}".encode()
        chunks.append(
            ReadChunk(
                position=number,
                page=None,
                heading=heading,
                text=text,
                hash=hashlib.blake2b(both, digest_size=16).digest(),
                words=words_of_chunk(heading, text),
            )
        )
    return Reading(
        title=title,
        language="en",
        sha256=digest,
        bytes=sum(map(len, texts)),
        pages=None,
        words=sum(len(text.split()) for text in texts),
        secrets=secrets,
        chunks=chunks,
    )


def file_in_folder(path: str, scope: Scope = HOUSEHOLD) -> FolderFile:
    """Return a file as a folder's watcher sees it."""
    return FolderFile(
        folder="manuals",
        owner=scope.owner,
        collection="documents",
        path=path,
        title=path,
        format="md",
        bytes=100,
        modified_ns=1_760_000_000_000_000_000,
    )


async def add_documents(service: MemoryService) -> None:
    """Add documents of every kind: uploads and files, read and not, in the bin, erased."""
    for scope, name, text in (
        (HOUSEHOLD, "boiler.md", "# Boiler\n\nThe boiler is vented with a brass key."),
        (ANNA, "diary.md", "# Diary\n\nAnna wrote of a marmalade pot."),
        (ANNA, "old diary.md", "# Old diary\n\nAnna wrote of a pickle jar."),
        (BEN, "Rad.md", "# Fahrrad\n\nDie Kette wird jeden Monat geölt."),
    ):
        await service.documents.add(scope, text.encode(), name, wait=True)
    await service.documents.add(
        HOUSEHOLD, b"# Boiler\n\nThe boiler is vented with a brass key.", "heating.md"
    )
    [old] = await service.documents.list(ANNA, text="old diary")
    await service.documents.delete(ANNA, old.id)
    files = service.store.folder_files
    for rule in ("Shoes stay at the door.", "Shoes stand in the rack."):
        await files.write(
            file_in_folder("house/rules.md"),
            read_as("House rules", rule, "The gate code is •••.", secrets=1),
        )
    await files.fail(
        file_in_folder("locked.md"), "encrypted", bytes(32), says_nothing=False
    )
    kept = await files.write(
        file_in_folder("letter.md"), read_as("Letter", "Dear all, goodbye.")
    )
    await service.documents.delete(HOUSEHOLD, kept.added[0])
    await service.documents.erase(HOUSEHOLD, kept.added[0])


def used(passage: Passage) -> ContextReference:
    """Return that a passage was put beside a question."""
    return ContextReference(
        passage.id, passage.text, 0.5, 0.25, 0.75, ReferenceVerdict.USED
    )


async def fill(service: MemoryService, database: FreshDatabase) -> None:
    """Put a row of every kind into an empty database: every column has a value somewhere."""
    await service.memories.remember(
        HOUSEHOLD,
        "The spare key is under the blue flower pot",
        tags=["keys", "garden"],
        source="Grandma",
        place="area:garden",
        confidence=0.8,
    )
    await service.memories.remember(ANNA, "Anna hides chocolate behind the books")
    await service.memories.remember(BEN, "Das Fahrrad steht im Keller", language="de")
    await add_documents(service)
    await settled(service)
    [passage] = await service.memories.recall(
        HOUSEHOLD, "spare key", limit=1, places=["area:garden"]
    )
    [chunk] = await service.memories.recall(HOUSEHOLD, "vented boiler", limit=1)
    assert chunk.document
    start = datetime.now(UTC) - timedelta(hours=1)
    turns = [
        said(
            f"{name} put the ladder number {number} into the shed",
            scope,
            conversation,
            started_at=start + timedelta(minutes=number),
            references=[used(passage), used(chunk)],
        )
        for number, (name, scope, conversation) in enumerate(
            [
                ("We", HOUSEHOLD, "talk"),
                ("I", ANNA, "talk"),
                ("He", HOUSEHOLD, "talk"),
                ("She", BEN, "bin"),
                ("Everybody", HOUSEHOLD, "talk"),
            ]
        )
    ]
    for each in turns:
        await service.record(each)
    await settled(service)
    await service.memories.remember(
        ANNA, "The ladder belongs to Otto", turn_id=turns[1].id
    )
    await service.preferences.set(
        ANNA, "entity_alias.my_office", {"entity_id": KNOWN_TARGET}
    )
    await service.preferences.set(HOUSEHOLD, "light.colour", None)
    await service.preferences.set(HOUSEHOLD, "light.scene", {"a": [1.5, "ü", True]})
    await settled(service)
    database.execute(_REST)


async def contents(database: FreshDatabase) -> dict[str, list[str]]:
    """Return what every table holds, the same for equal content: ids are replaced by what they stand for."""
    connection = await asyncpg.connect(
        database.server.dsn(database.name, superuser=True)
    )
    try:
        tables = [
            row[0]
            for row in await connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'ai_memory'::regnamespace ORDER BY 1"
            )
        ]
        rows = {
            table: [
                json.loads(row[0])
                for row in await connection.fetch(
                    f'SELECT to_jsonb(t)::text FROM ai_memory."{table}" AS t'
                )
            ]
            for table in tables
            if table not in MADE_ANEW
        }
    finally:
        await connection.close()
    names: dict[str, dict[Any, str]] = {
        "collection_id": _named(rows["collections"], "owner", "name"),
        "conversation_id": _named(
            rows["conversations"], "session_id", "owner", "started_at"
        ),
        "memory_id": _named(rows["memories"], "owner", "content", "place"),
        "model_id": _named(rows["embedding_models"], "provider", "name", "dimensions"),
    }
    names["chunk_id"] = _named(rows["chunks"], "document_id", "position")
    names["passage_id"] = {
        row["id"]: names["memory_id"].get(row["memory_id"])
        or names["chunk_id"].get(row["chunk_id"])
        or row["turn_id"]
        for row in rows["passages"]
    }
    for row in rows["embedding_models"]:
        del row["created_at"]
    return {
        table: sorted(
            json.dumps(
                {
                    name: names[name].get(value, value) if name in names else value
                    for name, value in row.items()
                    # Theirs are everywhere the same.
                    if name not in _OF_HERE or table in ("turns", "documents")
                },
                sort_keys=True,
            )
            for row in found
        )
        for table, found in rows.items()
    }


def _named(rows: Iterable[dict[str, Any]], *columns: str) -> dict[Any, str]:
    return {row["id"]: " ".join(str(row[name]) for name in columns) for row in rows}


def members_of(path: Path) -> dict[str, bytes]:
    """Return the members of an archive."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(members: dict[str, bytes], path: Path, *, honest: bool = True) -> Path:
    """Write an archive of members; an `honest` one has a manifest that fits them."""
    if honest:
        manifest = json.loads(members["manifest.json"])
        for name, content in members.items():
            if name in manifest["members"]:
                manifest["members"][name] = {
                    "rows": content.count(b"\n"),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
        members = {**members, "manifest.json": json.dumps(manifest).encode()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    path.write_bytes(packed.getvalue())
    return path


def lines_of(members: dict[str, bytes], member: str) -> list[dict[str, Any]]:
    """Return the rows of a member."""
    return [json.loads(line) for line in members[f"{member}.jsonl"].splitlines()]


def with_lines(
    members: dict[str, bytes], member: str, rows: Iterable[dict[str, Any]]
) -> dict[str, bytes]:
    """Return the members with other rows in one."""
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return {**members, f"{member}.jsonl": content.encode()}


NAMES = {ANNA.owner: "Anna", BEN.owner: "Ben"}


def name_of(scope: Scope) -> str | None:
    return NAMES.get(scope.owner)


class Home:
    """A database with a row of every kind, and its archive."""

    def __init__(self, database: FreshDatabase, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.contents: dict[str, list[str]] = {}

    @property
    def path(self) -> Path:
        return self.folder / "home.zip"

    @property
    def originals(self) -> Path:
        return self.folder / "originals"


_HOMES: list[Home] = []


@pytest.fixture
async def home(
    postgres_server: PostgresServer,
    ollama_server: OllamaServer,
    tmp_path_factory: pytest.TempPathFactory,
    socket_enabled: None,
) -> Home:
    """Give the home, which is filled once and never changed."""
    if not _HOMES:
        postgres_server.create_database("archived", TEMPLATE)
        database = FreshDatabase(postgres_server, "archived")
        found = Home(database, tmp_path_factory.mktemp("archives") / "exports")
        async with running(
            database.settings, ollama(ollama_server), originals=found.originals
        ) as service:
            await fill(service, database)
            await service.archive.export_all(
                found.folder, name_of=name_of, file_name="home.zip"
            )
            found.contents = await contents(database)
        _HOMES.append(found)
    return _HOMES[0]


def at_home(
    settings: ConnectionSettings, home: Home
) -> AbstractAsyncContextManager[MemoryService]:
    """Run a service that watches the folder of the home, and has the files of its uploads."""
    return running(
        settings,
        originals=home.originals,
        folders=[folder(home.folder / "not mounted")],
    )


@pytest.fixture
async def service(database: FreshDatabase, home: Home) -> AsyncGenerator[MemoryService]:
    """Give a service on an empty database, as if it were at home."""
    async with at_home(database.settings, home) as service:
        await settled(service)
        yield service


async def bring(
    service: MemoryService, home: Home, name: str = "home.zip", **options: Any
) -> Imported:
    return await service.archive.import_all(home.folder, name, **options)
