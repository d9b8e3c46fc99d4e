"""What changing the embedding model would take: how many vectors, how long, how much disk."""

from collections.abc import Sequence
from dataclasses import dataclass
import time

from ..embedding.embedder import Embedder, TextKind
from ..models import EmbeddingModel, Scope
from ..postgres.embedding_models import EmbeddingModelRepository
from ..postgres.vector_size import vector_bytes
from .embedding_batches import EmbeddingBatches
from .embedding_worker import embedded_text

SAMPLE = 64
"""How many passages are embedded to see how long it takes."""
_ENOUGH = 8.0
"""Seconds after which no further request is made: somebody waits for the answer."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change would take.

    `items` are all passages, `vectors_to_make` those without a vector of the new model. `seconds_per_item` is measured, 0
    where that cannot be. `bytes`: what all vectors of the new model take with their indexes, those of the old
    one are there beside them until the switch. `same`: it is the model that is searched with. `building`: the one whose vectors
    are being made; where it is not the new one, they go.
    """

    new: EmbeddingModel
    building: EmbeddingModel | None
    same: bool
    items: int
    vectors_to_make: int
    seconds_per_item: float
    seconds: float
    bytes: int


async def dry_run(
    models: EmbeddingModelRepository,
    embedder: Embedder,
    batches: EmbeddingBatches,
    *,
    serves: bool,
) -> DryRun:
    """Try an embedder on texts of the household, never on those of a person; nothing is stored.

    `serves`: an embedder does; without one, the last model that did is still the active one. Nobody has agreed yet to
    what the server is sent; the model that serves is sent nothing. Raises DatabaseError, EmbedderError.
    """
    new = await embedder.model()
    active = await models.active()
    building = await models.building()
    same = serves and active is not None and active.model == new
    items = await models.count_findable()
    stored = await models.find(new)
    missing = await models.count_without_embedding(stored) if stored else items
    per_item = 0.0
    if missing and not same:
        found = await models.sample(Scope.household(), SAMPLE)
        per_item = await _seconds_per_item(
            [embedded_text(passage) for passage in found], embedder, batches
        )
    return DryRun(
        new=new,
        building=building.model if building else None,
        same=same,
        items=items,
        vectors_to_make=missing,
        seconds_per_item=per_item,
        seconds=per_item * missing,
        bytes=vector_bytes(items, new.dimensions),
    )


async def _seconds_per_item(
    texts: Sequence[str], embedder: Embedder, batches: EmbeddingBatches
) -> float:
    tried, largest, took = 0, 0, 0.0
    last = time.monotonic() + _ENOUGH
    while tried < len(texts) and time.monotonic() < last:
        made = await batches.first(
            embedder, texts[tried:], TextKind.DOCUMENT, searched=False
        )
        tried += len(made.vectors)
        # The first requests are small, and wait for the model to be loaded.
        if len(made.vectors) >= largest:
            largest, took = len(made.vectors), made.seconds
    return took / largest if largest else 0.0
