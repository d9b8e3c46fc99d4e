"""Where an import reads: which schema is meant, and the rows and lines a page at a time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from ...errors import InvalidInput
from ...postgres.database import SCHEMA
from ...postgres.foreign import ForeignDatabase, ForeignTable
from .fields import BrokenRow, id_in_bytes, object_of
from .lines import Line, LineFile
from .plan import BY_CONTENT, LEFT_OUT, OPTIONAL, ORDER, REQUIRED, WHOLE
from .progress import ImportProgress
from .report import Again

_MIGRATIONS: Final = "schema_migrations"
TABLES: Final = (*REQUIRED, LEFT_OUT, _MIGRATIONS)
"""What is looked for."""


def is_ai_memory(tables: list[ForeignTable], schema: str) -> bool:
    """Return whether a schema is ours."""
    return schema == SCHEMA and any(
        table.schema == SCHEMA
        and table.name == _MIGRATIONS
        and table.columns.keys() >= {"version", "sha256"}
        for table in tables
    )


def has_columns(table: ForeignTable) -> bool:
    """Return whether a table has the columns without which it says nothing."""
    return table.columns.keys() >= set(REQUIRED[table.name])


def schema_of(tables: list[ForeignTable], *, named: str | None, is_ours: bool) -> str:
    """Return the schema that is meant. Raises InvalidInput."""
    if named is not None:
        if not any(table.name != _MIGRATIONS for table in tables):
            raise InvalidInput("import_nothing_found")
        return named
    schemas = {
        table.schema
        for table in tables
        if table.name in REQUIRED and has_columns(table) and table.schema != SCHEMA
    }
    # Where our own lies beside the plan's tables, the plan's are meant.
    if is_ai_memory(tables, SCHEMA) and not (is_ours and schemas):
        schemas.add(SCHEMA)
    if not schemas:
        raise InvalidInput("import_nothing_found")
    if len(schemas) > 1:
        raise InvalidInput(
            "import_several_schemas", schemas=", ".join(sorted(schemas))[:200]
        )
    return schemas.pop()


async def zone_of(name: str) -> tzinfo:
    """Return a time zone. Raises InvalidInput."""
    try:
        return await asyncio.to_thread(ZoneInfo, name)
    except (ValueError, OSError, LookupError) as err:
        raise InvalidInput("import_time_zone_unknown", name=name[:100]) from err


async def lines_of_tables(
    database: ForeignDatabase,
    tables: list[ForeignTable],
    again: Again | None,
    progress: ImportProgress,
) -> AsyncIterator[list[Line]]:
    """Yield the rows of tables of the plan, of a report only those that failed. Raises InvalidInput."""
    for table in tables:
        ids = None
        if again is not None:
            if table.name not in again.ids:
                continue
            ids = again.ids[table.name]
        progress.table = table.name
        columns = [
            name
            for name in (*REQUIRED[table.name], *OPTIONAL[table.name])
            if name in table.columns
        ]
        async for page in database.pages(
            table,
            columns,
            order=[
                name for name in ORDER.get(table.name, ("id",)) if name in table.columns
            ],
            same=WHOLE.get(table.name, "id"),
            ids=ids if "id" in table.columns else None,
        ):
            yield await asyncio.to_thread(_read_page, table.name, page)
            progress.done += len(page)


async def lines_of_file(
    file: LineFile, again: Again | None, progress: ImportProgress
) -> AsyncIterator[list[Line]]:
    """Yield the lines of a file, of a report only those that failed. Raises InvalidInput."""
    while True:
        page, size = await asyncio.to_thread(file.next_page)
        if not size:
            return
        if again is not None:
            page = [
                line
                for line in page
                # What is there is known again.
                if line[1] in again.lines or line[0] in BY_CONTENT
            ]
        yield page
        progress.done += size


def _read_page(table: str, page: list[bytes]) -> list[Line]:
    return [_read(table, line) for line in page]


def _read(table: str, line: bytes) -> Line:
    try:
        return table, None, object_of(line)
    except BrokenRow as err:
        return table, None, BrokenRow(err.reason, row_id=id_in_bytes(line))
