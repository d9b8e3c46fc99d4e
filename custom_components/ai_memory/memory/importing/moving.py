"""All that another AI Memory keeps, brought here by way of an archive: it merges, maps ids and checks."""

import asyncio
from collections.abc import Callable, Mapping
import logging
from pathlib import Path
from typing import Final
from uuid import uuid4

from ...models import Scope
from ...postgres.foreign import source_errors
from ...postgres.settings import ConnectionSettings
from ...postgres.store import Store
from ..archives.archive import Archive, Exported, Imported
from .progress import ImportProgress

_LOGGER = logging.getLogger(__name__)

type ArchiveOf = Callable[[Store], Archive]
"""Makes what writes archives of another store."""

_PREFIX: Final = "moving-"


class Moving:
    """Reads a database of ours as it is, and merges it here."""

    def __init__(self, archive: Archive, archive_of: ArchiveOf) -> None:
        """Take what merges, and what reads."""
        self._archive = archive
        self._archive_of = archive_of

    async def move(
        self,
        settings: ConnectionSettings,
        folder: Path,
        *,
        name_of: Callable[[Scope], str | None],
        people: Mapping[str, str],
        overwrite: bool = False,
        dry_run: bool = False,
        progress: ImportProgress,
        passed: Callable[[int], None],
    ) -> tuple[Exported, Imported]:
        """Merge everything of the source; all of it, or nothing. What is there stays as it is.

        `folder` needs room for all of it, for a while. `passed` hears of rows, each when it is read and when it is merged,
        and may raise to end it. Raises InvalidInput, DatabaseError.
        """
        file_name = f"{_PREFIX}{uuid4().hex}.zip"
        source = Store(settings, read_only=True)
        try:
            with source_errors():
                await source.database.open()
                exported = await self._archive_of(source).export_all(
                    folder, name_of=name_of, file_name=file_name, passed=passed
                )
            progress.total = 2 * sum(exported.rows.values())
            imported = await self._archive.import_all(
                folder,
                file_name,
                people=people,
                overwrite=overwrite,
                dry_run=dry_run,
                passed=passed,
            )
        finally:
            await source.database.close()
            await asyncio.to_thread(_remove, folder / file_name)
        return exported, imported


def remove_leftovers(folder: Path) -> None:
    """Remove what a move that was killed has left: it holds everything. Blocks."""
    for path in folder.glob(f"{_PREFIX}*.zip"):
        try:
            _remove(path)
        except OSError as err:
            _LOGGER.error("%s holds all that was said: %s", path, err.strerror)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
