"""Markdown: headings, tables, lists, code, front matter."""

from html import unescape
import re
from typing import Final

from .content import Draft
from .encoding import decode

_FRONT_MATTER_LINES: Final = 200
_FIELD = re.compile(r"(title|lang|language)\s*:\s*(.+)", re.IGNORECASE)
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*([-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_DEFINITION = re.compile(r" {0,3}\[[^\[\]]+\]:[ \t]*\S+")
_CELL_END = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"[ \t]*:?-+:?[ \t]*")

# Each class leaves out what the pattern begins with: no text makes them slow.
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`]+)\1(?!`)")
_INLINE: Final = (
    (re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]"), r"\1"),
    (re.compile(r"!?\[([^\[\]]*)\]\((?:[^()]++|\([^()]*+\))*+\)"), r"\1"),
    (re.compile(r"!?\[([^\[\]]*)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]*)>"), r"\1"),
    (re.compile(r"<br[ \t]*/?>", re.IGNORECASE), " "),
    (re.compile(r"</?[A-Za-z][^<>]*>"), ""),
    (re.compile(r"\*\*(?=[^\s*])([^*]+)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)__(?=[^\s_])([^_]+)__(?!\w)"), r"\1"),
    (re.compile(r"(?<!\\)\*(?=[^\s*])([^*]+)(?<![\s\\])\*"), r"\1"),
    (re.compile(r"(?<!\w)_(?=[^\s_])([^_]+)_(?!\w)"), r"\1"),
    (re.compile(r"~~([^~]+)~~"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def read(data: bytes, draft: Draft) -> None:
    """Read a Markdown file."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    lines = _without_comments(text).split("\n")
    index = _front_matter(lines, draft)
    paragraph: list[str] = []

    def flush() -> None:
        if paragraph:
            draft.text(_inline(" ".join(paragraph)))
            paragraph.clear()

    while index < len(lines):
        line = lines[index]
        index += 1
        if fence := _FENCE.match(line):
            flush()
            end = _fence_end(lines, index, fence[1])
            draft.text("\n".join(lines[index:end]))
            index = end + 1
            continue
        if quoted := _QUOTE.match(line):
            line = line[quoted.end() :]
        if not line.strip() or _DEFINITION.match(line):
            flush()
        elif heading := _ATX.fullmatch(line):
            flush()
            draft.heading(_inline(_without_closing(heading[2] or "")), len(heading[1]))
        elif paragraph and (underline := _SETEXT.fullmatch(line)):
            draft.heading(
                _inline(" ".join(paragraph)), 1 if underline[1][0] == "=" else 2
            )
            paragraph.clear()
        elif _RULE.fullmatch(line):
            flush()
        elif index < len(lines) and _begins_table(line, lines[index]):
            flush()
            index = _table(lines, index - 1, draft)
        elif item := _ITEM.match(line):
            flush()
            marker = item[1] if item[1][0].isdigit() else "-"
            paragraph.append(f"{marker} {line[item.end() :].strip()}")
        else:
            paragraph.append(line.strip())
    flush()


def _front_matter(lines: list[str], draft: Draft) -> int:
    """Read title and language of the front matter; give where the text begins."""
    if not lines or lines[0].strip() != "---":
        return 0
    closings = (
        index
        for index, line in enumerate(lines[1:_FRONT_MATTER_LINES], 1)
        if line.strip() in {"---", "..."}
    )
    end = next(closings, 0)
    if not end:
        return 0
    for line in lines[1:end]:
        if found := _FIELD.fullmatch(line.strip()):
            value = found[2].strip().strip("\"'")
            if found[1].lower() == "title":
                draft.describe(value, None)
            else:
                draft.describe(None, value)
    return end + 1


def _without_comments(text: str) -> str:
    pieces: list[str] = []
    start = 0
    while (begin := text.find("<!--", start)) >= 0:
        end = text.find("-->", begin + 4)
        if end < 0:
            break
        pieces.append(text[start:begin])
        start = end + 3
    return "".join([*pieces, text[start:]])


def _without_closing(heading: str) -> str:
    """Drop the number signs that close a heading."""
    heading = heading.rstrip()
    bare = heading.rstrip("#")
    return bare if not bare or bare[-1].isspace() else heading


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    for index in range(start, len(lines)):
        line = lines[index].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return index
    return len(lines)


def _cells(line: str) -> list[str]:
    cells = _CELL_END.split(line.strip())
    if cells and not cells[0].strip():
        cells = cells[1:]
    if cells and not cells[-1].strip():
        cells = cells[:-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _begins_table(line: str, below: str) -> bool:
    if "|" not in line or "-" not in below:
        return False
    delimiters = _cells(below)
    return len(delimiters) == len(_cells(line)) and all(
        _DELIMITER.fullmatch(cell) for cell in delimiters
    )


def _table(lines: list[str], start: int, draft: Draft) -> int:
    """Add the table whose header is at `start`; give where it ends."""
    rows = [[_inline(cell) for cell in _cells(lines[start])]]
    end = start + 2
    while end < len(lines) and "|" in lines[end]:
        rows.append([_inline(cell) for cell in _cells(lines[end])])
        end += 1
    draft.table(rows, header=True)
    return end


def _inline(text: str) -> str:
    """Give what is read, without the marks."""
    pieces: list[str] = []
    start = 0
    for code in _CODE.finditer(text):
        pieces += (_unmarked(text[start : code.start()]), code[2].strip())
        start = code.end()
    return "".join([*pieces, _unmarked(text[start:])])


def _unmarked(text: str) -> str:
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return unescape(text)
