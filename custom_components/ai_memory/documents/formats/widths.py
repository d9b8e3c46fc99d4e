"""How wide text is in the fonts of a PDF."""

from typing import Any, Final, cast

# Not offered by pypdf itself, whose version is pinned in our manifest.
from pypdf.generic._font import Font

_USUAL: Final = 0.5
_USUAL_SPACE: Final = 0.25

type _Font = dict[str, Any]
type _Widths = dict[str, float]


class Widths:
    """Widths of text in multiples of the font size; each font is read once."""

    def __init__(self) -> None:
        # With the font itself, so that its id stays its own.
        self._known: dict[int, tuple[_Font, _Widths]] = {}

    def of(self, text: str, font: _Font | None) -> float:
        """Measure text; a font that cannot be read is taken as a usual one."""
        widths = self._widths(font)
        usual = widths.get("", _USUAL)
        return sum(widths.get(character, usual) for character in text)

    def _widths(self, font: _Font | None) -> _Widths:
        if font is None:
            return {}
        if id(font) not in self._known:
            try:
                widths = _measure(font)
            except Exception:  # noqa: BLE001 - a broken font can raise anything
                widths = {}
            self._known[id(font)] = font, widths
        return self._known[id(font)][1]


def _measure(resource: _Font) -> _Widths:
    """Give the width of each character that the font has, of others under ""."""
    font = Font.from_font_resource(cast(Any, resource))
    codes = {
        character: letter
        for character, letter in font.character_map.items()
        if isinstance(character, str) and isinstance(letter, str)
    }
    if isinstance(font.encoding, dict):
        codes = {
            chr(code): codes.get(character, character)
            for code, character in font.encoding.items()
        }
    widths = {
        letter: float(font.character_widths[code]) / 1000
        for code, letter in codes.items()
        if code in font.character_widths
    }
    widths[""] = float(font.character_widths.get("default", 0)) / 1000 or _USUAL
    widths.setdefault(" ", float(font.space_width) / 1000 or _USUAL_SPACE)
    return widths
