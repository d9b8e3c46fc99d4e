"""Secrets are found by shape and by the words beside them, and nothing else is."""

import re
import sys
from types import CodeType

from hypothesis import given, strategies as st
import pytest

from custom_components.ai_memory.memory.secret_filter import (
    MASK,
    Secret,
    SecretKind,
    find_secrets,
    mask,
    mask_json,
)
from custom_components.ai_memory.memory.words import LANGUAGES
from custom_components.ai_memory.models import JsonValue
from tests.memory.ha_sentences import COMMANDS, sample
from tests.memory.secrets_said import NO_SECRETS, SECRETS
from tests.memory.utterances import NO_QUESTIONS, QUESTIONS, STATEMENTS, lines

_BRACKETS = re.compile(r"\[([^]]+)\]")

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhYmMiLCJleHAiOjF9.dBjftJeZ4CVP-mB92K27uh"
PRIVATE_KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
)


def test_enough_is_labelled() -> None:
    assert set(SECRETS) == set(NO_SECRETS) == set(LANGUAGES)
    for table in (SECRETS, NO_SECRETS):
        said = [language for language, _ in lines(table)]
        assert all(said.count(language) >= 12 for language in LANGUAGES)


@pytest.mark.parametrize(("language", "marked"), lines(SECRETS))
def test_secret_is_masked(language: str, marked: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    masked, kinds = mask(text, language)
    assert masked == _BRACKETS.sub(MASK, marked)
    assert [
        text[found.start : found.end] for found in find_secrets(text, language)
    ] == (_BRACKETS.findall(marked))
    assert len(kinds) == marked.count("[")
    assert mask(masked, language) == (masked, [])


def test_secrets_are_masked_where_the_language_is_not_known() -> None:
    for _, marked in lines(SECRETS):
        text = marked.replace("[", "").replace("]", "")
        kept = mask(text, None)[0].split()
        assert not set(_BRACKETS.findall(marked)) & set(kept), marked


@pytest.mark.parametrize(("language", "text"), lines(NO_SECRETS))
def test_no_secret(language: str, text: str) -> None:
    assert mask(text, language) == (text, [])


@pytest.mark.parametrize("table", [QUESTIONS, NO_QUESTIONS, STATEMENTS])
def test_ordinary_words_hold_no_secret(table: dict[str, str]) -> None:
    found = [text for language, text in lines(table) if find_secrets(text, language)]
    assert found == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_sentences_of_home_assistant_hold_no_secret(language: str) -> None:
    intents = (*COMMANDS, "HassGetState", "HassListAddItem", "HassStartTimer")
    said = sample(language, intents, 60)
    assert len(said) >= 300
    assert [text for text in said if find_secrets(text, language)] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my PIN is 1234", SecretKind.PIN),
        ("the alarm code is 4711", SecretKind.CODE),
        ("the password is swordfish", SecretKind.PASSWORD),
        ("the token is abcdefgh1234", SecretKind.TOKEN),
        ("4111-1111-1111-1111", SecretKind.CARD),
        ("the CVV is 123", SecretKind.CARD),
        (PRIVATE_KEY, SecretKind.KEY),
        (PRIVATE_KEY.partition("-----END")[0], SecretKind.KEY),
        (JWT, SecretKind.TOKEN),
    ],
)
def test_kind(text: str, kind: SecretKind) -> None:
    assert [found.kind for found in find_secrets(text, "en")] == [kind]


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        PRIVATE_KEY,
        "sk-proj-abcDEF1234567890abcdef",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0aBcDeFgHiJkL_mnopqrstuvwxyz",
        "glpat-abcdEFGH1234ijkl5678",
        "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA-1234567890abcdefghijklmnopqrstu",
        "xoxb-123456789012-abcdefABCDEF",
        "hf_abcdefghijklmnopqrstuvwxyz1234",
        "123456789:AAabcdefghijklmnopqrstuvwxyz1234567",
        "4222222222222",
        "5555 5555 5555 4444",
        "3782 822463 10005",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "6011-1111-1111-1117",
    ],
)
@pytest.mark.parametrize("language", ["en", "pl", "xx", None])
def test_shape_is_enough(secret: str, language: str | None) -> None:
    assert mask(f"take {secret}, then go", language)[0] == f"take {MASK}, then go"


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # wrong check digit
        "1700000000000",  # milliseconds
        "CH93 0076 2011 6238 5295 7",
        "DE64 4836 9007 1284 3088 60",  # an account whose digits would do for a card
        "ch9300762011623852957",
        "550e8400-e29b-41d4-a716-446655440000",
        "light.living_room_ceiling",
        "sk-learn-is-a-library-for-python",
        "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
        "the score was 10 20 30 40 50 60 70 80",
        "https://example.com:8123/lovelace",
    ],
)
def test_other_shapes(text: str) -> None:
    assert find_secrets(text, "en") == []


def test_what_a_mask_uncovers_is_masked() -> None:
    text = "contraseña: contraseña: es 1111 12.fuerte"
    assert len(find_secrets(text, "es")) == 1
    assert mask(text, "es")[0] == f"contraseña: {MASK}: {MASK}"


def test_overlapping_secrets_are_one() -> None:
    text = "my password is 4111 1111 1111 1111 and the pin is 4711"
    assert mask(text, "en")[0] == f"my password is {MASK} and the pin is {MASK}"
    assert find_secrets(text, "en")[0] == Secret(SecretKind.CARD, 15, 34)


def test_english_words_are_known_in_every_language() -> None:
    for language in LANGUAGES:
        assert mask("password: hunter2", language)[0] == f"password: {MASK}"
        assert mask("PIN: 4711", language)[0] == f"PIN: {MASK}"


JSON: list[tuple[JsonValue, JsonValue]] = [
    ({"code": "4711"}, {"code": MASK}),
    (
        {"code": 4711, "entity_id": "lock.door"},
        {"code": MASK, "entity_id": "lock.door"},
    ),
    (
        {"data": [{"alarm_code": "x"}, 1, None]},
        {"data": [{"alarm_code": MASK}, 1, None]},
    ),
    ({"apiKey": "x", "api_key": "y"}, {"apiKey": MASK, "api_key": MASK}),
    ({"access-token": {"value": "x"}}, {"access-token": MASK}),
    ({"wifi_password": "x"}, {"wifi_password": MASK}),
    ({"recoveryCodes": ["a", "b"]}, {"recoveryCodes": MASK}),
    ({"client_secret": "x"}, {"client_secret": MASK}),
    ({"pin": 0.5}, {"pin": MASK}),
    (["my PIN is 1234"], [f"my PIN is {MASK}"]),
    ({"4111111111111111": 1, "5555555555554444": 2}, {MASK: 1, f"{MASK} 2": 2}),
    ("the alarm code is 4711", f"the alarm code is {MASK}"),
]


@pytest.mark.parametrize(("value", "masked"), JSON)
def test_json(value: JsonValue, masked: JsonValue) -> None:
    result, kinds = mask_json(value, "en")
    assert result == masked
    assert kinds
    assert mask_json(result, "en") == (result, [])


@pytest.mark.parametrize(
    "value",
    [
        {"error_code": 404, "status_code": 200, "postal_code": "8004"},
        {"code": None, "pin": "", "password": [], "token": {}, "secret": True},
        {"max_tokens": 100, "code_format": "number", "code_arm_required": False},
        {"name": "the pin on the board", "key": "living_room"},
        [1, 2.5, "x", None, True, {"a": {"b": []}}],
        12345678,
    ],
)
def test_json_without_secrets_is_the_same_object(value: JsonValue) -> None:
    assert mask_json(value, "en")[0] is value


def test_json_keeps_the_value_that_it_was_given() -> None:
    value: JsonValue = {"b": [{"code": 1}], "a": "x"}
    masked, kinds = mask_json(value, None)
    assert value == {"b": [{"code": 1}], "a": "x"}
    assert masked == {"b": [{"code": MASK}], "a": "x"}
    assert isinstance(masked, dict)
    assert list(masked) == ["b", "a"]
    assert kinds == [SecretKind.CODE]


def test_json_of_any_depth() -> None:
    value: JsonValue = "my PIN is 1234"
    for _ in range(20_000):
        value = [value]
    masked, kinds = mask_json(value, "en")
    while isinstance(masked, list):
        masked = masked[0]
    assert (masked, kinds) == (f"my PIN is {MASK}", [SecretKind.PIN])
    while isinstance(value, list):  # from outside in: deep ones free themselves deep
        value = value[0]


_LIKELY = r"""
    the code pin password token key wifi is was to with and of alarm postal error is: =
    : , . ! ? ' " # - • ••• 1 4 12 047 4711 0815 hunter2 Sommer2024! one seven double not
    now stored 4111 1111 1111111111111111 4111111111111111 5555 4444 it s change set card
    cvv number sk-abc1234567890abcdef -----BEGIN PRIVATE https://a:b1@c DE89 3704 0044
    0532 0130 00 sunshine blue ist lautet Passwort Alarmcode QR
"""
_PIECES = st.sampled_from([*_LIKELY.split(), "\n"])
_LANGUAGES = st.sampled_from([*LANGUAGES, "xx", None])


def _is_stable(text: str, language: str | None) -> None:
    masked, kinds = mask(text, language)
    assert (masked == text) is (kinds == [])
    assert find_secrets(masked, language) == []


@given(st.text(), _LANGUAGES)
def test_nothing_is_found_after_mask(text: str, language: str | None) -> None:
    _is_stable(text, language)


@given(
    st.lists(st.tuples(_PIECES, st.sampled_from([" ", " ", " ", ""])), max_size=25),
    _LANGUAGES,
)
def test_nothing_is_found_after_mask_of_likely_words(
    pieces: list[tuple[str, str]], language: str | None
) -> None:
    _is_stable("".join(word + space for word, space in pieces), language)


PIECES = [
    "1 ",
    "4111 ",
    "4-",
    "eyJ",
    "eyJaaaaaaaa.",
    "sk-",
    "pin ",
    "pin is ",
    "password:",
    "password: a",
    "token:bbb.",
    "one ",
    "1 is my pin ",
    "://a:",
    "WIFI:",
    "-----BEGIN PRIVATE KEY-----",
    "DE89 3704 ",
    "code, ",
    'password is "',
    "pin -",
    "the pin is 4711 and ",
]


def _steps(text: str) -> int:
    """Return how many lines of Python are run to mask the text."""
    steps = 0

    def count(code: CodeType, _line: int) -> object:
        nonlocal steps
        if "custom_components" not in code.co_filename:
            return sys.monitoring.DISABLE
        steps += 1
        return None

    tool = sys.monitoring.OPTIMIZER_ID
    sys.monitoring.use_tool_id(tool, "steps")
    try:
        sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, count)
        sys.monitoring.set_events(tool, sys.monitoring.events.LINE)
        mask(text, "en")
    finally:
        sys.monitoring.set_events(tool, 0)
        sys.monitoring.free_tool_id(tool)
    return steps


@pytest.mark.parametrize("piece", PIECES)
def test_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    count = 3_000 // len(piece)
    assert _steps(piece * 2 * count) < 2.3 * _steps(piece * count)


@pytest.mark.parametrize(
    ("piece", "size"),
    [
        ("1", 1_000_000),
        (" ", 1_000_000),
        ("1 ", 1_000_000),
        ("4111-", 200_000),
        ("eyJ", 200_000),
        ("sk-", 200_000),
        ("WIFI:", 200_000),
        ("://a:", 200_000),
    ],
)
def test_a_long_text_is_done(piece: str, size: int) -> None:
    """Were an expression more than linear, the test's timeout would end it."""
    text = piece * (size // len(piece))
    assert mask(text, "en") == (text, [])
