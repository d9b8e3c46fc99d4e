"""Electronic books: their chapters in reading order."""

import posixpath
from typing import Final
from urllib.parse import unquote

from . import html
from .archive import Archive, XmlHandler, parse_xml
from .content import Draft, Problem, ReadError

_CONTAINER: Final = "META-INF/container.xml"
_ENCRYPTION: Final = "META-INF/encryption.xml"
_CHAPTERS: Final = frozenset(
    {"application/xhtml+xml", "text/html", "text/x-oeb1-document"}
)


def read(data: bytes, draft: Draft) -> None:
    """Read an EPUB of version 2 or 3."""
    archive = Archive(data, draft.limits)
    container = _Container()
    parse_xml(archive.stream(_CONTAINER), container)
    package = _Package()
    parse_xml(archive.stream(_inside(container.package)), package)
    draft.describe(package.title, package.language)
    folder = posixpath.dirname(container.package)
    chapters = [
        _inside(posixpath.join(folder, unquote(href))) for href in package.chapters()
    ]
    if _ENCRYPTION in archive:
        encryption = _Encryption()
        parse_xml(archive.stream(_ENCRYPTION), encryption)
        # Fonts may be veiled in books that anybody can read.
        if not encryption.files.isdisjoint(chapters):
            raise ReadError(Problem.ENCRYPTED)
    for chapter in dict.fromkeys(chapters):
        html.read(archive.read(chapter), draft)


def _inside(name: str) -> str:
    """Give the name of a file of the book; raises ReadError where it leads out."""
    path = posixpath.normpath(name)
    if path.startswith(("/", "..")):
        raise ReadError(Problem.UNSAFE_PATH)
    return path


class _Container(XmlHandler):
    package = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "rootfile" and not self.package:
            self.package = attributes.get("full-path", "")


class _Encryption(XmlHandler):
    def __init__(self) -> None:
        self.files: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "CipherReference":
            self.files.add(posixpath.normpath(unquote(attributes.get("URI", ""))))


class _Package(XmlHandler):
    """Title, language and the order of the files."""

    def __init__(self) -> None:
        self.title = ""
        self.language = ""
        self._files: dict[str, str] = {}
        self._order: list[str] = []
        self._open = ""
        self._titled = False

    def chapters(self) -> list[str]:
        """Give the paths of the chapters, beside the package's own."""
        return [self._files[one] for one in self._order if one in self._files]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open = tag
        if tag == "item":
            is_contents = "nav" in attributes.get("properties", "").split()
            if attributes.get("media-type") in _CHAPTERS and not is_contents:
                self._files[attributes.get("id", "")] = attributes.get("href", "")
        elif tag == "itemref":
            self._order.append(attributes.get("idref", ""))

    def text(self, text: str) -> None:
        if self._open == "title" and not self._titled:
            self.title += text
        elif self._open == "language" and not self.language:
            self.language = text

    def end(self, tag: str) -> None:
        self._titled = self._titled or tag == "title"
        self._open = ""
