"""Chunks: nothing is lost, nothing is mixed, and few of them change with an edit."""

from itertools import pairwise
from random import Random
import re
import string

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.ai_memory.documents.chunker import (
    LONGEST,
    OVERLAP,
    WORDS,
    Chunk,
    chunk,
)
from custom_components.ai_memory.documents.cutting import pieces, weight
from custom_components.ai_memory.documents.formats.content import (
    Block,
    BlockKind,
    Content,
)

pytestmark = pytest.mark.newest_only


def _content(*blocks: Block) -> Content:
    return Content(None, None, None, list(blocks), b"", 0)


def _heading(text: str, level: int = 1) -> Block:
    return Block("heading", text, level)


def _text(text: str, page: int | None = None) -> Block:
    return Block("text", text, 0, page)


def _row(text: str) -> Block:
    return Block("row", text)


def _word(random: Random) -> str:
    return "".join(random.choices(string.ascii_lowercase, k=random.randint(3, 9)))


def _sentence(random: Random, words: int | None = None) -> str:
    count = words or random.randint(4, 25)
    return " ".join(_word(random) for _ in range(count)).capitalize() + "."


def _prose(random: Random, words: int) -> str:
    said: list[str] = []
    while sum(len(sentence.split()) for sentence in said) < words:
        said.append(_sentence(random))
    return " ".join(said)


def _parts(chunks: list[Chunk]) -> set[str]:
    """Give every word of texts and headings."""
    return {
        word.casefold()
        for passage in chunks
        for word in f"{passage.heading} {passage.text}".split()
    }


def _changed(before: list[Chunk], after: list[Chunk]) -> int:
    return len({passage.hash for passage in after} - {p.hash for p in before})


def test_size_and_overlap_of_prose() -> None:
    """About WORDS words each, whole sentences, some of them said again."""
    prose = _prose(Random(1), 6_000)
    chunks = chunk(_content(_text(prose)), "Boiler")
    words = [len(passage.text.split()) for passage in chunks]
    assert 0.8 * WORDS < sum(words) / len(words) < 1.1 * WORDS
    assert all(40 <= count <= WORDS + OVERLAP for count in words)
    ends = re.compile(r"(?<=\.) ")
    whole = set(ends.split(prose))
    for passage, following in pairwise(chunks):
        assert passage.text.startswith(ends.split(passage.text)[0])
        assert set(ends.split(passage.text)) <= whole
        again = set(ends.split(passage.text)) & set(ends.split(following.text))
        assert 0 < sum(len(sentence.split()) for sentence in again) <= OVERLAP
    assert [passage.position for passage in chunks] == list(range(len(chunks)))
    assert all(passage.heading == "Boiler" for passage in chunks)


def test_heading_path() -> None:
    """Title and headings stand in front; a title that is repeated is said once."""
    random = Random(2)
    chunks = chunk(
        _content(
            _heading("The  BOILER"),
            _heading("Care", 2),
            _heading("Cleaning", 3),
            _text(_prose(random, 60)),
            _heading("Filter", 5),
            _text(_prose(random, 60)),
            _heading("Faults", 2),
            _text(_prose(random, 60)),
        ),
        "The boiler",
    )
    assert [passage.heading for passage in chunks] == [
        "The boiler › Care › Cleaning",
        "The boiler › Care › Cleaning › Filter",
        "The boiler › Faults",
    ]


def test_heading_that_begins_the_title() -> None:
    """It is said once as well, but not if it only begins with the same letters."""
    blocks = [_heading("Boiler 24"), _text(_prose(Random(2), 60))]
    (passage,) = chunk(_content(*blocks), "Boiler 24: manual")
    assert passage.heading == "Boiler 24: manual"
    (passage,) = chunk(_content(*blocks), "Boiler 240: manual")
    assert passage.heading == "Boiler 240: manual › Boiler 24"


def test_small_neighbours_share_a_chunk() -> None:
    """Their headings are then said in the text, below the path that they share."""
    chunks = chunk(
        _content(
            _heading("Recipes"),
            _text("From grandmother."),
            _heading("Bread", 2),
            _text("Flour, water and a little salt, and bake it for an hour."),
            _heading("Soup", 2),
            _text("Cook the vegetables in water until they are soft."),
        ),
        "Kitchen",
    )
    (passage,) = chunks
    assert passage.heading == "Kitchen › Recipes"
    assert passage.text == (
        "From grandmother.\n"
        "Bread\nFlour, water and a little salt, and bake it for an hour.\n"
        "Soup\nCook the vegetables in water until they are soft."
    )


def test_small_sections_are_not_said_again() -> None:
    """Each chunk names the sections it has; none begins with the end of another one."""
    random = Random(9)
    said = {f"h{n}": _prose(random, 15) for n in range(60)}
    blocks = [b for h, t in said.items() for b in (_heading(h, 2), _text(t))]
    chunks = chunk(_content(*blocks), "T")
    assert {passage.heading for passage in chunks} == {"T"}
    assert "\n".join(passage.text for passage in chunks) == "\n".join(
        f"{heading}\n{text}" for heading, text in said.items()
    )


def test_big_sections_never_share_a_chunk() -> None:
    random = Random(3)
    blocks: list[Block] = []
    said: dict[str, set[str]] = {}
    for name in ("alpha", "beta", "gamma", "delta"):
        prose = _prose(random, 200)
        said[f"T › {name}"] = set(prose.split())
        blocks += [_heading(name), _text(prose)]
    chunks = chunk(_content(*blocks), "T")
    assert {passage.heading for passage in chunks} == set(said)
    for passage in chunks:
        assert set(passage.text.split()) <= said[passage.heading]


def test_lone_headings_and_tiny_sections_go_with_a_neighbour() -> None:
    random = Random(4)
    prose = _prose(random, 65)
    chunks = chunk(
        _content(
            _heading("Part one"),
            _heading("Hints"),
            _text("Read this."),
            _heading("Pump", 1),
            _text(prose),
            _heading("Imprint"),
            _text("Made in Ulm."),
        ),
        "Manual",
    )
    assert len(chunks) == 1
    assert chunks[0].heading == "Manual"
    assert chunks[0].text == (
        f"Part one\nHints\nRead this.\nPump\n{prose}\nImprint\nMade in Ulm."
    )


def test_only_headings() -> None:
    assert [(p.heading, p.text) for p in chunk(_content(_heading("Pump")), "pump")] == [
        ("pump", "Pump")
    ]
    assert chunk(_content(), "pump") == []


def test_rows_stay_whole() -> None:
    """Several rows in a chunk, none of them twice."""
    rows = [f"Code: E{number}; Cause: {_word(Random(number))}" for number in range(300)]
    chunks = chunk(_content(_heading("Errors"), *map(_row, rows)), "Boiler")
    assert [row for passage in chunks for row in passage.text.split("\n")] == rows
    assert len(chunks) < 20


def test_page_is_where_the_chunk_begins() -> None:
    """Behind what is said again of the chunk before, which may stand on another page."""
    random = Random(5)
    pages = [_prose(random, 130) for _ in range(12)]
    content = _content(
        *(_text(prose, number) for number, prose in enumerate(pages, start=1))
    )
    chunks = chunk(content, "T")
    assert len(chunks) > 10
    said: set[str] = set()
    again = 0
    for passage in chunks:
        parts = [part.strip() for part in passage.text.split(".")]
        first = next(part for part in parts if part and part not in said)
        again += first != parts[0]
        said.update(parts)
        assert passage.page is not None
        assert first in pages[passage.page - 1]
    assert again > 5


def test_a_sentence_goes_on_over_the_page() -> None:
    chunks = chunk(_content(_text("Open the", 1), _text("valve slowly.", 2)), "T")
    assert [passage.text for passage in chunks] == ["Open the valve slowly."]


def test_long_heading_is_not_lost() -> None:
    long = " ".join(f"word{number}" for number in range(60))
    (passage,) = chunk(_content(_heading(long), _text("It is said.")), "T" * 255)
    assert len(passage.heading) <= 1_000
    assert passage.text == f"{long}\nIt is said."


def test_text_is_never_overlong() -> None:
    """The longest words, below the longest headings, between small neighbours."""
    word = "x" * 19
    blocks = [
        _text(" ".join(f"{word}a" for _ in range(24))),
        *(_heading(f"{word}{level} " * 6 + "y" * 14, level) for level in range(1, 7)),
        _row(" ".join(f"{word}b" for _ in range(119))),
        _text(" ".join(f"{word}c" for _ in range(24))),
    ]
    chunks = chunk(_content(*blocks), "T")
    assert len(chunks) > 1
    assert all(len(passage.text) <= LONGEST for passage in chunks)
    assert _parts(chunks) >= {w for b in blocks for w in b.text.split()}


@pytest.mark.parametrize("unit", ["漢字", "ไทย", "wort ", "x" * 40 + " ", "é́" * 50])
def test_text_without_sentences_is_cut(unit: str) -> None:
    """At words, of Chinese or Thai at characters: nothing lost, nothing overlong."""
    text = (unit * (60_000 // len(unit))).strip()
    parts = [text[start:end] for start, end in pieces(text)]
    assert "".join(parts) == text
    assert max(map(weight, parts)) <= 40
    marked = _text(text + " end")
    chunks = chunk(_content(marked), "T")
    assert chunks
    assert all(0 < len(passage.text) <= LONGEST for passage in chunks)
    assert any(passage.text.endswith("end") for passage in chunks)


def test_chinese_is_counted_by_characters() -> None:
    """About two characters for a word."""
    random = Random(6)
    text = "".join(
        "".join(chr(random.randint(0x4E00, 0x5E00)) for _ in range(15)) + "。"
        for _ in range(200)
    )
    chunks = chunk(_content(_text(text)), "手册")
    lengths = [len(passage.text) for passage in chunks]
    assert 1.5 * WORDS < sum(lengths) / len(lengths) < 2.2 * WORDS
    assert all(passage.text.endswith("。") for passage in chunks)
    assert {
        sentence for p in chunks for sentence in re.findall("[^。]+。", p.text)
    } == set(re.findall("[^。]+。", text))


def test_repeated_text_is_one_chunk() -> None:
    """No hash twice in a document."""
    prose = _prose(Random(7), 60)
    blocks = [_heading("Notice"), _text(prose)] * 3
    assert len(chunk(_content(*blocks), "T")) == 1


_SAID = "the Boiler pump e.g. 3.5 No. 5 öl Straße! why? end. 漢字。 ไทย है। ok."
_WORDS = st.sampled_from(_SAID.split())
_TEXTS = st.lists(_WORDS, min_size=1, max_size=80).map(" ".join)


@st.composite
def _contents(draw: st.DrawFn) -> Content:
    blocks: list[Block] = []
    for _ in range(draw(st.integers(0, 25))):
        kind: BlockKind = draw(st.sampled_from(("heading", "text", "text", "row")))
        text = draw(_TEXTS)
        blocks.append(
            Block(
                kind,
                text[:250] if kind == "heading" else text,
                draw(st.integers(1, 6)) if kind == "heading" else 0,
                len(blocks) // 4 + 1,
            )
        )
    return _content(*blocks)


@settings(max_examples=60, deadline=None)
@given(_contents(), st.text(max_size=30))
def test_every_word_is_in_a_chunk(content: Content, title: str) -> None:
    """Nothing is lost, whatever the content; the shape of the chunks holds."""
    chunks = chunk(content, title)
    wanted = {word for b in content.blocks for word in b.text.casefold().split()}
    assert wanted <= _parts(chunks) | set(title.casefold().split())
    assert len({passage.hash for passage in chunks}) == len(chunks)
    for passage in chunks:
        assert 0 < len(passage.text) <= LONGEST
        assert len(passage.heading) <= 1_000
        assert weight(passage.text) <= 200
        assert len(passage.hash) == 16
    assert chunk(content, title) == chunks


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32))
def test_no_tiny_chunk(seed: int) -> None:
    """Sections of any size, some of them without text: each chunk says something."""
    random = Random(seed)
    blocks: list[Block] = [_text(_prose(random, 25))]
    for _ in range(random.randint(1, 30)):
        blocks.append(_heading(_sentence(random, 3), random.randint(1, 4)))
        if words := random.choice((0, 0, 5, 20, 50, 90, 400)):
            blocks.append(_text(_prose(random, words)))
    for passage in chunk(_content(*blocks), "T"):
        assert len(passage.text.split()) >= 20


def _document(random: Random, shape: str) -> list[Block]:
    """Give a document of about 40 chunks."""
    if shape == "one paragraph":
        return [_text(_prose(random, 3_000))]
    if shape == "paragraphs":
        return [_text(_prose(random, random.randint(10, 70))) for _ in range(70)]
    if shape == "rows":
        return [_row(_sentence(random)) for _ in range(210)]
    blocks: list[Block] = []
    for _ in range(150):
        blocks += [
            _heading(_sentence(random, 2), 2),
            _text(_prose(random, random.randint(5, 25))),
        ]
    return blocks


@pytest.mark.parametrize(
    "shape", ["one paragraph", "paragraphs", "rows", "small sections"]
)
def test_an_edit_changes_few_chunks(shape: str) -> None:
    """One sentence changed, added or removed: two chunks of 40 on average, never ten."""
    counts: list[int] = []
    for seed in range(6):
        random = Random(seed)
        blocks = _document(random, shape)
        before = chunk(_content(*blocks), "T")
        assert 30 <= len(before) <= 65
        for edit in ("", f"{_sentence(random)} ", _sentence(random)[:-1] + ", "):
            at = random.choice([i for i, b in enumerate(blocks) if b.kind != "heading"])
            said = re.split(r"(?<=\.) ", blocks[at].text)
            where = random.randrange(len(said))
            said[where] = edit + ("It is new." if edit.endswith(", ") else said[where])
            if not edit:
                said[where] = "It is new."
            edited = list(blocks)
            edited[at] = Block(blocks[at].kind, " ".join(said))
            counts.append(_changed(before, chunk(_content(*edited), "T")))
    assert min(counts) >= 1
    assert max(counts) < 10
    assert sum(counts) / len(counts) < 3


def test_an_edit_leaves_other_sections_alone() -> None:
    random = Random(8)
    blocks: list[Block] = []
    for number in range(10):
        blocks += [_heading(f"Section {number}"), _text(_prose(random, 500))]
    before = chunk(_content(*blocks), "T")
    blocks[9] = _text(_prose(random, 300))
    after = chunk(_content(*blocks), "T")
    other = {p.hash for p in before if p.heading != "T › Section 4"}
    assert other < {p.hash for p in after}
    assert {p.heading for p in after if p.hash not in other} == {"T › Section 4"}


@pytest.mark.parametrize("unit", ["a", ". ", "、"])
def test_strange_text_takes_no_longer(unit: str) -> None:
    """Were the steps the square of the length, the timeout of the run would tell."""
    chunks = chunk(_content(_text(unit * (100_000 // len(unit)))), "T")
    assert all(len(passage.text) <= LONGEST for passage in chunks)
