"""Archives that are damaged, forged or none at all: an error that says so, and nothing imported."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
import json
import os
from pathlib import Path
import stat
import struct
from typing import Any
import warnings
import zipfile

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.archives import (
    file as archive_file,
    format as archive_format,
)
from custom_components.ai_memory.memory.archives.file import ArchiveReader
from custom_components.ai_memory.memory.archives.format import MEMBERS
from custom_components.ai_memory.memory.service import MemoryService
from tests.databases import FreshDatabase
from tests.memory.archives import (
    Home,
    bring,
    contents,
    forged,
    home,
    lines_of,
    members_of,
    service,
    with_lines,
)

__all__ = ["home", "service"]

type Members = dict[str, bytes]


def read(path: Path) -> dict[str, list[Any]]:
    """Read an archive to its end."""
    reader = ArchiveReader(path)
    try:
        reader.open()
        return {
            member: [row for page in reader.pages(member) for row in page]
            for member in MEMBERS
        }
    finally:
        reader.close()


async def why(home: Home, service: MemoryService, name: str) -> str | None:
    """Return why an archive is refused, None where it is not."""
    try:
        await bring(service, home, name)
    except InvalidInput as err:
        return err.key
    return None


# --- damaged


async def test_cut_in_the_middle(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    content = home.path.read_bytes()
    bad = home.folder / "bad.zip"
    step = len(content) // 40
    for length in [*range(0, len(content), step), len(content) - 1]:
        bad.write_bytes(content[:length])
        with pytest.raises(InvalidInput) as failure:
            await bring(service, home, "bad.zip")
        assert failure.value.key == "archive_unreadable", length
    assert not any((await contents(database)).values())
    bad.write_bytes(content)
    await bring(service, home, "bad.zip")


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_flipped_bytes(home: Home, data: st.DataObject) -> None:
    content = bytearray(home.path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        # Half of them in the directory, where there is more to break.
        begin = data.draw(st.sampled_from([0, len(content) - 1000]))
        at = data.draw(st.integers(begin, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    bad = home.folder / "flipped.zip"
    bad.write_bytes(content)
    try:
        found = read(bad)
    except InvalidInput:
        return
    assert found == read(home.path)


# --- forged


_BAD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            "x" * 100_001,
            "\0",
            "\ud800",
            "household",
            "person:",
            "person:" + "x" * 300,
            "0001-01-01T00:00:00+14:00",
            "2026-11-20T15:00:00",
            "00000000-0000-0000-0000-000000000000",
            10**400,
            1e39,
            2**63,
            [],
            [None],
            {},
            {"1": "AAAA"},
            {"x": "AAAA"},
            {"1": "?"},
        ]
    ),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_any_value_anywhere(
    home: Home, service: MemoryService, data: st.DataObject
) -> None:
    members = members_of(home.path)
    member = data.draw(st.sampled_from(sorted(MEMBERS)))
    rows = lines_of(members, member)
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from(sorted(MEMBERS[member])))
    rows[row][column] = data.draw(_BAD_VALUES)
    content = "".join(json.dumps(row) + "\n" for row in rows)
    forged({**members, f"{member}.jsonl": content.encode()}, home.folder / "any.zip")
    # Whatever else is raised fails the test.
    with suppress(InvalidInput):
        await bring(service, home, "any.zip", dry_run=True)


def _changed(member: str, row: int, **columns: Any) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        rows = lines_of(members, member)
        rows[row] |= columns
        return with_lines(members, member, rows)

    return change


def _lines(
    member: str, change: Callable[[bytes], bytes]
) -> Callable[[Members], Members]:
    name = f"{member}.jsonl"
    return lambda members: {**members, name: change(members[name])}


def _manifest(**changes: Any) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        manifest = json.loads(members["manifest.json"]) | changes
        return {**members, "manifest.json": json.dumps(manifest).encode()}

    return change


def _of_chunk(**columns: Any) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        rows = lines_of(members, "passages")
        next(row for row in rows if row["document"]).update(columns)
        return with_lines(members, "passages", rows)

    return change


def _twice_the_first(member: str) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        first, *rows = lines_of(members, member)
        return with_lines(members, member, [first, first, *rows])

    return change


def _newer(members: Members) -> Members:
    return {**_manifest(version=4)(members), "voices.jsonl": b""}


INFINITE = b64encode(b"\0\x7c" * 384).decode()
_UNKNOWN = "0190a000-0000-7000-8000-000000000000"
FORGED: list[tuple[str, Callable[[Members], Members], str]] = [
    ("no JSON", _lines("turns", lambda text: b"{" + text), "archive_line_invalid"),
    ("no UTF-8", _lines("turns", lambda text: b'"\xff"\n' + text), "archive_line_invalid"),
    ("an empty line", _lines("turns", lambda text: b"\n" + text), "archive_line_invalid"),
    ("no object", _lines("turns", lambda text: b"[]\n" + text), "archive_line_invalid"),
    ("NaN", _lines("turns", lambda text: b"NaN\n" + text), "archive_line_invalid"),
    ("deep", _lines("turns", lambda text: b"[" * 10**6 + b"\n" + text), "archive_line_invalid"),
    ("half a line", _lines("turns", lambda text: text + b"{}"), "archive_member_changed"),
    ("too many columns", _changed("memories", 1, more=1), "archive_line_invalid"),
    ("text for a number", _changed("memories", 1, confidence="1"), "archive_line_invalid"),
    ("number for a text", _changed("memories", 1, content=1), "archive_line_invalid"),
    ("no zone", _changed("turns", 0, started_at="2026-11-20T15:00:00"), "archive_line_invalid"),
    ("no owner", _changed("memories", 0, owner="maintenance"), "archive_line_invalid"),
    ("a long text", _changed("memories", 0, content="x" * 1_000_000), "archive_rows_refused"),
    ("an empty text", _changed("memories", 0, content=""), "archive_rows_refused"),
    ("an unknown role", _changed("messages", 0, role="system"), "archive_rows_refused"),
    ("an unknown status", _changed("memories", 0, status="sure"), "archive_rows_refused"),
    ("a bad rating", _changed("feedback", 0, rating=6), "archive_rows_refused"),
    ("a position twice", _changed("messages", 0, position=1), "archive_rows_refused"),
    ("a bad key", _changed("preferences", 0, key="\u2028"), "preference_key_invalid"),
    ("an unknown conversation", _changed("turns", 0, conversation=10**9), "archive_reference_unknown"),
    ("an unknown collection", _changed("memories", 0, collection="x"), "archive_reference_unknown"),
    ("an unknown memory", _changed("passages", 0, memory=10**9), "archive_reference_unknown"),
    ("an unknown passage", _changed("context_references", 0, passage=10**9), "archive_reference_unknown"),
    ("neither memory nor turn", _changed("passages", 0, memory=None), "archive_reference_unknown"),
    ("both", _changed("passages", 0, turn=_UNKNOWN), "archive_reference_unknown"),
    ("an id twice", _changed("memories", 1, id=1), "archive_ids_unordered"),
    ("a document twice", _twice_the_first("documents"), "archive_ids_unordered"),
    ("a passage twice", _twice_the_first("passages"), "archive_ids_unordered"),
    ("a document on no shelf", _changed("documents", 0, collection="x"), "archive_reference_unknown"),
    ("an unknown document", _of_chunk(document=_UNKNOWN), "archive_reference_unknown"),
    ("a name of no document", _changed("document_names", 0, document=_UNKNOWN), "archive_reference_unknown"),
    ("a version of no document", _changed("document_versions", 0, document=_UNKNOWN), "archive_reference_unknown"),
    ("document and memory", _of_chunk(memory=1), "archive_reference_unknown"),
    ("a chunk without a heading", _of_chunk(heading=None), "archive_rows_refused"),
    ("a chunk with a long heading", _of_chunk(heading="x" * 1001), "archive_rows_refused"),
    ("a chunk nowhere", _of_chunk(position=None), "archive_rows_refused"),
    ("a chunk far away", _of_chunk(position=2**31), "archive_line_invalid"),
    ("no id of a document", _changed("documents", 0, id="1"), "archive_line_invalid"),
    ("no digest", _changed("documents", 0, sha256="zz"), "archive_line_invalid"),
    ("half a digest", _changed("documents", 0, sha256="ab"), "archive_line_invalid"),
    ("no digest of a version", _changed("document_versions", 0, sha256=None), "archive_line_invalid"),
    ("a perhaps erased document", _changed("documents", 0, erased=None), "archive_line_invalid"),
    ("an unknown state", _changed("documents", 0, state="read"), "archive_rows_refused"),
    ("a long problem", _changed("documents", 0, problem="x" * 51), "archive_rows_refused"),
    ("a document without a title", _changed("documents", 0, title=""), "archive_rows_refused"),
    ("a name without a path", _changed("document_names", 0, path=""), "archive_rows_refused"),
    ("a folder of numbers", _changed("document_names", 0, folder=[1]), "archive_line_invalid"),
    ("a long description", _changed("collections", 0, description="x" * 2001), "archive_rows_refused"),
    ("an unknown author", _changed("collections", 0, summary_by="me"), "archive_rows_refused"),
    ("an unknown model", _changed("passages", 0, embeddings={"77": ""}), "archive_reference_unknown"),
    ("a short vector", _changed("passages", 0, embeddings={"1": "AAAA"}), "archive_vector_invalid"),
    ("an infinite vector", _changed("passages", 0, embeddings={"1": INFINITE}), "archive_rows_refused"),
    ("another format", _manifest(format="another"), "archive_manifest_invalid"),
    ("a newer version", _manifest(version=4), "archive_version_unknown"),
    ("a newer version with more", _newer, "archive_version_unknown"),
    ("members of another version", _manifest(version=1), "archive_members_unexpected"),
    ("an older version", _manifest(version=0), "archive_version_unknown"),
    ("a half version", _manifest(version=1.0), "archive_version_unknown"),
    ("a true version", _manifest(version=True), "archive_version_unknown"),
    ("a wordy version", _manifest(version="x" * 10**5), "archive_version_unknown"),
    ("no models", _manifest(embedding_models=None), "archive_manifest_invalid"),
    ("no time", _manifest(created_at="now"), "archive_manifest_invalid"),
    ("a bad owner", _manifest(owners=[{"owner": "x", "name": None}]), "archive_manifest_invalid"),
    (
        "a flat model",
        _manifest(
            embedding_models=[{"id": 1, "provider": "p", "name": "n", "dimensions": 0}]
        ),
        "archive_rows_refused",
    ),
    ("no manifest", lambda members: {**members, "manifest.json": b""}, "archive_manifest_invalid"),
    ("a list", lambda members: {**members, "manifest.json": b"[]"}, "archive_manifest_invalid"),
    (
        "a large manifest",
        lambda members: {**members, "manifest.json": members["manifest.json"] + b" " * 2**20},
        "archive_manifest_invalid",
    ),
    ("a member less", lambda members: {n: c for n, c in members.items() if n != "turns.jsonl"}, "archive_members_unexpected"),
    ("a member more", lambda members: {**members, "more.jsonl": b""}, "archive_members_unexpected"),
]  # fmt: skip


async def test_forged(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    expected, found = {}, {}
    for number, (name, change, key) in enumerate(FORGED):
        members = change(members_of(home.path))
        file_name = f"forged{number}.zip"
        # What the manifest itself does not say is not put right.
        honest = key not in {"archive_manifest_invalid", "archive_member_changed"}
        forged(members, home.folder / file_name, honest=honest)
        expected[name] = key
        found[name] = await why(home, service, file_name)
    assert found == expected
    assert not any((await contents(database)).values())


async def test_what_the_manifest_does_not_say(
    home: Home, service: MemoryService, database: FreshDatabase
) -> None:
    members = members_of(home.path)
    members["memories.jsonl"] = members["memories.jsonl"].replace(b"blue", b"grey")
    forged(members, home.folder / "bad.zip", honest=False)
    assert await why(home, service, "bad.zip") == "archive_member_changed"
    assert not any((await contents(database)).values())


# --- no archive of ours


def _rename(old: str, new: str) -> Callable[[Path, Path], object]:
    def write(good: Path, bad: Path) -> None:
        # As long as before, so that only the name differs.
        content = good.read_bytes()
        assert len(old) == len(new)
        assert content.count(old.encode()) >= 2
        bad.write_bytes(content.replace(old.encode(), new.encode()))

    return write


def _rewritten(
    change: Callable[[zipfile.ZipInfo], None],
) -> Callable[[Path, Path], object]:
    def write(good: Path, bad: Path) -> None:
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
            for info in source.infolist():
                content = source.read(info)
                fresh = zipfile.ZipInfo(info.filename)
                if info.filename == "turns.jsonl":
                    change(fresh)
                with warnings.catch_warnings(action="ignore"):
                    target.writestr(fresh, content)

    return write


def _link(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


def _folder(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFDIR | 0o777) << 16


def _bzip2(info: zipfile.ZipInfo) -> None:
    info.compress_type = zipfile.ZIP_BZIP2


def _twice(info: zipfile.ZipInfo) -> None:
    info.filename = "messages.jsonl"


def _nul(good: Path, bad: Path) -> None:
    """Let a name go on behind a NUL, where `zipfile` cuts it off."""

    def longer(info: zipfile.ZipInfo) -> None:
        info.filename += "@../../x"

    _rewritten(longer)(good, bad)
    bad.write_bytes(bad.read_bytes().replace(b"jsonl@..", b"jsonl\0.."))


def _encrypted(good: Path, bad: Path) -> None:
    content = bytearray(good.read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = -1
        while (at := content.find(signature, at + 1)) != -1:
            content[at + flags] |= 1
    bad.write_bytes(content)


def _bomb(good: Path, bad: Path) -> None:
    forged({**members_of(good), "turns.jsonl": bytes(80 << 20)}, bad)


def _many(good: Path, bad: Path) -> None:
    with zipfile.ZipFile(bad, "w") as archive:
        for number in range(2000):
            archive.writestr(str(number), b"")


def _claims_large(good: Path, bad: Path) -> None:
    """Let the directory tell of more than there is."""
    content = bytearray(good.read_bytes())
    at = content.index(b"PK\1\2")
    struct.pack_into("<L", content, at + 24, 0xF0000000)
    bad.write_bytes(content)


def _comment(good: Path, bad: Path) -> None:
    """Hide a longer directory behind the end of a short one."""
    bad.write_bytes(good.read_bytes())
    with zipfile.ZipFile(bad, "a") as archive:
        archive.comment = b"PK\5\6" + bytes(18)


NO_ARCHIVE: list[tuple[str, Callable[[Path, Path], object], str]] = [
    ("nothing", lambda good, bad: bad.touch(), "archive_unreadable"),
    ("text", lambda good, bad: bad.write_text("text" * 100), "archive_unreadable"),
    ("a folder", lambda good, bad: bad.mkdir(), "archive_unreadable"),
    ("a link", lambda good, bad: bad.symlink_to(good), "archive_unreadable"),
    ("a pipe", lambda good, bad: os.mkfifo(bad), "archive_unreadable"),
    ("not there", lambda good, bad: None, "archive_file_unknown"),
    ("an empty zip", lambda good, bad: zipfile.ZipFile(bad, "w").close(), "archive_unreadable"),
    ("a way up", _rename("collections.jsonl", "../../../../etc/x"), "archive_members_unexpected"),
    ("an absolute way", _rename("collections.jsonl", "/tmp/ions.jsonl.x"), "archive_members_unexpected"),
    ("a drive", _rename("collections.jsonl", "C:\\llections.json"), "archive_members_unexpected"),
    ("a NUL", _nul, "archive_members_unexpected"),
    ("a link within", _rewritten(_link), "archive_members_unexpected"),
    ("a folder within", _rewritten(_folder), "archive_members_unexpected"),
    ("another compression", _rewritten(_bzip2), "archive_members_unexpected"),
    ("a member twice", _rewritten(_twice), "archive_members_unexpected"),
    ("encrypted", _encrypted, "archive_encrypted"),
    ("a bomb", _bomb, "archive_too_large"),
    ("a large claim", _claims_large, "archive_too_large"),
    ("many members", _many, "archive_unreadable"),
    ("a second end", _comment, "archive_members_unexpected"),
]  # fmt: skip


async def test_no_archive(
    home: Home, service: MemoryService, database: FreshDatabase, tmp_path: Path
) -> None:
    expected, found = {}, {}
    for number, (name, write, key) in enumerate(NO_ARCHIVE):
        file_name = f"none{number}.zip"
        write(home.path, tmp_path / file_name)
        expected[name] = key
        found[name] = await why(Home(home.database, tmp_path), service, file_name)
    assert found == expected
    assert not any((await contents(database)).values())


def test_a_line_without_end(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = 1 << 16
    monkeypatch.setattr(archive_file, "LONGEST_LINE", longest)
    monkeypatch.setattr(archive_format, "LONGEST_LINE", longest)
    lengths: list[int] = []

    def spy(columns: Any, line: bytes) -> Any:
        lengths.append(len(line))
        return archive_format.row_of(columns, line)

    monkeypatch.setattr(archive_file, "row_of", spy)
    members = {**members_of(home.path), "turns.jsonl": b" " * (10 << 20) + b"\n"}
    with pytest.raises(InvalidInput) as failure:
        read(forged(members, tmp_path / "bad.zip"))
    assert failure.value.key == "archive_line_invalid"
    assert max(lengths) == longest + 1
