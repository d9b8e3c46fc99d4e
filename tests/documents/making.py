"""Files made for the tests: Word documents, electronic books and PDFs, whole and broken."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

FILES: Final = Path(__file__).parent / "files"

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# The ids of styles as the German Word writes them; one heading says its level by the
# style it is based on, one by its name alone.
_STYLES: Final = f"""<w:styles xmlns:w="{_WORD}">
<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de-DE"/></w:rPr></w:rPrDefault>
</w:docDefaults>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>
<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Unser Kapitel"/>
<w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
</w:styles>"""


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Pack files."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def paragraph(text: str, style: str = "", *, bold: bool = False) -> str:
    """Give a paragraph of a Word document."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p>{properties}<w:r>{run}<w:t>{text}</w:t></w:r></w:p>"


def docx_files(body: str) -> dict[str, str | bytes]:
    """Give the parts of a Word document."""
    return {
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{_WORD}" xmlns:mc="http://schemas.openxmlformats.org'
            f'/markup-compatibility/2006"><w:body>{body}</w:body></w:document>'
        ),
        "word/styles.xml": _STYLES,
    }


def docx(body: str) -> bytes:
    """Give a Word document."""
    return zipped(docx_files(body))


def epub_files(
    chapters: dict[str, str], *, order: list[str] | None = None
) -> dict[str, str | bytes]:
    """Give the parts of a book whose chapters have these hrefs and bodies."""
    ids = {href: f"c{number}" for number, href in enumerate(chapters)}
    items = "".join(
        f'<item id="{ids[href]}" href="{href}" media-type="application/xhtml+xml"/>'
        for href in chapters
    )
    spine = "".join(f'<itemref idref="{ids[href]}"/>' for href in order or chapters)
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="OEBPS/content.opf" '
            'media-type="application/oebps-package+xml"/></rootfiles></container>'
        ),
        "OEBPS/content.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Hausbuch Müller'
            "</dc:title><dc:title>Zweiter Titel</dc:title><dc:language>de</dc:language>"
            '</metadata><manifest><item id="nav" href="nav.xhtml" properties="nav" '
            f'media-type="application/xhtml+xml"/>{items}</manifest>'
            f'<spine><itemref idref="nav"/>{spine}</spine></package>'
        ),
        "OEBPS/nav.xhtml": "<html><body><p>Inhalt</p></body></html>",
    }
    for href, body in chapters.items():
        files[f"OEBPS/{href.replace('%20', ' ')}"] = (
            '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
            '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Kapitel</title>'
            f'<script src="x.js"/></head><body>{body}</body></html>'
        )
    return files


def epub(chapters: dict[str, str], *, order: list[str] | None = None) -> bytes:
    """Give a book."""
    return zipped(epub_files(chapters, order=order))


def pdf(objects: dict[int, bytes], root: int = 1) -> bytes:
    """Give a PDF of these objects."""
    data = b"%PDF-1.7\n"
    offsets: dict[int, int] = {}
    for number, body in objects.items():
        offsets[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    size = max(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        data += b"%010d 00000 n \n" % offsets.get(number, 0)
    return data + b"trailer <</Size %d /Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        root,
        start,
    )


def stream(data: bytes, extra: bytes = b"") -> bytes:
    """Give a stream object."""
    return b"<<%s /Length %d>>\nstream\n%s\nendstream" % (extra, len(data), data)


def text_pdf(pages: list[list[tuple[int, int, int, str]]]) -> bytes:
    """Give a PDF with lines of text at (x, y) in a font size, in Helvetica."""
    objects: dict[int, bytes] = {
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        3: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica "
        b"/Encoding /WinAnsiEncoding>>",
    }
    kids: list[bytes] = []
    for lines in pages:
        number = len(objects) + 2
        content = b"".join(
            b"BT /F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n"
            % (size, x, y, text.encode("cp1252"))
            for x, y, size, text in lines
        )
        objects[number] = (
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources "
            b"<</Font <</F1 3 0 R>>>> /Contents %d 0 R>>" % (number + 1)
        )
        objects[number + 1] = stream(content)
        kids.append(b"%d 0 R" % number)
    objects[2] = b"<</Type /Pages /Count %d /Kids [%s]>>" % (len(kids), b" ".join(kids))
    return pdf(objects)


HOUSE_BOOK_CHAPTERS: Final = {
    "eins.xhtml": (
        "<h1>Hausbuch Müller</h1><p>Für die Familie Müller-Lüdenscheidt in der "
        "Größenstraße&#160;5: was man über Haus und Garten wissen muß.</p>"
        "<h2>Heizung</h2><p>Der Anlagendruck soll kalt bei 1,5 bar liegen. Der "
        "Wartungs&#173;dienst kommt jeden Oktober.</p>"
        "<table><tr><th>Gerät</th><th>Raum</th><th>Wartung</th></tr>"
        "<tr><td>Gastherme</td><td>Küche</td><td>jährlich</td></tr>"
        "<tr><td>Lüftung</td><td>Dachboden</td><td>alle zwei Jahre</td></tr></table>"
        "<h3>Vor dem Urlaub</h3><ul><li>Heizung auf Frostschutz stellen</li>"
        "<li>Wasser abdrehen</li></ul>"
    ),
    "zwei%20b.xhtml": (
        "<h2>日本語の説明</h2><p>給湯器の温度は四十二度に設定してください。凍結防止の"
        "ため、冬は電源を切らないでください。</p><p>中文：暖气的水压应为一点五巴。</p>"
    ),
}
