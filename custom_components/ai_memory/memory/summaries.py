"""What can be looked up on a shelf, in words that stand there."""

from collections.abc import Iterable, Sequence

from ..documents.sentences import sentences
from .near_duplicates import words_of

LONGEST_SUMMARY = 2000  # characters, as the column
_TITLES = 1000
_SENTENCES = 1500
"""Characters, with what stands before."""
_FEWEST_WORDS, _MOST_WORDS = 4, 40
"""Of a sentence that tells something by itself."""
_LONGEST_SENTENCE = 200
"""Characters of a sentence that is read out."""


def extract_summary(titles: Sequence[str], texts: Iterable[str]) -> str:
    """Return titles and the first telling sentence of each text while they fit; empty where there is nothing.

    Of documents the texts are their beginnings: those say what they are about.
    """
    summary = _joined(titles)
    for text in texts:
        sentence = _first(text)
        if len(summary) + 1 + len(sentence) > _SENTENCES:
            break
        if sentence and sentence not in summary:
            summary = f"{summary} {sentence}".lstrip()
    return summary


def telling_sentence(text: str, query: str) -> str:
    """Return the sentence of a text that holds most words of a query, in a length that can be read out."""
    asked = set(words_of(query))
    best = max(
        _sentences(text),
        # The longer a word, the more it tells.
        key=lambda one: sum(map(len, asked.intersection(words_of(one)))),
        default="",
    )
    if len(best) <= _LONGEST_SENTENCE:
        return best
    cut = best[:_LONGEST_SENTENCE]
    return f"{cut.rpartition(' ')[0] or cut} …"


def _sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in sentences(text)]


def _first(text: str) -> str:
    for sentence in _sentences(text):
        if _FEWEST_WORDS <= len(words_of(sentence)) <= _MOST_WORDS:
            return sentence
    return ""


def _joined(titles: Sequence[str]) -> str:
    """Return as many titles as fit, as a sentence; a mark stands for the rest."""
    joined = ""
    for title in titles:
        longer = f"{joined}; {title}" if joined else title
        if len(longer) > _TITLES:
            return f"{joined} …"
        joined = longer
    return f"{joined}." if joined else ""
