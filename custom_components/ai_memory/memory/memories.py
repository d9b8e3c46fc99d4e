"""What is remembered on purpose: kept, found, put right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from ..errors import InvalidInput
from ..models import Memory, MemoryStatus, Passage, PassageKind, Scope, Subject, Verb
from ..postgres.store import Store
from ..text_forms import clean
from .changes import Changes
from .context import context_text, is_relevant
from .searching import PATIENCE, Searching
from .secret_gate import SecretGate

MEMORIES = "memories"
"""The collection of what was remembered on purpose."""
LONGEST_MEMORY = 8000  # characters, as the column
LONGEST_QUERY = 2000
LONGEST_LABEL = 255
MOST_RESULTS = 50
MOST_ROWS = 500
"""Rows of one page of a list."""
SHORTEST_CONTEXT, LONGEST_CONTEXT = 100, 20_000  # characters
_LONGEST_NAME = 100
_LONGEST_LANGUAGE = 35
_LONGEST_PLACE = 300


@dataclass(frozen=True, slots=True)
class ContextText:
    """Text for a prompt, and the passages that stand in it, in order."""

    text: str
    passages: list[Passage]


class Memories:
    """Facts, statements and habits."""

    def __init__(
        self,
        store: Store,
        searching: Searching,
        secrets: SecretGate,
        changes: Changes,
        *,
        language: str,
        nudge: Callable[[], None],
    ) -> None:
        """Call `nudge` when there is something new to make vectors of."""
        self._store = store
        self._searching = searching
        self._secrets = secrets
        self._changes = changes
        self._language = language
        self._nudge = nudge

    async def remember(
        self,
        scope: Scope,
        content: str,
        *,
        collection: str = MEMORIES,
        language: str | None = None,
        source: str | None = None,
        tags: Sequence[str] = (),
        confidence: float = 1.0,
        turn_id: UUID | None = None,
        place: str | None = None,
        status: MemoryStatus = MemoryStatus.ACCEPTED,
    ) -> tuple[Memory, bool]:
        """Store a memory; return it, and whether it is new. Raises InvalidInput, DatabaseError."""
        if not 0 <= confidence <= 1:
            raise InvalidInput("confidence_invalid")
        content = clean(content, limit=LONGEST_MEMORY)
        collection = clean(collection, limit=_LONGEST_NAME)
        language = clean(language or self._language, limit=_LONGEST_LANGUAGE)
        source = clean(source, limit=LONGEST_LABEL) if source else None
        tags = _tags(tags)
        place = clean(place, limit=_LONGEST_PLACE) if place else None
        await self._secrets.refuse(
            scope, "memory", language, content, collection, source or "", *tags
        )
        memory, is_new = await self._store.memories.add(
            scope,
            content,
            collection=collection,
            language=language,
            source=source,
            tags=tags,
            confidence=confidence,
            turn_id=turn_id,
            place=place,
            status=status,
        )
        self._nudge()
        self._changes.tell(
            Subject.MEMORY,
            Verb.ADDED if is_new else Verb.CHANGED,
            memory.owner,
            [memory.id],
        )
        return memory, is_new

    async def update(
        self,
        scope: Scope,
        memory_id: int,
        *,
        content: str | None = None,
        tags: Sequence[str] | None = None,
        source: str | None = None,
        place: str | None = None,
        status: MemoryStatus | None = None,
    ) -> Memory:
        """Change what is given, leave the rest; an empty `source` or `place` removes it.

        Raises InvalidInput (`memory_unknown`, also for somebody else's; `memory_duplicate`), DatabaseError.
        """
        check_ids([memory_id])
        if content is not None:
            content = clean(content, limit=LONGEST_MEMORY)
        if source:
            source = clean(source, limit=LONGEST_LABEL)
        if place:
            place = clean(place, limit=_LONGEST_PLACE)
        if tags is not None:
            tags = _tags(tags)
        await self._secrets.refuse(
            scope, "memory", self._language, content or "", source or "", *(tags or ())
        )
        memory = await self._store.memories.update(
            scope,
            memory_id,
            content=content,
            tags=tags,
            source=source,
            place=place,
            status=status,
        )
        if content is not None:
            self._nudge()
        self._changes.tell(Subject.MEMORY, Verb.CHANGED, memory.owner, [memory.id])
        return memory

    async def get(self, scope: Scope, memory_id: int) -> Memory:
        """Return a memory. Raises InvalidInput `memory_unknown`, DatabaseError."""
        check_ids([memory_id])
        for memory in await self._store.memories.get(scope, [memory_id]):
            return memory
        raise InvalidInput("memory_unknown")

    async def recall(
        self,
        scope: Scope,
        query: str,
        *,
        limit: int = 5,
        language: str | None = None,
        kinds: Sequence[PassageKind] = tuple(PassageKind),
        places: Sequence[str] = (),
        relevant_only: bool = False,
    ) -> list[Passage]:
        """Return what is known that fits a query, best first. Raises InvalidInput, DatabaseError.

        `places` is where the speaker is: what belongs to another place is left out. `relevant_only`: so is what has too
        little to do with the query to stand beside a question.
        """
        query = clean(query, limit=LONGEST_QUERY)
        if not 1 <= limit <= MOST_RESULTS:
            raise InvalidInput("limit_invalid", most=str(MOST_RESULTS))
        language = language or self._language
        vector = await self._searching.query_vector(query, timeout=PATIENCE)
        passages = await self._searching.search(
            scope,
            query,
            language=language,
            limit=limit,
            vector=vector,
            kinds=kinds,
            places=places,
        )
        if not relevant_only:
            return passages
        gates = self._searching.gates(language, vector)
        return [
            passage
            for passage in passages
            if is_relevant(passage, gates, is_question=True)
        ]

    async def get_context(
        self,
        scope: Scope,
        query: str,
        *,
        length: int = 2000,
        language: str | None = None,
        places: Sequence[str] = (),
    ) -> ContextText:
        """Return what is known that fits a query as text for a prompt of at most `length` characters.

        Raises InvalidInput, DatabaseError.
        """
        if not SHORTEST_CONTEXT <= length <= LONGEST_CONTEXT:
            raise InvalidInput(
                "length_invalid",
                least=str(SHORTEST_CONTEXT),
                most=str(LONGEST_CONTEXT),
            )
        passages = await self.recall(
            scope, query, limit=MOST_RESULTS, language=language, places=places
        )
        text, used = context_text(passages, length=length)
        return ContextText(text, used)

    async def list(
        self,
        scope: Scope,
        *,
        limit: int = 50,
        before_id: int | None = None,
        text: str | None = None,
        collection: str | None = None,
        status: MemoryStatus | None = None,
    ) -> list[Memory]:
        """Return memories, the newest first; `before_id` is the last one of the page before.

        `text` is looked for as it stands. Raises InvalidInput, DatabaseError.
        """
        if not 1 <= limit <= MOST_ROWS:
            raise InvalidInput("limit_invalid", most=str(MOST_ROWS))
        if before_id is not None:
            check_ids([before_id])
        return await self._store.memories.list(
            scope,
            limit=limit,
            before_id=before_id,
            text=clean(text, limit=LONGEST_QUERY) if text else None,
            collection=clean(collection, limit=_LONGEST_NAME) if collection else None,
            status=status,
        )


def check_ids(ids: Sequence[int]) -> None:
    """Raise InvalidInput unless these can be ids of rows."""
    if any(not 0 < row_id < 2**63 for row_id in ids):
        raise InvalidInput("memory_id_invalid")


def _tags(tags: Sequence[str]) -> list[str]:
    return sorted({clean(tag, limit=_LONGEST_NAME) for tag in tags})
