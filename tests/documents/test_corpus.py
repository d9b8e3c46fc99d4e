"""The labels of the retrieval corpus (tests/corpus/README.md) fit its documents."""

from collections import Counter
from html import unescape
import json
from pathlib import Path
import re
from typing import TypedDict

import pytest

CORPUS = Path(__file__).parents[1] / "corpus"
FOLDER = CORPUS / "documents"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())
INLINE_TAG = re.compile(r"</?(?:a|abbr|b|code|em|i|small|span|strong)\b[^>]*>")
TAG = re.compile(r"<[^>]+>")
LANGUAGES = {"de", "en", "es", "fr", "pl"}


class Question(TypedDict):
    """One labelled question."""

    id: str
    question: str
    language: str
    document: str
    answers: list[str]


def text_of(path: Path) -> str:
    """Return the text of a document without HTML tags, white space normalised."""
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        text = unescape(TAG.sub("\n", INLINE_TAG.sub("", text)))
    return " ".join(text.split())


DOCUMENTS = {path.relative_to(FOLDER).as_posix(): text_of(path) for path in FILES}


def questions_of(name: str) -> list[Question]:
    """Return the questions of a file of the corpus."""
    questions: list[Question] = json.loads((CORPUS / name).read_text("utf-8"))
    return questions


HARD = questions_of("questions_1.json") + questions_of("questions_2.json")
PLAIN = questions_of("questions_plain.json")
QUESTIONS = HARD + PLAIN


def test_sizes() -> None:
    assert len(DOCUMENTS) >= 50
    assert sum(path.stat().st_size for path in CORPUS.rglob("*.*")) < 450_000


@pytest.mark.parametrize("questions", [HARD, PLAIN], ids=["hard", "plain"])
def test_each_set_asks_about_every_document(questions: list[Question]) -> None:
    assert len(questions) >= 200
    assert {question["document"] for question in questions} == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document(name: str) -> None:
    assert Path(name).suffix in {".csv", ".html", ".md", ".txt"}
    assert 300 <= len(DOCUMENTS[name].split()) <= 1400


def test_questions_are_unique() -> None:
    for key in ("id", "question"):
        counts = Counter(str(question[key]) for question in QUESTIONS)
        assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_answers_stand_in_one_place(question: Question) -> None:
    """Each answer: one place of its document, no other document, no markup."""
    assert question["language"] in LANGUAGES
    assert question["answers"]
    for answer in question["answers"]:
        assert len(answer) >= 4
        assert len(answer.split()) <= 10
        assert not set(answer) & set("|*`<>\n")
        places = [
            name for name, text in DOCUMENTS.items() for _ in range(text.count(answer))
        ]
        assert places == [question["document"]], answer
