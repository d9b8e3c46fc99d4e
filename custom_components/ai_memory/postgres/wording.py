"""Finds texts that say the same words as those that are to be forgotten."""

from collections.abc import Iterable
import json

from ..models import JsonValue
from ..text_forms import storable, tokenize


def _words(text: str) -> str:
    """Return the words, each between spaces: case, accents, punctuation and space do not count."""
    return f" {' '.join(token.normal for token in tokenize(text))} "


def texts_of(value: JsonValue) -> list[str]:
    """Return every text in a JSON value, keys as well."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *texts_of(item))]
    return []


def _handle(text: str) -> str:
    """Return the longest run of letters and digits that PostgreSQL compares without regard to case in any collation.

    Empty where there is none: then every row has to be looked at.
    """
    runs = "".join(
        char
        if char.isalnum() and (char.isascii() or char.lower() == char.upper())
        # Folded by `lower(... COLLATE "C")`.
        else " "
        for char in text
    ).split()
    return max(runs, key=len, default="").lower()


class Wording:
    """Texts, and whether others hold their words."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take texts."""
        kept = {storable(text) for text in texts} - {""}
        self._words = sorted({_words(text) for text in kept if tokenize(text)})
        # What is all symbols has no words.
        self._symbols = sorted({text for text in kept if not tokenize(text)})
        self.handles = sorted(set(map(_handle, kept)))
        """What stands, in small letters, in each text that holds the words: one of these."""

    def __bool__(self) -> bool:
        """Return whether there is anything to look for."""
        return bool(self._words or self._symbols)

    def is_in(self, text: str | None) -> bool:
        """Return whether a text holds all words of one of these, next to each other."""
        if not text:
            return False
        words = _words(text)
        return any(mine in words for mine in self._words) or any(
            mine in text for mine in self._symbols
        )

    def is_in_json(self, value: JsonValue) -> bool:
        """Return whether a text in a JSON value, or a key of it, does."""
        return any(map(self.is_in, texts_of(value)))

    def is_in_encoded(self, encoded: str | None) -> bool:
        """Return whether a text in encoded JSON does."""
        return encoded is not None and self.is_in_json(json.loads(encoded))

    def is_all_of(self, text: str) -> bool:
        """Return whether a text says these words and no more."""
        return _words(text) in self._words or text in self._symbols

    def is_all_of_json(self, encoded: str) -> bool:
        """Return whether a text in encoded JSON does."""
        return any(map(self.is_all_of, texts_of(json.loads(encoded))))
