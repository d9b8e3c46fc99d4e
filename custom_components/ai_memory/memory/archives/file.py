"""The file of an archive: written once and whole, read with suspicion. Blocks: to be called in a thread."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
import errno
from hashlib import sha256
import io
import os
from pathlib import Path
import re
import stat
import struct
from threading import Lock
from typing import IO, BinaryIO, Final
import zipfile
import zlib

from ...documents.regular_file import open_regular
from ...errors import InvalidInput
from ...models import EmbeddingModel, JsonValue
from ...text_forms import storable
from .format import (
    FORMAT,
    LONGEST_LINE,
    MANIFEST,
    MEMBERS,
    MEMBERS_OF,
    SUFFIX,
    VERSION,
    Row,
    json_of,
    line_of,
    row_of,
)
from .manifest import Manifest, manifest_of

PAGE_ROWS: Final = 200
_PAGE_BYTES = 4 << 20
_LARGEST_FILE = (1 << 32) - 1
_LARGEST_MEMBER = 8 << 30
_LARGEST_MANIFEST = 1 << 20
_LARGEST_DIRECTORY = 64 << 10
_HIGHEST_RATIO = 200
_RATIO_FROM = 64 << 20
"""What is smaller may be packed as tightly as it likes."""
_CHUNK = 1 << 20
_FILE_NAME = re.compile(r"\w[\w .()+@,-]*\.zip", re.IGNORECASE)
_LONGEST_FILE_NAME = 255  # bytes, as file systems have it
_ENCRYPTED = 0x1 | 0x40  # bits of a member's flags
# The end of a zip file without a comment: signature, disks, members, size and place of the directory.
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\5\6"
_ZIP64_LOCATOR = b"PK\6\7"
_ZIP64_LOCATOR_LENGTH = 20


def check_file_name(name: str) -> str:
    """Return the name of a file in the folder of archives. Raises InvalidInput."""
    if not _FILE_NAME.fullmatch(name) or len(os.fsencode(name)) > _LONGEST_FILE_NAME:
        raise InvalidInput("archive_file_name_invalid")
    return name


class ArchiveWriter:
    """Writes an archive page by page."""

    def __init__(self, path: Path) -> None:
        """Take where it shall be; nothing is made yet."""
        self._path = path
        # A thread goes on where whoever waited for it was cancelled.
        self._lock = Lock()
        self._file: BinaryIO | None = None
        self._zip: zipfile.ZipFile | None = None
        self._member: IO[bytes] | None = None
        self.rows: dict[str, int] = {}
        self._sha256 = {name: sha256() for name in MEMBERS}

    def open(self) -> None:
        """Make the file, which only this user may read. Raises InvalidInput."""
        with self._lock, _writing():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                descriptor = os.open(
                    self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
                )
            except FileExistsError as err:
                raise InvalidInput(
                    "archive_file_exists", file_name=self._path.name
                ) from err
            self._file = os.fdopen(descriptor, "wb")
            self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    def write(self, member: str, rows: Sequence[Row]) -> None:
        """Write a page of a member, one member after the other. Raises InvalidInput."""
        with self._lock, _writing():
            self._write(member, rows)

    def finish(
        self,
        *,
        schema_version: int,
        created_at: datetime,
        models: dict[int, EmbeddingModel],
        owners: dict[str, str | None],
    ) -> int:
        """Write what the archive is; return its length in bytes. Raises InvalidInput."""
        with self._lock, _writing():
            assert self._zip is not None
            assert self._file is not None
            for name in MEMBERS:
                if name not in self.rows:
                    self._write(name, [])
            self._end_member()
            manifest = Manifest(
                schema_version=schema_version,
                created_at=created_at,
                models=models,
                owners=owners,
                rows=self.rows,
                sha256={
                    name: digest.hexdigest() for name, digest in self._sha256.items()
                },
            )
            self._zip.writestr(MANIFEST, manifest.to_json())
            infos = self._zip.infolist()
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            size = self._file.tell()
            # What could not be read again is no backup.
            _check_sizes(infos, size)
            self._file.close()
            self._file = None
        return size

    def discard(self) -> None:
        """Remove the file unless it was finished."""
        with self._lock:
            file, self._file = self._file, None
            if file is None:
                return
            self._path.unlink(missing_ok=True)
            # What these still write goes nowhere.
            for part in (self._member, self._zip, file):
                with suppress(OSError, ValueError):
                    if part is not None:
                        part.close()

    def _write(self, member: str, rows: Sequence[Row]) -> None:
        assert self._zip is not None
        if member not in self.rows:
            self._end_member()
            self._member = self._zip.open(member + SUFFIX, "w", force_zip64=True)
            self.rows[member] = 0
        assert self._member is not None
        columns = MEMBERS[member]
        lines = b"".join(line_of(columns, row) for row in rows)
        self._member.write(lines)
        self._sha256[member].update(lines)
        self.rows[member] += len(rows)

    def _end_member(self) -> None:
        if self._member is not None:
            self._member.close()
            self._member = None


class ArchiveReader:
    """Reads an archive that anybody may have made, also one of a version of before."""

    def __init__(self, path: Path) -> None:
        """Take where it is; nothing is opened yet."""
        self._path = path
        self._lock = Lock()
        self._file: BinaryIO | None = None
        self._zip: zipfile.ZipFile | None = None
        self._members = MEMBERS

    def open(self) -> Manifest:
        """Check everything but what the lines say; return the manifest. Raises InvalidInput."""
        with self._lock:
            self._file = _open_regular(self._path)
            with _reading():
                size = os.fstat(self._file.fileno()).st_size
                _check_end(self._file, size)
                self._zip = zipfile.ZipFile(self._file)
                _check_members(self._zip.infolist())
                _check_sizes(self._zip.infolist(), size)
                version, values = self._version()
                self._members = MEMBERS_OF[version]
                _check_names(self._zip.infolist(), self._members)
                try:
                    manifest = manifest_of(values)
                except (
                    ValueError,
                    TypeError,
                    LookupError,
                    AttributeError,
                    OverflowError,
                    RecursionError,
                ) as err:
                    raise InvalidInput("archive_manifest_invalid") from err
                for name in self._members:
                    self._check_content(name, manifest)
        return manifest

    def pages(self, member: str) -> Iterator[list[Row]]:
        """Yield the rows of a member; what its version does not have yet is None. Raises InvalidInput."""
        assert self._zip is not None
        if member not in self._members:
            return
        columns = self._members[member]
        nothing = dict.fromkeys(MEMBERS[member])
        rows: list[Row] = []
        size = number = 0
        with (
            _reading(),
            io.BufferedReader(self._zip.open(member + SUFFIX), _CHUNK) as file,  # type: ignore[type-var]
        ):
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                try:
                    rows.append(nothing | row_of(columns, line))
                except (ValueError, TypeError, OverflowError, RecursionError) as err:
                    raise InvalidInput(
                        "archive_line_invalid", member=member, line=str(number)
                    ) from err
                size += len(line)
                if len(rows) == PAGE_ROWS or size > _PAGE_BYTES:
                    yield rows
                    rows, size = [], 0
        if rows:
            yield rows

    def next_page(self, pages: Iterator[list[Row]]) -> list[Row] | None:
        """Return the next of `pages`, None behind the last one. Raises InvalidInput."""
        with self._lock:
            return next(pages, None)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()

    def _version(self) -> tuple[int, JsonValue]:
        """Return the version that the manifest names, and all that it says. Raises InvalidInput."""
        assert self._zip is not None
        if self._zip.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise InvalidInput("archive_manifest_invalid")
        try:
            values = json_of(self._zip.read(MANIFEST))
            form, version = values["format"], values["version"]  # type: ignore[index, call-overload]
        except (ValueError, TypeError, LookupError, RecursionError) as err:
            raise InvalidInput("archive_manifest_invalid") from err
        if form != FORMAT:
            raise InvalidInput("archive_manifest_invalid")
        if type(version) is not int or version not in MEMBERS_OF:
            raise InvalidInput(
                "archive_version_unknown",
                found=storable(str(version))[:20],
                known=str(VERSION),
            )
        return version, values

    def _check_content(self, member: str, manifest: Manifest) -> None:
        assert self._zip is not None
        digest = sha256()
        lines = 0
        chunk = end = b""
        with self._zip.open(member + SUFFIX) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                lines += chunk.count(b"\n")
                end = chunk[-1:]
        if (
            digest.hexdigest() != manifest.sha256[member]
            or lines != manifest.rows[member]
            or end not in {b"", b"\n"}
        ):
            raise InvalidInput("archive_member_changed", member=member)


def _check_end(file: BinaryIO, size: int) -> None:
    """Raise unless a short directory stands at the end: `zipfile` reads it whole, however long it is."""
    length = _END.size + _ZIP64_LOCATOR_LENGTH
    if not length <= size <= _LARGEST_FILE:
        raise InvalidInput("archive_unreadable")
    file.seek(-length, os.SEEK_END)
    locator, end = file.read(_ZIP64_LOCATOR_LENGTH), file.read()
    signature, *_, directory, _, _ = _END.unpack(end)
    if (
        signature != _END_SIGNATURE
        or locator.startswith(_ZIP64_LOCATOR)
        or directory > _LARGEST_DIRECTORY
    ):
        raise InvalidInput("archive_unreadable")


def _check_members(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Raise unless there is one manifest, and all members are plain files that can be read."""
    if [info.filename for info in infos].count(MANIFEST) != 1:
        raise InvalidInput("archive_members_unexpected")
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise InvalidInput("archive_encrypted")
        if stat.S_IFMT(info.external_attr >> 16) not in {
            0,
            stat.S_IFREG,
        } or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise InvalidInput("archive_members_unexpected")


def _check_names(infos: Sequence[zipfile.ZipInfo], members: Iterable[str]) -> None:
    """Raise unless there are the members, and no others."""
    expected = sorted([MANIFEST, *(name + SUFFIX for name in members)])
    # The name as it stands there: the other one ends where a NUL is.
    if sorted(info.orig_filename for info in infos) != expected:
        raise InvalidInput("archive_members_unexpected")


def _check_sizes(infos: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Raise where an archive is larger than one may be, or would grow too much."""
    if size > _LARGEST_FILE or any(
        info.file_size > _LARGEST_MEMBER
        or info.compress_size > size
        or (
            info.file_size > _RATIO_FROM
            and info.file_size > _HIGHEST_RATIO * info.compress_size
        )
        for info in infos
    ):
        raise InvalidInput("archive_too_large")


def _open_regular(path: Path) -> BinaryIO:
    """Open a file that is no link, device or folder. Raises InvalidInput."""
    try:
        return open_regular(path, follow_links=False)
    except FileNotFoundError as err:
        raise InvalidInput("archive_file_unknown", file_name=path.name) from err
    except OSError as err:
        raise InvalidInput("archive_unreadable") from err


@contextmanager
def _reading() -> Iterator[None]:
    """Turn whatever a file that is none of ours makes of `zipfile` into our error."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        NotImplementedError,
        OverflowError,
        ValueError,
    ) as err:
        raise InvalidInput("archive_unreadable") from err


@contextmanager
def _writing() -> Iterator[None]:
    """Turn what a disk may say into our error."""
    try:
        yield
    except OSError as err:
        if err.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise InvalidInput("archive_disk_full") from err
        raise InvalidInput(
            "archive_not_written", reason=err.strerror or type(err).__name__
        ) from err
