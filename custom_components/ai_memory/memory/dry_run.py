"""What changing the embedding model would take: how many vectors, how long, how much disk."""

from dataclasses import dataclass
from itertools import batched
import time

from ..embedding.embedder import Embedder, TextKind
from ..models import EmbeddingModel
from ..postgres.embedding_models import EmbeddingModelRepository
from ..postgres.vector_size import vector_bytes
from .embedding_worker import BATCH, embedded_text
from .precedence import Precedence

SAMPLE = 64
"""How many passages are embedded to see how long it takes."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change would take.

    `items` are all passages, `vectors_to_make` those without a vector of the new model. `seconds_per_item` is measured, 0
    where there is nothing to measure with. `bytes`: what all vectors of the new model take with their indexes, those of the old
    one are there beside them until the switch. `same`: it is the model that is searched with.
    """

    current: EmbeddingModel | None
    new: EmbeddingModel
    same: bool
    items: int
    vectors_to_make: int
    seconds_per_item: float
    seconds: float
    bytes: int


async def dry_run(
    models: EmbeddingModelRepository, embedder: Embedder, precedence: Precedence
) -> DryRun:
    """Try an embedder on texts of the household; nothing is stored. Raises DatabaseError, EmbedderError."""
    new = await embedder.model()
    active = await models.active()
    current = active.model if active else None
    items = await models.count_findable()
    stored = await models.find(new)
    missing = await models.count_without_embedding(stored) if stored else items
    texts = [embedded_text(passage) for passage in await models.sample(SAMPLE)]
    took = 0.0
    for batch in batched(texts, BATCH, strict=False):
        async with precedence.batch(searched=False):
            began = time.monotonic()
            await embedder.embed(batch, TextKind.DOCUMENT)
            took += time.monotonic() - began
    per_item = took / len(texts) if texts else 0.0
    return DryRun(
        current=current,
        new=new,
        same=current == new,
        items=items,
        vectors_to_make=missing,
        seconds_per_item=per_item,
        seconds=per_item * missing,
        bytes=vector_bytes(items, new.dimensions),
    )
