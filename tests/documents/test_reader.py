"""The child process that reads: its limits, its end, and what it never does."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Callable
from hashlib import sha256
import json
import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from custom_components.ai_memory.documents import reader as reader_module
from custom_components.ai_memory.documents.formats.content import (
    Limits,
    Problem,
    ReadError,
)
from custom_components.ai_memory.documents.reader import Reader, ReaderUnavailable
from tests.documents.making import FILES

pytestmark = pytest.mark.newest_only

MANUAL = FILES / "boiler_manual.pdf"
HOUSE_BOOK = FILES / "house_book.md"


@pytest.fixture
async def reader() -> AsyncGenerator[Reader]:
    """Give a reader, and see that its child is gone afterwards."""
    reader = Reader()
    yield reader
    child = reader._child
    await reader.close()
    assert child is None or child.returncode is not None


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


def child_of(reader: Reader) -> Process:
    """Give the child process, which there must be."""
    assert reader._child is not None
    return reader._child


def limits_of(child: Process) -> dict[str, list[str]]:
    """Give the resource limits of a process, soft and hard."""
    lines = Path(f"/proc/{child.pid}/limits").read_text().splitlines()
    return {line[:25].strip(): line[25:].split()[:2] for line in lines}


async def problem_of(reader: Reader, path: Path, **options: object) -> Problem:
    """Give why a file cannot be read."""
    with pytest.raises(ReadError) as caught:
        await reader.read(path, **options)  # type: ignore[arg-type]  # passed on
    return caught.value.problem


async def test_read(reader: Reader) -> None:
    """One child reads them all, and says exactly what it read."""
    content = await reader.read(MANUAL)
    first = reader.pid
    assert content.sha256 == sha256(MANUAL.read_bytes()).digest()
    assert (content.bytes, content.pages) == (MANUAL.stat().st_size, 14)
    assert content.title == "Kestrel Thermo 24 C: operating manual"
    assert [block.page for block in content.blocks if "F28" in block.text] == [12]
    book, other = await asyncio.gather(
        reader.read(HOUSE_BOOK), reader.read(FILES / "house_book.csv")
    )
    assert (book.title, book.language, book.pages) == ("Hausbuch Müller", "de", None)
    assert book.blocks[-1].text == "中文：暖气的水压应为一点五巴。"
    assert len(other.blocks) == 3
    assert reader.pid == first


async def test_much_text_comes_whole(reader: Reader, tmp_path: Path) -> None:
    """More than the pipe holds at once, and paragraphs without an end."""
    path = tmp_path / "long.txt"
    rows = [f"Zeile {number} äöü 日本" for number in range(20_000)]
    path.write_text("\n\n".join(rows) + "\n\n" + "語" * 500_000)
    content = await reader.read(path)
    assert [block.text for block in content.blocks[:20_000]] == rows
    assert "".join(block.text for block in content.blocks[20_000:]) == "語" * 500_000


def test_child_imports_nothing_of_the_house() -> None:
    """Neither Home Assistant nor the integration: they cost seconds and memory."""
    code = (
        reader_module._BOOTSTRAP
        + "import formats.pdf\n"
        + "print('\\n' + ' '.join(sys.modules), file=sys.stderr)"
    )
    path = json.dumps([entry for entry in sys.path if entry])
    child = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(reader_module._FORMATS), path],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    modules = child.stderr.splitlines()[-1].split()
    assert {"pypdf", "formats.content"} <= set(modules)
    tops = {module.partition(".")[0] for module in modules}
    assert not tops & {"homeassistant", "custom_components", "reader", "asyncio"}


async def test_limits_of_the_process(reader: Reader) -> None:
    await reader.read(HOUSE_BOOK, limits=Limits(memory=300 * 1024 * 1024))
    limits = limits_of(child_of(reader))
    assert limits["Max address space"][0] == str(300 * 1024 * 1024)
    assert limits["Max core file size"] == ["0", "0"]
    assert os.getpriority(os.PRIO_PROCESS, child_of(reader).pid) >= 10


# --- which files ---


async def test_links_must_not_lead_out(reader: Reader, tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    (folder / "sub").mkdir(parents=True)
    outside.mkdir()
    for place in (folder / "sub", outside):
        (place / "a.txt").write_text(place.name)
    (folder / "in.txt").symlink_to("sub/a.txt")
    (folder / "out.txt").symlink_to(outside / "a.txt")
    (folder / "out").symlink_to(outside)
    (tmp_path / "alias").symlink_to(folder)
    (folder / "circle.txt").symlink_to("circle.txt")

    async def read(path: Path) -> str:
        return (await reader.read(path, within=folder)).blocks[0].text

    assert await read(folder / "sub/a.txt") == "sub"
    assert await read(folder / "in.txt") == "sub"
    assert await read(tmp_path / "alias/in.txt") == "sub"
    for name in ("out.txt", "out/a.txt", "../outside/a.txt", "sub/../../outside/a.txt"):
        assert await problem_of(reader, folder / name, within=folder) == (
            Problem.UNSAFE_PATH
        )
    assert (await reader.read(folder / "out.txt")).blocks[0].text == "outside"
    assert await problem_of(reader, folder / "circle.txt") == Problem.UNREADABLE
    beside = tmp_path / "folder2"
    beside.mkdir()
    (beside / "a.txt").write_text("beside")
    assert await problem_of(reader, beside / "a.txt", within=folder) == (
        Problem.UNSAFE_PATH
    )


async def test_only_regular_files(reader: Reader, tmp_path: Path) -> None:
    """A pipe that nobody writes to would be waited for for ever."""
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "device.txt").symlink_to("/dev/zero")
    for name in ("pipe.txt", "folder.txt", "device.txt", "nul\0.txt"):
        assert await problem_of(reader, tmp_path / name) == Problem.UNSAFE_PATH
    assert await problem_of(reader, tmp_path / "gone.txt") == Problem.UNREADABLE
    assert await problem_of(reader, tmp_path / ("x" * 300 + ".txt")) == (
        Problem.UNREADABLE
    )


async def test_odd_names(reader: Reader, tmp_path: Path) -> None:
    for name in ("ein\nZeilenende.txt", 'Anführung".txt', "日本 ü.TXT", "\udcff.txt"):
        (tmp_path / name).write_text("da")
        assert (await reader.read(tmp_path / name)).blocks[0].text == "da"


async def test_too_large(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 101)
    assert await problem_of(reader, path, limits=Limits(bytes=100)) == Problem.TOO_LARGE
    assert (await reader.read(path, limits=Limits(bytes=101))).bytes == 101


async def test_file_that_changes_while_it_is_read(
    reader: Reader, tmp_path: Path
) -> None:
    """The hash is always the one of the text that was read."""
    path = tmp_path / "a.txt"
    editions = [f"Edition {letter}\n\n".encode() * 2_000 for letter in "AB"]
    texts = {sha256(data).digest(): data[:9].decode() for data in editions}
    path.write_bytes(editions[0])
    done = False

    def rewrite() -> None:
        turn = 0
        while not done:
            turn += 1
            new = tmp_path / "new"
            new.write_bytes(editions[turn % 2])
            new.replace(path)

    writing = asyncio.create_task(asyncio.to_thread(rewrite))
    seen = set()
    for _ in range(8):
        content = await reader.read(path)
        said = {block.text for block in content.blocks}
        assert said == {texts[content.sha256]}
        seen |= said
    done = True
    await writing
    assert seen


# --- ends ---


async def test_too_slow(reader: Reader) -> None:
    """What takes too long is stopped, and the next file has a new child."""
    await reader.read(HOUSE_BOOK)
    first = child_of(reader)
    # The child reads nothing any more, as if it hung in the file.
    os.kill(first.pid, signal.SIGSTOP)
    limits = Limits(seconds=0.2)
    assert await problem_of(reader, MANUAL, limits=limits) == Problem.TOO_SLOW
    assert first.returncode == -signal.SIGKILL
    assert (await reader.read(HOUSE_BOOK)).title == "Hausbuch Müller"


async def test_child_that_dies(reader: Reader) -> None:
    """A file that takes the child with it is broken; the next one is read."""
    await reader.read(HOUSE_BOOK)
    first = child_of(reader)
    os.kill(first.pid, signal.SIGSTOP)
    reading = asyncio.create_task(problem_of(reader, MANUAL))
    await asyncio.sleep(0)
    os.kill(first.pid, signal.SIGKILL)
    assert await reading == Problem.BROKEN
    assert (await reader.read(MANUAL)).pages == 14


async def test_child_that_died_idle(reader: Reader) -> None:
    """It is the fault of no file."""
    await reader.read(HOUSE_BOOK)
    first = child_of(reader)
    first.kill()
    await first.wait()
    assert (await reader.read(HOUSE_BOOK)).title == "Hausbuch Müller"
    assert reader.pid != first.pid


@pytest.mark.parametrize("answer", [b"[[1]]\n", b"nonsense\n", b'{"problem": "x"}\n'])
async def test_child_that_talks_nonsense(
    answer: bytes, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        f"import sys; sys.stdout.buffer.write({b'{}\n' + answer!r}); input(); input()"
    )
    with monkeypatch.context() as patch:
        patch.setattr(reader_module, "_BOOTSTRAP", code)
        assert await problem_of(reader, HOUSE_BOOK) == Problem.BROKEN
    assert (await reader.read(HOUSE_BOOK)).title == "Hausbuch Müller"


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "print('x' * 2_000_000)"])
async def test_child_that_does_not_start(
    code: str, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the fault of no file either."""
    with monkeypatch.context() as patch:
        patch.setattr(reader_module, "_BOOTSTRAP", code)
        with pytest.raises(ReaderUnavailable):
            await reader.read(HOUSE_BOOK)
        patch.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(ReaderUnavailable):
            await reader.read(HOUSE_BOOK)
    assert (await reader.read(HOUSE_BOOK)).title == "Hausbuch Müller"


async def test_signals_to_the_group_are_not_for_the_child(reader: Reader) -> None:
    await reader.read(HOUSE_BOOK)
    child = child_of(reader)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(child.pid, number)
    assert (await reader.read(MANUAL)).pages == 14
    assert reader.pid == child.pid


async def test_memory(reader: Reader, tmp_path: Path) -> None:
    """A file that wants too much is refused, and the child lives on."""
    path = tmp_path / "a.html"
    path.write_text("<p>x" * 6_000_000)
    limits = Limits(memory=64 * 1024 * 1024)
    assert await problem_of(reader, path, limits=limits) == Problem.TOO_LARGE
    assert (await reader.read(HOUSE_BOOK)).title == "Hausbuch Müller"


@pytest.mark.parametrize("started", [False, True])
async def test_cancelled_read_leaves_no_child(started: bool, reader: Reader) -> None:
    """Neither one that is still starting, nor one that reads."""
    if started:
        await reader.read(HOUSE_BOOK)
        os.kill(child_of(reader).pid, signal.SIGSTOP)
    reading = asyncio.create_task(reader.read(MANUAL))
    await until(lambda: reader._child and reader._turn.locked())
    child = child_of(reader)
    os.kill(child.pid, signal.SIGSTOP)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert child.returncode == -signal.SIGKILL
    assert (await reader.read(HOUSE_BOOK)).title == "Hausbuch Müller"


async def test_close_in_the_middle(reader: Reader) -> None:
    """It says nothing about the file; who waits for a turn is told too."""
    await reader.read(HOUSE_BOOK)
    child = child_of(reader)
    os.kill(child.pid, signal.SIGSTOP)
    reads = [asyncio.create_task(reader.read(MANUAL)) for _ in range(2)]
    await asyncio.sleep(0)
    await reader.close()
    results = await asyncio.gather(*reads, return_exceptions=True)
    assert [type(result) for result in results] == [ReaderUnavailable] * 2
    assert child.returncode == -signal.SIGKILL
    with pytest.raises(ReaderUnavailable):
        await reader.read(HOUSE_BOOK)


async def test_idle_child_is_ended(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "_IDLE_SECONDS", 0.01)
    await reader.read(HOUSE_BOOK)
    child = reader._child
    await until(lambda: child is None or child.returncode is not None)
    assert reader.pid is None
    assert (await reader.read(HOUSE_BOOK)).title == "Hausbuch Müller"


async def test_new_child_after_many_files(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "_FILES_PER_CHILD", 2)
    await reader.read(HOUSE_BOOK)
    child = child_of(reader)
    await reader.read(HOUSE_BOOK)
    assert child.returncode is not None
    await reader.read(HOUSE_BOOK)
    assert child_of(reader) is not child


async def test_child_ends_with_its_parent(reader: Reader) -> None:
    """Nobody kills it when `hass` is killed: the end of its input has to do."""
    await reader.read(HOUSE_BOOK)
    child = child_of(reader)
    assert child.stdin is not None
    child.stdin.close()
    async with asyncio.timeout(20):
        assert await child.wait() == 0
