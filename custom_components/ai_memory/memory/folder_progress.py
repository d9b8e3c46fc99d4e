"""Which folders are watched, and how far each of them is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """A folder whose documents are searched in.

    `id` names it for ever; `owner` is whose the documents are; `language` is that of all of them, None to take it from
    each, and the home's where that tells none. What was read before `read_anew_before` is read again: its language was said
    to be another one then.
    """

    id: str
    path: Path
    collection: str
    owner: str
    language: str | None
    name: str
    read_anew_before: datetime | None = None


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
    whole folder failed: `folder_gone`, `folder_emptied` (no file left, and nobody seems to have deleted any),
    `subfolder_emptied` (the same of a folder in it; the rest is read), `reader_unavailable`, `too_many_files` (those that
    are too many are not read), or the problem of its files where none could be read.
    """

    folder_id: str
    state: FolderState
    total: int = 0
    done: int = 0
    failed: int = 0
    problem: str | None = None
    finished_at: datetime | None = None
    """When the folder was last known as it is."""
