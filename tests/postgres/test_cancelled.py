"""A task that is cancelled inside a transaction ends."""

import asyncio

import pytest

from custom_components.ai_memory.postgres.database import MAINTENANCE, Database
from tests.databases import FreshDatabase


@pytest.mark.parametrize("how", ["cancel", "cancel and cut"])
async def test_cancelled_transaction_is_cancelled(
    database: FreshDatabase, how: str
) -> None:
    store = Database(database.settings)
    await store.open()
    inside = asyncio.Event()

    async def work() -> None:
        async with store.transaction(MAINTENANCE) as connection:
            inside.set()
            await connection.execute("SELECT pg_sleep(30)")

    task = asyncio.create_task(work())
    await inside.wait()
    await asyncio.sleep(0.05)
    if how == "cancel and cut":
        # The roll-back finds no server any more.
        database.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{database.name}' AND pid <> pg_backend_pid()"
        )
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
    await store.close()


async def test_closing_under_a_cancelled_task_ends_it(database: FreshDatabase) -> None:
    store = Database(database.settings)
    await store.open()
    inside = asyncio.Event()

    async def work() -> None:
        async with store.transaction(MAINTENANCE):
            inside.set()
            await asyncio.sleep(30)

    task = asyncio.create_task(work())
    await inside.wait()
    assert store._pool is not None
    store._pool.terminate()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)
    await store.close()
