"""From what a server returned to a vector that may be stored."""

from collections.abc import Sequence
import math
from typing import Final

from ..errors import DimensionsOutOfRange, InvalidEmbedding, WrongDimensions

# Fewer tell no meaning apart; more cannot be indexed: HNSW takes `halfvec` up to 4,000 (pgvector's README).
MIN_DIMENSIONS: Final = 8
MAX_DIMENSIONS: Final = 4000


def check_dimensions(dimensions: int, maximum: int = MAX_DIMENSIONS) -> None:
    """Raise DimensionsOutOfRange where vectors of that length cannot be had or stored."""
    maximum = min(maximum, MAX_DIMENSIONS)
    if not MIN_DIMENSIONS <= dimensions <= maximum:
        raise DimensionsOutOfRange(
            dimensions=str(dimensions),
            minimum=str(MIN_DIMENSIONS),
            maximum=str(maximum),
        )


def unit_vector(raw: Sequence[float], length: int, dimensions: int) -> list[float]:
    """Return `raw` cut to its first `dimensions` numbers and scaled to length 1.

    `length` is how many numbers `raw` must have. Raises WrongDimensions for another number of them, InvalidEmbedding for
    what is not finite or all zero.
    """
    if len(raw) != length:
        raise WrongDimensions(expected=str(length), received=str(len(raw)))
    try:
        numbers = [float(number) for number in raw]
    except TypeError, ValueError, OverflowError:
        raise InvalidEmbedding from None
    kept = numbers[:dimensions]
    norm = math.hypot(*kept)
    # NaN or infinity anywhere makes the length so.
    if norm == 0 or not math.isfinite(math.hypot(*numbers)):
        raise InvalidEmbedding
    return [number / norm for number in kept]
