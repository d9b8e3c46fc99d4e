"""The words of the languages that are told apart without a model."""

from .de import GERMAN
from .en import ENGLISH
from .es import SPANISH
from .fr import FRENCH
from .it import ITALIAN
from .language import LanguageWords
from .nl import DUTCH
from .pl import POLISH
from .pt import PORTUGUESE

LANGUAGES: dict[str, LanguageWords] = {
    "de": GERMAN,
    "en": ENGLISH,
    "es": SPANISH,
    "fr": FRENCH,
    "it": ITALIAN,
    "nl": DUTCH,
    "pl": POLISH,
    "pt": PORTUGUESE,
}


def words_of(language: str | None) -> LanguageWords | None:
    """Return the words of a language tag such as `pt-BR`; None if it is not known."""
    if not language:
        return None
    return LANGUAGES.get(language.replace("_", "-").partition("-")[0].lower())
