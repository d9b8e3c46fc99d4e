"""Tables of comma-, semicolon- or tab-separated values."""

from collections import Counter
import csv
from io import StringIO
from itertools import islice
from typing import Final

from .content import Draft, looks_like_header
from .encoding import decode

_DELIMITERS: Final = ",;\t|"
_SAMPLE: Final = 64 * 1024
_SAMPLE_ROWS: Final = 50
_LONGEST_FIELD: Final = 100_000
"""Characters; longer means a quotation mark that is never closed."""


def read(data: bytes, draft: Draft) -> None:
    """Read a table; lines above it are paragraphs."""
    text = decode(data)
    delimiter = ""
    if text[:4].lower() == "sep=" and text[5:6] in {"\r", "\n"}:
        delimiter, text = text[4], text[5:].lstrip("\r\n")
    columns = 1
    if delimiter:
        columns = _consistency(text[:_SAMPLE], delimiter)[1]
    else:
        found = [(*_consistency(text[:_SAMPLE], one), one) for one in _DELIMITERS]
        share, columns, delimiter = max(found, key=lambda each: each[:2])
        if not share:
            columns, delimiter = 1, ","
    headers: list[str] | None = None
    begun = False
    for row in _rows(text, delimiter):
        if not any(map(str.strip, row)):
            continue
        if not begun and len(row) < columns:
            draft.text(" ".join(row))
        elif not begun:
            begun = True
            named = row[:-1] if not row[-1].strip() else row
            if looks_like_header(named):
                headers = row
            else:
                draft.row(None, row)
        else:
            draft.row(headers, row)
    if headers and not any(block.kind == "row" for block in draft.blocks):
        draft.row(None, headers)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in text.splitlines()]


def _consistency(sample: str, delimiter: str) -> tuple[float, int]:
    """Give the share of rows with the commonest number of columns, and that number.

    The share is 0 where the delimiter separates nothing.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
    try:
        rows = [len(row) for row in islice(reader, _SAMPLE_ROWS) if row]
    except csv.Error:
        return 0.0, 1
    if not rows:
        return 0.0, 1
    columns, count = Counter(rows).most_common(1)[0]
    return (count / len(rows), columns) if columns > 1 else (0.0, 1)
