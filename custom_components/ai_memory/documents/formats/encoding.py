"""Text out of bytes whose encoding nobody told."""

import codecs
import re
from typing import Final

from .content import Problem, ReadError

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 4096
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode text: byte order mark, what is declared, UTF-8, else Windows-1252.

    Raises ReadError (BROKEN) for what is no text at all.
    """
    text = _decode(data, declared)
    sample = text[: 16 * _SAMPLE]
    if len(_CONTROLS.findall(sample)) > len(sample) // 100:
        raise ReadError(Problem.BROKEN, "binary")
    return text


def _decode(data: bytes, declared: str | None) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    if b"\0" in data[:_SAMPLE]:
        return data.decode(_wide(data[:_SAMPLE]), errors="replace")
    names: tuple[str | None, ...] = (declared, "utf-8")
    for codec in names:
        # A page that declares UTF-16 in its own ASCII text is mistaken.
        if not codec or codec.lower().startswith(("utf-16", "utf-32")):
            continue
        try:
            return data.decode(codec)
        except LookupError, ValueError:
            continue
    # A few broken bytes do not make UTF-8 another encoding.
    text = data.decode("utf-8", errors="replace")
    replaced = text.count("\ufffd")
    foreign = sum(not character.isascii() for character in text) - replaced
    if foreign > 4 * replaced:
        return text
    return data.decode("cp1252", errors="replace")


def _wide(sample: bytes) -> str:
    """Name the byte order of UTF-16 without a mark: its Latin letters have a NUL."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 4 * even and odd > len(sample) // 8:
        return "utf-16-le"
    if even > 4 * odd and even > len(sample) // 8:
        return "utf-16-be"
    raise ReadError(Problem.BROKEN, "binary")
