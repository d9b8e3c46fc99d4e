"""The engine without Home Assistant: a running service, turns and questions to give it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
import ssl
import tempfile
from typing import Any, Final
from uuid import uuid7

import asyncpg
import pytest

from custom_components.ai_memory.embedding.embedder import Embedder
from custom_components.ai_memory.embedding.ollama import OllamaEmbedder
from custom_components.ai_memory.embedding.query_cache import CachingEmbedder
from custom_components.ai_memory.errors import AiMemoryError
from custom_components.ai_memory.memory import (
    circuit_breaker,
    documents,
    turn_writer,
    upkeep,
    watched_folder,
)
from custom_components.ai_memory.memory.alias_candidates import TargetOfName
from custom_components.ai_memory.memory.folder_sync import FolderSettings
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.memory.look_up import Found, Utterance
from custom_components.ai_memory.memory.retention import KEEP_TURNS, Retention
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import AnsweredBy, Scope, TargetKind, Turn
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.ollama_server import OllamaServer
from demo.postgres import PostgresServer
from tests.databases import FreshDatabase

HOUSEHOLD = Scope.household()
ANNA = Scope.person("anna")
BEN = Scope.person("ben")
DELEGATE = "conversation.model"
KNOWN_TARGET = "light.office_main"
DEADLINE = 5.0
"""Seconds: long enough for a busy machine, short enough that a test that hangs fails."""

_HOMES: Final = tempfile.TemporaryDirectory()
"""Where services without a folder of their own keep their files; gone with the process."""
_COMMANDS = [
    f"{verb} the {thing} in the {room}"
    for verb in ("turn on", "switch off", "dim", "open")
    for thing in ("light", "blind")
    for room in ("kitchen", "office")
]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses of the background work."""
    monkeypatch.setattr(upkeep, "_SETTLE", 0.01)
    monkeypatch.setattr(upkeep, "_ROUND_WHILE_FAILING", 0.1)
    monkeypatch.setattr(turn_writer, "_RETRY_AFTER", 0.1)
    monkeypatch.setattr(documents, "_RETRY", 0.1)
    monkeypatch.setattr(watched_folder, "RETRY", 0.1)
    monkeypatch.setattr(circuit_breaker, "_FIRST_PAUSE", 0.05)
    monkeypatch.setattr(circuit_breaker, "_LONGEST_PAUSE", 0.2)


@pytest.fixture(scope="session")
def shared_database(postgres_server: PostgresServer) -> FreshDatabase:
    """Give a database that `emptied_database` lends to one test after the other."""
    # The fixture is one for each folder that imports it.
    postgres_server.drop_database("shared")
    postgres_server.create_database("shared", "migrated")
    return FreshDatabase(postgres_server, "shared")


@pytest.fixture
def emptied_database(
    shared_database: FreshDatabase, socket_enabled: None
) -> FreshDatabase:
    """Give a database without rows, for tests that leave its structure alone: much quicker than a copy."""
    tables = shared_database.execute(
        "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'ai_memory'::regnamespace AND relname <> 'schema_migrations'"
    )
    shared_database.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    return shared_database


async def commands(language: str) -> Sequence[str]:
    """Return the plain commands that the gates are measured with."""
    return _COMMANDS if language == "en" else []


async def no_command() -> bool:
    """Say that Home Assistant does not recognise an utterance."""
    return False


@dataclass(slots=True)
class Problems:
    """What the service reported."""

    heard: list[tuple[Part, type[AiMemoryError] | None]] = field(default_factory=list)

    def __call__(self, part: Part, error: AiMemoryError | None) -> None:
        """Hear of a problem or of its end."""
        self.heard.append((part, type(error) if error else None))


def ollama(server: OllamaServer, **options: Any) -> Embedder:
    """Return an embedder that asks the server, as the integration makes it."""
    return CachingEmbedder(
        OllamaEmbedder(
            server.url,
            "all-minilm",
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            **options,
        )
    )


def make_service(
    settings: ConnectionSettings,
    embedder: Embedder | None = None,
    *,
    journal: Path | None = None,
    problems: Callable[[Part, AiMemoryError | None], None] | None = None,
    commands: Callable[[str], Awaitable[Sequence[str]]] = commands,
    target_of_name: TargetOfName = lambda name: None,
    retention: Retention = KEEP_TURNS,
    originals: Path | None = None,
    imports: Path | None = None,
    folders: Sequence[FolderSettings] = (),
    next_embedder: Embedder | None = None,
    switched: Callable[[], None] = lambda: None,
) -> MemoryService:
    """Return a service that was not started."""
    return MemoryService(
        settings,
        embedder,
        journal_path=journal
        or Path(tempfile.mkdtemp(dir=_HOMES.name)) / "turns.journal",
        language="en",
        commands=commands,
        knows_target=lambda kind, target: (
            kind is TargetKind.ENTITY and target == KNOWN_TARGET
        ),
        target_of_name=target_of_name,
        report=problems or Problems(),
        retention=retention,
        originals_path=originals,
        imports_path=imports,
        folders=folders,
        next_embedder=next_embedder,
        switched=switched,
    )


@asynccontextmanager
async def running(
    settings: ConnectionSettings, embedder: Embedder | None = None, **options: Any
) -> AsyncIterator[MemoryService]:
    """Give a started service."""
    service = make_service(settings, embedder, **options)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


def turn(text: str, scope: Scope = HOUSEHOLD, **fields: Any) -> Turn:
    """Return a turn that the delegate answered."""
    return Turn(
        **{
            "id": uuid7(),
            "conversation_id": "conversation",
            "owner": scope.owner,
            "started_at": datetime.now(UTC),
            "text": text,
            "language": "en",
            "agent_id": DELEGATE,
            "answered_by": AnsweredBy.DELEGATE,
            "reply": "All right.",
            **fields,
        }
    )


def utterance(text: str, scope: Scope = HOUSEHOLD, **fields: Any) -> Utterance:
    """Return what was said to a language model."""
    return Utterance(
        **{
            "text": text,
            "scope": scope,
            "language": "en",
            "conversation_id": "another conversation",
            "delegate_id": DELEGATE,
            **fields,
        }
    )


async def look_up(
    service: MemoryService,
    text: str,
    scope: Scope = HOUSEHOLD,
    *,
    deadline: float = DEADLINE,
    is_command: Callable[[], Awaitable[bool]] = no_command,
    **fields: Any,
) -> Found:
    """Ask memory, with a deadline that is only reached where something hangs."""
    return await service.look_up(
        utterance(text, scope, **fields), is_command=is_command, deadline=deadline
    )


async def answered(
    service: MemoryService,
    text: str,
    reply: str,
    scope: Scope = HOUSEHOLD,
    *,
    continues: bool = False,
    found: Found | None = None,
    **fields: Any,
) -> Turn:
    """Go through a whole turn; return it when it is in the database."""
    if found is None:
        found = await look_up(service, text, scope)
    done = turn(text, scope, reply=reply, **fields)
    await service.record(done, found=found, continues=continues)
    await settled(service)
    return done


async def settled(service: MemoryService) -> None:
    """Wait until nothing is left to do in the background."""
    assert await service.settled()


async def rows(dsn: str, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds, as a superuser."""
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()


async def round_trip(settings: ConnectionSettings, server: OllamaServer) -> None:
    """Do once what a home does all day; fail where any of it does not work."""
    async with running(settings, ollama(server)) as service:
        memory, is_new = await service.memories.remember(
            HOUSEHOLD, "The spare key is under the blue flower pot"
        )
        assert is_new
        assert await service.memories.remember(
            ANNA, "Anna hides chocolate behind the books"
        )
        await service.preferences.set(
            ANNA, "entity_alias.my_office", {"entity_id": KNOWN_TARGET}
        )
        await settled(service)
        found = await look_up(service, "Where is the spare key?")
        assert found.context
        assert "blue flower pot" in found.context
        assert found.references[0].cosine
        await answered(
            service, "Where is the spare key?", "Under the pot.", found=found
        )
        found = await look_up(service, "Where is the spare key?")
        assert found.answer
        assert found.answer.answer == "Under the pot."
        # Many at once, so that every connection of the pool is used.
        hits = await asyncio.gather(
            *(service.memories.recall(ANNA, "chocolate") for _ in range(10))
        )
        assert {hit[0].text for hit in hits} == {
            "Anna hides chocolate behind the books"
        }
        assert [
            hit.owner for hit in await service.memories.recall(BEN, "chocolate")
        ] == [HOUSEHOLD.owner]
        stored = await service.preferences.get(ANNA, "entity_alias.my_office")
        assert stored
        assert await service.store.maintenance.refresh_statistics(force=True)
        assert await service.forgetting.memories(HOUSEHOLD, [memory.id]) == [memory.id]
        assert (await look_up(service, "Where is the spare key?")).answer is None
        statistics = await service.statistics()
        # The turn that drew on it is gone with it.
        assert (statistics["turns"], statistics["memories"]) == (0, 1)
