"""The embedding model changes while everything goes on."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
import math
from typing import Any

import pytest

from custom_components.ai_memory.embedding.embedder import Embedder, TextKind
from custom_components.ai_memory.errors import (
    DatabaseError,
    EmbedderError,
    EmbedderUnauthorized,
    EmbedderUnreachable,
    EmbeddingModelMissing,
    InvalidEmbedding,
)
from custom_components.ai_memory.memory import (
    dry_run,
    embedding_batches,
    embedding_switch,
    index_pause,
    precedence,
    upkeep,
)
from custom_components.ai_memory.memory.embedding_batches import EmbeddingBatches, Made
from custom_components.ai_memory.memory.embedding_switch import (
    SwitchProgress,
    SwitchState,
)
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.memory.precedence import Precedence
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Passage
from custom_components.ai_memory.postgres import embedding_models, maintenance
from custom_components.ai_memory.postgres.passages import StoredModel
from tests.databases import FreshDatabase
from tests.engine import (
    ANNA,
    HOUSEHOLD,
    Problems,
    look_up,
    make_service,
    running,
    settled,
)
from tests.fake_embedder import FakeEmbedder

ITEMS = 300
MODELS = "SELECT name, active, building FROM ai_memory.embedding_models ORDER BY name"


@pytest.fixture
def database(
    emptied_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> FreshDatabase:
    monkeypatch.setattr(embedding_switch, "_RETRY_AFTER", 0.02)
    return emptied_database


def fill(database: FreshDatabase, number: int = ITEMS) -> None:
    """Write memories as if they had been told, every third one by Anna."""
    database.execute(
        "INSERT INTO ai_memory.collections (owner, name)"
        " VALUES ('household', 'memories'), ('person:anna', 'memories');"
        "INSERT INTO ai_memory.memories (owner, collection_id, content)"
        " SELECT owner, id, 'Fact number ' || n"
        f" FROM generate_series(1, {number}) n JOIN ai_memory.collections"
        " ON name = 'memories' AND owner ="
        " CASE WHEN n % 3 = 0 THEN 'person:anna' ELSE 'household' END ORDER BY n;"
        "INSERT INTO ai_memory.passages"
        " (owner, collection_id, kind, memory_id, text, created_at)"
        " SELECT owner, collection_id, 'memory', id, content, created_at"
        " FROM ai_memory.memories ORDER BY id;"
        "INSERT INTO ai_memory.passage_lexemes (passage_id, owner, lexemes)"
        " SELECT id, owner, to_tsvector('english', text) FROM ai_memory.passages"
        " WHERE kind = 'memory'"
    )


def vectors(database: FreshDatabase, name: str) -> int:
    """Count the vectors of a model."""
    return int(
        database.execute(
            "SELECT count(*) FROM ai_memory.embeddings e"
            " JOIN ai_memory.embedding_models m ON m.id = e.model_id"
            f" WHERE m.name = '{name}'"
        )
    )


def models(database: FreshDatabase) -> list[str]:
    """Return name, active and building of every model."""
    return database.execute(MODELS).split()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def started(embedder: FakeEmbedder) -> None:
    """Wait until an embedder that is held is asked for a batch."""
    await until(lambda: embedder.held)


async def held_in_the_middle(embedder: FakeEmbedder, batches: int = 3) -> None:
    """Let some batches through; return while the next one waits."""
    for _ in range(batches):
        await started(embedder)
        before = len(embedder.batches)
        embedder.free.set()
        await until(lambda: len(embedder.batches) > before)  # noqa: B023
        embedder.free.clear()
    await started(embedder)


def scored_by(
    embedders: list[FakeEmbedder], query: str, passages: list[Passage]
) -> FakeEmbedder | None:
    """Return the model that all cosines of a result are of, None where it has none."""
    scored = [passage for passage in passages if passage.cosine is not None]
    if not scored:
        return None

    def cosine(embedder: FakeEmbedder, text: str) -> float:
        return math.sumprod(embedder.vector(query), embedder.vector(text))

    [model] = [
        embedder
        for embedder in embedders
        if all(
            passage.cosine is not None
            and math.isclose(
                passage.cosine, cosine(embedder, passage.text), abs_tol=5e-3
            )
            for passage in scored
        )
    ]
    return model


async def test_switch_while_it_is_asked(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No search fails, none mixes models; what is learned meanwhile is found; what was the old one's goes."""
    monkeypatch.setattr(maintenance, "INDEX_FROM", ITEMS // 2)
    fill(database)
    # Of the same length: only the model tells them apart.
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    async with running(database.settings, old) as service:
        await settled(service)
    assert vectors(database, "old") == ITEMS
    told: list[SwitchProgress | None] = []
    calls: list[str] = []
    served: list[list[FakeEmbedder | None]] = [[], [], []]
    over = asyncio.Event()
    old = FakeEmbedder("old")
    new.free.clear()
    service = make_service(
        database.settings,
        old,
        next_embedder=new,
        switched=lambda: calls.append("switched"),
    )
    service.models.subscribe(told.append)

    async def ask(who: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            query = f"What of number {number} for {who}?"
            scope = ANNA if who else HOUSEHOLD
            passages = await service.memories.recall(scope, query, limit=20)
            assert len(passages) == 20
            served[who].append(scored_by([old, new], query, passages))

    await service.start()
    try:
        await settled(service)
        asking = [asyncio.create_task(ask(who)) for who in range(len(served))]
        await held_in_the_middle(new)
        await service.memories.remember(HOUSEHOLD, "The spare key hangs in the cellar")
        await settled(service)
        assert vectors(database, "old") == ITEMS + 1, "while the new one is stuck"
        assert all(set(by) == {old} for by in served)
        new.free.set()
        await until(lambda: calls)
        seen = [len(by) for by in served]
        await until(
            lambda: all(len(by) > n + 5 for by, n in zip(served, seen, strict=True))
        )
        over.set()
        await asyncio.gather(*asking)
        await settled(service)
        for by, before in zip(served, seen, strict=True):
            switched = by.index(new)
            assert switched <= before + 1, (
                "only what had begun may end with the old one"
            )
            assert set(by[:switched]) == {old}
            assert set(by[switched:]) == {new}
        assert calls == ["switched"]
        assert service.models.progress() is None
        assert models(database) == ["new|t|f", "old|f|f"]
        assert vectors(database, "new") == ITEMS + 1
        assert service._searching.gates("en") is not None
        gates = await service.store.passages.gates("2", "en")
        assert gates
        assert gates.question_cosine is not None

        # Whoever began with the old model can still end with it.
        assert vectors(database, "old") == ITEMS + 1
        monkeypatch.setattr(embedding_models, "GRACE", timedelta())
        service._upkeep.nudge()
        await settled(service)
        assert models(database) == ["new|t|f"]
        assert vectors(database, "old") == 0
        state = await service.index_state()
        assert state["active"]["kind"] == "hnsw"
        left = database.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'embeddings_hnsw%'"
            " UNION ALL SELECT embedder FROM ai_memory.recall_gates"
        )
        assert left.split() == ["embeddings_hnsw_2", "2"]
    finally:
        await service.stop()
    assert old.closed
    assert old.unloaded
    assert new.closed
    assert not new.unloaded

    states = [progress.state for progress in told if progress]
    assert list(dict.fromkeys(states)) == [
        SwitchState.BUILDING,
        SwitchState.INDEXING,
        SwitchState.CALIBRATING,
    ]
    assert told[-1] is None
    assert told.count(None) == 1
    built = [
        progress
        for progress in told
        if progress and progress.state is SwitchState.BUILDING
    ]
    assert [one.done for one in built] == sorted(one.done for one in built)
    assert built[-1].done == built[-1].total == ITEMS + 1
    assert built[-1].seconds_left == 0
    assert built[2].seconds_left
    assert built[0].model == await FakeEmbedder("new").model()


@pytest.mark.parametrize("long", [False, True])
async def test_question_that_outlives_its_model(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch, *, long: bool
) -> None:
    """Its vector is compared with those of the model that made it, or with none."""
    if long:
        monkeypatch.setattr(embedding_models, "GRACE", timedelta())
    # It goes on for the whole test; nothing else is to wait for it.
    monkeypatch.setattr(precedence, "_PATIENCE", 0.0)
    fill(database, 20)
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    async with running(database.settings, old) as service:
        await settled(service)
        old.free_for_questions.clear()
        query = "Which fact has number 7?"
        recall = asyncio.create_task(service.memories.recall(HOUSEHOLD, query))
        await until(lambda: query in old.asked)
        await service.models.begin(new)
        await until(lambda: service.models.progress() is None)
        await settled(service)
        assert vectors(database, "old") == (0 if long else 20)
        later = await service.memories.recall(HOUSEHOLD, query)
        assert scored_by([old, new], query, later) is new
        old.free_for_questions.set()
        passages = await recall
        assert scored_by([old, new], query, passages) is (None if long else old)
        assert "Fact number 7" in [passage.text for passage in passages]


async def test_goes_on_after_a_crash(database: FreshDatabase) -> None:
    fill(database)
    new = FakeEmbedder("new")
    new.free.clear()
    service = make_service(database.settings, FakeEmbedder("old"), next_embedder=new)
    await service.start()
    await until(lambda: "old|t|f" in models(database))
    await held_in_the_middle(new)
    # As if the process died: nothing is put in order.
    for task in (*service._loops, service.models._task):
        assert task
        task.cancel()
    await service.store.database.close()
    done = vectors(database, "new")
    assert 0 < done < ITEMS
    assert models(database) == ["new|f|t", "old|t|f"]
    since = database.execute(
        "SELECT created_at FROM ai_memory.embedding_models ORDER BY id"
    )

    again = FakeEmbedder("new")
    calls: list[str] = []
    async with running(
        database.settings,
        FakeEmbedder("old"),
        next_embedder=again,
        switched=lambda: calls.append("switched"),
    ):
        await until(lambda: calls)
        assert len(again.made) == ITEMS - done
        assert not set(again.made) & set(new.made)
        assert vectors(database, "new") == ITEMS
        assert models(database) == ["new|t|f", "old|f|f"]
    assert since == database.execute(
        "SELECT created_at FROM ai_memory.embedding_models ORDER BY id"
    )


@pytest.mark.parametrize("reachable", [True, False])
async def test_killed_before_anybody_was_told(
    database: FreshDatabase, *, reachable: bool
) -> None:
    """The database has switched, the settings still name the old model: it is not switched back."""
    fill(database, 20)
    async with running(database.settings, FakeEmbedder("new")) as service:
        await settled(service)
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    if not reachable:
        new.error = EmbedderUnreachable()
    calls: list[str] = []
    async with running(
        database.settings,
        old,
        next_embedder=new,
        switched=lambda: calls.append("switched"),
    ) as service:
        if not reachable:
            await settled(service)
            passages = await service.memories.recall(HOUSEHOLD, "Fact number 7")
            assert passages[0].text == "Fact number 7"
            assert passages[0].cosine is None
            assert not calls
            new.error = None
        await until(lambda: calls)
        await settled(service)
        assert models(database) == ["new|t|f"]
        assert old.made == new.made == []
        [passage] = await service.memories.recall(HOUSEHOLD, "Fact number 7", limit=1)
        assert passage.cosine is not None
        assert calls == ["switched"]
        assert service.models.progress() is None
        assert not await service.models.back_out(), "it is too late"


async def test_back_out(database: FreshDatabase) -> None:
    fill(database)
    old, new = FakeEmbedder("old"), FakeEmbedder("new", 24)
    new.free.clear()
    calls: list[str] = []
    told: list[SwitchProgress | None] = []
    async with running(
        database.settings,
        old,
        next_embedder=new,
        switched=lambda: calls.append("switched"),
    ) as service:
        service.models.subscribe(told.append)
        await until(lambda: "old|t|f" in models(database))
        await held_in_the_middle(new)
        assert vectors(database, "new")
        assert await service.models.back_out()
        assert service.models.progress() is None
        await until(lambda: new.closed)
        assert new.unloaded
        assert told[-1] is None
        assert models(database) == ["old|t|f"]
        await settled(service)
        assert vectors(database, "old") == ITEMS
        [passage] = await service.memories.recall(HOUSEHOLD, "Fact number 7", limit=1)
        assert passage.cosine is not None
        assert not await service.models.back_out(), "there is none"
    assert calls == []


async def test_backing_out_of_a_switch_that_took_place(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is stopped between the database's switch and ours has switched."""
    fill(database, 20)
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    calls: list[str] = []
    service = make_service(
        database.settings,
        old,
        next_embedder=new,
        switched=lambda: calls.append("switched"),
    )
    switch = service.store.models.switch
    hanging = asyncio.Event()

    async def hang(*arguments: object) -> bool:
        await switch(*arguments)  # type: ignore[arg-type]  # handed through
        hanging.set()
        return await asyncio.Future()

    monkeypatch.setattr(service.store.models, "switch", hang)
    await service.start()
    try:
        async with asyncio.timeout(20):
            await hanging.wait()
        assert not await service.models.back_out()
        assert calls == ["switched"]
        assert service._searching.embedder is new
        await settled(service)
        assert models(database) == ["new|t|f", "old|f|f"]
    finally:
        await service.stop()


async def test_backing_out_of_a_second_switch(database: FreshDatabase) -> None:
    """What the first one led to is no sign that the second has taken place."""
    fill(database, 20)
    second, third = FakeEmbedder("second"), FakeEmbedder("third")
    calls: list[str] = []
    async with running(
        database.settings,
        FakeEmbedder("first"),
        switched=lambda: calls.append("switched"),
    ) as service:
        await settled(service)
        await service.models.begin(second)
        await until(lambda: calls)
        third.error = EmbedderUnreachable()
        await service.models.begin(third)
        assert await service.models.back_out()
        assert calls == ["switched"]
        assert service._searching.embedder is second
        await until(lambda: third.closed)
        passages = await service.memories.recall(HOUSEHOLD, "What of number 7?")
        assert scored_by([second, third], "What of number 7?", passages) is second


async def test_nothing_goes_on_behind_the_end(database: FreshDatabase) -> None:
    """Who changes the model while the service ends leaves no task behind."""
    old, new, third = (FakeEmbedder(name) for name in ("old", "new", "third"))
    async with running(database.settings, old, next_embedder=new) as service:
        new.error = EmbedderUnreachable()
    await service.models.begin(third)
    assert third.closed
    assert not await service.models.back_out()
    assert service.models._task is None


@pytest.mark.parametrize("wanted", [None, "third"])
async def test_somebody_thought_better_of_it(
    database: FreshDatabase, wanted: str | None
) -> None:
    """What was made for a model that is no longer wanted goes at the next start."""
    fill(database)
    new = FakeEmbedder("new")
    new.free.clear()
    async with running(
        database.settings, FakeEmbedder("old"), next_embedder=new
    ) as service:
        await until(lambda: "old|t|f" in models(database))
        await held_in_the_middle(new)
    assert new.closed
    assert not new.unloaded, "it goes on with it"
    assert models(database) == ["new|f|t", "old|t|f"]
    async with running(
        database.settings,
        FakeEmbedder("old"),
        next_embedder=FakeEmbedder(wanted) if wanted else None,
    ) as service:
        left = ["old|f|f", "third|t|f"] if wanted else ["old|t|f"]
        await until(lambda: models(database) == left)
        await until(lambda: service.models.progress() is None)
        await settled(service)
        assert vectors(database, "new") == 0


async def test_first_model_and_none(database: FreshDatabase) -> None:
    """Where nothing serves there is nothing to wait for; without embedder the vectors stay."""
    fill(database, 20)
    calls: list[str] = []
    async with running(
        database.settings,
        next_embedder=FakeEmbedder("first"),
        switched=lambda: calls.append("switched"),
    ) as service:
        await until(lambda: calls)
        await settled(service)
        assert vectors(database, "first") == 20
    async with running(database.settings) as service:
        [passage] = await service.memories.recall(HOUSEHOLD, "Fact number 7", limit=1)
        assert passage.cosine is None
        await settled(service)
        assert vectors(database, "first") == 20
    async with running(database.settings, FakeEmbedder("second")) as service:
        await settled(service)
        assert models(database) == ["first|f|f", "second|t|f"]
        assert vectors(database, "second") == 20


def waits_for(service: MemoryService) -> str | None:
    """Return what a switch waits for."""
    progress = service.models.progress()
    assert progress
    return progress.problem if progress.state is SwitchState.WAITING else None


async def test_waits_for_the_new_models_server(database: FreshDatabase) -> None:
    """That is no failure of the embedder that serves."""
    fill(database)
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    problems = Problems()
    new.error = EmbeddingModelMissing(model="new")
    async with running(
        database.settings, old, next_embedder=new, problems=problems
    ) as service:
        await until(lambda: waits_for(service) == "embedding_model_missing")
        new.free.clear()
        new.error = None
        await held_in_the_middle(new)
        progress = service.models.progress()
        assert progress
        assert progress.problem is None
        new.error = EmbedderUnreachable()
        new.free.set()
        await until(lambda: waits_for(service) == "embedder_unreachable")
        assert 0 < service.models.progress().done < ITEMS  # type: ignore[union-attr]  # it is under way
        await settled(service)
        [passage] = await service.memories.recall(HOUSEHOLD, "Fact number 7", limit=1)
        assert passage.cosine is not None
        new.error = None
        await until(lambda: service.models.progress() is None)
        assert len(set(new.made)) == ITEMS
    assert problems.heard == []


async def test_old_model_is_gone(database: FreshDatabase) -> None:
    """Then words serve, and the new model puts it right."""
    fill(database, 50)
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    old.error = EmbeddingModelMissing(model="old")
    new.free.clear()
    problems = Problems()
    async with running(
        database.settings, old, next_embedder=new, problems=problems
    ) as service:
        await started(new)
        await settled(service)
        assert problems.heard == [(Part.EMBEDDER, EmbeddingModelMissing)]
        assert (await look_up(service, "Where is fact number 7?")).references
        new.free.set()
        await until(lambda: service.models.progress() is None)
        await settled(service)
        assert problems.heard[1:] == [(Part.EMBEDDER, None)]
        [passage] = await service.memories.recall(HOUSEHOLD, "Fact number 7", limit=1)
        assert passage.cosine is not None


async def test_what_it_waits_for_is_told_until_it_gets_on(
    database: FreshDatabase,
) -> None:
    """Each attempt reaches the server, and still makes nothing."""
    fill(database)
    new = FakeEmbedder("new")
    new.refused = {"Fact": EmbedderUnauthorized()}
    told: list[str | None] = []
    async with running(
        database.settings, FakeEmbedder("old"), next_embedder=new
    ) as service:
        service.models.subscribe(
            lambda progress: told.append(progress.problem if progress else None)
        )
        await until(lambda: told[-1:] == ["embedder_unauthorized"])
        told.clear()
        await until(lambda: len(told) > 5)
        assert set(told) == {"embedder_unauthorized"}
        new.refused = {}
        await until(lambda: service.models.progress() is None)
        assert told[-1] is None


async def test_server_that_goes_when_all_vectors_are_made(
    database: FreshDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """That the index stands is no news: what it waits for is told once, however often it is tried."""
    fill(database, 20)
    new = FakeEmbedder("new")
    new.refused = {"turn on": EmbedderUnreachable()}
    told: list[SwitchProgress | None] = []
    async with running(
        database.settings, FakeEmbedder("old"), next_embedder=new
    ) as service:
        await until(lambda: waits_for(service) == "embedder_unreachable")
        service.models.subscribe(told.append)
        await until(lambda: len(told) > 12)
        assert {one.problem for one in told if one} == {"embedder_unreachable"}
        assert {one.state for one in told if one} > {SwitchState.CALIBRATING}
        new.refused = {}
        await until(lambda: service.models.progress() is None)
    warnings = [one for one in caplog.messages if "embedding model waits" in one]
    assert len(warnings) == 1


async def test_dry_run(database: FreshDatabase) -> None:
    fill(database, 120)
    database.execute("UPDATE ai_memory.passages SET hidden = true WHERE id <= 10")
    async with running(database.settings, FakeEmbedder("old")) as service:
        await settled(service)
        new = FakeEmbedder("new", 32)
        found = await service.models.dry_run(new)
        assert found.new == await new.model()
        assert not found.same
        assert (found.items, found.vectors_to_make) == (110, 110)
        assert found.seconds_per_item > 0
        assert found.seconds == pytest.approx(110 * found.seconds_per_item)
        assert 110 * 2 * 32 < found.bytes < 100_000
        assert len(new.made) == len(set(new.made)) == 64
        assert not {f"Fact number {number}" for number in range(1, 11)} & set(new.made)
        assert not {f"Fact number {number}" for number in range(3, 121, 3)} & set(
            new.made
        ), "nobody has agreed yet to where those of a person go"
        assert models(database) == ["old|t|f"], "nothing was stored"
        assert not new.closed, "it is the caller's"

        old = FakeEmbedder("old")
        same = await service.models.dry_run(old)
        assert same.same
        assert old.made == [], "there is nothing to measure"
        assert (same.items, same.vectors_to_make, same.seconds) == (110, 0, 0)
        new.error = EmbedderUnreachable()
        with pytest.raises(EmbedderUnreachable):
            await service.models.dry_run(new)


async def test_dry_run_of_the_model_before_where_none_serves(
    database: FreshDatabase,
) -> None:
    """What is known since has no vector of it, and that takes its time."""
    fill(database, 20)
    async with running(database.settings, FakeEmbedder("a")) as service:
        await settled(service)
    database.execute("DELETE FROM ai_memory.embeddings WHERE passage_id > 4")
    async with running(database.settings) as service:
        found = await service.models.dry_run(FakeEmbedder("a"))
    assert not found.same
    assert found.vectors_to_make == 16
    assert found.seconds_per_item > 0


async def test_dry_run_of_nothing(database: FreshDatabase) -> None:
    async with running(database.settings) as service:
        found = await service.models.dry_run(FakeEmbedder("new"))
    assert not found.same
    assert (found.items, found.seconds, found.bytes) == (0, 0, 0)


async def test_dry_run_of_texts_that_no_vector_is_made_of(
    database: FreshDatabase,
) -> None:
    """The build passes them over, so they are no reason to refuse the model."""
    fill(database, 6)
    new = FakeEmbedder("new")
    new.refused = {
        "number 1": EmbedderError(status="400"),
        "number 2": InvalidEmbedding(),
    }
    async with running(database.settings, FakeEmbedder("old")) as service:
        await settled(service)
        found = await service.models.dry_run(new)
        assert found.vectors_to_make == 6
        assert found.seconds_per_item > 0


async def test_dry_run_does_not_count_how_long_a_model_is_loaded(
    database: FreshDatabase,
) -> None:
    class Loading(EmbeddingBatches):
        """Makes two vectors a second, and takes a minute until it begins."""

        async def first(
            self, embedder: Embedder, texts: Sequence[str], *args: Any, **kwargs: Any
        ) -> Made:
            size = 16 if sizes else 1
            sizes.append(size)
            return Made([[1.0]] * size, 60.0 if len(sizes) == 1 else size / 2)

    sizes: list[int] = []
    fill(database, 17)
    async with running(database.settings) as service:
        found = await dry_run.dry_run(
            service.store.models,
            FakeEmbedder("new"),
            Loading(Precedence()),
            serves=False,
        )
    assert sizes == [1, 16]
    assert found.seconds_per_item == 0.5


async def test_dry_run_of_a_slow_model(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried with as many texts as there is time for, one in a request."""
    monkeypatch.setattr(embedding_batches, "_BATCH_TIME", 0.0)
    monkeypatch.setattr(dry_run, "_ENOUGH", 0.05)
    fill(database, 100)
    async with running(database.settings, FakeEmbedder("old")) as service:
        await settled(service)
        new = FakeEmbedder("new")
        made = new.embed

        async def slowly(texts: Sequence[str], kind: TextKind) -> list[list[float]]:
            await asyncio.sleep(0.02)
            return await made(texts, kind)

        monkeypatch.setattr(new, "embed", slowly)
        found = await service.models.dry_run(new)
        assert found.seconds_per_item >= 0.02
        assert {len(batch) for batch in new.batches} == {1}
        assert 1 <= len(new.made) <= 3


async def test_commands_that_no_vector_is_made_of(database: FreshDatabase) -> None:
    """The gates are measured with the others; with none, by words."""
    fill(database, 20)
    new = FakeEmbedder("new")
    new.refused = {"turn on": EmbedderError(status="400")}
    async with running(database.settings, FakeEmbedder("old")) as service:
        await settled(service)
        await service.models.begin(new)
        await until(lambda: service.models.progress() is None)
        gates = await service.store.passages.gates("2", "en")
        assert gates
        assert gates.question_cosine is not None
        third = FakeEmbedder("third")
        third.refused = {" the ": InvalidEmbedding()}
        await service.models.begin(third)
        await until(lambda: service.models.progress() is None)
        gates = await service.store.passages.gates("3", "en")
        assert gates
        assert gates.question_cosine is None


async def test_questions_go_before_the_commands(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that the gates are measured with are asked for in batches, too."""
    monkeypatch.setattr(embedding_batches, "_BATCH_TIME", 60.0)
    fill(database, 1)
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    async with running(database.settings, old) as service:
        await settled(service)
        new.free_for_questions.clear()
        await service.models.begin(new)
        await until(lambda: new.asked)
        with service._searching.precedence.questions:
            new.free_for_questions.set()
            await asyncio.sleep(0.05)
            assert len(new.asked) == 2, "the one that had begun"
        await until(lambda: service.models.progress() is None)
    assert len(new.asked) == 16


async def test_first_documents_do_not_hold_up_the_rest(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While thousands of vectors are made, gates are measured, words counted, and indexes built."""
    monkeypatch.setattr(upkeep, "_VECTORS", 0.0)
    monkeypatch.setattr(embedding_batches, "BATCH", 1)
    monkeypatch.setattr(maintenance, "INDEX_FROM", 2)
    embedder = FakeEmbedder("model")
    async with running(database.settings, embedder) as service:
        await settled(service)
        fill(database, 20)
        embedder.free.clear()
        service._upkeep.nudge()
        await held_in_the_middle(embedder, 2)
        assert vectors(database, "model") == 2
        gates = await service.store.passages.gates("1", "en")
        assert gates
        assert gates.passages == 2, "those that could be found by meaning"
        counted = database.execute(
            "SELECT documents FROM ai_memory.lexeme_statistics WHERE lexeme = ''"
        )
        assert counted == "20"
        assert (await service.index_state())["active"]["kind"] == "hnsw"
        embedder.free.set()
        await settled(service)
        assert vectors(database, "model") == 20
        gates = await service.store.passages.gates("1", "en")
        assert gates
        assert gates.passages > 10
        model = service._searching.model
        assert model
        await service.store.maintenance.drop_vector_index(model)


async def test_what_the_database_refuses_is_not_tried_again_at_once(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room for the index, say: it waits longer each time and says why; nothing else is held up."""
    fill(database, 20)
    problems = Problems()
    service = make_service(database.settings, FakeEmbedder("old"), problems=problems)
    tried: list[float] = []

    async def full(model: StoredModel) -> bool:
        # Also that of the model that serves.
        if model.id == 2:
            tried.append(asyncio.get_running_loop().time())
        raise DatabaseError(code="53100")

    await service.start()
    try:
        await settled(service)
        monkeypatch.setattr(service.store.maintenance, "ensure_vector_index", full)
        service._upkeep.nudge()
        await service.models.begin(FakeEmbedder("new"))
        await until(lambda: len(tried) > 3)
        pauses = [after - before for before, after in pairwise(tried)]
        assert all(
            pause >= least
            for pause, least in zip(pauses, (0.02, 0.04, 0.08), strict=True)
        )
        await until(lambda: waits_for(service) == "database_error")
        progress = service.models.progress()
        assert progress
        assert progress.placeholders == {"code": "53100"}
        await settled(service)
        [passage] = await service.memories.recall(HOUSEHOLD, "Fact number 7", limit=1)
        assert passage.cosine is not None
        assert problems.heard == []
        monkeypatch.undo()
        await service.models.begin(FakeEmbedder("new"))
        await until(lambda: service.models.progress() is None)
    finally:
        await service.stop()


def test_pauses_behind_an_index_that_is_refused() -> None:
    """Each is twice the last, up to an hour, until one stands."""
    pauses = index_pause.IndexPause(10.0)
    told = [pauses.refused() for _ in range(11)]
    assert told[:4] == [10.0, 20.0, 40.0, 80.0]
    assert told[-2:] == [3600.0, 3600.0]
    pauses.built()
    assert pauses.refused() == 10.0


async def test_only_the_index_is_tried_less_often(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else costs the database nothing, and once an index stands the next one has its chance soon."""
    fill(database, 20)
    service = make_service(database.settings, FakeEmbedder("old"))
    pauses: list[float] = []
    tried: list[str] = []
    refused = index_pause.IndexPause.refused

    def noted(pause: index_pause.IndexPause) -> float:
        pauses.append(refused(pause))
        return pauses[-1]

    async def index(model: StoredModel) -> bool:
        if model.id != 2:
            return False
        tried.append("index")
        if tried.count("index") == 3:
            return True
        raise DatabaseError(code="53100")

    async def deadlock(languages: object, model: StoredModel, _: object) -> bool:
        if model.id != 2:
            return False
        tried.append("gates")
        raise DatabaseError(code="40P01")

    monkeypatch.setattr(index_pause.IndexPause, "refused", noted)
    await service.start()
    try:
        await settled(service)
        monkeypatch.setattr(service.store.maintenance, "ensure_vector_index", index)
        monkeypatch.setattr(service.models._calibration, "measure", deadlock)
        await service.models.begin(FakeEmbedder("new"))
        await until(lambda: len(pauses) == 4)
        assert tried[:5] == ["index", "index", "index", "gates", "index"]
        assert pauses == [0.02, 0.04, 0.02, 0.04]

        async def in_no_time(model: StoredModel) -> bool:
            return False

        monkeypatch.setattr(
            service.store.maintenance, "ensure_vector_index", in_no_time
        )
        # With pauses that double that would take minutes.
        await until(lambda: tried.count("gates") > 14)
    finally:
        await service.stop()


async def test_old_vectors_go_by_themselves(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as nobody can ask the old model any more, not at the next regular round."""
    monkeypatch.setattr(embedding_switch, "GRACE", timedelta())
    fill(database, 20)
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    is_over = asyncio.Event()
    monkeypatch.setattr(old, "unload", is_over.wait)
    async with running(database.settings, old) as service:
        await settled(service)
        await service.models.begin(new)
        await until(lambda: service.models.progress() is None)
        await settled(service)
        monkeypatch.setattr(embedding_models, "GRACE", timedelta())
        assert vectors(database, "old") == 20
        is_over.set()
        await until(lambda: models(database) == ["new|t|f"])
        assert vectors(database, "old") == 0
        assert old.closed
        assert not new.unloaded


async def test_back_to_the_model_before_as_it_is_deleted(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wished for again is not taken to pieces meanwhile."""
    fill(database, 20)
    async with running(database.settings, FakeEmbedder("a")) as service:
        await settled(service)
        await service.models.begin(FakeEmbedder("b"))
        await until(lambda: service.models.progress() is None)
        await settled(service)
        monkeypatch.setattr(embedding_models, "GRACE", timedelta())
        switch, again = service.models, FakeEmbedder("a")
        again.free.clear()
        count = service.store.models.count_without_embedding
        cleared = asyncio.Event()

        async def wish(model: StoredModel) -> int:
            """Wish for it between finding out that it can go and deleting it."""
            if model.id == 2 and not cleared.is_set():
                cleared.set()
                await switch.begin(again)
                # It may serve in no time: its vectors are there.
                await until(lambda: "a|f|f" not in models(database))
            return await count(model)

        monkeypatch.setattr(service.store.models, "count_without_embedding", wish)
        dropped: list[int] = []

        async def drop(model: StoredModel) -> None:
            dropped.append(model.id)

        monkeypatch.setattr(service.store.maintenance, "drop_vector_index", drop)
        await switch.clean_up()
        assert cleared.is_set()
        assert dropped == []
        assert vectors(database, "a") == 20


async def unembeddable(service: MemoryService) -> int:
    found: int = (await service.statistics())["unembeddable"]
    return found


async def test_text_that_no_vector_is_made_of(database: FreshDatabase) -> None:
    """It blocks nothing, is counted and found by its words, and tried again when it changes or a week has gone."""
    fill(database, 100)
    embedder = FakeEmbedder("model")
    embedder.refused = {
        "number 7": InvalidEmbedding(),
        "number 55": EmbedderError(status="400"),
    }
    problems = Problems()
    async with running(database.settings, embedder, problems=problems) as service:
        await settled(service)
        bad = [f"Fact number {n}" for n in (7, *range(70, 80), 55)]
        assert vectors(database, "model") == 100 - len(bad)
        assert await unembeddable(service) == len(bad)
        assert (await service.statistics())["embedding_backlog"] == 0
        assert problems.heard == []
        passages = await service.memories.recall(HOUSEHOLD, "Fact number 7", limit=1)
        assert [passage.text for passage in passages] == ["Fact number 7"]
        asked = len(embedder.batches)
        service._upkeep.nudge()
        await settled(service)
        assert len(embedder.batches) == asked, "not again and again"

        await service.memories.update(HOUSEHOLD, 7, content="Fact number seven")
        await settled(service)
        assert await unembeddable(service) == len(bad) - 1
        embedder.refused.clear()
        database.execute(
            "UPDATE ai_memory.embedding_failures SET failed_at = now() - interval '8 days'"
            " WHERE passage_id = 55"
        )
        service._upkeep.nudge()
        await settled(service)
        service._upkeep.nudge()
        await settled(service)
        assert await unembeddable(service) == len(bad) - 2
        assert vectors(database, "model") == 100 - len(bad) + 2


async def test_a_server_that_makes_nonsense_of_everything(
    database: FreshDatabase,
) -> None:
    """Is out of order: no text is to blame."""
    fill(database, 20)
    embedder = FakeEmbedder("model")
    embedder.refused = {"": InvalidEmbedding()}
    problems = Problems()
    async with running(database.settings, embedder, problems=problems) as service:
        await settled(service)
        assert problems.heard == [(Part.EMBEDDER, InvalidEmbedding)]
        embedder.refused.clear()
        await until(lambda: vectors(database, "model") == 20)
        assert await unembeddable(service) == 0


async def test_text_that_changes_while_its_vector_is_made(
    database: FreshDatabase,
) -> None:
    fill(database, 10)
    embedder = FakeEmbedder("model")
    embedder.free.clear()
    async with running(database.settings, embedder) as service:
        await started(embedder)
        await service.memories.update(HOUSEHOLD, 1, content="The key is in the shed")
        await service.forgetting.memories(HOUSEHOLD, [2])
        database.execute("UPDATE ai_memory.passages SET hidden = true WHERE id = 4")
        embedder.free.set()
        await settled(service)
        assert embedder.made.count("The key is in the shed") == 1
        query = "shed"
        passages = await service.memories.recall(HOUSEHOLD, query, limit=1)
        assert scored_by([embedder], query, passages) is embedder
        held = database.execute(
            "SELECT string_agg(passage_id::text, ' ' ORDER BY passage_id)"
            " FROM ai_memory.embeddings"
        )
        assert held == "1 3 5 6 7 8 9 10"


async def test_batches_fit_the_server(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question may have to wait for one: a slow server gets small ones, and too much at once is no end."""
    fill(database, 66)
    embedder = FakeEmbedder("slow")
    monkeypatch.setattr(embedding_batches, "_BATCH_TIME", 0.0)
    async with running(database.settings, embedder) as service:
        await settled(service)
    assert {len(batch) for batch in embedder.batches} == {1}
    monkeypatch.setattr(embedding_batches, "_BATCH_TIME", 60.0)
    embedder = FakeEmbedder("quick")
    async with running(database.settings, embedder) as service:
        await settled(service)
    assert [len(batch) for batch in embedder.batches] == [1, 2, 4, 8, 16, 32, 3]
    embedder = FakeEmbedder("too slow for many")
    embedder.most = 10
    async with running(database.settings, embedder) as service:
        await until(lambda: len(embedder.made) == 66)
    sizes = [len(batch) for batch in embedder.batches]
    assert sizes[:5] == [1, 2, 4, 8, 8]


async def test_what_people_said_comes_first(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then documents, with their headings; of those in the bin no vector is made."""
    monkeypatch.setattr(embedding_batches, "BATCH", 2)
    database.execute(
        "INSERT INTO ai_memory.collections (owner, name) VALUES ('household', 'x');"
        "INSERT INTO ai_memory.documents (id, owner, collection_id, title, format)"
        " VALUES (gen_random_uuid(), 'household', 1, 'Boiler', 'pdf');"
        "INSERT INTO ai_memory.chunks (document_id, owner, position, heading, hash)"
        " SELECT id, owner, n, 'Boiler › Errors', decode(repeat('00', 16), 'hex')"
        " FROM ai_memory.documents, generate_series(1, 3) n;"
        "INSERT INTO ai_memory.passages"
        " (owner, collection_id, kind, chunk_id, text, created_at, hidden)"
        " SELECT owner, 1, 'chunk', id, 'Chunk ' || id, now(), id = 2"
        " FROM ai_memory.chunks"
    )
    fill(database, 1)
    embedder = FakeEmbedder("model")
    async with running(database.settings, embedder) as service:
        await settled(service)
    assert embedder.made == [
        "Fact number 1",
        "Boiler › Errors\nChunk 1",
        "Boiler › Errors\nChunk 3",
    ]


async def test_a_question_waits_for_one_batch_at_most(database: FreshDatabase) -> None:
    """While somebody asks, no batch is begun; only where it never ends are they made all the same."""
    fill(database, 100)
    embedder = FakeEmbedder("model")
    embedder.free.clear()
    async with running(database.settings, embedder) as service:
        await started(embedder)
        asked = asyncio.Event()

        async def is_command() -> bool:
            asked.set()
            await asyncio.sleep(0.2)
            return False

        question = asyncio.create_task(
            look_up(service, "Where is the key?", is_command=is_command)
        )
        await asked.wait()
        embedder.free.set()
        await until(lambda: embedder.batches)
        await asyncio.sleep(0.05)
        assert len(embedder.batches) == 1, "the one that had begun"
        await question
        await settled(service)
        assert len(embedder.batches) > 1
