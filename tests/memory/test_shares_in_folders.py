"""A share that is mounted somewhere below a folder, and is not there for a while.

What was read from it stays; people are told, since it may as well be a folder of which the files were deleted.
"""

import os
from pathlib import Path
import shutil
import time

import pytest

from custom_components.ai_memory.memory.folder_sync import FolderState
from custom_components.ai_memory.memory.service import MemoryService
from tests.databases import FreshDatabase
from tests.documents_support import (
    folder,
    found,
    leave_empty,
    move,
    passages,
    synced,
    text,
    write,
)
from tests.engine import running, settled


async def test_documents_of_a_share_that_is_away_stay(
    emptied_database: FreshDatabase, tmp_path: Path
) -> None:
    root = tmp_path / "manuals"
    share = root / "house/share"
    write(root / "kettle.md", text("kettle"))
    write(share / "boiler.md", text("boiler"))
    write(share / "kitchen/oven.md", text("oven"))
    settings = [folder(root)]
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        before = passages(emptied_database)
        away = move(share, tmp_path / "away")
        leave_empty(share)
        assert await problem_of(service, asked=True) == "subfolder_emptied"
        assert await found(service, "boiler setting") == {"About the boiler"}
    # Also after a restart, and where something else changes.
    (root / "kettle.md").unlink()
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        assert service.folders.progress[0].problem == "subfolder_emptied"
        assert await found(service, "oven setting") == {"About the oven"}
        assert await found(service, "kettle setting") == set()
        shutil.rmtree(share)
        move(away, share)
        await synced(service)
        assert passages(emptied_database) == before
        # Here somebody deletes.
        shutil.rmtree(share / "kitchen")
        (share / "boiler.md").unlink()
        await synced(service)
        assert await found(service, "boiler setting") == set()
        assert await found(service, "oven setting") == set()


async def test_empty_folder_in_place_of_a_share(
    emptied_database: FreshDatabase, tmp_path: Path
) -> None:
    """Home Assistant puts one there that is newer than all that was read."""
    root = tmp_path / "media"
    share = root / "share"
    write(root / "kettle.md", text("kettle"))
    write(share / "boiler.md", text("boiler"))
    write(root / "other/oven.md", text("oven"))
    write(root / "other/deep/pump.md", text("pump"))
    settings = [folder(root)]

    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        away = move(share, tmp_path / "away")
        put_there(share)
        assert await problem_of(service) == "subfolder_emptied"
        assert await found(service, "boiler setting") == {"About the boiler"}
        # What somebody deletes is gone at once, also the last file of a folder.
        (root / "other/deep/pump.md").unlink()
        (root / "other/oven.md").unlink()
        assert await problem_of(service) == "subfolder_emptied"
        assert await found(service, "pump setting") == set()
        assert await found(service, "oven setting") == set()
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
        assert await found(service, "boiler setting") == {"About the boiler"}
        shutil.rmtree(share)
        move(away, share)
        await synced(service)
        assert await found(service, "boiler setting") == {"About the boiler"}
        # It is away for good, and somebody says so.
        move(share, away)
        put_there(share)
        assert await problem_of(service) == "subfolder_emptied"
        assert await found(service, "boiler setting") == {"About the boiler"}
        await synced(service)
        assert await found(service, "boiler setting") == set()


@pytest.mark.parametrize("below", [".", "share"])
async def test_blank_disk_in_place_of_a_share(
    emptied_database: FreshDatabase, tmp_path: Path, below: str
) -> None:
    """What file systems and servers put onto it does not count."""
    root = tmp_path / "media"
    share = root / below
    write(share / "boiler.md", text("boiler"))
    if share != root:
        write(root / "kettle.md", text("kettle"))
    async with running(emptied_database.settings, folders=[folder(root)]) as service:
        await settled(service)
        move(share, tmp_path / "away")
        put_there(share)
        for name in ("lost+found", "#recycle", "@eaDir"):
            (share / name).mkdir()
        problem = await problem_of(service)
        assert problem == ("folder_emptied" if share == root else "subfolder_emptied")
        assert await found(service, "boiler setting") == {"About the boiler"}


async def problem_of(service: MemoryService, *, asked: bool = False) -> str | None:
    """Look at the folder, as by itself or as somebody who asks for it; return what is wrong with it then."""
    if asked:
        service.folders.sync()
    else:
        service.folders.look_again(["manuals"])
    await settled(service)
    [progress] = service.folders.progress
    assert (progress.state is FolderState.FAILED) is bool(progress.problem)
    return progress.problem


def put_there(path: Path) -> None:
    """Make an empty folder that is newer than all that was read."""
    path.mkdir()
    os.utime(path, (time.time() + 10,) * 2)
