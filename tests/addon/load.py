"""Clients that write all the time, and know what was acknowledged."""

import asyncio

import asyncpg

from demo.app import App

CLIENTS = 4


class Load:
    """Writes numbers, each to two tables in one transaction."""

    def __init__(self, app: App) -> None:
        """Make the tables of an app that runs."""
        self._app = app
        self.acknowledged: set[int] = set()
        self._next = 0
        self._writing = False
        self._tasks: list[asyncio.Task[None]] = []
        app.execute(
            "CREATE TABLE one (n int); CREATE TABLE two (n int)", superuser=False
        )

    async def start(self) -> None:
        """Begin to write."""
        self._writing = True
        self._tasks = [asyncio.create_task(self._write()) for _ in range(CLIENTS)]
        await self.reach(1)

    async def reach(self, more: int) -> None:
        """Wait until so many more are acknowledged."""
        goal = len(self.acknowledged) + more
        while len(self.acknowledged) < goal:
            if failed := [x for x in self._tasks if x.done()]:
                failed[0].result()
                raise AssertionError("A client has ended")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop writing; what was cut off is not acknowledged."""
        self._writing = False
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _write(self) -> None:
        connection = await asyncpg.connect(self._app.dsn())
        try:
            while self._writing:
                self._next += 1
                number = self._next
                async with connection.transaction():
                    await connection.execute("INSERT INTO one VALUES ($1)", number)
                    await connection.execute("INSERT INTO two VALUES ($1)", number)
                self.acknowledged.add(number)
        finally:
            connection.terminate()

    @staticmethod
    def stored(app: App) -> set[int]:
        """Return the numbers in an app's database; both tables must hold the same."""
        one, two = (
            {int(line) for line in app.execute(f"SELECT n FROM {table}").split()}
            for table in ("one", "two")
        )
        assert one == two
        return one
