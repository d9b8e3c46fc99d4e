"""HTML: what a reader sees, without scripts, styles and navigation."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
import re
from typing import Final

from .content import Draft
from .encoding import decode

_SKIPPED: Final = frozenset(
    {
        "script",
        "style",
        "nav",
        "template",
        "svg",
        "math",
        "noscript",
        "iframe",
        "object",
        "select",
        "button",
        "textarea",
        "canvas",
        "audio",
        "video",
    }
)
_BLOCKS: Final = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "ul",
        "caption",
        "title",
    }
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_VOID: Final = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }
)
_MOST_COLUMNS: Final = 100
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})")
_XML_ENCODING = re.compile(rb"<\?xml[^<>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})")


def read(data: bytes, draft: Draft) -> None:
    """Read an HTML or XHTML page."""
    head = data[:4096]
    found = _XML_ENCODING.search(head) or _META_CHARSET.search(head.lower())
    text = decode(data, found[1].decode("ascii") if found else None)
    page = _Page(draft)
    page.feed(text)
    page.close()
    page.finish()


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    header: bool = False
    """Whether the first row is marked as the header."""
    marked: bool = True
    """Whether all cells of the row so far are header cells."""
    spans: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Of a column: for how many more rows its cell stands, and its text."""
    cell: list[str] | None = None
    columns: int = 1
    lines: int = 1
    """`columns` and `lines` are the spans of the open cell."""
    open: bool = False
    """Whether a cell is open."""


class _Page(HTMLParser):
    """Adds blocks to a draft while it is fed."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(convert_charrefs=True)
        self._draft = draft
        self._text: list[str] = []
        self._skipping: str | None = None
        self._skipped_depth = 0
        self._heading = 0
        self._prefix = ""
        self._lists: list[int | None] = []
        self._preformatted = 0
        self._table: _Table | None = None
        self._inner_tables = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if self._skipping:
            if tag == self._skipping:
                self._skipped_depth += 1
            return
        named = dict(attrs)
        if tag == "html":
            self._draft.describe(None, named.get("lang") or named.get("xml:lang"))
        if tag not in _VOID and (
            tag in _SKIPPED or "hidden" in named or named.get("role") == "navigation"
        ):
            self._skipping, self._skipped_depth = tag, 1
            return
        if tag == "br":
            self._text.append("\n")
        elif tag == "table":
            self._begin_table()
        elif self._table:
            self._begin_in_table(tag, named)
        elif tag in _HEADINGS:
            self._flush()
            self._heading = int(tag[1])
        elif tag in _BLOCKS:
            self._flush()
            self._begin_block(tag, named)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._skipping:
            if tag == self._skipping:
                self._skipped_depth -= 1
                if not self._skipped_depth:
                    self._skipping = None
            return
        if tag == "title":
            self._end_title()
        elif self._table:
            self._end_in_table(tag)
        elif tag in _HEADINGS:
            self._flush()
        elif tag in _BLOCKS:
            self._flush()
            if tag in {"ol", "ul", "menu"} and self._lists:
                self._lists.pop()
            elif tag == "pre":
                self._preformatted = max(0, self._preformatted - 1)

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if not self._skipping:
            if not self._preformatted:
                data = data.replace("\n", " ").replace("\r", " ")
            self._text.append(data)

    def finish(self) -> None:
        """Add what no end tag closed."""
        if self._table:
            self._end_table()
        self._flush()

    def _flush(self) -> None:
        text, prefix, level = "".join(self._text), self._prefix, self._heading
        self._text.clear()
        self._heading = 0
        if not text.strip():
            return
        self._prefix = ""
        if level:
            self._draft.heading(text, level)
        else:
            self._draft.text(prefix + text.lstrip())

    def _begin_block(self, tag: str, named: dict[str, str | None]) -> None:
        if tag == "title":
            self._in_title = True
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "ol":
            start = named.get("start") or ""
            self._lists.append(int(start) if re.fullmatch(r"\d{1,6}", start) else 1)
        elif tag in {"ul", "menu"}:
            self._lists.append(None)
        elif tag == "li":
            number = self._lists[-1] if self._lists else None
            self._prefix = "- " if number is None else f"{number}. "
            if number is not None:
                self._lists[-1] = number + 1

    def _end_title(self) -> None:
        if self._in_title:
            self._draft.describe("".join(self._text), None)
            self._text.clear()
        self._in_title = False

    def _begin_table(self) -> None:
        if self._table:  # stays text of the cell around it
            self._inner_tables += 1
            self._text.append(" ")
        else:
            self._flush()
            self._prefix = ""
            self._table = _Table()

    def _begin_in_table(self, tag: str, named: dict[str, str | None]) -> None:
        table = self._table
        if table is None or self._inner_tables:
            self._text.append(" ")
        elif tag in {"td", "th"}:
            self._end_cell()
            if table.cell is None:
                table.cell = []
            table.marked = table.marked and tag == "th"
            table.columns = _span(named.get("colspan"))
            table.lines = _span(named.get("rowspan"))
            self._fill_spans()
            table.open = True
        elif tag == "tr":
            self._end_row()
            table.cell = []
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._text.append(" ")

    def _end_in_table(self, tag: str) -> None:
        if tag == "table":
            if self._inner_tables:
                self._inner_tables -= 1
            else:
                self._end_table()
        elif self._inner_tables:
            self._text.append(" ")
        elif tag == "caption":
            self._flush()
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._text.append(" ")

    def _end_cell(self) -> None:
        table = self._table
        if table is None or table.cell is None or not table.open:
            self._text.clear()
            return
        text = "".join(self._text).strip()
        self._text.clear()
        table.open = False
        # A header stands over all its columns, a value only once.
        for index in range(table.columns):
            if len(table.cell) >= _MOST_COLUMNS:
                break
            if table.lines > 1:
                table.spans[len(table.cell)] = (table.lines - 1, text)
            table.cell.append(text if table.marked or not index else "")

    def _fill_spans(self) -> None:
        """Put the cells that reach down from above before the next one."""
        table = self._table
        while (
            table is not None
            and table.cell is not None
            and (above := table.spans.pop(len(table.cell), None))
        ):
            if above[0] > 1:
                # Noted under a key that this row has passed.
                table.spans[len(table.cell)] = (above[0] - 1, above[1])
            table.cell.append(above[1])

    def _end_row(self) -> None:
        table = self._table
        if table is None:
            return
        self._end_cell()
        if table.cell:
            self._fill_spans()
            if not table.rows:
                table.header = table.marked
            table.rows.append(table.cell)
        table.cell = None
        table.marked = True

    def _end_table(self) -> None:
        self._end_row()
        table, self._table = self._table, None
        self._inner_tables = 0
        if table:
            self._draft.table(table.rows, header=table.header)


def _span(value: str | None) -> int:
    number = int(value) if value and re.fullmatch(r"\d{1,3}", value) else 1
    return min(max(number, 1), _MOST_COLUMNS)
