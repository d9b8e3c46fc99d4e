"""What somebody says: a question, a statement, or neither; without a model."""

import re

from ..text_forms import Token, tokenize
from .words import words_of
from .words.anaphora import Anaphora, anaphora_of
from .words.language import LanguageWords, Phrases, Words, exact

_QUESTION_MARKS = "?？¿؟⁇⁈\u037e"
_CLOSING = " \t\n\"'”’»)]"
_STATEMENT_WORDS = 4
_LONGEST_PHRASE = 6
_POLITE_INNER = 3
_ALONE_WORDS = 3
_LONGEST_UTTERANCE = 2000  # characters: what is behind does not change what it is

_LIVE_VALUE = re.compile(
    r"\b\d{1,2}\s*[:h]\s*\d{2}\b"
    r"|\b\d{1,2}(?:\s?[ap]\.?m\b|[.:]?\d{0,2}\s*(?:uhr|uur|o.clock|heures?|godz)\b)"
    r"|[°℃℉%％]"
    r"|\d\s*(?:percent|prozent|procent|pour ?cent|por ?ciento|per ?cento|por ?cento"
    r"|degrees?|grad[io]?|degrés?|grados?|graden|stopni[ea]?|graus?|[km]?wh?|kilowatt"
    r"|watts?|volts?|lux|lx|hpa|mbar|ppm|db|km/h|mph|m/s|µg/m|kb/s|mb/s)(?!\w)",
    re.IGNORECASE,
)


class _Utterance:
    """The words of an utterance, from the first that means something."""

    def __init__(self, text: str, words: LanguageWords) -> None:
        self.words = words
        self.text = text
        self.tokens = tokenize(text)
        self.normals = [token.normal for token in self.tokens]
        self.start = 0
        while (
            self.start + 1 < len(self.tokens)
            and self.is_in(self.start, words.fillers)
            and not self.opens(words.ask)
            and not self.opens(words.polite)
        ):
            self.start += 1

    def __len__(self) -> int:
        return len(self.tokens)

    def is_in(self, index: int, words: Words) -> bool:
        """Return if the word at the index is one of these."""
        if index >= len(self.tokens):
            return False
        token: Token = self.tokens[index]
        if token.normal in words:
            return True
        written = self.text[token.start : token.end]
        return not written.isascii() and exact(written) in words

    def opens(self, phrases: Phrases, at: int | None = None) -> int:
        """Return how many words the longest of these phrases takes here, or 0."""
        begin = self.start if at is None else at
        for length in range(_LONGEST_PHRASE, 0, -1):
            if tuple(self.normals[begin : begin + length]) in phrases:
                return min(length, len(self.tokens) - begin)
        return 0

    def orders(self, begin: int) -> bool:
        """Return if a word from here on orders something."""
        return any(map(self.words.is_command, self.normals[begin:]))


def is_question(text: str, language: str | None) -> bool:
    """Return if somebody wants to know something.

    Requests to do something are none, however polite. Where the language is not one
    of `words.LANGUAGES`, only a question mark counts.
    """
    marked = any(mark in text for mark in _QUESTION_MARKS)
    if (words := words_of(language)) is None:
        return marked
    said = _Utterance(text[:_LONGEST_UTTERANCE], words)
    if said.start >= len(said):
        return False
    if taken := said.opens(words.polite):
        return _is_polite_question(said, said.start + taken, marked=marked)
    return marked or _opens_question(said)


def _is_polite_question(said: _Utterance, begin: int, *, marked: bool) -> bool:
    """Return if "can you" goes on to ask for an answer instead of an action."""
    if any(
        said.opens(said.words.ask, at) for at in range(begin, begin + _POLITE_INNER)
    ):
        return True
    return marked and not said.orders(begin)


def _opens_question(said: _Utterance) -> bool:
    words = said.words
    first = said.start
    if said.opens(words.ask) or said.is_in(first, words.questions):
        return True
    if said.is_in(first, words.prepositions) and said.is_in(first + 1, words.questions):
        return True
    if said.is_in(first, words.conditional):
        if said.is_in(first + 1, words.inverted):
            return True
        # "Quand ouvre ..." asks; "quand je rentre, ouvre ..." does not.
        return not said.orders(first + 2)
    if said.is_in(first, words.inverted) and not said.opens(words.not_inverted):
        return not words.subjects or said.is_in(first + 1, words.subjects)
    if words.is_command(said.normals[first]):
        return False
    return any(said.is_in(at, words.anywhere) for at in range(first, len(said)))


def stands_alone(text: str, language: str | None) -> bool:
    """Return if a question means the same whatever was said before.

    No "and", no pronoun, nothing left out; in doubt, and in a language that is not known, False.
    """
    words, anaphora = words_of(language), anaphora_of(language)
    if words is None or anaphora is None or len(text) > _LONGEST_UTTERANCE:
        return False
    said = _Utterance(text, words)
    if len(said) < _ALONE_WORDS:
        return False
    return (
        bool(said.opens(words.polite) or _opens_question(said))
        and not any(
            said.is_in(at, anaphora.openers) or _opens_elliptic(said, anaphora, at)
            for at in range(said.start + 1)
        )
        and not any(_points_back(said, anaphora, at) for at in range(len(said)))
    )


def _opens_elliptic(said: _Utterance, anaphora: Anaphora, at: int) -> bool:
    taken = said.opens(anaphora.elliptic, at)
    # "Why" alone leaves out all, "why is the sky blue" nothing.
    return taken > 1 or (taken == 1 and len(said) - at <= _ALONE_WORDS)


def _points_back(said: _Utterance, anaphora: Anaphora, at: int) -> bool:
    if said.is_in(at, anaphora.referring):
        return True
    if not said.is_in(at, anaphora.clitics):
        return False
    return (
        at in (0, len(said) - 1)
        or said.is_in(at - 1, anaphora.subjects)
        or said.is_in(at - 1, said.words.questions)
    )


def is_statement(text: str, language: str | None) -> bool:
    """Return if the words tell something that is worth finding again.

    A sentence of at least four words that neither asks nor orders nor wishes; in doubt
    not, and never in a language that is not known.
    """
    if (words := words_of(language)) is None or is_question(text, language):
        return False
    said = _Utterance(text[:_LONGEST_UTTERANCE], words)
    first = said.start
    if len(said) - first < _STATEMENT_WORDS:
        return False
    if said.opens(words.polite) or words.is_command(said.normals[first]):
        return False
    if said.opens(words.wishes) and said.orders(first):
        return False
    if words.is_command(said.normals[-1]) or said.is_in(first, words.conditional):
        return False
    return any(
        said.is_in(at, words.finite)
        or said.text[token.start : token.end].casefold().endswith(words.finite_endings)
        for at, token in enumerate(said.tokens)
        if at >= first
    )


def is_volatile(question: str, answer: str, language: str | None) -> bool:
    """Return if the answer may be another one soon.

    Clock, dates relative to now, weather, timers, lists, and the state of things at
    home; in doubt, and in a language that is not known, True.
    """
    if (words := words_of(language)) is None or _LIVE_VALUE.search(answer):
        return True
    asked = _Utterance(question, words)
    return _tells_state(asked) or _tells_state(
        _Utterance(answer, words), lasting=words.lasting
    )


def _tells_state(said: _Utterance, *, lasting: Words = frozenset()) -> bool:
    words = said.words
    every = range(len(said))
    volatile = words.volatile - lasting
    if any(
        said.is_in(at, volatile)
        or said.is_in(at, words.states)
        or (words.state_stems and said.normals[at].startswith(words.state_stems))
        for at in every
    ):
        return True
    asks_whether = said.is_in(said.start, words.inverted)
    behind = every if asks_whether else every[-1:]
    return any(said.is_in(at, words.final_states) for at in behind)


def asks_back(reply: str) -> bool:
    """Return if the reply ends with a question, so that an answer will follow."""
    # The Greek question mark is a semicolon once the text is normalised.
    return reply.rstrip(_CLOSING).endswith((*_QUESTION_MARKS, ";"))
