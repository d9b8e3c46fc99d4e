"""Questions, commands and statements are told apart."""

from unicodedata import normalize

from hypothesis import given, strategies as st
import pytest

from custom_components.ai_memory.memory.questions import (
    asks_back,
    is_question,
    is_statement,
    is_volatile,
)
from custom_components.ai_memory.memory.words import LANGUAGES, words_of
from tests.memory.ha_sentences import COMMANDS, sample
from tests.memory.utterances import NO_QUESTIONS, QUESTIONS, STATEMENTS, lines


def test_enough_is_labelled() -> None:
    assert set(QUESTIONS) == set(NO_QUESTIONS) == set(STATEMENTS) == set(LANGUAGES)
    for language in LANGUAGES:
        said = [line for table in (QUESTIONS, NO_QUESTIONS) for line in lines(table)]
        assert sum(1 for spoken, _ in said if spoken == language) >= 25


@pytest.mark.parametrize(("language", "text"), lines(QUESTIONS))
def test_question(language: str, text: str) -> None:
    assert is_question(text, language)
    assert not is_statement(text, language)


@pytest.mark.parametrize(("language", "text"), lines(NO_QUESTIONS))
def test_no_question(language: str, text: str) -> None:
    assert not is_question(text, language)


@pytest.mark.parametrize(("language", "text"), lines(STATEMENTS))
def test_statement(language: str, text: str) -> None:
    assert is_statement(text, language)
    assert not is_question(text, language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_commands_of_home_assistant_are_neither(language: str) -> None:
    commands = sample(language, COMMANDS, 200)
    questions = [text for text in commands if is_question(text, language)]
    statements = [text for text in commands if is_statement(text, language)]
    assert len(commands) >= 800
    assert len(questions) < 0.02 * len(commands), questions[:10]
    assert len(statements) < 0.02 * len(commands), statements[:10]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "turn on the light in the office"),
        ("en", "I would like you to turn on the light"),
        ("en", "I want the light in the office turned on, switch it on"),
        ("en", "kitchen lights to 20 percent please"),
        ("en", "I am home"),
        ("de", "das Licht im Büro bitte einschalten"),
        ("de", "Lampe in meinem Büro an"),
        ("de", "wenn ich da bin mach das Licht an"),
        ("nl", "lampen in mijn kantoor aan"),
        ("fr", "je veux que tu allumes la lumière"),
        ("sv", "jag ställde stegen i garaget"),
        (None, "I put the ladder in the garage"),
    ],
)
def test_no_statement(language: str | None, text: str) -> None:
    assert not is_statement(text, language)


@pytest.mark.parametrize(
    "text", ["¿Dónde?", "はい？", "أين السلم؟", "Πού είναι\u037e", "hvor er den?"]
)
def test_question_mark_counts_in_every_language(text: str) -> None:
    assert is_question(text, "xx")
    assert is_question(text, None)
    assert not is_question(text.strip("¿?？؟\u037e"), "xx")


@pytest.mark.parametrize("tag", ["pt-BR", "pt_br", "PT"])
def test_language_tags(tag: str) -> None:
    assert words_of(tag) is LANGUAGES["pt"]


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("en", "what time is it", "Late."),
        ("en", "is the garage door open", "No."),
        ("en", "is the light on in the office", "Yes."),
        ("en", "what is the weather like", "Sunny."),
        ("en", "who called yesterday", "Anna."),
        ("en", "how long does the oven need", "It is ready at 18:30."),
        ("en", "how warm should it be", "It is 21.5 °C."),
        ("en", "what does the washer use", "450 W"),
        ("en", "what about the washer", "It is running."),
        ("de", "ist das Fenster offen", "Nein."),
        ("de", "wie spät ist es", "Spät."),
        ("de", "ist das Licht an", "Ja."),
        ("de", "wann kommt der Bus", "Um 7:15 Uhr."),
        ("fr", "quel temps fait-il", "Beau."),
        ("fr", "est-ce que la porte est fermée", "Oui."),
        ("es", "qué hora es", "Tarde."),
        ("es", "está la puerta cerrada", "Sí."),
        ("it", "che tempo fa", "Bello."),
        ("it", "la porta è chiusa", "Sì."),
        ("nl", "is de deur open", "Nee."),
        ("nl", "brandt de lamp", "Ja."),
        ("pl", "czy drzwi są zamknięte", "Tak."),
        ("pl", "jaka jest pogoda", "Ładna."),
        ("pt", "a porta está fechada", "Sim."),
        ("pt", "que horas são", "Tarde."),
        ("sv", "var är stegen", "I garaget."),
        (None, "where is the ladder", "In the garage."),
    ],
)
def test_volatile(language: str | None, question: str, answer: str) -> None:
    assert is_volatile(question, answer, language)


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("en", "where is the ladder", "The ladder is in the garage."),
        ("en", "what is the name of our plumber", "His name is Kowalski."),
        ("en", "how long is the ladder", "It is 3 m long."),
        ("en", "does Anna like mushrooms", "She loves them."),
        ("de", "wo ist die Leiter", "Die Leiter ist in der Garage."),
        ("de", "wie heißt unser Klempner", "Er heißt Kowalski."),
        ("fr", "où est l'échelle", "Elle est au garage."),
        ("es", "dónde está la escalera", "En el garaje."),
        ("it", "dov'è la scala", "È in garage."),
        ("nl", "waar is de ladder", "De ladder is in de garage."),
        ("pl", "gdzie jest drabina", "Drabina jest w garażu."),
        ("pt", "onde está o escadote", "Está na garagem."),
    ],
)
def test_not_volatile(language: str, question: str, answer: str) -> None:
    assert not is_volatile(question, answer, language)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Which lamp?", True),
        ("どのライト？ ", True),
        ('Did you say "office?"', True),
        ("Ποιο φως;", True),
        ("Done.", False),
        ("Why? Because.", False),
        ("", False),
    ],
)
def test_asks_back(*, reply: str, expected: bool) -> None:
    assert asks_back(reply) is expected


@given(st.text(), st.text(), st.sampled_from([*LANGUAGES, "xx", None]))
def test_any_text_is_taken(text: str, answer: str, language: str | None) -> None:
    asked = is_question(text, language)
    assert not (asked and is_statement(text, language))
    assert is_volatile(text, f"{answer} 21 °C", language)


@given(st.sampled_from(lines(QUESTIONS)))
def test_case_and_question_mark_do_not_matter(said: tuple[str, str]) -> None:
    language, text = said
    assert is_question(f"{text.strip('?')}?", language)
    assert is_question(text.upper(), language)
    assert is_question(normalize("NFD", text), language)
