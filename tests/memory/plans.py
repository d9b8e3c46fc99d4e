"""Databases that follow the plan, with rows that are as they should be and rows that are not."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.ai_memory.memory.importing.imports import (
    DatabaseSource,
    FileSource,
    ImportOptions,
)
from custom_components.ai_memory.memory.importing.report import Report
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Scope
from tests.databases import FreshDatabase
from tests.engine import HOUSEHOLD

SCHEMA = """
CREATE TABLE {schema}.conversations (
    id SERIAL PRIMARY KEY, session_id VARCHAR(255) NOT NULL, role VARCHAR(50) NOT NULL, content TEXT NOT NULL,
    language VARCHAR(10), intent VARCHAR(100), created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, metadata JSONB);
CREATE TABLE {schema}.knowledge (
    id SERIAL PRIMARY KEY, content TEXT NOT NULL, embedding vector(384), source VARCHAR(255), tags TEXT[],
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE {schema}.preferences (
    id SERIAL PRIMARY KEY, key VARCHAR(255) UNIQUE NOT NULL, value JSONB NOT NULL, category VARCHAR(100),
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE {schema}.response_cache (
    id SERIAL PRIMARY KEY, query_hash VARCHAR(64) UNIQUE NOT NULL, query_text TEXT NOT NULL, response TEXT NOT NULL,
    hit_count INTEGER DEFAULT 0, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, expires_at TIMESTAMP, metadata JSONB);
CREATE TABLE {schema}.training_data (
    id SERIAL PRIMARY KEY, input_text TEXT NOT NULL, output_text TEXT NOT NULL, feedback_score INTEGER,
    interaction_type VARCHAR(50), language VARCHAR(10), created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    exported BOOLEAN DEFAULT FALSE, metadata JSONB);
"""
"""The tables of the plan, word for word."""

MANY = """
INSERT INTO public.conversations (session_id, role, content, language, intent, created_at, metadata)
    SELECT 'session ' || n / 10, CASE WHEN n % 2 = 0 THEN 'user' ELSE 'assistant' END,
        CASE WHEN n % 100 = 42 THEN '' WHEN n % 2 = 0 THEN 'Our neighbour number ' || n || ' has planted a pear tree behind the shed'
            ELSE 'That is good to know, I will think of tree ' || n || '.' END,
        'en', NULL, timestamp '2025-03-01 12:00' + n * interval '1 minute',
        jsonb_build_object('model', 'llama3', 'latency', n)
    FROM generate_series(0, {most} * 5 / 10 - 1) AS n;
INSERT INTO public.knowledge (content, source, tags)
    SELECT CASE WHEN n % 100 = 7 THEN repeat('x', 9000) ELSE 'Box ' || n || ' in the attic holds the toys of year ' || 1000 + n END,
        'cellar list', ARRAY['attic', 'box ' || n % 7]
    FROM generate_series(0, {most} * 3 / 10 - 1) AS n;
INSERT INTO public.preferences (key, value, category)
    SELECT CASE WHEN n % 2 = 0 THEN 'user.shade_' || n ELSE 'entity_alias.my_lamp_' || n END,
        CASE WHEN n % 100 = 9 THEN '{{}}' WHEN n % 2 = 0 THEN jsonb_build_object('shade', n)
            ELSE jsonb_build_object('entity_id', 'light.office_main') END,
        CASE WHEN n % 2 = 0 THEN NULL ELSE 'aliases' END
    FROM generate_series(0, {most} / 10 - 1) AS n;
INSERT INTO public.training_data (input_text, output_text, feedback_score, interaction_type, language, created_at, exported)
    SELECT 'What is in drawer ' || n || '?', 'In drawer ' || n || ' are spoons.', CASE WHEN n % 100 = 3 THEN 17 ELSE n % 5 + 1 END,
        (ARRAY['command', 'question', 'conversation'])[n % 3 + 1], 'en', timestamp '2025-04-01 12:00' + n * interval '1 minute',
        n % 2 = 0
    FROM generate_series(0, {most} / 10 - 1) AS n;
"""
"""A hundredth of the rows is broken."""


def create(
    database: FreshDatabase, name: str = "plan", *, schema: str = "public"
) -> FreshDatabase:
    """Return a database of its own with the empty tables of the plan."""
    server = database.server
    server.drop_database(name)
    server.create_database(name)
    found = FreshDatabase(server, name)
    if schema != "public":
        found.execute(f"CREATE SCHEMA {schema}")
    found.execute(SCHEMA.format(schema=schema))
    grant(found, schema)
    return found


@pytest.fixture(scope="session")
def shared_plan(shared_database: FreshDatabase) -> FreshDatabase:
    """Give a database with the tables of the plan that `plan` lends to one test after the other."""
    return create(shared_database)


@pytest.fixture
def plan(shared_plan: FreshDatabase, socket_enabled: None) -> FreshDatabase:
    """Give a database with the empty tables of the plan, to be left as it is."""
    shared_plan.execute(
        "TRUNCATE conversations, knowledge, preferences, response_cache, training_data RESTART IDENTITY;"
        f"ALTER DATABASE {shared_plan.name} RESET timezone"
    )
    return shared_plan


def grant(database: FreshDatabase, schema: str = "public") -> None:
    """Let the ordinary role read, and no more."""
    database.execute(
        f"GRANT USAGE ON SCHEMA {schema} TO ai_memory;"
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO ai_memory;"
        f"ALTER DATABASE {database.name} OWNER TO postgres"
    )


def fill(database: FreshDatabase, rows: int) -> None:
    """Put rows into the tables, a hundredth of them broken."""
    database.execute(MANY.format(most=rows))


async def bring(
    service: MemoryService,
    source: FreshDatabase | Path,
    folder: Path,
    *,
    scope: Scope = HOUSEHOLD,
    schema: str | None = None,
    **options: Any,
) -> Report:
    """Import; return the report."""
    service.imports.start(
        FileSource(source)
        if isinstance(source, Path)
        else DatabaseSource(source.settings, schema),
        ImportOptions(folder, scope, **options),
    )
    return await service.imports.finished()


def lines(path: Path, *rows: dict[str, Any] | bytes) -> Path:
    """Write a file of lines; bytes stand there as they are."""

    def written() -> Iterator[bytes]:
        for row in rows:
            yield row if isinstance(row, bytes) else json.dumps(row).encode()

    path.write_bytes(b"\n".join(written()) + b"\n")
    return path


def content_of(database: FreshDatabase) -> str:
    """Return all that stands in our tables, but for what looking at it changes."""
    tables = database.execute(
        "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'ai_memory'::regnamespace AND relname NOT IN"
        " ('lexeme_statistics', 'recall_gates', 'schema_migrations')"
    ).split(",")
    return "\n".join(
        database.execute(f"SELECT '{table}', t FROM ai_memory.{table} AS t ORDER BY 2")
        for table in tables
    )
