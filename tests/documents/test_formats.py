"""What is read out of each format."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter
import pytest

from custom_components.ai_memory.documents.formats.content import (
    FORMATS,
    LONGEST_BLOCK,
    Block,
    Content,
    Draft,
    Limits,
    Problem,
    ReadError,
    clean,
)
from custom_components.ai_memory.documents.formats.pieces import join_lines
from custom_components.ai_memory.documents.formats.process import read_file
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

type ReadText = Callable[..., Content]


@pytest.fixture
def read_bytes(tmp_path: Path) -> ReadText:
    """Read bytes or text as a file of that name."""

    def read(name: str, data: bytes | str, limits: Limits | None = None) -> Content:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_file(str(path), None, limits or Limits())

    return read


def lines(content: Content) -> list[str]:
    """Show blocks shortly: headings with number signs, rows with a bar."""
    marks = {"text": "", "row": "| "}
    return [
        (marks.get(block.kind) or "#" * block.level + " " * (block.kind == "heading"))
        + block.text
        for block in content.blocks
    ]


def problem_of(read: Callable[[], Content]) -> Problem:
    """Give why it cannot be read."""
    with pytest.raises(ReadError) as caught:
        read()
    return caught.value.problem


HOUSE_BOOK = [
    "# Hausbuch Müller",
    "Für die Familie Müller-Lüdenscheidt in der Größenstraße 5: was man über Haus und Garten wissen muß.",
    "## Heizung",
    "Der Anlagendruck soll kalt bei 1,5 bar liegen. Der Wartungsdienst kommt jeden Oktober.",
    "| Gerät: Gastherme; Raum: Küche; Wartung: jährlich",
    "| Gerät: Lüftung; Raum: Dachboden; Wartung: alle zwei Jahre",
    "### Vor dem Urlaub",
    "- Heizung auf Frostschutz stellen",
    "- Wasser abdrehen",
    "## 日本語の説明",
    "給湯器の温度は四十二度に設定してください。凍結防止のため、冬は電源を切らないでください。",
    "中文：暖气的水压应为一点五巴。",
]


@pytest.mark.parametrize("extension", ["md", "html", "pdf", "docx", "epub"])
def test_house_book(extension: str, tmp_path: Path) -> None:
    """Headings, lists, tables, umlauts and CJK are the same out of every format."""
    path = FILES / f"house_book.{extension}"
    if extension == "epub":
        path = tmp_path / path.name
        path.write_bytes(epub(HOUSE_BOOK_CHAPTERS))
    content = read_file(str(path), None, Limits())
    expected = HOUSE_BOOK
    if extension == "pdf":  # whose bullets are drawings
        expected = [line.removeprefix("- ") for line in HOUSE_BOOK]
        assert [block.page for block in content.blocks] == [1] * 9 + [2] * 3
    assert lines(content) == expected
    assert content.title == "Hausbuch Müller"
    assert content.language in {"de", "de-DE"}
    assert content.pages == (2 if extension == "pdf" else None)


def test_house_book_as_plain_text() -> None:
    content = read_file(str(FILES / "house_book.txt"), None, Limits())
    assert content.title == "Hausbuch Müller"
    table = [line for line in HOUSE_BOOK if line.startswith("| ")]
    assert lines(content) == [
        "- Heizung auf Frostschutz stellen\n- Wasser abdrehen"
        if line.startswith("- Heizung")
        else line.replace("### Vor dem Urlaub", "## VOR DEM URLAUB")
        for line in HOUSE_BOOK
        if line not in table and line != "- Wasser abdrehen"
    ]


@pytest.mark.parametrize("extension", ["csv", "tsv"])
def test_house_book_as_table(extension: str) -> None:
    content = read_file(str(FILES / f"house_book.{extension}"), None, Limits())
    assert lines(content) == [
        (
            "| Gerät: Gastherme; Raum: Küche; Wartung: jährlich; "
            "Notiz: Müller & Söhne; Größenstraße 5"
        ),
        "| Gerät: Lüftung; Raum: Dachboden; Wartung: alle zwei Jahre",
        "| Gerät: 給湯器; Raum: 浴室; Wartung: 毎年; Notiz: 四十二度",
    ]


def test_every_format_has_a_reader() -> None:
    folder = Path(read_file.__code__.co_filename).parent
    assert all((folder / f"{name}.py").is_file() for name in FORMATS.values())


def test_real_manual() -> None:
    """A printed manual: pages, headings by their size, tables with wrapped cells."""
    content = read_file(str(FILES / "boiler_manual.pdf"), None, Limits())
    assert (content.pages, content.language) == (14, None)
    assert content.title == "Kestrel Thermo 24 C: operating manual"
    said = [block for block in content.blocks if "no ignition" in block.text.lower()]
    assert said == [
        Block(
            "row",
            "Fault code: F28; Meaning: No ignition after three attempts; "
            "What you can do: Check that the gas cock is open and other gas appliances "
            "work, then reset",
            0,
            12,
        )
    ]
    headings = {
        (block.page, block.level, block.text)
        for block in content.blocks
        if block.kind == "heading"
    }
    assert {
        (1, 1, "Kestrel Thermo 24 C"),
        (5, 2, "4 Technical data"),
        (9, 3, "How to top up"),
        (12, 2, "11 Messages on the display"),
    } <= headings
    assert not any("Page 12" in block.text for block in content.blocks)
    # Parted at a line end, a hyphen in front of a digit stays.
    assert any("begins with KT24C-5 and to" in block.text for block in content.blocks)


def test_second_edition_differs_in_one_fact() -> None:
    first, second = (
        set(lines(read_file(str(FILES / f"{name}.pdf"), None, Limits())))
        for name in ("boiler_manual", "boiler_manual_v2")
    )
    (gone,), (new,) = first - second, second - first
    assert gone.replace("F28", "F29") == new


# --- text as it is kept ---


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Mu\u0308ller", "Müller"),
        ("War\xadtung\u200b", "Wartung"),
        ("a\x00b\x07\ud800\ufffe\ue123\u202ec", "abc"),
        ("a \xa0\t b\r\n c\u2028d", "a b\nc\nd"),
        ("a\n\n\n\n b", "a\n\nb"),
        ("eﬃzient ⼆⺠", "effizient 二民"),
        ("👨\u200d👩\u200d👧 می\u200cخواهم", "👨\u200d👩\u200d👧 می\u200cخواهم"),
    ],
)
def test_clean(text: str, kept: str) -> None:
    assert clean(text) == kept


def test_overlong_blocks_are_parted() -> None:
    draft = Draft(Limits())
    draft.text("wort " * 10_000)
    draft.row(["a"], ["x" * 40_000])
    draft.heading("Titel " * 100, 1)
    assert all(len(block.text) <= LONGEST_BLOCK for block in draft.blocks)
    assert sum(block.text.count("wort") for block in draft.blocks) == 10_000
    assert draft.blocks[-1].kind == "text"


@pytest.mark.parametrize(
    "limits", [Limits(characters=100), Limits(blocks=3)], ids=["characters", "blocks"]
)
def test_too_much_text(limits: Limits, read_bytes: ReadText) -> None:
    assert (
        problem_of(lambda: read_bytes("a.md", "- ein Satz mehr\n" * 20, limits))
        == Problem.TOO_MUCH_TEXT
    )


# --- plain text and its encodings ---


@pytest.mark.parametrize(
    "data",
    [
        "Größe\n\n日本".encode(),
        b"\xef\xbb\xbf" + "Größe\n\n日本".encode(),
        "Größe\n\n日本".encode("utf-16"),
        "Größe\n\n日本".encode("utf-32"),
        b"\xfe\xff" + "Größe\n\n日本".encode("utf-16-be"),
    ],
)
def test_encodings(data: bytes, read_bytes: ReadText) -> None:
    assert lines(read_bytes("a.txt", data)) == ["Größe", "日本"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Größe – 5 €".encode("cp1252"), "Größe – 5 €"),
        ("Schlüssel im Keller".encode("utf-16-le"), "Schlüssel im Keller"),
        ("Schlüssel im Keller".encode("utf-16-be"), "Schlüssel im Keller"),
        ("äöüß äöüß äöüß".encode() + b"\xff", "äöüß äöüß äöüß\ufffd"),
    ],
)
def test_encodings_without_a_mark(data: bytes, text: str, read_bytes: ReadText) -> None:
    assert lines(read_bytes("a.txt", data)) == [text]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv"])
def test_binary_is_no_text(name: str, read_bytes: ReadText) -> None:
    data = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    assert problem_of(lambda: read_bytes(name, data)) == Problem.BROKEN


def test_plain_headings_only_where_obvious(read_bytes: ReadText) -> None:
    text = (
        "HAUSORDNUNG\n\n1.2 Ruhezeiten\n\nVon 22 bis 6 Uhr.\n\nNur ein Satz\n\n"
        "1. Mülleimer\n2. Keller\n\nUSA\n"
    )
    assert lines(read_bytes("a.txt", text)) == [
        "# HAUSORDNUNG",
        "## 1.2 Ruhezeiten",
        "Von 22 bis 6 Uhr.",
        "Nur ein Satz",
        "1. Mülleimer\n2. Keller",
        "USA",
    ]


def test_empty(read_bytes: ReadText) -> None:
    for name, data in (
        ("a.txt", b""),
        ("a.pdf", b""),
        ("a.md", b" \n\n"),
        ("a.csv", b";;\n"),
    ):
        assert problem_of(partial(read_bytes, name, data)) == Problem.EMPTY


def test_other_formats_are_unsupported(read_bytes: ReadText) -> None:
    for name in ("a.exe", "a", "a.pdf.zip", ".pdf"):
        assert problem_of(partial(read_bytes, name, b"x")) == Problem.UNSUPPORTED
    assert lines(read_bytes("A.TXT", b"Hallo")) == ["Hallo"]


# --- Markdown ---


def test_markdown(read_bytes: ReadText) -> None:
    text = """\
Titel mit `a*b*c`
=================
<!-- weg
damit -->
Ein **fetter** und _schräger_ [Link](http://x/y_(z) "t"), ![Bild](b.png), [[Seite|Name]], \
snake_case_name, 2 * 3 * 4 &amp; a<br>b<span class="x">c</span> \\*kein\\* <https://x.y>.

> Zitat
> weiter
1) eins
   noch eins
2) zwei

~~~
# kein Titel
| kein | Feld |
~~~
[ziel]: http://example.org
***
### Drei ###
a | b
--|:-:
1 | `x \\| y`
2 |
"""
    assert lines(read_bytes("a.md", text)) == [
        "# Titel mit a*b*c",
        (
            "Ein fetter und schräger Link, Bild, Name, snake_case_name, 2 * 3 * 4 & a bc "
            "*kein* https://x.y."
        ),
        "Zitat weiter",
        "1) eins noch eins",
        "2) zwei",
        "# kein Titel\n| kein | Feld |",
        "### Drei",
        "| a: 1; b: x | y",
        "| a: 2",
    ]


def test_markdown_front_matter(read_bytes: ReadText) -> None:
    content = read_bytes("a.md", "---\ntitle: 'Haus'\nlang: de\n---\n# Keller\n")
    assert (content.title, content.language) == ("Haus", "de")
    assert lines(content) == ["# Keller"]
    assert lines(read_bytes("b.md", "---\nkein Ende\n")) == ["kein Ende"]


# --- HTML ---


def test_html(read_bytes: ReadText) -> None:
    text = """<html lang="de-AT"><title>A &lt;B&gt;</title><body hidden_not>
<script>document.write("<p>nein</p>")</script><style>p{}</style>
<nav><p>nein</nav><p hidden>nein</p><div role=navigation>nein<div>nein</div></div>
<p>eins<p>zwei<br>drei <b>vier</b>
fünf<svg><title>nein</title></svg>
<ol start=3><li>c<ul><li>innen</ul><li>d</ol>
<table><caption>Preise</caption>
<thead><tr><th>Was<th colspan=2>Preis</thead>
<tr><td rowspan=2>Gas<td>1<td>2<tr><td>3<td><table><tr><td>4<td>5</table></table>
<table><tr><th>Druck<td>1,5 bar<tr><th>Kraft<td>24 kW</table>
<pre>x
   y</pre><h4>Ende</h4>Rest"""
    content = read_bytes("a.htm", text)
    assert lines(content) == [
        "eins",
        "zwei\ndrei vier fünf",
        "3. c",
        "- innen",
        "4. d",
        "Preise",
        "| Was: Gas; Preis: 1; Preis: 2",
        "| Was: Gas; Preis: 3; Preis: 4 5",
        "| Druck: 1,5 bar",
        "| Kraft: 24 kW",
        "x\ny",
        "#### Ende",
        "Rest",
    ]
    assert (content.title, content.language) == ("A <B>", "de-AT")


@pytest.mark.parametrize(
    "head",
    [
        b'<meta charset="windows-1251">',
        b'<META http-equiv=Content-Type content="text/html; charset=windows-1251">',
        b'<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
def test_html_charset(head: bytes, read_bytes: ReadText) -> None:
    data = head + b"<p>" + "Ключ в подвале".encode("windows-1251")
    assert lines(read_bytes("a.html", data)) == ["Ключ в подвале"]


def test_html_charset_that_is_none(read_bytes: ReadText) -> None:
    for charset in (b"utf-16", b"rot13", b"no-such", b"undefined"):
        data = b"<meta charset=" + charset + b"><p>Gr\xc3\xb6\xc3\x9fe"
        assert lines(read_bytes("a.html", data)) == ["Größe"]


# --- tables ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", ["| a: 1; b: 2"]),
        ('a;b\n"1;5";"zwei\nZeilen"\n', ["| a: 1;5; b: zwei Zeilen"]),
        ("a|b|c\n1||3\n", ["| a: 1; c: 3"]),
        ("sep=;\r\na;b\r\n1,5;2\r\n", ["| a: 1,5; b: 2"]),
        (
            "Konto 12\n\na;b;c\n1;2;3\n4;5;6",
            ["Konto 12", "| a: 1; b: 2; c: 3", "| a: 4; b: 5; c: 6"],
        ),
        ("1;2\n3;4\n", ["| 1; 2", "| 3; 4"]),
        ("Milch\nBrot\n", ["| Milch: Brot"]),
        ("nur,kopf\n", ["| nur; kopf"]),
        ('a;b\n1;"offen' + "x" * 120_000 + "\n2;3\n", None),
    ],
)
def test_tables(text: str, expected: list[str] | None, read_bytes: ReadText) -> None:
    got = lines(read_bytes("a.csv", text))
    if expected is None:  # a quotation mark that is never closed swallows nothing
        assert got[-1] == "| a: 2; b: 3"
    else:
        assert got == expected


# --- PDF ---


def test_pdf_paragraphs(read_bytes: ReadText) -> None:
    """Lines join, parted words too; columns, lists and indents part."""
    body = [
        "Die Heizung muss in jedem Herbst gewartet werden, und zwar vor der Heiz-",
        "periode. Ein- und Ausgang der Leitung werden dabei geprüft, auch bei Ein-",
        "und Zweifamilienhäusern. Der Monteur bringt alles mit, was er dafür braucht.",
    ]
    page = [(50, 700 - 14 * row, 10, line) for row, line in enumerate(body)]
    page += [
        (62, 658, 10, "Neuer Absatz mit Einzug, der lang genug ist, um umzubrechen")
    ]
    page += [(50, 644, 10, "und hier weitergeht.")]
    page += [(60, 616, 10, "1. Hahn zu"), (60, 602, 10, "2. Strom aus")]
    content = read_bytes("a.pdf", text_pdf([[(50, 760, 18, "Wartung"), *page]]))
    assert lines(content) == [
        "# Wartung",
        (
            "Die Heizung muss in jedem Herbst gewartet werden, und zwar vor der Heizperiode. "
            "Ein- und Ausgang der Leitung werden dabei geprüft, auch bei Ein- und "
            "Zweifamilienhäusern. Der Monteur bringt alles mit, was er dafür braucht."
        ),
        (
            "Neuer Absatz mit Einzug, der lang genug ist, um umzubrechen und hier "
            "weitergeht."
        ),
        "1. Hahn zu",
        "2. Strom aus",
    ]
    assert content.title == "Wartung"


def test_pdf_headers_and_footers_go(read_bytes: ReadText) -> None:
    pages = [
        [
            (50, 820, 8, "Handbuch Therme"),
            (50, 400, 10, f"Seite mit Text {number}"),
            (280, 20, 8, f"Seite {number} von 6"),
        ]
        for number in range(1, 7)
    ]
    content = read_bytes("a.pdf", text_pdf(pages))
    assert [(block.page, block.text) for block in content.blocks] == [
        (number, f"Seite mit Text {number}") for number in range(1, 7)
    ]


def test_pdf_table_flush_right(read_bytes: ReadText) -> None:
    rows = [("Grundpreis", "9,50", 190), ("Arbeit", "1234,50", 174)]
    page = [(50, 700, 10, "Ein Satz davor.")]
    for index, (name, value, x) in enumerate(rows):
        page += [(50, 650 - 15 * index, 10, name), (x, 650 - 15 * index, 10, value)]
    assert lines(read_bytes("a.pdf", text_pdf([page]))) == [
        "Ein Satz davor.",
        "| Grundpreis: 9,50",
        "| Arbeit: 1234,50",
    ]


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["Heiz-", "periode"], "Heizperiode"),
        (["Heiz\xad", "periode"], "Heizperiode"),
        (["Ein-", "und Ausgang"], "Ein- und Ausgang"),
        (["KT24C-", "5"], "KT24C-5"),
        (["Müller-", "Lüdenscheidt"], "Müller-Lüdenscheidt"),
        (["日本", "語"], "日本語"),
        (["kalt -", "warm"], "kalt - warm"),
    ],
)
def test_join_lines(parts: list[str], whole: str) -> None:
    assert join_lines(parts) == whole


def encrypted(user: str, algorithm: str) -> bytes:
    """Give the second edition of the manual, encrypted."""
    writer = PdfWriter()
    writer.append(PdfReader(FILES / "house_book.pdf"))
    writer.encrypt(user, "owner", algorithm=algorithm)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_pdf_encrypted(algorithm: str, read_bytes: ReadText) -> None:
    """With a password to open it, it is refused; with one to change it, it is read."""
    locked, open_ = encrypted("secret", algorithm), encrypted("", algorithm)
    assert problem_of(lambda: read_bytes("a.pdf", locked)) == Problem.ENCRYPTED
    assert read_bytes("b.pdf", open_).blocks[0].text == "Hausbuch Müller"


def test_pdf_of_images(read_bytes: ReadText) -> None:
    image = stream(
        b"\x80" * 64,
        b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 "
        b"/ColorSpace /DeviceGray",
    )
    data = pdf(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources <</XObject <</I 5 0 R>>>>>>",
            4: stream(b"q 500 0 0 800 0 0 cm /I Do Q"),
            5: image,
        }
    )
    assert problem_of(lambda: read_bytes("a.pdf", data)) == Problem.NO_TEXT


def test_pdf_too_many_pages(read_bytes: ReadText) -> None:
    data = text_pdf([[(50, 700, 10, "x")]] * 4)
    limits = Limits(pages=3)
    assert problem_of(lambda: read_bytes("a.pdf", data, limits)) == (
        Problem.TOO_MANY_PAGES
    )


# --- Word ---


def test_docx_headings_in_any_language(read_bytes: ReadText) -> None:
    body = (
        paragraph("Der Titel", "Titel")
        + paragraph("Heizung....... 3", "Verzeichnis1")
        + paragraph("Heizung", "berschrift1")
        + paragraph("Druck", "Kapitel")
        + '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>Tief</w:t></w:r></w:p>'
        + "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Punkt</w:t></w:r></w:p>"
    )
    content = read_bytes("a.docx", docx(body))
    assert lines(content) == [
        "# Der Titel",
        "# Heizung",
        "## Druck",
        "### Tief",
        "- Punkt",
    ]
    assert (content.title, content.language) == ("Der Titel", "de-DE")


def test_docx_text(read_bytes: ReadText) -> None:
    """Changes, text boxes, hidden text and fields."""
    body = (
        "<w:p><w:r><w:t>A</w:t></w:r><w:del><w:r><w:delText>weg</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>B</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr>"
        "<w:t>weg</w:t></w:r><w:r><w:instrText>PAGE</w:instrText><w:tab/><w:t>C</w:t>"
        "<w:br/><w:t>D</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>E</w:t></w:r></w:p>"
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
        + paragraph("Kasten")
        + "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
        + paragraph("Kasten")
        + "</w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>Rest</w:t></w:r></w:p>"
    )
    assert lines(read_bytes("a.docx", docx(body))) == ["AB C\nD-E", "Kasten", "Rest"]


def test_docx_tables(read_bytes: ReadText) -> None:
    def cell(text: str, properties: str = "", *, bold: bool = False) -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text, bold=bold)}</w:tc>"

    merged = '<w:vMerge w:val="restart"/>'
    body = (
        f"<w:tbl><w:tr>{cell('Code', bold=True)}{cell('Was', bold=True)}</w:tr>"
        f"<w:tr>{cell('F28', merged)}{cell('Zündung')}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('Gas')}</w:tr></w:tbl>"
        f"<w:tbl><w:tr>{cell('Druck')}{cell('1,5 bar')}</w:tr>"
        f"<w:tr>{cell('Kraft')}{cell('24 kW')}</w:tr></w:tbl>"
    )
    assert lines(read_bytes("a.docx", docx(body))) == [
        "| Code: F28; Was: Zündung",
        "| Code: F28; Was: Gas",
        "| Druck: 1,5 bar",
        "| Kraft: 24 kW",
    ]


def test_docx_footnotes(read_bytes: ReadText) -> None:
    files = docx_files(paragraph("Text"))
    note = str(files["word/document.xml"]).replace("Text", "Fußnote")
    files["word/footnotes.xml"] = note
    assert lines(read_bytes("a.docx", zipped(files))) == ["Text", "Fußnote"]


def test_docx_encrypted(read_bytes: ReadText) -> None:
    data = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)
    assert problem_of(lambda: read_bytes("a.docx", data)) == Problem.ENCRYPTED


# --- EPUB ---


def test_epub_in_the_order_of_the_spine(read_bytes: ReadText) -> None:
    chapters = {
        "b.xhtml": "<p>zwei</p>",
        "a.xhtml": "<p>eins</p>",
        "c.xhtml": "<p>nie</p>",
    }
    data = epub(chapters, order=["a.xhtml", "b.xhtml"])
    assert lines(read_bytes("a.epub", data)) == ["eins", "zwei"]


@pytest.mark.parametrize(
    ("file", "expected"),
    [("OEBPS/a.xhtml", Problem.ENCRYPTED), ("OEBPS/fonts/x.otf", None)],
)
def test_epub_rights(file: str, expected: Problem | None, read_bytes: ReadText) -> None:
    """Veiled fonts are no reason to refuse a book; veiled chapters are."""
    files = epub_files({"a.xhtml": "<p>eins</p>"})
    files["META-INF/encryption.xml"] = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:CipherData><enc:CipherReference URI="{file}"/></enc:CipherData>'
        "</enc:EncryptedData></encryption>"
    )
    data = zipped(files)
    if expected:
        assert problem_of(lambda: read_bytes("a.epub", data)) == expected
    else:
        assert lines(read_bytes("a.epub", data)) == ["eins"]


def test_epub_of_images(read_bytes: ReadText) -> None:
    data = epub({"a.xhtml": '<img src="a.png"/>'})
    assert problem_of(lambda: read_bytes("a.epub", data)) == Problem.NO_TEXT
