"""What comes from elsewhere: a database that follows the plan, and files of lines."""

from collections.abc import AsyncGenerator
import os
from pathlib import Path

import pytest

from custom_components.ai_memory.memory.service import MemoryService
from tests.databases import FreshDatabase
from tests.engine import HOUSEHOLD, running, settled
from tests.memory.plans import bring, content_of, create, fill

ROWS = int(os.environ.get("IMPORT_ROWS", "2000"))


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        await settled(service)
        yield service


async def test_many_rows(
    service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    plan = create(database)
    fill(plan, ROWS)
    report = await bring(service, plan, tmp_path)
    print(report.summary())
    before = content_of(database)
    report = await bring(service, plan, tmp_path)
    print(report.summary())
    assert content_of(database) == before
    assert report.is_whole
    assert HOUSEHOLD
