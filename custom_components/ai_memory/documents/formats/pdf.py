"""PDF: the text layer, with its page numbers."""

from io import BytesIO
import math
import re
from typing import Any, Final

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import Destination

from .content import Draft, Problem, ReadError, clean
from .layout import Page, Paragraph, body_size, looks_like_heading, paragraphs
from .pieces import Piece, join_lines
from .widths import Widths

_HEADER_WITHIN: Final = 1024
"""Bytes before the header that every reader of PDFs lets pass."""
_MOST_LEVELS: Final = 4
_MOST_OUTLINE: Final = 5_000
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:microsoft \w+ - .*|untitled.*|.*\.(?:docx?|indd|pdf|odt|qxp|fm|tex|dvi|html?))",
    re.IGNORECASE,
)

# Where TeX's fonts (OT1, T1) keep ligatures, for which no letters are told.
_LIGATURES: Final = ("ff", "fi", "fl", "ffi", "ffl")
_TEX = {
    start + index: letters
    for start in (0x0B, 0x1B)
    for index, letters in enumerate(_LIGATURES)
}

type _Style = tuple[float, bool]


def read(data: bytes, draft: Draft) -> None:
    """Read the text layer of a PDF."""
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise ReadError(Problem.BROKEN, "header")
    try:
        _read(data, draft)
    except LimitReachedError as err:
        raise ReadError(Problem.ARCHIVE_BOMB, type(err).__name__) from err
    except DependencyError as err:
        raise ReadError(Problem.ENCRYPTED, type(err).__name__) from err
    except PyPdfError as err:
        raise ReadError(Problem.BROKEN, type(err).__name__) from err


def _read(data: bytes, draft: Draft) -> None:
    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ReadError(Problem.ENCRYPTED)
    draft.pages = len(reader.pages)
    if draft.pages > draft.limits.pages:
        raise ReadError(Problem.TOO_MANY_PAGES)
    _describe(reader, draft)
    pages: list[Page] = []
    widths = Widths()
    characters = 0
    for number, page in enumerate(reader.pages, 1):
        pages.append(_page(number, page, widths))
        characters += sum(len(piece.text) for piece in pages[-1].pieces)
        # Spaces and what repeats goes later; far too much need not be laid out.
        if characters > 2 * draft.limits.characters:
            raise ReadError(Problem.TOO_MUCH_TEXT)
    _add(paragraphs(pages), _outline(reader), draft)


def _describe(reader: PdfReader, draft: Draft) -> None:
    """Take title and language from the document's properties, where they are sound."""
    try:
        title = reader.metadata.title if reader.metadata else None
        language = reader.root_object.get("/Lang")
    except ArithmeticError, AttributeError, LookupError, TypeError, ValueError:
        return
    if isinstance(title, str) and not _NO_TITLE.fullmatch(title.strip()):
        draft.describe(title, None)
    if isinstance(language, str):
        draft.describe(None, language)


def _page(number: int, page: PageObject, widths: Widths) -> Page:
    """Collect the text of a page, turned so that it reads from left to right."""
    turned: dict[int, list[Piece]] = {0: [], 90: [], 180: [], 270: []}

    def visit(
        text: str,
        outer: list[float],
        inner: list[float],
        font: dict[str, Any] | None,
        size: float,
    ) -> None:
        # Lines that pypdf parts itself still come as a piece of their own.
        text = clean(text.translate(_TEX).replace("\ufffd", ""), keep_edges=True)
        if not text.strip():
            return
        if "\n" in text.strip():
            text = join_lines([line.strip() for line in text.split("\n")])
        right, up, x, y = _place(outer, inner)
        angle = round(math.degrees(math.atan2(up, right))) % 360
        if angle in turned and math.isfinite(x) and math.isfinite(y):
            x, y = _turn(angle, x, y)
            height = abs(size) * math.hypot(right, up)
            name = str(font.get("/BaseFont", "")) if font else ""
            bold = _BOLD.search(name) is not None
            width = widths.of(text.strip(), font) * height
            turned[angle].append(Piece(text, x, x + width, y, height or 1.0, bold))

    page.extract_text(visitor_text=visit)
    pieces = [piece for group in turned.values() for piece in group]
    heights = [piece.y for piece in pieces]
    box = page.mediabox
    bottom, top = float(box.bottom), float(box.top)
    if turned[0] != pieces:  # on a turned page the box says nothing
        bottom, top = min(heights, default=0.0), max(heights, default=0.0)
    return Page(number, bottom, top, pieces)


def _place(outer: list[float], inner: list[float]) -> tuple[float, float, float, float]:
    """Give the direction of text (right, up) and where it begins (x, y)."""
    a, b, c, d, e, f = outer
    right, up = inner[0] * a + inner[1] * c, inner[0] * b + inner[1] * d
    x, y = inner[4] * a + inner[5] * c + e, inner[4] * b + inner[5] * d + f
    return right, up, x, y


def _turn(angle: int, x: float, y: float) -> tuple[float, float]:
    if angle == 90:
        return y, -x
    if angle == 180:
        return -x, -y
    return (-y, x) if angle == 270 else (x, y)


def _outline(reader: PdfReader) -> dict[tuple[int, str], int]:
    """Give the level of each entry of the outline, by page and plain text."""
    levels: dict[tuple[int, str], int] = {}

    def walk(entries: list[Any], level: int) -> None:
        for entry in entries:
            if isinstance(entry, list):
                walk(entry, level + 1)
            elif isinstance(entry, Destination) and len(levels) < _MOST_OUTLINE:
                page = reader.get_destination_page_number(entry)
                if page is not None and entry.title:
                    levels[page + 1, _plain(entry.title)] = level

    try:
        walk(reader.outline, 1)
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        PyPdfError,
        RecursionError,
        TypeError,
        ValueError,
    ):
        return {}
    return levels


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, clean(text).casefold()))


def _add(
    found: list[Paragraph], outline: dict[tuple[int, str], int], draft: Draft
) -> None:
    """Add paragraphs, the headings among them with their levels."""
    body = body_size(found)
    known = {
        index: level
        for index, paragraph in enumerate(found)
        if (level := outline.get((paragraph.page, _plain(paragraph.text))))
        and looks_like_heading(paragraph, 0.0)
    }
    candidates = {
        index
        for index, paragraph in enumerate(found)
        if looks_like_heading(paragraph, body)
    }
    styles = _levels([found[index] for index in sorted(candidates - set(known))])
    if known:
        # What is set like a heading of the outline is one of that level, the rest is
        # below all of them.
        deepest = max(known.values()) + 1
        taught = {_style(found[index]): level for index, level in known.items()}
        styles = {style: taught.get(style, deepest) for style in styles}
    for index, paragraph in enumerate(found):
        if paragraph.rows is not None:
            draft.table(paragraph.rows, paragraph.page, header=paragraph.header)
        elif index in known:
            draft.heading(paragraph.text, known[index], paragraph.page)
        elif index in candidates:
            draft.heading(paragraph.text, styles[_style(paragraph)], paragraph.page)
        else:
            draft.text(paragraph.text, paragraph.page)


def _style(paragraph: Paragraph) -> _Style:
    return paragraph.size, paragraph.bold


def _levels(headings: list[Paragraph]) -> dict[_Style, int]:
    """Give a level to each way in which headings are set, the largest first."""
    styles = sorted({_style(heading) for heading in headings}, reverse=True)
    return {style: min(rank, _MOST_LEVELS) for rank, style in enumerate(styles, 1)}
