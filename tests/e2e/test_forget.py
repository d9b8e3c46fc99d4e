"""What is forgotten is nowhere any more: no table, no file, no archive."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import json
from pathlib import Path
from typing import Final
from uuid import uuid7
from zipfile import ZipFile

import pytest

from demo.client import HassClient
from demo.demo_house import DemoHouse
from tests.e2e.talk import Database, remember, until

pytestmark = [pytest.mark.newest_only, pytest.mark.asyncio(loop_scope="session")]

# Home Assistant's own: its recorder keeps what actions are called with.
NOT_OURS: Final = ("home-assistant_v2.db*",)

EVERYWHERE: Final = {
    "memories",
    "passages",
    "turns",
    "messages",
    "context_references",
    "response_cache",
    "conversations",
    "feedback",
    "tags",
}


class Traces:
    """Where a word stands."""

    def __init__(self, house: DemoHouse, database: Database, word: str) -> None:
        """Take the word; case does not count."""
        self._house = house
        self._database = database
        self._word = word

    @property
    def journal(self) -> Path:
        """The file in which turns wait for the database."""
        [journal] = self._house.hass.config_dir.glob(".storage/ai_memory/*.journal")
        return journal

    async def in_tables(self) -> set[str]:
        """Return the tables with a row that holds it."""
        names = await self._database.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'ai_memory'::regnamespace"
        )
        assert len(names) > 15
        return {
            row["relname"]
            for row in names
            if await self._database.value(
                f"SELECT EXISTS (SELECT FROM {row['relname']} AS one"
                " WHERE one::text ILIKE '%' || $1 || '%')",
                self._word,
            )
        }

    def in_files(self) -> set[str]:
        """Return the files of Home Assistant that hold it, as they are or packed."""
        folder = self._house.hass.config_dir
        return {
            str(path.relative_to(folder))
            for path in folder.rglob("*", recurse_symlinks=False)
            if path.is_file()
            and not any(path.match(pattern) for pattern in NOT_OURS)
            and self._word in _content(path).lower()
        }


def _content(path: Path) -> str:
    if path.suffix != ".zip":
        return path.read_text(errors="replace")
    with ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


async def _by_voice(house: DemoHouse, word: str) -> None:
    asked = await house.client.run_pipeline(
        f"Forget what you know about the {word} seeds"
    )
    assert word in asked.reply
    done = await house.client.run_pipeline("yes", conversation_id=asked.conversation_id)
    assert done.reply.startswith("I have forgotten")


async def _by_action(house: DemoHouse, word: str) -> None:
    async def forget(**data: object) -> dict[str, object]:
        answer: dict[str, object] = await house.client.service(
            "ai_memory.forget", data, response=True
        )
        return answer

    shown = await forget(query=f"{word} seeds", relevant_only=True)
    assert word in str(shown["candidates"])
    done = await forget(token=shown["token"])
    assert done["forgotten"]


WAYS: Final = [("kohlrabi", _by_voice), ("rutabaga", _by_action)]


@pytest.mark.parametrize(("word", "forget"), WAYS)
async def test_no_trace_is_left(
    house: DemoHouse,
    ben: HassClient,
    database: Database,
    word: str,
    forget: Callable[[DemoHouse, str], Awaitable[None]],
) -> None:
    traces = Traces(house, database, word)
    fact = f"The {word} seeds are in the blue jar"
    question = f"Where are the {word} seeds?"
    client = house.client
    other = await database.turn(await client.run_pipeline("Hum a quiet tune!"))

    await remember(client, house, fact)
    for speaker in (client, ben):
        assert (await speaker.run_pipeline(question)).reply == fact
    assert (
        word
        in (
            await client.run_pipeline(f"What do you know about the {word} seeds?")
        ).reply
    )
    comment = {"turn_id": str(other["id"]), "rating": 5, "comment": f"{fact}!"}
    await client.service("ai_memory.feedback", comment)
    tag = {"conversation_id": other["conversation_id"], "add": [fact]}
    await client.service("ai_memory.tag_conversation", tag)

    # One turn that waits for the database, one that it never took.
    house.postgres.freeze()
    try:
        await client.run_pipeline(f"Sing it: {fact.upper()}!")
        line = await until(partial(asyncio.to_thread, _line_with, traces.journal, word))
    finally:
        house.postgres.thaw()
    assert line
    refused = json.loads(line) | {"id": str(uuid7())}
    traces.journal.with_suffix(".rejected").write_text(json.dumps(refused) + "\n")

    async def is_everywhere() -> bool:
        # A new calibration in the background lets all kept answers go.
        await client.run_pipeline(question)
        return await traces.in_tables() >= EVERYWHERE

    await until(is_everywhere)
    assert {path.rpartition(".")[2] for path in traces.in_files()} >= {"rejected"}

    await forget(house, word)

    assert await traces.in_tables() == set()
    exported = await client.service("ai_memory.export_all", response=True)
    archive = house.hass.config_dir / exported["path"]
    assert "Hum a quiet tune!" in _content(archive)
    assert traces.in_files() == set()
    archive.unlink()


def _line_with(journal: Path, word: str) -> str | None:
    return next(
        (line for line in journal.read_text().splitlines() if word in line.lower()),
        None,
    )
