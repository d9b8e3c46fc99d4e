"""One portable archive of everything: a backup, and the way to another machine."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ...documents.formats.content import ReadError
from ...documents.originals import Originals
from ...errors import DatabaseError, InvalidInput
from ...models import Scope, Subject, Verb
from ...postgres.archive import Sample
from ...postgres.store import Store
from ..changes import Changes
from ..preferences import Preferences
from ..turn_writer import TurnWriter
from .file import ArchiveReader, ArchiveWriter, check_file_name
from .format import MEMBERS
from .manifest import Manifest
from .merge import Merge

_PATIENCE: Final = 10.0
"""Seconds to wait for turns that are on their way into the database."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive that was written: `size` in bytes, `rows` by member."""

    path: Path
    size: int
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an archive brought, by member; `masked` is in how many rows a secret was."""

    owners: dict[str, str]
    """By the archive's own, whose they are here."""
    added: dict[str, int]
    already_there: dict[str, int]
    left_out: dict[str, int]
    masked: int
    removed: int
    """How many documents of here gave way."""
    memories: list[Sample]
    """Some of those that are new, to be searched for."""
    turns: list[Sample]


class Archive:
    """Writes archives and merges them, one at a time."""

    def __init__(
        self,
        store: Store,
        writer: TurnWriter,
        preferences: Preferences,
        changes: Changes,
        *,
        originals: Originals,
        folder_ids: Collection[str],
        language: str,
        nudge: Callable[[], None],
        look_again: Callable[[Collection[str]], None],
    ) -> None:
        """Call `nudge` when there is something new to make vectors of, `look_again` with folders whose documents came.

        `folder_ids` are the folders that are watched.
        """
        self._store = store
        self._writer = writer
        self._preferences = preferences
        self._changes = changes
        self._originals = originals
        self._folder_ids = frozenset(folder_ids)
        self._language = language
        self._nudge = nudge
        self._look_again = look_again
        self._one_at_a_time = asyncio.Lock()
        self._importing = 0

    @property
    def is_importing(self) -> bool:
        """Whether something of an archive is about to be here."""
        return self._importing > 0

    async def export_all(
        self,
        folder: Path,
        *,
        name_of: Callable[[Scope], str | None],
        file_name: str | None = None,
        scope: Scope | None = None,
        passed: Callable[[int], None] = lambda rows: None,
    ) -> Exported:
        """Write an archive of what a scope owns, of everything without one, into a folder.

        `name_of` gives the names of persons; `passed` hears of each page how many rows it has, and may raise to end it.
        Raises InvalidInput (`archive_file_name_invalid`, `archive_file_exists`,
        `archive_disk_full`, `archive_not_written`, `archive_too_large`), DatabaseError; nothing is left then.
        """
        created_at = datetime.now(UTC)
        if file_name is None:
            moment = created_at.isoformat(timespec="milliseconds")
            file_name = (
                f"ai-memory-{moment.partition('+')[0].translate(_NO_SIGNS)}Z.zip"
            )
        path = folder / check_file_name(file_name)
        async with self._one_at_a_time:
            await self._writer.drain(_PATIENCE)
            file = ArchiveWriter(path)
            try:
                await asyncio.to_thread(file.open)
                async with self._store.archive.snapshot(
                    scope.owner if scope else None
                ) as found:
                    for member in MEMBERS:
                        async for rows in found.pages(member):
                            passed(len(rows))
                            await asyncio.to_thread(file.write, member, rows)
                    size = await asyncio.to_thread(
                        file.finish,
                        schema_version=await found.schema_version(),
                        created_at=created_at,
                        models=await found.models(),
                        owners={owner: name_of(Scope(owner)) for owner in found.owners},
                    )
            finally:
                await asyncio.to_thread(file.discard)
        return Exported(path, size, file.rows)

    async def import_all(
        self,
        folder: Path,
        file_name: str,
        *,
        people: Mapping[str, str] | None = None,
        overwrite: bool = False,
        dry_run: bool = False,
        passed: Callable[[int], None] = lambda rows: None,
    ) -> Imported:
        """Merge an archive of a folder into what is there; all of it, or nothing.

        `people` gives owners of here for those of the archive, by person id or by the name they had; `overwrite`
        preferences that are there; a `dry_run` only counts; `passed` is as of `export_all`. Raises InvalidInput
        (`archive_...`), DatabaseError.
        """
        file = ArchiveReader(folder / check_file_name(file_name))
        with self._noted(dry_run=dry_run):
            async with self._one_at_a_time:
                try:
                    manifest = await asyncio.to_thread(file.open)
                    owners = _owners(manifest, people or {})
                    merge = await self._merge(
                        file,
                        manifest,
                        owners,
                        overwrite=overwrite,
                        dry_run=dry_run,
                        passed=passed,
                    )
                finally:
                    await asyncio.to_thread(file.close)
        if not dry_run:
            await self._tell(merge)
        return Imported(
            owners=owners,
            added=dict(merge.added),
            already_there=dict(merge.already_there),
            left_out=dict(merge.left_out),
            masked=merge.masked,
            removed=sum(map(len, merge.removed.values())),
            memories=merge.samples["memories"],
            turns=merge.samples["turns"],
        )

    @contextmanager
    def _noted(self, *, dry_run: bool) -> Iterator[None]:
        self._importing += not dry_run
        try:
            yield
        finally:
            self._importing -= not dry_run

    async def _merge(
        self,
        file: ArchiveReader,
        manifest: Manifest,
        owners: Mapping[str, str],
        *,
        overwrite: bool,
        dry_run: bool,
        passed: Callable[[int], None],
    ) -> Merge:
        member = "embedding_models"
        try:
            async with self._store.archive.merging(keep=not dry_run) as into:
                merge = Merge(
                    into,
                    manifest,
                    owners,
                    language=self._language,
                    overwrite=overwrite,
                    has_original=self._has_original,
                    knows_folder=self._folder_ids.__contains__,
                )
                await merge.begin()
                for member in MEMBERS:
                    pages = (merge.prepare(member, rows) for rows in file.pages(member))
                    while rows := await asyncio.to_thread(file.next_page, pages):
                        passed(len(rows))
                        await merge.take(member, rows)
                await merge.end()
        except DatabaseError as err:
            if not err.is_refusal:
                raise
            raise InvalidInput("archive_rows_refused", member=member) from err
        if not dry_run:
            # Before anything else is waited for: sessions go on meanwhile.
            for owner, ids in sorted(merge.removed.items()):
                self._changes.tell(Subject.DOCUMENT, Verb.REMOVED, owner, ids)
        return merge

    async def _tell(self, merge: Merge) -> None:
        if not merge.changed:
            return
        await self._preferences.reload()
        self._nudge()
        self._look_again(merge.folders)
        for subject, owner in sorted(merge.changed):
            self._changes.tell(subject, Verb.ADDED, owner)

    def _has_original(self, original: str) -> bool:
        """Return whether a file of that name was uploaded here, or was copied along; blocks."""
        try:
            place = self._originals.path(original)
        except ReadError:
            return False
        return place.is_file() or (self._originals.bin / original).is_file()


_NO_SIGNS: Final = str.maketrans("", "", "-:.")


def _owners(manifest: Manifest, people: Mapping[str, str]) -> dict[str, str]:
    """Return whose the rows of the archive's owners become. Raises InvalidInput."""
    owners = {owner: owner for owner in manifest.owners}
    for person, owner_here in people.items():
        meant = [
            owner
            for owner, name in manifest.owners.items()
            if person in {owner, Scope(owner).person_id}
            or (name is not None and person.casefold() == name.casefold())
        ]
        if len(meant) != 1:
            raise InvalidInput("archive_person_unknown", person=person[:100])
        owners[meant[0]] = owner_here
    return owners
