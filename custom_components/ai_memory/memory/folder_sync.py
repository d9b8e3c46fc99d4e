"""Folders of the household, watched: what is new, changed, renamed or gone in them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path

from ..errors import InvalidInput
from ..models import Subject, Verb
from ..postgres.store import Store
from .changes import Changes
from .document_reading import DocumentReading
from .folder_documents import FolderDocuments
from .folder_progress import FolderProgress, FolderSettings, FolderState
from .health import Health
from .watched_folder import WatchedFolder

__all__ = ["FolderProgress", "FolderSettings", "FolderState", "FolderSync"]


class FolderSync:
    """Keeps the documents of folders as the files in them are."""

    def __init__(
        self,
        store: Store,
        reading: DocumentReading,
        settings: Sequence[FolderSettings],
        health: Health,
        changes: Changes,
        *,
        without: Path,
        nudge: Callable[[], None],
        from_bin: Callable[[str], Awaitable[None]],
    ) -> None:
        """Take the folders; what lies in `without`, or is a folder by itself, is left out of them.

        Calls `nudge` when there is something new to make vectors of, `from_bin` with each original that is needed again.
        """
        self.settings = settings
        self._store = store
        self._changes = changes
        self._listeners: list[Callable[[FolderProgress], None]] = []
        self._folders = {
            folder.id: WatchedFolder(
                store,
                FolderDocuments(
                    store, reading, folder, changes, nudge=nudge, from_bin=from_bin
                ),
                folder,
                health,
                without=[
                    without,
                    *(other.path for other in settings if other is not folder),
                ],
                tell=self._tell,
            )
            for folder in settings
        }

    @property
    def progress(self) -> list[FolderProgress]:
        """Return how far each folder is, in the order of the settings."""
        return [folder.progress for folder in self._folders.values()]

    def subscribe(
        self, listener: Callable[[FolderProgress], None]
    ) -> Callable[[], None]:
        """Tell a listener of progress, twice a second at most while files are read; return what removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def sync(self, folder_id: str | None = None) -> None:
        """Look at a folder, or at all, at once, also at stopped ones; files that could not be read are tried again.

        Raises InvalidInput `folder_unknown`.
        """
        folders = self._folders.values() if folder_id is None else [self._of(folder_id)]
        for folder in folders:
            folder.look(retry=True)

    def look_again(self, folder_ids: Collection[str]) -> None:
        """Look at those of these folders that are watched, for files that are to be read again."""
        for folder_id in folder_ids:
            if folder := self._folders.get(folder_id):
                folder.look(retry=False)

    def stop(self, folder_id: str) -> None:
        """Let a folder be, from its next file on, until `sync`. Raises InvalidInput `folder_unknown`."""
        self._of(folder_id).stop()

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for folder in self._folders.values():
                tasks.create_task(
                    folder.run(), name=f"ai_memory folder {folder.settings.id}"
                )

    async def settled(self, timeout: float = 30.0) -> bool:
        """Wait until every folder is dealt with, stopped or failed; return False where that took longer than `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                for folder in self._folders.values():
                    await folder.settled.wait()
        except TimeoutError:
            return False
        return True

    async def forget_folder(self, folder_id: str) -> int:
        """Put the documents of a folder that is one no more into the bin; return how many. Raises DatabaseError."""
        gone = await self._store.folder_files.forget(folder_id)
        for owner, ids in gone.items():
            if ids:
                self._changes.tell(Subject.DOCUMENT, Verb.REMOVED, owner, ids)
        return sum(map(len, gone.values()))

    def _of(self, folder_id: str) -> WatchedFolder:
        if folder := self._folders.get(folder_id):
            return folder
        raise InvalidInput("folder_unknown")

    def _tell(self, progress: FolderProgress) -> None:
        for listener in list(self._listeners):
            listener(progress)
