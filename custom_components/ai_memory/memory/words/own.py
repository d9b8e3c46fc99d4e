"""Words by which somebody speaks of what is theirs alone."""

from ...text_forms import tokenize
from .language import words

_BY_LANGUAGE = {
    "de": words("mein meine meinen meinem meiner meines meins ich mir mich"),
    "en": words("my mine myself i me"),
    "es": words(
        "mi mis mío mía míos mías yo me mí conmigo"
        " soy estoy tengo quiero necesito puedo debo voy he tuve estuve fui haré seré"
    ),
    "fr": words("mon ma mes mien mienne miens miennes je j me m moi"),
    "it": words(
        "mio mia miei mie io me mi"
        " ho sto devo voglio posso vado faccio ero avevo farò sarò avrò"
    ),
    "nl": words("mijn mijne ik mij me mezelf"),
    "pl": words(
        "mój moja moje mojego mojej mojemu moim moją moi moich moimi mym mego"
        " ja mnie mną jestem mam muszę chcę mogę lubię idę jadę będę byłem byłam"
        " miałem miałam potrzebuję nienawidzę"
    ),
    "pt": words(
        "meu minha meus minhas eu me mim comigo"
        " sou estou tenho quero preciso posso devo vou tive estive fui farei serei"
    ),
}
"""Where the pronoun is dropped, verbs as well; not those that are the same for others ("sono", "estaba") or a noun."""


def speaks_of_own(text: str, language: str | None) -> bool:
    """Return if a text speaks of "my ..." or of "I"; never in a language that is not known."""
    code = (language or "").replace("_", "-").partition("-")[0].lower()
    own = _BY_LANGUAGE.get(code, frozenset[str]())
    return any(token.normal in own for token in tokenize(text))
