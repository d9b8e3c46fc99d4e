"""Words by which somebody speaks of what is theirs alone."""

from ...text_forms import tokenize
from .language import words

_BY_LANGUAGE = {
    "de": words("mein meine meinen meinem meiner meines meins"),
    "en": words("my mine"),
    "es": words("mi mis mío mía míos mías"),
    "fr": words("mon ma mes mien mienne miens miennes"),
    "it": words("mio mia miei mie"),
    "nl": words("mijn mijne"),
    "pl": words("mój moja moje mojego mojej mojemu moim moją moi moich moimi mym mego"),
    "pt": words("meu minha meus minhas"),
}


def speaks_of_own(text: str, language: str | None) -> bool:
    """Return if a text speaks of "my ..."; never in a language that is not known."""
    code = (language or "").replace("_", "-").partition("-")[0].lower()
    own = _BY_LANGUAGE.get(code, frozenset[str]())
    return any(token.normal in own for token in tokenize(text))
