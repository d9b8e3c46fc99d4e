"""How long an import will take, measured before it."""

import logging
import time
from typing import Final

from ...errors import AiMemoryError
from .items import Item
from .writing import Writing

_LOGGER = logging.getLogger(__name__)

_TRIED_OUT: Final = 500
"""Items of each kind that are written, and taken back."""


class Trial:
    """Measures how long an import will take: some items of each kind are written and taken back."""

    def __init__(self, writing: Writing) -> None:
        """Take what writes; the clock runs from here."""
        self._writing = writing
        self._began = time.monotonic()
        self._tried_out: dict[type[Item], tuple[int, float]] = {}
        self._counts: dict[type[Item], int] = {}

    async def take(self, items: list[Item]) -> None:
        """Count items, and try some of them out. Never raises but when cancelled."""
        for kind in {type(item) for item in items}:
            same = [item for item in items if type(item) is kind]
            self._counts[kind] = self._counts.get(kind, 0) + len(same)
            number, took = self._tried_out.get(kind, (0, 0.0))
            if number < _TRIED_OUT:
                began = time.monotonic()
                try:
                    await self._writing.try_out(same)
                except AiMemoryError:
                    _LOGGER.debug("A batch cannot be tried out", exc_info=True)
                    continue
                took += time.monotonic() - began
                self._tried_out[kind] = number + len(same), took

    def estimate(self) -> float:
        """Return the seconds that reading took and writing will take."""
        reading = time.monotonic() - self._began
        return reading + sum(
            took / number * (self._counts[kind] - number)
            for kind, (number, took) in self._tried_out.items()
        )
