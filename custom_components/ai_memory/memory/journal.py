"""Turns that are not in the database yet, on disk.

A turn is appended before its reply counts as given, so that neither a dead database nor a killed Home Assistant loses
it. One JSON object a line; a line that was cut by a crash is no turn. Turns carry their own id, so replaying one that
did reach the database changes nothing.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
import errno
import json
import os
from pathlib import Path
import re
from typing import Any, NamedTuple
from uuid import UUID

from ..models import (
    AnsweredBy,
    CacheVerdict,
    ContextReference,
    Message,
    ReferenceVerdict,
    ToolExecution,
    Turn,
)
from ..postgres.wording import texts_of

_FIELD = re.compile(r'"(owner|conversation_id|started_at)": "([^"\\]*)"')
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
LIMIT = 16 * 1024 * 1024
"""Bytes; some 10,000 turns, weeks of a household. What waits is in memory as well."""


def _encode(turn: Turn) -> bytes:
    return json.dumps(asdict(turn), ensure_ascii=False, default=str).encode() + b"\n"


def _decode(line: bytes) -> Turn:
    fields: dict[str, Any] = json.loads(line)
    fields["id"] = UUID(fields["id"])
    fields["started_at"] = datetime.fromisoformat(fields["started_at"])
    fields["answered_by"] = AnsweredBy(fields["answered_by"])
    fields["cache"] = CacheVerdict(fields["cache"])
    fields["messages"] = [Message(**message) for message in fields["messages"]]
    fields["tools"] = [ToolExecution(**tool) for tool in fields["tools"]]
    fields["references"] = [
        ContextReference(
            **{**reference, "verdict": ReferenceVerdict(reference["verdict"])}
        )
        for reference in fields["references"]
    ]
    return Turn(**fields)


class SetAside(NamedTuple):
    """A line of what was set aside; what a cut line does not tell is None."""

    owner: str | None
    conversation_id: str | None
    started_at: datetime | None
    text: str
    """Every text in it, one after the other."""

    def is_before(self, moment: datetime) -> bool:
        """Return whether it began before a moment, or nobody knows when."""
        return self.started_at is None or self.started_at < moment


def _set_aside(line: bytes) -> SetAside:
    try:
        fields = json.loads(line)
        text = "\n".join(texts_of(fields))
    except ValueError, RecursionError:
        raw = line.decode(errors="replace")
        fields = dict(_FIELD.findall(raw))
        text = _ESCAPE.sub(" ", raw)
    if not isinstance(fields, dict):
        fields = {}
    started_at = None
    with suppress(ValueError):
        started_at = datetime.fromisoformat(str(fields.get("started_at")))
    owner, conversation_id = fields.get("owner"), fields.get("conversation_id")
    return SetAside(
        owner if isinstance(owner, str) else None,
        conversation_id if isinstance(conversation_id, str) else None,
        # Ours have a zone: what has none is of somebody else's making.
        started_at if started_at and started_at.tzinfo else None,
        text,
    )


class Journal:
    """An append-only file that is emptied once all of it is in the database."""

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        """Take the file's path; `limit` is in bytes."""
        self._path = path
        self._limit = limit
        self._rejected = path.with_suffix(".rejected")
        self._lock = asyncio.Lock()
        self._size = 0

    @property
    def size(self) -> int:
        """Return the length of the file in bytes."""
        return self._size

    async def load(self) -> list[Turn]:
        """Return the turns that a former run left, oldest first. Raises OSError."""
        async with self._lock:
            return await asyncio.to_thread(self._load)

    @property
    def is_full(self) -> bool:
        """Return whether the file has reached its limit."""
        return self._size >= self._limit

    async def append(self, turn: Turn) -> None:
        """Write a turn. Raises OSError."""
        line = _encode(turn)
        async with self._lock:
            await asyncio.to_thread(self._append, line)
            self._size += len(line)

    async def clear(self) -> None:
        """Empty the journal: all of it is in the database. Raises OSError."""
        async with self._lock:
            if self._size:
                await asyncio.to_thread(os.truncate, self._path, 0)
                self._size = 0

    async def set_aside(self, turn: Turn) -> None:
        """Keep a turn that the database will never take in a file beside the journal. Raises OSError."""
        async with self._lock:
            await asyncio.to_thread(self._append, _encode(turn), self._rejected)

    async def forget_set_aside(self, matches: Callable[[SetAside], bool]) -> int:
        """Delete what matches of what was set aside; return how many lines that were. Raises OSError."""
        async with self._lock:
            return await asyncio.to_thread(self._forget_set_aside, matches)

    async def remove(self) -> None:
        """Delete the journal and what was set aside. Raises OSError."""
        async with self._lock:
            await asyncio.to_thread(self._remove)

    def _load(self) -> list[Turn]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        turns = []
        for line in content.splitlines(keepends=True):
            try:
                turns.append(_decode(line))
            except (
                ValueError,
                KeyError,
                TypeError,
                AttributeError,
                RecursionError,
            ):
                # Cut by a crash while it was written, and its reply not given; or of another version.
                self._append(line.rstrip(b"\n") + b"\n", self._rejected)
        self._size = len(content)
        if content and not content.endswith(b"\n"):
            self._append(b"\n")
            self._size += 1
        return turns

    def _forget_set_aside(self, matches: Callable[[SetAside], bool]) -> int:
        try:
            lines = self._rejected.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return 0
        kept = [line for line in lines if not matches(_set_aside(line))]
        if len(kept) == len(lines):
            return 0
        if not kept:
            self._rejected.unlink()
            return len(lines)
        # All at once: a crash leaves the one or the other.
        new = self._rejected.with_suffix(".new")
        new.unlink(missing_ok=True)
        self._append(b"".join(kept), new)
        new.replace(self._rejected)
        return len(lines) - len(kept)

    def _append(self, line: bytes, path: Path | None = None) -> None:
        with self._descriptor(path or self._path) as descriptor:
            before = os.fstat(descriptor).st_size
            if os.write(descriptor, line) < len(line):
                # Half a line would spoil the next one.
                os.ftruncate(descriptor, before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @contextmanager
    def _descriptor(self, path: Path) -> Iterator[int]:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _remove(self) -> None:
        self._path.unlink(missing_ok=True)
        self._rejected.unlink(missing_ok=True)
        self._rejected.with_suffix(".new").unlink(missing_ok=True)
        self._size = 0
