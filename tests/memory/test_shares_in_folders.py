"""A share that is mounted somewhere below a folder, and is not there for a while."""

from pathlib import Path
import shutil

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
        await synced(service)
        assert await found(service, "boiler setting") == {"About the boiler"}
    # Also after a restart, and where something else changes.
    (root / "kettle.md").unlink()
    async with running(emptied_database.settings, folders=settings) as service:
        await settled(service)
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
