"""From one database to another and back: everything comes along, and nothing of ours lies outside of our schema."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from custom_components.ai_memory.errors import DatabaseUnreachable, InvalidInput
from custom_components.ai_memory.memory.archives.file import ArchiveWriter
from custom_components.ai_memory.memory.archives.merge import Merge
from custom_components.ai_memory.memory.importing.imports import (
    DatabaseSource,
    ImportOptions,
)
from custom_components.ai_memory.memory.importing.progress import ImportState
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Document
from custom_components.ai_memory.postgres.migrate import migration_files
from demo.postgres import PostgresServer
from tests.conftest import TEMPLATE
from tests.databases import FreshDatabase
from tests.documents_support import folder, found, synced, write
from tests.engine import ANNA, BEN, HOUSEHOLD, running, settled
from tests.memory.archives import Home, at_home, contents, home, name_of
from tests.memory.plans import bring

__all__ = ["home"]

pytestmark = pytest.mark.newest_only

_RECORDER = """
CREATE TABLE public.states (state_id BIGSERIAL PRIMARY KEY, state VARCHAR(255));
CREATE TABLE public.events (event_id BIGSERIAL PRIMARY KEY, event_data TEXT);
INSERT INTO public.states (state) VALUES ('on');
GRANT ALL ON ALL TABLES IN SCHEMA public TO ai_memory;
"""
_OUTSIDE = """
SELECT 'relation', n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('ai_memory', 'pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
UNION ALL SELECT 'function', n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('ai_memory', 'pg_catalog', 'information_schema')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL SELECT 'type', n.nspname, t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname NOT IN ('ai_memory', 'pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e') AND t.typelem = 0
UNION ALL SELECT 'schema', nspname, '' FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
UNION ALL SELECT 'extension', '', extname FROM pg_extension
ORDER BY 1, 2, 3
"""
"""What stands outside of our schema."""


@pytest.fixture
def recorders(database: FreshDatabase) -> FreshDatabase:
    """Give a database that the recorder keeps its tables in, without the extension yet."""
    server: PostgresServer = database.server
    server.drop_database("recorder")
    server.create_database("recorder")
    found = FreshDatabase(server, "recorder")
    found.execute(_RECORDER)
    return found


@pytest.fixture
async def at_recorders(recorders: FreshDatabase) -> AsyncGenerator[MemoryService]:
    """Give a service that keeps its memory beside the recorder's tables."""
    async with running(recorders.settings) as service:
        await settled(service)
        yield service


def archives_in(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.zip")]


async def test_there_and_back(
    home: Home,
    recorders: FreshDatabase,
    database: FreshDatabase,
    tmp_path: Path,
) -> None:
    outside = recorders.execute(_OUTSIDE)
    async with at_home(recorders.settings, home) as service:
        await settled(service)
        dry = await bring(
            service, home.database, tmp_path, name_of=name_of, dry_run=True
        )
        assert dry.moved
        assert dry.is_verified is None
        assert dry.moved["added"]["memories"] == 4
        assert not await service.memories.list(ANNA)
        report = await bring(service, home.database, tmp_path, name_of=name_of)
        assert report.kind == "ai_memory"
        assert report.moved
        assert report.is_verified
        assert report.searched
        assert {name: check.taken for name, check in report.checks.items()} == {
            name: report.moved["rows"][name] for name in report.moved["added"]
        }
        # Every row is read, and merged.
        progress = service.imports.progress
        assert progress.done == progress.total
        assert progress.total == 2 * sum(report.moved["rows"].values())
        assert report.moved["added"] == dry.moved["added"]
        assert report.moved["owners"] == {
            owner: owner for owner in (HOUSEHOLD.owner, ANNA.owner, BEN.owner)
        }
        await settled(service)
        assert await contents(recorders) == home.contents
        assert await contents(home.database) == home.contents
        again = await bring(service, home.database, tmp_path)
        assert again.moved
        assert not any(again.moved["added"].values())
        assert again.is_verified
        assert await contents(recorders) == home.contents
    # Beside the recorder's tables there is our schema, and what we found.
    ours = {"schema|ai_memory|"}
    assert set(recorders.execute(_OUTSIDE).splitlines()) - ours == set(
        outside.splitlines()
    )
    assert recorders.execute("SELECT * FROM public.states") == "1|on"
    async with at_home(database.settings, home) as service:
        await settled(service)
        await bring(service, recorders, tmp_path)
        await settled(service)
        assert await contents(database) == home.contents
    # The archive between them held everything.
    assert not archives_in(tmp_path)


async def test_check_sees_what_is_missing(
    home: Home,
    at_recorders: MemoryService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nothing(*_: object, **__: object) -> list[Any]:
        return []

    with monkeypatch.context() as patch:
        patch.setattr(Merge, "_take_preferences", nothing)
        report = await bring(at_recorders, home.database, tmp_path)
    assert report.checks["preferences"].found < report.checks["preferences"].taken
    assert not report.is_verified
    assert (await bring(at_recorders, home.database, tmp_path)).is_verified


async def test_search_sees_what_is_not_found(
    home: Home,
    at_recorders: MemoryService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nothing(*_: object, **__: object) -> list[Any]:
        return []

    monkeypatch.setattr(at_recorders.conversations, "search", nothing)
    report = await bring(at_recorders, home.database, tmp_path)
    assert report.search_found < report.searched
    assert not report.is_verified


async def test_what_came_is_there_where_it_cannot_be_searched_for(
    home: Home,
    at_recorders: MemoryService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*_: object, **__: object) -> list[Any]:
        raise DatabaseUnreachable

    with monkeypatch.context() as patch:
        patch.setattr(at_recorders.memories, "recall", away)
        report = await bring(at_recorders, home.database, tmp_path)
    assert at_recorders.imports.progress.state is ImportState.DONE
    assert report.problem is None
    assert report.is_verified is False
    assert report.moved
    assert report.moved["added"]["memories"]
    again = await bring(at_recorders, home.database, tmp_path)
    assert again.is_verified
    assert again.moved
    assert not again.moved["added"]["memories"]


@pytest.mark.parametrize("when", ["export", "merge"])
async def test_stopped(
    home: Home,
    at_recorders: MemoryService,
    recorders: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    """All of it or nothing: what was there already is gone again."""
    before = await contents(recorders)
    imports = at_recorders.imports
    written, taken = ArchiveWriter.write, Merge.take

    def write(self: ArchiveWriter, *page: Any) -> None:
        imports.stop()
        written(self, *page)

    async def take(self: Merge, *page: Any) -> None:
        imports.stop()
        await taken(self, *page)

    with monkeypatch.context() as patch:
        if when == "export":
            patch.setattr(ArchiveWriter, "write", write)
        else:
            patch.setattr(Merge, "take", take)
        report = await bring(at_recorders, home.database, tmp_path)
    assert report.stopped
    assert not report.is_verified
    assert imports.progress.state is ImportState.STOPPED
    assert bool(imports.progress.total) is (when == "merge")
    assert not archives_in(tmp_path)
    assert await contents(recorders) == before
    assert (await bring(at_recorders, home.database, tmp_path)).is_verified


async def test_people(home: Home, at_recorders: MemoryService, tmp_path: Path) -> None:
    report = await bring(
        at_recorders,
        home.database,
        tmp_path,
        name_of=name_of,
        people={"Anna": BEN.owner},
    )
    assert report.moved
    assert report.moved["owners"][ANNA.owner] == BEN.owner
    assert len(await at_recorders.memories.list(BEN)) == 4
    assert len(await at_recorders.memories.list(ANNA)) == 1


async def test_source_of_another_version(
    at_recorders: MemoryService, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    postgres_server.drop_database("elsewhere")
    postgres_server.create_database("elsewhere", TEMPLATE)
    source = FreshDatabase(postgres_server, "elsewhere")
    newest = int(migration_files()[-1].name[:4])
    table = "ai_memory.schema_migrations"
    for change, key in (
        (f"DELETE FROM {table} WHERE version = {newest}", "import_source_older"),
        (f"INSERT INTO {table} VALUES ({newest + 1}, 'x', 'y')", "import_source_newer"),
    ):
        source.execute(change)
        before = source.execute(f"SELECT * FROM {table} ORDER BY version")
        with pytest.raises(InvalidInput) as failure:
            await bring(at_recorders, source, tmp_path)
        assert failure.value.key == key
        assert source.execute(f"SELECT * FROM {table} ORDER BY version") == before


async def test_what_is_only_for_the_plan(
    home: Home, at_recorders: MemoryService, recorders: FreshDatabase, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput) as failure:
        await bring(at_recorders, home.database, tmp_path, scope=ANNA)
    assert failure.value.key == "import_option_of_plan"
    at_recorders.imports.start(
        DatabaseSource(recorders.settings), ImportOptions(tmp_path, HOUSEHOLD)
    )
    with pytest.raises(InvalidInput) as failure:
        await at_recorders.imports.finished()
    assert failure.value.key == "import_source_is_ours"


async def test_nothing_is_left_of_a_move_that_was_killed(
    at_recorders: MemoryService, home: Home, tmp_path: Path
) -> None:
    (tmp_path / "moving-1234.zip").write_text("everything that was said")
    (tmp_path / "mine.zip").write_text("an archive")
    await bring(at_recorders, home.database, tmp_path, dry_run=True)
    assert archives_in(tmp_path) == ["mine.zip"]


async def test_nothing_is_left_of_it_at_the_next_start(
    database: FreshDatabase, tmp_path: Path
) -> None:
    """It holds all that was said, and every backup would."""
    (tmp_path / "moving-1234.zip").write_text("everything that was said")
    (tmp_path / "moving-5678.zip").mkdir()
    (tmp_path / "mine.zip").write_text("an archive")
    async with running(database.settings, imports=tmp_path):
        assert sorted(archives_in(tmp_path)) == ["mine.zip", "moving-5678.zip"]
    async with running(database.settings, imports=tmp_path / "not there"):
        pass


async def titled(
    service: MemoryService, title: str, *, deleted: bool = False
) -> list[Document]:
    return [
        one
        for one in await service.documents.list(HOUSEHOLD, deleted=deleted)
        if one.title == title
    ]


async def test_what_was_deleted_stays_deleted(
    recorders: FreshDatabase, database: FreshDatabase, tmp_path: Path
) -> None:
    """The folder is read as soon as the new database is there, and knows nothing of what was before."""
    path = tmp_path / "manuals"
    write(path / "pump.md", "# Pump\n\nThe pump is drained with a hose.")
    write(path / "copy" / "pump.md", "# Pump\n\nThe pump is drained with a hose.")
    write(path / "letter.md", "# Letter\n\nGrandma sends marmalade.")
    write(path / "rules.md", "# Rules\n\nShoes stay at the door.")
    write(path / "both.md", "# Both\n\nThe ladder leans on the shed.")
    async with running(recorders.settings, folders=[folder(path)]) as service:
        await synced(service)
        write(path / "rules.md", "# Rules\n\nShoes stand in the rack.")
        await synced(service)
        [pump] = await titled(service, "Pump")
        [letter] = await titled(service, "Letter")
        [rules] = await titled(service, "Rules")
        [both] = await titled(service, "Both")
        for document in (pump, letter, both):
            await service.documents.delete(HOUSEHOLD, document.id)
        await service.documents.erase(HOUSEHOLD, letter.id)
        earlier = await service.documents.versions(HOUSEHOLD, rules.id)
        assert len(earlier) == 2
    async with running(database.settings, folders=[folder(path)]) as service:
        await synced(service)
        assert await found(service, "drained") == {"Pump"}
        # By a person, of what the folder read.
        ladder = (path / "both.md").read_bytes()
        await service.documents.add(HOUSEHOLD, ladder, "mine.md", wait=True)
        before = await service.store.responses.look_up(HOUSEHOLD, b"0" * 32)
        report = await bring(service, recorders, tmp_path)
        assert report.moved
        assert report.moved["added"]["documents"] == 2
        assert report.moved["removed"] == 2
        after = await service.store.responses.look_up(HOUSEHOLD, b"0" * 32)
        assert after.knowledge_version != before.knowledge_version
        for _ in range(2):
            assert await found(service, "drained") == set()
            assert await found(service, "marmalade") == set()
            assert await found(service, "ladder") == {"Both"}
            assert await found(service, "shoes") == {"Rules"}
            await synced(service)
        [rules] = await titled(service, "Rules")
        assert await service.documents.versions(HOUSEHOLD, rules.id) == earlier
        assert not await titled(service, "Letter", deleted=True)
        assert "marmalade" not in database.execute(
            "SELECT text FROM ai_memory.passages"
        )
        [in_bin] = await titled(service, "Pump", deleted=True)
        assert (in_bin.id, {name.path for name in in_bin.names}) == (
            pump.id,
            {"pump.md", "copy/pump.md"},
        )
        await service.documents.restore(HOUSEHOLD, pump.id)
        again = await bring(service, recorders, tmp_path)
        assert again.moved
        assert not any(again.moved["added"].values())
        await synced(service)
        assert await found(service, "drained") == {"Pump"}
