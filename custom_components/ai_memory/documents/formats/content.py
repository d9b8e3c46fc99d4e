"""What is read out of a file, and why a file cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import Final, Literal
import unicodedata

type BlockKind = Literal["heading", "text", "row"]

FORMATS: Final[Mapping[str, str]] = {
    "md": "markdown",
    "markdown": "markdown",
    "txt": "plain",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "pdf": "pdf",
    "docx": "docx",
    "epub": "epub",
    "csv": "table",
    "tsv": "table",
}
"""The reader of each file name extension, in lower case and without the dot."""

LONGEST_BLOCK: Final = 16_000
"""Characters; a longer paragraph becomes several blocks."""
_LONGEST_HEADING: Final = 300
_LONGEST_TITLE: Final = 300
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")

# Control characters, surrogates, private use (bullets of symbol fonts in PDFs),
# noncharacters; soft hyphens, zero width space, byte order mark, bidi overrides.
_DROPPED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060"
    r"\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    r"\ufffe\uffff\U000f0000-\U0010ffff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINE_ENDS = re.compile(r" ?\n ?")
_MANY_LINE_ENDS = re.compile(r"\n{3,}")
# What the fonts of PDFs say for letters: ligatures, and radicals in place of the
# characters that look the same.
_RADICALS = re.compile(r"[\u2e80-\u2fdf]")
_GLYPHS = str.maketrans(
    dict(
        zip(
            "⺠⻄⻅⻉⻋⻑⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻨⻩⻫⻭⻯⻰",
            "民西见贝车長长门青页风飞食马鱼鸟麦黄斉歯竜龙",
            strict=True,
        )
    )
    | {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
    }
)


class Problem(StrEnum):
    """Why a file gives no text."""

    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    NO_TEXT = "no_text"
    """Images only."""
    ARCHIVE_BOMB = "archive_bomb"
    UNSAFE_PATH = "unsafe_path"
    UNREADABLE = "unreadable"
    """Gone, or no rights."""
    TOO_MUCH_TEXT = "too_much_text"


class ReadError(Exception):
    """A file could not be read.

    `detail` names the place in our code, for the log; it never quotes the file.
    """

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem.value, detail)
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    bytes: int = 50 * 1024 * 1024
    pages: int = 2_000
    characters: int = 5_000_000
    blocks: int = 100_000
    seconds: float = 120.0
    unpacked: int = 200 * 1024 * 1024
    """Bytes of all that is packed in a file."""
    memory: int = 512 * 1024 * 1024
    """Bytes of address space of the child process."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a table row.

    A row is "Header: value; Header: value". `level` is 1 to 6 of a heading, else 0.
    Pages count from 1. The text is NFC, without control characters but line ends,
    and at most `LONGEST_BLOCK` characters long.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What one file says; `sha256` is of exactly the `bytes` bytes it was read from."""

    title: str | None
    language: str | None
    pages: int | None
    blocks: list[Block]
    sha256: bytes
    bytes: int


def clean(text: str, *, keep_edges: bool = False) -> str:
    """Give text as it is kept; line ends inside stay, at most two in a row.

    With `keep_edges`, a space at either end stays too.
    """
    text = _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
    text = _RADICALS.sub(_character, text.translate(_GLYPHS))
    text = unicodedata.normalize("NFC", text)
    text = _AROUND_LINE_ENDS.sub("\n", _SPACES.sub(" ", text))
    text = _MANY_LINE_ENDS.sub("\n\n", text)
    return text if keep_edges else text.strip()


def _character(radical: re.Match[str]) -> str:
    """Give the character that a radical is drawn like."""
    return unicodedata.normalize("NFKC", radical[0])


def looks_like_header(cells: list[str]) -> bool:
    """Tell whether a row of a table names its columns: words, different ones."""
    names = [cell.strip() for cell in cells]
    return all(any(map(str.isalpha, name)) for name in names) and (
        len(set(names)) == len(names)
    )


def one_line(text: str) -> str:
    """Give clean text without line ends."""
    return " ".join(clean(text).split())


@dataclass(slots=True)
class Draft:
    """The content of a file while it is read."""

    limits: Limits
    title: str | None = None
    language: str | None = None
    pages: int | None = None
    blocks: list[Block] = field(default_factory=list)
    _characters: int = 0

    def heading(self, text: str, level: int, page: int | None = None) -> None:
        """Add a heading; an overlong one is a paragraph."""
        line = one_line(text)
        if len(line) > _LONGEST_HEADING:
            self.text(line, page)
        elif line:
            self._add(Block("heading", line, min(max(level, 1), 6), page))

    def text(self, text: str, page: int | None = None) -> None:
        """Add a paragraph, a list item, or anything else that stands by itself."""
        for part in _parts(clean(text)):
            self._add(Block("text", part, 0, page))

    def row(
        self, headers: list[str] | None, cells: list[str], page: int | None = None
    ) -> None:
        """Add a table row; without headers the cells stand by themselves."""
        pairs: list[str] = []
        for index, cell in enumerate(cells):
            value = one_line(cell)
            if not value:
                continue
            name = ""
            if headers and index < len(headers):
                name = one_line(headers[index]).rstrip(":")
            pairs.append(f"{name}: {value}" if name else value)
        for part in _parts("; ".join(pairs)):
            self._add(Block("row", part, 0, page))

    def table(
        self, rows: list[list[str]], page: int | None = None, *, header: bool = False
    ) -> None:
        """Add a table; `header` tells that the first row is marked as its header.

        Unmarked, the first row of three columns and more is taken as one where it looks
        like it; in two columns the first one names the second.
        """
        columns = max(map(len, rows), default=0)
        header = header or (columns > 2 and looks_like_header(rows[0]))
        if header and len(rows) > 1:
            for row in rows[1:]:
                self.row(rows[0], row, page)
        else:
            for row in rows:
                pair = not header and len(row) == columns == 2
                self.row([row[0]] if pair else None, row[1:] if pair else row, page)

    def describe(self, title: str | None, language: str | None) -> None:
        """Keep a title and a language where none is known and they are usable."""
        if not self.title and title:
            self.title = one_line(title)[:_LONGEST_TITLE] or None
        if not self.language and language and _LANGUAGE.fullmatch(language.strip()):
            self.language = language.strip().replace("_", "-")

    def _add(self, block: Block) -> None:
        self._characters += len(block.text)
        if (
            self._characters > self.limits.characters
            or len(self.blocks) >= self.limits.blocks
        ):
            raise ReadError(Problem.TOO_MUCH_TEXT)
        self.blocks.append(block)


def _parts(text: str) -> list[str]:
    """Cut overlong text at spaces, where there are any."""
    parts: list[str] = []
    start = 0
    while len(text) - start > LONGEST_BLOCK:
        end = start + LONGEST_BLOCK
        space = text.rfind(" ", start + LONGEST_BLOCK // 2, end)
        end = space if space > 0 else end
        parts.append(text[start:end].strip())
        start = end
    parts.append(text[start:].strip())
    return [part for part in parts if part]
