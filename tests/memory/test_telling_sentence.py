"""The sentence of a document that is read out."""

import pytest

from custom_components.ai_memory.memory.summaries import telling_sentence

TEXT = "Close the valve. The boiler is a Kestrel 24\nof 2019. It stands in the cellar."


@pytest.mark.parametrize(
    ("text", "query", "sentence"),
    [
        (TEXT, "the boiler", "The boiler is a Kestrel 24 of 2019."),
        (TEXT, "Where is the CELLAR", "It stands in the cellar."),
        (TEXT, "Napoleon", "Close the valve."),
        (
            "ボイラーは地下にあります。青いです。",
            "ボイラー",
            "ボイラーは地下にあります。",
        ),
        ("word " * 100, "word", f"{'word ' * 39}word …"),
        ("字" * 300, "字", f"{'字' * 200} …"),
        (" ", "boiler", ""),
    ],
)
def test_sentence_that_tells_most(text: str, query: str, sentence: str) -> None:
    assert telling_sentence(text, query) == sentence
