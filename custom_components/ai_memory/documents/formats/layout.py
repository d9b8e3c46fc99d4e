"""Paragraphs, headings and tables out of pieces of text on a page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
import re
from typing import Final

# All of these are in multiples of the font size, unless they say otherwise.
_WIDTH: Final = 0.45
"""Of a letter, about; what a font really measures is not worth asking."""
_WIDE_WIDTH: Final = 1.0
_SAME_LINE: Final = 0.3
_CELL_GAP: Final = 1.2
_SAME_EDGE: Final = 0.6
_LINE_PITCH: Final = 1.75
"""More than this below the line above begins a paragraph."""
_PITCH_CHANGE: Final = 1.25
"""In multiples of the pitch of the paragraph so far."""
_LARGER: Final = 1.12
"""In multiples of the body's font size: a heading."""

_MARGIN: Final = 0.1
"""Share of the page's height in which headers and footers run."""
_REPEATED: Final = 0.4
"""Share of the pages on which a line of the margin stands, at least three."""
_LONGEST_HEADING: Final = 160
_NUMBER = re.compile(r"\d+")
_LEADERS = re.compile(r"(?:[.·…_] ?){4,}")
_BULLET = re.compile(r"(?:[•▪●○◦‣■□*–—-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])(?=\s|$)")
_SENTENCE_END = re.compile(r"[.:;,!?。！？、]\s*$")
_SUSPENDED: Final = frozenset({"und", "oder", "bzw", "and", "or", "et", "ou", "y", "o"})
"""What follows a hyphen that stands for the rest of a word ("Ein- und Ausgang")."""
_UNSPACED = re.compile(
    r"[\u2e80-\u2fdf\u3000-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
    r"\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands in one go, and where it begins; `y` grows upwards, in points."""

    text: str
    x: float
    y: float
    size: float
    bold: bool

    @property
    def end(self) -> float:
        """About where it ends."""
        wide = len(_UNSPACED.findall(self.text))
        widths = wide * _WIDE_WIDTH + (len(self.text) - wide) * _WIDTH
        return self.x + widths * self.size


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
    lined = [replace(page, pieces=_lines(page.pieces)) for page in pages]
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
        and not _BULLET.fullmatch(text)
    )


def _lines(pieces: list[Piece]) -> list[Piece]:
    """Join what is drawn one after the other on a line, up to gaps as between cells."""
    lines: list[Piece] = []
    for piece in pieces:
        if lines and _continues(lines[-1], piece):
            last = lines[-1]
            lines[-1] = replace(
                last, text=last.text + piece.text, bold=last.bold and piece.bold
            )
        else:
            lines.append(piece)
    return [
        replace(line, text=text)
        for line in lines
        if (text := " ".join(_LEADERS.sub(" ", line.text).split()))
    ]


def _continues(last: Piece, piece: Piece) -> bool:
    size = max(last.size, piece.size)
    # A piece that comes without a space before it belongs to the word before.
    spaced = piece.text[:1].isspace() or last.text[-1:].isspace()
    return (
        abs(last.y - piece.y) < _SAME_LINE * size
        and piece.x >= last.x - 1
        and not (spaced and piece.x - last.end > _CELL_GAP * size)
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


# --- tables: cells side by side in several rows below each other ---


@dataclass(slots=True)
class _Box:
    """Lines below each other with the same left edge: a cell, or a paragraph."""

    lines: list[Piece]

    @property
    def x(self) -> float:
        return self.lines[0].x

    def beside(self, other: _Box) -> bool:
        """Tell whether `other` stands to the right, at the same height."""
        size = self.lines[0].size
        return (
            other.x > self.x + size
            and other.lines[-1].y <= self.lines[0].y + _SAME_LINE * size
            and other.lines[0].y >= self.lines[-1].y - _SAME_LINE * size
        )


def _of_page(number: int, lines: list[Piece]) -> list[Paragraph]:
    found: list[Paragraph] = []
    rows = list(_rows(_boxes(lines)))
    for is_table, group in groupby(_marked(rows), lambda each: each[0]):
        members = [row for _, row in group]
        if is_table:
            found += [_table(number, rows) for rows in _alike(members)]
        else:
            loose = [line for row in members for box in row for line in box.lines]
            found += _flow(number, loose)
    return found


def _boxes(lines: list[Piece]) -> list[_Box]:
    boxes: list[_Box] = []
    for line in lines:
        if boxes:
            above = boxes[-1].lines[-1]
            drop = above.y - line.y
            if (
                abs(line.x - boxes[-1].x) < _SAME_EDGE * line.size
                and _SAME_LINE * line.size < drop < _LINE_PITCH * line.size
                and line.bold == above.bold
                and abs(line.size - above.size) < 0.1 * above.size
            ):
                boxes[-1].lines.append(line)
                continue
        boxes.append(_Box([line]))
    return boxes


def _rows(boxes: list[_Box]) -> Iterator[list[_Box]]:
    """Group the boxes that stand side by side."""
    row: list[_Box] = []
    for box in boxes:
        if row and not (row[-1].beside(box)):
            yield row
            row = []
        row.append(box)
    if row:
        yield row


def _marked(rows: list[list[_Box]]) -> Iterator[tuple[bool, list[_Box]]]:
    """Tell which rows have a neighbour with the same columns."""
    for index, row in enumerate(rows):
        neighbours = rows[max(0, index - 1) : index] + rows[index + 1 : index + 2]
        yield (
            _is_row(row)
            and any(_is_row(other) and _aligned(row, other) for other in neighbours),
            row,
        )


def _is_row(row: list[_Box]) -> bool:
    return len(row) > 1 and not _BULLET.fullmatch(row[0].lines[0].text)


def _aligned(one: list[_Box], other: list[_Box]) -> bool:
    """Tell whether all columns of the row with fewer ones are columns of the other."""
    few, many = sorted((one, other), key=len)
    return all(
        any(abs(cell.x - column.x) < _SAME_EDGE * cell.lines[0].size for column in many)
        for cell in few[:2]
    )


def _alike(rows: list[list[_Box]]) -> Iterator[list[list[_Box]]]:
    """Part tables that follow upon each other with other columns."""
    table: list[list[_Box]] = []
    for row in rows:
        if table and not _aligned(table[-1], row):
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def _table(number: int, rows: list[list[_Box]]) -> Paragraph:
    columns = [box.x for box in max(rows, key=len)]
    cells: list[list[str]] = []
    for row in rows:
        line = [""] * len(columns)
        for position, box in enumerate(row):
            nearest = min(
                range(position, len(columns) - (len(row) - position) + 1),
                key=lambda index: abs(columns[index] - box.x),
            )
            text = join_lines([piece.text for piece in box.lines])
            line[nearest] = f"{line[nearest]} {text}".strip()
        cells.append(line)
    first, rest = rows[0], rows[1:]
    return Paragraph(
        page=number,
        text="",
        rows=cells,
        size=first[0].lines[0].size,
        bold=all(box.lines[0].bold for box in first)
        and not all(box.lines[0].bold for row in rest for box in row),
        lines=len(rows),
    )


# --- running text ---


def _flow(number: int, lines: list[Piece]) -> list[Paragraph]:
    """Put lines together to paragraphs."""
    found: list[list[Piece]] = []
    for line in _rejoined(lines):
        if found and _same_paragraph(found[-1], line):
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


def _rejoined(lines: list[Piece]) -> list[Piece]:
    """Join what stands on one line with wide gaps, and yet is no table."""
    joined: list[Piece] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last and abs(last.y - line.y) < _SAME_LINE * last.size and line.x > last.x:
            joined[-1] = replace(
                last, text=f"{last.text} {line.text}", bold=last.bold and line.bold
            )
        else:
            joined.append(line)
    return joined


def _same_paragraph(group: list[Piece], line: Piece) -> bool:
    first, last = group[0], group[-1]
    drop = last.y - line.y
    if _BULLET.match(line.text) or abs(line.size - last.size) > 0.1 * last.size:
        return False
    if drop < 0:  # the next column
        return line.text[:1].islower() and not _SENTENCE_END.search(last.text)
    if drop > _LINE_PITCH * last.size or (
        len(group) > 1 and drop > _PITCH_CHANGE * (group[-2].y - last.y) > 0
    ):
        return False
    if all(piece.bold for piece in group) != line.bold and (
        len(group) == 1 or line.bold
    ):
        return False
    indent = line.x - (group[1].x if len(group) > 1 else first.x)
    if abs(indent) < _SAME_EDGE * last.size:
        return True
    # A second line may stand elsewhere than the first, which was indented or hung.
    return len(group) == 1 and (indent < 0 or _BULLET.match(first.text) is not None)


def join_lines(lines: list[str]) -> str:
    """Join lines of a paragraph; words that were parted become whole again."""
    text = ""
    for line in lines:
        if not text:
            text = line
        elif text[-1] == "\xad":
            text = text[:-1] + line
        elif text[-1] in "-\u2010" and text[-2:-1].isalpha() and line[:1].islower():
            following = re.split(r"\W", line, maxsplit=1)[0]
            if following in _SUSPENDED:
                text = f"{text} {line}"
            else:
                text = text[:-1] + line
        elif (text[-1] in "-\u2010" and text[-2:-1].isalnum()) or (
            _UNSPACED.match(text[-1]) and _UNSPACED.match(line)
        ):
            text += line
        else:
            text = f"{text} {line}"
    return text
