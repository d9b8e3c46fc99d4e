"""Chunks of a document: what is embedded, searched and quoted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate, pairwise
from typing import Final

from .cutting import cuts, pieces, rank, weight
from .formats.content import Block, Content
from .sentences import sentences

WORDS: Final = 105
"""Aimed at, with the overlap; with 150, fewer of the answers are in 300 words."""
OVERLAP: Final = 30
"""At most, of whole sentences of the same section; table rows need none."""
LONGEST: Final = 4_000
"""Characters of a chunk's text."""

_LEAST: Final = 60.0
_MOST: Final = 95.0
_LONGEST_UNIT: Final = 120.0
_LARGEST: Final = 125.0
_SMALL: Final = 45.0
"""Sections of at most so many words share chunks with small neighbours."""
_TINY: Final = 20.0
"""What has fewer words goes with its neighbour, however big that is."""
_LONGEST_LABEL: Final = 140
"""Characters; a title and six headings with their separators stay below 1,000."""
_SEPARATOR: Final = " › "

_SECTION, _PARAGRAPH, _SENTENCE, _PIECE, _BEHIND_HEADING = range(5)
"""Tiers of cuts, the best first."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document.

    `heading` is the title and the headings above it, at most 1,000 characters; `page`
    the one on which it begins, behind what is repeated. `hash` (16 bytes) is of heading and text: no two chunks
    of a document have the same.
    """

    position: int
    text: str
    heading: str
    page: int | None
    hash: bytes


@dataclass(slots=True, eq=False)
class _Section:
    """A heading and what stands below it; the label is empty if it was said above."""

    label: str
    level: int
    above: tuple[_Section, ...] = ()
    items: list[_Section | _Unit] = field(default_factory=list)
    words: float = 0.0
    chain: tuple[_Section, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Add the section to those above it."""
        self.chain = (*self.above, self)

    def units(self) -> Iterator[_Unit]:
        """Give all text in and below the section."""
        for item in self.items:
            if isinstance(item, _Section):
                yield from item.units()
            else:
                yield item


@dataclass(slots=True, eq=False)
class _Unit:
    """What is never cut: a sentence, a table row, a piece of an overlong one.

    `gap` stands between it and the unit before it.
    """

    text: str
    gap: str
    tier: int
    section: _Section
    page: int | None
    words: float
    is_row: bool = False


def chunk(content: Content, title: str) -> list[Chunk]:
    """Cut a document; the same content gives the same chunks, in time that is linear.

    Every word is in a chunk. An edit changes the chunks around it, and a few behind it
    in the same section at most.
    """
    chunks: list[Chunk] = []
    seen: set[bytes] = set()
    for run in _runs(_Tree(title).grown(content.blocks)):
        for units, repeated in _windows(run):
            for heading, text, page in _rendered(units, repeated):
                digest = blake2b(f"{heading}\n{text}".encode(), digest_size=16).digest()
                if digest not in seen:
                    seen.add(digest)
                    chunks.append(Chunk(len(chunks), text, heading, page, digest))
    return chunks


class _Tree:
    """Sections and units of the blocks of a document."""

    def __init__(self, title: str) -> None:
        self._root = _Section(_label(" ".join(title.split())), 0)
        self._open = self._root
        self._page: int | None = None
        self._behind_heading = False
        self._last: Block | None = None

    def grown(self, blocks: Sequence[Block]) -> _Section:
        """Give the whole document."""
        lone: tuple[str, int | None] | None = None
        for block in blocks:
            if block.kind == "heading":
                if text := " ".join(block.text.split()):
                    self._heading(text, min(max(block.level, 1), 6), block.page)
                    lone = lone or (text, block.page)
            elif block.kind == "row":
                self._add(" ".join(block.text.split()), block.page, is_row=True)
            else:
                self._paragraphs(block)
            self._last = block
        self._close(1)
        if not self._root.items and lone:
            self._add(*lone)
        return self._root

    def _heading(self, text: str, level: int, page: int | None) -> None:
        self._close(level)
        label = _label(text)
        labels = [section.label for section in self._open.chain if section.label]
        if labels and _is_said(label, labels[-1], is_title=len(labels) == 1):
            label = ""
        section = _Section(label, level, self._open.chain)
        self._open.items.append(section)
        self._open = section
        self._page = page
        if label and label != text:
            self._add(text, page)

    def _close(self, level: int) -> None:
        """Close the sections from the level on; a heading over nothing becomes text."""
        while self._open.level >= level:
            closed = self._open
            self._open = closed.above[-1]
            if not closed.items:
                self._open.items.pop()
                if closed.label:
                    self._add(closed.label, self._page)
                    self._behind_heading = True

    def _paragraphs(self, block: Block) -> None:
        for paragraph in block.text.split("\n\n"):
            lines = (" ".join(line.split()) for line in paragraph.splitlines())
            if text := "\n".join(filter(None, lines)):
                goes_on = self._goes_on(text, block.page)
                self._add(text, block.page, goes_on=goes_on)

    def _goes_on(self, text: str, page: int | None) -> bool:
        """Tell whether the sentence began on the page before."""
        return (
            self._last is not None
            and self._last.kind == "text"
            and self._last.page != page
            and text[0].islower()
            and self._last.text[-1:].isalnum()
        )

    def _add(
        self,
        text: str,
        page: int | None,
        *,
        is_row: bool = False,
        goes_on: bool = False,
    ) -> None:
        spans = [(0, len(text))] if is_row else sentences(text)
        gap, tier = (" ", _SENTENCE) if goes_on else ("\n", _PARAGRAPH)
        for index, (start, end) in enumerate(spans):
            if index:
                gap, tier = text[spans[index - 1][1] : start], _SENTENCE
                tier = _PARAGRAPH if gap == "\n" else tier
            self._unit(text[start:end], gap, tier, page, is_row=is_row)

    def _unit(
        self, text: str, gap: str, tier: int, page: int | None, *, is_row: bool
    ) -> None:
        words = weight(text)
        if words > _LONGEST_UNIT:
            for start, end in pieces(text):
                part = text[start:end].rstrip()
                self._append(part, gap, tier, page, weight(part), is_row=is_row)
                gap, tier = text[start + len(part) : end], _PIECE
        else:
            self._append(text, gap, tier, page, words, is_row=is_row)

    def _append(
        self,
        text: str,
        gap: str,
        tier: int,
        page: int | None,
        words: float,
        *,
        is_row: bool,
    ) -> None:
        if self._behind_heading:
            tier = _BEHIND_HEADING
            self._behind_heading = False
        unit = _Unit(text, gap, tier, self._open, page, words, is_row)
        self._open.items.append(unit)
        for section in self._open.chain:
            section.words += words


def _is_said(label: str, above: str, *, is_title: bool) -> bool:
    """Tell whether a heading repeats the one above it, or the title's beginning."""
    label, above = label.casefold(), above.casefold()
    if is_title and above.startswith(label):
        return not above[len(label) : len(label) + 1].isalnum()
    return label == above


def _label(text: str) -> str:
    if len(text) > _LONGEST_LABEL:
        return text[: _LONGEST_LABEL - 1].rstrip() + "…"
    return text


def _runs(section: _Section) -> list[list[_Unit]]:
    """Give what is cut by itself: a big section's text, or small neighbours together.

    What is tiny goes with the run behind it, at the end with the one in front.
    """
    parts: list[_Section | list[_Unit]] = []
    for item in section.items:
        if isinstance(item, _Section):
            parts.append(item)
        elif parts and isinstance(parts[-1], list):
            parts[-1].append(item)
        else:
            parts.append([item])
    runs: list[list[_Unit]] = []
    goes_on = False
    for part in parts:
        small = _words(part) <= _SMALL
        if isinstance(part, list):
            made = [part]
        else:
            made = [list(part.units())] if small else _runs(part)
        if small and goes_on:
            runs[-1] += made[0]
        else:
            runs += made
        goes_on = small
    kept: list[list[_Unit]] = []
    tiny: list[_Unit] = []
    for run in runs:
        tiny += run
        if _words(tiny) >= _TINY:
            kept.append(tiny)
            tiny = []
    if tiny and kept:
        kept[-1] += tiny
    elif tiny:
        kept.append(tiny)
    return kept


def _words(part: _Section | list[_Unit]) -> float:
    if isinstance(part, _Section):
        return part.words
    return sum(unit.words for unit in part)


def _windows(run: list[_Unit]) -> Iterator[tuple[list[_Unit], int]]:
    """Cut a run into windows, each with some units in front of it again, and how many."""
    weights: list[float] = []
    ranks: list[int] = []
    chain = _common(run)
    for unit in run:
        entered = _entered(chain, unit)
        weights.append(unit.words + sum(weight(above.label) for above in entered))
        is_start = entered and unit.tier != _BEHIND_HEADING
        ranks.append(rank(_SECTION if is_start else unit.tier, unit.text))
        chain = unit.section.chain
    sums = [0.0, *accumulate(weights)]
    bounds = [0, *cuts(weights, ranks, _LEAST, _MOST), len(run)]
    for begin, end in pairwise(bounds):
        start = begin
        room = min(OVERLAP, _LARGEST - (sums[end] - sums[begin]))
        while start and _is_context(run[start - 1], run[begin]):
            room -= weights[start - 1]
            if room < 0:
                break
            start -= 1
        yield run[start:end], begin - start


def _is_context(unit: _Unit, first: _Unit) -> bool:
    """Tell whether a unit may be said again in front of the first one of a window."""
    return unit.section is first.section and not unit.is_row


def _common(units: list[_Unit]) -> tuple[_Section, ...]:
    """Give the sections that all units are in."""
    chain = units[0].section.chain
    for unit in units:
        if unit.section is not chain[-1]:
            chain = tuple(above for above in chain if above in unit.section.chain)
    return chain


def _entered(chain: tuple[_Section, ...], unit: _Unit) -> list[_Section]:
    """Give the sections that begin at the unit, coming from those of the chain."""
    return [section for section in unit.section.chain if section not in chain]


def _rendered(
    units: list[_Unit], repeated: int
) -> Iterator[tuple[str, str, int | None]]:
    """Give heading, text and page; more than once if the text were overlong."""
    common = chain = _common(units)
    text = ""
    for unit in units:
        gap = unit.gap
        for section in _entered(chain, unit):
            if section.label:
                text += f"\n{section.label}"
                gap = "\n"
        text += gap + unit.text
        chain = unit.section.chain
    text = text.strip()
    if len(text) > LONGEST and len(units) > 1:
        half = len(units) // 2
        yield from _rendered(units[:half], min(repeated, half - 1))
        yield from _rendered(units[half:], max(repeated - half, 0))
    else:
        labels = (section.label for section in common)
        yield _SEPARATOR.join(filter(None, labels)), text, units[repeated].page
