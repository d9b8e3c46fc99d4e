"""Embedding models: which one is searched with, which one is built meanwhile, and their vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
import hashlib

import asyncpg
from pgvector import HalfVector

from ..models import EmbeddingModel, PassageKind, Scope
from .database import MAINTENANCE, Database
from .passages import StoredModel
from .queries import load

SQL = load("embedding_models")

GRACE = timedelta(seconds=60)
"""How long the vectors of a replaced model are kept: longer than any search that began with it."""
_DELETED_AT_ONCE = 2_000  # vectors; some hundredths of a second


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A passage to make a vector of. `heading` stands above it in its document."""

    id: int
    kind: PassageKind
    speaker: str | None
    text: str
    created_at: datetime
    heading: str | None


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model as its server names it, and its row."""

    model: EmbeddingModel
    stored: StoredModel


class EmbeddingModelRepository:
    """Keeps models and vectors."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    async def active(self) -> KnownModel | None:
        """Return the model that is searched with. Raises DatabaseError."""
        return await self._one("active")

    async def building(self) -> KnownModel | None:
        """Return the model whose vectors are made while another one serves. Raises DatabaseError."""
        return await self._one("building")

    async def find(self, model: EmbeddingModel) -> StoredModel | None:
        """Return the row of a model, None where there is none. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            model_id = await connection.fetchval(
                SQL["find"], model.provider, model.name, model.dimensions
            )
        return StoredModel(model_id, model.dimensions) if model_id else None

    async def activate(self, model: EmbeddingModel) -> StoredModel:
        """Make a model the one that is searched with, at once; return its row. Raises DatabaseError."""
        fields = (model.provider, model.name, model.dimensions)
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["retire_others"], *fields)
            model_id = await connection.fetchval(SQL["add"], *fields)
            await connection.execute(SQL["set_active"], model_id)
        return StoredModel(model_id, model.dimensions)

    async def begin(self, model: EmbeddingModel) -> tuple[StoredModel, datetime]:
        """Note that the vectors of a model are made; return its row, and since when. Raises DatabaseError.

        It must not be the active one, nor may another one be under way.
        """
        async with self._database.transaction(MAINTENANCE) as connection:
            model_id = await connection.fetchval(
                SQL["add"], model.provider, model.name, model.dimensions
            )
            since: datetime = await connection.fetchval(SQL["begin_building"], model_id)
        return StoredModel(model_id, model.dimensions), since

    async def switch(self, model: StoredModel) -> bool:
        """Make the model that was built the active one, in one transaction; return whether. Raises DatabaseError.

        Not where it is no longer being built.
        """
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["knowledge_changed"])
            await connection.execute(SQL["switch_from"], model.id)
            return bool(await connection.fetchval(SQL["switch_to"], model.id))

    async def stop_building(self, model: StoredModel) -> None:
        """Note that a model is not built any more; its vectors are for `delete`. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["stop_building"], model.id)

    async def replaced(self) -> list[StoredModel]:
        """Return the models that no search can have begun with any more. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL["replaced"], GRACE)
        return [StoredModel(**row) for row in rows]

    async def delete(self, model: StoredModel) -> None:
        """Delete a model that is neither active nor being built, with vectors and gates. Raises DatabaseError.

        Bit by bit: what is aborted goes on the next time. Its index must have gone before, it would be mended for long.
        """
        deleted = ""
        while deleted != "DELETE 0":
            async with self._database.transaction(MAINTENANCE) as connection:
                deleted = await connection.execute(
                    SQL["delete_some_vectors"], model.id, _DELETED_AT_ONCE
                )
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["delete_model"], model.id)
            await connection.execute(SQL["delete_gates"])

    async def without_embedding(
        self, model: StoredModel, limit: int
    ) -> list[Unembedded]:
        """Return passages that wait for their vector: those of documents last, oldest first. Raises DatabaseError."""
        return await self._passages("without_embedding", model.id, limit)

    async def sample(self, scope: Scope, limit: int) -> list[Unembedded]:
        """Return passages of an owner, by chance. Raises DatabaseError."""
        return await self._passages("sample", scope.owner, limit)

    async def count_without_embedding(self, model: StoredModel) -> int:
        """Return how many passages wait for their vector. Raises DatabaseError."""
        return await self._count("count_without_embedding", model.id)

    async def count_findable(self) -> int:
        """Return how many passages want a vector of each model. Raises DatabaseError."""
        return await self._count("count_findable")

    async def count_unembeddable(self, model: StoredModel) -> int:
        """Return of how many passages the model makes no usable vector. Raises DatabaseError."""
        return await self._count("count_unembeddable", model.id)

    async def add_embeddings(
        self,
        model: StoredModel,
        vectors: Mapping[int, Sequence[float]],
        texts: Mapping[int, str] | None = None,
        *,
        searched: bool = True,
    ) -> None:
        """Store vectors by passage id; with `texts` only where that is still its text. Raises DatabaseError.

        `searched`: the model is the one that is searched with.
        """
        ids = list(vectors)
        async with self._database.transaction(MAINTENANCE) as connection:
            if searched:
                # What was looked up before may be answered better from now on. First: nothing is locked yet.
                await connection.execute(SQL["knowledge_searchable_now"], ids)
            await connection.execute(
                SQL["insert_embeddings"],
                ids,
                [HalfVector(list(vector)) for vector in vectors.values()],
                [_hash(texts[one]) if texts else None for one in ids],
                model.id,
            )

    async def add_failures(self, model: StoredModel, texts: Mapping[int, str]) -> None:
        """Note passages of whose text the model makes no usable vector. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(
                SQL["insert_failures"],
                list(texts),
                [_hash(text) for text in texts.values()],
                model.id,
            )

    async def forget_failures(self) -> None:
        """Let texts be tried again that failed a week ago. Raises DatabaseError."""
        async with self._database.transaction(MAINTENANCE) as connection:
            await connection.execute(SQL["forget_failures"])

    async def _one(self, name: str) -> KnownModel | None:
        async with self._database.transaction(MAINTENANCE) as connection:
            row = await connection.fetchrow(SQL[name])
        return _known(row) if row else None

    async def _count(self, name: str, *arguments: object) -> int:
        async with self._database.transaction(MAINTENANCE) as connection:
            found: int = await connection.fetchval(SQL[name], *arguments)
        return found

    async def _passages(self, name: str, *arguments: object) -> list[Unembedded]:
        async with self._database.transaction(MAINTENANCE) as connection:
            rows = await connection.fetch(SQL[name], *arguments)
        return [Unembedded(**{**row, "kind": PassageKind(row["kind"])}) for row in rows]


def _known(row: asyncpg.Record) -> KnownModel:
    model = EmbeddingModel(row["provider"], row["name"], row["dimensions"])
    return KnownModel(model, StoredModel(row["id"], row["dimensions"]))


def _hash(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
