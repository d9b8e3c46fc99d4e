"""What a measurement comes to, and how it is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    `value` is the 95 % point where `p50` is given, else the only value there is. `bar` is what it should not exceed, or
    reach if `at_least`.
    """

    what: str
    unit: str
    value: float
    p50: float | None = None
    bar: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Return whether the bar is met, None where there is none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar


def quantile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed, interpolated."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def times(
    what: str,
    values: Sequence[float],
    *,
    unit: str = "ms",
    bar: float | None = None,
    note: str = "",
) -> Figure:
    """Return p50 and p95 of durations that are given in `unit`."""
    return Figure(
        what=what,
        unit=unit,
        value=quantile(values, 0.95),
        p50=quantile(values, 0.5),
        bar=bar,
        note=note,
    )


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as text in columns."""
    rows = [("", "p50", "p95 / value", "unit", "bar", "")]
    for figure in figures:
        bar = ""
        if figure.bar is not None:
            bar = f"{'>=' if figure.at_least else '<='} {figure.bar:g}"
        met = {None: "", True: "met", False: "MISSED"}[figure.met]
        p50 = "" if figure.p50 is None else f"{figure.p50:.3g}"
        rows.append((figure.what, p50, f"{figure.value:.3g}", figure.unit, bar, met))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(width) if column in {0, 3} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
    lines += [f"{figure.what}: {figure.note}" for figure in figures if figure.note]
    return "\n".join(lines)
