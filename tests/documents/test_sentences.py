"""Where sentences end, in the scripts that Assist speaks."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.ai_memory.documents.sentences import sentences

pytestmark = pytest.mark.newest_only


def _split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "said",
    [
        ["The pump is loud.", "Call us!", "When?", "Today."],
        ["It costs 3.14 euro.", "See example.com.", "Done."],
        ["Press approx. 5 times, e.g. twice.", "See No. 5 and Fig. 3.", "Mr. Smith."],
        ["Is it on?", "No.", "Keep that in mind.", "Then go."],
        ['He said "Stop!" and went.', '"Why?"', "(It broke.)", "So."],
        [
            "Das gilt z. B. für Öl, d. h. immer.",
            "Am 3. Oktober ist zu.",
            "Ca. 5 Liter.",
        ],
        ["Siehe Abb. 4 bzw. Tab. 2.", "Er kam 2019.", "Dann z.B. nie."],
        ["M. Dupont arrive.", "Voir p. ex. la page.", "Fin."],
        ["¿Dónde está?", "Aquí, en la pág. 4.", "¡Ya!"],
        ["To jest np. klucz.", "Zob. rys. 3.", "Tak."],
        ["В г. Москва, т. е. там.", "Это 5 руб.", "Потом см. рис. 2."],
        ["Τι είναι;", "Αυτό π.χ. είναι εδώ.", "Ναι."],
        ["هل هذا جيد؟", "نعم.", "شكرا."],
        ["یہ ہے۔", "وہ ہے۔"],
        ["यह बॉयलर है।", "वह गरम है॥", "हाँ"],
        ["זה הדוד.", "הוא חם?", "כן."],
        ["Սա կաթսա է։", "Այո։"],
    ],
)
def test_sentences_end_where_they_end(said: list[str]) -> None:
    """Abbreviations, initials, decimals and ordinals end nothing; marks do."""
    assert _split(" ".join(said)) == said


@pytest.mark.parametrize(
    "said",
    [
        ["電源ボタンを押す。", "「寒い！」", "次は？", "はい"],
        ["打开阀门。", "压力是1.5巴！", "好吗？！", "好"],
    ],
)
def test_chinese_and_japanese_need_no_space(said: list[str]) -> None:
    assert _split("".join(said)) == said


def test_items_of_a_list_are_sentences() -> None:
    assert _split("You need:\n- a key\n- oil\n1. Open it\n2. Close it\nnow") == [
        "You need:",
        "- a key",
        "- oil",
        "1. Open it",
        "2. Close it\nnow",
    ]


@pytest.mark.parametrize("kept", ["a; b; c", "Chapter ......... 12", "v. 1.2.3", "..."])
def test_no_end(kept: str) -> None:
    assert _split(kept) == [kept]


@settings(max_examples=60)
@given(
    st.text(alphabet="aZ5 .!?…;\n\"')」。。।؟-éß", max_size=60) | st.text(max_size=60)
)
def test_nothing_is_lost(text: str) -> None:
    """Between two sentences there is white space only, and none is empty."""
    at = 0
    for start, end in sentences(text):
        assert not text[at:start].strip()
        assert text[start:end].strip()
        at = end
    assert not text[at:].strip()
