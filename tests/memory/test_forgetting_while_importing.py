"""Nothing is said to be forgotten that is on its way here from elsewhere."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.archives.merge import Merge
from custom_components.ai_memory.memory.importing.trial import Trial
from custom_components.ai_memory.memory.importing.writing import Writing
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Scope, TargetKind
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, KNOWN_TARGET, running, settled
from tests.memory.plans import bring, fill, plan, shared_plan

__all__ = ["plan", "shared_plan"]

pytestmark = pytest.mark.newest_only

TEXT = "Box 3 in the attic holds the toys of year 1003"
"""What the plan says, too."""


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        yield service


class Pause:
    """Makes something wait in the middle."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, of: type[Any], name: str
    ) -> None:
        self.reached, self.over = asyncio.Event(), asyncio.Event()
        original: Callable[..., Awaitable[Any]] = getattr(of, name)

        async def waits(*args: Any) -> Any:
            done = await original(*args)
            self.reached.set()
            await self.over.wait()
            return done

        monkeypatch.setattr(of, name, waits)


async def forget_all(service: MemoryService, ids: list[int]) -> list[str]:
    """Forget in every way; return why it was not done."""
    why = []
    for work in (
        service.forgetting.content(ANNA, ids),
        service.forgetting.older_than(ANNA, 0),
        service.owners.reassign(ANNA, BEN),
        service.owners.erase(ANNA),
    ):
        try:
            await work
        except InvalidInput as err:
            why.append(err.key)
    return why


async def let_go(service: MemoryService, document_id: UUID, key: str) -> list[str]:
    """Let go of single things for good; return why it was not done."""
    why = []
    for work in (
        service.documents.erase(ANNA, document_id),
        service.preferences.delete(ANNA, "tea.kind"),
        service.review.decide(ANNA, f"alias:{ANNA.owner}:{key}", accept=False),
    ):
        try:
            await work
        except InvalidInput as err:
            why.append(err.key)
    return why


async def owned(service: MemoryService, scope: Scope) -> int:
    return (await service.owners.owners()).get(scope.owner, 0)


async def test_import_of_a_plan(
    service: MemoryService,
    plan: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(plan, 200)
    memory, _ = await service.memories.remember(ANNA, TEXT)
    pause = Pause(monkeypatch, Writing, "store")
    importing = asyncio.create_task(bring(service, plan, tmp_path, scope=ANNA))
    await pause.reached.wait()
    assert await forget_all(service, [memory.id]) == ["import_running"] * 4
    assert TEXT in {one.content for one in await service.memories.list(ANNA)}
    pause.over.set()
    await importing
    # Nothing that was held back is lost.
    assert await service.owners.erase(ANNA)
    assert not await owned(service, ANNA)


async def test_trial_of_an_import(
    service: MemoryService,
    plan: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing comes of it."""
    fill(plan, 200)
    memory, _ = await service.memories.remember(ANNA, TEXT)
    pause = Pause(monkeypatch, Trial, "take")
    importing = asyncio.create_task(
        bring(service, plan, tmp_path, scope=ANNA, dry_run=True)
    )
    await pause.reached.wait()
    assert await service.forgetting.memories(ANNA, [memory.id]) == [memory.id]
    pause.over.set()
    await importing


async def test_archive(
    service: MemoryService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, _ = await service.memories.remember(ANNA, TEXT)
    await settled(service)
    await service.archive.export_all(
        tmp_path, name_of=lambda scope: None, file_name="all.zip"
    )
    for dry_run, expected in ((False, 4), (True, 0)):
        with monkeypatch.context() as patch:
            pause = Pause(patch, Merge, "begin")
            importing = asyncio.create_task(
                service.archive.import_all(tmp_path, "all.zip", dry_run=dry_run)
            )
            await pause.reached.wait()
            why = await forget_all(service, [memory.id])
            assert why == ["import_running"] * expected
            pause.over.set()
            await importing
    assert not await owned(service, ANNA)


async def test_what_a_move_has_read_already(
    database: FreshDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is put in again at the end, so it is not said to be gone."""
    async with running(database.settings) as service:
        manual, _ = await service.documents.add(
            ANNA, b"# Manual\n\nOpen the gas tap.", "manual.md", wait=True
        )
        await service.documents.delete(ANNA, manual.id)
        await service.preferences.set(ANNA, "tea.kind", "green")
        proposed = await service.preferences.propose_alias(
            ANNA, "my lamp", TargetKind.ENTITY, KNOWN_TARGET
        )
        accepted = await service.preferences.propose_alias(
            ANNA, "my light", TargetKind.ENTITY, KNOWN_TARGET
        )
        await settled(service)
        await service.archive.export_all(
            tmp_path, name_of=lambda scope: None, file_name="all.zip"
        )
        pause = Pause(monkeypatch, Merge, "begin")
        importing = asyncio.create_task(service.archive.import_all(tmp_path, "all.zip"))
        await pause.reached.wait()
        why = await let_go(service, manual.id, proposed.key)
        assert why == ["import_running"] * 3
        # Nobody asked to let go of these.
        assert await service.preferences.accept_alias(ANNA, accepted.key)
        assert await service.documents.expire(datetime.now(UTC)) == 1
        pause.over.set()
        await importing
        assert await service.preferences.delete(ANNA, "tea.kind")
