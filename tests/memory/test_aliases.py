"""A household's own names are found where they are meant, and nowhere else."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from unicodedata import normalize

from hypothesis import given, strategies as st
import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.aliases import (
    AliasTable,
    NameIndex,
    alias_from_preference,
    phrase_of_key,
    split_key,
)
from custom_components.ai_memory.models import (
    HOUSEHOLD,
    Alias,
    JsonValue,
    Preference,
    Scope,
    TargetKind,
)

ANNA = Scope.person("anna")
BEN = Scope.person("ben")
HOME = Scope.household()


@dataclass
class House:
    """Names as the Home Assistant side gives them: the target's id is its name."""

    protected: NameIndex = field(default_factory=lambda: NameIndex.build([]))
    gone: frozenset[str] = frozenset()

    def name_of(self, alias: Alias) -> str | None:
        """Return the target's id, None if it is gone."""
        return None if alias.target_id in self.gone else alias.target_id


def alias(phrase: str, name: str, owner: str = HOUSEHOLD) -> Alias:
    return Alias(owner, phrase, TargetKind.ENTITY, name)


def resolved(
    text: str,
    *aliases: Alias,
    scope: Scope = HOME,
    names: tuple[str, ...] = (),
    gone: tuple[str, ...] = (),
    language: str | None = "en",
) -> str:
    house = House(NameIndex.build(names), frozenset(gone))
    resolution = AliasTable(aliases).resolve(text, scope, house, language)
    return text if resolution is None else resolution.text


OFFICE = alias("my office", "Desk lamp")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turn on my office", "turn on Desk lamp"),
        ("Turn on  MY   Office, please!", "Turn on  Desk lamp, please!"),
        ("turn on the office", "turn on Desk lamp"),
        ("turn on our office lights", "turn on Desk lamp lights"),
        ("turn on office", "turn on Desk lamp"),
        ("office off", "Desk lamp off"),
        ("turn on the home office", "turn on the home office"),
        ("turn on my officer", "turn on my officer"),
        ("my my office", "my Desk lamp"),
        ("my office and my office", "Desk lamp and Desk lamp"),
        ("", ""),
    ],
)
def test_phrase_with_determiner(text: str, expected: str) -> None:
    assert resolved(text, OFFICE) == expected


@pytest.mark.parametrize(
    ("language", "phrase", "text", "expected"),
    [
        (
            "de",
            "mein Büro",
            "schalte in meinem Büro das Licht",
            "schalte in X das Licht",
        ),
        ("de", "Büro", "mach das Büro an", "mach X an"),
        ("de", "mein Büro", "schalte Büro an", "schalte X an"),
        ("de", "mein Büro", "Licht im BURO an", "Licht im X an"),
        ("fr", "bureau", "allume la lampe de bureau", "allume la lampe de X"),
        ("fr", "le bureau", "allume mon bureau", "allume X"),
        ("fr", "écran", "éteins l’écran", "éteins X"),
        ("es", "la oficina", "enciende mi oficina", "enciende X"),
        ("es", "oficina", "enciende la luz de oficina", "enciende la luz de X"),
        ("it", "il mio ufficio", "accendi l'ufficio", "accendi X"),
        ("it", "ufficio", "accendi il mio ufficio", "accendi X"),
        ("it", "mio ufficio", "accendi il mio ufficio", "accendi X"),
        ("nl", "mijn kantoor", "doe het kantoor aan", "doe X aan"),
        ("nl", "kantoor", "lamp in de kantoor aan", "lamp in X aan"),
        ("pl", "moje biuro", "włącz moim biuro", "włącz X"),
        ("pt", "o meu escritório", "liga o escritorio", "liga X"),
        ("pt", "escritório", "liga o meu escritório", "liga X"),
        (None, "bureau", "allume la lampe de bureau", "allume la lampe de X"),
        (None, "office", "go to office", "go to X"),
        (None, "my office", "turn on the office", "turn on X"),
        ("xx", "mein Büro", "unser Büro", "X"),
        ("ja", "会議室", "会議室の電気をつけて", "Xの電気をつけて"),
        ("zh", "客厅灯", "打开客厅灯", "打开X"),
        ("th", "ห้องนอน", "เปิดไฟห้องนอนหน่อย", "เปิดไฟXหน่อย"),
        ("ko", "안방", "안방을 켜 줘", "X을 켜 줘"),
        ("ko", "방", "주방 켜 줘", "주방 켜 줘"),
        ("ja", "ライト", "フライトは何時", "フライトは何時"),
        ("ja", "ライト", "ライトをつけて", "Xをつけて"),
        ("en", "mom's room", "turn on mom’s room", "turn on X"),
        ("en", "living-room", "turn on living room", "turn on X"),
        ("tr", "ışık", "IŞIK aç", "X aç"),
        ("de", "Straße", "STRASSE an", "X an"),
    ],
)
def test_languages(language: str | None, phrase: str, text: str, expected: str) -> None:
    assert resolved(text, alias(phrase, "X"), language=language) == expected


def test_longest_then_leftmost() -> None:
    short, long = alias("reading", "A"), alias("reading lamp", "B")
    assert resolved("turn on reading lamp", short, long) == "turn on B"
    assert resolved("k l m n", alias("k l", "X"), alias("l m n", "Y")) == "k Y"
    assert resolved("k l m", alias("k l", "X"), alias("l m", "Y")) == "X m"


def test_exact_phrase_before_a_variant() -> None:
    mine, any_office = alias("my office", "Mine"), alias("office", "Any")
    for aliases in ((mine, any_office), (any_office, mine)):
        assert resolved("turn on my office", *aliases) == "turn on Mine"
        assert resolved("turn on the office", *aliases) == "turn on Any"
        assert resolved("turn on office", *aliases) == "turn on Any"


def test_own_before_household() -> None:
    common, own = alias("office", "Common"), alias("office", "Own", ANNA.owner)
    assert resolved("office on", common, own, scope=ANNA) == "Own on"
    assert resolved("office on", common, own, scope=BEN) == "Common on"
    assert resolved("office on", common, own, scope=HOME) == "Common on"
    gone = resolved("office on", common, own, scope=ANNA, gone=("Own",))
    assert gone == "Common on"


@pytest.mark.parametrize(
    ("text", "phrase", "names", "expected"),
    [
        ("turn on the office lights", "my office", ["Office"], None),
        ("turn on my office lights", "my office", ["Office"], "turn on X lights"),
        ("turn on office", "my office", ["Office"], None),
        ("turn on office", "office", ["Office"], "turn on X"),
        ("turn on the office", "office", ["Office"], "turn on X"),
        ("turn on the office", "office", ["The Office"], None),
        ("turn on office lamp", "office", ["Office lamp"], None),
        ("turn on home office lamp", "office lamp", ["Home office"], None),
        ("turn on my office", "my office", ["My Office"], "turn on X"),
        ("turn on big office lamp", "big office lamp", ["Office"], "turn on X"),
        ("turn on Café Lamp", "lamp", ["CAFE LAMP"], None),
        ("call the office", "office", ["Call the"], "call the X"),
    ],
)
def test_names_of_the_house(
    text: str, phrase: str, names: list[str], expected: str | None
) -> None:
    got = resolved(text, alias(phrase, "X"), names=tuple(names))
    assert got == (text if expected is None else expected)


def test_resolution_tells_what_was_replaced() -> None:
    text = "Turn on the office, and Lamp!"
    office, lamp = alias("my office", "Desk"), alias("lamp", "Floor lamp")
    resolution = AliasTable([office, lamp]).resolve(text, HOME, House(), "en")
    assert resolution is not None
    assert resolution.text == "Turn on Desk, and Floor lamp!"
    first, second = resolution.replacements
    assert (first.alias, first.words, first.name) == (office, "the office", "Desk")
    assert (second.alias, second.words, second.name) == (lamp, "Lamp", "Floor lamp")
    assert text[first.start : first.end] == "the office"
    assert text[second.start : second.end] == "Lamp"


def test_result_is_not_matched_again() -> None:
    pair = alias("desk", "reading corner"), alias("reading", "desk")
    assert resolved("desk and reading", *pair) == "reading corner and desk"


def test_nothing_to_do() -> None:
    table = AliasTable([alias("???", "X"), alias("lamp", "Lamp"), OFFICE])
    assert len(table) == 3
    assert table.resolve("Lamp on", HOME, House()) is None
    assert table.resolve("nothing here", HOME, House()) is None
    assert table.resolve("my office " * 1000, HOME, House()) is None
    assert AliasTable([]).resolve("lamp", HOME, House()) is None


def test_same_phrase_twice_takes_the_first_that_exists() -> None:
    one, two = alias("desk", "One"), alias("desk", "Two")
    assert resolved("desk", one, two) == "One"
    assert resolved("desk", one, two, gone=("One",)) == "Two"


WORD = st.sampled_from(
    ["büro", "café", "straße", "ışık", "mom’s", "会議室", "lampe", "дом"]
)
PHRASE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
AROUND = st.text(st.sampled_from("xyz 12.,!?\t-")).map(lambda text: f" {text} ")


@given(AROUND, PHRASE, AROUND)
def test_rest_stays_as_it_was(before: str, phrase: str, after: str) -> None:
    assert resolved(before + phrase + after, alias(phrase, "Z")) == (
        f"{before}Z{after}"
    )


@given(PHRASE, st.data())
def test_writing_does_not_matter(phrase: str, data: st.DataObject) -> None:
    said = data.draw(
        st.sampled_from(
            [
                phrase.upper(),
                phrase.title(),
                normalize("NFD", phrase),
                normalize("NFD", phrase.upper()),
                phrase.replace("’", "'"),
                phrase.replace("’", "ʼ"),
                phrase.replace("ü", "u").replace("é", "e"),
                phrase.replace(" ", "-"),
                phrase.replace("ß", "ss"),
            ]
        )
    )
    assert resolved(f"on {said}!", alias(phrase, "Z")) == "on Z!"


@given(
    st.lists(st.tuples(PHRASE, st.sampled_from([ANNA, BEN, HOME])), max_size=6),
    st.lists(WORD, max_size=8).map(" ".join),
    st.sampled_from([ANNA, BEN, HOME]),
    st.lists(PHRASE, max_size=3),
)
def test_only_what_the_speaker_may_use(
    owned: list[tuple[str, Scope]], text: str, scope: Scope, names: list[str]
) -> None:
    aliases = [
        alias(phrase, f"T{index}", owner.owner)
        for index, (phrase, owner) in enumerate(owned)
    ]
    house = House(NameIndex.build(names))
    resolution = AliasTable(aliases).resolve(text, scope, house)
    readable = [entry for entry in aliases if entry.owner in scope.owners]
    assert resolution == AliasTable(readable).resolve(text, scope, house)
    if resolution is None:
        return
    at, rebuilt = 0, ""
    for replaced in resolution.replacements:
        assert replaced.alias.owner in scope.owners
        assert replaced.start >= at
        assert text[replaced.start : replaced.end] == replaced.words
        rebuilt += text[at : replaced.start] + replaced.name
        at = replaced.end
    assert resolution.text == rebuilt + text[at:]


@given(st.text(st.characters()), st.text(st.characters()), st.text(st.characters()))
def test_any_text_is_taken(text: str, phrase: str, name: str) -> None:
    table = AliasTable([alias(phrase, "Z"), alias(text, "Y")])
    table.resolve(text, HOME, House(NameIndex.build([name])))


# --- preferences


def preference(key: str, value: JsonValue) -> Preference:
    return Preference(ANNA.owner, key, "any", value, datetime.now(UTC))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"entity_id": "light.office_main"},
            Alias(ANNA.owner, "my office", TargetKind.ENTITY, "light.office_main"),
        ),
        (
            {"area_id": " study ", "entity_id": None},
            Alias(ANNA.owner, "my office", TargetKind.AREA, "study"),
        ),
        (
            {"device_id": "0af", "phrase": " Mom’s\tden "},
            Alias(ANNA.owner, "Mom’s den", TargetKind.DEVICE, "0af"),
        ),
    ],
)
def test_alias_of_a_preference(value: JsonValue, expected: Alias) -> None:
    found = alias_from_preference(preference("entity_alias.my_office", value))
    assert found == expected


def test_other_preferences_are_no_alias() -> None:
    assert alias_from_preference(preference("lighting.my_office", 3)) is None
    assert alias_from_preference(preference("entity_aliases.x", 3)) is None


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("entity_alias.x", "light.x", "alias_target_invalid"),
        ("entity_alias.x", None, "alias_target_invalid"),
        ("entity_alias.x", {}, "alias_target_invalid"),
        ("entity_alias.x", {"entity_id": ""}, "alias_target_invalid"),
        ("entity_alias.x", {"entity_id": 5}, "alias_target_invalid"),
        ("entity_alias.x", {"entity_id": ["light.x"]}, "alias_target_invalid"),
        ("entity_alias.x", {"entity_id": "light"}, "alias_target_invalid"),
        ("entity_alias.x", {"entity_id": "light.x\n"}, None),
        (
            "entity_alias.x",
            {"entity_id": "light.x", "area_id": "y"},
            "alias_target_invalid",
        ),
        ("entity_alias.___", {"area_id": "y"}, "alias_phrase_empty"),
        ("entity_alias.x", {"area_id": "y", "phrase": "?!"}, "alias_phrase_empty"),
        ("entity_alias.x", {"area_id": "y", "phrase": 7}, "alias_phrase_empty"),
        ("entity_alias.x", {"area_id": "y", "phrase": "z" * 300}, "text_too_long"),
    ],
)
def test_wrong_alias(key: str, value: JsonValue, reason: str | None) -> None:
    if reason is None:
        assert alias_from_preference(preference(key, value)) is not None
        return
    with pytest.raises(InvalidInput) as caught:
        alias_from_preference(preference(key, value))
    assert caught.value.key == reason


def test_phrase_of_key() -> None:
    assert phrase_of_key("entity_alias.my_office") == "my office"
    assert phrase_of_key("entity_alias.my__big_office_") == "my big office"


@pytest.mark.parametrize(
    ("key", "category", "expected"),
    [
        ("entity_alias.my_office", None, ("entity_alias.my_office", "entity_alias")),
        (" Entity_Alias.My Office ", None, ("entity_alias.my_office", "entity_alias")),
        ("entity_alias.my_office", " Aliases", ("entity_alias.my_office", "aliases")),
        ("color", "light", ("color", "light")),
        ("a.b.c-d", " ", ("a.b.c-d", "a")),
        ("größe.küche", None, ("größe.küche", "größe")),
        ("照明.書斎", None, ("照明.書斎", "照明")),
        ("e\u0301.x", None, ("é.x", "é")),
    ],
)
def test_split_key(key: str, category: str | None, expected: tuple[str, str]) -> None:
    assert split_key(key, category) == expected


@pytest.mark.parametrize(
    ("key", "category", "reason"),
    [
        ("color", None, "preference_key_without_category"),
        (".color", None, "preference_key_without_category"),
        ("light.", None, "preference_key_invalid"),
        ("", None, "preference_key_invalid"),
        (" ", "light", "preference_key_invalid"),
        ("a.b!", None, "preference_key_invalid"),
        ("a.b\0", None, "preference_key_invalid"),
        ("a.\ud800", None, "preference_key_invalid"),
        ("a.b/../c", None, "preference_key_invalid"),
        ("a." + "b" * 254, None, "preference_key_invalid"),
        ("a" * 100_000, None, "preference_key_invalid"),
        ("...", None, "preference_key_invalid"),
        ("color", "li'ght", "preference_key_invalid"),
    ],
)
def test_wrong_key(key: str, category: str | None, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        split_key(key, category)
    assert caught.value.key == reason
    caught.value.placeholders["key"].encode()
    assert len(caught.value.placeholders["key"]) <= 64


@given(st.text(st.characters()), st.none() | st.text(st.characters()))
def test_split_key_is_idempotent(key: str, category: str | None) -> None:
    try:
        stored, kept = split_key(key, category)
    except InvalidInput:
        return
    assert split_key(stored, kept) == (stored, kept)
    assert storable_length(stored) <= 255
    assert storable_length(kept) <= 255


def storable_length(text: str) -> int:
    text.encode()
    assert "\0" not in text
    return len(text)
