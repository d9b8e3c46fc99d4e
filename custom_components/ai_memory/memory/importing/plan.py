"""Rows of the plan's tables as what stands here: messages become turns, knowledge becomes memories."""

from collections.abc import Collection, Mapping
from datetime import datetime, tzinfo
from hashlib import sha256
import json
from typing import Any, Final
from uuid import UUID, uuid5

from ...errors import InvalidInput
from ...models import AnsweredBy, CacheVerdict, Preference, Scope
from ...postgres.imports import ImportedTurn
from ...postgres.training import TrainingFormat
from ...postgres.turns import CONVERSATIONS
from ..aliases import alias_from_preference, split_key
from ..archives.format import Row
from ..archives.secrets import mask_row, secrets_of_refused
from ..feedback import BEST, WORST
from ..memories import LONGEST_MEMORY, MEMORIES
from ..questions import is_statement
from .exchanges import ROLES, Exchange, Exchanges, Role, Said
from .fields import (
    LONGEST_LABEL,
    LONGEST_LANGUAGE,
    LONGEST_TAG,
    LONGEST_TEXT,
    BrokenRow,
    Fields,
    Reason,
    shown_id,
)
from .items import (
    MemoryItem,
    PreferenceItem,
    SourceRow,
    Translated,
    TurnItem,
    bound,
    digest_of,
    digest_of_turn,
    row_of,
)

REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "conversations": ("session_id", "role", "content"),
    "knowledge": ("content",),
    "preferences": ("key", "value"),
    "training_data": ("input_text", "output_text"),
}
"""The tables that are taken, in their order, and the columns without which they say nothing."""
OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "conversations": ("id", "language", "intent", "created_at", "metadata"),
    "knowledge": ("id", "source", "tags", "created_at", "updated_at"),
    "preferences": ("id", "category", "created_at", "updated_at"),
    "training_data": (
        "id",
        "feedback_score",
        "interaction_type",
        "language",
        "created_at",
        "exported",
        "metadata",
    ),
}
ORDER: Final[dict[str, tuple[str, ...]]] = {
    "conversations": ("session_id", "created_at", "id")
}
"""By which columns rows are read, `id` where nothing is said."""
WHOLE: Final[dict[str, str]] = {"conversations": "session_id"}
"""What is read as a whole where only some rows are tried again: a reply belongs to its question."""
LEFT_OUT: Final = "response_cache"
"""A cached answer holds for a state of knowledge that is not known here."""
BY_CONTENT: Final = ("conversations", "training_data")
"""What is known by what stands in it where it has no id: equal rows by which of them it is, so none may be skipped."""

_NAMESPACE: Final = UUID("c0c9e5a5-6d9b-5d0a-8a67-20c6ad1d3b1f")
_TITLE: Final = 80
_NO_CATEGORY: Final = "other"
_KEPT_METADATA: Final = ("model", "agent_id", "device_id", "satellite_id")


class Translator:
    """Turns rows into items, in order. Nothing in it waits for anything: to be called in a thread."""

    def __init__(
        self,
        scope: Scope,
        *,
        origin: str,
        zone: tzinfo,
        language: str,
        now: datetime,
        types: Mapping[str, Mapping[str, str]] | None = None,
        without_ids: Collection[str] = (),
    ) -> None:
        """Make everything the scope's; `origin` tells sources apart, `language` is of what does not say its own.

        `now` is when it was where the source does not say, `types` are those of the columns by table. Ids of tables
        `without_ids` tell nothing.
        """
        self._owner = scope.owner
        self._origin = origin
        self._zone = zone
        self._language = language
        self._now = now
        self._types = types or {}
        self._without_ids = without_ids
        self._exchanges = Exchanges(now)
        self._number = 0
        self._alike: dict[int, int] = {}
        """How many rows there were of each content, by half of its id: about 90 bytes for each."""

    def translate(
        self, rows: list[tuple[str, int | None, dict[str, Any] | BrokenRow]]
    ) -> Translated:
        """Return what rows are, by table, line and content; the last turn of a session may wait for what comes behind."""
        into = Translated()
        for table, line, values in rows:
            if isinstance(values, BrokenRow):
                into.refuse(SourceRow(table, values.row_id, line), values)
                continue
            row = SourceRow(table, shown_id(values.get("id")), line)
            try:
                self._take(row, values, into)
            except BrokenRow as err:
                into.refuse(row, err)
            except RecursionError, ValueError, OverflowError:
                # Nested too deeply, or a number of thousands of digits.
                into.refuse(row, BrokenRow(Reason.NO_JSON))
        return into

    def finish(self) -> Translated:
        """Return what was still waiting."""
        into = Translated()
        for exchange in self._exchanges.end_all():
            self._close(exchange, into)
        return into

    def _take(self, row: SourceRow, values: dict[str, Any], into: Translated) -> None:
        fields = Fields(
            values, zone=self._zone, types=self._types.get(row.table) or _NO_TYPES
        )
        match row.table:
            case "conversations":
                self._take_message(row, values, fields, into)
            case "knowledge":
                self._take_knowledge(row, fields, into)
            case "preferences":
                self._take_preference(row, fields, into)
            case "training_data":
                self._take_example(row, values, fields, into)
            case _:
                raise BrokenRow(Reason.UNKNOWN_TABLE)

    # --- conversations

    def _take_message(
        self, row: SourceRow, values: dict[str, Any], fields: Fields, into: Translated
    ) -> None:
        session = fields.label("session_id")
        try:
            said = self._said(row, values, fields, into)
        except BrokenRow:
            # What comes next may be the reply to this, and not to what was before.
            for exchange in self._exchanges.end(session):
                self._close(exchange, into)
            raise
        for exchange in self._exchanges.add(session, said):
            self._close(exchange, into)

    def _said(
        self, row: SourceRow, values: dict[str, Any], fields: Fields, into: Translated
    ) -> Said:
        role = ROLES.get(fields.some_text("role", LONGEST_LABEL).casefold())
        if role is None:
            raise BrokenRow(Reason.UNKNOWN_ROLE, "role")
        return Said(
            row,
            self._identity(row.table, values),
            role,
            fields.some_text("content", LONGEST_TEXT),
            fields.text("language", LONGEST_LANGUAGE),
            fields.text("intent", LONGEST_LABEL),
            fields.time("created_at"),
            _details(fields, into),
        )

    def _close(self, exchange: Exchange, into: Translated) -> None:
        said = exchange.said
        began, ended = self._exchanges.times(exchange)
        turn = self._turn(
            said[0].identity,
            text=exchange.asked.content if exchange.asked else "",
            reply=exchange.reply,
            language=said[0].language,
            intent=next((one.intent for one in said if one.intent), None),
            at=began,
            details={
                name: value
                for one in reversed(said)
                for name, value in one.details.items()
            },
        )
        into.items.append(
            self._turn_item(
                [one.row for one in said],
                exchange.session,
                turn,
                [
                    _message(turn, number, one.role, one.content, one.at or began, one)
                    for number, one in enumerate(said)
                ],
                into,
                updated_at=ended,
                timed=said[0].at is not None,
                supersedes=[one.identity for one in said[1:]],
            )
        )

    # --- training data

    def _take_example(
        self, row: SourceRow, values: dict[str, Any], fields: Fields, into: Translated
    ) -> None:
        asked = fields.some_text("input_text", LONGEST_TEXT)
        answered = fields.some_text("output_text", LONGEST_TEXT)
        kind = fields.text("interaction_type", LONGEST_TAG)
        told = fields.time("created_at")
        at = told or self._now
        rating = fields.whole("feedback_score", WORST, BEST)
        turn = self._turn(
            self._identity(row.table, values),
            text=asked,
            reply=answered,
            language=fields.text("language", LONGEST_LANGUAGE),
            intent=None,
            at=at,
            details=_details(fields, into),
        )
        feedback = None
        if rating is not None:
            feedback = row_of(
                "feedback",
                turn=turn["id"],
                owner=self._owner,
                rating=rating,
                source="person",
                created_at=at,
                updated_at=at,
            )
        examples = []
        if fields.flag("exported"):
            examples = [
                row_of(
                    "training_examples",
                    turn=turn["id"],
                    owner=self._owner,
                    format=str(form),
                    exported_at=at,
                )
                for form in TrainingFormat
            ]
        tags = ["training_data", *([kind] if kind else [])]
        day = at.date().isoformat() if told else "undated"
        item = self._turn_item(
            [row],
            ":".join((*tags, self._origin_digest(), day))[:LONGEST_LABEL],
            turn,
            [
                _message(turn, 0, "user", asked, at, None),
                _message(turn, 1, "assistant", answered, at, None),
            ],
            into,
            updated_at=at,
            timed=told is not None,
            tags=tags,
            title=" ".join(("Training data", *([kind] if kind else []), day)),
        )
        item.stored.feedback = feedback
        item.stored.examples = examples
        item.rating = rating
        into.items.append(item)

    # --- turns

    def _turn(
        self,
        turn_id: UUID,
        *,
        text: str,
        reply: str,
        language: str | None,
        intent: str | None,
        at: datetime,
        details: Mapping[str, str],
    ) -> Row:
        return row_of(
            "turns",
            id=turn_id,
            owner=self._owner,
            text=text,
            reply=reply or None,
            answered_by=str(AnsweredBy.OTHER_AGENT),
            language=language or self._language,
            intent=intent,
            cache=str(CacheVerdict.OFF),
            stages={},
            started_at=at,
            recorded_at=self._now,
            **details,
        )

    def _turn_item(
        self,
        rows: list[SourceRow],
        session: str,
        turn: Row,
        messages: list[Row],
        into: Translated,
        *,
        updated_at: datetime,
        timed: bool,
        tags: list[str] | None = None,
        title: str | None = None,
        supersedes: list[UUID] | None = None,
    ) -> TurnItem:
        kinds = set(mask_row("turns", turn, self._language))
        for message in messages:
            kinds.update(mask_row("messages", message, self._language))
        into.masked += bool(kinds)
        text, language = turn["text"], turn["language"]
        passage = None
        if not kinds and not turn["intent"] and is_statement(text, language):
            passage = row_of(
                "passages",
                id=0,
                turn=turn["id"],
                collection=CONVERSATIONS,
                text=text,
                created_at=turn["started_at"],
                hidden=False,
                embeddings={},
            )
        return TurnItem(
            rows,
            ImportedTurn(
                bound("turns", turn),
                session,
                title or (text or turn["reply"] or "")[:_TITLE],
                updated_at,
                tags or [],
                [bound("messages", message) for message in messages],
                passage,
                secrets=sorted(kinds),
                supersedes=supersedes or [],
            ),
            timed=timed,
            digest=digest_of_turn(session, turn, messages),
            rating=None,
        )

    # --- knowledge and preferences

    def _take_knowledge(self, row: SourceRow, fields: Fields, into: Translated) -> None:
        created = fields.time("created_at")
        updated = fields.time("updated_at")
        memory = row_of(
            "memories",
            id=self._next(),
            owner=self._owner,
            collection=MEMORIES,
            content=fields.some_text("content", LONGEST_MEMORY),
            language=self._language,
            source=fields.text("source", LONGEST_LABEL),
            tags=fields.tags("tags"),
            confidence=1.0,
            created_at=created or updated or self._now,
            updated_at=updated or created or self._now,
            status="accepted",
        )
        self._refuse_secrets("memories", memory, into)
        into.items.append(
            MemoryItem(
                [row],
                bound("memories", memory),
                row_of(
                    "passages",
                    id=memory["id"],
                    memory=memory["id"],
                    collection=MEMORIES,
                    text=memory["content"],
                    created_at=memory["created_at"],
                    hidden=False,
                    embeddings={},
                ),
                digest_of(memory["content"]),
            )
        )

    def _take_preference(
        self, row: SourceRow, fields: Fields, into: Translated
    ) -> None:
        key = fields.some_text("key", LONGEST_LABEL)
        category = fields.text("category", LONGEST_TAG)
        value = fields.json("value")
        if value is None:
            raise BrokenRow(Reason.MISSING, "value")
        created = fields.time("created_at")
        updated = fields.time("updated_at")
        try:
            key, category = split_key(
                key, category or (None if "." in key else _NO_CATEGORY)
            )
        except InvalidInput:
            raise BrokenRow(Reason.INVALID_KEY, "key") from None
        preference = row_of(
            "preferences",
            owner=self._owner,
            key=key,
            category=category,
            value=value,
            created_at=created or updated or self._now,
            updated_at=updated or created or self._now,
        )
        try:
            alias = alias_from_preference(
                Preference(self._owner, key, category, value, preference["updated_at"])
            )
        except InvalidInput:
            raise BrokenRow(Reason.INVALID_ALIAS, "value") from None
        self._refuse_secrets("preferences", preference, into)
        into.items.append(
            PreferenceItem([row], bound("preferences", preference), value, alias)
        )

    def _refuse_secrets(self, member: str, row: Row, into: Translated) -> None:
        if kinds := secrets_of_refused(member, row, self._language):
            into.dropped.update(kinds)
            raise BrokenRow(Reason.SECRET)

    # --- ids

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _identity(self, table: str, values: Mapping[str, Any]) -> UUID:
        """Return the id that a row has here, whenever it comes.

        One without an id goes by its content; of those that are the same, by which of them it is.
        """
        parts: list[Any] = [self._origin, self._owner, table]
        if (
            self._origin
            and table not in self._without_ids
            and values.get("id") is not None
        ):
            parts.append(values["id"])
            return _id_of(parts)
        parts.append(sorted(values.items()))
        found = _id_of(parts)
        key = found.int >> 64
        self._alike[key] = number = self._alike.get(key, 0) + 1
        return found if number == 1 else _id_of([*parts, number])

    def _origin_digest(self) -> str:
        return sha256(self._origin.encode()).hexdigest()[:8]


_NO_TYPES: Final[Mapping[str, str]] = {}


def _id_of(parts: list[Any]) -> UUID:
    name = json.dumps(parts, sort_keys=True, default=str)
    return uuid5(_NAMESPACE, sha256(name.encode(errors="replace")).hexdigest())


def _message(
    turn: Row, position: int, role: Role, content: str, at: datetime, said: Said | None
) -> Row:
    return row_of(
        "messages",
        turn=turn["id"],
        position=position,
        role=role,
        content=content,
        language=(said.language if said else None) or turn["language"],
        intent=said.intent if said else None,
        created_at=at,
    )


def _details(fields: Fields, into: Translated) -> dict[str, str]:
    """Return what is known of how something came about, as far as it has a place here."""
    metadata = fields.json("metadata")
    if metadata is None:
        return {}
    found: dict[str, str] = {}
    if isinstance(metadata, dict):
        found = {
            name: value
            for name in _KEPT_METADATA
            if isinstance(value := metadata.get(name), str)
            and 0 < len(value) <= LONGEST_LABEL
        }
        into.metadata += len(metadata) > len(found)
    else:
        into.metadata += 1
    return found
