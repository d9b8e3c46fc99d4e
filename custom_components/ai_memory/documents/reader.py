"""Reading files in a child process: what breaks, hangs or grows there stays there."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import asdict
import json
import logging
from pathlib import Path
import sys
from typing import Any, Final, cast

from .formats.content import Block, BlockKind, Content, Limits, Problem, ReadError

_LOGGER = logging.getLogger(__name__)

_IDLE_SECONDS: Final = 60.0
_FILES_PER_CHILD: Final = 200
"""What parsers leave behind in memory goes with the child."""
_START_SECONDS: Final = 30.0
_END_SECONDS: Final = 5.0
"""A child that waits for a file share may not even hear SIGKILL."""
_LONGEST_LINE: Final = 1024 * 1024
"""Bytes; lines have 32,000 characters, and blocks at most half of that."""

_FORMATS: Final = Path(__file__).parent / "formats"
# The package is loaded by its path, so that neither the integration around it nor Home
# Assistant is imported; the parent's own search path says where pypdf is.
_BOOTSTRAP: Final = """
import importlib, importlib.util, json, sys
folder, path = sys.argv[1:]
sys.path[:] = json.loads(path)
spec = importlib.util.spec_from_file_location(
    "formats", folder + "/__init__.py", submodule_search_locations=[folder]
)
package = importlib.util.module_from_spec(spec)
sys.modules["formats"] = package
spec.loader.exec_module(package)
importlib.import_module("formats.process").main()
"""


class ReaderUnavailable(Exception):
    """Nothing can be read now; it says nothing about the file."""


class Reader:
    """Reads one file at a time; further ones wait for their turn."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._files = 0
        self._idle: asyncio.TimerHandle | None = None
        self._closed = False
        self._has_failed = False
        """The child does not start, and that was told."""

    @property
    def pid(self) -> int | None:
        """The id of the child process, where there is one."""
        return self._child.pid if self._child else None

    async def read(
        self, path: Path, *, limits: Limits | None = None, within: Path | None = None
    ) -> Content:
        """Read what a file says.

        With `within`, the file must really lie in that folder, also behind links.
        Raises ReadError, or ReaderUnavailable where it is not the file's fault.
        """
        limits = limits or Limits()
        request = {
            "path": str(path),
            "within": None if within is None else str(within),
            "limits": asdict(limits),
        }
        async with self._turn:
            self._stop_idling()
            child = await self._started()
            self._files += 1
            try:
                async with asyncio.timeout(limits.seconds):
                    content = await _ask(child, request)
            except TimeoutError as err:
                await self._end()
                raise ReadError(Problem.TOO_SLOW) from err
            except ReadError:
                raise
            except BaseException as err:
                # Also a cancelled read: the child would go on with its file.
                await self._end()
                if self._closed and isinstance(err, Exception):
                    raise ReaderUnavailable("closed") from err
                if isinstance(err, _LOST):
                    status = child.returncode
                    raise ReadError(Problem.BROKEN, f"child died: {status}") from err
                raise
            finally:
                await self._rest()
        return content

    async def close(self) -> None:
        """End the child; a file that is being read is given up."""
        self._closed = True
        self._stop_idling()
        await self._end()

    async def _started(self) -> Process:
        """Give the child, a new one where there is none."""
        if self._closed:
            raise ReaderUnavailable("closed")
        if self._child and self._child.returncode is None:
            return self._child
        self._files = 0
        try:
            child = self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                # Neither the environment, nor `site`, nor the working folder adds
                # anything to what is imported.
                "-I",
                "-S",
                "-c",
                _BOOTSTRAP,
                str(_FORMATS),
                json.dumps([entry for entry in sys.path if entry]),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_LONGEST_LINE,
                start_new_session=True,
            )
            async with asyncio.timeout(_START_SECONDS):
                await _line(child)
        except (OSError, *_LOST) as err:
            await self._end()
            if not self._closed and not self._has_failed:
                self._has_failed = True
                _LOGGER.warning(
                    "No document can be read: the process for it does not start (%r)",
                    err,
                )
            raise ReaderUnavailable("the child process does not start") from err
        except BaseException:
            await self._end()
            raise
        if self._closed:
            await self._end()
            raise ReaderUnavailable("closed")
        if self._has_failed:
            self._has_failed = False
            _LOGGER.info("Documents can be read again")
        return child

    async def _rest(self) -> None:
        """Keep the child for the next file, for a while."""
        if self._files >= _FILES_PER_CHILD:
            await self._end()
        elif self._child:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(_IDLE_SECONDS, self._kill)

    def _stop_idling(self) -> None:
        if self._idle:
            self._idle.cancel()
            self._idle = None

    def _kill(self) -> Process | None:
        """End the child at once: it has nothing to lose."""
        child, self._child = self._child, None
        if child:
            with suppress(ProcessLookupError):
                child.kill()
        return child

    async def _end(self) -> None:
        """End the child and wait until it is gone."""
        if child := self._kill():
            with suppress(TimeoutError):
                async with asyncio.timeout(_END_SECONDS):
                    await child.wait()


_LOST: Final = (
    EOFError,
    ConnectionError,
    TimeoutError,
    ValueError,
    KeyError,
    TypeError,
)
"""What a child that died, or one that talks nonsense, looks like from here."""


async def _ask(child: Process, request: dict[str, Any]) -> Content:
    """Have a file read."""
    if child.stdin is None:
        raise EOFError
    child.stdin.write(json.dumps(request).encode() + b"\n")
    await child.stdin.drain()
    blocks: list[Block] = []
    async with aclosing(_answers(child)) as answers:
        async for answer in answers:
            if isinstance(answer, list):
                blocks += [
                    Block(cast(BlockKind, kind), text, level, page)
                    for kind, text, level, page in answer
                ]
                continue
            if "problem" in answer:
                _LOGGER.debug(
                    "A file cannot be read: %s (%s)",
                    answer["problem"],
                    answer["detail"],
                )
                raise ReadError(Problem(answer["problem"]), answer["detail"])
            return Content(
                title=answer["title"],
                language=answer["language"],
                pages=answer["pages"],
                blocks=blocks,
                sha256=bytes.fromhex(answer["sha256"]),
                bytes=answer["bytes"],
            )
    raise EOFError


async def _answers(child: Process) -> AsyncGenerator[Any]:
    while True:
        yield json.loads(await _line(child))
        # Others have their turn between two lines, also when both are here already.
        await asyncio.sleep(0)


async def _line(child: Process) -> bytes:
    """Read a line; raises EOFError, or ValueError of one that is too long."""
    line = await child.stdout.readline() if child.stdout else b""
    if not line.endswith(b"\n"):
        raise EOFError
    return line
