"""Questions that mean the same whatever was said before, and what somebody calls their own."""

import pytest

from custom_components.ai_memory.memory.questions import stands_alone
from custom_components.ai_memory.memory.words import LANGUAGES
from custom_components.ai_memory.memory.words.own import speaks_of_own

ALONE = {
    "en": [
        "Where is the dishwasher salt?",
        "What is the capital of Peru?",
        "when are the bins collected",
        "Who painted the Mona Lisa",
        "Can you tell me where the spare key is",
        "Why is the sky blue?",
    ],
    "de": [
        "Wo ist das Salz für die Spülmaschine?",
        "Wo liegt der Ersatzschlüssel?",
        "Welche Farbe hat die Biotonne?",
        "wie heißt die hauptstadt von peru",
        "Warum ist der Himmel blau?",
    ],
    "fr": [
        "Où est la clé de la cave ?",
        "Où se trouve le sel du lave-vaisselle ?",
        "Quelle est la capitale du Pérou ?",
        "Comment s'appelle la capitale du Pérou ?",
    ],
    "es": [
        "¿Dónde está la llave del sótano?",
        "¿Cuál es la capital de Perú?",
        "¿Cuándo abre la biblioteca?",
    ],
    "it": ["Dov'è la chiave della cantina?", "Qual è la capitale del Perù?"],
    "nl": ["Waar is de sleutel van de kelder?", "Wat is de hoofdstad van Peru?"],
    "pl": ["Gdzie jest klucz do piwnicy?", "Jaka jest stolica Peru?"],
    "pt": ["Onde está a chave da adega?", "Qual é a capital do Peru?"],
}
POINTS_BACK = {
    "en": [
        "And in the bedroom?",
        "Where is it?",
        "What about the kitchen?",
        "Why?",
        "Which one is bigger?",
        "Who is she?",
        "How old is he?",
        "Where are the others?",
        "What is that?",
        "And who painted the Mona Lisa?",
        "in the bedroom?",
        "the red one",
        "Is there another key?",
    ],
    "de": [
        "Und im Schlafzimmer?",
        "Wo ist er?",
        "Wo ist das?",
        "Was ist mit der Küche?",
        "Warum?",
        "Wie alt ist sie?",
        "Wo liegt der andere Schlüssel?",
        "Wem gehört die?",
        "Was kostet das?",
        "im schlafzimmer?",
    ],
    "fr": [
        "Et dans la chambre ?",
        "Où est-il ?",
        "Où est-ce que je la trouve ?",
        "C'est quoi ça ?",
        "Pourquoi ?",
        "Où est l'autre clé ?",
    ],
    "es": [
        "¿Y en el dormitorio?",
        "¿Dónde lo compro?",
        "¿Dónde la compro?",
        "¿Por qué?",
        "¿Dónde está la otra llave?",
        "¿Quién es él?",
    ],
    "it": [
        "E in camera?",
        "Dove lo trovo?",
        "Dove la trovo?",
        "Perché?",
        "Chi è lei?",
        "Dov'è l'altra chiave?",
    ],
    "nl": [
        "En in de slaapkamer?",
        "Waar is hij?",
        "Waar is het?",
        "Waarom?",
        "Waar is de andere sleutel?",
    ],
    "pl": [
        "A w sypialni?",
        "Gdzie on jest?",
        "Gdzie to jest?",
        "Dlaczego?",
        "Gdzie jest drugi klucz?",
    ],
    "pt": [
        "E no quarto?",
        "Onde está ele?",
        "Onde a encontro?",
        "Porquê?",
        "Onde está a outra chave?",
    ],
}


def _of_all(sentences: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(language, text) for language in sentences for text in sentences[language]]


def test_every_language_is_there() -> None:
    assert ALONE.keys() == POINTS_BACK.keys() == LANGUAGES.keys()


@pytest.mark.parametrize(("language", "text"), _of_all(ALONE))
def test_stands_alone(language: str, text: str) -> None:
    assert stands_alone(text, language)
    assert stands_alone(text, f"{language}-XX")


@pytest.mark.parametrize(("language", "text"), _of_all(POINTS_BACK))
def test_points_back(language: str, text: str) -> None:
    assert not stands_alone(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wo ist der Schlüssel zum Keller?", None),
        ("Var är nyckeln till källaren?", "sv"),
        ("", "en"),
        ("?", "en"),
        ("turn on the light in the kitchen", "en"),
        ("where is the " + "x" * 3000, "en"),
    ],
)
def test_in_doubt_not(text: str, language: str | None) -> None:
    assert not stands_alone(text, language)


@pytest.mark.parametrize(
    ("language", "text", "own"),
    [
        ("en", "my bike stands in the shed", True),
        ("en", "our bike stands in the shed", False),
        ("en", "Amy has a bike", False),
        ("de-CH", "Mein Rad steht im Keller", True),
        ("de", "unser Rad steht im Keller", False),
        ("fr", "mon vélo est dans la cave", True),
        ("fr", "notre vélo est dans la cave", False),
        ("es", "mi bicicleta está en el sótano", True),
        ("it", "la mia bici è in cantina", True),
        ("nl", "mijn fiets staat in de kelder", True),
        ("pl", "mój rower stoi w piwnicy", True),
        ("pt", "a minha bicicleta está na cave", True),
        ("sv", "my bike", False),
        (None, "my bike", False),
    ],
)
def test_what_is_ones_own(language: str | None, text: str, own: bool) -> None:
    assert speaks_of_own(text, language) is own
