"""How much disk vectors take, with their indexes."""

from .maintenance import INDEX_FROM

_PAGE = 8192 - 24  # bytes, without the header of the page
_ITEM = 4  # a pointer within a page
_ROW = (
    24 + 8 + 4 + 20 + 8
)  # header, passage, model, owner, length and dimensions of the vector
_BTREES = 80  # bytes of a row in the primary key and in the index on model and owner, which split as they grow
_HNSW = (
    96 + 2 * 16 * 6 + 24
)  # element and neighbours of pgvector's default m = 16, with their headers


def vector_bytes(number: int, dimensions: int) -> int:
    """Return about how many bytes so many vectors take; the HNSW index is built from INDEX_FROM on."""
    vector = 2 * dimensions
    found = _paged(number, _ROW + vector) + number * _BTREES
    if number >= INDEX_FROM:
        found += _paged(number, _HNSW + vector)
    return found


def _paged(number: int, size: int) -> int:
    """Return the bytes of pages that hold rows of one size: no row is split between two."""
    in_page = max(1, _PAGE // (size + _ITEM))
    return -(-number // in_page) * 8192
