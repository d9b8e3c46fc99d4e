"""One folder of the household: looked at again and again, its documents kept as its files are."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
import logging
import os
from pathlib import Path
import time
from typing import Any, Final

from ..documents.folder import FolderGone, Listing, Seen, list_folder
from ..documents.formats.content import Problem, ReadError
from ..documents.reader import ReaderUnavailable
from ..errors import DatabaseError
from ..models import DocumentState, Subject, Verb
from ..postgres.folder_files import FolderFile, Kept, KnownFile
from ..postgres.store import Store
from .changes import Changes
from .document_reading import (
    DocumentReading,
    FileChanging,
    FileNow,
    format_of,
    look_at,
    title_of,
)
from .health import Health, Part

_LOGGER = logging.getLogger(__name__)

POLL: Final = 60.0  # seconds
RETRY: Final = 5.0  # seconds, while the database does not answer
_TELL: Final = 0.5
"""Seconds at least between two reports while files are read."""
_ATTEMPTS: Final = 3
"""How often a file is read that changes meanwhile; then it waits for the next round."""


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


class _FolderEmptied(Exception):
    """Nothing is in a folder, and nobody seems to have deleted what was."""


@dataclass(frozen=True, slots=True)
class _ToDo:
    """A file to be dealt with; `again`: also where its content is known."""

    seen: Seen
    again: bool


class WatchedFolder:
    """Keeps the documents of one folder as the files in it are."""

    def __init__(
        self,
        store: Store,
        reading: DocumentReading,
        settings: FolderSettings,
        health: Health,
        changes: Changes,
        *,
        without: Sequence[Path],
        nudge: Callable[[], None],
        tell: Callable[[FolderProgress], None],
        from_bin: Callable[[str], Awaitable[None]],
    ) -> None:
        """Leave the folders `without` out; call `from_bin` with each original that is needed again."""
        self.settings = settings
        self.progress = FolderProgress(settings.id, FolderState.SCANNING)
        self._store = store
        self._reading = reading
        self._health = health
        self._changes = changes
        self._without = without
        self._nudge = nudge
        self._tell = tell
        self._from_bin = from_bin
        self.settled = asyncio.Event()
        """Nothing is under way."""
        self._asked = asyncio.Event()
        self._stopped = False
        self._retry = False
        self._is_placed = False
        self._told = 0.0
        self._unfinished = 0
        """Rounds in a row that left something for the next one."""
        self._problems: dict[str, str] = {}
        """Why files could not be read."""
        self._identity: tuple[int, int, int, bool] | None = None
        """Of the folder when there were files in it."""
        self._complete: Listing | None = None
        """What was there when all of it was dealt with."""

    def look(self, *, retry: bool) -> None:
        """Look at the folder at once; `retry`: also at files that could not be read."""
        self._stopped = False
        self._retry |= retry
        self._complete = None
        self.settled.clear()
        self._asked.set()

    def stop(self) -> None:
        """Let the folder be, from its next file on."""
        self._stopped = True
        self.settled.clear()
        self._asked.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._asked.clear()
            pause = POLL
            is_over = True
            try:
                if self._stopped:
                    self._show(FolderState.STOPPED)
                else:
                    await self._round()
                    if self._unfinished:
                        pause = min(POLL, RETRY * 2**self._unfinished)
            except FolderGone:
                self._fail("folder_gone")
            except _FolderEmptied:
                self._fail("folder_emptied")
            except DatabaseError as err:
                _LOGGER.debug("Folder %s waits", self.settings.id, exc_info=True)
                self._health.failed(Part.DATABASE, err)
                pause, is_over = RETRY, False
            except ReaderUnavailable:
                pause, is_over = RETRY, False
            except Exception:
                # The next round may do better, and there must be one.
                _LOGGER.exception("Unexpected error while a folder was looked at")
                self._fail("unknown")
            if is_over and not self._asked.is_set():
                self.settled.set()
            try:
                async with asyncio.timeout(pause):
                    await self._asked.wait()
            except TimeoutError:
                pass

    # --- a round

    async def _round(self) -> None:
        listing = await self._list()
        if self._complete and _same(listing, self._complete):
            if self.progress.problem in {"folder_gone", "folder_emptied"}:
                self._finish(listing)
            else:
                self.progress = replace(self.progress, finished_at=datetime.now(UTC))
            return
        self._complete = None
        self._show(FolderState.SCANNING, problem=None)
        await self._place()
        retry, self._retry = self._retry, False
        try:
            is_complete = await self._compare(listing, retry=retry)
        except BaseException:
            self._retry |= retry
            raise
        if self._stopped:
            self._show(FolderState.STOPPED)
            return
        self._finish(listing)
        self._complete = listing if is_complete else None
        self._unfinished = 0 if is_complete else min(self._unfinished + 1, 10)

    async def _compare(self, listing: Listing, *, retry: bool) -> bool:
        """Deal with all that is not as it is known; return whether nothing was left for the next round."""
        settings = self.settings
        known = await self._store.folder_files.known(settings.id, settings.owner)
        await self._check(listing, is_known=bool(known))
        keys = {seen.key for seen in listing.files}
        self._problems = {
            key: file.problem
            for key, file in known.items()
            if file.state is DocumentState.FAILED
            and file.problem
            and not file.is_deleted
        }
        to_do = [
            _ToDo(seen, again)
            for seen in listing.files
            if (again := self._is_again(known.get(seen.key), retry=retry))
            or not _is_known(known.get(seen.key), seen)
        ]
        missing = [
            key
            for key in known
            if key not in keys and key not in listing.left_out and listing.is_gone(key)
        ]
        # What may have been renamed stays until it is found by its new name.
        new = {item.seen.bytes for item in to_do if item.seen.key not in known}
        await self._let_go([key for key in missing if known[key].bytes not in new])
        await self._leave_out(listing, known)
        total = _count(listing)
        done = total - len(to_do)
        is_complete = True
        for item in to_do:
            if self._stopped:
                return False
            self._show(
                FolderState.READING,
                total=total,
                done=done,
                failed=len(self._problems),
            )
            is_complete &= await self._deal_with(item)
            done += 1
        self._show(self.progress.state, total=total, done=done)
        await self._let_go([key for key in missing if known[key].bytes in new])
        return is_complete

    async def _list(self) -> Listing:
        return await asyncio.to_thread(
            list_folder, self.settings.path, without=self._without
        )

    async def _place(self) -> None:
        """Give what was read before to whom the folder is now, once a run."""
        if self._is_placed:
            return
        settings = self.settings
        moved, gone = await self._store.folder_files.move(
            settings.id, settings.owner, settings.collection
        )
        self._changed(Verb.CHANGED, settings.owner, moved)
        for owner, some in gone.items():
            self._changed(Verb.REMOVED, owner, some)
        self._is_placed = True

    async def _check(self, listing: Listing, *, is_known: bool = True) -> None:
        """Raise _FolderEmptied where nothing is in a folder, and nobody seems to have deleted what was.

        So it looks where a share is not mounted, and its documents must outlast that. Where files were deleted it is the
        same folder as before, and it was changed after they were read; of those in folders of their own, these are left.
        """
        if listing.files:
            self._identity = _identity(listing)
        if listing.files or not is_known or self._identity == _identity(listing):
            return
        settings = self.settings
        newest = await self._store.folder_files.newest(settings.id, settings.owner)
        changed = await asyncio.to_thread(_changed_at, settings.path)
        if newest and changed is not None and changed < newest.timestamp():
            raise _FolderEmptied

    def _is_again(self, known: KnownFile | None, *, retry: bool) -> bool:
        """Return whether a file is to be read though it is what it was."""
        if known is None or known.is_deleted:
            return False
        language = self.settings.language
        return (
            known.state is DocumentState.WAITING
            or (known.state is DocumentState.FAILED and retry)
            or (
                known.state is DocumentState.READY
                and language is not None
                and known.language != language
            )
        )

    async def _let_go(self, keys: Sequence[str]) -> None:
        """Let files go that are not there any more."""
        if not keys:
            return
        # Looked at again: much may have happened since, and what went by mistake costs its vectors.
        listing = await self._list()
        await self._check(listing)
        there = {seen.key for seen in listing.files} | listing.left_out.keys()
        keys = [key for key in keys if key not in there and listing.is_gone(key)]
        for key in keys:
            self._problems.pop(key, None)
        settings = self.settings
        gone = await self._store.folder_files.drop(settings.id, settings.owner, keys)
        self._changed(Verb.REMOVED, settings.owner, gone)

    async def _leave_out(self, listing: Listing, known: dict[str, KnownFile]) -> None:
        """Note of files that are not read why they are not."""
        for key, problem in listing.left_out.items():
            file = known.get(key)
            if format_of(key) is None or (
                file and (file.is_deleted or file.problem == problem)
            ):
                continue
            await self._could_not(self._file(key, None), problem, None)

    # --- a file

    async def _deal_with(self, item: _ToDo) -> bool:
        """Make a file's document what the file is; return whether that is done, and not left for the next round."""
        path = self.settings.path / item.seen.path
        for _ in range(_ATTEMPTS):
            try:
                now = await asyncio.to_thread(look_at, path)
            except FileChanging:
                continue
            except FileNotFoundError:
                # The next listing tells, also whether the whole folder is gone.
                return False
            except OSError, ReadError:
                await self._could_not(
                    self._file(item.seen.key, None), Problem.UNREADABLE, None
                )
                return True
            if await self._read(item, path, now):
                return True
        return False

    async def _read(self, item: _ToDo, path: Path, now: FileNow) -> bool:
        """Deal with a file as it was seen; return False where it has changed since."""
        settings = self.settings
        file = self._file(item.seen.key, now)
        if now.sha256 and (
            kept := await self._store.folder_files.recognise(
                file, now.sha256, again=item.again
            )
        ):
            await self._kept(file, kept)
            return True
        try:
            reading = await self._reading.read(
                path,
                name=item.seen.key,
                language=settings.language,
                within=settings.path,
            )
        except ReadError as err:
            if not await asyncio.to_thread(_is_as, path, now):
                return False
            await self._could_not(file, err.problem, now.sha256)
            return True
        if reading.sha256 != now.sha256:
            return False
        try:
            kept = await self._store.folder_files.write(file, reading)
        except DatabaseError as err:
            if not err.is_refusal:
                raise
            if err.is_duplicate:
                # It came in by another name right now.
                return False
            _LOGGER.warning("The database refuses a document: %s", err)
            await self._could_not(file, Problem.BROKEN, now.sha256)
        else:
            await self._kept(file, kept)
        return True

    def _file(self, key: str, now: FileNow | None) -> FolderFile:
        settings = self.settings
        return FolderFile(
            folder=settings.id,
            owner=settings.owner,
            collection=settings.collection,
            path=key,
            title=title_of(key, settings.language),
            format=format_of(key) or "",
            bytes=now.size if now else None,
            modified_ns=now.modified_ns if now else None,
        )

    async def _could_not(
        self, file: FolderFile, problem: Problem, sha256: bytes | None
    ) -> None:
        await self._kept(
            file, await self._store.folder_files.fail(file, problem, sha256)
        )

    async def _kept(self, file: FolderFile, kept: Kept) -> None:
        if kept.problem:
            self._problems[file.path] = kept.problem
        else:
            self._problems.pop(file.path, None)
        for original in kept.from_bin:
            await self._from_bin(original)
        self._changed(Verb.REMOVED, file.owner, kept.removed)
        self._changed(Verb.ADDED, file.owner, kept.added)
        self._changed(Verb.CHANGED, file.owner, kept.changed)
        if kept.added or kept.changed:
            self._nudge()

    def _changed(self, verb: Verb, owner: str, ids: Sequence[object]) -> None:
        if ids:
            self._changes.tell(Subject.DOCUMENT, verb, owner, ids)

    # --- progress

    def _finish(self, listing: Listing) -> None:
        total = _count(listing)
        problem = None
        if total and len(self._problems) >= total:
            problem = Counter(self._problems.values()).most_common(1)[0][0]
        self._show(
            FolderState.FAILED if problem else FolderState.IDLE,
            total=total,
            done=total,
            failed=len(self._problems),
            problem=problem,
            finished_at=datetime.now(UTC),
        )

    def _fail(self, problem: str) -> None:
        self._complete = None
        self._show(FolderState.FAILED, problem=problem)

    def _show(self, state: FolderState, **fields: Any) -> None:
        before = self.progress
        self.progress = replace(before, state=state, **fields)
        now = time.monotonic()
        is_step = state is before.state is FolderState.READING
        if self.progress != before and not (is_step and now - self._told < _TELL):
            self._told = now
            self._tell(self.progress)


def _count(listing: Listing) -> int:
    """Return how many files of a folder are documents, or should be."""
    return len(listing.files) + sum(
        format_of(key) is not None for key in listing.left_out
    )


def _is_known(known: KnownFile | None, seen: Seen) -> bool:
    return known is not None and (known.bytes, known.modified_ns) == (
        seen.bytes,
        seen.modified_ns,
    )


def _same(listing: Listing, other: Listing) -> bool:
    return (
        listing.files == other.files
        and listing.left_out == other.left_out
        and listing.unlisted == other.unlisted
    )


def _identity(listing: Listing) -> tuple[int, int, int, bool]:
    return listing.device, listing.inode, listing.filesystem, listing.mount


def _changed_at(folder: Path) -> float | None:
    """Return when something was last put into an empty folder or taken out, None where it is not empty; blocks."""
    try:
        with os.scandir(folder) as entries:
            if any(not entry.name.startswith(".") for entry in entries):
                return None
        return folder.stat().st_mtime
    except OSError as err:
        raise FolderGone from err


def _is_as(path: Path, now: FileNow) -> bool:
    """Return whether a file is what it was; blocks."""
    try:
        status = path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (now.size, now.modified_ns)
