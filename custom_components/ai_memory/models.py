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
    """The id of the memory or the turn."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One fact, statement or habit."""

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
    USED_TOOLS = "used_tools"
    FAILED = "failed"
    ASKS_BACK = "asks_back"
    NO_LANGUAGE_MODEL = "no_language_model"
    TOO_LONG = "too_long"
    INCOMPLETE = "incomplete"
    UNAVAILABLE = "unavailable"


class ReferenceVerdict(StrEnum):
    """What became of a passage that was found."""

    USED = "used"
    BELOW_GATE = "below_gate"
    OVER_BUDGET = "over_budget"
    DUPLICATE = "duplicate"


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


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer that was given before and still holds."""

    id: int
    answer: str
    created_at: datetime
