"""The labelled corpus (tests/corpus), read, cut and stored by the parts that do it for a household."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Final, override

from custom_components.ai_memory.documents.reader import Reader
from custom_components.ai_memory.embedding.embedder import Embedder, TextKind
from custom_components.ai_memory.memory.document_reading import DocumentReading
from custom_components.ai_memory.memory.embedding_worker import embedded_text
from custom_components.ai_memory.models import EmbeddingModel, Passage, Scope
from custom_components.ai_memory.postgres.chunks import Reading
from custom_components.ai_memory.postgres.documents import Upload
from custom_components.ai_memory.postgres.passages import StoredModel
from custom_components.ai_memory.postgres.store import Store

from . import store as stores

CORPUS: Final = Path(__file__).parent.parent / "tests" / "corpus"
SCOPE: Final = Scope.household()


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the document that answers it, and the words of it that do: any of them.

    `part` is the file it stands in: 1, 2 or plain.
    """

    text: str
    language: str
    document: str
    answers: tuple[str, ...]
    part: str

    @property
    def shelf(self) -> str:
        """Return the shelf of the document."""
        return self.document.partition("/")[0]

    def is_answered_by(self, passage: Passage) -> bool:
        """Return whether a passage holds the answer."""
        text = _folded(_told(passage))
        return any(_folded(answer) in text for answer in self.answers)

    def is_answered_within(self, passages: Iterable[Passage], words: int) -> bool:
        """Return whether the first passages hold the answer: whole ones with their headings, best first, that fit."""
        for passage in passages:
            words -= len(_told(passage).split())
            if words < 0:
                return False
            if self.is_answered_by(passage):
                return True
        return False


class InProcessMiniLM(Embedder):
    """MiniLM without a server."""

    @override
    async def model(self) -> EmbeddingModel:
        return stores.MODEL

    @override
    async def models(self) -> list[str]:
        return [stores.MODEL.name]

    @override
    async def embed(self, texts: Sequence[str], kind: TextKind) -> list[list[float]]:
        vectors: list[list[float]] = stores.embed(texts).tolist()
        return vectors

    @override
    async def close(self) -> None:
        pass


def questions() -> list[Question]:
    """Return all questions."""
    return [
        Question(
            text=row["question"],
            language=row["language"],
            document=row["document"],
            answers=tuple(row["answers"]),
            part=path.stem.removeprefix("questions_"),
        )
        for path in sorted(CORPUS.glob("questions*.json"))
        for row in json.loads(path.read_text())
    ]


async def read(shelves: Collection[str] | None = None) -> dict[str, Reading]:
    """Return what the documents say, by their path; those of `shelves` where some are named."""
    root = CORPUS / "documents"
    reading = DocumentReading(Reader(), language="en")
    try:
        return {
            str(path.relative_to(root)): await reading.read(path, name=path.name)
            for path in sorted(root.rglob("*.*"))
            if not shelves or path.parent.name in shelves
        }
    finally:
        await reading.close()


async def fill(store: Store, model: StoredModel, readings: dict[str, Reading]) -> None:
    """Store documents on their shelves, with vectors and statistics."""
    for name, reading in readings.items():
        upload = Upload(
            name=name,
            title=reading.title,
            language=reading.language,
            format=name.rpartition(".")[2],
            sha256=reading.sha256,
            bytes=reading.bytes,
            original=name,
        )
        shelf = name.partition("/")[0]
        added = await store.documents.add(SCOPE, shelf, upload)
        await store.documents.write(added.document_id, SCOPE, reading)
    waiting = await store.models.without_embedding(model, 100_000)
    vectors = stores.embed([embedded_text(passage) for passage in waiting]).tolist()
    await store.models.add_embeddings(
        model,
        {passage.id: vector for passage, vector in zip(waiting, vectors, strict=True)},
    )
    await store.maintenance.refresh_statistics(force=True)


def _told(passage: Passage) -> str:
    heading = passage.document.heading if passage.document else ""
    return f"{heading}\n{passage.text}"


def _folded(text: str) -> str:
    return " ".join(text.split())
