"""Folders of the household, watched: what is new, changed, renamed or gone in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from ..postgres.store import Store
from .changes import Changes
from .document_reading import DocumentReading
from .health import Health


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """A folder whose documents are searched in.

    `id` names it for ever; `owner` is whose the documents are; `language` is that of all of them, None to take it from
    each, and the home's where that tells none.
    """

    id: str
    path: Path
    collection: str
    owner: str
    language: str | None
    name: str


class FolderState(StrEnum):
    """What is done with a folder."""

    IDLE = "idle"
    SCANNING = "scanning"
    READING = "reading"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FolderProgress:
    """How far a folder is.

    `total` files stand in it, `done` of them are dealt with, `failed` of these could not be read. `problem` is why the
    whole folder failed: `folder_gone`, `folder_emptied` (no file left, and nobody seems to have deleted any), or the
    problem of its files where none could be read.
    """

    folder_id: str
    state: FolderState
    total: int = 0
    done: int = 0
    failed: int = 0
    problem: str | None = None
    finished_at: datetime | None = None
    """When the folder was last known as it is."""


class FolderSync:
    """Keeps the documents of folders as the files in them are."""

    def __init__(
        self,
        store: Store,
        reading: DocumentReading,
        folders: Sequence[FolderSettings],
        health: Health,
        changes: Changes,
        *,
        language: str,
        nudge: Callable[[], None],
    ) -> None:
        """Call `nudge` when there is something new to make vectors of."""
        raise NotImplementedError

    @property
    def settings(self) -> Sequence[FolderSettings]:
        """Return the folders."""
        raise NotImplementedError

    @property
    def progress(self) -> list[FolderProgress]:
        """Return how far each folder is, in the order of the settings."""
        raise NotImplementedError

    def subscribe(self, listener: Callable[[FolderProgress], None]) -> Callable[[], None]:
        """Tell a listener of progress, twice a second at most while files are read; return what removes it."""
        raise NotImplementedError

    def sync(self, folder_id: str | None = None) -> None:
        """Look at a folder, or at all, at once, also at stopped ones; files that could not be read are tried again.

        Raises InvalidInput `folder_unknown`.
        """
        raise NotImplementedError

    def stop(self, folder_id: str) -> None:
        """Let a folder be, from its next file on, until `sync`. Raises InvalidInput `folder_unknown`."""
        raise NotImplementedError

    async def settled(self, timeout: float = 30.0) -> bool:
        """Wait until every folder is idle, stopped or failed; return False where that took longer than `timeout` seconds."""
        raise NotImplementedError

    async def forget_folder(self, folder_id: str) -> int:
        """Put the documents of a folder that is one no more into the bin; return how many. Raises DatabaseError."""
        raise NotImplementedError
