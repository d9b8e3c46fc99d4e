"""Articles and possessives: what people say before a name."""

from dataclasses import dataclass

from . import LANGUAGES, words_of
from .language import LanguageWords, Words


@dataclass(frozen=True, slots=True)
class Determiners:
    """What may stand before a name in one language, or in all that are known."""

    articles: Words
    possessives: Words
    languages: tuple[LanguageWords, ...]

    def __contains__(self, word: object) -> bool:
        """Return if the word is an article or a possessive."""
        return word in self.articles or word in self.possessives

    def opens_name(self, word: str) -> bool:
        """Return if a name without determiner may follow the word.

        After a verb or a preposition it may; "kitchen light" is no "light".
        """
        return any(
            word in language.prepositions
            or word in language.inverted
            or word in language.questions
            or word in language.fillers
            or language.is_command(word)
            for language in self.languages
        )

    def count(self, words: tuple[str, ...]) -> int:
        """Return how many of the first words are determiners; never all of them."""
        begin = 0
        if len(words) > 1 and words[0] in self.articles:
            begin = 1
        if len(words) > begin + 1 and words[begin] in self.possessives:
            begin += 1
        return begin


def _made_of(*languages: LanguageWords, doubtful: Words = frozenset()) -> Determiners:
    return Determiners(
        frozenset().union(*(known.articles for known in languages)) - doubtful,
        frozenset().union(*(known.possessives for known in languages)) - doubtful,
        languages,
    )


ANY_LANGUAGE = _made_of(*LANGUAGES.values())
_BY_WORDS = {id(words): _made_of(words) for words in LANGUAGES.values()}
# Without a language, "de" may be an article or a preposition, and "to" as well.
_DOUBTFUL = frozenset().union(*(known.prepositions for known in LANGUAGES.values()))
_UNKNOWN = _made_of(*LANGUAGES.values(), doubtful=_DOUBTFUL)


def determiners_of(language: str | None) -> Determiners:
    """Return those of the language tag.

    If it is not known, those of all languages that are nothing else in any of them.
    """
    words = words_of(language)
    return _UNKNOWN if words is None else _BY_WORDS[id(words)]
