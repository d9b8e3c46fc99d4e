"""Plain text: paragraphs, and headings where they are obvious."""

import re
from typing import Final

from .content import Draft
from .encoding import decode

_LONGEST_HEADING: Final = 80
_UNDERLINE = re.compile(r"={3,}|-{3,}|~{3,}|\*{3,}")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4})\.?\s+\w")
_ITEM = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)])\s+\S")
_PARAGRAPH_END = re.compile(r"\n\s*\n")


def read(data: bytes, draft: Draft) -> None:
    """Read a text file."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    for paragraph in _PARAGRAPH_END.split(text):
        lines = [line.rstrip() for line in paragraph.split("\n") if line.strip()]
        if len(lines) >= 2 and _is_underline(lines[0], lines[1]):
            draft.heading(lines[0], 1 if lines[1].strip()[0] == "=" else 2)
            lines = lines[2:]
        elif len(lines) == 1 and (level := _heading_level(lines[0].strip())):
            draft.heading(lines[0], level if draft.blocks else 1)
            continue
        _add(lines, draft)


def _add(lines: list[str], draft: Draft) -> None:
    """Add a paragraph; list items stay lines of their own."""
    pieces: list[str] = []
    for line in lines:
        if pieces and not _ITEM.match(line):
            pieces.append(" " + line.strip())
        else:
            pieces.append("\n" + line.strip())
    draft.text("".join(pieces))


def _is_underline(line: str, below: str) -> bool:
    length, below = len(line.strip()), below.strip()
    # Chinese characters are twice as wide as what underlines them.
    return (
        _UNDERLINE.fullmatch(below) is not None
        and length <= _LONGEST_HEADING
        and length - 5 <= len(below) <= 2 * length + 5
    )


def _heading_level(line: str) -> int:
    """Give the level of a line that stands alone, 0 where it is no heading.

    A heading is in capitals, or has a number of at least two parts (1.2).
    """
    if len(line) > _LONGEST_HEADING or line.endswith((".", ",", ";", "?", "!")):
        return 0
    if numbered := _NUMBERED.match(line):
        return numbered[1].count(".") + 1
    letters = [character for character in line if character.isalpha()]
    return 2 if len(letters) >= 4 and line.isupper() else 0
