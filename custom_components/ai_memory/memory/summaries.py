"""What can be looked up on a shelf, in words that stand there."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
import math

from ..documents.sentences import sentences
from .near_duplicates import words_of

LONGEST_SUMMARY = 2000  # characters, as the column
_TITLES = 1000  # characters
_FEWEST_WORDS, _MOST_WORDS = 5, 40
"""Of a sentence that tells something by itself."""
_SENTENCES = 8
_IN_COMMON = 0.5
"""What stands in a larger share of the texts than this are words like "the"."""


def extract_summary(titles: Sequence[str], texts: Sequence[str]) -> str:
    """Return titles and the most telling sentences, at most LONGEST_SUMMARY characters; empty where there is nothing.

    A sentence tells by the words that stand in several texts, but not in most; each word counts once in a summary.
    """
    summary = _joined("; ", titles, _TITLES)
    if summary and not summary.endswith((".", "…")):
        summary += "."
    counts = Counter(chain.from_iterable(set(words_of(text)) for text in texts))
    weights = {
        word: math.log(1 + number)
        for word, number in counts.items()
        if len(word) > 1 and number <= max(1, _IN_COMMON * len(texts))
    }
    candidates = {
        sentence: frozenset(words)
        for text in texts
        for start, end in sentences(text)
        if _FEWEST_WORDS
        <= len(words := words_of(sentence := " ".join(text[start:end].split())))
        <= _MOST_WORDS
    }
    for _ in range(min(_SENTENCES, len(candidates))):
        best = max(
            candidates,
            key=lambda one: _weight(candidates[one], weights) / len(candidates[one]),
        )
        words = candidates.pop(best)
        if not _weight(words, weights):
            break
        if len(summary) + 1 + len(best) <= LONGEST_SUMMARY:
            summary += f" {best}" if summary else best
            for word in words:
                weights.pop(word, None)
    return summary


def _weight(words: Iterable[str], weights: dict[str, float]) -> float:
    return sum(weights.get(word, 0.0) for word in words)


def _joined(between: str, parts: Sequence[str], length: int) -> str:
    """Return as many of the parts as fit into a length; a mark stands for the rest."""
    joined = ""
    for part in parts:
        longer = f"{joined}{between}{part}" if joined else part
        if len(longer) > length - 2:
            return f"{joined} …".lstrip()
        joined = longer
    return joined
