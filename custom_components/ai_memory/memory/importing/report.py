"""What came of an import, for people and for trying again. Never with what stands in a row."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
import json
import os
from pathlib import Path
import re
from typing import Any, Final
from uuid import uuid4

from ...errors import InvalidInput
from .fields import Reason
from .items import SourceRow
from .plan import LEFT_OUT

FORMAT: Final = "ai-memory-import-report"
VERSION: Final = 1
_MOST_NAMED: Final = 100_000
"""Rows of each kind; the rest is counted."""
_FILE_NAME: Final = re.compile(r"[\w-]{1,100}\.json")
_LONGEST_REPORT: Final = 64 << 20  # bytes


@dataclass(slots=True)
class TableReport:
    """How many rows of a table there were, and what became of them; `added`, `changed`, `already_there` count what is stored."""

    there: int | None = None
    """How many the source counts, where all of them are asked for."""
    rows: int = 0
    taken: int = 0
    failed: int = 0
    left_out: int = 0
    added: int = 0
    changed: int = 0
    already_there: int = 0
    problem: str | None = None
    """Why nothing of it could be read."""


@dataclass(slots=True)
class Check:
    """What was taken against what stands here: how many, and the sums of their digests."""

    taken: int = 0
    found: int = 0
    different: int = 0
    """Stands here with other words: it was put right or set here."""
    sum_taken: int = 0
    sum_found: int = 0

    def add(self, taken: str, found: str | None) -> None:
        """Count one, by digests in hex; `found` is None where it is not here."""
        self.taken += 1
        self.sum_taken = (self.sum_taken + int(taken, 16)) % _MODULUS
        if found is not None:
            self.found += 1
            self.different += found != taken
            self.sum_found = (self.sum_found + int(found, 16)) % _MODULUS


_MODULUS: Final = 1 << 128


@dataclass(slots=True)
class Report:
    """One import."""

    kind: str
    """`plan`, `lines` or `ai_memory`."""
    place: str
    """Where it came from, without user or password."""
    owner: str
    dry_run: bool
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None
    schema: str | None = None
    time_zone: str | None = None
    server_version: str | None = None
    stopped: bool = False
    problem: str | None = None
    """The key of the error that ended it."""
    tables: dict[str, TableReport] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    searched: int = 0
    search_found: int = 0
    masked: int = 0
    """Turns in which a secret was masked."""
    metadata: int = 0
    """Rows with metadata that has no place here."""
    seconds: float | None = None
    """How long it took; of a dry run, how long the import will take."""
    reasons: Counter[str] = field(default_factory=Counter)
    file_name: str | None = None
    moved: dict[str, Any] | None = None
    """What the archive of another AI Memory brought."""
    _failed: list[dict[str, Any]] = field(default_factory=list)
    _left_out: list[dict[str, Any]] = field(default_factory=list)

    def table(self, name: str) -> TableReport:
        """Return the counts of a table."""
        return self.tables.setdefault(name, TableReport())

    def refuse(self, row: SourceRow, reason: Reason, column: str | None = None) -> None:
        """Name a row that was not taken."""
        counts = self.table(row.table)
        rows = self._failed
        if reason is Reason.SECRET:
            counts.left_out += 1
            rows = self._left_out
        else:
            counts.failed += 1
        self.reasons[str(reason)] += 1
        if len(rows) < _MOST_NAMED:
            rows.append(
                {
                    "table": row.table,
                    **({"id": row.id} if row.id is not None else {}),
                    **({"line": row.line} if row.line is not None else {}),
                    "reason": str(reason),
                    **({"column": column} if column else {}),
                }
            )

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Return the rows that could not be taken."""
        return self._failed

    @property
    def rows_failed(self) -> int:
        """Return how many rows could not be taken."""
        return sum(table.failed for table in self.tables.values())

    @property
    def is_verified(self) -> bool | None:
        """Return whether every row was looked at, and all that was taken stands here and can be found.

        None of a dry run; not where nothing was taken, as nothing was verified.
        """
        if self.dry_run:
            return None
        return (
            self.problem is None
            and self.search_found == self.searched
            and bool(self.checks)
            and not any(
                table.problem for name, table in self.tables.items() if name != LEFT_OUT
            )
            and all(check.found == check.taken for check in self.checks.values())
            and (
                self.stopped
                or all(
                    table.there in {None, table.rows} for table in self.tables.values()
                )
            )
        )

    def summary(self) -> dict[str, Any]:
        """Return it as JSON can hold it, without the rows."""
        return {
            "kind": self.kind,
            "place": self.place,
            "schema": self.schema,
            "owner": self.owner,
            "time_zone": self.time_zone,
            "server_version": self.server_version,
            "dry_run": self.dry_run,
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat() if self.finished_at else None,
            "stopped": self.stopped,
            "problem": self.problem,
            "seconds": None if self.seconds is None else round(self.seconds, 1),
            "tables": {name: asdict(table) for name, table in self.tables.items()},
            "reasons": dict(self.reasons),
            "masked": self.masked,
            "metadata_left_out": self.metadata,
            "moved": self.moved,
            "checks": {
                name: {
                    "taken": check.taken,
                    "found": check.found,
                    "different": check.different,
                    "checksum_taken": f"{check.sum_taken:032x}",
                    "checksum_found": f"{check.sum_found:032x}",
                }
                for name, check in self.checks.items()
            },
            "search": {"asked": self.searched, "found": self.search_found},
            "verified": self.is_verified,
            "report": self.file_name,
        }

    def write(self, folder: Path) -> None:
        """Write it into a folder, whole or not at all; only this user may read it. Raises OSError. Blocks."""
        moment = f"{self.started_at:%Y%m%dT%H%M%S}"
        self.file_name = f"import-{moment}-{uuid4().hex[:6]}.json"
        text = json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                **self.summary(),
                "failed": self._failed,
                "left_out": self._left_out,
            },
            ensure_ascii=False,
            indent=1,
        )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = folder / f".{self.file_name}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            unfinished.replace(folder / self.file_name)
        finally:
            unfinished.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Again:
    """The rows of a report that are to be tried again, and what its import was told."""

    place: str
    owner: str
    schema: str | None
    time_zone: str | None
    ids: dict[str, list[str] | None]
    """By table; None where not every row has one: then the whole table."""
    lines: frozenset[int]

    def check(self, report: Report) -> None:
        """Raise InvalidInput unless it is of what is imported now, for the same owner."""
        if self.place != report.place:
            raise InvalidInput(
                "import_report_of_another_source", place=self.place[:200]
            )
        if self.owner != report.owner:
            raise InvalidInput("import_report_of_another_owner")


def rows_to_try(folder: Path, file_name: str) -> Again:
    """Return the rows that a report names as failed. Raises InvalidInput. Blocks."""
    if not _FILE_NAME.fullmatch(file_name):
        raise InvalidInput("import_report_unknown")
    path = folder / file_name
    try:
        if path.stat().st_size > _LONGEST_REPORT:
            raise InvalidInput("import_report_invalid", file_name=file_name)
        found = json.loads(path.read_bytes())
        if found["format"] != FORMAT or found["version"] != VERSION:
            raise InvalidInput("import_report_invalid", file_name=file_name)
        return _again(found)
    except OSError:
        # Unchained, as all that may quote a name: somebody may have given a password in its place.
        raise InvalidInput("import_report_unknown") from None
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as err:
        raise InvalidInput("import_report_invalid", file_name=file_name) from err


def _again(report: dict[str, Any]) -> Again:
    ids: dict[str, list[str] | None] = {}
    lines = set()
    for row in report["failed"]:
        table = str(row["table"])
        if (line := row.get("line")) is not None:
            lines.add(int(line))
        known = ids.setdefault(table, [])
        if (row_id := row.get("id")) is None:
            ids[table] = None
        elif known is not None:
            known.append(str(row_id))
    schema, time_zone = report["schema"], report["time_zone"]
    return Again(
        place=str(report["place"]),
        owner=str(report["owner"]),
        schema=None if schema is None else str(schema),
        time_zone=None if time_zone is None else str(time_zone),
        ids=ids,
        lines=frozenset(lines),
    )
