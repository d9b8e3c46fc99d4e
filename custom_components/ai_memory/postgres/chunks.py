"""The chunks of a document and what is searched of them, always within a transaction of somebody else's."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched
from uuid import UUID

from ..text_forms import lexical
from .database import PooledConnection
from .forgetting import BULK_TIMEOUT, uncount
from .languages import text_search_configuration
from .queries import load

SQL = load("chunks")

_BATCH = 200
"""Chunks of which the text goes to or from the database at once: more would hold up the event loop."""


@dataclass(frozen=True, slots=True)
class ReadChunk:
    """A passage of a document, without secrets. `words` is what it is found by, for to_tsvector."""

    position: int
    page: int | None
    heading: str
    text: str
    hash: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file said when it was read. `sha256` is of its `bytes` bytes, `secrets` how many were masked."""

    title: str
    language: str | None
    sha256: bytes
    bytes: int
    pages: int | None
    words: int
    secrets: int
    chunks: list[ReadChunk]


def words_of_chunk(heading: str, text: str) -> str:
    """Return by which words a chunk is found, for to_tsvector."""
    return lexical(f"{heading}\n{text}")


async def write_chunks(
    connection: PooledConnection,
    document_id: UUID,
    owner: str,
    shelf: int,
    reading: Reading,
    *,
    keep: bool,
) -> bool:
    """Make the chunks of a document those that were read; return whether any is gone, or on another page.

    With `keep`, chunks that say the same as before stay with their vectors.
    """
    before = await connection.fetch(SQL["of_document"], document_id, owner)
    stored: defaultdict[bytes, list[int]] = defaultdict(list)
    for row in reversed(before):
        stored[row["hash"]].append(row["id"])
    new, same = [], []
    for chunk in reading.chunks:
        if keep and stored[chunk.hash]:
            same.append((stored[chunk.hash].pop(), chunk))
        else:
            new.append(chunk)
    kept = {chunk_id for chunk_id, _ in same}
    gone = [row["id"] for row in before if row["id"] not in kept]
    # Before the new ones: whoever makes vectors locks passages first as well, and then their shelf.
    await _delete(connection, document_id, owner, gone)
    if same:
        await connection.execute(
            SQL["place"],
            document_id,
            owner,
            [chunk_id for chunk_id, _ in same],
            [chunk.position for _, chunk in same],
            [chunk.page for _, chunk in same],
            timeout=BULK_TIMEOUT,
        )
    for some in batched(new, _BATCH, strict=False):
        await connection.execute(
            SQL["insert"],
            document_id,
            owner,
            shelf,
            text_search_configuration(reading.language),
            [chunk.position for chunk in some],
            [chunk.page for chunk in some],
            [chunk.heading for chunk in some],
            [chunk.hash for chunk in some],
            [chunk.text for chunk in some],
            [chunk.words for chunk in some],
            timeout=BULK_TIMEOUT,
        )
    pages = {row["id"]: row["page"] for row in before}
    is_moved = any(pages[chunk_id] != chunk.page for chunk_id, chunk in same)
    if is_moved:
        await connection.execute(SQL["renew"], shelf, owner)
    return bool(gone) or is_moved


async def _delete(
    connection: PooledConnection, document_id: UUID, owner: str, chunks: list[int]
) -> None:
    if not chunks:
        return
    rows = await connection.fetch(
        SQL["passages_of_chunks"], chunks, owner, timeout=BULK_TIMEOUT
    )
    passages = [row["id"] for row in rows]
    await uncount(connection, [owner], passages)
    await connection.execute(
        SQL["delete_passages"], passages, owner, timeout=BULK_TIMEOUT
    )
    await connection.execute(
        SQL["delete"], chunks, document_id, owner, timeout=BULK_TIMEOUT
    )


async def delete_chunks(
    connection: PooledConnection, document_id: UUID, owner: str
) -> bool:
    """Delete the chunks of a document with all that rests on them; return whether there were any."""
    rows = await connection.fetch(SQL["of_document"], document_id, owner)
    await _delete(connection, document_id, owner, [row["id"] for row in rows])
    return bool(rows)


async def _passages(
    connection: PooledConnection, document_ids: Sequence[UUID], owner: str
) -> list[int]:
    rows = await connection.fetch(
        SQL["passages_of_documents"], document_ids, owner, timeout=BULK_TIMEOUT
    )
    return [row["id"] for row in rows]


async def hide_chunks(
    connection: PooledConnection, document_ids: Sequence[UUID], owner: str
) -> None:
    """Let no search find documents: vectors and lexemes go, the text stays for whoever restores it."""
    passages = await _passages(connection, document_ids, owner)
    await uncount(connection, [owner], passages)
    # Also locks them against whoever makes vectors right now.
    await connection.execute(
        SQL["set_hidden"], passages, owner, True, timeout=BULK_TIMEOUT
    )
    for name in ("delete_lexemes", "delete_vectors"):
        await connection.execute(SQL[name], passages, owner, timeout=BULK_TIMEOUT)


async def show_chunks(
    connection: PooledConnection,
    document_id: UUID,
    owner: str,
    language: str | None,
) -> None:
    """Let searches find a document again, by its words at once."""
    passages = await _passages(connection, [document_id], owner)
    await connection.execute(
        SQL["set_hidden"], passages, owner, False, timeout=BULK_TIMEOUT
    )
    configuration = text_search_configuration(language)
    for some in batched(passages, _BATCH, strict=False):
        texts = await connection.fetch(SQL["texts"], some, owner)
        words = await asyncio.to_thread(
            lambda texts: [
                words_of_chunk(row["heading"], row["text"]) for row in texts
            ],
            texts,
        )
        await connection.execute(
            SQL["insert_lexemes"],
            [row["id"] for row in texts],
            owner,
            configuration,
            words,
            timeout=BULK_TIMEOUT,
        )
