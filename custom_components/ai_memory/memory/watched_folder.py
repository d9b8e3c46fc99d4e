"""One folder of the household: looked at again and again, its documents kept as its files are."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
import logging
import math
from pathlib import Path, PurePosixPath
import time
from typing import Any, Final

from ..documents.folder import FolderGone, Listing, Place, Seen, list_folder
from ..documents.formats.content import Problem
from ..documents.reader import ReaderUnavailable
from ..errors import DatabaseError
from ..models import DocumentState
from ..postgres.folder_files import KnownFile
from ..postgres.store import Store
from .document_reading import format_of
from .folder_documents import FolderDocuments
from .folder_progress import FolderProgress, FolderSettings, FolderState
from .health import Health, Part

_LOGGER = logging.getLogger(__name__)

POLL: Final = 60.0  # seconds
RETRY: Final = 5.0  # seconds, while the database does not answer
_MOST_DOUBLINGS: Final = 10
"""How often the time is doubled until what could not be done is tried again."""
_ATTEMPTS: Final = 3
"""How often in a row the process that reads may not start until that is told."""
_LONGEST_KEY: Final = 4096  # characters, as the column
_TELL: Final = 0.5
"""Seconds at least between two reports while files are read."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done with a folder.

    `to_do`: files, and whether they are read also where their content is known. `problems`: why files that are there could
    not be read before.
    """

    to_do: list[tuple[Seen, bool]]
    left_out: dict[str, Problem]
    gone: list[str]
    gone_unless_renamed: list[str]
    problems: dict[str, str]


class _FolderEmptied(Exception):
    """Nothing is in a folder, and nobody seems to have deleted what was."""


class WatchedFolder:
    """Keeps the documents of one folder as the files in it are."""

    def __init__(
        self,
        store: Store,
        documents: FolderDocuments,
        settings: FolderSettings,
        health: Health,
        *,
        without: Sequence[Path],
        tell: Callable[[FolderProgress], None],
    ) -> None:
        """Leave the folders `without` out; call `tell` whenever it gets on."""
        self.settings = settings
        self.progress = FolderProgress(settings.id, FolderState.SCANNING)
        self._store = store
        self._documents = documents
        self._health = health
        self._without = without
        self._tell = tell
        self.settled = asyncio.Event()
        """Nothing is under way."""
        self._asked = asyncio.Event()
        self._stopped = False
        self._retry = False
        self._is_asked_for = False
        """Somebody asked for the round that is under way."""
        self._is_taken_over = False
        self._told = 0.0
        self._unfinished = 0
        """Rounds in a row that left something for the next one."""
        self._without_reader = 0
        """Attempts in a row for which nothing could be read."""
        self._places: dict[str, Place] = {}
        """Where the folder, and those in it, were when there was something in them."""
        self._away: set[str] = set()
        """Folders in it that are empty, and nobody seems to have deleted what was there."""
        self._dealt_with: Listing | None = None
        """What was there in the last round."""
        self._again_at = 0.0
        """When what that left is tried again, by the monotonic clock."""

    def look(self, *, retry: bool) -> None:
        """Look at the folder at once; `retry`: also where it is stopped, and at files that could not be read."""
        if retry:
            self._stopped, self._retry = False, True
        self._dealt_with = None
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
            # Who asks means what is there now: it may be another folder, once this one is back.
            retry, self._retry = self._retry, False
            pause = POLL
            is_over = True
            try:
                if self._stopped:
                    self._show(FolderState.STOPPED)
                else:
                    await self._round(retry=retry)
                    if self._unfinished:
                        pause = min(POLL, _doubled(self._unfinished))
            except FolderGone:
                self._fail("folder_gone")
            except _FolderEmptied:
                self._fail("folder_emptied")
            except DatabaseError as err:
                _LOGGER.debug("Folder %s waits", self.settings.id, exc_info=True)
                self._health.failed(Part.DATABASE, err)
                self._retry |= retry
                pause, is_over = RETRY, False
            except ReaderUnavailable:
                self._without_reader += 1
                pause = min(POLL, _doubled(self._without_reader))
                is_over = self._without_reader >= _ATTEMPTS
                if is_over:
                    self._fail("reader_unavailable")
                else:
                    self._retry |= retry
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

    async def _round(self, *, retry: bool) -> None:
        # First of all: who may see it no more must not, also while the folder is away.
        await self._take_over()
        listing = await self._list()
        if (
            self._dealt_with
            and _same(listing, self._dealt_with)
            and time.monotonic() < self._again_at
        ):
            self.progress = replace(self.progress, finished_at=datetime.now(UTC))
            return
        self._dealt_with = None
        if retry or self.progress.state is not FolderState.FAILED:
            # Else its problem stays until it is known that there is none any more.
            self._show(FolderState.SCANNING, problem=None)
        self._is_asked_for = retry
        is_complete = await self._compare(listing, retry=retry)
        self._without_reader = 0
        if self._stopped:
            self._show(FolderState.STOPPED)
            return
        self._finish(listing)
        self._unfinished = 0 if is_complete else self._unfinished + 1
        self._again_at = (
            math.inf if is_complete else time.monotonic() + _doubled(self._unfinished)
        )
        # Somebody may have asked meanwhile.
        self._dealt_with = None if self._asked.is_set() else listing

    async def _compare(self, listing: Listing, *, retry: bool) -> bool:
        """Deal with all that is not as it is known; return whether nothing was left for the next round."""
        settings = self.settings
        known = await self._store.folder_files.known(settings.id, settings.owner)
        await self._check(listing, is_known=bool(known))
        # In a thread: there may be many thousands.
        plan = await asyncio.to_thread(_plan, listing, known, settings, retry=retry)
        self._documents.problems = plan.problems
        gone = [*plan.gone, *plan.gone_unless_renamed]
        self._away = set(await self._away_of(listing, gone))
        await self._let_go(plan.gone)
        for key, problem in plan.left_out.items():
            await self._documents.leave_out(key, problem)
        to_do = plan.to_do
        total = _count(listing)
        done = total - len(to_do)
        # Why they could not be read before is known still, and no count of now.
        not_yet = {seen.key for seen, _ in to_do} & self._documents.problems.keys()

        def show(state: FolderState, **fields: Any) -> None:
            failed = len(self._documents.problems) - len(not_yet)
            self._show(state, total=total, done=done, failed=failed, **fields)

        def show_reading() -> None:
            show(FolderState.READING, problem=self._problem(listing))

        if to_do and self.progress.state is not FolderState.FAILED:
            show_reading()
        is_complete = True
        for seen, again in to_do:
            if self._stopped:
                return False
            is_done = await self._documents.take(seen, again=again)
            done += 1
            not_yet.discard(seen.key)
            if is_done:
                show_reading()
            else:
                is_complete = False
        show(self.progress.state)
        await self._let_go(plan.gone_unless_renamed)
        return is_complete

    async def _list(self) -> Listing:
        listing = await asyncio.to_thread(
            list_folder, self.settings.path, without=self._without
        )
        self._places = {
            folder: place
            for folder, now in listing.places.items()
            if (place := self._places.get(folder) if folder in listing.empty else now)
        }
        return listing

    async def _take_over(self) -> None:
        """Give what was read before to whom the folder is now, once a run."""
        if self._is_taken_over:
            return
        await self._documents.take_over()
        self._is_taken_over = True

    async def _check(self, listing: Listing, *, is_known: bool = True) -> None:
        """Raise _FolderEmptied where nothing is in the folder, and nobody seems to have deleted what was."""
        if is_known and not listing.files and await self._is_away(listing, ""):
            raise _FolderEmptied

    async def _is_away(self, listing: Listing, folder: str) -> bool:
        """Return whether a folder, or one in it, is empty, and nobody seems to have deleted what was there.

        So it looks where a share is not mounted, and its documents must outlast that. Where files were deleted it is the
        same folder as before; or somebody asks for a look, and it was changed after they were read.
        """
        changed = listing.empty.get(folder)
        if changed is None or self._places.get(folder) == listing.places[folder]:
            return False
        if not self._is_asked_for:
            return True
        settings = self.settings
        newest = await self._store.folder_files.newest(
            settings.id, settings.owner, f"{folder}/" if folder else ""
        )
        return newest is not None and changed < newest.timestamp()

    async def _away_of(
        self, listing: Listing, keys: Sequence[str]
    ) -> dict[str, list[str]]:
        """Return the folders in it that are empty without having been emptied, and which of the keys were in them."""
        emptied = await asyncio.to_thread(_by_empty_folder, listing, keys)
        return {
            folder: those
            for folder, those in emptied.items()
            if await self._is_away(listing, folder)
        }

    async def _let_go(self, keys: Sequence[str]) -> None:
        """Let files go that are not there any more."""
        if not keys:
            return
        # Looked at again: much may have happened since, and what went by mistake costs its vectors.
        listing = await self._list()
        await self._check(listing)
        gone = await asyncio.to_thread(_gone, listing, keys)
        away = set().union(*(await self._away_of(listing, gone)).values())
        await self._documents.let_go([key for key in gone if key not in away])

    # --- progress

    def _problem(self, listing: Listing) -> str | None:
        """Return what is wrong with the folder, though files of it can be read."""
        if listing.is_cut:
            return "too_many_files"
        return "subfolder_emptied" if self._away else None

    def _finish(self, listing: Listing) -> None:
        total = _count(listing)
        problem = self._problem(listing)
        problems = self._documents.problems
        if problems and all(seen.key in problems for seen in listing.files):
            problem = Counter(problems.values()).most_common(1)[0][0]
        self._show(
            FolderState.FAILED if problem else FolderState.IDLE,
            total=total,
            done=total,
            failed=len(problems),
            problem=problem,
            finished_at=datetime.now(UTC),
        )

    def _fail(self, problem: str) -> None:
        self._dealt_with = None
        self._show(FolderState.FAILED, problem=problem)

    def _show(self, state: FolderState, **fields: Any) -> None:
        before = self.progress
        self.progress = replace(before, state=state, **fields)
        now = time.monotonic()
        is_step = state is before.state is FolderState.READING
        if self.progress != before and not (is_step and now - self._told < _TELL):
            self._told = now
            self._tell(self.progress)


def _doubled(times: int) -> float:
    """Return how long to wait when something could not be done so many times."""
    return RETRY * 2.0 ** min(times, _MOST_DOUBLINGS)


def _left_out(listing: Listing) -> dict[str, Problem]:
    """Return what people should know that it is left out: documents, and folders in which there may be some."""
    return {
        key: problem
        for key, problem in listing.left_out.items()
        if format_of(key) or problem is Problem.UNREADABLE
    }


def _count(listing: Listing) -> int:
    """Return how many files of a folder are documents, or should be."""
    return len(listing.files) + len(_left_out(listing))


def _plan(
    listing: Listing,
    known: Mapping[str, KnownFile],
    settings: FolderSettings,
    *,
    retry: bool,
) -> _Plan:
    """Compare what there is with what is known."""
    to_do = []
    for seen in listing.files:
        file = known.get(seen.key)
        again = file is not None and _is_again(file, settings, retry=retry)
        if again or file is None or not _is_as(file, seen):
            to_do.append((seen, again))
    left_out = {
        key: problem
        for key, problem in _left_out(listing).items()
        if len(key) <= _LONGEST_KEY
    }
    there = {seen.key for seen in listing.files} | left_out.keys()
    gone = set(_gone(listing, known))
    # What may have been renamed stays until it is found by its new name.
    sizes = {seen.bytes for seen, _ in to_do if seen.key not in known}
    renamed = {key for key in gone if known[key].bytes in sizes}
    return _Plan(
        to_do=to_do,
        left_out={
            key: problem
            for key, problem in left_out.items()
            if (file := known.get(key)) is None
            or not (file.is_deleted or file.problem == problem)
        },
        gone=sorted(gone - renamed),
        gone_unless_renamed=sorted(renamed),
        problems={
            key: file.problem
            for key, file in known.items()
            if file.problem and not file.is_deleted and key in there
        },
    )


def _gone(listing: Listing, keys: Iterable[str]) -> list[str]:
    """Return those of the keys that are not there any more, for certain."""
    there = {seen.key for seen in listing.files} | listing.left_out.keys()
    return [key for key in keys if key not in there and listing.is_gone(key)]


def _by_empty_folder(listing: Listing, keys: Iterable[str]) -> dict[str, list[str]]:
    """Return the keys that were in folders which are still there, and empty."""
    found: dict[str, list[str]] = {}
    for key in keys:
        for parent in PurePosixPath(key).parents:
            if str(parent) in listing.empty:
                found.setdefault(str(parent), []).append(key)
    return found


def _is_again(known: KnownFile, settings: FolderSettings, *, retry: bool) -> bool:
    """Return whether a file is to be read though it is what it was."""
    if known.is_deleted:
        return False
    if known.state is DocumentState.READY:
        before = settings.read_anew_before
        return settings.language not in (None, known.language) or (
            before is not None and known.updated_at < before
        )
    return retry or known.state is DocumentState.WAITING


def _is_as(known: KnownFile, seen: Seen) -> bool:
    return (known.bytes, known.modified_ns) == (seen.bytes, seen.modified_ns)


def _same(listing: Listing, other: Listing) -> bool:
    return (
        listing.files == other.files
        and listing.left_out == other.left_out
        and listing.beyond == other.beyond
        and listing.unlisted == other.unlisted
        and listing.empty.keys() == other.empty.keys()
    )
