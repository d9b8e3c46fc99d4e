"""How far an import is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class ImportState(StrEnum):
    """How an import goes."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True)
class ImportProgress:
    """How far the import is that runs, else the last one; `total` and `done` are rows, of a file bytes.

    Of another AI Memory each row counts twice: it is read, and merged; how many there are is known when all are read.
    """

    state: ImportState = ImportState.IDLE
    dry_run: bool = False
    table: str | None = None
    total: int = 0
    done: int = 0
    failed: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    problem: str | None = None
    """The key of the error that ended it."""
    report: str | None = None
    """The name of the report's file."""

    @property
    def seconds_left(self) -> float | None:
        """Return how long it will take at the rate so far, None where that is not known."""
        if self.state is not ImportState.RUNNING or not self.done or not self.total:
            return None
        assert self.started_at is not None
        took = (datetime.now(UTC) - self.started_at).total_seconds()
        return took / self.done * max(0, self.total - self.done)
