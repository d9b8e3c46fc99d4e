"""Several hosts in one DSN: a standby takes over, and memory follows."""

import asyncio
from collections.abc import Generator
import os
from pathlib import Path
import subprocess

import pytest

from custom_components.ai_memory.errors import ReadOnlyDatabase
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.postgres.database import Database
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.postgres import DATABASE, HOST, ROLE, PostgresServer, free_port
from tests.databases import FreshDatabase
from tests.engine import HOUSEHOLD, Problems, look_up, rows, running, settled, turn


@pytest.fixture
def servers(
    tmp_path: Path, socket_enabled: None
) -> Generator[tuple[PostgresServer, PostgresServer]]:
    """Give a primary and its standby."""
    primary = PostgresServer(tmp_path / "primary", fast=True)
    standby = PostgresServer(tmp_path / "standby", fast=True)
    try:
        primary.start()
        standby._load()
        standby._state = {**primary._state, "port": free_port()}
        standby._save()
        subprocess.run(
            [
                *(primary._bin / "pg_basebackup", "--write-recovery-conf", "--no-sync"),
                *("--pgdata", standby.home.resolve() / "data", "--checkpoint=fast"),
                *("--dbname", primary.dsn("", superuser=True)),
            ],
            check=True,
            capture_output=True,
            cwd="/",
            env=os.environ | {"HOME": "/"},
            **primary._user,
        )
        standby.start()
        yield primary, standby
    finally:
        standby.remove()
        primary.remove()


def dsn_of(*servers: PostgresServer, database: str = DATABASE) -> str:
    hosts = ",".join(f"{HOST}:{server.port}" for server in servers)
    return (
        f"postgresql://{ROLE}:{servers[0].password}@{hosts}/{database}"
        "?target_session_attrs=read-write"
    )


async def replayed(primary: PostgresServer, standby: PostgresServer) -> None:
    """Wait until the standby has what the primary has."""
    [[reached]] = await rows(
        primary.dsn("postgres", superuser=True), "SELECT pg_current_wal_lsn()::text"
    )
    while not (
        await rows(
            standby.dsn("postgres", superuser=True),
            f"SELECT 1 WHERE pg_last_wal_replay_lsn() >= '{reached}'",
        )
    ):
        await asyncio.sleep(0.02)


async def test_dead_first_host(database: FreshDatabase) -> None:
    hosts = f"{HOST}:{free_port()},{HOST}:{database.server.port}"
    dsn = f"postgresql://{ROLE}:{database.server.password}@{hosts}/{database.name}"
    ours = Database(ConnectionSettings(dsn=f"{dsn}?target_session_attrs=read-write"))
    await ours.open()
    await ours.close()


async def test_standby_takes_over(
    servers: tuple[PostgresServer, PostgresServer],
) -> None:
    primary, standby = servers
    problems = Problems()
    # The standby is asked first, and passed over while it is one.
    settings = ConnectionSettings(dsn=dsn_of(standby, primary))
    async with running(settings, problems=problems) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the flower pot"
        )
        before = turn("What was said before")
        await service.record(before)
        await settled(service)
        await replayed(primary, standby)

        with pytest.raises(ReadOnlyDatabase):
            await Database(ConnectionSettings(dsn=standby.dsn())).open()

        await asyncio.to_thread(primary.kill)
        between = turn("What was said in between")
        found = await look_up(service, "Where is the spare key?")
        await service.record(between, found=found)
        assert found.context is None
        assert problems.heard[0][0] is Part.DATABASE

        await asyncio.to_thread(standby.execute, "SELECT pg_promote()", "postgres")
        await settled(service)
        while service.health.is_failing(Part.DATABASE):
            await asyncio.sleep(0.02)
        found = await look_up(service, "Where is the spare key?")
        assert found.context
        assert await rows(
            standby.dsn(superuser=True),
            "SELECT text FROM ai_memory.turns ORDER BY started_at",
        ) == [(before.text,), (between.text,)]
    assert problems.heard[-1] == (Part.DATABASE, None)
