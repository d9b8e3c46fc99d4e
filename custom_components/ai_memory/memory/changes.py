"""Who wants to hear that something was learned, changed or forgotten."""

from collections.abc import Callable, Iterable

from ..models import Change, Subject, Verb


class Changes:
    """Tells every listener of every change, once it is in the database."""

    def __init__(self) -> None:
        """Begin without listeners."""
        self._listeners: list[Callable[[Change], None]] = []

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Add a listener; return what removes it. Listeners may not raise."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(
        self, subject: Subject, verb: Verb, owner: str, ids: Iterable[object] = ()
    ) -> None:
        """Tell all listeners."""
        change = Change(subject, verb, owner, tuple(map(str, ids)))
        for listener in list(self._listeners):
            listener(change)
