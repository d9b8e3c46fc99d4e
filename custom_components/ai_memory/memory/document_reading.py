"""From a file to the chunks that are stored: read, cut, without secrets."""

import asyncio
from dataclasses import dataclass
from hashlib import blake2b, file_digest
import logging
import os
from pathlib import Path, PurePosixPath
import time

from ..documents.chunker import Chunk, chunk
from ..documents.cutting import weight
from ..documents.formats.content import FORMATS, Content, Limits, Problem, ReadError
from ..documents.language import find_language
from ..documents.reader import Reader
from ..documents.regular_file import open_regular
from ..postgres.chunks import ReadChunk, Reading, words_of_chunk
from ..text_forms import storable
from .secret_filter import MASK, find_secrets, mask

_LOGGER = logging.getLogger(__name__)

LONGEST_TITLE = 255  # characters, as the column
LONGEST_HEADING = 1000
_BORDER = 120
"""Characters at either side of where two chunks meet; key-words reach not as far."""
_SAID_AGAIN = 40
"""Characters, by which the overlap of two chunks is known."""
_BREATH = 0.0002
"""Seconds between two chunks: a thread that computes keeps the event loop from running for 5 ms at a time."""


class FileChanging(Exception):
    """A file was written while it was read."""


@dataclass(frozen=True, slots=True)
class FileNow:
    """What a file looks like. `sha256` is None of one that is too large to be read."""

    size: int
    modified_ns: int
    sha256: bytes | None


def format_of(name: str) -> str | None:
    """Return the format that a file has by its name, None for one that is not read."""
    extension = PurePosixPath(name).suffix[1:].lower()
    return extension if extension in FORMATS else None


def title_of(name: str, language: str | None) -> str:
    """Return what a document is called that has no title."""
    return usable_title(PurePosixPath(name).stem, language) or "-"


def usable_title(title: str, language: str | None) -> str:
    """Return a title as it is stored: on one line, without secrets."""
    masked, _ = mask(" ".join(storable(title).split()), language)
    return masked[:LONGEST_TITLE].strip()


def look_at(path: Path) -> FileNow:
    """Return what a file looks like; blocks. Raises OSError, FileChanging."""
    with open_regular(path) as file:
        before = os.fstat(file.fileno())
        digest = None
        if before.st_size <= Limits().bytes:
            digest = file_digest(file, "sha256").digest()
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileChanging
    return FileNow(after.st_size, after.st_mtime_ns, digest)


class DocumentReading:
    """Reads files, one at a time."""

    def __init__(self, reader: Reader, *, language: str) -> None:
        """Take what reads; `language` is taken for what tells none."""
        self._reader = reader
        self._language = language
        # One text at a time in memory, and one core busy.
        self._turn = asyncio.Lock()

    async def read(
        self,
        path: Path,
        *,
        name: str,
        title: str | None = None,
        language: str | None = None,
        within: Path | None = None,
    ) -> Reading:
        """Return what a file says. Raises ReadError, ReaderUnavailable."""
        async with self._turn:
            content = await self._reader.read(path, within=within)
            try:
                return await asyncio.to_thread(
                    self._cut, content, name, title, language
                )
            except ReadError:
                raise
            except Exception as err:
                # One file holds up no other.
                _LOGGER.exception("Unexpected error in a document")
                raise ReadError(Problem.BROKEN) from err

    async def close(self) -> None:
        """Let go of what reads."""
        await self._reader.close()

    def _cut(
        self, content: Content, name: str, title: str | None, language: str | None
    ) -> Reading:
        # Many files say a language that their word processor was set to.
        language = (
            language
            or find_language(block.text for block in content.blocks)
            or content.language
            or self._language
        )
        title = (
            title
            or usable_title(content.title or "", language)
            or title_of(name, language)
        )
        return _reading(content, title, language)


def _reading(content: Content, title: str, language: str) -> Reading:
    parts = chunk(content, title)
    texts = [part.text for part in parts]
    secrets = 0
    for at in range(1, len(parts)):
        secrets += _mask_across(texts, at, language)
        time.sleep(_BREATH)
    chunks: list[ReadChunk] = []
    for part, text in zip(parts, texts, strict=True):
        masked, found = _without_secrets(part, text, language)
        chunks.append(masked)
        secrets += found
        time.sleep(_BREATH)
    if not chunks:
        raise ReadError(Problem.NO_TEXT)
    return Reading(
        title=title,
        language=language,
        sha256=content.sha256,
        bytes=content.bytes,
        pages=content.pages,
        words=round(sum(weight(block.text) for block in content.blocks)),
        secrets=secrets,
        chunks=chunks,
    )


def _mask_across(texts: list[str], at: int, language: str) -> int:
    """Mask secrets where a text goes on in the one at an index; return how many.

    The key-word may stand in one, the value in the other.
    """
    before, text = texts[at - 1], texts[at]
    if before[-_SAID_AGAIN:] in text:
        # What stands in front of it stands in it.
        return 0
    tail, head = before[-_BORDER:], text[:_BORDER]
    if len(tail) < len(before):
        tail = tail[tail.find(" ") + 1 :]
    if len(head) < len(text):
        head = head[: head.rfind(" ")]
    secrets = find_secrets(f"{tail}\n{head}", language)
    offset = len(before) - len(tail)
    border = len(tail) + 1
    for secret in reversed(secrets):
        if secret.end > border:
            start = max(secret.start - border, 0)
            texts[at] = texts[at][:start] + MASK + texts[at][secret.end - border :]
        if secret.start < len(tail):
            start, end = offset + secret.start, offset + min(secret.end, len(tail))
            texts[at - 1] = texts[at - 1][:start] + MASK + texts[at - 1][end:]
    return len(secrets)


def _without_secrets(part: Chunk, text: str, language: str) -> tuple[ReadChunk, int]:
    """Return a chunk as it is stored, and how many secrets were masked in it; `text` is what is left of its own.

    Looked for in heading and text together: one may say what the other one holds.
    """
    heading, digest = part.heading, part.hash
    both, kinds = mask(f"{heading}\n{text}", language)
    if kinds or text != part.text:
        heading, _, text = both.partition("\n")
        # Of a text with a secret no hash is kept either.
        digest = blake2b(both.encode(), digest_size=16).digest()
    heading = heading[:LONGEST_HEADING]
    return (
        ReadChunk(
            position=part.position,
            page=part.page,
            heading=heading,
            text=text,
            hash=digest,
            words=words_of_chunk(heading, text),
        ),
        len(kinds),
    )
