"""A manual in a folder: asked about, changed, deleted, taken back."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
import shutil
from typing import Final

import pytest
import pytest_asyncio
import pytest_socket

from demo import wiring
from demo.client import HassError, Json, Turn
from demo.demo_house import DemoHouse
from demo.flows import subentry_flow
from tests.e2e.talk import (
    Database,
    chats,
    is_loaded,
    last_user_message,
    remove_folder,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES: Final = Path(__file__).parents[1] / "documents" / "files"
MANUAL: Final = "boiler_manual.pdf"
EDITED: Final = "boiler_manual_v2.pdf"
"""The same, but no ignition is F29, not F28."""
ASKED: Final = "Which fault code of the boiler means no ignition after three attempts?"
KEPT: Final = "Which part number has the burner seal of the Kestrel?"
"""An answer that is kept: nothing in it sounds like a state of the home."""
NAME: Final = "Boiler things"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def folder(house: DemoHouse) -> AsyncGenerator[Path]:
    """Give a folder of documents of the house."""
    pytest_socket.enable_socket()
    folder = house.hass.config_dir / "boiler_things"
    folder.mkdir()
    [entry] = await house.client.entries("ai_memory")
    await subentry_flow(
        house.client,
        entry["entry_id"],
        "folder",
        {"name": NAME, "path": str(folder), "collection": "manuals"},
    )
    await until(lambda: _has_folder(house))
    yield folder
    pytest_socket.enable_socket()
    await remove_folder(house, NAME)
    shutil.rmtree(folder)


async def _has_folder(house: DemoHouse) -> bool:
    """Return whether the entry has been loaded with the folder."""
    try:
        state = await house.client.state("sensor.boiler_things_state")
    except HassError:
        return False
    return state["state"] == "idle" and await is_loaded(house)


async def synced(house: DemoHouse, number: int) -> None:
    """Have the folder looked at, and wait until as many documents are read and have their vectors."""
    began = datetime.now(UTC)

    async def is_done() -> bool:
        result = await house.client.service(
            "ai_memory.sync_documents", {"folder": NAME}, response=True
        )
        [progress] = result["folders"]
        finished_at = progress["finished_at"]
        return (
            progress["state"] == "idle"
            and progress["done"] == number
            and finished_at is not None
            and datetime.fromisoformat(finished_at) > began
        )

    await until(is_done)
    await wiring.wait_embedded(house.postgres.dsn(superuser=True))


async def documents(house: DemoHouse, **fields: object) -> list[Json]:
    result = await house.client.service(
        "ai_memory.list_documents", {"folder": NAME, **fields}, response=True
    )
    found: list[Json] = result["documents"]
    return found


async def given_again(house: DemoHouse, database: Database) -> Turn:
    """Ask until the kept answer is given; what is learned in the background may end one just as it was kept."""

    async def ask() -> Turn | None:
        turn = await house.client.run_pipeline(KEPT)
        return turn if (await database.turn(turn))["cache"] == "hit" else None

    async with asyncio.timeout(60):
        while (turn := await ask()) is None:
            await asyncio.sleep(0.2)
    return turn


async def test_manual_from_folder_to_bin_and_back(
    house: DemoHouse, database: Database, folder: Path
) -> None:
    shutil.copy(FILES / MANUAL, folder / "boiler.pdf")
    await synced(house, 1)
    [document] = await documents(house)
    assert document["pages"] == 14
    assert document["problem"] is None

    first = await house.client.run_pipeline(ASKED)
    assert "F28" in first.reply
    assert "page 12" in first.reply
    row = await database.turn(first)
    used = await database.fetch(
        "SELECT p.kind, c.page FROM context_references r JOIN passages p ON p.id = r.passage_id"
        " JOIN chunks c ON c.id = p.chunk_id WHERE r.turn_id = $1 AND r.verdict = 'used'",
        row["id"],
    )
    assert {"kind": "chunk", "page": 12} in used
    kept = await given_again(house, database)
    assert "KT-0417" in kept.reply
    assert "page 14" in kept.reply

    # Edited: neither the document nor the cache gives the old answer.
    shutil.copy(FILES / EDITED, folder / "boiler.pdf")
    await synced(house, 1)
    vectors = "SELECT count(*) FROM embeddings e JOIN passages p ON p.id = e.passage_id WHERE p.chunk_id IS NOT NULL"
    assert await database.value(vectors) > 0
    assert not await database.value(
        "SELECT count(*) FROM passages WHERE text LIKE '%F28%'"
    )
    again = await house.client.run_pipeline(KEPT)
    assert (await database.turn(again))["cache"] != "hit"
    await given_again(house, database)
    changed = await house.client.run_pipeline(ASKED)
    assert "F29" in changed.reply
    assert "F28" not in last_user_message(chats(house)[-1])
    [edited] = await documents(house)
    assert edited["id"] == document["id"]

    # Deleted: nothing of it is found.
    (folder / "boiler.pdf").unlink()
    await synced(house, 0)
    assert await documents(house) == []
    assert not await database.value(vectors)
    for question, words in ((ASKED, "F29"), (KEPT, "KT-0417")):
        gone = await house.client.run_pipeline(question)
        assert (await database.turn(gone))["cache"] != "hit"
        assert words not in gone.reply
        assert words not in last_user_message(chats(house)[-1])

    # Taken back from the bin, though the file is gone.
    await house.client.service(
        "ai_memory.restore_document", {"document_id": document["id"]}, response=True
    )
    await wiring.wait_embedded(house.postgres.dsn(superuser=True))
    back = await house.client.run_pipeline(ASKED)
    assert "F29" in back.reply
    assert "page 12" in back.reply
    await house.client.service(
        "ai_memory.delete_document",
        {"document_id": document["id"], "for_good": True},
        response=True,
    )


async def test_file_that_cannot_be_read_is_told_with_its_reason(
    house: DemoHouse, folder: Path
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (folder / "note.md").write_text("# Note\n\nThe siphon was cleaned in May.\n")
    await synced(house, 2)
    [failed] = await documents(house, state="failed")
    assert failed["problem"] == "broken"
    [entry] = await house.client.entries("ai_memory")
    subentries = await house.client.call(
        "config_entries/subentries/list", entry_id=entry["entry_id"]
    )
    [subentry] = [found for found in subentries if found["title"] == NAME]
    step = await house.client.subentry_flow(
        entry["entry_id"], "folder", subentry["subentry_id"]
    )
    step = await house.client.subentry_flow_step(
        step["flow_id"], {"next_step_id": "report"}
    )
    assert "broken.pdf" in step["description_placeholders"]["documents"]
    assert "damaged" in step["description_placeholders"]["documents"]
    state = await house.client.state("sensor.boiler_things_not_readable")
    assert state["state"] == "1"
