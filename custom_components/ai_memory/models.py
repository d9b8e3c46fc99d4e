"""The words that every part speaks: plain data with no behaviour beyond itself.

Imports nothing of Home Assistant and nothing of the other parts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self
from uuid import UUID

type JsonValue = (
    bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None
)

HOUSEHOLD = "household"
_PERSON_PREFIX = "person:"
_AREA_PREFIX = "area:"
_SATELLITE_PREFIX = "satellite:"


def area_place(area_id: str) -> str:
    """Return the place that an area is."""
    return f"{_AREA_PREFIX}{area_id}"


def satellite_place(entity_id: str) -> str:
    """Return the place that a satellite is."""
    return f"{_SATELLITE_PREFIX}{entity_id}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Who speaks, and so what may be read.

    `owner` is `household`, or `person:<id>` with the unique id of a Home Assistant person. A person reads their own and
    the household's; nobody else reads what is a person's.
    """

    owner: str

    @classmethod
    def household(cls) -> Self:
        """Return the scope of everybody at home."""
        return cls(HOUSEHOLD)

    @classmethod
    def person(cls, person_id: str) -> Self:
        """Return the scope of one person."""
        return cls(f"{_PERSON_PREFIX}{person_id}")

    @property
    def person_id(self) -> str | None:
        """Return the id of the person, None for the household."""
        if self.owner == HOUSEHOLD:
            return None
        return self.owner.removeprefix(_PERSON_PREFIX)

    @property
    def owners(self) -> list[str]:
        """Return whose rows this scope may read, the speaker's own first."""
        return [HOUSEHOLD] if self.owner == HOUSEHOLD else [self.owner, HOUSEHOLD]


class PassageKind(StrEnum):
    """What a passage was taken from."""

    MEMORY = "memory"
    TURN = "turn"
    CHUNK = "chunk"


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Where in which document a passage stands.

    `heading` is the title and the headings above it; `page` counts from 1, None where there are no pages.
    """

    document_id: UUID
    title: str
    heading: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Passage:
    """What a search returns.

    `cosine` is the cosine similarity to the query (-1 to 1; None without an embedder), `lexical` the share (0 to 1) of
    the query's inverse document frequency that its words cover, `score` the fused rank score (0 to 1, only comparable
    within one search).
    """

    id: int
    kind: PassageKind
    owner: str
    text: str
    created_at: datetime
    score: float
    cosine: float | None
    lexical: float
    source_id: str
    """The id of the memory, the turn or the document."""
    collection_id: int | None = None
    document: DocumentPlace | None = None
    """Of a chunk."""


class MemoryStatus(StrEnum):
    """Whether somebody has agreed to a memory."""

    ACCEPTED = "accepted"
    PROPOSED = "proposed"
    """A language model asked for it: recalled, and waits for review."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One fact, statement or habit.

    `place` is `area:<id>` or `satellite:<entity id>`: then it is recalled only there.
    """

    id: int
    owner: str
    content: str
    collection: str
    source: str | None
    tags: list[str]
    language: str | None
    confidence: float
    turn_id: UUID | None
    created_at: datetime
    updated_at: datetime
    place: str | None = None
    status: MemoryStatus = MemoryStatus.ACCEPTED


class SummaryBy(StrEnum):
    """Who wrote the summary of a shelf."""

    EXTRACT = "extract"
    """Words of what stands on it."""
    AI_TASK = "ai_task"


@dataclass(frozen=True, slots=True)
class Collection:
    """A shelf; the last three are how much stands on it."""

    id: int
    owner: str
    name: str
    description: str | None
    summary: str | None
    summary_by: SummaryBy | None
    documents: int
    memories: int
    statements: int
    """Of turns."""


class DocumentState(StrEnum):
    """Whether the words of a document are known."""

    WAITING = "waiting"
    """To be read, for the first time or again; what was read before is found meanwhile."""
    READY = "ready"
    FAILED = "failed"
    """It could not be read; what was read before is found."""


@dataclass(frozen=True, slots=True)
class DocumentName:
    """Where the content of a document stands: below a folder of the household, or what an upload was called."""

    folder: str | None
    path: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the household that is searched in.

    `problem` is why it could not be read (documents/formats/content.py), `secrets` how many were masked in it,
    `original` where an upload is kept below the folder of originals. `deleted_at`: since then it is in the bin.
    """

    id: UUID
    owner: str
    collection: str
    title: str
    language: str | None
    format: str
    state: DocumentState
    problem: str | None
    bytes: int | None
    pages: int | None
    words: int | None
    secrets: int
    original: str | None
    names: list[DocumentName]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """Which content a document had since when. `sha256` is hexadecimal."""

    sha256: str
    bytes: int
    pages: int | None
    words: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Preference:
    """A key with a JSON value, for a person or the household."""

    owner: str
    key: str
    category: str
    value: JsonValue
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A model that makes vectors; a row in `embedding_models`.

    `dimensions` is the length of the vectors that are stored, after the optional cut.
    """

    provider: str
    name: str
    dimensions: int


class TargetKind(StrEnum):
    """What an alias may name."""

    ENTITY = "entity_id"
    AREA = "area_id"
    DEVICE = "device_id"


@dataclass(frozen=True, slots=True)
class Alias:
    """A household's own name for an entity, area or device (scenes and scripts are entities)."""

    owner: str
    phrase: str
    target_kind: TargetKind
    target_id: str


class CacheVerdict(StrEnum):
    """What the response cache said of a turn, and why."""

    HIT = "hit"
    MISS = "miss"
    STORED = "stored"
    OFF = "off"
    FOLLOW_UP = "follow_up"
    NOT_A_QUESTION = "not_a_question"
    COMMAND = "command"
    LIVE_STATE = "live_state"
    ASKS_PAST = "asks_past"
    USED_TOOLS = "used_tools"
    FAILED = "failed"
    ASKS_BACK = "asks_back"
    NO_LANGUAGE_MODEL = "no_language_model"
    TOO_LONG = "too_long"
    INCOMPLETE = "incomplete"
    CONFIDENTIAL = "confidential"
    UNAVAILABLE = "unavailable"


class ReferenceVerdict(StrEnum):
    """What became of a passage that was found."""

    USED = "used"
    BELOW_GATE = "below_gate"
    OVER_BUDGET = "over_budget"
    DUPLICATE = "duplicate"
    SIMILAR = "similar"
    """Says what one that was used says already."""
    SAME_SOURCE = "same_source"
    """Enough of that document was used."""


@dataclass(frozen=True, slots=True)
class ContextReference:
    """A passage that was found for a turn, and whether the model saw it."""

    passage_id: int
    snippet: str
    score: float
    cosine: float | None
    lexical: float
    verdict: ReferenceVerdict


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a turn, in the order of the chat log."""

    role: Literal["user", "assistant", "tool_result"]
    content: str | None
    thinking: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class ToolExecution:
    """A tool that ran during a turn."""

    name: str
    arguments: Mapping[str, Any]
    result: JsonValue
    succeeded: bool


class AnsweredBy(StrEnum):
    """Who gave the reply of a turn."""

    CACHE = "cache"
    INTENT = "intent"
    DELEGATE = "delegate"
    OTHER_AGENT = "other_agent"
    MEMORY = "memory"
    """A sentence of ours, without any agent."""


@dataclass(slots=True)
class Turn:
    """One utterance and what came of it.

    `id` is a UUIDv7 made when the turn began, so that writing it twice is writing it once. `stages` are milliseconds.
    """

    id: UUID
    conversation_id: str
    owner: str
    started_at: datetime
    text: str
    language: str | None
    agent_id: str | None
    answered_by: AnsweredBy
    resolved_text: str | None = None
    reply: str | None = None
    error: str | None = None
    model: str | None = None
    device_id: str | None = None
    satellite_id: str | None = None
    intent: str | None = None
    speaker: str | None = None
    cache: CacheVerdict = CacheVerdict.OFF
    stages: dict[str, float] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    tools: list[ToolExecution] = field(default_factory=list)
    references: list[ContextReference] = field(default_factory=list)
    statement: str | None = None
    """The user's words where they tell something worth finding again; None for commands and questions."""
    secrets: list[str] = field(default_factory=list)
    """The kinds of the secrets that were masked in it."""


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer that was given before and still holds."""

    id: int
    answer: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TurnFeedback:
    """What somebody thinks of a turn, with the turn's words.

    `correction` is the answer that would have been right, `corrected_by` the turn in which the speaker put it right;
    `source` is `person`, or `correction` where it was seen in what they said.
    """

    id: int
    turn_id: UUID
    owner: str
    rating: int
    """1 (wrong) to 5 (right)."""
    comment: str | None
    correction: str | None
    corrected_by: UUID | None
    source: Literal["person", "correction"]
    created_at: datetime
    updated_at: datetime
    text: str
    reply: str | None


class Subject(StrEnum):
    """What a change is about."""

    MEMORY = "memory"
    PREFERENCE = "preference"
    ALIAS = "alias"
    PROPOSED_ALIAS = "proposed_alias"
    CONVERSATION = "conversation"
    FEEDBACK = "feedback"
    CACHE = "cache"
    DOCUMENT = "document"
    COLLECTION = "collection"


class Verb(StrEnum):
    """What happened to it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is known was added, changed or removed; never with its text."""

    subject: Subject
    verb: Verb
    owner: str
    ids: tuple[str, ...] = ()
    """Ids of memories, conversations or turns, keys of preferences; empty where everything may have changed."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns that belong together. `deleted_at`: since then it is in the bin."""

    id: int
    session_id: str
    owner: str
    title: str | None
    language: str | None
    started_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    tags: list[str]
    turns: int
    """How many there are."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """That a tool ran during a turn."""

    name: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class TurnSummary:
    """What was said in a turn, and by whom it was answered.

    `conversation_id` is the id of the Conversation, `session_id` what Home Assistant calls it.
    """

    id: UUID
    conversation_id: int
    session_id: str
    owner: str
    text: str
    reply: str | None
    started_at: datetime
    language: str | None
    agent_id: str | None
    answered_by: AnsweredBy
    intent: str | None
    device_id: str | None
    satellite_id: str | None
    cache: CacheVerdict
    error: str | None
    tools: list[ToolUse]
    passage_id: int | None
    """The passage made of it, if it told something."""


@dataclass(frozen=True, slots=True)
class FoundTurn:
    """A turn that a search returns; `score` is the share (0 to 1) of the query's weight that its words cover."""

    turn: TurnSummary
    score: float


@dataclass(frozen=True, slots=True)
class RecalledPassage:
    """A passage that was found for a turn, and what it was taken from."""

    reference: ContextReference
    kind: PassageKind
    source_id: str
    """The id of the memory, the turn or the document."""


@dataclass(frozen=True, slots=True)
class TurnDetails:
    """All that is kept of how a turn went. `stages` are milliseconds."""

    turn: TurnSummary
    resolved_text: str | None
    model: str | None
    stages: dict[str, float]
    recalled: list[RecalledPassage]
