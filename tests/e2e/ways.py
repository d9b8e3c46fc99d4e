"""The ways into memory beside speech, and for each operation a check that takes any of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import json
from typing import Final
from urllib.parse import urlencode
from zipfile import ZipFile

from demo import wiring
from demo.client import HassClient, HassError, Json, Turn
from demo.demo_house import DemoHouse
from demo.flows import subentry_flow
from tests.e2e.talk import Database, remove_folder, until

ENDPOINTS: Final = {
    "remember": ("POST", "/api/ai_memory/memory/add"),
    "recall": ("GET", "/api/ai_memory/memory/search"),
    "set_preference": ("POST", "/api/ai_memory/preferences/set"),
    "get_preference": ("GET", "/api/ai_memory/preferences/get"),
    "feedback": ("POST", "/api/ai_memory/training/feedback"),
    "export_training_data": ("GET", "/api/ai_memory/training/export"),
    "cache_stats": ("GET", "/api/ai_memory/cache/stats"),
    "clear_cache": ("DELETE", "/api/ai_memory/cache/clear"),
}
"""Those of the plan, by the operation behind them."""
WAYS: Final = ("action", "websocket", "http")

CLEO: Final = "person.cleo"
DORA: Final = "person.dora"
DESK_LAMP: Final = "light.office_desk"


def word_for(test: str) -> str:
    """Return a word for a test that no other one says."""
    return "".join(letter for letter in test if letter.isalpha()).lower() + "zither"


@dataclass
class At:
    """One person's way in; `word` is in nothing that was ever said before."""

    client: HassClient
    house: DemoHouse
    database: Database
    way: str
    word: str
    asked: set[str] = field(default_factory=set)

    @property
    def fact(self) -> str:
        """A sentence to remember."""
        return f"The {self.word} hangs in the loft"

    async def ask(self, operation: str, **data: object) -> Json:
        """Perform an operation the way that is tested, by an action where that has none of it."""
        response: Json
        if self.way == "websocket":
            response = await self.client.call(f"ai_memory/{operation}", **data)
        elif self.way == "http" and operation in ENDPOINTS:
            response = await self._request(*ENDPOINTS[operation], data)
        else:
            response = await self.client.service(
                f"ai_memory.{operation}", data, response=True
            )
            if self.way != "action":
                return response
        self.asked.add(operation)
        return response

    async def _request(self, method: str, path: str, data: Json) -> Json:
        answer: Json
        if method == "POST":
            answer = await self.client.rest(method, path, data)
            return answer
        path = f"{path}?{urlencode(data)}"
        if path.startswith(ENDPOINTS["export_training_data"][1]):
            return {"lines": await self.client.rest_lines(path)}
        answer = await self.client.rest(method, path)
        return answer

    async def remember(self, **data: object) -> Json:
        """Have the fact remembered, privately."""
        return await self.ask("remember", content=self.fact, private=True, **data)

    async def say(self, text: str = "") -> tuple[Turn, Json]:
        """Say something with the word in it; return the turn, and its row."""
        turn = await self.client.run_pipeline(text or f"Sing about the {self.word}!")
        return turn, await self.database.turn(turn)

    async def propose(self) -> None:
        """Let the language model remember the fact."""
        arguments = json.dumps({"content": self.fact, "private": True})
        await self.say(f"use tool ai_memory__remember with {arguments}")

    async def is_remembered(self) -> bool:
        """Return whether the fact is in the database."""
        return bool(
            await self.database.value(
                "SELECT count(*) FROM memories WHERE content = $1", self.fact
            )
        )


type Check = Callable[[At], Awaitable[None]]

CHECKS: Final[dict[str, Check]] = {}
"""By operation."""


def _checks(check: Check) -> Check:
    CHECKS[check.__name__] = check
    return check


# --- memories


@_checks
async def remember(at: At) -> None:
    stored = await at.remember()
    assert stored["new"]
    assert stored["owner"] == CLEO
    [row] = await at.database.fetch(
        "SELECT id, owner, status FROM memories WHERE content = $1", at.fact
    )
    assert row["id"] == stored["id"]
    assert row["owner"].startswith("person:")
    assert row["status"] == "accepted"


@_checks
async def update_memory(at: At) -> None:
    stored = await at.remember()
    content = f"The {at.word} lies in the cellar"
    await at.ask("update_memory", memory_id=stored["id"], content=content)
    assert content == await at.database.value(
        "SELECT content FROM memories WHERE id = $1", stored["id"]
    )
    assert not await at.database.value(
        "SELECT count(*) FROM passages WHERE text = $1", at.fact
    )


@_checks
async def get_memory(at: At) -> None:
    stored = await at.remember()
    assert (await at.ask("get_memory", memory_id=stored["id"]))["content"] == at.fact


@_checks
async def list_memories(at: At) -> None:
    stored = await at.remember()
    [found] = (await at.ask("list_memories", query=at.word))["memories"]
    assert found["id"] == stored["id"]


@_checks
async def recall(at: At) -> None:
    stored = await at.remember()
    answer = await at.ask("recall", query=f"Where is the {at.word}?", limit=1)
    [passage] = answer["passages"]
    assert (passage["kind"], passage["id"]) == ("memory", stored["id"])


@_checks
async def get_context(at: At) -> None:
    await at.remember()
    answer = await at.ask("get_context", query=f"Where is the {at.word}?")
    assert at.fact in answer["context"]
    assert at.fact in {source["content"] for source in answer["sources"]}


# --- preferences


@_checks
async def set_preference(at: At) -> None:
    value = {"shades": [at.word]}
    await at.ask("set_preference", key=f"colours.{at.word}", value=value, private=True)
    assert value == await at.database.value(
        "SELECT value FROM preferences WHERE key = $1", f"colours.{at.word}"
    )


async def _prefer(at: At) -> str:
    key = f"colours.{at.word}"
    await at.ask("set_preference", key=key, value="violet", private=True)
    return key


@_checks
async def get_preference(at: At) -> None:
    key = await _prefer(at)
    answer = await at.ask("get_preference", key=key)
    assert answer["preference"]["value"] == "violet"
    assert answer["preference"]["owner"] == CLEO


@_checks
async def list_preferences(at: At) -> None:
    key = await _prefer(at)
    listed = (await at.ask("list_preferences"))["preferences"]
    assert key in {preference["key"] for preference in listed}


@_checks
async def delete_preference(at: At) -> None:
    key = await _prefer(at)
    assert await at.ask("delete_preference", key=key, private=True) == {"deleted": True}
    assert not await at.database.fetch("SELECT FROM preferences WHERE key = $1", key)


@_checks
async def set_alias(at: At) -> None:
    await _name(at)
    _, row = await at.say(f"turn off my {at.word}")
    assert row["resolved_text"] == "turn off Desk lamp"


async def _name(at: At) -> None:
    await at.ask("set_alias", phrase=f"my {at.word}", entity_id=DESK_LAMP, private=True)


@_checks
async def list_aliases(at: At) -> None:
    await _name(at)
    assert {
        "phrase": f"my {at.word}",
        "entity_id": DESK_LAMP,
        "owner": CLEO,
    } in (await at.ask("list_aliases"))["aliases"]


# --- conversations


@_checks
async def list_conversations(at: At) -> None:
    turn, _ = await at.say()
    listed = (await at.ask("list_conversations"))["conversations"]
    assert turn.conversation_id in {one["session_id"] for one in listed}


@_checks
async def get_conversation(at: At) -> None:
    turn, row = await at.say()
    answer = await at.ask("get_conversation", conversation_id=row["conversation_id"])
    [shown] = answer["turns"]
    assert (shown["text"], shown["reply"]) == (turn.text, turn.reply)


@_checks
async def get_turn(at: At) -> None:
    await at.remember()
    turn, row = await at.say(f"Where is the {at.word}?")
    answer = await at.ask("get_turn", turn_id=str(row["id"]))
    assert answer["text"] == turn.text
    used = [one for one in answer["recalled"] if one["verdict"] == "used"]
    assert at.fact in {one["snippet"] for one in used}


@_checks
async def search_conversations(at: At) -> None:
    _, row = await at.say()
    found = (await at.ask("search_conversations", query=at.word))["turns"]
    assert str(row["id"]) in {turn["id"] for turn in found}


@_checks
async def tag_conversation(at: At) -> None:
    _, row = await at.say()
    conversation = {"conversation_id": row["conversation_id"]}
    await at.ask("tag_conversation", **conversation, add=[at.word, "songs"])
    answer = await at.ask("tag_conversation", **conversation, remove=["songs"])
    assert answer["tags"] == [at.word]
    assert [{"tag": at.word}] == await at.database.fetch(
        "SELECT tag FROM tags WHERE conversation_id = $1", row["conversation_id"]
    )


@_checks
async def delete_conversation(at: At) -> None:
    _, row = await at.say()
    await at.ask("delete_conversation", conversation_id=row["conversation_id"])
    assert await _deleted_at(at, row)
    assert not (await at.ask("search_conversations", query=at.word))["turns"]


@_checks
async def restore_conversation(at: At) -> None:
    _, row = await at.say()
    for operation in ("delete_conversation", "restore_conversation"):
        await at.ask(operation, conversation_id=row["conversation_id"])
    assert await _deleted_at(at, row) is None
    assert (await at.ask("search_conversations", query=at.word))["turns"]


async def _deleted_at(at: At, row: Json) -> object:
    return await at.database.value(
        "SELECT deleted_at FROM conversations WHERE id = $1", row["conversation_id"]
    )


# --- feedback


async def _rate(at: At) -> Json:
    _, row = await at.say()
    return await at.ask(
        "feedback", turn_id=str(row["id"]), rating=4, comment=f"Nice {at.word}"
    )


@_checks
async def feedback(at: At) -> None:
    rated = await _rate(at)
    assert rated["new"]
    assert [{"rating": 4, "comment": f"Nice {at.word}"}] == await at.database.fetch(
        "SELECT rating, comment FROM feedback WHERE id = $1", rated["id"]
    )


@_checks
async def list_feedback(at: At) -> None:
    rated = await _rate(at)
    listed = (await at.ask("list_feedback", min_rating=4, max_rating=4))["feedback"]
    assert rated["id"] in {one["id"] for one in listed}


@_checks
async def export_training_data(at: At) -> None:
    turn, _ = await at.say()
    lines = (await at.ask("export_training_data", format="instruction"))["lines"]
    assert {"instruction": turn.text, "input": "", "output": turn.reply} in [
        json.loads(line) for line in lines
    ]


# --- forgetting, and whose it is


@_checks
async def forget(at: At) -> None:
    stored = await at.remember()
    shown = await at.ask("forget", query=at.word)
    assert shown["candidates"][0]["id"] == stored["id"]
    assert await at.is_remembered()
    done = await at.ask("forget", token=shown["token"], memory_ids=[stored["id"]])
    assert done["forgotten"] == [stored["id"]]
    assert not await at.is_remembered()


@_checks
async def list_owners(at: At) -> None:
    await at.remember()
    owners = {one["owner"]: one for one in (await at.ask("list_owners"))["owners"]}
    assert owners[CLEO]["rows"] > 0
    assert not owners[CLEO]["gone"]


@_checks
async def reassign_owner(at: At) -> None:
    stored = await at.remember(person=DORA)
    done = await at.ask("reassign_owner", from_person=DORA, to_person=CLEO)
    assert done["owner"] == CLEO
    found = await at.ask("get_memory", memory_id=stored["id"])
    assert found["owner"] == CLEO


@_checks
async def erase_owner(at: At) -> None:
    await at.remember(person=DORA)
    shown = await at.ask("erase_owner", person=DORA)
    assert shown["memories"] == 1
    assert await at.is_remembered()
    await at.ask("erase_owner", person=DORA, confirm=True)
    assert not await at.is_remembered()


# --- secrets


@_checks
async def list_dropped_secrets(at: At) -> None:
    turn = await at.client.run_pipeline(f"The password of the {at.word} is Sesam4711")
    [row] = await at.database.fetch_when_there(
        "SELECT t.id, t.text FROM turns t JOIN conversations c"
        " ON c.id = t.conversation_id WHERE c.session_id = $1",
        turn.conversation_id,
    )
    assert "Sesam4711" not in row["text"]
    dropped = (await at.ask("list_dropped_secrets"))["dropped"]
    assert ("password", str(row["id"]), CLEO) in {
        (one["kind"], one["turn_id"], one["owner"]) for one in dropped
    }
    assert "Sesam4711" not in str(dropped)


# --- review


@_checks
async def list_proposals(at: At) -> None:
    await at.propose()
    listed = (await at.ask("list_proposals"))["proposals"]
    assert (CLEO, at.fact) in {(one["owner"], one["text"]) for one in listed}


@_checks
async def review_proposal(at: At) -> None:
    await at.propose()
    [proposal] = [
        one
        for one in (await at.ask("list_proposals"))["proposals"]
        if one["text"] == at.fact
    ]
    await at.ask("review_proposal", proposal_id=proposal["id"], accept=True)
    assert (
        await at.database.value(
            "SELECT status FROM memories WHERE content = $1", at.fact
        )
        == "accepted"
    )


# --- cache


async def _answer_kept(at: At) -> None:
    """Ask until an answer is kept: it is not where what is known changes meanwhile, by work in the background as well."""
    question = f"Who owns the {at.word}?"

    async def kept() -> bool:
        await wiring.wait_embedded(at.house.postgres.dsn(superuser=True))
        await at.say(question)
        try:
            async with asyncio.timeout(2):
                await at.database.stored_answer(question)
        except TimeoutError:
            return False
        return True

    await until(kept)


@_checks
async def cache_stats(at: At) -> None:
    before = await at.ask("cache_stats")
    await _answer_kept(at)
    after = await at.ask("cache_stats")
    assert after["misses"] > before["misses"]
    assert after["entries"] > 0


@_checks
async def clear_cache(at: At) -> None:
    async def cleared() -> bool:
        await _answer_kept(at)
        return bool((await at.ask("clear_cache"))["cleared"])

    await until(cleared)
    assert (await at.ask("cache_stats"))["entries"] == 0


# --- archive


async def _export(at: At) -> Json:
    return await at.ask("export_all", file_name=f"{at.word}.zip", person=CLEO)


@_checks
async def export_all(at: At) -> None:
    await at.remember()
    exported = await _export(at)
    with ZipFile(at.house.hass.config_dir / exported["path"]) as archive:
        assert at.fact in archive.read("memories.jsonl").decode()
    assert exported["rows"]["memories"] > 0


@_checks
async def import_all(at: At) -> None:
    stored = await at.remember()
    exported = await _export(at)
    await at.ask("forget", memory_ids=[stored["id"]])
    for dry_run in (True, False):
        imported = await at.ask(
            "import_all", file_name=exported["file_name"], dry_run=dry_run
        )
        assert imported["added"]["memories"] == 1
        assert await at.is_remembered() is not dry_run


# --- documents


async def _add_document(at: At, **data: object) -> Json:
    added = await at.ask(
        "add_document",
        content=f"# Notes\n\n{at.fact}",
        title=f"Notes on the {at.word}",
        collection="notes",
        private=True,
        **data,
    )
    await until(lambda: _is_ready(at, added["id"]))
    return await at.ask("get_document", document_id=added["id"])


async def _is_ready(at: At, document_id: str) -> bool:
    document = await at.ask("get_document", document_id=document_id)
    return bool(document["state"] == "ready")


async def _is_found(at: At) -> bool:
    found = await at.ask("recall", query=f"Where does the {at.word} hang?", limit=50)
    return any(
        passage["kind"] == "chunk" and at.fact in passage["content"]
        for passage in found["passages"]
    )


@_checks
async def add_document(at: At) -> None:
    document = await _add_document(at)
    assert document["owner"] == CLEO
    assert document["title"] == f"Notes on the {at.word}"
    assert document["format"] == "md"
    assert document["collection"] == "notes"
    assert await _is_found(at)
    again = await at.ask(
        "add_document",
        content=f"# Notes\n\n{at.fact}",
        collection="notes",
        private=True,
    )
    assert not again["new"]
    assert again["id"] == document["id"]


@_checks
async def list_documents(at: At) -> None:
    document = await _add_document(at)
    listed = await at.ask("list_documents", query=at.word, state="ready")
    assert [found["id"] for found in listed["documents"]] == [document["id"]]
    assert not (await at.ask("list_documents", query=at.word, deleted=True))[
        "documents"
    ]


@_checks
async def get_document(at: At) -> None:
    document = await _add_document(at)
    assert document["problem"] is None
    assert document["words"] > 3
    [version] = document["versions"]
    assert len(version["sha256"]) == 64
    assert document["names"] == [{"folder": None, "path": "note.md"}]


@_checks
async def delete_document(at: At) -> None:
    for for_good in (False, True):
        document = await _add_document(at)
        await at.ask("delete_document", document_id=document["id"], for_good=for_good)
        assert not await _is_found(at)
        kept = await at.database.value(
            "SELECT count(*) FROM documents WHERE id = $1::uuid", document["id"]
        )
        assert kept == (not for_good)


@_checks
async def restore_document(at: At) -> None:
    document = await _add_document(at)
    await at.ask("delete_document", document_id=document["id"])
    restored = await at.ask("restore_document", document_id=document["id"])
    assert restored["deleted_at"] is None
    assert await _is_found(at)


@_checks
async def sync_documents(at: At) -> None:
    folder = at.house.hass.config_dir / "synced" / at.way
    folder.mkdir(parents=True)
    [entry] = await at.client.entries("ai_memory")
    await subentry_flow(
        at.client,
        entry["entry_id"],
        "folder",
        {"name": at.word, "path": str(folder), "collection": "synced"},
    )

    async def is_done(number: int) -> bool:
        try:
            synced = await at.ask("sync_documents", folder=at.word)
        except HassError:
            # The entry is loading with the new folder.
            return False
        [progress] = synced["folders"]
        return bool(progress["state"] == "idle" and progress["done"] == number)

    await until(lambda: is_done(0))
    (folder / "notes.md").write_text(f"# Notes\n\n{at.fact}\n")
    await until(lambda: is_done(1))
    assert await _is_found(at)

    async def is_stopped() -> bool:
        stopped = await at.ask("sync_documents", folder=at.word, stop=True)
        return bool(stopped["folders"][0]["state"] == "stopped")

    await until(is_stopped)
    await remove_folder(at.house, at.word)


# --- shelves


async def _notes(at: At) -> Json:
    """Return Cleo's own shelf."""
    listed = await at.ask("list_collections")
    [shelf] = [
        shelf
        for shelf in listed["collections"]
        if (shelf["name"], shelf["owner"]) == ("notes", CLEO)
    ]
    found: Json = shelf
    return found


@_checks
async def list_collections(at: At) -> None:
    await _add_document(at)
    shelf = await _notes(at)
    assert shelf["documents"] >= 1
    assert (shelf["memories"], shelf["statements"]) == (0, 0)


@_checks
async def update_collection(at: At) -> None:
    await _add_document(at)
    described = await at.ask(
        "update_collection",
        collection="notes",
        description=f"All about the {at.word}",
        private=True,
    )
    assert described == await _notes(at)
    assert described["description"] == f"All about the {at.word}"


@_checks
async def summarise_collection(at: At) -> None:
    document = await _add_document(at)
    summarised = await at.ask("summarise_collection", collection="notes", private=True)
    assert summarised["summary_by"] == "extract"
    assert document["title"] in summarised["summary"]


# --- from elsewhere


_PLAN_SCHEMA: Final = "CREATE TABLE knowledge (id serial, content text, tags text[])"


async def _plan(at: At) -> Json:
    """Make a database that follows the plan, with the fact in it; return what names it."""
    postgres = at.house.postgres
    name = f"plan_{at.way}_{at.word}"[:60]
    postgres.create_database(name, vector=False)
    postgres.execute(_PLAN_SCHEMA, name, superuser=False)
    postgres.execute(
        f"INSERT INTO knowledge (content) VALUES ('{at.fact}')", name, superuser=False
    )
    return {"dsn": postgres.dsn(name), "person": CLEO}


def _lines(at: At, *contents: str) -> Json:
    """Write a file of lines; return what names it."""
    folder = at.house.hass.config_dir / "ai_memory" / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{at.way}_{at.word}.jsonl"
    (folder / name).write_text(
        "".join(json.dumps({"content": content}) + "\n" for content in contents)
    )
    return {"file_name": name, "person": CLEO}


@_checks
async def import_from_database(at: At) -> None:
    source = await _plan(at)
    dry = await at.ask("import_from_database", **source, dry_run=True)
    assert dry["tables"]["knowledge"]["taken"] == 1
    assert not await at.is_remembered()
    done = await at.ask("import_from_database", **source)
    assert done["verified"]
    assert await at.is_remembered()
    found = (await at.ask("list_memories", query=at.word))["memories"]
    assert [memory["owner"] for memory in found] == [CLEO]


@_checks
async def import_from_file(at: At) -> None:
    done = await at.ask("import_from_file", **_lines(at, at.fact))
    assert done["tables"]["knowledge"]["added"] == 1
    assert await at.is_remembered()


@_checks
async def import_state(at: At) -> None:
    await at.ask("import_from_file", **_lines(at, at.fact))
    state = await at.ask("import_state")
    assert state["state"] == "done"
    assert state["done"] == state["total"] > 0


@_checks
async def stop_import(at: At) -> None:
    many = _lines(at, *(f"{at.fact} {number}" for number in range(3000)))
    await at.ask("import_from_file", **many, background=True)
    await at.ask("stop_import")

    async def stopped() -> bool:
        state = (await at.ask("import_state"))["state"]
        return bool(state == "stopped")

    await until(stopped)
    stored = await at.database.value(
        "SELECT count(*) FROM memories WHERE content LIKE $1", f"{at.fact}%"
    )
    assert stored < 3000
