"""How the words of one language are written down."""

from dataclasses import dataclass
import unicodedata

from ...text_forms import tokenize

type Words = frozenset[str]
type Phrases = frozenset[tuple[str, ...]]

_EXACT = "="


def words(text: str) -> Words:
    """Return the words of a list; `=è` is matched with its accents."""
    return frozenset(
        item if item.startswith(_EXACT) else "".join(normals(item))
        for item in text.split()
    )


def phrases(text: str) -> Phrases:
    """Return the phrases of a list that is separated by semicolons."""
    return frozenset(tuple(normals(item)) for item in text.split(";") if item.strip())


def stems(text: str) -> tuple[str, ...]:
    """Return the beginnings of words, as str.startswith takes them."""
    return tuple(sorted(words(text)))


def normals(text: str) -> list[str]:
    """Return the normal forms of the words of the text."""
    return [token.normal for token in tokenize(text)]


def exact(word: str) -> str:
    """Return the word with its accents, as `words` marks it."""
    return f"{_EXACT}{unicodedata.normalize('NFC', word).casefold()}"


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """The words by which questions, commands and statements are told apart.

    All are in normal form (see `tokenize`) unless they begin with `=`.
    """

    articles: Words
    possessives: Words
    prepositions: Words
    """Also particles such as on and off: what may stand before a bare name."""
    fillers: Words
    """What may open an utterance without meaning anything."""
    questions: Words
    conditional: Words
    """Question words that also open a condition or a comparison."""
    inverted: Words
    """Verbs that open a question."""
    ask: Phrases
    """Openings that ask to be told something."""
    polite: Phrases
    """Openings that ask for something to be done."""
    commands: Words
    """Imperatives, and infinitives that order."""
    wishes: Phrases
    finite: Words
    """Subjects and finite verbs: without one it is no sentence."""
    volatile: Words
    """Words of time, weather and what changes by itself."""
    lasting: Words
    """Those of them that an answer may hold and be true for more than an hour."""
    states: Words
    """Words for the state of something at home."""
    final_states: Words
    """Particles that say a state at the end of a sentence."""
    state_stems: tuple[str, ...] = ()
    """Beginnings of inflected states."""
    finite_endings: tuple[str, ...] = ()
    subjects: Words = frozenset()
    """Pronouns, one of which must follow an inverted verb, if there are any."""
    not_inverted: Phrases = frozenset()
    anywhere: Words = frozenset()
    """Question words that make a question wherever they stand."""
    command_stems: tuple[str, ...] = ()
    """Beginnings of inflected commands."""

    def is_command(self, normal: str) -> bool:
        """Return if the word orders something."""
        return normal in self.commands or normal.startswith(self.command_stems)
