"""A secret is masked also where its key-word and its value stand in two chunks."""

import pytest

from custom_components.ai_memory.documents.chunker import chunk
from custom_components.ai_memory.documents.formats.content import Block, Content
from custom_components.ai_memory.memory.document_reading import _reading

KEY = "The PIN of the alarm:"
VALUES = ["882405", "130977", "665210"]


def content(value: str, rows: int) -> Content:
    """Return a table of which a row says of what the one behind it is the value."""
    filler = "Part {}: the valve on the left lets water into the tank below the roof"
    texts = [
        *(filler.format(number) for number in range(rows)),
        KEY,
        value,
        *(filler.format(number) for number in range(rows, rows + 20)),
    ]
    blocks = [Block("row", text) for text in texts]
    return Content(None, "en", None, blocks, bytes(32), 1)


def parted(value: str, rows: int) -> bool:
    """Return whether no chunk holds key-word and value."""
    return not any(
        KEY in part.text and value in part.text
        for part in chunk(content(value, rows), "House")
    )


@pytest.mark.parametrize("value", VALUES)
def test_across_chunks(value: str) -> None:
    rows = next(rows for rows in range(60) if parted(value, rows))
    reading = _reading(content(value, rows), "House", "en")
    assert not any(value in part.text + part.words for part in reading.chunks)
    assert any(KEY in part.text for part in reading.chunks)
    assert reading.secrets == 1
    assert len({part.hash for part in reading.chunks}) == len(reading.chunks)
