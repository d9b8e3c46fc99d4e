"""What a folder of the household holds."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
import os
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from typing import Final, NamedTuple
import unicodedata

from .formats.content import FORMATS, Problem

MOST: Final = 20_000
"""Files of one folder that are read."""
_DEEPEST: Final = 32
_MOST_ENTRIES: Final = 500_000
"""Files and folders that are looked at, readable or not."""
_LONGEST_PATH: Final = 4_096

# Bins and thumbnails of file servers and other systems.
_OF_SERVERS: Final = frozenset(
    {
        "#recycle",
        "@eadir",
        "@recycle",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "__macosx",
    }
)


class FolderGone(Exception):
    """The folder is not there, is no folder, or cannot be listed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file; `path` is relative to the root, as it is opened.

    `key` is the path to compare and to store, NFC: file servers give the same name in
    different forms.
    """

    path: str
    key: str
    bytes: int
    modified_ns: int


class Place(NamedTuple):
    """Where a folder is.

    `device` is the number of the file system while it is mounted, `inode` the folder's
    number in it. Of the root, `filesystem` is what the file system calls itself, and
    `mount` tells whether something is mounted right there. Where a share is not
    mounted at least one of them differs from what it was. None outlasts a restart for
    certain.
    """

    device: int
    inode: int
    filesystem: int = 0
    mount: bool = False


@dataclass(slots=True)
class Listing:
    """What is in a folder, in the order of the paths.

    `left_out` says of files and folders why they are not among the files. `beyond` are
    further ones, too many to be read, and `is_cut` tells that there are such, or that
    there were too many to see them all. `unlisted` are the folders of which not all was
    seen. `places` says where the folders are that were listed, and `empty` of those
    with nothing in them when they were last changed, in seconds since 1970. All are
    keys, "" is the root.
    """

    files: list[Seen] = field(default_factory=list)
    left_out: dict[str, Problem] = field(default_factory=dict)
    beyond: set[str] = field(default_factory=set)
    is_cut: bool = False
    unlisted: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    empty: dict[str, float] = field(default_factory=dict)

    def is_gone(self, key: str) -> bool:
        """Tell of a key that is not among the files whether it is gone for certain."""
        if (
            self.left_out.get(key) is Problem.UNREADABLE
            or key in self.beyond
            or "" in self.unlisted
        ):
            return False
        return not any(
            str(folder) in self.unlisted for folder in PurePosixPath(key).parents
        )


def list_folder(
    root: Path, *, most: int = MOST, without: Collection[Path] = ()
) -> Listing:
    """List the files that can be read, at any depth; blocks.

    Left out are hidden and temporary files, the folders of `without`, and links to what
    is outside of the root; links to folders are never followed. Raises FolderGone.
    """
    try:
        real = root.resolve(strict=True)
        status = real.stat()
        if not S_ISDIR(status.st_mode):
            raise FolderGone
        listing = Listing()
        _Walk(real, listing, most, {str(path.resolve()) for path in without}).run()
        if not os.path.samestat(status, real.stat()):
            raise FolderGone
        listing.places[""] = Place(
            status.st_dev,
            status.st_ino,
            os.statvfs(real).f_fsid,
            os.path.ismount(real),
        )
    except (OSError, ValueError, RuntimeError) as err:
        raise FolderGone from err
    listing.files.sort(key=lambda seen: seen.key)
    return listing


class _Walk:
    """One round through a folder."""

    def __init__(
        self, root: Path, listing: Listing, most: int, without: set[str]
    ) -> None:
        self._root = str(root)
        self._listing = listing
        self._most = most
        self._without = without
        self._keys: set[str] = set()
        self._entries_left = _MOST_ENTRIES

    def run(self) -> None:
        """List all folders in the order of their names.

        Raises OSError if the root cannot be listed.
        """
        waiting = [("", self._root)]
        while waiting:
            folder, place = waiting.pop()
            try:
                entries = self._entries(folder, place)
            except OSError:
                if not folder:
                    raise
                self._leave_out(folder, Problem.UNREADABLE)
                self._listing.unlisted.add(_key(folder))
                continue
            below: list[tuple[str, str]] = []
            for entry in entries:
                if not self._entries_left:
                    self._listing.is_cut = True
                    not_seen = [(folder, place), *below, *waiting]
                    self._listing.unlisted.update(_key(path) for path, _ in not_seen)
                    return
                self._entries_left -= 1
                path = f"{folder}/{entry.name}" if folder else entry.name
                if self._is_folder(entry, path):
                    below.append((path, entry.path))
            waiting += reversed(below)

    def _entries(self, folder: str, place: str) -> list[os.DirEntry[str]]:
        """Return what is in a folder, and note where that is."""
        before = Path(place).stat()
        with os.scandir(place) as entries:
            found = list(islice(entries, self._entries_left + 1))
        status = Path(place).stat()
        if not os.path.samestat(before, status):
            raise FileNotFoundError
        self._listing.places[_key(folder)] = Place(status.st_dev, status.st_ino)
        if all(_is_passed_over(entry.name) for entry in found):
            self._listing.empty[_key(folder)] = status.st_mtime
        return sorted(found, key=lambda entry: entry.name)

    def _is_folder(self, entry: os.DirEntry[str], path: str) -> bool:
        """Add a file; tell whether the entry is a folder to be listed."""
        name = entry.name
        if _is_passed_over(name):
            return False
        readable = "." in name and name.rpartition(".")[2].lower() in FORMATS
        try:
            if entry.is_symlink():
                self._link(entry, path, readable=readable)
            elif entry.is_dir():
                return self._is_listed(entry, path)
            elif readable and entry.is_file():
                self._add(path, entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            pass  # gone since the folder was listed, or a link to nothing
        except OSError:
            if readable:
                self._leave_out(path, Problem.UNREADABLE)
        return False

    def _is_listed(self, entry: os.DirEntry[str], path: str) -> bool:
        if entry.path in self._without:
            return False
        if path.count("/") >= _DEEPEST or not _is_text(entry.name):
            self._leave_out(path, Problem.UNSAFE_PATH)
            return False
        return True

    def _link(self, entry: os.DirEntry[str], path: str, *, readable: bool) -> None:
        """Add the file that is linked to, if it is below the root."""
        status = entry.stat()
        if not S_ISDIR(status.st_mode) and not (readable and S_ISREG(status.st_mode)):
            return
        target = Path(entry.path).resolve(strict=True)
        ours = any(target.is_relative_to(place) for place in self._without)
        if ours or not target.is_relative_to(self._root):
            self._leave_out(path, Problem.UNSAFE_PATH)
        elif S_ISREG(status.st_mode):
            self._add(path, status)

    def _add(self, path: str, status: os.stat_result) -> None:
        key = _key(path)
        if not _is_text(path) or len(path) > _LONGEST_PATH:
            self._leave_out(path, Problem.UNSAFE_PATH)
            return
        if key in self._keys:  # the same name in another form
            other = unicodedata.normalize("NFD", path)
            self._listing.left_out[other] = Problem.UNSAFE_PATH
            return
        self._keys.add(key)
        if len(self._listing.files) >= self._most:
            self._add_beyond(key)
            return
        self._listing.files.append(Seen(path, key, status.st_size, status.st_mtime_ns))

    def _leave_out(self, path: str, problem: Problem) -> None:
        key = _key(path)
        if len(self._listing.left_out) < self._most:
            self._listing.left_out.setdefault(key, problem)
        else:
            self._add_beyond(key)

    def _add_beyond(self, key: str) -> None:
        self._listing.beyond.add(key)
        self._listing.is_cut = True


def _is_passed_over(name: str) -> bool:
    """Tell whether a name is hidden, temporary, or a file server's own."""
    return name.startswith((".", "~$")) or name.casefold() in _OF_SERVERS


def _is_text(name: str) -> bool:
    """Tell whether a name is UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _key(path: str) -> str:
    """Give the NFC form, bytes that are not UTF-8 replaced."""
    if not path.isascii():
        path = unicodedata.normalize("NFC", os.fsencode(path).decode(errors="replace"))
    return path
