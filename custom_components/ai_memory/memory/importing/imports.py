"""What comes from elsewhere: a database that follows the plan, lines of JSON, another AI Memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
import logging
from pathlib import Path
import time

from ...errors import AiMemoryError, InvalidInput
from ...models import Scope, Subject, Verb
from ...postgres.archive import Sample
from ...postgres.foreign import ForeignDatabase, ForeignTable
from ...postgres.settings import ConnectionSettings
from ...postgres.store import Store
from ..changes import Changes
from ..conversations import Conversations
from ..memories import MOST_RESULTS, Memories
from ..preferences import Preferences
from .fields import Reason
from .items import Item, PreferenceItem, Translated
from .lines import Line, LineFile
from .moving import Moving, remove_leftovers
from .plan import LEFT_OUT, REQUIRED, Translator
from .progress import ImportProgress, ImportState
from .report import Again, Check, Report, rows_to_try
from .sources import (
    TABLES,
    has_columns,
    is_ai_memory,
    lines_of_file,
    lines_of_tables,
    schema_of,
    zone_of,
)
from .trial import Trial
from .writing import Writing

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """A database, and the schema in it; None looks for the plan's tables, and for ours, in all of them."""

    settings: ConnectionSettings
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file of JSON lines."""

    path: Path


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import.

    `folder` is where reports go. `scope` is whose it becomes; for another AI Memory `people` tells that, by the person's
    id or name there. `time_zone` is that of times without one: by default what the source says, of a file `home_zone`.
    `retry` names a report whose failed rows are tried again; what it says of schema and time zone is the default then.
    """

    folder: Path
    scope: Scope
    time_zone: str | None = None
    home_zone: str = "UTC"
    people: Mapping[str, str] = field(default_factory=dict)
    name_of: Callable[[Scope], str | None] = lambda scope: None
    overwrite: bool = False
    dry_run: bool = False
    retry: str | None = None


class _Stopped(Exception):
    """A move shall end, and nothing of it be kept."""


class Imports:
    """Imports, one at a time. What was taken before is known again: it can be stopped, and begun anew."""

    def __init__(
        self,
        store: Store,
        memories: Memories,
        conversations: Conversations,
        preferences: Preferences,
        moving: Moving,
        changes: Changes,
        *,
        language: str,
        nudge: Callable[[], None],
    ) -> None:
        """Call `nudge` when there is something new to make vectors of; `language` is of what does not say its own."""
        self._store = store
        self._memories = memories
        self._conversations = conversations
        self._preferences = preferences
        self._moving = moving
        self._changes = changes
        self._language = language
        self._nudge = nudge
        self._task: asyncio.Task[Report] | None = None
        self._stop = False
        self.progress = ImportProgress()

    # --- from outside

    def start(
        self, source: DatabaseSource | FileSource, options: ImportOptions
    ) -> None:
        """Begin in the background. Raises InvalidInput `import_running`."""
        if self._task is not None and not self._task.done():
            raise InvalidInput("import_running")
        self._stop = False
        self.progress = ImportProgress(
            ImportState.RUNNING, options.dry_run, started_at=datetime.now(UTC)
        )
        self._task = asyncio.create_task(
            self._run(source, options), name="ai_memory import"
        )
        # Who did not wait for it finds the error in the progress.
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def finished(self) -> Report:
        """Wait for the import that was started; it goes on where whoever waits gives up. Raises InvalidInput, DatabaseError."""
        if self._task is None:
            raise InvalidInput("import_not_running")
        try:
            return await asyncio.shield(self._task)
        except asyncio.CancelledError:
            # Ended by `close`: whoever waits for it is not.
            if (task := asyncio.current_task()) and not task.cancelling():
                raise InvalidInput("import_ended") from None
            raise

    def stop(self) -> None:
        """Let the import end after the batch that it is at; of another AI Memory nothing is here then.

        Raises InvalidInput `import_not_running`.
        """
        if self._task is None or self._task.done():
            raise InvalidInput("import_not_running")
        self._stop = True

    async def close(self) -> None:
        """End at once; what a batch had not finished is not there."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    # --- one import

    async def _run(
        self, source: DatabaseSource | FileSource, options: ImportOptions
    ) -> Report:
        began = time.monotonic()
        report = Report(
            kind="plan" if isinstance(source, DatabaseSource) else "lines",
            place=source.settings.place
            if isinstance(source, DatabaseSource)
            else source.path.name,
            owner=options.scope.owner,
            dry_run=options.dry_run,
        )
        progress = self.progress
        try:
            await asyncio.to_thread(remove_leftovers, options.folder)
            again = None
            if options.retry is not None:
                again = await asyncio.to_thread(
                    rows_to_try, options.folder, options.retry
                )
                again.check(report)
                options = replace(
                    options, time_zone=options.time_zone or again.time_zone
                )
            if isinstance(source, FileSource):
                await self._from_file(source, options, report, again)
            else:
                await self._from_database(source, options, report, again)
        except AiMemoryError as err:
            report.problem = progress.problem = (
                err.key if isinstance(err, InvalidInput) else err.translation_key
            )
            progress.state = ImportState.FAILED
            raise
        except asyncio.CancelledError:
            report.stopped = True
            progress.state = ImportState.STOPPED
            raise
        except Exception:
            _LOGGER.exception("Unexpected error in an import")
            report.problem = progress.problem = "unknown"
            progress.state = ImportState.FAILED
            raise
        else:
            progress.state = ImportState.STOPPED if report.stopped else ImportState.DONE
        finally:
            if report.seconds is None:
                report.seconds = time.monotonic() - began
            report.finished_at = progress.finished_at = datetime.now(UTC)
            if report.tables or report.moved:
                await self._write(report, options.folder)
            progress.report = report.file_name
        return report

    async def _write(self, report: Report, folder: Path) -> None:
        try:
            await asyncio.to_thread(report.write, folder)
        except OSError as err:
            report.file_name = None
            _LOGGER.error("The report of an import cannot be written: %s", err.strerror)

    # --- sources

    async def _from_file(
        self,
        source: FileSource,
        options: ImportOptions,
        report: Report,
        again: Again | None,
    ) -> None:
        report.time_zone = options.time_zone or options.home_zone
        zone = await zone_of(report.time_zone)
        file = LineFile(source.path)
        try:
            self.progress.total = await asyncio.to_thread(file.open)
            await self._take(
                lines_of_file(file, again, self.progress),
                # Without an origin a row is known by what stands in it, whatever file it is in.
                self._translator(options, "", zone, {}),
                options,
                report,
            )
        finally:
            await asyncio.to_thread(file.close)
        if file.is_empty and not report.stopped:
            raise InvalidInput("import_file_empty", file_name=source.path.name)

    async def _from_database(
        self,
        source: DatabaseSource,
        options: ImportOptions,
        report: Report,
        again: Again | None,
    ) -> None:
        async with ForeignDatabase(source.settings) as database:
            about = await database.about()
            here = await self._store.imports.about()
            is_ours = about.identity is not None and about.identity == here.identity
            report.server_version = about.server_version
            named = source.schema or (again.schema if again is not None else None)
            found = await database.tables(TABLES, named)
            schema = schema_of(found, named=named, is_ours=is_ours)
            report.schema = schema
            if again is not None and again.schema != schema:
                raise InvalidInput(
                    "import_report_of_another_source", place=again.place[:200]
                )
            if not is_ai_memory(found, schema):
                report.time_zone = options.time_zone or about.time_zone
                zone = await zone_of(report.time_zone)
                await self._from_plan(
                    database,
                    [table for table in found if table.schema == schema],
                    f"{about.identity or source.settings.place}/{schema}",
                    zone,
                    options,
                    report,
                    again,
                )
                return
        if is_ours:
            raise InvalidInput("import_source_is_ours")
        if options.scope != Scope.household() or again is not None:
            raise InvalidInput("import_option_of_plan")
        report.kind = "ai_memory"
        try:
            exported, imported = await self._moving.move(
                source.settings,
                options.folder,
                name_of=options.name_of,
                people=options.people,
                overwrite=options.overwrite,
                dry_run=options.dry_run,
                progress=self.progress,
                passed=self._passed,
            )
        except _Stopped:
            report.stopped = True
            return
        report.masked = imported.masked
        report.moved = {
            "rows": dict(exported.rows),
            "added": dict(imported.added),
            "already_there": dict(imported.already_there),
            "left_out": dict(imported.left_out),
            "removed": imported.removed,
            "owners": dict(imported.owners),
        }
        for member, added in imported.added.items():
            left_out = imported.left_out.get(member, 0)
            report.checks[member] = Check(
                exported.rows[member] - left_out,
                added + imported.already_there.get(member, 0),
            )
        if not options.dry_run:
            await self._search(imported.memories, imported.turns, report)

    def _passed(self, rows: int) -> None:
        """Count rows of another AI Memory; end where that is asked for, as if none had come."""
        if self._stop:
            raise _Stopped
        self.progress.done += rows

    async def _from_plan(
        self,
        database: ForeignDatabase,
        tables: list[ForeignTable],
        origin: str,
        zone: tzinfo,
        options: ImportOptions,
        report: Report,
        again: Again | None,
    ) -> None:
        usable, without_ids = [], set()
        for table in tables:
            if table.name not in REQUIRED and table.name != LEFT_OUT:
                continue
            counts = report.table(table.name)
            if not table.readable:
                counts.problem = "no_rights"
                continue
            rows = await database.count(table)
            if table.name == LEFT_OUT:
                counts.rows = counts.left_out = rows
                if rows:
                    report.reasons["not_safe"] += rows
            elif has_columns(table):
                usable.append(table)
                if "id" in table.columns and not await database.has_unique_ids(table):
                    without_ids.add(table.name)
                self.progress.total += rows
                counts.there = rows if again is None else None
            else:
                counts.rows, counts.problem = rows, "columns_missing"
        usable.sort(key=lambda table: list(REQUIRED).index(table.name))
        await self._take(
            lines_of_tables(database, usable, again, self.progress),
            self._translator(
                options,
                origin,
                zone,
                {table.name: table.columns for table in usable},
                without_ids,
            ),
            options,
            report,
        )

    def _translator(
        self,
        options: ImportOptions,
        origin: str,
        zone: tzinfo,
        types: Mapping[str, Mapping[str, str]],
        without_ids: Collection[str] = (),
    ) -> Translator:
        return Translator(
            options.scope,
            origin=origin,
            zone=zone,
            language=self._language,
            now=datetime.now(UTC),
            types=types,
            without_ids=without_ids,
        )

    # --- taking

    async def _take(
        self,
        pages: AsyncIterator[list[Line]],
        translator: Translator,
        options: ImportOptions,
        report: Report,
    ) -> None:
        writing = Writing(
            self._store.imports, options.scope.owner, report, lambda: self._stop
        )
        trial = Trial(writing) if options.dry_run else None
        dropped: set[str] = set()
        try:
            async for page in pages:
                if self._stop:
                    report.stopped = True
                    break
                rows = [line for line in page if not _is_left_out(line, report)]
                translated = await asyncio.to_thread(translator.translate, rows)
                for table, *_ in rows:
                    report.table(table).rows += 1
                await self._take_items(translated, writing, trial, report)
                dropped |= translated.dropped
            else:
                translated = await asyncio.to_thread(translator.finish)
                await self._take_items(translated, writing, trial, report)
        finally:
            if trial is None:
                await self._tell(options.scope, writing.changed)
        if trial is not None:
            report.seconds = trial.estimate()
            return
        if report.rows_failed or dropped:
            await writing.note_secrets(dropped)
        await self._search(writing.memories, writing.turns, report)

    async def _take_items(
        self,
        translated: Translated,
        writing: Writing,
        trial: Trial | None,
        report: Report,
    ) -> None:
        for refused in translated.refused:
            report.refuse(*refused)
        report.masked += translated.masked
        report.metadata += translated.metadata
        items = [item for item in translated.items if self._names(item, report)]
        if trial is not None:
            await trial.take(items)
            for item in items:
                for row in item.rows:
                    report.table(row.table).taken += 1
        else:
            await writing.store(items)
        self.progress.failed = report.rows_failed

    def _names(self, item: Item, report: Report) -> bool:
        """Return whether the home has what an item names, if it is an alias; else note that it is not taken."""
        if (
            not isinstance(item, PreferenceItem)
            or item.alias is None
            or self._preferences.names_something(item.alias)
        ):
            return True
        for row in item.rows:
            report.refuse(row, Reason.INVALID_ALIAS, "value")
        return False

    async def _tell(self, scope: Scope, changed: set[Subject]) -> None:
        if not changed:
            return
        if Subject.ALIAS in changed:
            await self._preferences.reload()
        self._nudge()
        for subject in sorted(changed):
            self._changes.tell(subject, Verb.ADDED, scope.owner)

    async def _search(
        self, memories: Iterable[Sample], turns: Iterable[Sample], report: Report
    ) -> None:
        """Look whether some of what came is found by its words; it came, also where it cannot be looked for now."""
        try:
            await self._ask(memories, turns, report)
        except AiMemoryError as err:
            # Asked for and not found, so the report is not verified.
            _LOGGER.warning("What was imported could not be searched for: %s", err)

    async def _ask(
        self, memories: Iterable[Sample], turns: Iterable[Sample], report: Report
    ) -> None:
        for owner, text, language in memories:
            report.searched += 1
            passages = await self._memories.recall(
                Scope(owner), text, limit=MOST_RESULTS, language=language
            )
            report.search_found += any(passage.text == text for passage in passages)
        for owner, text, language in turns:
            report.searched += 1
            found_turns = await self._conversations.search(
                Scope(owner), text, limit=MOST_RESULTS, language=language
            )
            report.search_found += any(
                text in {found.turn.text, found.turn.reply} for found in found_turns
            )


def _is_left_out(line: Line, report: Report) -> bool:
    """Count a line of a table that is left out on purpose."""
    if line[0] != LEFT_OUT:
        return False
    counts = report.table(LEFT_OUT)
    counts.rows += 1
    counts.left_out += 1
    report.reasons["not_safe"] += 1
    return True
