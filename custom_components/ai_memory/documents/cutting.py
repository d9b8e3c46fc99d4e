"""How much text is, and where it is cut, so that an edit moves few cuts.

Weights are in words: half a word per character of Chinese and Japanese, a quarter per
character of Thai, Lao, Khmer and Burmese, one per 20 characters of a long word.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import accumulate
import re
from typing import Final
import unicodedata
from zlib import crc32

_CJK: Final = (
    "\u2e80-\u2fdf\u3000-\u30ff\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff00-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
_SOUTH_EAST: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
_IS_CJK = re.compile(f"[{_CJK}]")
_IS_SOUTH_EAST = re.compile(f"[{_SOUTH_EAST}]")
_UNSPACED = re.compile(f"[{_CJK}{_SOUTH_EAST}]")
_LONG_WORD: Final = 20
_ATOM = re.compile(f"[{_CJK}{_SOUTH_EAST}]|[^\\s{_CJK}{_SOUTH_EAST}]{{1,{_LONG_WORD}}}")
_CLAUSE_ENDS: Final = frozenset(",;:،؛、，；：–—")
_CLOSING: Final = frozenset(
    ",;:.!?)]}，、。！？；：」』）】》〉ーゃゅょっャュョッะาำๅๆฯ"
)
_GLUED: Final = frozenset("\u200dเแโใไ「『（【《〈([{")

_PIECE: Final = (8.0, 20.0)
"""Words, at least and at most, of the pieces of an overlong sentence."""


def weight(text: str) -> float:
    """Give how many words the text counts for."""
    dense = 0.0
    if not text.isascii() and _UNSPACED.search(text):
        text, characters = _IS_CJK.subn(" ", text)
        dense = characters / 2
        text, characters = _IS_SOUTH_EAST.subn(" ", text)
        dense += characters / 4
    return dense + sum(-(-len(word) // _LONG_WORD) for word in text.split())


def rank(tier: int, text: str) -> int:
    """Give how unwelcome a cut in front of the text is; equal only for equal text."""
    return tier << 32 | crc32(text.encode())


def cuts(
    weights: Sequence[float], ranks: Sequence[int], least: float, most: float
) -> list[int]:
    """Give where to cut: the indices at which a new part begins, 0 left out.

    A part weighs between `least` and `most` where the items allow it, the last ones
    down to 0.6 of `least`. Ranks come from the text alone, and cuts are where they are
    lowest, so the cuts behind an edit are soon where they were before it, at the next
    anchor at the latest.
    """
    found: list[int] = []
    anchors = [*_anchors(weights, ranks, 3 * least), len(weights)]
    begin = 0
    for anchor in anchors:
        if begin:
            found.append(begin)
        found += _cuts_between(weights, ranks, begin, anchor, least, most)
        begin = anchor
    return found


def _anchors(
    weights: Sequence[float], ranks: Sequence[int], reach: float
) -> Iterator[int]:
    """Give the items whose rank is the lowest within `reach` on both sides.

    The first and the last `reach` have none. Takes time in proportion to the items: the
    queue holds those that are the lowest from themselves to the end of the reach.
    """
    sums = [0.0, *accumulate(weights)]
    queue: deque[int] = deque()
    ahead = 0
    for at in range(len(weights)):
        while ahead < len(weights) and sums[ahead] - sums[at] <= reach:
            while queue and ranks[queue[-1]] > ranks[ahead]:
                queue.pop()
            queue.append(ahead)
            ahead += 1
        while sums[at] - sums[queue[0]] > reach:
            queue.popleft()
        if queue[0] == at and reach <= sums[at] <= sums[-1] - reach:
            yield at


def _cuts_between(
    weights: Sequence[float],
    ranks: Sequence[int],
    begin: int,
    end: int,
    least: float,
    most: float,
) -> Iterator[int]:
    rest = sum(weights[begin:end])
    while rest > most:
        low = min(least, max(0.6 * least, rest - most))
        high = min(most, rest - 0.6 * least)
        begin, done = _cut(weights, ranks, begin, end, low, high, 0.3 * least)
        rest -= done
        if begin >= end or rest < 0.3 * least:
            return
        yield begin


def _cut(
    weights: Sequence[float],
    ranks: Sequence[int],
    begin: int,
    end: int,
    low: float,
    high: float,
    tiny: float,
) -> tuple[int, float]:
    """Give the best cut behind `begin`, and what the part in front of it weighs."""
    best: tuple[int, int, float] | None = None
    below: tuple[int, float] | None = None
    done = 0.0
    for at in range(begin, end):
        done += weights[at]
        if done < low:
            if done >= tiny:
                below = (at + 1, done)
        elif done <= high and at + 1 < end:
            if best is None or ranks[at + 1] < best[0]:
                best = (ranks[at + 1], at + 1, done)
        elif best:
            return best[1], best[2]
        else:
            return below or (at + 1, done)
    return (best[1], best[2]) if best else (end, done)


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Give start and end of the parts of an overlong sentence.

    It is cut at line ends, clauses or words, of scripts without spaces at characters; a
    word only if it has hundreds of them.
    """
    starts: list[int] = []
    weights: list[float] = []
    ranks: list[int] = []
    for match in _ATOM.finditer(text):
        start, end = match.span()
        starts.append(start)
        first = text[start]
        if _IS_CJK.match(first):
            weights.append(0.5)
        else:
            weights.append(0.25 if _IS_SOUTH_EAST.match(first) else 1.0)
        ranks.append(rank(_tier(text, start), text[start : max(end, start + 6)]))
    bounds = [starts[at] for at in cuts(weights, ranks, *_PIECE)]
    for start, end in zip([0, *bounds], [*bounds, len(text)], strict=True):
        yield start, end


def _tier(text: str, at: int) -> int:
    """Tell how unwelcome a cut at `at` is: 0 at a line end to 3 inside a word."""
    if not at:
        return 0
    before = text[at - 1]
    if before == "\n":
        return 0
    if before.isspace():
        return 1 if text[at - 2] in _CLAUSE_ENDS else 2
    if (
        text[at] in _CLOSING
        or before in _GLUED
        or unicodedata.category(text[at])[0] == "M"
        or not (_UNSPACED.match(text[at]) or _UNSPACED.match(before))
    ):
        return 3
    return 1 if before in _CLAUSE_ENDS else 2
