"""What becomes of the files of one folder."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
import logging
from pathlib import Path
from typing import Final

from ..documents.folder import Seen
from ..documents.formats.content import Problem, ReadError
from ..errors import DatabaseError
from ..models import Subject, Verb
from ..postgres.folder_files import FolderFile, Kept
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
from .folder_progress import FolderSettings

_LOGGER = logging.getLogger(__name__)

_ATTEMPTS: Final = 3
"""How often a file is read that changes meanwhile; then it waits for the next round."""
_SAYS_NOTHING: Final = frozenset({Problem.EMPTY, Problem.NO_TEXT})
"""Nothing is wrong with the file: what it said before is not in it any more."""


class FolderDocuments:
    """Makes documents what the files of a folder are."""

    def __init__(
        self,
        store: Store,
        reading: DocumentReading,
        settings: FolderSettings,
        changes: Changes,
        *,
        nudge: Callable[[], None],
        from_bin: Callable[[str], Awaitable[None]],
    ) -> None:
        """Call `nudge` when there is something new to make vectors of, `from_bin` with each original that is needed again."""
        self.problems: dict[str, str] = {}
        """Why files could not be read."""
        self._nothing: dict[str, FileNow] = {}
        """Files that said nothing when they were last looked at, and are left as they were until they are seen again."""
        self._store = store
        self._reading = reading
        self._settings = settings
        self._changes = changes
        self._nudge = nudge
        self._from_bin = from_bin

    async def take_over(self) -> None:
        """Give what was read before to whom the folder is now. Raises DatabaseError."""
        settings = self._settings
        moved, gone = await self._store.folder_files.move(
            settings.id, settings.owner, settings.collection
        )
        for owner, some in gone.items():
            self._tell(Verb.REMOVED, owner, some)
        self._tell(Verb.ADDED, settings.owner, moved)

    async def let_go(self, keys: Sequence[str]) -> None:
        """Let files go that are not there any more. Raises DatabaseError."""
        for key in keys:
            self.problems.pop(key, None)
            self._nothing.pop(key, None)
        settings = self._settings
        gone = await self._store.folder_files.drop(settings.id, settings.owner, keys)
        self._tell(Verb.REMOVED, settings.owner, gone)

    async def leave_out(self, key: str, problem: Problem) -> None:
        """Note why a file is not read. Raises DatabaseError."""
        await self._could_not(self._file(key, None), problem, None)

    async def take(self, seen: Seen, *, again: bool) -> bool:
        """Make a file's document what the file is; return whether that is done, and not left for the next round.

        With `again` it is read also where its content is known. Raises DatabaseError, ReaderUnavailable.
        """
        path = self._settings.path / seen.path
        for _ in range(_ATTEMPTS):
            try:
                now = await asyncio.to_thread(look_at, path)
            except FileChanging:
                continue
            except FileNotFoundError:
                # The next listing tells, also whether the whole folder is gone.
                return False
            except OSError, ReadError:
                return await self._unreadable(seen.key)
            is_done = await self._read(seen.key, path, now, again=again)
            if is_done is not None:
                return is_done
        return False

    async def _read(
        self, key: str, path: Path, now: FileNow, *, again: bool
    ) -> bool | None:
        """Deal with a file as it was seen; return whether that is done, None where it has changed since."""
        settings = self._settings
        file = self._file(key, now)
        # Also where another one is empty, whose document it would be.
        if not now.size and await self._may_say_more(file, now):
            return False
        if now.sha256 and (
            kept := await self._store.folder_files.recognise(
                file, now.sha256, again=again
            )
        ):
            await self._kept(file, kept)
            return True
        try:
            reading = await self._reading.read(
                path,
                name=key,
                language=settings.language,
                within=settings.path,
            )
        except ReadError as err:
            if not await asyncio.to_thread(_is_as, path, now):
                return None
            if err.problem is Problem.UNREADABLE:
                return await self._unreadable(key)
            if err.problem in _SAYS_NOTHING and await self._may_say_more(file, now):
                return False
            await self._could_not(file, err.problem, now.sha256)
            return True
        if reading.sha256 != now.sha256:
            return None
        try:
            kept = await self._store.folder_files.write(file, reading)
        except DatabaseError as err:
            if not err.is_refusal:
                raise
            if err.is_duplicate:
                # It came in by another name right now.
                return None
            _LOGGER.warning("The database refuses a document: %s", err)
            await self._could_not(file, Problem.BROKEN, now.sha256)
        else:
            await self._kept(file, kept)
        return True

    async def _unreadable(self, key: str) -> bool:
        """Note, once, that a file cannot be read now; it is tried again without being asked for: return False."""
        if self.problems.get(key) != Problem.UNREADABLE:
            await self.leave_out(key, Problem.UNREADABLE)
        return False

    async def _may_say_more(self, file: FolderFile, now: FileNow) -> bool:
        """Return whether a file that says nothing may only be half written: it said something, and is not seen again so."""
        if self._nothing.get(
            file.path
        ) == now or not await self._store.folder_files.says_something(file):
            return False
        self._nothing[file.path] = now
        return True

    def _file(self, key: str, now: FileNow | None) -> FolderFile:
        settings = self._settings
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
        kept = await self._store.folder_files.fail(
            file, problem, sha256, says_nothing=problem in _SAYS_NOTHING
        )
        await self._kept(file, kept)

    async def _kept(self, file: FolderFile, kept: Kept) -> None:
        self._nothing.pop(file.path, None)
        if kept.problem:
            self.problems[file.path] = kept.problem
        else:
            self.problems.pop(file.path, None)
        for original in kept.from_bin:
            await self._from_bin(original)
        self._tell(Verb.REMOVED, file.owner, kept.removed)
        self._tell(Verb.ADDED, file.owner, kept.added)
        self._tell(Verb.CHANGED, file.owner, kept.changed)
        if kept.added or kept.changed:
            self._nudge()

    def _tell(self, verb: Verb, owner: str, ids: Sequence[object]) -> None:
        if ids:
            self._changes.tell(Subject.DOCUMENT, verb, owner, ids)


def _is_as(path: Path, now: FileNow) -> bool:
    """Return whether a file is what it was; blocks."""
    try:
        status = path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (now.size, now.modified_ns)
