"""The response cache: when an answer is given again, and why not."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
import pytest

from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.memory.retention import Retention
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    AnsweredBy,
    CacheVerdict,
    Scope,
    ToolExecution,
)
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.engine import (
    ANNA,
    BEN,
    HOUSEHOLD,
    answered,
    look_up,
    ollama,
    running,
    settled,
    turn,
)

QUESTION = "Where is the spare key?"
ANSWER = "Under the blue flower pot."


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the blue flower pot"
        )
        await settled(service)
        yield service


@pytest.fixture
def gates_change_nothing(
    service: MemoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep the answers where gates are measured anew, so that only knowledge counts."""

    async def keep() -> None:
        pass

    monkeypatch.setattr(service.store.responses, "clear_all", keep)


async def is_hit(
    service: MemoryService, scope: Scope = HOUSEHOLD, text: str = QUESTION, **how: Any
) -> bool:
    found = await look_up(service, text, scope, **how)
    assert (found.cache is CacheVerdict.HIT) == (found.answer is not None)
    return found.answer is not None


def count(database: FreshDatabase, owner: str = "%") -> int:
    return int(
        database.execute(
            f"SELECT count(*) FROM ai_memory.response_cache WHERE owner LIKE '{owner}'"
        )
    )


async def a_command() -> bool:
    return True


# What is said, how it is asked, how the turn goes on; what the cache says before and after.
VERDICTS: dict[str, tuple[str, dict[str, Any], dict[str, Any], str, str]] = {
    "stored": (QUESTION, {}, {}, "miss", "stored"),
    "off": (QUESTION, {"cache": False}, {}, "off", "off"),
    "follow-up": (QUESTION, {"is_follow_up": True}, {}, "follow_up", "follow_up"),
    "request": ("Tell Anna the news", {}, {}, "not_a_question", "not_a_question"),
    "command": (QUESTION, {"is_command": a_command}, {}, "command", "command"),
    "local": (QUESTION, {}, {"answered_by": AnsweredBy.INTENT}, "miss", "command"),
    "intent": (QUESTION, {}, {"intent": "HassGetState"}, "miss", "command"),
    "lamp": (QUESTION, {"names_live_thing": True}, {}, "live_state", "live_state"),
    "weather": ("What is the weather like?", {}, {}, "live_state", "live_state"),
    "clock": (QUESTION, {}, {"reply": "It is 21:40 now."}, "miss", "live_state"),
    "past": ("What did we say about the boiler?", {}, {}, "asks_past", "asks_past"),
    "tools": (
        QUESTION,
        {},
        {"tools": [ToolExecution("GetTime", {}, None, succeeded=True)]},
        "miss",
        "used_tools",
    ),
    "error": (QUESTION, {}, {"error": "timeout"}, "miss", "failed"),
    "silence": (QUESTION, {}, {"reply": None}, "miss", "failed"),
    "asks": (QUESTION, {}, {"reply": "Which one?"}, "miss", "asks_back"),
    "listens": (QUESTION, {}, {"continues": True}, "miss", "asks_back"),
    "no model": (
        QUESTION,
        {"asks_language_model": False},
        {},
        "no_language_model",
        "no_language_model",
    ),
    "long question": (f"{QUESTION} {'why ' * 600}?", {}, {}, "too_long", "too_long"),
    "long answer": (QUESTION, {}, {"reply": "so " * 4000}, "miss", "too_long"),
}


@pytest.mark.parametrize("name", VERDICTS)
async def test_verdicts(
    name: str, service: MemoryService, database: FreshDatabase
) -> None:
    text, how, end, before, after = VERDICTS[name]
    found = await look_up(service, text, **how)
    assert found.cache == before
    done = await answered(service, text, **{"reply": ANSWER, **end}, found=found)
    assert done.cache == after
    assert database.execute("SELECT cache FROM ai_memory.turns") == after
    assert count(database) == (after == "stored")
    assert await is_hit(service) == (after == "stored")


async def test_hit(service: MemoryService, database: FreshDatabase) -> None:
    await answered(service, QUESTION, ANSWER)
    for text in (QUESTION, "where is  the SPARE key", "Where is the spare key?!"):
        found = await look_up(service, text)
        assert found.cache is CacheVerdict.HIT
        assert found.answer
        assert found.answer.answer == ANSWER
        assert (found.context, found.references) == (None, [])
    done = turn(QUESTION, reply=ANSWER, answered_by=AnsweredBy.CACHE)
    await service.record(done, found=found)
    await settled(service)
    assert done.cache is CacheVerdict.HIT
    assert database.execute("SELECT hit_count FROM ai_memory.response_cache") == "3"


async def test_incomplete(
    service: MemoryService, database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    """An answer that was given without full recall may be a worse one."""
    async with running(database.settings, ollama(ollama_server)) as other:
        await settled(other)
        ollama_server.failing.add("/api/embed")
        done = await answered(other, QUESTION, "I do not know.")
    assert done.cache is CacheVerdict.INCOMPLETE
    assert count(database) == 0


@pytest.mark.parametrize("recall", [True, False])
async def test_deadline(
    recall: bool,
    service: MemoryService,
    database: FreshDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was not looked up in time is neither a miss nor kept."""

    async def hang(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(service.store.responses, "look_up", hang)
    found = await look_up(service, QUESTION, deadline=0.05, recall=recall)
    done = await answered(service, QUESTION, ANSWER, found=found)
    assert done.cache is CacheVerdict.UNAVAILABLE
    assert count(database) == 0


async def test_unavailable(
    service: MemoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise DatabaseUnreachable

    monkeypatch.setattr(service.store.responses, "look_up", fail)
    found = await look_up(service, QUESTION)
    assert found.cache is CacheVerdict.UNAVAILABLE
    service.health.failed(Part.DATABASE, DatabaseUnreachable())
    found = await look_up(service, QUESTION)
    assert found.cache is CacheVerdict.UNAVAILABLE
    assert not found.references


def test_every_verdict_is_reached() -> None:
    reached = {verdict for row in VERDICTS.values() for verdict in row[3:]}
    assert {*reached, "hit", "incomplete", "unavailable", "confidential"} == set(
        CacheVerdict
    )


@pytest.mark.parametrize(
    ("asker", "learner", "holds"),
    [
        (ANNA, ANNA, False),
        (ANNA, HOUSEHOLD, False),
        (ANNA, BEN, True),
        (HOUSEHOLD, HOUSEHOLD, False),
        (HOUSEHOLD, ANNA, True),
    ],
)
@pytest.mark.parametrize("in_passing", [False, True])
async def test_new_knowledge(
    asker: Scope,
    learner: Scope,
    holds: bool,
    in_passing: bool,
    service: MemoryService,
    gates_change_nothing: None,
) -> None:
    """A new fact is not hidden behind an old answer; what another person tells is none."""
    await answered(service, QUESTION, ANSWER, asker)
    assert await is_hit(service, asker)
    if in_passing:
        await service.record(turn("I have taken the spare key with me", learner))
    else:
        await service.memories.remember(
            learner, "The spare key is with the neighbours now"
        )
    await settled(service)
    assert await is_hit(service, asker) == holds


async def test_forgotten_knowledge(
    service: MemoryService, database: FreshDatabase
) -> None:
    """Answers that may rest on what was forgotten are gone, not only passed over."""
    memory, _ = await service.memories.remember(
        ANNA, "Anna hid the spare key in the shed"
    )
    await settled(service)
    for scope in (ANNA, BEN, HOUSEHOLD):
        await answered(service, QUESTION, ANSWER, scope)
    assert count(database) == 3
    await service.forgetting.memories(ANNA, [memory.id])
    assert (count(database, ANNA.owner), count(database)) == (0, 2)
    [passage] = await service.memories.recall(BEN, "spare key")
    await service.forgetting.memories(BEN, [int(passage.source_id)])
    assert count(database) == 0


async def test_forgetting_nothing_keeps_answers(
    service: MemoryService, database: FreshDatabase
) -> None:
    memory, _ = await service.memories.remember(
        ANNA, "Anna hid the spare key in the shed"
    )
    await settled(service)
    await answered(service, QUESTION, ANSWER)
    assert await service.forgetting.memories(BEN, [memory.id, 10**9]) == []
    assert count(database) == 1


async def test_knowledge_that_changes_in_between(
    service: MemoryService, database: FreshDatabase
) -> None:
    found = await look_up(service, QUESTION)
    await service.memories.remember(
        HOUSEHOLD, "The spare key is with the neighbours now"
    )
    await answered(service, QUESTION, ANSWER, found=found)
    assert count(database) == 0


async def test_knowledge_that_changes_while_it_is_looked_up(
    service: MemoryService,
    monkeypatch: pytest.MonkeyPatch,
    gates_change_nothing: None,
) -> None:
    """A search that missed a fact is not taken for one that knew it."""
    searched = asyncio.Event()
    search, ask = service.store.passages.search, service.store.responses.look_up

    async def searching(*arguments: Any, **options: Any) -> Any:
        found = await search(*arguments, **options)
        searched.set()
        return found

    async def asking(*arguments: Any) -> Any:
        # Long enough for a search that does not wait for the cache.
        await asyncio.wait([asyncio.create_task(searched.wait())], timeout=0.3)
        await service.memories.remember(
            HOUSEHOLD, "The spare key is with the neighbours now"
        )
        return await ask(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(service.store.passages, "search", searching)
        patch.setattr(service.store.responses, "look_up", asking)
        found = await look_up(service, QUESTION)
    await answered(service, QUESTION, "An answer to what was found.", found=found)
    assert "neighbours" in (found.context or "") or not await is_hit(service)


async def test_knowledge_that_is_committed_late(
    service: MemoryService, database: FreshDatabase
) -> None:
    """A change that began before the last one and ends after it counts as well."""
    late = await asyncpg.connect(database.dsn)
    try:
        transaction = late.transaction()
        await transaction.start()
        await late.execute("SELECT set_config('ai_memory.scope', 'maintenance', true)")
        await late.execute(
            "WITH shelf AS (INSERT INTO ai_memory.collections (owner, name)"
            " VALUES ('household', 'late') RETURNING id)"
            " SELECT id FROM shelf"
        )
        await service.memories.remember(
            HOUSEHOLD, "The bins are emptied on Tuesday", collection="other"
        )
        await settled(service)
        await answered(service, QUESTION, ANSWER)
        assert await is_hit(service)
        await transaction.commit()
    finally:
        await late.close()
    assert not await is_hit(service)


@pytest.mark.parametrize(
    "other",
    [
        {"scope": ANNA},
        {"scope": BEN},
        {"delegate_id": "conversation.other"},
        {"language": "de"},
        {"text": "Where is the spare key of 2?"},
    ],
)
async def test_no_hit_for_another(
    other: dict[str, Any], service: MemoryService
) -> None:
    await answered(service, QUESTION, ANSWER)
    assert await is_hit(service)
    assert not await is_hit(service, **other)


async def test_private_answer(service: MemoryService) -> None:
    await answered(service, QUESTION, ANSWER, ANNA)
    assert await is_hit(service, ANNA)
    assert not await is_hit(service, BEN)
    assert not await is_hit(service, HOUSEHOLD)


async def test_lifetime(service: MemoryService, database: FreshDatabase) -> None:
    await answered(service, QUESTION, ANSWER)
    lifetime = "SELECT expires_at - created_at FROM ai_memory.response_cache"
    assert database.execute(lifetime) == "01:00:00"
    database.execute("UPDATE ai_memory.response_cache SET expires_at = now()")
    assert not await is_hit(service)
    await service.store.maintenance.clean_up()
    assert count(database) == 0


async def test_limit_is_each_owners_own(
    service: MemoryService, database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_retention", Retention(cache_limit=2))
    await answered(service, QUESTION, ANSWER, ANNA)
    questions = [f"Where is the key number {number}?" for number in (1, 2, 3)]
    for question in questions:
        await answered(service, question, ANSWER)
    assert [await is_hit(service, text=one) for one in questions] == [False, True, True]
    assert await is_hit(service, ANNA)
    # Answered again: it counts as the newest.
    database.execute(
        "UPDATE ai_memory.response_cache SET expires_at = now()"
        " WHERE question LIKE '%2?'"
    )
    await answered(service, questions[1], "Elsewhere.")
    await answered(service, questions[0], ANSWER)
    assert [await is_hit(service, text=one) for one in questions] == [True, True, False]


async def test_recogniser_that_fails_costs_no_turn(service: MemoryService) -> None:
    async def fail() -> bool:
        raise RuntimeError

    found = await look_up(service, QUESTION, is_command=fail)
    assert (found.is_command, found.context) == (False, None)
    assert found.cache is CacheVerdict.INCOMPLETE


async def test_nothing_is_kept_while_a_command_is_not_ruled_out(
    service: MemoryService,
) -> None:
    async def late() -> bool:
        await asyncio.sleep(5)
        return True

    found = await look_up(
        service, QUESTION, recall=False, is_command=late, deadline=0.5
    )

    assert found.cache is CacheVerdict.INCOMPLETE


async def test_places_and_models_have_answers_of_their_own(
    service: MemoryService,
) -> None:
    found = await look_up(service, QUESTION, place="kitchen", model="one")
    await answered(service, QUESTION, ANSWER, found=found)
    await settled(service)

    assert await is_hit(service, place="kitchen", model="one")
    assert not await is_hit(service, place="bedroom", model="one")
    assert not await is_hit(service, place="kitchen", model="other")
    assert not await is_hit(service)
