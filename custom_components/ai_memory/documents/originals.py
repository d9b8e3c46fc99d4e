"""The files that people uploaded, as they came."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
import errno
from hashlib import blake2b
import os
from pathlib import Path
import re
from threading import Lock
from typing import Final
import unicodedata
from uuid import UUID, uuid4

from .formats.content import Limits, Problem, ReadError
from .regular_file import open_regular

_BIN: Final = "bin"
_SHAPE = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2}/(?!\.{1,2}\Z)[^/\0\ud800-\udfff]+")
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,10}")
_FOLDERS = re.compile(r"[/\\]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')
_JOINERS: Final = "\u200c\u200d"
"""Control characters that belong to words of Persian, Hindi and others."""
_LONGEST_NAME: Final = 255
"""Bytes, of Linux file systems."""
_BLOCK: Final = 1024 * 1024
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})


class Originals:
    """Read-only files under dated folders, and a bin with the same paths.

    All methods block. Paths are relative to the root, `YYYY/MM/DD/{name}_{uuid}.{ext}`;
    any other shape, and a link on the way, raises ReadError with UNSAFE_PATH. Whatever
    a crash leaves behind of a file, `erase` takes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = Lock()

    @property
    def bin(self) -> Path:
        """The folder of what was deleted."""
        return self._root / _BIN

    def new(self, name: str) -> str:
        """Give the path under which a file of a name will be kept."""
        day = datetime.now(UTC).strftime("%Y/%m/%d")
        return f"{day}/{_file_name(name, uuid4())}"

    def store(
        self, original: str, source: bytes | Path, *, most: int = Limits().bytes
    ) -> None:
        """Keep a file for good; all of it or nothing.

        Raises ReadError: TOO_LARGE beyond `most` bytes, UNREADABLE if the source is no
        file or gone; OSError if it cannot be kept.
        """
        target = self._place(self._root, original)
        part = _part(target)
        with self._lock:  # until the folder is no longer an empty one
            self._make(target.parent)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        try:
            with os.fdopen(file, "wb") as writer:
                writer.writelines(_blocks(source, most))
                writer.flush()
                os.fsync(writer.fileno())
            _move(part, target)
        except BaseException:
            with self._lock:
                part.unlink(missing_ok=True)
                _prune(self._root, part)
            raise

    def path(self, original: str) -> Path:
        """Give where the file is when it is not in the bin."""
        return self._place(self._root, original)

    def to_bin(self, original: str) -> None:
        """Put the file into the bin, if it is not there yet.

        Raises FileNotFoundError if it is nowhere.
        """
        self._change(self._root, self.bin, original)

    def restore(self, original: str) -> None:
        """Take the file out of the bin, if it is not back yet; overwrites nothing.

        Raises FileNotFoundError if it is nowhere, FileExistsError if another file has
        taken its place.
        """
        self._change(self.bin, self._root, original)

    def erase(self, original: str) -> None:
        """Remove the file for good, wherever it is, and the folders that are empty."""
        for base in (self._root, self.bin):
            place = self._place(base, original)
            with self._lock:
                place.unlink(missing_ok=True)
                _part(place).unlink(missing_ok=True)
                _prune(base, place)

    def _place(self, base: Path, original: str) -> Path:
        if not _SHAPE.fullmatch(original):
            raise ReadError(Problem.UNSAFE_PATH)
        place = base
        links = [place] if base != self._root else []
        for part in original.split("/"):
            place /= part
            links.append(place)
        if any(map(os.path.islink, links)):
            raise ReadError(Problem.UNSAFE_PATH)
        return place

    def _change(self, base: Path, other: Path, original: str) -> None:
        source = self._place(base, original)
        target = self._place(other, original)
        with self._lock:
            if not source.exists() and target.exists():
                return
            source.lstat()
            self._make(target.parent)
            _move(source, target)
            _prune(base, source)

    def _make(self, folder: Path) -> None:
        """Make a folder below the root, for nobody else, and those above it."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        missing = [
            place
            for place in (folder, *folder.parents)
            if place.is_relative_to(self._root) and not place.exists()
        ]
        for place in reversed(missing):
            place.mkdir(mode=0o700, exist_ok=True)
            _sync(place.parent)


def _part(target: Path) -> Path:
    """Give where a file is while it is written."""
    digest = blake2b(target.name.encode(), digest_size=16).hexdigest()
    return target.with_name(f".{digest}.part")


def _file_name(name: str, uuid: UUID) -> str:
    """Give a name that every file system takes, with letters of all scripts."""
    name = unicodedata.normalize("NFC", _FOLDERS.split(name)[-1])
    stem, _, extension = name.rpartition(".")
    if not stem or not _EXTENSION.fullmatch(extension):
        stem, extension = name, ""
    ending = f"_{uuid}.{extension.lower()}" if extension else f"_{uuid}"
    kept = "".join(
        char
        for char in " ".join(stem.split())
        if char in _JOINERS or unicodedata.category(char)[0] != "C"
    )
    kept = _NOT_IN_NAMES.sub("_", kept).strip(f" .{_JOINERS}")
    room = _LONGEST_NAME - len(ending)
    kept = kept.encode()[:room].decode(errors="ignore").rstrip(f" .{_JOINERS}")
    return f"{kept or 'document'}{ending}"


def _blocks(source: bytes | Path, most: int) -> Iterator[bytes]:
    """Give the content of the source."""
    if isinstance(source, bytes):
        if len(source) > most:
            raise ReadError(Problem.TOO_LARGE)
        yield source
        return
    try:
        reader = open_regular(source)
    except OSError as err:
        raise ReadError(Problem.UNREADABLE) from err
    with reader:
        while block := reader.read(_BLOCK):
            most -= len(block)
            if most < 0:
                raise ReadError(Problem.TOO_LARGE)
            yield block


def _move(source: Path, target: Path) -> None:
    """Give the file its other name; raises FileExistsError rather than overwrite."""
    try:
        target.hardlink_to(source)
    except FileExistsError:
        if not source.samefile(target):
            raise
    except OSError as err:
        if err.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from err
        source.rename(target)
        _sync(target.parent)
        return
    _sync(target.parent)
    source.unlink()
    _sync(source.parent)


def _prune(base: Path, place: Path) -> None:
    """Remove the empty folders between the base and a file that is gone."""
    with suppress(OSError):
        for folder in place.parents:
            if folder == base:
                return
            folder.rmdir()


def _sync(folder: Path) -> None:
    """Make what happened to the names in a folder outlast a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
