"""Lines of JSON that somebody else wrote, a page at a time. Blocks: to be called in a thread."""

from collections.abc import Iterator
import os
from pathlib import Path
from typing import Any, BinaryIO, Final

from ...documents.regular_file import open_regular
from ...errors import InvalidInput
from .fields import BrokenRow, Reason, object_of

type Line = tuple[str, int | None, dict[str, Any] | BrokenRow]
"""The table, the number of the line in a file, and what stands in it."""

KNOWLEDGE: Final = "knowledge"
UNKNOWN: Final = "unknown"
"""The table of a line that does not say one."""
_TABLE: Final = "table"
_PAGE: Final = 500
_PAGE_BYTES: Final = 16 << 20
_LONGEST_LINE: Final = 4 << 20
"""Bytes; a text has at most 100,000 characters."""


class LineFile:
    """One file, read from its beginning to its end."""

    def __init__(self, path: Path) -> None:
        """Take where it is; nothing is opened yet."""
        self._path = path
        self._file: BinaryIO | None = None
        self._number = 0
        self.is_empty = True
        """Whether there was nothing in what was read so far."""

    def open(self) -> int:
        """Open it; return its length in bytes. Raises InvalidInput."""
        try:
            self._file = open_regular(self._path)
        except FileNotFoundError as err:
            raise InvalidInput("import_file_unknown") from err
        except (OSError, ValueError) as err:
            raise InvalidInput(
                "import_file_unreadable", file_name=self._path.name
            ) from err
        return os.fstat(self._file.fileno()).st_size

    def next_page(self) -> tuple[list[Line], int]:
        """Return the next lines and how many bytes they have; none behind the last one. Raises InvalidInput."""
        page: list[Line] = []
        size = 0
        try:
            for line in self._lines():
                self._number += 1
                size += len(line)
                if line.strip():
                    self.is_empty = False
                    page.append(_read(line, self._number))
                if len(page) >= _PAGE or size > _PAGE_BYTES:
                    break
        except OSError as err:
            raise InvalidInput(
                "import_file_unreadable", file_name=self._path.name
            ) from err
        return page, size

    def close(self) -> None:
        """Let go of it."""
        if self._file is not None:
            self._file.close()

    def _lines(self) -> Iterator[bytes]:
        assert self._file is not None
        while line := self._file.readline(_LONGEST_LINE + 1):
            rest = line
            while not rest.endswith(b"\n") and len(rest) > _LONGEST_LINE:
                rest = self._file.readline(_LONGEST_LINE + 1)
            yield line


def _read(line: bytes, number: int) -> Line:
    if len(line) > _LONGEST_LINE:
        return UNKNOWN, number, BrokenRow(Reason.LINE_TOO_LONG)
    try:
        values = object_of(line.removeprefix(b"\xef\xbb\xbf"))
    except BrokenRow as err:
        return UNKNOWN, number, err
    table = values.pop(_TABLE, None)
    if table is None and "content" in values and "role" not in values:
        table = KNOWLEDGE
    if not isinstance(table, str) or table not in _TABLES:
        return UNKNOWN, number, BrokenRow(Reason.UNKNOWN_TABLE)
    return table, number, values


_TABLES: Final = {
    "conversations",
    KNOWLEDGE,
    "preferences",
    "response_cache",
    "training_data",
}
