"""Files that are packed in a file, unpacked in memory and never more than is allowed."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
import lzma
from pathlib import PurePosixPath
from typing import Final
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
import zlib

from .content import Limits, Problem, ReadError

_MOST_ENTRIES: Final = 10_000
_MOST_RATIO: Final = 300
"""Text packs to a tenth, tables to a fiftieth; a thousandth is what deflate can do."""
_RATIO_FROM: Final = 4 * 1024 * 1024
"""Bytes; below, a ratio says nothing."""
_CHUNK: Final = 64 * 1024
_COMPOUND_FILE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""What Office puts around an encrypted document."""


class Archive:
    """A zip file. Raises ReadError for what is broken, encrypted, or a trick."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        if data.startswith(_COMPOUND_FILE):
            raise ReadError(Problem.ENCRYPTED)
        # Before the directory is taken apart: each entry costs far more in memory.
        if data.count(b"PK\x01\x02") > _MOST_ENTRIES:
            raise ReadError(Problem.ARCHIVE_BOMB)
        with _broken():
            self._zip = ZipFile(BytesIO(data))
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        self._left = limits.unpacked
        if (
            len(self._entries) > _MOST_ENTRIES
            or sum(entry.file_size for entry in self._entries.values()) > self._left
            or any(map(_is_bomb, self._entries.values()))
        ):
            raise ReadError(Problem.ARCHIVE_BOMB)
        if any(map(_is_unsafe, self._entries)):
            raise ReadError(Problem.UNSAFE_PATH)

    def __contains__(self, name: str) -> bool:
        """Tell whether a file of that name is packed in it."""
        return name in self._entries

    def read(self, name: str) -> bytes:
        """Unpack one file."""
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """Unpack one file piece by piece."""
        entry = self._entries.get(name)
        if entry is None:
            raise ReadError(Problem.BROKEN, "entry missing")
        if entry.flag_bits & 0x1:
            raise ReadError(Problem.ENCRYPTED)
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise ReadError(Problem.BROKEN, "compression")
        with _broken(), self._zip.open(entry) as file:
            while piece := file.read(_CHUNK):
                # The same entry may be asked for many times.
                self._left -= len(piece)
                if self._left < 0:
                    raise ReadError(Problem.ARCHIVE_BOMB)
                yield piece


@contextmanager
def _broken() -> Iterator[None]:
    try:
        yield
    except (
        BadZipFile,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
        OverflowError,
        RuntimeError,
        ValueError,
        lzma.LZMAError,
        zlib.error,
    ) as err:
        raise ReadError(Problem.BROKEN, type(err).__name__) from err


def _is_bomb(entry: ZipInfo) -> bool:
    return (
        entry.file_size > _RATIO_FROM
        and entry.file_size > _MOST_RATIO * entry.compress_size
    )


def _is_unsafe(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or name[1:2] == ":"


class XmlHandler:
    """Hears the elements of an XML file, by their names without namespaces."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""

    def end(self, tag: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Text between two tags."""


def parse_xml(pieces: Iterator[bytes], handler: XmlHandler) -> None:
    """Parse XML as it comes, without a tree, so that no depth or size can hurt.

    Document types are refused: Office and EPUB know none, and entities expand.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        handler.start(
            _local(tag), {_local(name): value for name, value in attributes.items()}
        )

    def refuse(*_: object) -> None:
        raise ReadError(Problem.BROKEN, "document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: handler.end(_local(tag))
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeError, LookupError) as err:
        raise ReadError(Problem.BROKEN, type(err).__name__) from err


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
