"""Knows what answers and what does not, and tells once when that changes."""

from collections.abc import Callable
from enum import StrEnum
import logging

from ..errors import AiMemoryError
from .circuit_breaker import CircuitBreaker

_LOGGER = logging.getLogger(__name__)


class Part(StrEnum):
    """What may fail by itself."""

    DATABASE = "database"
    EMBEDDER = "embedder"


type ReportProblem = Callable[[Part, AiMemoryError | None], None]
"""Called with the error when a part fails, or fails otherwise than before, and with None when it is back."""


class Health:
    """One circuit breaker a part."""

    def __init__(self, report: ReportProblem) -> None:
        """Tell `report` of every change."""
        self._report = report
        self._breakers = {part: CircuitBreaker() for part in Part}
        self._errors: dict[Part, type[AiMemoryError]] = {}

    def allow(self, part: Part) -> bool:
        """Return whether to ask a part now."""
        return self._breakers[part].allow()

    def is_failing(self, part: Part) -> bool:
        """Return whether the last attempt failed."""
        return self._breakers[part].is_open

    def failed(self, part: Part, error: AiMemoryError) -> None:
        """Note that a part failed."""
        self._breakers[part].fail()
        if self._errors.get(part) is not type(error):
            self._errors[part] = type(error)
            _LOGGER.warning("The %s failed: %s", part, error.translation_key)
            self._report(part, error)

    def succeeded(self, part: Part) -> None:
        """Note that a part served us."""
        self._breakers[part].succeed()
        if self._errors.pop(part, None):
            _LOGGER.info("The %s is back", part)
            self._report(part, None)
