"""Listing a folder of the household: what is read, what is left out, what is not known."""

from collections.abc import Callable
import os
from pathlib import Path
import socket
import unicodedata

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.ai_memory.documents import folder
from custom_components.ai_memory.documents.folder import (
    FolderGone,
    Listing,
    Seen,
    list_folder,
)
from custom_components.ai_memory.documents.formats.content import FORMATS, Problem

pytestmark = pytest.mark.newest_only


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def _put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def _keys(listing: Listing) -> list[str]:
    return [seen.key for seen in listing.files]


def test_readable_files_at_any_depth(root: Path) -> None:
    """In the order of their names, with size and time of change."""
    _put(root, "b.PDF", "a.md", "sub/deep/er/c.docx", "Ölheizung.txt", "表.csv")
    os.utime(root / "a.md", ns=(1, 1_700_000_000_123_456_789))
    listing = list_folder(root)
    assert _keys(listing) == [
        "a.md",
        "b.PDF",
        "sub/deep/er/c.docx",
        "Ölheizung.txt",
        "表.csv",
    ]
    assert listing.files[0] == Seen("a.md", "a.md", 4, 1_700_000_000_123_456_789)
    assert not listing.left_out
    assert not listing.unlisted


def test_every_format_is_listed(root: Path) -> None:
    _put(root, *(f"x.{extension}" for extension in FORMATS))
    assert len(list_folder(root).files) == len(FORMATS)


@pytest.mark.parametrize(
    "name",
    [
        "photo.jpg",
        "pdf",
        "archive.pdf.part",
        "x.pdf.crdownload",
        "x.tmp",
        "x.md~",
        ".hidden.md",
        ".hidden/x.md",
        "~$letter.docx",
        ".~lock.letter.docx#",
        "@eaDir/x.pdf",
        "#recycle/x.pdf",
        "sub/$RECYCLE.BIN/x.pdf",
    ],
)
def test_what_is_no_document_is_passed_over(root: Path, name: str) -> None:
    _put(root, name)
    listing = list_folder(root)
    assert not listing.files
    assert not listing.left_out


def test_own_folders_are_passed_over(root: Path) -> None:
    _put(root, "ours/x.md", "theirs/x.md")
    (root / "link.md").symlink_to(root / "ours/x.md")
    listing = list_folder(root, without=[root / "ours"])
    assert _keys(listing) == ["theirs/x.md"]
    assert listing.left_out == {"link.md": Problem.UNSAFE_PATH}


def test_links_do_not_leave_the_root(root: Path) -> None:
    """Links to files below the root are files; those to folders are never followed."""
    _put(root, "in/real.md")
    _put(root.parent, "outside/secret.md", "root-evil/secret.md")
    links = {
        "inside.md": "in/real.md",
        "dangling.md": "nothing.md",
        "self.md": "self.md",
        "outside.md": "../outside/secret.md",
        "sibling.md": "../root-evil/secret.md",
        "folder": "../outside",
        "loop": ".",
        "device.txt": "/dev/zero",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    (root / "hops.md").symlink_to("outside.md")
    listing = list_folder(root)
    assert _keys(listing) == ["in/real.md", "inside.md"]
    assert listing.left_out == {
        "outside.md": Problem.UNSAFE_PATH,
        "sibling.md": Problem.UNSAFE_PATH,
        "hops.md": Problem.UNSAFE_PATH,
        "folder": Problem.UNSAFE_PATH,
        "self.md": Problem.UNREADABLE,
    }


def test_the_root_may_be_a_link(root: Path) -> None:
    _put(root, "a.md")
    (root.parent / "link").symlink_to(root)
    assert _keys(list_folder(root.parent / "link")) == ["a.md"]


def test_what_is_no_file_is_passed_over(root: Path) -> None:
    os.mkfifo(root / "pipe.md")
    (root / "folder.md").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket.md"))
        assert not list_folder(root).files


def test_names_that_are_no_text(root: Path) -> None:
    """They are left out by a name that can be shown and stored."""
    _put(root, "good.md")
    os.close(os.open(os.fsencode(root) + b"/b\xe4d.md", os.O_CREAT))
    os.mkdir(os.fsencode(root) + b"/b\xe4d")  # noqa: PTH102 - no Path can say it
    listing = list_folder(root)
    assert _keys(listing) == ["good.md"]
    assert listing.left_out == {
        "b\ufffdd.md": Problem.UNSAFE_PATH,
        "b\ufffdd": Problem.UNSAFE_PATH,
    }


def test_names_are_compared_in_one_form(root: Path) -> None:
    """The key is NFC, the path is as on disk; a name in both forms is one file."""
    name = "Wärmepumpe ガス.md"
    decomposed = unicodedata.normalize("NFD", name)
    _put(root, decomposed)
    (seen,) = list_folder(root).files
    assert seen.key == name
    assert seen.path == decomposed
    assert (root / seen.path).read_text() == decomposed
    _put(root, name)
    listing = list_folder(root)
    assert _keys(listing) == [name]
    assert listing.left_out == {decomposed: Problem.UNSAFE_PATH}


def test_number_of_files_is_limited(root: Path) -> None:
    """What was not listed is not known to be gone."""
    _put(root, *(f"{number:02}.md" for number in range(20)))
    listing = list_folder(root, most=5)
    assert _keys(listing) == [f"{number:02}.md" for number in range(5)]
    assert not listing.is_gone("19.md")
    assert list_folder(root, most=20).is_gone("20.md")


def test_number_of_entries_is_limited(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(root, *(f"{number}.jpg" for number in range(20)), "z.md")
    monkeypatch.setattr(folder, "_MOST_ENTRIES", 10)
    listing = list_folder(root)
    assert not listing.files
    assert not listing.is_gone("z.md")


def test_depth_is_limited(root: Path) -> None:
    _put(root, "/".join("d" * 32) + "/x.md", "/".join("d" * 33) + "/x.md")
    listing = list_folder(root)
    assert _keys(listing) == ["/".join("d" * 32) + "/x.md"]
    assert listing.left_out == {"/".join("d" * 33): Problem.UNSAFE_PATH}


def _refuse(
    monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], None]
) -> None:
    """Let the listing of folders of that name fail; root may read everything."""
    scandir = os.scandir

    def refusing(place: str) -> object:
        if place.endswith(name):
            act()
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)


def test_a_folder_that_cannot_be_listed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are not known to be gone; the rest goes on."""
    _put(root, "a.md", "locked/b.md", "z/c.md")

    def act() -> None:
        raise PermissionError

    _refuse(monkeypatch, "/locked", act)
    listing = list_folder(root)
    assert _keys(listing) == ["a.md", "z/c.md"]
    assert listing.left_out == {"locked": Problem.UNREADABLE}
    assert not listing.is_gone("locked/b.md")
    assert not listing.is_gone("locked/deep/b.md")
    assert listing.is_gone("z/gone.md")
    assert listing.is_gone("gone.md")


@pytest.mark.parametrize(
    "place", ["missing", "file.md", "file.md/x", "nul\0", "x" * 300]
)
def test_root_that_is_no_folder(root: Path, place: str) -> None:
    _put(root, "file.md")
    with pytest.raises(FolderGone):
        list_folder(root / place)


def test_root_that_may_not_be_listed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        raise PermissionError

    _refuse(monkeypatch, "/root", act)
    with pytest.raises(FolderGone):
        list_folder(root)


def test_root_that_vanishes_meanwhile(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is told of a folder that was not the same all the time."""
    _put(root, "a.md", "sub/b.md")

    def act() -> None:
        root.rename(root.with_name("away"))
        root.mkdir()

    _refuse(monkeypatch, "/sub", act)
    with pytest.raises(FolderGone):
        list_folder(root)


def test_identity(root: Path) -> None:
    """An emptied folder is the same one; another in its place is not."""
    _put(root, "a.md")
    before = list_folder(root).places[""]
    (root / "a.md").unlink()
    after = list_folder(root).places[""]
    assert not after.mount
    assert (after.device, after.inode, after.filesystem) == (
        before.device,
        before.inode,
        before.filesystem,
    )
    root.rename(root.with_name("away"))
    root.mkdir()
    assert list_folder(root).places[""].inode != before.inode
    system = list_folder(Path("/proc/self/fdinfo")).places[""]
    assert system.device != before.device
    assert list_folder(Path("/dev")).places[""].mount


def test_what_is_beyond_the_limit_is_known_to_be_there(root: Path) -> None:
    """So that what is gone is noticed, whatever the limit."""
    _put(root, *(f"{number:02}.md" for number in range(20)), "z/x.md", "z/y.md")
    (root / "share").mkdir()
    assert not list_folder(root, most=22).is_cut
    before = list_folder(root, most=5)
    assert before.is_cut
    assert "share" in before.empty
    (root / "19.md").unlink()
    (root / "z/x.md").unlink()
    after = list_folder(root, most=5)
    assert _keys(after) == _keys(before)
    assert after.beyond < before.beyond
    assert after.is_gone("19.md")
    assert after.is_gone("z/x.md")
    assert not after.is_gone("18.md")
    assert not after.is_gone("z/y.md")


def test_many_left_out_are_not_gone(root: Path) -> None:
    _put(root.parent, "outside.md")
    for number in range(8):
        (root / f"{number}.md").symlink_to(root.parent / "outside.md")
    listing = list_folder(root, most=5)
    assert len(listing.left_out) == 5
    assert listing.is_cut
    assert not any(
        listing.is_gone(f"{number}.md")
        for number in range(8)
        if f"{number}.md" not in listing.left_out
    )


def test_what_was_seen_before_the_limit_of_entries_may_be_gone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(root, "a/x.md", *(f"b/{number}.jpg" for number in range(20)), "c/x.md")
    monkeypatch.setattr(folder, "_MOST_ENTRIES", 10)
    listing = list_folder(root)
    assert listing.is_cut
    assert listing.is_gone("a/gone.md")
    assert listing.is_gone("gone.md")
    assert not listing.is_gone("b/x.md")
    assert not listing.is_gone("c/x.md")


@pytest.mark.parametrize("name", ["lost+found", "#recycle", "@eaDir", ".trash"])
def test_folder_with_what_servers_put_there_is_empty(root: Path, name: str) -> None:
    (root / name).mkdir()
    (root / "sub" / name).mkdir(parents=True)
    (root / "full").mkdir()
    (root / "full/photo.jpg").touch()
    assert list_folder(root).empty.keys() == {"sub"}
    assert list_folder(root / "sub").empty.keys() == {""}


def test_identity_of_folders_below(root: Path) -> None:
    (root / "share").mkdir()
    before = list_folder(root)
    assert list_folder(root).places == before.places
    (root / "share").rename(root.parent / "share")
    (root / "share").mkdir()
    after = list_folder(root)
    assert after.places[""] == before.places[""]
    assert after.places["share"] != before.places["share"]


def test_folder_that_is_another_one_meanwhile(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was in the one is not taken for what is in the other."""
    _put(root, "sub/a.md")
    scandir = os.scandir

    def swapping(place: str) -> object:
        entries = scandir(place)
        if place.endswith("/sub"):
            (root / "sub").rename(root.parent / "sub")
            (root / "sub").mkdir()
        return entries

    monkeypatch.setattr(os, "scandir", swapping)
    listing = list_folder(root)
    assert not listing.is_gone("sub/a.md")
    assert "sub" not in listing.places


_PARTS = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in {".", ".."})


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(_PARTS, st.sampled_from(["md", "PDF", "jpg"])), max_size=8))
def test_any_names(
    tmp_path_factory: pytest.TempPathFactory, names: list[tuple[str, str]]
) -> None:
    """Each file is listed, left out with a reason, or no document; and can be opened."""
    root = tmp_path_factory.mktemp("any")
    for stem, extension in names:
        (root / f"{stem}.{extension}").touch()
    listing = list_folder(root)
    for seen in listing.files:
        assert (root / seen.path).is_file()
        assert unicodedata.is_normalized("NFC", seen.key)
    wanted = {
        unicodedata.normalize("NFC", f"{stem}.{extension}")
        for stem, extension in names
        if extension != "jpg" and not stem.startswith((".", "~$"))
    }
    assert set(_keys(listing)) == wanted
