"""The words by which secrets are known, of one language or of all, to look up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..text_forms import Token
from .secret_shapes import SecretKind
from .words import LANGUAGES, words_of
from .words.en import ENGLISH
from .words.language import LanguageWords, Phrases, Words, exact, phrases


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as the secret beside a key-word; 0 for never."""

    kind: SecretKind
    digits: int
    """How many digits at least, behind a verb or a colon."""
    direct: int
    """How many right behind the key-word."""
    mixed: int = 0
    """How many characters of letters and digits mixed."""
    direct_mixed: int = 0
    chunk: int = 0
    """How many characters of anything without a space, behind a colon."""
    is_said: bool = False
    """If it may be plain words."""


PIN = Rule(SecretKind.PIN, 3, 4)
CODE = Rule(SecretKind.CODE, 3, 3, mixed=4, direct_mixed=6)
LOOSE_CODE = Rule(SecretKind.CODE, 3, 4, mixed=4)
PASSWORD = Rule(SecretKind.PASSWORD, 3, 4, mixed=4, direct_mixed=5, is_said=True)
TOKEN = Rule(SecretKind.TOKEN, 6, 6, mixed=8, direct_mixed=8, chunk=6)
LOOSE_KEY = Rule(SecretKind.KEY, 4, 0, mixed=8, direct_mixed=16)
CARD = Rule(SecretKind.CARD, 8, 8)
CARD_CHECK = Rule(SecretKind.CARD, 3, 3)

_SHORT_FRONT = 3  # letters: decode, geocode; whatever opens a door is longer or listed

# Keys of JSON objects, beside what people say.
_TOKEN_KEYS = phrases(
    "secret; credential; credentials; authorization; cookie; jwt; webhook id;"
    " private key; encryption key; network key; security key; recovery key"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of `SecretWords` of one or more languages; in normal form or exact."""

    keywords: dict[str, tuple[tuple[tuple[str, ...], Rule], ...]]
    """By their first word, the longest first."""
    code_endings: tuple[str, ...]
    password_endings: tuple[str, ...]
    no_secret: Words
    means: Words
    towards: Words
    changes: Words
    skipped: Words
    joins: Words
    digits: Words
    numbers: Words
    number_endings: tuple[str, ...]
    repeats: Words
    no_value: Words
    verb_last: Words
    articles: Words
    prepositions: Words
    function_words: Words
    """Articles, possessives and prepositions."""

    def keyword_at(self, normals: list[str], at: int) -> tuple[int, Rule | None]:
        """Return how many words the key-word here takes, and its rule; None if none."""
        for phrase, rule in self.keywords.get(normals[at], ()):
            if tuple(normals[at : at + len(phrase)]) == phrase:
                return len(phrase), rule
        word = normals[at]
        for endings, rule in (
            (self.password_endings, PASSWORD),
            (self.code_endings, LOOSE_CODE),
        ):
            for ending in endings:
                if word.endswith(ending):
                    front = word.removesuffix(ending)
                    is_other = len(front) <= _SHORT_FRONT or front in self.no_secret
                    return 1, None if is_other else rule
        return 1, None

    def kind_of_key(self, words: list[str]) -> SecretKind | None:
        """Return what stands under a key of these words, if that is a secret."""
        for at in range(max(len(words) - 4, 0), len(words)):
            if tuple(words[at:]) in _TOKEN_KEYS:
                return SecretKind.TOKEN
            length, rule = self.keyword_at(words, at)
            if rule is None or at + length < len(words) or rule is LOOSE_KEY:
                continue
            if at and words[at - 1] in self.no_secret:
                return None
            return rule.kind
        return None

    def has(self, text: str, token: Token, words: Words) -> bool:
        """Return if the word is one of these."""
        if token.normal in words:
            return True
        if token.end - token.start > 1:
            return False
        return exact(text[token.start : token.end]) in words


def vocabulary_of(language: str | None) -> Vocabulary:
    """Return the words of a language with English key-words, or those of all."""
    return _VOCABULARIES[id(words_of(language))]


def _merged(own: tuple[LanguageWords, ...]) -> Vocabulary:
    known = own if ENGLISH in own else (*own, ENGLISH)
    secrets = [words.secrets for words in own]
    all_secrets = [words.secrets for words in known]
    return Vocabulary(
        keywords=_keywords(
            (phrases, rule)
            for words in all_secrets
            for phrases, rule in (
                (words.card_checks, CARD_CHECK),
                (words.cards, CARD),
                (words.pins, PIN),
                (words.tokens, TOKEN),
                (words.passwords, PASSWORD),
                (words.codes, CODE),
                (words.loose_codes, LOOSE_CODE),
                (words.loose_keys, LOOSE_KEY),
            )
        ),
        code_endings=_all_of(words.code_endings for words in secrets),
        password_endings=_all_of(words.password_endings for words in secrets),
        no_secret=_union(words.no_secret for words in all_secrets),
        means=_union(words.means for words in secrets),
        towards=_union(words.towards for words in secrets),
        changes=_union(words.changes for words in secrets),
        skipped=_union(words.skipped for words in secrets),
        joins=_union(words.joins for words in secrets),
        digits=_union(words.digits for words in secrets),
        numbers=_union(words.numbers for words in secrets),
        number_endings=_all_of(words.number_endings for words in secrets),
        repeats=_union(words.repeats for words in secrets),
        no_value=_union(words.no_value for words in all_secrets),
        verb_last=_union(words.verb_last for words in secrets),
        prepositions=_union(words.prepositions for words in own),
        articles=_union(words.articles for words in own),
        function_words=_union(
            words.articles | words.possessives | words.prepositions for words in own
        ),
    )


def _keywords(
    lists: Iterable[tuple[Phrases, Rule]],
) -> dict[str, tuple[tuple[tuple[str, ...], Rule], ...]]:
    """Return the key-words by their first word; the first rule of a phrase holds."""
    rules: dict[tuple[str, ...], Rule] = {}
    for group, rule in lists:
        for phrase in group:
            rules.setdefault(phrase, rule)
    found: defaultdict[str, list[tuple[tuple[str, ...], Rule]]] = defaultdict(list)
    for phrase in sorted(rules, key=lambda phrase: (-len(phrase), phrase)):
        found[phrase[0]].append((phrase, rules[phrase]))
    return {word: tuple(items) for word, items in found.items()}


def _union(sets: Iterable[Words]) -> Words:
    return frozenset().union(*sets)


def _all_of(endings: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({ending for some in endings for ending in some}))


_VOCABULARIES = {id(words): _merged((words,)) for words in LANGUAGES.values()} | {
    id(None): _merged(tuple(LANGUAGES.values()))
}
