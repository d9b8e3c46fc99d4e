"""What a search returns: hybrid search and the gates of recall."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from pgvector import HalfVector

from ..models import DocumentPlace, Passage, PassageKind, Scope
from ..text_forms import lexical
from .database import MAINTENANCE, Database
from .languages import text_search_configuration
from .queries import load

SQL = load("passages")
ELSEWHERE = 0.95
"""What the score of a chunk is multiplied with where its shelf does not fit the question."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """An embedding model and its row."""

    id: int
    dimensions: int


@dataclass(frozen=True, slots=True)
class Gates:
    """What a passage must score to be relevant, between 0 and 1.

    Cosines are None where the store is searched without an embedder. `passages` is against how many the gates were
    measured: with an embedder those that had their vector.
    """

    question_cosine: float | None
    other_cosine: float | None
    question_lexical: float
    passages: int


def search_statement(model: StoredModel | None, *, some_kinds: bool = False) -> str:
    """Return the search for a model, or the lexical half alone.

    Only integers of ours are put into the text: an index on one model needs its id and its dimensions as constants.
    """
    statement = (
        SQL["search"]
        .replace("{fused}", SQL["fused_both" if model else "fused_words"])
        .replace("{elsewhere}", str(ELSEWHERE))
        .replace("{of_kinds}", f" {SQL['of_kinds']}" if some_kinds else "")
    )
    return _for_model(statement, model) if model else statement


def _for_model(statement: str, model: StoredModel) -> str:
    return statement.replace("{model_id}", str(int(model.id))).replace(
        "{dimensions}", str(int(model.dimensions))
    )


class PassageRepository:
    """Searches passages."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database
        self._statements: dict[tuple[StoredModel | None, bool], str] = {}

    async def search(
        self,
        scope: Scope,
        query: str,
        *,
        language: str | None,
        limit: int,
        model: StoredModel | None = None,
        vector: Sequence[float] | None = None,
        without_conversation: str | None = None,
        kinds: Sequence[PassageKind] = tuple(PassageKind),
        places: Sequence[str] = (),
        shelves: Sequence[int] | None = None,
    ) -> list[Passage]:
        """Return the best passages that the scope may see, best first; of those that belong to a place, those of `places`.

        `shelves` are the ids of the collections that fit: chunks of others come behind, however well they do. None: all.
        `vector` is a unit vector of the active model; without one the lexical half serves alone. Raises DatabaseError.
        """
        if vector is None:
            model = None
        some_kinds = set(kinds) != set(PassageKind)
        if (model, some_kinds) not in self._statements:
            self._statements[model, some_kinds] = search_statement(
                model, some_kinds=some_kinds
            )
        arguments = [
            scope.owners,
            text_search_configuration(language),
            lexical(query),
            limit,
            without_conversation,
            list(kinds),
            list(places),
            None if shelves is None else list(shelves),
        ]
        if model is not None and vector is not None:
            arguments.append(HalfVector(list(vector)))
        async with self._database.transaction(scope.owner) as connection:
            rows = await connection.fetch(
                self._statements[model, some_kinds], *arguments
            )
        return [_passage(row) for row in rows]

    async def best_cosines(
        self, model: StoredModel, vectors: Sequence[Sequence[float]]
    ) -> list[float]:
        """Return for each vector the cosine of the nearest passage of anybody. Raises DatabaseError."""
        statement = _for_model(SQL["best_cosine"], model)
        async with self._database.transaction(MAINTENANCE) as connection:
            return [
                await connection.fetchval(statement, HalfVector(list(vector))) or 0.0
                for vector in vectors
            ]

    async def count(self, model: StoredModel | None = None) -> int:
        """Return how many passages there are, or how many of them a model has vectors of. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            found: int = (
                await connection.fetchval(SQL["count_vectors"], model.id)
                if model
                else await connection.fetchval(SQL["count"])
            )
        return found

    async def gates(self, embedder: str, language: str) -> Gates | None:
        """Return the measured gates. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL["gates"], embedder, language)
        return Gates(**row) if row else None

    async def save_gates(self, embedder: str, language: str, gates: Gates) -> None:
        """Keep the measured gates. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(
                SQL["save_gates"],
                embedder,
                language,
                gates.question_cosine,
                gates.other_cosine,
                gates.question_lexical,
                gates.passages,
            )


def _passage(row: asyncpg.Record) -> Passage:
    document = None
    if row["chunk_id"] is not None:
        document = DocumentPlace(
            document_id=row["document_id"],
            title=row["title"],
            heading=row["heading"],
            page=row["page"],
        )
    return Passage(
        id=row["id"],
        kind=PassageKind(row["kind"]),
        owner=row["owner"],
        text=row["text"],
        created_at=row["created_at"],
        score=row["score"],
        cosine=row["cosine"],
        lexical=row["lexical"],
        source_id=str(row["memory_id"] or row["turn_id"] or row["document_id"]),
        collection_id=row["collection_id"],
        document=document,
    )
