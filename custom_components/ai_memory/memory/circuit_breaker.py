"""Stops asking what does not answer."""

from collections.abc import Callable
import time

_FIRST_PAUSE = 2.0  # seconds
_LONGEST_PAUSE = 60.0


class CircuitBreaker:
    """After a failure lets nobody through for a while, then one to try; the pause doubles from 2 s to 60 s."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin closed: everybody is let through."""
        self._clock = clock
        self._pause = 0.0
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        """Return whether the last attempt failed."""
        return self._pause > 0

    @property
    def remaining(self) -> float:
        """Return how many seconds nobody is let through."""
        return max(0.0, self._until - self._clock())

    def allow(self) -> bool:
        """Return whether to try now; after a pause, only the first who asks may."""
        if not self.is_open:
            return True
        if self.remaining:
            return False
        self._until = self._clock() + self._pause
        return True

    def succeed(self) -> bool:
        """Note a success; return whether it ends an outage."""
        ended = self.is_open
        self._pause = self._until = 0.0
        return ended

    def fail(self) -> bool:
        """Note a failure; return whether it begins an outage."""
        began = not self.is_open
        self._pause = min(max(_FIRST_PAUSE, self._pause * 2), _LONGEST_PAUSE)
        self._until = self._clock() + self._pause
        return began
