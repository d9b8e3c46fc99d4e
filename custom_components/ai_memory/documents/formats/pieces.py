"""Pieces of text on a page, and lines out of them."""

from dataclasses import dataclass, replace
import re
from typing import Final

# All of these are in multiples of the font size.
SAME_LINE: Final = 0.3
SAME_EDGE: Final = 0.6
LINE_PITCH: Final = 1.75
"""More than this below the line above begins a paragraph."""
_RAISED: Final = 0.5
"""How far above or below its line a smaller figure stands, at most."""
_WORD_GAP: Final = 0.15
_CELL_GAP: Final = 1.5

BULLET = re.compile(r"(?:[•▪●○◦‣■□*–—-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])(?=\s|$)")
_LEADERS = re.compile(r"(?:[.·…_] ?){4,}")
_SUSPENDED: Final = frozenset({"und", "oder", "bzw", "and", "or", "et", "ou", "y", "o"})
"""What follows a hyphen that stands for the rest of a word ("Ein- und Ausgang")."""
_UNSPACED = re.compile(
    r"[\u2e80-\u2fdf\u3000-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
    r"\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands in one go, from `x` to `end` at the height `y`, in points."""

    text: str
    x: float
    end: float
    y: float
    size: float
    bold: bool


def join_pieces(pieces: list[Piece]) -> list[Piece]:
    """Join what is drawn one after the other on a line, up to gaps as between cells."""
    lines: list[Piece] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last is None or not _continues(last, piece):
            lines.append(piece)
            continue
        gap = " " if piece.x - last.end > _WORD_GAP * piece.size else ""
        lines[-1] = replace(
            last,
            text=last.text + gap + piece.text,
            end=max(last.end, piece.end),
            size=max(last.size, piece.size),
            bold=last.bold and piece.bold,
        )
    return [
        replace(line, text=text)
        for line in lines
        if (text := " ".join(_LEADERS.sub(" ", line.text).split()))
    ]


def _continues(last: Piece, piece: Piece) -> bool:
    """Tell whether a piece goes on where the last one ended."""
    size = max(last.size, piece.size)
    reach = SAME_LINE if piece.size > 0.9 * last.size else _RAISED
    return (
        abs(last.y - piece.y) < reach * size
        and piece.x >= last.x - 1
        and piece.x - last.end <= _CELL_GAP * size
    )


def join_lines(lines: list[str]) -> str:
    """Join lines of a paragraph; words that were parted become whole again."""
    text = ""
    for line in lines:
        # A font of its own for the hyphen makes it stand alone.
        text = text.removesuffix(" \u2010") + "\u2010" * text.endswith(" \u2010")
        if not text:
            text = line
        elif text[-1] == "\xad":
            text = text[:-1] + line
        elif text[-1] in "-\u2010" and text[-2:-1].isalpha() and line[:1].islower():
            following = re.split(r"\W", line, maxsplit=1)[0]
            text = f"{text} {line}" if following in _SUSPENDED else text[:-1] + line
        elif (text[-1] in "-\u2010" and text[-2:-1].isalnum()) or (
            _UNSPACED.match(text[-1]) and _UNSPACED.match(line)
        ):
            text += line
        else:
            text = f"{text} {line}"
    return text
