"""Who may ask the embedders now: questions at once, the background batch by batch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

_PATIENCE = 2.0  # seconds; what goes first may hang, or never end


class Busy:
    """Counts those who are at something; others wait until nobody is."""

    def __init__(self) -> None:
        """Nobody is."""
        self._count = 0
        self._over = asyncio.Event()
        self._over.set()

    def __enter__(self) -> None:
        """Begin."""
        self._count += 1
        self._over.clear()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End."""
        self._count -= 1
        if not self._count:
            self._over.set()

    async def over(self) -> None:
        """Wait until nobody is any more, or for long enough."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._over.wait()
        except TimeoutError:
            pass


class Precedence:
    """Questions go before vectors of the model that is searched with, and those before vectors of one that is built.

    A server that does one thing at a time lets a question wait for one batch at most.
    """

    def __init__(self) -> None:
        """Nothing is under way."""
        self.questions = Busy()
        self.searched = Busy()
        """Vectors of the model that is searched with."""
        self._batch = asyncio.Lock()

    @asynccontextmanager
    async def batch(self, *, searched: bool) -> AsyncIterator[None]:
        """Ask for one batch of vectors, of the model that is `searched` with or of the one that is built."""
        if not searched:
            await self.searched.over()
        alone = False
        try:
            async with asyncio.timeout(_PATIENCE):
                alone = await self._batch.acquire()
        except TimeoutError:
            pass
        try:
            await self.questions.over()
            yield
        finally:
            if alone:
                self._batch.release()
