"""Uploaded files are kept as they came, and only where they belong."""

from concurrent.futures import ThreadPoolExecutor
import errno
import os
from pathlib import Path
import re
import stat
import unicodedata
from uuid import UUID

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.ai_memory.documents import originals as module
from custom_components.ai_memory.documents.formats.content import Problem, ReadError
from custom_components.ai_memory.documents.originals import Originals, _file_name

pytestmark = pytest.mark.newest_only

_UUID = UUID(int=7)
_PATH = re.compile(r"\d{4}/\d\d/\d\d/[^/]+_[0-9a-f-]{36}(\.[a-z0-9]{1,10})?")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "originals"


@pytest.fixture
def originals(root: Path) -> Originals:
    return Originals(root)


def _stored(
    originals: Originals, name: str, source: bytes | Path, **options: int
) -> str:
    original = originals.new(name)
    originals.store(original, source, **options)
    return original


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if not path.is_dir()]


def _folders(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_dir()]


def _refused(problem: Problem) -> pytest.RaisesExc[ReadError]:
    return pytest.RaisesExc(ReadError, check=lambda err: err.problem is problem)


def test_store(originals: Originals, root: Path, tmp_path: Path) -> None:
    """Read-only, for nobody else, with the name it came with; from memory or a file."""
    source = tmp_path / "upload"
    source.write_bytes(b"b" * 3_000_000)
    first = _stored(originals, "Heizung – Anleitung.PDF", b"a")
    second = _stored(originals, "Heizung – Anleitung.PDF", source)
    assert first != second
    for original in (first, second):
        assert _PATH.fullmatch(original)
        assert "/Heizung – Anleitung_" in original
        assert original.endswith(".pdf")
        assert _mode(originals.path(original)) == 0o400
    assert originals.path(first).read_bytes() == b"a"
    assert originals.path(second).read_bytes() == source.read_bytes()
    assert len(_files(root)) == 2
    assert {_mode(path) for path in [root, *_folders(root)]} == {0o700}


def test_bin(originals: Originals, root: Path) -> None:
    """To the bin, back, for good; each may be done twice."""
    original = _stored(originals, "a.md", b"a")
    for _ in range(2):
        originals.to_bin(original)
        assert _files(root) == [originals.bin / original]
    assert _folders(root).count(root / original[:4]) == 0
    for _ in range(2):
        originals.restore(original)
        assert _files(root) == [originals.path(original)]
        assert _mode(originals.path(original)) == 0o400
    originals.to_bin(original)
    for _ in range(2):
        originals.erase(original)
        assert list(root.rglob("*")) == [originals.bin]
    for change in (originals.to_bin, originals.restore):
        with pytest.raises(FileNotFoundError):
            change(original)


def test_erase_leaves_the_others(originals: Originals, root: Path) -> None:
    first, second = (_stored(originals, "a.md", b"a") for _ in range(2))
    originals.erase(first)
    assert _files(root) == [originals.path(second)]


@pytest.mark.parametrize("links", [True, False])
def test_restore_overwrites_nothing(
    originals: Originals, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    original = _stored(originals, "a.md", b"old")
    originals.to_bin(original)
    place = originals.path(original)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"other")
    if not links:
        _without_links(monkeypatch)
    with pytest.raises(FileExistsError):
        originals.restore(original)
    assert place.read_bytes() == b"other"
    assert (originals.bin / original).read_bytes() == b"old"


def _without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behave as FAT and some file servers do."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)


def test_without_hard_links(
    originals: Originals, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_links(monkeypatch)
    original = _stored(originals, "a.md", b"a")
    originals.to_bin(original)
    originals.restore(original)
    assert _files(root) == [originals.path(original)]


def test_crash_while_it_is_moved(originals: Originals, root: Path) -> None:
    """A file that has both names loses the right one when it is done again."""
    original = _stored(originals, "a.md", b"a")
    originals.to_bin(original)
    place = originals.path(original)
    place.parent.mkdir(parents=True)
    place.hardlink_to(originals.bin / original)
    originals.restore(original)
    assert _files(root) == [place]


@pytest.mark.parametrize(
    ("most", "problem"),
    [(3, Problem.TOO_LARGE), (4, None)],
)
def test_size_limit(
    originals: Originals, root: Path, tmp_path: Path, most: int, problem: Problem | None
) -> None:
    """What is too large leaves nothing behind."""
    source = tmp_path / "upload"
    source.write_bytes(b"1234")
    for data in (b"1234", source):
        if problem:
            with _refused(problem):
                _stored(originals, "a.md", data, most=most)
            assert list(root.rglob("*")) == []
        else:
            assert _stored(originals, "a.md", data, most=most)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "device"])
def test_source_that_is_no_file(
    originals: Originals, root: Path, tmp_path: Path, kind: str
) -> None:
    source = tmp_path / "source"
    if kind == "folder":
        source.mkdir()
    elif kind == "pipe":
        os.mkfifo(source)
    elif kind == "device":
        source = Path("/dev/zero")
    with _refused(Problem.UNREADABLE):
        _stored(originals, "a.md", source)
    assert _files(root) == []


def test_disk_full(
    originals: Originals, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it stays."""

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="full"):
        _stored(originals, "a.md", b"a")
    assert _files(root) == []


_TRICKS = [
    "",
    "a.md",
    "../secret",
    "/etc/passwd",
    "2026/01/02/..",
    "2026/01/02/.",
    "2026/01/02/",
    "2026/01/../x",
    "2026/01/02/../../x",
    "2026/01/02/x/y",
    "2026/01/02/x\0",
    "2026/01/02/\ud800",
    "2026/1/2/x",
    "٢٠٢٦/٠١/٠٢/x",
    "bin/2026/01/02/x",
    "2026/01/02/x\n/..",
    "2026\\01\\02\\x",
]


@pytest.mark.parametrize("original", _TRICKS, ids=ascii)
def test_path_tricks(originals: Originals, original: str) -> None:
    for method in (
        originals.path,
        originals.to_bin,
        originals.restore,
        originals.erase,
    ):
        with _refused(Problem.UNSAFE_PATH):
            method(original)


@pytest.mark.parametrize("at", ["2026", "2026/01", "2026/01/02", "2026/01/02/x.md"])
@pytest.mark.parametrize("base", ["", "bin"])
def test_links_are_refused(
    originals: Originals, root: Path, tmp_path: Path, at: str, base: str
) -> None:
    """Neither the year nor the file may lead elsewhere, in the bin neither."""
    elsewhere = tmp_path / "elsewhere"
    rest = "2026/01/02/x.md".removeprefix(at).strip("/")
    target = elsewhere / rest if rest else elsewhere
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"secret")
    (root / base / at).parent.mkdir(parents=True)
    (root / base / at).symlink_to(elsewhere)
    for method in (originals.to_bin, originals.restore, originals.erase):
        with _refused(Problem.UNSAFE_PATH):
            method("2026/01/02/x.md")
    assert target.read_bytes() == b"secret"


def test_erase_takes_what_a_crash_left(
    originals: Originals, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a half file, of which nobody knows but by the path that it was to get."""
    original = originals.new("a.md")

    def crash(*paths: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "_move", crash)
        patched.setattr(Path, "unlink", lambda *arguments, **options: None)
        with pytest.raises(KeyboardInterrupt):
            originals.store(original, b"half")
    assert [path.read_bytes() for path in _files(root)] == [b"half"]
    other = _stored(originals, "a.md", b"other")
    originals.erase(original)
    assert _files(root) == [originals.path(other)]


def test_no_folder_is_lost_between_threads(originals: Originals, root: Path) -> None:
    """One removes the day's empty folder while another one makes a file in it."""

    def come_and_go(number: int) -> None:
        original = _stored(originals, f"{number}.md", b"x")
        originals.to_bin(original)
        originals.restore(original)
        originals.erase(original)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come_and_go, range(60)))
    assert _files(root) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd_{}"),
        ("C:\\Users\\me\\Plan.DOCX", "Plan_{}.docx"),
        ("...", "document_{}"),
        ("", "document_{}"),
        (".pdf", "pdf_{}"),
        ("a\0b\n\x1bc.md", "ab c_{}.md"),
        ("evil\u202egpj.exe.md", "evilgpj.exe_{}.md"),
        ("取扱説明書.pdf", "取扱説明書_{}.pdf"),
        ("می\u200cخواهم.txt", "می\u200cخواهم_{}.txt"),
        ("A\u0308rger.txt", "Ärger_{}.txt"),
        ("v1.2 final.md", "v1.2 final_{}.md"),
        ("what?*.md", "what__{}.md"),
        ("strange.änd", "strange.änd_{}"),
    ],
)
def test_names(name: str, kept: str) -> None:
    assert _file_name(name, _UUID) == kept.format(_UUID)


@settings(max_examples=80)
@given(st.text(max_size=300) | st.text("ä.ガ/ \u202e", min_size=200, max_size=300))
def test_any_name(name: str) -> None:
    """It fits, stays in its folder, is seen, and letters stay."""
    kept = _file_name(name, _UUID)
    assert len(kept.encode()) <= 255
    assert not {"/", "\\", "\0"} & set(kept)
    assert not kept.startswith((".", " "))
    assert f"_{_UUID}" in kept
    assert unicodedata.is_normalized("NFC", kept)
    short = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])[:20]
    if short.isalpha() and short == name:
        assert kept.startswith(short)
