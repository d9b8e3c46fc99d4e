"""Stress."""
import asyncio
from random import Random
import pytest
from custom_components.ai_memory.memory import embedding_switch
from custom_components.ai_memory.postgres import embedding_models, maintenance
from datetime import timedelta
from tests.memory.test_embedding_switch import *
from tests.memory.test_embedding_switch import fill, models, vectors

@pytest.mark.parametrize("seed", range(14))
async def test_stress(database, monkeypatch, seed):
    rng = Random(seed)
    monkeypatch.setattr(maintenance, "INDEX_FROM", 20)
    monkeypatch.setattr(embedding_switch, "_RETRY_AFTER", 0.02)
    monkeypatch.setattr(embedding_models, "GRACE", timedelta())
    monkeypatch.setattr(embedding_models, "_DELETED_AT_ONCE", 5)
    fill(database, 60)
    names = ["a", "b", "c"]
    state = {"serving": "a"}
    async with running(database.settings, FakeEmbedder("a")) as service:
        assert await service.settled(60)
        wanted = None
        for step in range(12):
            r = rng.random()
            if r < 0.6:
                wanted = rng.choice([n for n in names if n != service._searching.embedder._model.name])
                await patient(service.models.begin(FakeEmbedder(wanted)))
            elif r < 0.8:
                await patient(service.models.back_out())
            else:
                database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='shared' AND pid<>pg_backend_pid()")
            if rng.random() < .3:
                service._upkeep.nudge()
            await asyncio.sleep(rng.choice([0, 0.001, 0.01, 0.05, 0.1, 0.3]))
        await until(lambda: service.models.progress() is None)
        assert await service.settled(60)
        for _ in range(5):
            service._upkeep.nudge()
            assert await service.settled(60)
        name = service._searching.embedder._model.name
        print(seed, name, models(database), database.execute("SELECT string_agg(relname, ' ') FROM pg_class WHERE relname LIKE 'embeddings_hnsw%'"), service._searching.model)
        assert models(database) == [f"{name}|t|f"]
        assert vectors(database, name) == 60
        st = await service.index_state()
        assert st["active"]["kind"] == "hnsw"
        assert str(service._searching.model.id) == database.execute("SELECT id FROM ai_memory.embedding_models")

async def patient(work):
    from custom_components.ai_memory.errors import DatabaseError
    try:
        await work
    except DatabaseError as err:
        print("refused", err)
