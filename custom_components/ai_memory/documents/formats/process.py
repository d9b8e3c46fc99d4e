"""The child process that reads files: requests on standard input, answers as lines.

A request is one line of JSON: `path`, `within` (a folder or null) and `limits`. Its
answer is lines of JSON: lists of blocks as [kind, text, level, page], then one object,
either what else is known of the file, or `problem` and `detail`.
"""

from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
import importlib
import json
import logging
import math
import os
from pathlib import Path
import resource
import signal
import stat
import sys
from typing import Any, BinaryIO, Final

from .content import FORMATS, Block, Content, Draft, Limits, Problem, ReadError

_NICENESS: Final = 10
_PIECE: Final = 1024 * 1024
_CHARACTERS_PER_LINE: Final = 32_000
_BLOCKS_PER_LINE: Final = 500
_GRACE: Final = 10
"""Seconds after the parent's own limit, for when there is no parent any more."""


def main() -> None:
    """Answer requests until standard input ends."""
    # The parent decides when to end; a signal to its whole group is for itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICENESS)
    logging.disable()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing that prints can spoil the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _send(answers, {})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        limits = Limits(**request["limits"])
        signal.alarm(math.ceil(limits.seconds) + _GRACE)
        _limit_memory(limits.memory)
        _answer(answers, request["path"], request["within"], limits)
        signal.alarm(0)


def read_file(path: str, within: str | None, limits: Limits) -> Content:
    """Read one file; raises ReadError."""
    extension = Path(path).suffix.lower().removeprefix(".")
    if extension not in FORMATS:
        raise ReadError(Problem.UNSUPPORTED)
    data = read_bytes(path, within, limits)
    if not data:
        raise ReadError(Problem.EMPTY)
    draft = Draft(limits)
    module = importlib.import_module(f".{FORMATS[extension]}", __package__)
    try:
        module.read(data, draft)
    except MemoryError as err:
        raise ReadError(Problem.TOO_LARGE, "memory") from err
    except RecursionError as err:
        raise ReadError(Problem.BROKEN, "nesting") from err
    if not draft.blocks:
        packed = FORMATS[extension] in {"pdf", "docx", "epub"}
        raise ReadError(Problem.NO_TEXT if packed else Problem.EMPTY)
    first = draft.blocks[0]
    if first.kind == "heading" and first.level == 1:
        draft.describe(first.text, None)
    return Content(
        title=draft.title,
        language=draft.language,
        pages=draft.pages,
        blocks=draft.blocks,
        sha256=sha256(data).digest(),
        bytes=len(data),
    )


def read_bytes(path: str, within: str | None, limits: Limits) -> bytes:
    """Read all bytes of a regular file that really lies in the folder `within`.

    Symbolic links are followed. Raises ReadError.
    """
    try:
        # Asked first: opening a device or a pipe can do something.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise ReadError(Problem.UNSAFE_PATH, "not a file")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            opened = os.fstat(descriptor)
            if not stat.S_ISREG(opened.st_mode):
                raise ReadError(Problem.UNSAFE_PATH, "not a file")
            if within is not None and not _lies_in(path, within, opened):
                raise ReadError(Problem.UNSAFE_PATH, "outside")
            if opened.st_size > limits.bytes:
                raise ReadError(Problem.TOO_LARGE)
            buffer = bytearray()
            # Not all at once: that would take the memory for the largest file.
            while len(buffer) <= limits.bytes and (piece := file.read(_PIECE)):
                buffer += piece
    except ValueError as err:
        raise ReadError(Problem.UNSAFE_PATH, type(err).__name__) from err
    except OSError as err:
        raise ReadError(Problem.UNREADABLE, type(err).__name__) from err
    if len(buffer) > limits.bytes:
        raise ReadError(Problem.TOO_LARGE)
    return bytes(buffer)


def _lies_in(path: str, within: str, opened: os.stat_result) -> bool:
    """Tell whether the file that was opened is the one that lies in the folder now.

    A link that was changed between opening and asking leads to another file.
    """
    real = Path(path).resolve(strict=True)
    return real.is_relative_to(Path(within).resolve(strict=True)) and os.path.samestat(
        real.stat(), opened
    )


def _limit_memory(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    with suppress(OSError, ValueError):  # not every system can
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def _answer(answers: BinaryIO, path: str, within: str | None, limits: Limits) -> None:
    try:
        content = read_file(path, within, limits)
    except ReadError as err:
        problem, detail = err.problem, err.detail
    except MemoryError:
        problem, detail = Problem.TOO_LARGE, "memory"
    except Exception as err:  # noqa: BLE001 - a broken file can raise anything
        problem, detail = Problem.BROKEN, _place(err)
    else:
        _send_blocks(answers, content.blocks)
        _send(
            answers,
            {
                "title": content.title,
                "language": content.language,
                "pages": content.pages,
                "sha256": content.sha256.hex(),
                "bytes": content.bytes,
            },
        )
        return
    _send(answers, {"problem": problem.value, "detail": detail})


def _send_blocks(answers: BinaryIO, blocks: list[Block]) -> None:
    """Send blocks in lines that are short: the parent must not wait for any."""
    line: list[list[Any]] = []
    characters = 0
    for block in blocks:
        if line and (
            characters + len(block.text) > _CHARACTERS_PER_LINE
            or len(line) >= _BLOCKS_PER_LINE
        ):
            _send(answers, line)
            line, characters = [], 0
        line.append(list(asdict(block).values()))
        characters += len(block.text)
    _send(answers, line)


def _send(answers: BinaryIO, answer: object) -> None:
    answers.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    answers.flush()


def _place(err: Exception) -> str:
    """Name the kind of an error and the line of code that raised it."""
    trace = err.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(err).__name__
    name = Path(trace.tb_frame.f_code.co_filename).name
    return f"{type(err).__name__} in {name}:{trace.tb_lineno}"
