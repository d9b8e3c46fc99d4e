"""Broken files of each format: no crash, no hang, no wait of the event loop.

FUZZ_FILES=2000 breaks that many files of each format in place of a few.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
import gc
from io import BytesIO
import os
from pathlib import Path
import random
import struct
import time
from zipfile import ZIP_STORED, ZipFile, ZipInfo
import zlib

import pytest

from custom_components.ai_memory.documents.formats.content import (
    LONGEST_BLOCK,
    Content,
    Limits,
    Problem,
    ReadError,
    clean,
)
from custom_components.ai_memory.documents.reader import Reader
from tests.documents.making import (
    FILES,
    HOUSE_BOOK_CHAPTERS,
    docx,
    docx_files,
    epub,
    epub_files,
    paragraph,
    pdf,
    stream,
    text_pdf,
    zipped,
)

pytestmark = pytest.mark.newest_only

FUZZ_FILES = int(os.environ.get("FUZZ_FILES", "12"))
LONGEST_BLOCK_OF_LOOP = 0.05
"""Seconds."""
LIMITS = Limits(seconds=20)


class Loop:
    """How long the callbacks of the event loop take.

    What counts is the time that the thread itself worked: what the machine does
    meanwhile for others is no fault of ours. `slowest` is by the clock, to be shown.
    """

    def __init__(self) -> None:
        self.busiest = 0.0
        self.slowest = 0.0

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Measure every callback from now on."""
        run = asyncio.Handle._run

        def measured(handle: asyncio.Handle) -> None:
            began, worked = time.monotonic(), time.thread_time()
            run(handle)
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.busiest = max(self.busiest, time.thread_time() - worked)

        patch.setattr(asyncio.Handle, "_run", measured)


@pytest.fixture
async def reader() -> AsyncGenerator[Reader]:
    """Give a reader with one child."""
    reader = Reader()
    yield reader
    await reader.close()


@pytest.fixture(scope="module", autouse=True)
def frozen() -> Iterator[None]:
    """Leave out of collections what thousands of other tests left behind."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loop]:
    """Watch the event loop, and judge it at the end."""
    loop = Loop()
    loop.watch(monkeypatch)
    yield loop
    assert loop.busiest < LONGEST_BLOCK_OF_LOOP


def check(content: Content) -> None:
    """See that what was read can be kept."""
    assert content.blocks
    for block in content.blocks:
        assert 0 < len(block.text) <= LONGEST_BLOCK
        assert block.text == clean(block.text)
        assert (block.kind == "heading") == (1 <= block.level <= 6)


async def answer(reader: Reader, path: Path) -> str:
    """Read a file that may be broken; give "read" or why not, in one word."""
    try:
        content = await reader.read(path, limits=LIMITS, within=path.parent)
    except ReadError as err:
        return "crash" if err.detail.startswith("child died") else err.problem.value
    await asyncio.to_thread(check, content)
    return "read"


def originals() -> dict[str, bytes]:
    """Give one whole file of each format."""
    found = {
        extension: (FILES / f"house_book.{extension}").read_bytes()
        for extension in ("md", "txt", "html", "pdf", "docx", "csv", "tsv")
    }
    return found | {"epub": epub(HOUSE_BOOK_CHAPTERS)}


def broken(data: bytes, chance: random.Random) -> bytes:
    """Break a file, or one of those that are packed in it and whose sums then fit."""
    if not data.startswith(b"PK") or chance.random() < 0.3:
        return broken_bytes(data, chance)
    with ZipFile(BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(files))
    return zipped(files | {name: broken_bytes(files[name], chance)})


def broken_bytes(data: bytes, chance: random.Random) -> bytes:
    """Break bytes in one of the ways in which files break."""
    way = chance.randrange(6)
    if way == 0:
        return data[: chance.randrange(len(data))]
    if way == 1:
        return chance.randbytes(chance.randrange(1, 5000))
    if way == 2:  # random bytes behind a beginning that looks right
        return data[: chance.randrange(4, 200)] + chance.randbytes(2000)
    changed = bytearray(data)
    if way == 3:
        for _ in range(chance.randrange(1, 50)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif way == 4:
        start, other = chance.randrange(len(data)), chance.randrange(len(data))
        length = chance.randrange(1, 500)
        changed[start : start + length] = data[other : other + length]
    else:  # what numbers say of sizes and places
        digits = [index for index, byte in enumerate(data) if 48 <= byte <= 57]
        for index in chance.choices(digits or [0], k=chance.randrange(1, 20)):
            changed[index] = chance.randrange(48, 58)
    return bytes(changed)


@pytest.mark.parametrize("extension", list(originals()))
async def test_fuzz(extension: str, reader: Reader, loop: Loop, tmp_path: Path) -> None:
    """Whatever is in a file, the answer is its content or a reason."""
    chance = random.Random(f"5 {extension}")
    original = originals()[extension]
    answers: Counter[str] = Counter()
    for number in range(FUZZ_FILES):
        path = tmp_path / f"{number}.{extension}"
        path.write_bytes(broken(original, chance))
        got = await answer(reader, path)
        answers[got] += 1
        if got not in {"crash", Problem.TOO_SLOW}:
            path.unlink()  # the others may be looked at
    print(extension, dict(answers), f"{loop.slowest=:.4f} {loop.busiest=:.4f}")  # noqa: T201 - shown with -s
    assert answers.total() == FUZZ_FILES
    assert not answers["crash"] + answers[Problem.TOO_SLOW]


# --- files made to hurt ---


def _declared(data: bytes, name: str, size: int) -> bytes:
    """Change what the directory of a zip file says of an unpacked size."""
    changed = bytearray(data)
    place = data.rindex(name.encode(), 0, len(data))
    changed[place - 22 : place - 18] = struct.pack("<I", size)
    return bytes(changed)


def _overlapping() -> bytes:
    """Give a zip file with two names for the same bytes."""
    data = zipped({"word/document.xml": "x" * 1000, "word/documenu.xml": "y" * 1000})
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    changed = bytearray(data)
    changed[second + 42 : second + 46] = changed[first + 42 : first + 46]
    changed[second + 16 : second + 28] = changed[first + 16 : first + 28]
    return bytes(changed)


def _many_entries() -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for number in range(11_000):
            archive.writestr(ZipInfo(str(number)), b"", ZIP_STORED)
    return buffer.getvalue()


def _with_document(xml: str) -> bytes:
    return zipped(docx_files("") | {"word/document.xml": xml})


def _laughs() -> str:
    entities = "".join(
        f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12)
    )
    return (
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><document><body><p><r><t>&l11;</t>'
        "</r></p></body></document>"
    )


def _pages(pages: bytes, others: dict[int, bytes] | None = None) -> bytes:
    return pdf({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: pages} | (others or {}))


def _content(data: bytes, extra: bytes = b"") -> bytes:
    return _pages(
        b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
        {
            3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R "
            b"/Resources <</Font <</F1 <</Type /Font /Subtype /Type1 "
            b"/BaseFont /Helvetica>>>> /XObject <</X 5 0 R>>>>>>",
            4: stream(data, extra),
            5: stream(
                b"/X Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] "
                b"/Resources <</XObject <</X 5 0 R>>>>",
            ),
        },
    )


SOMETHING = None
"""Content or any problem, as long as an answer comes."""

HURTING: dict[str, tuple[str, Callable[[], bytes], Problem | None]] = {
    "zip of zeros": (
        "docx",
        lambda: zipped(docx_files("") | {"x.bin": bytes(8 << 20)}),
        Problem.ARCHIVE_BOMB,
    ),
    "zip that declares much": (
        "docx",
        lambda: _declared(docx(paragraph("x")), "word/document.xml", 0xFFFFFFF0),
        Problem.ARCHIVE_BOMB,
    ),
    "zip that declares little": (
        "docx",
        lambda: _declared(docx(paragraph("x" * 999)), "word/document.xml", 200),
        Problem.BROKEN,
    ),
    "zip in a zip": (
        "epub",
        lambda: zipped({"a.epub": zipped({"b.epub": bytes(3 << 20)})}),
        Problem.BROKEN,
    ),
    "zip of many": ("epub", _many_entries, Problem.ARCHIVE_BOMB),
    "zip that overlaps": ("docx", _overlapping, Problem.BROKEN),
    "way out by name": (
        "docx",
        lambda: zipped(docx_files(paragraph("x")) | {"../../etc/cron.d/x": "x"}),
        Problem.UNSAFE_PATH,
    ),
    "way out by backslash": (
        "docx",
        lambda: zipped(docx_files(paragraph("x")) | {"a\\..\\..\\x": "x"}),
        Problem.UNSAFE_PATH,
    ),
    "way out by root": (
        "epub",
        lambda: zipped(epub_files({"a.xhtml": "<p>x</p>"}) | {"/etc/passwd": "x"}),
        Problem.UNSAFE_PATH,
    ),
    "way out by chapter": (
        "epub",
        lambda: epub({"a.xhtml": "<p>x</p>", "%2e%2e/%2e%2e/%2e%2e/etc/passwd": ""}),
        Problem.UNSAFE_PATH,
    ),
    "chapter that is missing": (
        "epub",
        lambda: zipped(
            {
                name: data
                for name, data in epub_files({"a.xhtml": "<p>x</p>"}).items()
                if not name.endswith("a.xhtml")
            }
        ),
        Problem.BROKEN,
    ),
    "entities": ("docx", lambda: _with_document(_laughs()), Problem.BROKEN),
    "entity of a file": (
        "docx",
        lambda: _with_document(
            '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
        ),
        Problem.BROKEN,
    ),
    "deep xml": (
        "docx",
        lambda: _with_document("<a>" * 300_000 + "</a>" * 300_000),
        Problem.NO_TEXT,
    ),
    "deep tables": (
        "docx",
        lambda: docx("<w:tbl><w:tr><w:tc><w:p>" * 20_000 + paragraph("x")),
        Problem.BROKEN,
    ),
    "deep html": ("html", lambda: b"<div><table><tr><td>" * 50_000 + b"x", SOMETHING),
    "tag without end": ("html", lambda: b"<p " + b"a=" * 500_000, SOMETHING),
    "many half tags": ("html", lambda: b"<a<" * 200_000, SOMETHING),
    "many comments": ("html", lambda: b"<!--x" * 100_000, SOMETHING),
    "many references": ("html", lambda: b"&#" * 200_000 + b"&amp" * 100_000, SOMETHING),
    "wide cells": (
        "html",
        lambda: b"<table>" + b"<tr><td colspan=999 rowspan=999>x" * 2000,
        SOMETHING,
    ),
    "brackets": ("md", lambda: b"[" * 100_000 + b"](" * 100_000, SOMETHING),
    "stars": ("md", lambda: b"*a _b `" * 50_000, SOMETHING),
    "comments": ("md", lambda: b"<!--" * 100_000, SOMETHING),
    "quotes": ("md", lambda: b">" * 200_000 + b"x", SOMETHING),
    "bars": ("md", lambda: b"|" * 50_000 + b"\n" + b"|-" * 50_000, SOMETHING),
    "fences": ("md", lambda: b"```x\n~~~\n" * 20_000, SOMETHING),
    "line ends": ("txt", lambda: b"\n" * 2_000_000 + b"x", SOMETHING),
    "accents": ("txt", lambda: b"a" + "\u0301\u0323".encode() * 20_000, SOMETHING),
    "quotation marks": ("csv", lambda: b'"' * 300_001, SOMETHING),
    "commas": ("csv", lambda: b"a,b\n" + b"," * 500_000, SOMETHING),
    "page tree that loops": (
        "pdf",
        lambda: _pages(b"<</Type /Pages /Count 1 /Kids [2 0 R]>>"),
        SOMETHING,
    ),
    "page tree that loops wide": (
        "pdf",
        lambda: _pages(b"<</Type /Pages /Count 9 /Kids [%s]>>" % (b"2 0 R " * 99)),
        SOMETHING,
    ),
    "pages that are declared": (
        "pdf",
        lambda: _pages(b"<</Type /Pages /Count 2147483647 /Kids []>>"),
        SOMETHING,
    ),
    "deep arrays": (
        "pdf",
        lambda: _pages(b"<</Type /Pages /Kids %s>>" % (b"[" * 100_000)),
        SOMETHING,
    ),
    "deep dictionaries": (
        "pdf",
        lambda: _pages(b"<</Type /Pages /Kids %s>>" % (b"<</A " * 50_000)),
        SOMETHING,
    ),
    "form that draws itself": ("pdf", lambda: _content(b"/X Do"), SOMETHING),
    "stream of zeros": (
        "pdf",
        lambda: _content(zlib.compress(bytes(100 << 20)), b"/Filter /FlateDecode"),
        SOMETHING,
    ),
    "stream that declares much": (
        "pdf",
        lambda: text_pdf([[(9, 9, 9, "x")]]).replace(
            b"/Length 3", b"/Length 999999999"
        ),
        SOMETHING,
    ),
    "number without end": (
        "pdf",
        lambda: _content(b"BT /F1 9 Tf " + b"9" * 100_000 + b" 0 Td (x) Tj ET"),
        SOMETHING,
    ),
    "places at infinity": (
        "pdf",
        lambda: _content(
            b"BT /F1 9 Tf 1 0 0 1 %s 0 Tm (fern) Tj 1 0 0 1 5 5 Tm (nah) Tj ET"
            % (b"9" * 400)
        ),
        SOMETHING,
    ),
    "cross references that loop": (
        "pdf",
        lambda: text_pdf([[(9, 9, 9, "x")]]).replace(
            b"trailer <<", b"trailer <</Prev 9 "
        ),
        SOMETHING,
    ),
    "outline that loops": (
        "pdf",
        lambda: (
            text_pdf([[(9, 9, 9, "x")]]).replace(
                b"<</Type /Catalog",
                b"<</Outlines <</First 9 0 R>> /Type /Catalog",
            )
            + b"\n9 0 obj <</Title (x) /Next 9 0 R /First 9 0 R /Parent 9 0 R>> endobj"
        ),
        SOMETHING,
    ),
    "no header": ("pdf", lambda: b"x" * 5000, Problem.BROKEN),
    "header only": ("pdf", lambda: b"%PDF-1.7\n", Problem.BROKEN),
}


@pytest.mark.parametrize("extension", sorted({case[0] for case in HURTING.values()}))
async def test_made_to_hurt(
    extension: str, reader: Reader, loop: Loop, tmp_path: Path
) -> None:
    """Bombs, ways out, loops and depths are answered, with the right reason."""
    wrong: dict[str, str] = {}
    for name, (kind, make, expected) in HURTING.items():
        if kind != extension:
            continue
        path = tmp_path / f"{name}.{extension}"
        path.write_bytes(await asyncio.to_thread(make))
        got = await answer(reader, path)
        if got in {"crash", Problem.TOO_SLOW} or (expected and got != expected):
            wrong[name] = got
    assert not wrong


async def test_one_format_under_the_name_of_another(
    reader: Reader, loop: Loop, tmp_path: Path
) -> None:
    answers: Counter[str] = Counter()
    for extension, data in originals().items():
        for other in ("md", "txt", "html", "pdf", "docx", "epub", "csv"):
            path = tmp_path / f"{extension}.{other}"
            path.write_bytes(data)
            answers[await answer(reader, path)] += 1
    assert set(answers) <= {"read", Problem.BROKEN, Problem.EMPTY, Problem.NO_TEXT}


async def test_five_million_characters_do_not_hold_up_the_loop(
    reader: Reader, loop: Loop, tmp_path: Path
) -> None:
    """The largest answer there is."""
    path = tmp_path / "x.txt"
    path.write_text("日本語の説明と言葉。\n\n" * 99_000)
    content = await reader.read(path, limits=LIMITS)
    assert len(content.blocks) == 99_000
