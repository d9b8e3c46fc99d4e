"""Tables on a page: cells side by side, in several rows below each other."""

from collections.abc import Iterator
from dataclasses import dataclass

from .pieces import BULLET, LINE_PITCH, SAME_EDGE, SAME_LINE, Piece, join_lines

type Row = list[Box]


@dataclass(slots=True)
class Box:
    """Lines below each other with the same left edge: a cell, or a paragraph."""

    lines: list[Piece]

    @property
    def x(self) -> float:
        """The left edge, in points."""
        return self.lines[0].x

    @property
    def end(self) -> float:
        """The right edge, in points."""
        return max(line.end for line in self.lines)

    def below(self, other: Box) -> bool:
        """Tell whether both are cells of one column, flush at either edge."""
        near = SAME_EDGE * self.lines[0].size
        return abs(self.x - other.x) < near or abs(self.end - other.end) < near

    def beside(self, other: Box) -> bool:
        """Tell whether `other` stands to the right, at the same height."""
        size = self.lines[0].size
        return (
            other.x > self.x + size
            and other.lines[-1].y <= self.lines[0].y + SAME_LINE * size
            and other.lines[0].y >= self.lines[-1].y - SAME_LINE * size
        )


def rows_of(lines: list[Piece]) -> Iterator[tuple[bool, Row]]:
    """Group lines to what stands side by side, and tell what is a row of a table."""
    yield from _marked(list(_rows(_boxes(lines))))


def tables_of(rows: list[Row]) -> Iterator[list[Row]]:
    """Part tables that follow upon each other with other columns."""
    table: list[Row] = []
    for row in rows:
        if table and not _aligned(table[-1], row):
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def cells_of(table: list[Row]) -> list[list[str]]:
    """Give the text of all cells, in the columns of the longest row."""
    columns = max(table, key=len)
    cells: list[list[str]] = []
    for row in table:
        line = [""] * len(columns)
        for position, box in enumerate(row):
            nearest = min(
                range(position, len(columns) - (len(row) - position) + 1),
                key=lambda index: _distance(columns[index], box),
            )
            text = join_lines([piece.text for piece in box.lines])
            line[nearest] = f"{line[nearest]} {text}".strip()
        cells.append(line)
    return cells


def has_header(table: list[Row]) -> bool:
    """Tell whether only the first row is set in bold."""
    return all(_is_bold(box) for box in table[0]) and not all(
        _is_bold(box) for row in table[1:] for box in row
    )


def _is_bold(box: Box) -> bool:
    return all(line.bold for line in box.lines)


def _boxes(lines: list[Piece]) -> list[Box]:
    boxes: list[Box] = []
    for line in lines:
        if boxes:
            above = boxes[-1].lines[-1]
            drop = above.y - line.y
            if (
                abs(line.x - boxes[-1].x) < SAME_EDGE * line.size
                and SAME_LINE * line.size < drop < LINE_PITCH * line.size
                and line.bold == above.bold
                and abs(line.size - above.size) < 0.1 * above.size
            ):
                boxes[-1].lines.append(line)
                continue
        boxes.append(Box([line]))
    return boxes


def _rows(boxes: list[Box]) -> Iterator[Row]:
    """Group the boxes that stand side by side."""
    row: Row = []
    for box in boxes:
        if row and not (row[-1].beside(box)):
            yield row
            row = []
        row.append(box)
    if row:
        yield row


def _marked(rows: list[Row]) -> Iterator[tuple[bool, Row]]:
    """Tell which rows have a neighbour with the same columns."""
    for index, row in enumerate(rows):
        neighbours = rows[max(0, index - 1) : index] + rows[index + 1 : index + 2]
        yield (
            _is_row(row)
            and any(_is_row(other) and _aligned(row, other) for other in neighbours),
            row,
        )


def _is_row(row: Row) -> bool:
    return len(row) > 1 and not BULLET.fullmatch(row[0].lines[0].text)


def _aligned(one: Row, other: Row) -> bool:
    """Tell whether the cells of the row with fewer ones stand in the other's columns."""
    few, many = sorted((one, other), key=len)
    return all(any(cell.below(column) for column in many) for cell in few)


def _distance(column: Box, cell: Box) -> float:
    return min(abs(column.x - cell.x), abs(column.end - cell.end))
