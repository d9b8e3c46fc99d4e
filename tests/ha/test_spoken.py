"""What people say to their memory is known in eight languages, and nothing else is."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random
import re
from string import Formatter
import threading
from typing import Any

from hassil.expression import Group, Sentence
from hassil.intents import IntentData, Intents, SlotList, TextSlotList
from hassil.recognize import recognize_all
from home_assistant_intents import get_intents, get_languages
from homeassistant.util.yaml import load_yaml_dict
from hypothesis import given, settings, strategies as st
import pytest
import yaml

from custom_components.ai_memory import spoken
from custom_components.ai_memory.spoken import (
    ANSWERS,
    LANGUAGES,
    MAX_LENGTH,
    NOT_OURS,
    Period,
    Spoken,
    SpokenIntent,
    SpokenSentences,
)
from tests.memory.ha_sentences import _walk, sample

FOLDER = Path(spoken.__file__).parent / "sentences"
UTTERANCES = Path(__file__).parents[1] / "spoken"
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "voice.md"
DOCUMENTED = {
    "Remember": SpokenIntent.REMEMBER,
    "Forget": SpokenIntent.FORGET,
    "Forget last": SpokenIntent.FORGET_LAST,
    "Tell": SpokenIntent.TELL,
    "Name": SpokenIntent.SET_ALIAS,
    "Asked": SpokenIntent.ASKED,
    "Identify": SpokenIntent.IDENTIFY,
    "Wrong": SpokenIntent.WRONG,
    "Right": SpokenIntent.RIGHT,
    "Start over": SpokenIntent.START_OVER,
    "Pause": SpokenIntent.PAUSE,
    "Resume": SpokenIntent.RESUME,
}
NAMES = ["Anna", "Ben"]
THINGS = ["Desk lamp", "Lampadario"]

FRAGMENTS = (
    *("remember that", "remember", "that", "forget", "don't", "call", "this is"),
    *("vergiss", "dass", "merk dir", "souviens-toi", "que", "qu'", "when I say"),
    *("I mean", "what did we say about", "yesterday", "please", "bitte", "Anna"),
    *("{content}", "[<please>]", "(a|b)", "\0", "\ud800", "’", "“", "”", "-", "_", "…"),
)

# What each sentence of an intent has to say; a set beside it may come as well.
SLOTS: dict[str, tuple[set[str], set[str]]] = {
    SpokenIntent.REMEMBER: ({"content"}, {"private", "here"}),
    SpokenIntent.FORGET: ({"query"}, set()),
    SpokenIntent.TELL: ({"query"}, set()),
    SpokenIntent.SET_ALIAS: ({"phrase", "name"}, set()),
    SpokenIntent.ASKED: ({"when"}, {"query"}),
    SpokenIntent.IDENTIFY: ({"name"}, set()),
}


@pytest.fixture(scope="module")
def sentences() -> SpokenSentences:
    """Give sentences that are read once for all tests."""
    return SpokenSentences()


def content_of(language: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(
        (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    )
    return content


def templates(intents: Intents) -> list[tuple[str, IntentData, Sentence]]:
    return [
        (name, data, sentence)
        for name, intent in intents.intents.items()
        for data in intent.data
        for sentence in data.sentences
    ]


# --- what is said


@pytest.mark.parametrize("language", LANGUAGES)
async def test_utterances(sentences: SpokenSentences, language: str) -> None:
    said = yaml.safe_load((UTTERANCES / f"{language}.yaml").read_text(encoding="utf-8"))
    utterances = said["utterances"]
    assert len(utterances) >= 40
    assert sum("intent" not in utterance for utterance in utterances) >= 8

    async def recognise(text: str, utterance: dict[str, Any]) -> Spoken | None:
        return await sentences.async_recognise(
            text,
            language,
            answering=utterance.get("answering", False),
            names=said["names"],
            things=said["things"],
        )

    wrong = []
    for utterance in utterances:
        text = utterance["say"]
        expected = utterance.get("intent")
        found = await recognise(text, utterance)
        got = found and found.intent
        if got != expected or (found and found.slots != utterance.get("slots", {})):
            wrong.append((text, found))
        for variant in (text.upper(), f"  {text.rstrip('.?!')}  …", text.rstrip(".?!")):
            found = await recognise(variant, utterance)
            if (found and found.intent) != expected:
                wrong.append((variant, found))
    assert not wrong


@pytest.mark.parametrize(
    "language",
    [
        language
        for language in sorted(get_languages())
        if language.partition("-")[0] in LANGUAGES
    ],
)
async def test_home_assistants_sentences_stay_its_own(
    sentences: SpokenSentences, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = get_intents(language)
    assert content is not None
    names = tuple(content["intents"])
    drawn = sample(language, names, 1 + 1000 // len(names))
    assert len(drawn) >= 1000
    asked = []

    def counted(text: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(text)
        return recognize_all(text, *args, **kwargs)

    monkeypatch.setattr(spoken, "recognize_all", counted)
    captured = [
        (text, found.intent)
        for text in drawn
        if (
            found := await sentences.async_recognise(
                text, language, names=NAMES, things=THINGS
            )
        )
    ]
    assert not captured, f"{len(captured)} of {len(drawn)} are captured"
    # Nearly all are told apart before hassil is asked.
    assert len(asked) < len(drawn) / 20


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_sentence_is_recognised(
    sentences: SpokenSentences, language: str
) -> None:
    intents = Intents.from_dict(content_of(language))
    lists: dict[str, SlotList] = {
        **intents.slot_lists,
        "person": TextSlotList.from_strings(NAMES),
        "thing": TextSlotList.from_strings(THINGS),
    }
    random = Random(language)
    lost = []
    for name, _, sentence in templates(intents):
        for _ in range(3):
            text = _walk(sentence.expression, intents.expansion_rules, lists, random)
            found = await sentences.async_recognise(
                " ".join(text.split()),
                language,
                answering=name in ANSWERS,
                names=NAMES,
                things=THINGS,
            )
            if (found.intent if found else NOT_OURS) != name:
                lost.append((name, text, found))
    assert not lost


@pytest.mark.parametrize(
    ("language", "text", "file"),
    [
        ("de-CH", "Was weißt du über Anna?", "de"),
        ("pt-BR", "O que você sabe sobre a Ana?", "pt"),
        ("en-GB", "what do you know about Anna", "en"),
    ],
)
async def test_variants_of_a_language(
    sentences: SpokenSentences, language: str, text: str, file: str
) -> None:
    found = await sentences.async_recognise(text, language)
    assert found is not None
    assert (found.intent, found.language) == (SpokenIntent.TELL, file)


@pytest.mark.parametrize("language", ["sv", "zh-Hant", "", "?", "e" * 300])
async def test_other_languages_are_not_understood(
    sentences: SpokenSentences, language: str
) -> None:
    assert await sentences.async_recognise("remember that it is so", language) is None


async def test_names_are_those_given(sentences: SpokenSentences) -> None:
    async def name_in(
        text: str, names: Sequence[str] = (), things: Sequence[str] = ()
    ) -> str | None:
        found = await sentences.async_recognise(text, "en", names=names, things=things)
        return found.slots["name"] if found else None

    assert await name_in("this is anna") is None
    assert await name_in("this is anna", names=["Anna"]) == "Anna"
    assert await name_in("this is anna (", names=["Anna (", "["]) == "Anna ("
    assert await name_in("call the desk lamp Bob", things=["Desk"]) == "Desk"
    longest = ["Desk", "Desk lamp", "Lamp"]
    assert await name_in("call the desk lamp Bob", things=longest) == "Desk lamp"
    assert await name_in("call Anna now", things=["Anna"]) == "Anna"
    assert await name_in("call Anna now", things=["Anna"], names=["Anna"]) is None


# --- bad input


async def test_slots_can_be_stored(sentences: SpokenSentences) -> None:
    found = await sentences.async_recognise(
        "que\u0301\0 sabes de\nAne\u0301 A\0na", "es"
    )
    assert found is not None
    assert found.slots == {"query": "Ané Ana"}


async def test_long_text_is_not_looked_at() -> None:
    sentences = SpokenSentences()
    start = "remember that "
    assert await sentences.async_recognise(start + "a" * 1_000_000, "en") is None
    assert not sentences._languages

    longest = start + "a" * (MAX_LENGTH - len(start))
    found = await sentences.async_recognise(longest, "en")
    assert found is not None
    assert found.slots == {"content": longest[len(start) :]}
    assert await sentences.async_recognise(longest + "a", "en") is None


@settings(deadline=None, max_examples=200)
@given(
    text=st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(FRAGMENTS),
            max_size=12,
        ).map(" ".join),
    ),
    language=st.sampled_from(LANGUAGES),
    answering=st.booleans(),
    names=st.lists(st.text(max_size=8), max_size=3),
)
def test_any_text_is_borne(
    sentences: SpokenSentences,
    text: str,
    language: str,
    answering: bool,
    names: list[str],
) -> None:
    found = asyncio.run(
        sentences.async_recognise(
            text, language, answering=answering, names=names, things=names
        )
    )
    if found is not None:
        assert found.intent in SpokenIntent
        assert all(value.strip() for value in found.slots.values())
        if not answering:
            assert found.intent not in ANSWERS


# --- loading


async def test_hassil_does_not_run_in_the_event_loop(
    sentences: SpokenSentences, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def noted(*args: Any, **kwargs: Any) -> Any:
        threads.append(threading.current_thread())
        return recognize_all(*args, **kwargs)

    monkeypatch.setattr(spoken, "recognize_all", noted)
    assert await sentences.async_recognise("start over", "en")
    assert await sentences.async_recognise("yes", "en", answering=True)
    assert threads
    assert threading.current_thread() not in threads


async def test_a_file_is_read_once_and_not_in_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads: list[tuple[str, bool]] = []
    loop_thread = threading.current_thread()

    def noted(path: str) -> Any:
        reads.append((Path(path).stem, threading.current_thread() is loop_thread))
        return load_yaml_dict(path)

    monkeypatch.setattr(spoken, "load_yaml_dict", noted)
    sentences = SpokenSentences()
    await asyncio.gather(
        *(sentences.async_recognise("guten Tag", "de") for _ in range(5))
    )
    assert sorted(reads) == [("de", False), ("en", False)]


# --- the files


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_complete(language: str) -> None:
    content = content_of(language)
    assert content["language"] == language
    intents = Intents.from_dict(content)
    assert set(intents.intents) == {*SpokenIntent, NOT_OURS}
    assert {value["out"] for value in content["lists"]["when"]["values"]} == set(Period)
    lists = {*intents.slot_lists, "person", "thing"}
    for name, data, sentence in templates(intents):
        assert isinstance(sentence.expression, Group)
        spans = list(sentence.expression.list_references(intents.expansion_rules))
        assert {span.list_name for span in spans} <= lists, sentence.text
        slots = {span.slot_name for span in spans} | set(data.slots)
        if name == NOT_OURS:
            continue
        needed, optional = SLOTS.get(name, (set(), set()))
        assert needed <= slots <= needed | optional, sentence.text
        assert all(isinstance(value, str) for value in data.slots.values())
        if "person" in sentence.list_names(intents.expansion_rules):
            # Who is not named is not looked for.
            assert slots == {"name"}


def placeholders(replies: dict[str, dict[str, str]]) -> dict[tuple[str, str], set[str]]:
    assert all(text.strip() for texts in replies.values() for text in texts.values())
    return {
        (intent, key): {field for _, field, _, _ in Formatter().parse(text) if field}
        for intent, texts in replies.items()
        for key, text in texts.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_are_those_of_english(language: str) -> None:
    english = content_of("en")["responses"]
    responses = content_of(language)["responses"]
    assert set(english["intents"]) == set(SpokenIntent) - {SpokenIntent.CONFIRM}
    assert placeholders(responses["intents"]) == placeholders(english["intents"])
    assert placeholders({"": responses["errors"]}) == placeholders(
        {"": english["errors"]}
    )


# --- what is answered


async def test_replies(sentences: SpokenSentences) -> None:
    await sentences.async_recognise("guten Tag", "de")
    intent = SpokenIntent.FORGET
    assert (
        sentences.reply("de-AT", intent, "confirm", text="{x} {0} %s {{")
        == "Soll ich das vergessen: {x} {0} %s {{?"
    )
    assert (
        sentences.reply("de", intent, "unavailable")
        == (content_of("de")["responses"]["errors"]["unavailable"])
    )
    assert sentences.reply("sv", intent, "done") == "I have forgotten that."
    with pytest.raises(KeyError):
        sentences.reply("de", intent, "no such key")
    with pytest.raises(KeyError):
        sentences.reply("de", intent, "confirm")


# --- the documentation


@pytest.mark.parametrize("language", LANGUAGES)
async def test_examples_of_the_documentation(
    sentences: SpokenSentences, language: str
) -> None:
    page = DOCUMENTATION.read_text(encoding="utf-8")
    section = page.partition(f"({language})\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (\w[^|]*) \| ([^|]+) \|$", section, re.MULTILINE)
    titles = {title.partition(",")[0] for title, _ in rows}
    assert titles == set(DOCUMENTED)
    for title, example in rows:
        found = await sentences.async_recognise(
            example, language, names=NAMES, things=THINGS
        )
        kind, _, variant = title.partition(", ")
        assert found is not None, example
        assert found.intent == DOCUMENTED[kind], example
        assert ("private" in found.slots) == (variant == "yours alone"), example
        assert ("here" in found.slots) == (variant == "this room"), example
