"""The one service layer: every surface translates to and from what stands here."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
import logging
from pathlib import Path
from typing import Any

from ..documents.originals import Originals
from ..documents.reader import Reader
from ..embedding.embedder import Embedder
from ..errors import AiMemoryError, DatabaseError, InvalidInput
from ..models import AnsweredBy, CacheVerdict, Scope, TargetKind, Turn
from ..postgres.settings import ConnectionSettings
from ..postgres.store import Store
from ..text_forms import storable
from .alias_candidates import TargetOfName
from .aliases import KnownNames, Resolution
from .archives.archive import Archive
from .cache import Cache
from .cache_policy import verdict_after
from .calibration import Calibration, Commands
from .changes import Changes
from .collections import Collections, Summarise
from .conversations import Conversations
from .document_reading import DocumentReading
from .documents import Documents
from .embedding_switch import EmbeddingSwitch
from .feedback import Feedback
from .folder_sync import FolderSettings, FolderSync
from .forgetting import Forgetting
from .health import Health, Part, ReportProblem
from .importing.imports import Imports
from .importing.moving import Moving, remove_leftovers
from .importing.progress import ImportState
from .journal import Journal
from .look_up import Found, LookUp, Utterance
from .memories import Memories
from .owners import Owners
from .preferences import Preferences
from .questions import is_statement
from .recent import RecentTurns
from .retention import KEEP_TURNS, Expired, Retention, expire
from .review import Review
from .searching import Searching
from .secret_gate import SecretGate, mask_turn
from .storable_turn import make_storable
from .training import Training
from .turn_writer import TurnWriter
from .upkeep import Upkeep

_LOGGER = logging.getLogger(__name__)

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
        target_of_name: TargetOfName,
        report: ReportProblem,
        retention: Retention = KEEP_TURNS,
        originals_path: Path | None = None,
        imports_path: Path | None = None,
        folders: Sequence[FolderSettings] = (),
        summarise: Summarise | None = None,
        next_embedder: Embedder | None = None,
        switched: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what it needs; nothing is opened yet.

        `language` is the home's own; `commands` gives plain commands to measure relevance against; `knows_target` tells
        whether an alias can name a thing, `target_of_name` what the house calls so; `report` hears of problems and of
        their end. Uploads are kept below `originals_path`, by default beside the journal; in `imports_path` is what a move
        that was killed has left; `folders` are watched;
        `summarise` describes shelves of the household.
        `next_embedder` is built up in the background while `embedder` serves, then takes its place: `switched` is
        called when it has.
        """
        self.store = Store(settings)
        self.language = language
        self.health = Health(self._problem_changed)
        self.changes = Changes()
        self._report = report
        self._retention = retention
        self._searching = Searching(self.store, embedder, self.health)
        self._searching.gates(language)
        self._look_up = LookUp(self.store, self._searching, self.health)
        self._writer = TurnWriter(
            Journal(journal_path),
            self.store.turns,
            report=self._database_answered,
            after_batch=self._after_turns,
        )
        self.recent = RecentTurns(self.store.turns, self.changes)
        calibration = Calibration(self.store, self._searching, commands)
        self.models = EmbeddingSwitch(
            self.store,
            self._searching,
            self.health,
            calibration,
            next_embedder,
            switched=switched,
            nudge=self._nudge,
        )
        self._upkeep = Upkeep(
            self.store,
            self._searching,
            self.health,
            calibration,
            self.models,
            when_connected=self._when_connected,
            expire=self._expire,
            refresh_shelves=self._refresh_shelves,
        )
        self.secrets = secrets = SecretGate(self.store)
        self.collections = Collections(
            self.store,
            self._searching,
            secrets,
            self.changes,
            language=language,
            nudge=self._upkeep.nudge,
            summarise=summarise,
        )
        self.memories = Memories(
            self.store,
            self._searching,
            secrets,
            self.changes,
            language=language,
            nudge=self._upkeep.nudge,
        )
        self.preferences = Preferences(
            self.store,
            secrets,
            self.changes,
            language=language,
            knows_target=knows_target,
            failed=partial(self.health.failed, Part.DATABASE),
            check_no_import=self._check_no_import,
        )
        self.conversations = Conversations(
            self.store,
            self._writer,
            self.health,
            secrets,
            self.changes,
            language=language,
        )
        self.feedback = Feedback(
            self.store,
            secrets,
            self.changes,
            self.conversations,
            self.preferences,
            language=language,
            target_of_name=target_of_name,
        )
        self.training = Training(self.store)
        self.forgetting = Forgetting(
            self.store,
            self._writer,
            self._searching,
            self.memories,
            self.preferences,
            self.changes,
            nudge=self._upkeep.nudge,
            check_no_import=self._check_no_import,
        )
        originals = originals_path or journal_path.parent / "documents"
        self._originals = Originals(originals)
        self._folder_ids = [folder.id for folder in folders]
        self.owners = Owners(
            self.store,
            self.forgetting,
            self.preferences,
            self.changes,
            self._originals,
        )
        self.cache = Cache(self.store, self.changes)
        self._imports_path = imports_path
        self.archive = self._archive_of(self.store)
        self.imports = Imports(
            self.store,
            self.memories,
            self.conversations,
            self.preferences,
            Moving(self.archive, self._archive_of),
            self.changes,
            language=language,
            nudge=self._upkeep.nudge,
        )
        self.review = Review(
            self.store, self.memories, self.preferences, self.forgetting
        )
        self._reading = DocumentReading(Reader(), language=language)
        self.documents = Documents(
            self.store,
            self._reading,
            self._originals,
            self.health,
            self.changes,
            language=language,
            nudge=self._upkeep.nudge,
            look_again=self._look_again,
            check_no_import=self._check_no_import,
        )
        self.folders = FolderSync(
            self.store,
            self._reading,
            folders,
            self.health,
            self.changes,
            without=originals,
            nudge=self._upkeep.nudge,
            from_bin=self.documents.take_from_bin,
        )
        self._loops: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to work. Returns also where the database cannot be reached: it is tried on and on."""
        if self._imports_path:
            await asyncio.to_thread(remove_leftovers, self._imports_path)
        await self._writer.load()
        self.recent.add_all(self._writer.queued)
        try:
            await self._upkeep.connect()
            await self.preferences.load()
            await self.recent.load()
        except DatabaseError:
            _LOGGER.debug("Started without the database", exc_info=True)
        self._loops = [
            asyncio.create_task(self._upkeep.run(), name="ai_memory upkeep"),
            asyncio.create_task(self._writer.run(), name="ai_memory turn writer"),
            asyncio.create_task(self.documents.run(), name="ai_memory documents"),
            asyncio.create_task(self.folders.run(), name="ai_memory folders"),
        ]
        self.models.start()

    async def stop(self) -> None:
        """Write what can be written and let go of everything. What is left stays in the journal."""
        await self.imports.close()
        if not self.health.is_failing(Part.DATABASE):
            await self._writer.drain(_DRAIN_TIMEOUT)
        tasks = [*self._loops, *self._errands]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._reading.close()
        await self._look_up.stop()
        await self.collections.stop()
        await self.models.stop()
        if self._searching.embedder:
            await self._searching.embedder.close()
        await self.store.database.close()

    async def settled(self, timeout: float = 30.0) -> bool:
        """Wait until turns are written, documents read and vectors made; return False where one took longer than `timeout` seconds."""
        if self._errands:
            await asyncio.wait(self._errands, timeout=timeout)
        return (
            await self._writer.drain(timeout)
            and await self.documents.settled(timeout)
            and await self.folders.settled(timeout)
            and await self._upkeep.settled(timeout)
        )

    # --- a turn

    def resolve_aliases(
        self, text: str, scope: Scope, names: KnownNames, language: str | None = None
    ) -> Resolution | None:
        """Put the names that Home Assistant knows in the place of the household's own."""
        return self.preferences.resolve(text, scope, names, language)

    async def look_up(
        self,
        utterance: Utterance,
        *,
        is_command: Callable[[], Awaitable[bool]],
        deadline: float,
    ) -> Found:
        """Return an answer or a context for an utterance within `deadline` seconds. Never raises but when cancelled."""
        if utterance.language not in self._searching.languages:
            self._searching.gates(utterance.language)
            self._upkeep.nudge()
        with self._searching.precedence.questions:
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
        mask_turn(turn)
        if found is not None:
            turn.references = [
                replace(reference, snippet=storable(reference.snippet))
                for reference in found.references
            ]
        if self.forgetting.holds_back(turn):
            return
        if found is not None:
            turn.stages = found.stages | turn.stages
            turn.cache = found.cache
            if found.cache is CacheVerdict.MISS and turn.secrets:
                turn.cache = CacheVerdict.CONFIDENTIAL
            elif found.cache is CacheVerdict.MISS:
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
            and not turn.secrets
            and not (found and found.is_command)
            and is_statement(turn.text, turn.language)
        ):
            turn.statement = turn.text
        self.recent.add(turn)
        await self._writer.add(turn)

    async def statistics(self, since: datetime | None = None) -> dict[str, Any]:
        """Return counts and versions, nothing that anybody said. Raises DatabaseError.

        `turns_today` are those since `since`, None without it; `cache_hit_rate` in percent and `recall_latency` in
        milliseconds are of the last 24 hours, None where nothing was asked.
        """
        model = self._searching.model
        return {
            **await self.store.maintenance.statistics(since),
            "embedding_backlog": await self.store.models.count_without_embedding(model)
            if model
            else 0,
            "unembeddable": await self.store.models.count_unembeddable(model)
            if model
            else 0,
            "pending_turns": self._writer.pending,
            "journal_bytes": self._writer.journal_size,
            "dropped_turns": self._writer.dropped,
            "aliases": self.preferences.alias_count,
        }

    async def index_state(self) -> dict[str, Any]:
        """Return how the vectors of the models `active` and `building` are searched, and why. Raises DatabaseError."""
        found: dict[str, Any] = {}
        for role, known in (
            ("active", await self.store.models.active()),
            ("building", await self.store.models.building()),
        ):
            if known:
                state = await self.store.maintenance.index_state(known.stored)
                found[role] = {"model": known.model.name, **asdict(state)}
        return found

    async def run_maintenance(self) -> Expired:
        """Let go of what is older than it may be, and count and index anew. Raises DatabaseError."""
        return await self._upkeep.maintain()

    # --- behind the scenes

    def _check_no_import(self) -> None:
        progress = self.imports.progress
        if self.archive.is_importing or (
            progress.state is ImportState.RUNNING and not progress.dry_run
        ):
            raise InvalidInput("import_running")

    def _look_again(self, folder_ids: Collection[str]) -> None:
        self.folders.look_again(folder_ids)

    def _archive_of(self, store: Store) -> Archive:
        return Archive(
            store,
            self._writer,
            self.preferences,
            self.changes,
            originals=self._originals,
            folder_ids=self._folder_ids,
            language=self.language,
            nudge=self._upkeep.nudge,
            look_again=self._documents_came,
        )

    def _documents_came(self, folder_ids: Collection[str]) -> None:
        self.documents.look()
        self.folders.look_again(folder_ids)

    async def _expire(self) -> Expired:
        return await expire(
            self.store, self.documents, self._retention, self.forgetting.tell
        )

    def _nudge(self) -> None:
        self._upkeep.nudge()

    async def _refresh_shelves(self) -> None:
        await self.collections.refresh()

    async def _when_connected(self) -> None:
        await self.preferences.load()
        await self.recent.load()
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
        await self.feedback.learn_from(turns)

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
                lifetime=self._retention.cache_lifetime,
                limit=self._retention.cache_limit,
            )
        except DatabaseError as err:
            self.health.failed(Part.DATABASE, err)

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"ai_memory {name}")
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
