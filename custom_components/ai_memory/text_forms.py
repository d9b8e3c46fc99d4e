"""Text as it is stored, compared, searched and cut into words."""

from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache
import hashlib
from itertools import pairwise
import json
import math
import re
from typing import NamedTuple
import unicodedata

from .errors import InvalidInput
from .models import JsonValue

# PostgreSQL takes no NUL and no surrogate in text and jsonb; the other control
# characters have no meaning in what people write.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSTORABLE_JSON = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n?")

APOSTROPHES = "'`´‘’‛′＇ʹʻʼʽˈꞌ\u0374"
_VARIANTS = str.maketrans(
    dict.fromkeys(APOSTROPHES, "'")
    | dict.fromkeys("‐‑‒–—―−⁻﹘﹣－", "-")
    | dict.fromkeys("“”„‟″＂", '"')
)
_KEPT_PUNCTUATION = frozenset("%‰‱٪؉&@#*/\\§¶†‡٫٬")
_NEVER_IN_NUMBERS = frozenset("!?;¿¡؟؛‽")
_DOTS = re.compile(r"\.{2,}|…")

type _Ranges = tuple[tuple[int, int], ...]

_ZERO_WIDTH_SPACE = "\u200b"
# The ranges of scripts that are written without spaces between words, and Hangul,
# whose particles are written onto the word.
_UNSPACED: _Ranges = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # iteration mark, closing mark, zero
    (0x3021, 0x3029),  # Hangzhou numerals
    (0x3031, 0x3035),  # Kana repeat marks
    (0x3041, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Myanmar extended
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFF66, 0xFF9F),  # Katakana, half width
    (0x1AFF0, 0x1B16F),  # Kana supplements
    (0x20000, 0x3FFFF),  # Han, supplementary planes
)
_HANGUL: _Ranges = (
    (0x1100, 0x11FF),
    (0x3131, 0x318E),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xFFA0, 0xFFDC),
)
_KATAKANA: _Ranges = (
    (0x30A1, 0x30FA),
    (0x30FC, 0x30FF),
    (0x31F0, 0x31FF),
    (0xFF66, 0xFF9F),
)
_FIRST_JOINED = "\u1100"


class Token(NamedTuple):
    """A word: `text[start:end]`, and its form without case, accents and width."""

    start: int
    end: int
    normal: str


class _Kind(Enum):
    """What a character does to words."""

    SEPARATOR = auto()
    LETTER = auto()
    MARK = auto()
    JOINER = auto()
    UNSPACED = auto()
    HANGUL = auto()
    HANGUL_TAIL = auto()


def storable(text: str) -> str:
    """Return the text as PostgreSQL can keep it: safe, NFC, outer space stripped."""
    return _safe(text).strip()


def clean(text: str, *, limit: int) -> str:
    """Return what somebody gave us, storable.

    Raises InvalidInput `text_empty`, or `text_too_long` beyond `limit` characters.
    """
    kept = storable(text)
    if not kept:
        raise InvalidInput("text_empty")
    if len(kept) > limit:
        raise InvalidInput("text_too_long", limit=str(limit), length=str(len(kept)))
    return kept


def storable_json(value: object) -> JsonValue:
    """Return the value as jsonb can keep it, at any depth; the same if it already can.

    Control characters and lone surrogates go from strings and keys, nothing else; NaN
    and infinity become None; what JSON does not know becomes its text.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _UNSTORABLE_JSON.sub("", str(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {
            _UNSTORABLE_JSON.sub("", str(key)): storable_json(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [storable_json(item) for item in value]
    return _UNSTORABLE_JSON.sub("", str(value))


def _safe(text: str) -> str:
    text = _UNSTORABLE.sub("", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", text)


def canonical(text: str) -> str:
    """Return the text by which the response cache compares questions.

    Case, width, space and punctuation are folded; numbers with their signs, units,
    symbols, accents and word order stay. Idempotent.
    """
    text = _safe(text)
    while (folded := _canonical_once(text)) != text:
        text = folded
    return text


def _canonical_once(text: str) -> str:
    text = _DOTS.sub(" ", text).translate(_VARIANTS)
    text = "".join(map(_compatible, text)).casefold()
    text = unicodedata.normalize("NFC", text).translate(_VARIANTS)
    kept: list[str] = []
    following = ""
    # From the end, because a dash is a sign or not by what is kept behind it.
    for at in range(len(text) - 1, -1, -1):
        char = text[at] if _has_meaning(text, at, following) else " "
        kept.append(char)
        if not char.isspace():
            following = char
    return " ".join("".join(reversed(kept)).split())


@lru_cache(maxsize=4096)
def _compatible(char: str) -> str:
    """Return the NFKC form, but never turn a ² or ½ into plain digits."""
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    folded = unicodedata.normalize("NFKC", char)
    if category != "Nd" and any(part.isdigit() for part in folded):
        return char
    return folded


def _has_meaning(text: str, at: int, following: str) -> bool:
    """Return if the character counts where it stands.

    `following` is the next character behind it that does, spaces left out.
    """
    char = text[at]
    category = unicodedata.category(char)
    if category[0] in "ZC":
        return False
    if category[0] != "P" or char in _KEPT_PUNCTUATION:
        return True
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if char == "'":
        return before.isnumeric() or (before.isalnum() and after.isalnum())
    if char == '"':
        return before.isnumeric()
    if char == "-":
        return following.isnumeric() or not (following.isalpha() or not following)
    if char in _NEVER_IN_NUMBERS or category not in {"Po", "Pd"}:
        return False
    return after.isnumeric()


def cache_key(
    text: str,
    *,
    language: str | None,
    delegate: str | None,
    owner: str,
    model: str | None = None,
    place: str | None = None,
) -> str:
    """Return the key of the response cache: sha256 in hex.

    The text is made canonical here. Parts are joined as JSON, so that they never run
    into each other.
    """
    parts = json.dumps([canonical(text), language, delegate, owner, model, place])
    return hashlib.sha256(parts.encode()).hexdigest()


def lexical(text: str) -> str:
    """Return the text for PostgreSQL's to_tsvector: NFKC, without case.

    Its parser takes a run of Han, Kana, Thai, Lao, Khmer or Myanmar for one word, so
    such runs become overlapping pairs of characters.
    """
    text = unicodedata.normalize("NFKC", _safe(text)).casefold()
    parts: list[str] = []
    at = 0
    run: list[str] = []
    while at < len(text):
        end = at + 1
        if _kind(text[at]) is _Kind.UNSPACED:
            end = _end_of_marks(text, end)
            run.append(text[at:end])
        else:
            _add_pairs(parts, run, before=text[at])
            parts.append(text[at])
        at = end
    _add_pairs(parts, run, before=" ")
    return "".join(parts)


def _add_pairs(parts: list[str], run: list[str], *, before: str) -> None:
    """Empty the run into the parts, as pairs set off by spaces."""
    if not run:
        return
    if parts and not parts[-1].isspace():
        parts.append(" ")
    pairs = [first + second for first, second in pairwise(run)]
    parts.append(" ".join(pairs or run))
    if not before.isspace():
        parts.append(" ")
    run.clear()


def tokenize(text: str) -> list[Token]:
    """Return the words of the text, in order.

    Apostrophes, punctuation, symbols and emoji separate words; each character of a
    script without spaces, and each Hangul syllable, is a word of its own.
    """
    tokens: list[Token] = []
    at = 0
    length = len(text)
    while at < length:
        kind = _kind(text[at])
        end = at + 1
        if kind is _Kind.LETTER:
            end = _end_of_word(text, end)
        elif kind is _Kind.UNSPACED:
            end = _end_of_marks(text, end)
        elif kind in {_Kind.HANGUL, _Kind.HANGUL_TAIL}:
            end = _end_of_syllable(text, end)
        else:
            at = end
            continue
        tokens.append(Token(at, end, _normal(text[at:end])))
        at = end
    return tokens


def begins_inside_word(text: str, tokens: list[Token], index: int) -> bool:
    """Return if the token goes on in a run of Katakana or Hangul."""
    return _continues(text, tokens, index, (_KATAKANA, _HANGUL))


def ends_inside_word(text: str, tokens: list[Token], index: int) -> bool:
    """Return if the token's run goes on; Hangul ends anywhere, for its particles."""
    return _continues(text, tokens, index + 1, (_KATAKANA,))


def _continues(
    text: str, tokens: list[Token], index: int, scripts: tuple[_Ranges, ...]
) -> bool:
    if not 0 < index < len(tokens):
        return False
    left, right = tokens[index - 1], tokens[index]
    if left.end != right.start or text[left.start] < _FIRST_JOINED:
        return False
    return any(
        _within(ord(text[left.start]), script)
        and _within(ord(text[right.start]), script)
        for script in scripts
    )


def _within(code: int, ranges: _Ranges) -> bool:
    return any(first <= code <= last for first, last in ranges)


@lru_cache(maxsize=4096)
def _kind(char: str) -> _Kind:
    code = ord(char)
    category = unicodedata.category(char)
    if category[0] == "M" or char in "\uff9e\uff9f":
        return _Kind.MARK
    if category == "Cf":
        return _Kind.SEPARATOR if char == _ZERO_WIDTH_SPACE else _Kind.JOINER
    if category[0] not in "LN" or char in APOSTROPHES:
        return _Kind.SEPARATOR
    if _within(code, _HANGUL):
        is_tail = 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF
        return _Kind.HANGUL_TAIL if is_tail else _Kind.HANGUL
    if category != "Nd" and _within(code, _UNSPACED):
        return _Kind.UNSPACED
    return _Kind.LETTER


def _end_of_word(text: str, at: int) -> int:
    """Return the end of a word of letters, digits and their marks."""
    end = at
    while at < len(text):
        kind = _kind(text[at])
        if kind in {_Kind.LETTER, _Kind.MARK}:
            end = at + 1
        elif kind is not _Kind.JOINER:
            break
        at += 1
    return end


def _end_of_marks(text: str, at: int) -> int:
    while at < len(text) and _kind(text[at]) is _Kind.MARK:
        at += 1
    return at


def _end_of_syllable(text: str, at: int) -> int:
    while at < len(text) and _kind(text[at]) in {_Kind.HANGUL_TAIL, _Kind.MARK}:
        at += 1
    return at


@lru_cache(maxsize=8192)
def _normal(word: str) -> str:
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    folded = "".join(char for char in decomposed if not _is_dropped(char)).casefold()
    # The dotless i is what a capital I is in Turkish, and what İ loses its dot to.
    return unicodedata.normalize("NFKD", folded).replace("ı", "i")


def _is_dropped(char: str) -> bool:
    """Return if it is an accent, or a vowel point of Hebrew or Arabic.

    By canonical combining class: marks that make another letter (vowel signs, tone
    marks, virama, the voicing of Kana) have other classes and stay.
    """
    accent = unicodedata.combining(char)
    return (
        accent >= 200
        or 10 <= accent <= 35
        or accent == 1
        or unicodedata.category(char) == "Cf"
        or 0xFE00 <= ord(char) <= 0xFE0F
    )
