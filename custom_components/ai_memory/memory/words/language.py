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


def times(**texts: str) -> dict[str, Phrases]:
    """Return the phrases of each time, by its key; see `PastWords.times`."""
    return {key: phrases(text) for key, text in texts.items()}


def parts(
    *, morning: str, afternoon: str, evening: str, night: str
) -> dict[str, Words]:
    """Return the words for the parts of a day."""
    return {
        "morning": words(morning),
        "afternoon": words(afternoon),
        "evening": words(evening),
        "night": words(night),
    }


def units(**texts: str) -> dict[str, Words]:
    """Return the words of each unit of time, by its key; see `PastWords.units`."""
    return {key: words(text) for key, text in texts.items()}


def in_order(text: str) -> tuple[Words, ...]:
    """Return the words of each item of a list that is separated by semicolons."""
    return tuple(words(item) for item in text.split(";"))


@dataclass(frozen=True, slots=True)
class SecretWords:
    """The words that stand beside a secret, and those that rule one out."""

    pins: Phrases
    codes: Phrases
    """Codes that open or confirm something."""
    loose_codes: Phrases
    """What may be any code, and verbs that take one."""
    passwords: Phrases
    """What is also said in plain words."""
    tokens: Phrases
    loose_keys: Phrases
    """What may be a key of metal, or of success."""
    cards: Phrases
    card_checks: Phrases
    no_secret: Words
    """Beside a key-word, or in front in a compound: it is about no secret."""
    means: Words
    """Verbs between the key-word and the secret."""
    towards: Words
    """Particles between them: "set the code to", "disarm with"."""
    changes: Words
    """Verbs that give a thing a new value by one of these particles."""
    skipped: Words
    """What may stand between the verb and the secret."""
    joins: Words
    digits: Words
    numbers: Words
    """Numbers of two digits."""
    repeats: Words
    no_value: Words
    """What is said of a password that is not told: where it is, how it is."""
    number_endings: tuple[str, ...] = ()
    code_endings: tuple[str, ...] = ()
    """Last parts of compounds."""
    password_endings: tuple[str, ...] = ()
    verb_last: Words = frozenset()
    """What puts the verb behind the secret: "dass der Code 4711 ist"."""


@dataclass(frozen=True, slots=True)
class CorrectionWords:
    """The words by which somebody puts right what was understood."""

    no: Words
    """What opens a correction, beside the fillers."""
    meant: Phrases
    """Said of what one meant."""
    said: Phrases
    """Said of what one said; alone it may also begin a report."""
    negations: Phrases
    """Before what was wrong."""
    but: Phrases
    """Between what was wrong and what was meant."""
    definite: Words
    """Articles, and prepositions that hold one."""
    never: Words
    """What opens no name."""
    doubtful: Words = frozenset()
    """Verbs, pronouns and the like that stand in no name."""
    polite: Phrases = frozenset()
    """What may stand at the end without meaning anything."""
    late_negation: bool = False
    """If a negation is also how a sentence says no: "no la cocina"."""


@dataclass(frozen=True, slots=True)
class PastWords:
    """The words by which somebody asks for what was said, and when."""

    talk: Phrases
    """What asks for an earlier talk as it stands."""
    began: Phrases
    """Subject and auxiliary; `talked` follows at most `reach` words behind."""
    talked: Words
    reach: int
    openers: Phrases
    """Orders to look for something."""
    about: Phrases
    leads: Words
    """What may stand before a time."""
    times: dict[str, Phrases]
    """By key, such as `last_week`; see `past.period`."""
    parts: dict[str, Words]
    """Of a day: `morning`, `afternoon`, `evening`, `night`."""
    weekdays: tuple[Words, ...]
    """From Monday on."""
    months: tuple[Words, ...]
    units: dict[str, Words]
    """`minute`, `hour`, `day`, `week`, `month`, `year`."""
    numbers: tuple[Words, ...]
    """From one on."""
    last: Words
    before_ago: Phrases = frozenset()
    after_ago: Phrases = frozenset()
    ends: Words = frozenset()
    """What ends a topic, beside `talked`."""


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
    secrets: SecretWords
    corrections: CorrectionWords
    past: PastWords
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
