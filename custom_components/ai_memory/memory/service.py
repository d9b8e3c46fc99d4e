"""The one service layer: every surface translates to and from what stands here."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
import json
import logging
from pathlib import Path
from typing import Any
from uuid import UUID

from ..embedding.embedder import Embedder
from ..errors import AiMemoryError, DatabaseError, InvalidInput
from ..models import (
    AnsweredBy,
    CacheVerdict,
    JsonValue,
    Memory,
    Passage,
    PassageKind,
    Preference,
    Scope,
    TargetKind,
    Turn,
)
from ..postgres.settings import ConnectionSettings
from ..postgres.store import Store
from ..text_forms import clean, storable, storable_json
from .aliases import (
    ALIAS_PREFIX,
    AliasTable,
    KnownNames,
    Resolution,
    alias_from_preference,
    split_key,
)
from .cache_policy import LIFETIME, LIMIT, verdict_after
from .health import Health, Part, ReportProblem
from .journal import Journal
from .look_up import Found, LookUp, Utterance
from .questions import is_statement
from .searching import PATIENCE, Searching
from .storable_turn import make_storable
from .turn_writer import TurnWriter
from .upkeep import Commands, Upkeep

_LOGGER = logging.getLogger(__name__)

MEMORIES = "memories"
"""The collection of what was remembered on purpose."""
LONGEST_MEMORY = 8000  # characters, as the column
LONGEST_QUERY = 2000
LONGEST_LABEL = 255
MOST_RESULTS = 50
_LONGEST_NAME = 100
_LONGEST_LANGUAGE = 35
_CHECK_VIOLATION = "23514"
_DRAIN_TIMEOUT = 5.0


class MemoryService:
    """The memory of one home."""

    def __init__(
        self,
        settings: ConnectionSettings,
        embedder: Embedder | None,
        *,
        journal_path: Path,
        language: str,
        commands: Commands,
        knows_target: Callable[[TargetKind, str], bool],
        report: ReportProblem,
    ) -> None:
        """Take what it needs; nothing is opened yet.

        `language` is the home's own; `commands` gives plain commands to measure relevance against; `knows_target` tells
        whether an alias can name a thing; `report` hears of problems and of their end.
        """
        self.store = Store(settings)
        self.language = language
        self.health = Health(self._problem_changed)
        self._report = report
        self._knows_target = knows_target
        self._searching = Searching(self.store, embedder, self.health)
        self._searching.gates(language)
        self._look_up = LookUp(self.store, self._searching, self.health)
        self._writer = TurnWriter(
            Journal(journal_path),
            self.store.turns,
            report=self._database_answered,
            after_batch=self._after_turns,
        )
        self._upkeep = Upkeep(
            self.store,
            self._searching,
            self.health,
            commands=commands,
            when_connected=self._when_connected,
        )
        self._aliases = AliasTable([])
        self._loading_aliases = asyncio.Lock()
        self._loops: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to work. Returns also where the database cannot be reached: it is tried on and on."""
        await self._writer.load()
        try:
            await self._upkeep.connect()
            await self._load_aliases()
        except DatabaseError:
            _LOGGER.debug("Started without the database", exc_info=True)
        self._loops = [
            asyncio.create_task(self._upkeep.run(), name="ai_memory upkeep"),
            asyncio.create_task(self._writer.run(), name="ai_memory turn writer"),
        ]

    async def stop(self) -> None:
        """Write what can be written and let go of everything. What is left stays in the journal."""
        if not self.health.is_failing(Part.DATABASE):
            await self._writer.drain(_DRAIN_TIMEOUT)
        tasks = [*self._loops, *self._errands]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._look_up.stop()
        if self._searching.embedder:
            await self._searching.embedder.close()
        await self.store.database.close()

    async def settled(self, timeout: float = 30.0) -> bool:
        """Wait until turns are written and vectors made; return False where that took longer than `timeout` seconds."""
        if self._errands:
            await asyncio.wait(self._errands, timeout=timeout)
        return await self._writer.drain(timeout) and await self._upkeep.settled(timeout)

    # --- a turn

    def resolve_aliases(
        self, text: str, scope: Scope, names: KnownNames, language: str | None = None
    ) -> Resolution | None:
        """Put the names that Home Assistant knows in the place of the household's own."""
        return self._aliases.resolve(text, scope, names, language)

    async def look_up(
        self,
        utterance: Utterance,
        *,
        is_command: Callable[[], Awaitable[bool]],
        deadline: float,
    ) -> Found:
        """Return an answer or a context for an utterance within `deadline` seconds. Never raises but when cancelled."""
        if utterance.language not in self._searching.languages:
            self._upkeep.nudge()
        found = await self._look_up.find(
            utterance, is_command=is_command, deadline=deadline
        )
        if found.answer:
            self._run(
                self._count_hit(utterance.scope, found.answer.id), "count cache hit"
            )
        return found

    async def record(
        self,
        turn: Turn,
        *,
        found: Found | None = None,
        continues: bool = False,
    ) -> None:
        """Make sure of a turn, and keep its answer where that is safe. Never raises but when cancelled.

        `found` is what `look_up` returned for it; `continues`: the agent expects an answer.
        """
        make_storable(turn)
        if found is not None:
            turn.references = [
                replace(reference, snippet=storable(reference.snippet))
                for reference in found.references
            ]
            turn.stages = found.stages | turn.stages
            turn.cache = found.cache
            if found.cache is CacheVerdict.MISS:
                turn.cache = verdict_after(
                    turn, turn.text, is_command=found.is_command, continues=continues
                )
            if turn.cache is CacheVerdict.STORED:
                self._run(self._keep_answer(turn, found), "keep answer")
        if (
            turn.answered_by in {AnsweredBy.DELEGATE, AnsweredBy.OTHER_AGENT}
            and not turn.tools
            and not turn.intent
            and turn.error is None
            and not (found and found.is_command)
            and is_statement(turn.text, turn.language)
        ):
            turn.statement = turn.text
        await self._writer.add(turn)

    # --- what people ask for

    async def remember(
        self,
        scope: Scope,
        content: str,
        *,
        collection: str = MEMORIES,
        language: str | None = None,
        source: str | None = None,
        tags: list[str] | None = None,
        confidence: float = 1.0,
        turn_id: UUID | None = None,
    ) -> tuple[Memory, bool]:
        """Store a memory; return it, and whether it is new. Raises InvalidInput, DatabaseError."""
        if not 0 <= confidence <= 1:
            raise InvalidInput("confidence_invalid")
        memory, is_new = await self.store.memories.add(
            scope,
            clean(content, limit=LONGEST_MEMORY),
            collection=clean(collection, limit=_LONGEST_NAME),
            language=clean(language or self.language, limit=_LONGEST_LANGUAGE),
            source=clean(source, limit=LONGEST_LABEL) if source else None,
            tags=sorted({clean(tag, limit=_LONGEST_NAME) for tag in tags or []}),
            confidence=confidence,
            turn_id=turn_id,
        )
        self._upkeep.nudge()
        return memory, is_new

    async def recall(
        self,
        scope: Scope,
        query: str,
        *,
        limit: int = 5,
        language: str | None = None,
        kinds: list[PassageKind] | None = None,
    ) -> list[Passage]:
        """Return what is known that fits a query, best first. Raises InvalidInput, DatabaseError."""
        query = clean(query, limit=LONGEST_QUERY)
        if not 1 <= limit <= MOST_RESULTS:
            raise InvalidInput("limit_invalid", most=str(MOST_RESULTS))
        return await self._searching.search(
            scope,
            query,
            language=language or self.language,
            limit=limit,
            vector=await self._searching.query_vector(query, timeout=PATIENCE),
            kinds=kinds or list(PassageKind),
        )

    async def forget(self, scope: Scope, ids: list[int]) -> list[int]:
        """Delete memories for good; return the ids of those there were. Raises InvalidInput, DatabaseError."""
        if any(not 0 < memory_id < 2**63 for memory_id in ids):
            raise InvalidInput("memory_id_invalid")
        return await self.store.memories.forget(scope, ids)

    async def set_preference(
        self, scope: Scope, key: str, value: JsonValue, *, category: str | None = None
    ) -> Preference:
        """Set a preference; one whose key begins with `entity_alias.` is an alias. Raises InvalidInput, DatabaseError."""
        key, category = split_key(key, category)
        if len(category) > _LONGEST_NAME:
            raise InvalidInput("preference_key_invalid", key=category[:_LONGEST_NAME])
        if not _is_storable(value):
            raise InvalidInput("preference_value_invalid", key=key)
        wanted = Preference(scope.owner, key, category, value, datetime.now(UTC))
        self._check_alias(wanted)
        try:
            stored = await self.store.preferences.set(scope, key, category, value)
        except DatabaseError as err:
            if err.placeholders.get("code") != _CHECK_VIOLATION:
                raise
            # Only the database knows how long it is, with numbers written out in full.
            raise InvalidInput("preference_value_invalid", key=key) from err
        if key.startswith(ALIAS_PREFIX):
            await self._reload_aliases()
        return stored

    async def get_preference(self, scope: Scope, key: str) -> Preference | None:
        """Return the speaker's preference, else the household's. Raises InvalidInput, DatabaseError."""
        key, _ = split_key(key, "any")
        return await self.store.preferences.get(scope, key)

    async def delete_preference(self, scope: Scope, key: str) -> bool:
        """Delete this owner's preference; return whether there was one. Raises InvalidInput, DatabaseError."""
        key, _ = split_key(key, "any")
        deleted = await self.store.preferences.delete(scope, key)
        if deleted and key.startswith(ALIAS_PREFIX):
            await self._reload_aliases()
        return deleted

    async def statistics(self) -> dict[str, Any]:
        """Return counts and versions, nothing that anybody said. Raises DatabaseError."""
        return {
            **await self.store.memories.statistics(),
            "pending_turns": self._writer.pending,
            "journal_bytes": self._writer.journal_size,
            "dropped_turns": self._writer.dropped,
            "aliases": len(self._aliases),
        }

    # --- behind the scenes

    def _check_alias(self, preference: Preference) -> None:
        alias = alias_from_preference(preference)
        if alias and not self._knows_target(alias.target_kind, alias.target_id):
            raise InvalidInput("alias_target_unknown", target=alias.target_id)

    async def _load_aliases(self) -> None:
        # One after the other, so that an older reading never replaces a newer one.
        async with self._loading_aliases:
            aliases = []
            for preference in await self.store.preferences.of_everybody(ALIAS_PREFIX):
                try:
                    if alias := alias_from_preference(preference):
                        aliases.append(alias)
                except InvalidInput:
                    _LOGGER.debug("An alias is not usable: %s", preference.key)
            self._aliases = AliasTable(aliases)

    async def _reload_aliases(self) -> None:
        """Take up a change that is already in the database: what fails now is done when it is back."""
        try:
            await self._load_aliases()
        except DatabaseError as err:
            self.health.failed(Part.DATABASE, err)

    async def _when_connected(self) -> None:
        await self._load_aliases()
        self._writer.retry()

    def _problem_changed(self, part: Part, error: AiMemoryError | None) -> None:
        if error is not None:
            # Only the background work finds out that it is over.
            self._upkeep.nudge()
        self._report(part, error)

    def _database_answered(self, error: DatabaseError | None) -> None:
        if error is not None:
            self.health.failed(Part.DATABASE, error)
        elif self.health.is_failing(Part.DATABASE):
            self.health.succeeded(Part.DATABASE)
            self._upkeep.nudge()

    async def _after_turns(self, turns: list[Turn]) -> None:
        if any(turn.statement for turn in turns):
            self._upkeep.nudge()

    async def _count_hit(self, scope: Scope, answer_id: int) -> None:
        try:
            await self.store.responses.count_hit(scope, answer_id)
        except DatabaseError as err:
            self.health.failed(Part.DATABASE, err)

    async def _keep_answer(self, turn: Turn, found: Found) -> None:
        if found.cache_key is None or found.knowledge_version is None:
            return
        assert turn.reply
        try:
            await self.store.responses.store(
                Scope(turn.owner),
                found.cache_key,
                question=turn.text,
                answer=turn.reply,
                language=turn.language,
                agent_id=turn.agent_id,
                knowledge_version=found.knowledge_version,
                lifetime=LIFETIME,
                limit=LIMIT,
            )
        except DatabaseError as err:
            self.health.failed(Part.DATABASE, err)

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"ai_memory {name}")
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _is_storable(value: JsonValue) -> bool:
    """Return whether jsonb keeps a value as it is."""
    try:
        return storable_json(value) == value and bool(json.dumps(value))
    except RecursionError, ValueError:
        # Too deep, or a number of thousands of digits.
        return False
