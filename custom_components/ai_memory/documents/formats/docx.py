"""Word documents: paragraphs, headings by their style, tables, footnotes."""

from dataclasses import dataclass, field
import posixpath
import re
from typing import Final

from .archive import Archive, XmlHandler, parse_xml
from .content import Draft, Problem, ReadError

_HEADING_NAME = re.compile(r"heading ([1-9])", re.IGNORECASE)
_NOT_READ: Final = frozenset({"Fallback", "moveFrom", "del"})
_NO_HEADING: Final = 9
"""What `outlineLvl` says of body text."""
_MOST_COLUMNS: Final = 100


def read(data: bytes, draft: Draft) -> None:
    """Read a Word document."""
    archive = Archive(data, draft.limits)
    body = _main_part(archive)
    folder = posixpath.dirname(body)
    if "docProps/core.xml" in archive:
        core = _Core()
        parse_xml(archive.stream("docProps/core.xml"), core)
        draft.describe(core.found.get("title"), core.found.get("language"))
    styles = _Styles()
    if (name := posixpath.join(folder, "styles.xml")) in archive:
        parse_xml(archive.stream(name), styles)
        draft.describe(None, styles.language)
    parse_xml(archive.stream(body), _Body(draft, styles))
    if (name := posixpath.join(folder, "footnotes.xml")) in archive:
        parse_xml(archive.stream(name), _Body(draft, styles))


def _main_part(archive: Archive) -> str:
    """Name the part that has the text; the relations of the package tell."""
    relations = _Relations()
    if "_rels/.rels" in archive:
        parse_xml(archive.stream("_rels/.rels"), relations)
    name = posixpath.normpath(relations.document.lstrip("/") or "word/document.xml")
    if name.startswith(".."):
        raise ReadError(Problem.UNSAFE_PATH)
    return name


class _Relations(XmlHandler):
    document = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith(
            "/officeDocument"
        ):
            self.document = attributes.get("Target", "")


class _Core(XmlHandler):
    """Title and language of the document's properties."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._tag = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tag = tag

    def text(self, text: str) -> None:
        self.found[self._tag] = self.found.get(self._tag, "") + text

    def end(self, tag: str) -> None:
        self._tag = ""


@dataclass(slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    level: int | None = None


class _Styles(XmlHandler):
    """Styles by their ids, which are other ones in each language of Word."""

    def __init__(self) -> None:
        self.language: str | None = None
        self._styles: dict[str, _Style] = {}
        self._style = _Style()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if tag == "style":
            self._style = _Style()
            if attributes.get("type", "paragraph") == "paragraph":
                self._styles[attributes.get("styleId", "")] = self._style
        elif tag == "name":
            self._style.name = value.lower()
        elif tag == "basedOn":
            self._style.based_on = value
        elif tag == "outlineLvl":
            self._style.level = _outline_level(value)
        elif tag == "lang" and self.language is None and not self._styles:
            self.language = value

    def level(self, style_id: str) -> int:
        """Give the level of headings in a style, 0 of other text."""
        seen: set[str] = set()
        while style_id not in seen and (style := self._styles.get(style_id)):
            seen.add(style_id)
            if style.level is not None:
                return style.level
            if named := _HEADING_NAME.match(style.name):
                return int(named[1])
            if style.name == "title":
                return 1
            style_id = style.based_on
        return 0

    def is_contents(self, style_id: str) -> bool:
        """Tell whether a paragraph is a line of the table of contents."""
        style = self._styles.get(style_id)
        return style is not None and style.name.startswith("toc ")

    def is_title(self, style_id: str) -> bool:
        """Tell whether a paragraph is the title of the document."""
        style = self._styles.get(style_id)
        return style is not None and style.name == "title"


@dataclass(slots=True)
class _Paragraph:
    text: list[str] = field(default_factory=list)
    style: str = ""
    level: int | None = None
    item: bool = False
    bold: bool = True
    """Whether all of it is bold."""


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    span: int = 1
    continued: bool = False
    """Whether the cell goes on from the row above."""
    header: bool = False
    bold: bool = True


class _Body(XmlHandler):
    """Adds blocks while it hears the text; paragraphs and tables nest."""

    def __init__(self, draft: Draft, styles: _Styles) -> None:
        self._draft = draft
        self._styles = styles
        self._paragraphs: list[_Paragraph] = []
        self._tables: list[_Table] = []
        self._skipped = 0
        self._in_text = False
        self._hidden = False
        self._bold = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipped or tag in _NOT_READ:
            self._skipped += 1
        elif tag == "p":
            self._paragraphs.append(_Paragraph())
        elif tag == "tbl":
            self._tables.append(_Table())
        elif self._paragraphs:
            self._start_in_paragraph(
                self._paragraphs[-1], tag, attributes.get("val", "")
            )
        elif self._tables:
            self._start_in_table(self._tables[-1], tag, attributes.get("val", ""))

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif tag == "t":
            self._in_text = False
        elif tag == "p" and self._paragraphs:
            self._end_paragraph(self._paragraphs.pop())
        elif tag == "tc" and self._tables:
            self._end_cell(self._tables[-1])
        elif tag == "tr" and self._tables:
            table = self._tables[-1]
            if len(table.rows) == 0:
                table.header = table.header or table.bold
            table.rows.append(table.row)
        elif tag == "tbl" and self._tables:
            self._end_table(self._tables.pop())

    def text(self, text: str) -> None:
        if self._in_text and self._paragraphs and not self._hidden:
            paragraph = self._paragraphs[-1]
            paragraph.text.append(text)
            paragraph.bold = paragraph.bold and (self._bold or not text.strip())

    def _start_in_paragraph(self, paragraph: _Paragraph, tag: str, value: str) -> None:
        if tag == "t":
            self._in_text = True
        elif tag == "r":
            self._hidden = self._bold = False
        elif tag == "vanish":
            self._hidden = value not in {"0", "false"}
        elif tag == "b":
            self._bold = value not in {"0", "false"}
        elif tag == "tab":
            paragraph.text.append(" ")
        elif tag in {"br", "cr"}:
            paragraph.text.append("\n")
        elif tag == "noBreakHyphen":
            paragraph.text.append("-")
        elif tag == "pStyle":
            paragraph.style = value
        elif tag == "outlineLvl":
            paragraph.level = _outline_level(value)
        elif tag == "numPr":
            paragraph.item = True

    def _start_in_table(self, table: _Table, tag: str, value: str) -> None:
        if tag == "tr":
            table.row = []
            table.bold = True
        elif tag == "tc":
            table.cell = []
            table.span = 1
            table.continued = False
        elif tag == "gridSpan":
            table.span = min(int(value), _MOST_COLUMNS) if value.isdecimal() else 1
        elif tag == "vMerge":
            table.continued = value != "restart"
        elif tag == "tblHeader":
            table.header = table.header or not table.rows

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.text)
        if not text.strip():
            return
        if self._tables:
            self._tables[-1].cell.append(text)
            self._tables[-1].bold = self._tables[-1].bold and paragraph.bold
            return
        level = paragraph.level
        if level is None:
            level = self._styles.level(paragraph.style)
        if self._styles.is_title(paragraph.style):
            self._draft.describe(text, None)
        if level:
            self._draft.heading(text, level)
        elif not self._styles.is_contents(paragraph.style):
            self._draft.text(f"- {text}" if paragraph.item else text)

    def _end_cell(self, table: _Table) -> None:
        text = " ".join(table.cell)
        column = len(table.row)
        if table.continued and table.rows and column < len(table.rows[-1]):
            text = table.rows[-1][column]
        if column + table.span <= _MOST_COLUMNS:
            table.row += [text] + [""] * (table.span - 1)

    def _end_table(self, table: _Table) -> None:
        if self._tables:
            self._tables[-1].cell += [" ".join(row) for row in table.rows]
        else:
            self._draft.table(table.rows, header=table.header)


def _outline_level(value: str) -> int:
    """Give the level of a heading, counted from 1; 0 of body text."""
    if not value.isdecimal() or int(value) >= _NO_HEADING:
        return 0
    return int(value) + 1
