"""What the household has paused of an agent."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, callback


class AgentState:
    """Whether an agent saves what is said, and uses what is known."""

    def __init__(self) -> None:
        """Begin with nothing paused."""
        self._saving = True
        self._recall = True
        self._listeners: list[Callable[[], None]] = []

    @property
    def saving(self) -> bool:
        """Return whether turns are saved."""
        return self._saving

    @property
    def recall(self) -> bool:
        """Return whether anything of before is used: context, answers, turns of the last session."""
        return self._recall

    @callback
    def async_set_saving(self, *, on: bool) -> None:
        """Pause or resume saving."""
        if on != self._saving:
            self._saving = on
            self._tell()

    @callback
    def async_set_recall(self, *, on: bool) -> None:
        """Pause or resume recall."""
        if on != self._recall:
            self._recall = on
            self._tell()

    @callback
    def async_listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call a listener after each change; return what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()
