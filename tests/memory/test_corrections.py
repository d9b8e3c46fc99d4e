"""Corrections are seen, in the words of the speaker, and nothing else is one."""

import re

from hypothesis import given, strategies as st
import pytest

from custom_components.ai_memory.memory.corrections import Correction, find_correction
from custom_components.ai_memory.memory.words import LANGUAGES
from tests.memory.corrections_said import CORRECTIONS, NO_CORRECTIONS
from tests.memory.ha_sentences import COMMANDS, sample
from tests.memory.secrets_said import NO_SECRETS
from tests.memory.utterances import NO_QUESTIONS, QUESTIONS, STATEMENTS, lines

_MEANT = re.compile(r"\[([^]]+)\]")
_INSTEAD_OF = re.compile(r"<([^>]+)>")


def test_enough_is_labelled() -> None:
    assert set(CORRECTIONS) == set(NO_CORRECTIONS) == set(LANGUAGES)
    for table in (CORRECTIONS, NO_CORRECTIONS):
        said = [language for language, _ in lines(table)]
        assert all(said.count(language) >= 8 for language in LANGUAGES)


@pytest.mark.parametrize(("language", "marked"), lines(CORRECTIONS))
def test_correction(language: str, marked: str) -> None:
    meant, wrong = _MEANT.search(marked), _INSTEAD_OF.search(marked)
    assert meant is not None
    text = re.sub(r"[][<>]", "", marked)
    expected = Correction(meant[1], wrong[1] if wrong else None)
    assert find_correction(text, language) == expected
    assert find_correction(text.upper(), language) == Correction(
        meant[1].upper(), wrong[1].upper() if wrong else None
    )


@pytest.mark.parametrize(("language", "text"), lines(NO_CORRECTIONS))
def test_no_correction(language: str, text: str) -> None:
    assert find_correction(text, language) is None


@pytest.mark.parametrize("table", [QUESTIONS, NO_QUESTIONS, STATEMENTS, NO_SECRETS])
def test_ordinary_words_correct_nothing(table: dict[str, str]) -> None:
    found = [text for language, text in lines(table) if find_correction(text, language)]
    assert found == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_sentences_of_home_assistant_correct_nothing(language: str) -> None:
    intents = (*COMMANDS, "HassGetState", "HassListAddItem", "HassStartTimer")
    said = sample(language, intents, 100)
    assert len(said) >= 500
    assert [text for text in said if find_correction(text, language)] == []


def test_a_language_that_is_not_known() -> None:
    assert find_correction("no, I meant the bedroom", "xx") is None
    assert find_correction("no, I meant the bedroom", None) is None
    assert find_correction("no, I meant the bedroom", "en-GB") is not None


@given(st.text(), st.sampled_from([*LANGUAGES, None]))
def test_any_text_is_taken(text: str, language: str | None) -> None:
    found = find_correction(text, language)
    assert found is None or found.meant in text


def test_a_long_text_is_none() -> None:
    assert find_correction("no, I meant the bedroom " * 50_000, "en") is None
