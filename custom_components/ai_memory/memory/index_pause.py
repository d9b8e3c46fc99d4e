"""How long an index that the database refused is let be: each try may cost the database minutes."""

_LONGEST = 3600.0  # seconds


class IndexPause:
    """Grows from one refusal to the next, up to an hour, until an index stands."""

    def __init__(self, first: float) -> None:
        """Begin with `first` seconds."""
        self._first = self._next = first

    def refused(self) -> float:
        """Return how many seconds to wait before it is tried again."""
        pause = self._next
        self._next = min(2 * pause, _LONGEST)
        return pause

    def built(self) -> None:
        """Begin anew."""
        self._next = self._first
