"""Text is stored, compared, searched and cut as it should be."""

import json
from unicodedata import normalize

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.text_forms import (
    cache_key,
    canonical,
    clean,
    lexical,
    storable,
    storable_json,
    tokenize,
)

ANY_TEXT = st.text(st.characters())  # lone surrogates as well
WRITTEN = st.text(
    st.one_of(
        st.sampled_from(
            "abcXYZ äöüÉçñşİıßﬁŁ-'’.,;:!?\"()%°€+/012345٣½²五部屋アが가á\u0301\u3099"
        ),
        st.characters(exclude_categories=["Cs"]),
    )
)


def normals(text: str) -> list[str]:
    return [token.normal for token in tokenize(text)]


# --- stored


@given(ANY_TEXT)
def test_storable_can_be_stored(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert "\0" not in kept
    assert kept == kept.strip() == normalize("NFC", kept) == storable(kept)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\0b\x07\x9b\ud800c", "abc"),
        (" a\tb\r\nc\rd \n", "a\tb\nc\nd"),
        ("e\u0301", "é"),
        ("\0", ""),
        ("🛋️ 👩‍👧", "🛋️ 👩‍👧"),
    ],
)
def test_storable(text: str, expected: str) -> None:
    assert storable(text) == expected


@pytest.mark.parametrize("text", ["", "  \n", "\0", "\udfff \x85"])
def test_clean_refuses_nothing(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(text, limit=5)
    assert caught.value.key == "text_empty"


def test_clean_counts_what_is_kept() -> None:
    assert clean(" e\u0301abcd\0 ", limit=5) == "éabcd"
    with pytest.raises(InvalidInput) as caught:
        clean("x" * 100_000, limit=8000)
    assert caught.value.key == "text_too_long"
    assert caught.value.placeholders == {"limit": "8000", "length": "100000"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=10,
)


@given(JSON)
def test_json_can_be_stored(value: object) -> None:
    kept = storable_json(value)
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
    text.encode()
    assert "\\u0000" not in text
    assert storable_json(kept) == kept


def test_json_that_can_be_stored_is_left_alone() -> None:
    value = {"a": [1, True, None, 1.5, " e\u0301\r\n "], "b": {"": -0.0}}
    assert storable_json(value) == value


def test_json_is_made_storable_at_any_depth() -> None:
    value = {"a\0": [float("nan"), {"b": (float("-inf"), "\ud800c")}], 1: {2}}
    assert storable_json(value) == {"a": [None, {"b": [None, "c"]}], "1": [2]}


# --- compared


@given(WRITTEN)
def test_canonical_is_idempotent(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is the ladder?", "where is  the ladder"),
        ("Where's the ladder", "where’s the ladder!"),
        ("L’ufficio, per favore", "l'ufficio per favore"),
        ("“Wo” ist die Straße …", "wo ist die STRASSE"),
        ("living-room", "living room"),
        ("Ｗｈｅｒｅ　ｉｓ　ｉｔ？", "where is it"),
        ("¿Dónde está?", "DÓNDE ESTÁ"),
        ("cafe\u0301", "café"),
        ("am 5. Mai", "am 5 mai"),
        ("−5 °C", "-5 °C"),
    ],
)
def test_canonical_folds(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10 %", "100 %"),
        ("-5", "5"),
        ("- 5", "5"),
        ("–5", "5"),
        ("-€5", "€5"),
        ("-.5", ".5"),
        (".5", "5"),
        ("1.5", "15"),
        ("1,5", "15"),
        ("10:30", "1030"),
        ("1/2", "12"),
        ("10²", "102"),
        ("½", "12"),
        ("1½", "11/2"),
        ("①", "1"),
        ("5′", "5″"),
        ("5'", "5"),
        ("5 %", "5"),
        ("5 °", "5"),
        ("$5", "€5"),
        ("+5", "5"),
        ("año", "ano"),
        ("do not open it", "do open it"),
        ("don't open it", "do open it"),
        ("dog bites man", "man bites dog"),
        ("C++", "C"),
        ("5-6", "56"),
        ("wait…5", "wait .5"),
        ("-五", "五"),
    ],
)
def test_canonical_keeps_what_means_something(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


NUMBERS = st.one_of(
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map("{:f}".format),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(
        lambda number: f"{number:f}".replace(".", ",")
    ),
)
FRAMES = st.sampled_from(
    ["{}", "dim to {}", "dim to {}%", "is it {} °C?", "({})", "light, {}.", "x {}: y"]
)


@given(NUMBERS, NUMBERS, FRAMES)
def test_different_numbers_never_collide(one: str, other: str, frame: str) -> None:
    assume(one != other)
    assert canonical(frame.format(one)) != canonical(frame.format(other))


def test_canonical_bounds_its_work() -> None:
    assert canonical("-;" * 50_000 + "a") == "a"


def test_cache_key_parts_never_run_together() -> None:
    def key(text: str, language: str | None, delegate: str | None, owner: str) -> str:
        return cache_key(text, language=language, delegate=delegate, owner=owner)

    keys = {
        key("a b", "c", "d", "e"),
        key("a", "b c", "d", "e"),
        key("a b", "c", "d e", ""),
        key("a b", 'c", "d', "", "e"),
        key("a b", None, "d", "e"),
        key("a b", "None", "d", "e"),
        key("a b", "", "d", "e"),
    }
    assert len(keys) == 7
    assert key("A  b?", "c", "d", "e") == key("a b", "c", "d", "e")
    assert len(bytes.fromhex(key("\ud800", None, None, ""))) == 32


# --- searched


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Ladder is in the GARAGE.", "the ladder is in the garage."),
        ("東京都", "東京 京都"),
        ("猫", "猫"),
        ("abc漢字def", "abc 漢字 def"),
        ("TV は 2 台", "tv は 2 台"),
        ("カギは箱の中、棚", "カギ ギは は箱 箱の の中 、 棚"),
        ("ｶﾞﾚｰｼﾞ", "ガレ レー ージ"),
        ("ที่บ้าน", "ที่บ้ บ้า าน"),
        ("한국어 단어", "한국어 단어"),
        ("Straße ﬁne", "strasse fine"),
        ("a\0b", "ab"),
    ],
)
def test_lexical(text: str, expected: str) -> None:
    assert lexical(text) == expected


@given(st.text(st.sampled_from("漢字かなカナ部屋東京"), min_size=2), st.data())
def test_part_of_a_run_is_found(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(begin + 2, len(text)))
    assert set(lexical(text[begin:end]).split()) <= set(lexical(text).split())


# --- cut into words


@given(WRITTEN)
def test_spans_are_in_order_and_apart(text: str) -> None:
    at = 0
    for token in tokenize(text):
        assert at <= token.start < token.end <= len(text)
        assert token.normal
        at = token.end


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Turn on Mom's light!", ["turn", "on", "mom", "s", "light"]),
        ("l’ufficio", ["l", "ufficio"]),
        ("Büro BÜRO bu\u0308ro", ["buro", "buro", "buro"]),
        ("İstanbul ISTANBUL ıstanbul", ["istanbul"] * 3),
        ("Straße STRASSE ﬁre", ["strasse", "strasse", "fire"]),
        ("会議室をTV", ["会", "議", "室", "を", "tv"]),
        ("ガ か\u3099 カ ｶﾞ", ["カ\u3099", "か\u3099", "カ", "カ\u3099"]),
        ("방을", [normalize("NFD", "방"), normalize("NFD", "을")]),
        ("ที่", ["ที่"]),
        ("की का", ["की", "का"]),
        ("🛋️ sofa👍🏽x", ["sofa", "x"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zero", "width"]),
        ("light.office_main 1.5", ["light", "office", "main", "1", "5"]),
        ("שָׁלוֹם", ["שלום"]),
        ("", []),
        ("?! …", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert normals(text) == words


@given(st.text(st.sampled_from("aäÄéÉñçßøŁğş İı'’ -ａＡﬁ日本が語한국ที่أَ")))
def test_words_do_not_depend_on_how_they_are_encoded(text: str) -> None:
    assert normals(normalize("NFD", text)) == normals(normalize("NFC", text))
    assert normals(text.upper()) == normals(text)
    assert normals(text.replace("'", "ʼ")) == normals(text.replace("'", "’"))
