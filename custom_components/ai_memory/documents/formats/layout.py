"""Paragraphs, headings and tables out of pieces of text on pages."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
import re
from typing import Final

from .grid import Row, cells_of, has_header, rows_of, tables_of
from .pieces import (
    BULLET,
    LINE_PITCH,
    SAME_EDGE,
    SAME_LINE,
    Piece,
    join_lines,
    join_pieces,
)

_PITCH_CHANGE: Final = 1.25
"""In multiples of the pitch of the paragraph so far: a new one."""
_SHORT: Final = 0.7
"""Share of the width of the column: a shorter line ends its paragraph."""
_INDENT: Final = 5.0
"""In multiples of the font size: this much further in is still the same column."""
_NEAR: Final = 15
"""Lines."""
_LARGER: Final = 1.12
"""In multiples of the body's font size: a heading."""

_MARGIN: Final = 0.1
"""Share of the page's height in which headers and footers run."""
_REPEATED: Final = 0.4
"""Share of the pages on which a line of the margin stands, at least three."""
_LONGEST_HEADING: Final = 160
_NUMBER = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.:;,!?。！？、]\s*$")


@dataclass(frozen=True, slots=True)
class Page:
    """The pieces of a page in the order in which they are drawn."""

    number: int
    bottom: float
    top: float
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What belongs together; `rows` of a table, else `text`."""

    page: int
    text: str
    rows: list[list[str]] | None
    size: float
    bold: bool
    lines: int

    @property
    def header(self) -> bool:
        """Whether the first row of a table is set off in bold."""
        return self.rows is not None and self.bold


def paragraphs(pages: list[Page]) -> list[Paragraph]:
    """Put pieces together; what repeats in the margins is left out."""
    lined = [replace(page, pieces=join_pieces(page.pieces)) for page in pages]
    repeated = _repeated(lined)
    found: list[Paragraph] = []
    for page in lined:
        kept = [
            piece
            for piece in page.pieces
            if not (_in_margin(page, piece) and _shape(piece) in repeated)
        ]
        found += _of_page(page.number, kept)
    return found


def body_size(found: list[Paragraph]) -> float:
    """Give the font size of most of the text."""
    sizes: Counter[float] = Counter()
    for paragraph in found:
        if paragraph.rows is None:
            sizes[paragraph.size] += len(paragraph.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def looks_like_heading(paragraph: Paragraph, body: float) -> bool:
    """Tell whether a paragraph is set like a heading: short, and larger or bold."""
    text = paragraph.text
    if (
        paragraph.rows is not None
        or len(text) > _LONGEST_HEADING
        or not any(map(str.isalpha, text))
    ):
        return False
    if paragraph.size >= _LARGER * body:
        return paragraph.lines <= 3
    return (
        paragraph.bold
        and paragraph.lines == 1
        and paragraph.size >= 0.95 * body
        and not _SENTENCE_END.search(text)
        and not BULLET.fullmatch(text)
    )


def _shape(piece: Piece) -> tuple[str, int]:
    """Give what a running header has in common on all pages."""
    return _NUMBER.sub("#", piece.text), round(piece.y / 4)


def _in_margin(page: Page, piece: Piece) -> bool:
    margin = _MARGIN * (page.top - page.bottom)
    return not page.bottom + margin < piece.y < page.top - margin


def _repeated(pages: list[Page]) -> set[tuple[str, int]]:
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        counts.update(
            {_shape(piece) for piece in page.pieces if _in_margin(page, piece)}
        )
    enough = max(3, _REPEATED * len(pages))
    return {shape for shape, count in counts.items() if count >= enough}


def _of_page(number: int, lines: list[Piece]) -> list[Paragraph]:
    found: list[Paragraph] = []
    short = _short(lines)
    for is_table, group in groupby(rows_of(lines), lambda each: each[0]):
        rows = [row for _, row in group]
        if is_table:
            found += [_table(number, table) for table in tables_of(rows)]
        else:
            loose = [line for row in rows for box in row for line in box.lines]
            found += _flow(number, loose, short)
    return found


def _table(number: int, table: list[Row]) -> Paragraph:
    return Paragraph(
        page=number,
        text="",
        rows=cells_of(table),
        size=table[0][0].lines[0].size,
        bold=has_header(table),
        lines=len(table),
    )


def _flow(number: int, lines: list[Piece], short: set[Piece]) -> list[Paragraph]:
    """Put lines together to paragraphs."""
    found: list[list[Piece]] = []
    for line in _rejoined(lines):
        if found and _same_paragraph(found[-1], line) and found[-1][-1] not in short:
            found[-1].append(line)
        else:
            found.append([line])
    return [
        Paragraph(
            page=number,
            text=join_lines([line.text for line in group]),
            rows=None,
            size=round(2 * group[0].size) / 2,
            bold=all(line.bold for line in group),
            lines=len(group),
        )
        for group in found
    ]


def _short(lines: list[Piece]) -> set[Piece]:
    """Give the lines on which the next word would have had room.

    How far a column reaches is seen from the lines near by in the same size.
    """
    short: set[Piece] = set()
    for index, line in enumerate(lines):
        end = max(
            other.end
            for other in lines[max(0, index - _NEAR) : index + _NEAR + 1]
            if line.x - _INDENT * line.size < other.x <= line.x + line.size
            and abs(other.size - line.size) < 0.1 * line.size
        )
        if line.end - line.x < _SHORT * (end - line.x):
            short.add(line)
    return short


def _rejoined(lines: list[Piece]) -> list[Piece]:
    """Join what stands on one line with wide gaps, and yet is no table."""
    joined: list[Piece] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last and abs(last.y - line.y) < SAME_LINE * last.size and line.x > last.x:
            joined[-1] = replace(
                last,
                text=f"{last.text} {line.text}",
                end=line.end,
                bold=last.bold and line.bold,
            )
        else:
            joined.append(line)
    return joined


def _same_paragraph(group: list[Piece], line: Piece) -> bool:
    first, last = group[0], group[-1]
    drop = last.y - line.y
    if BULLET.match(line.text) or abs(line.size - last.size) > 0.1 * last.size:
        return False
    if drop < 0:  # the next column
        return line.text[:1].islower() and not _SENTENCE_END.search(last.text)
    if drop > LINE_PITCH * last.size or (
        len(group) > 1 and drop > _PITCH_CHANGE * (group[-2].y - last.y) > 0
    ):
        return False
    if all(piece.bold for piece in group) != line.bold and (
        len(group) == 1 or line.bold
    ):
        return False
    indent = line.x - (group[1].x if len(group) > 1 else first.x)
    if abs(indent) < SAME_EDGE * last.size:
        return True
    # A second line may stand elsewhere than the first, which was indented or hung.
    return len(group) == 1 and (indent < 0 or BULLET.match(first.text) is not None)
