"""What an archive holds: its members, the columns of their lines, and how a value stands in a line."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import math
from typing import Any, Final, NoReturn
from uuid import UUID

from ...models import JsonValue, Scope
from ...text_forms import storable_json

FORMAT: Final = "ai-memory-archive"
VERSION: Final = 3
MANIFEST: Final = "manifest.json"
SUFFIX: Final = ".jsonl"

LONGEST_LINE: Final = 64 << 20
"""Bytes; a message has at most 100,000 characters, but a tool may have returned more."""
_LARGEST_REAL = 3.4028234663852886e38
"""Of IEEE 754 binary32, as `real` columns are."""

type Row = dict[str, Any]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value of a column stands in a line.

    `write` makes it JSON; `read` takes it back, and raises ValueError, TypeError, OverflowError where it is something else; `bind`
    makes it what the driver takes.
    """

    read: Callable[[JsonValue], Any]
    write: Callable[[Any], JsonValue] = _same
    bind: Callable[[Any], Any] = _same

    @property
    def or_none(self) -> Kind:
        """Return the kind of a column that may be empty."""

        def unless_none(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
            return lambda value: None if value is None else function(value)

        return Kind(*map(unless_none, (self.read, self.write, self.bind)))


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _owner(value: JsonValue) -> str:
    owner = _text(value)
    person_id = Scope(owner).person_id
    if person_id is not None and (
        not person_id or Scope.person(person_id).owner != owner
    ):
        raise ValueError
    return owner


def _flag(value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(bits: int) -> Kind:
    def read(value: JsonValue) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError
        if not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise ValueError
        return value

    return Kind(read)


def _real(value: JsonValue) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError
    number = float(value)
    if not math.isfinite(number) or abs(number) > _LARGEST_REAL:
        raise ValueError
    return number


def _time(value: JsonValue) -> datetime:
    time = datetime.fromisoformat(_text(value))
    if time.tzinfo is None:
        raise ValueError
    return time.astimezone(UTC)


def _texts(value: JsonValue) -> list[str]:
    if not isinstance(value, list):
        raise TypeError
    return [_text(item) for item in value]


def _sha256(value: JsonValue) -> bytes:
    digest = bytes.fromhex(_text(value))
    if len(digest) != 32:
        raise ValueError
    return digest


def _vectors(value: JsonValue) -> dict[int, bytes]:
    """Return the vectors by the id of their model, as little-endian binary16."""
    if not isinstance(value, dict):
        raise TypeError
    return {
        int(model): b64decode(_text(vector), validate=True)
        for model, vector in value.items()
    }


def _vectors_written(value: dict[int, bytes]) -> JsonValue:
    return {str(model): b64encode(vector).decode() for model, vector in value.items()}


def _dumped(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


TEXT = Kind(_text)
OWNER = Kind(_owner)
FLAG = Kind(_flag)
SMALL = _whole(16)
INTEGER = _whole(32)
ID = _whole(64)
REAL = Kind(_real)
TIME = Kind(_time, datetime.isoformat)
UNIQUE_ID = Kind(lambda value: UUID(_text(value)), str)
SHA256 = Kind(_sha256, bytes.hex)
JSON = Kind(_same, json.loads, _dumped)
TEXTS = Kind(_texts, list)
VECTORS = Kind(_vectors, _vectors_written)

MEMBERS: Final[dict[str, dict[str, Kind]]] = {
    "collections": {
        "owner": OWNER,
        "name": TEXT,
        "description": TEXT.or_none,
        "summary": TEXT.or_none,
        "summary_by": TEXT.or_none,
        "summary_passages": INTEGER.or_none,
    },
    "conversations": {
        "id": ID,
        "session_id": TEXT,
        "owner": OWNER,
        "title": TEXT.or_none,
        "summary": TEXT.or_none,
        "language": TEXT.or_none,
        "started_at": TIME,
        "updated_at": TIME,
        "deleted_at": TIME.or_none,
        "tags": TEXTS,
    },
    "turns": {
        "id": UNIQUE_ID,
        "conversation": ID,
        "owner": OWNER,
        "text": TEXT,
        "resolved_text": TEXT.or_none,
        "reply": TEXT.or_none,
        "answered_by": TEXT,
        "agent_id": TEXT.or_none,
        "model": TEXT.or_none,
        "language": TEXT.or_none,
        "intent": TEXT.or_none,
        "device_id": TEXT.or_none,
        "satellite_id": TEXT.or_none,
        "cache": TEXT,
        "stages": JSON,
        "error": TEXT.or_none,
        "started_at": TIME,
        "recorded_at": TIME,
    },
    "messages": {
        "turn": UNIQUE_ID,
        "position": SMALL,
        "role": TEXT,
        "content": TEXT.or_none,
        "thinking": TEXT.or_none,
        "tool_calls": JSON.or_none,
        "input_tokens": INTEGER.or_none,
        "output_tokens": INTEGER.or_none,
        "language": TEXT.or_none,
        "intent": TEXT.or_none,
        "created_at": TIME,
    },
    "tool_executions": {
        "turn": UNIQUE_ID,
        "position": SMALL,
        "name": TEXT,
        "arguments": JSON,
        "result": JSON,
        "status": TEXT,
        "language": TEXT.or_none,
    },
    "memories": {
        "id": ID,
        "owner": OWNER,
        "collection": TEXT,
        "content": TEXT,
        "language": TEXT.or_none,
        "source": TEXT.or_none,
        "tags": TEXTS,
        "confidence": REAL,
        "turn": UNIQUE_ID.or_none,
        "created_at": TIME,
        "updated_at": TIME,
        "place": TEXT.or_none,
        "status": TEXT,
    },
    "documents": {
        "id": UNIQUE_ID,
        "owner": OWNER,
        "collection": TEXT,
        "title": TEXT,
        "language": TEXT.or_none,
        "format": TEXT,
        "state": TEXT,
        "problem": TEXT.or_none,
        "sha256": SHA256.or_none,
        "bytes": ID.or_none,
        "pages": INTEGER.or_none,
        "words": INTEGER.or_none,
        "secrets": INTEGER,
        "original": TEXT.or_none,
        "created_at": TIME,
        "updated_at": TIME,
        "deleted_at": TIME.or_none,
        "erased": FLAG,
        "put_away": FLAG,
    },
    "document_names": {
        "document": UNIQUE_ID,
        "folder": TEXT.or_none,
        "path": TEXT,
        "bytes": ID.or_none,
        "modified_ns": ID.or_none,
        "added_at": TIME,
    },
    "document_versions": {
        "document": UNIQUE_ID,
        "sha256": SHA256,
        "bytes": ID,
        "pages": INTEGER.or_none,
        "words": INTEGER,
        "read_at": TIME,
    },
    "passages": {
        "id": ID,
        "memory": ID.or_none,
        "turn": UNIQUE_ID.or_none,
        "document": UNIQUE_ID.or_none,
        "position": INTEGER.or_none,
        "page": INTEGER.or_none,
        "heading": TEXT.or_none,
        "collection": TEXT,
        "speaker": TEXT.or_none,
        "text": TEXT,
        "created_at": TIME,
        "place": TEXT.or_none,
        "hidden": FLAG,
        "embeddings": VECTORS,
        "language": TEXT.or_none,
    },
    "context_references": {
        "turn": UNIQUE_ID,
        "passage": ID,
        "position": SMALL,
        "snippet": TEXT,
        "score": REAL,
        "cosine": REAL.or_none,
        "lexical": REAL,
        "verdict": TEXT,
        "language": TEXT.or_none,
    },
    "preferences": {
        "owner": OWNER,
        "key": TEXT,
        "category": TEXT,
        "value": JSON,
        "created_at": TIME,
        "updated_at": TIME,
    },
    "feedback": {
        "turn": UNIQUE_ID,
        "owner": OWNER,
        "rating": SMALL,
        "comment": TEXT.or_none,
        "correction": TEXT.or_none,
        "corrected_by": UNIQUE_ID.or_none,
        "source": TEXT,
        "created_at": TIME,
        "updated_at": TIME,
    },
    "training_examples": {
        "turn": UNIQUE_ID,
        "owner": OWNER,
        "format": TEXT,
        "exported_at": TIME,
    },
    "dropped_secrets": {
        "owner": OWNER,
        "kind": TEXT,
        "source": TEXT,
        "turn": UNIQUE_ID.or_none,
        "created_at": TIME,
    },
}
"""The members, in the order in which they are written and read: what is referred to comes first.

Ids are the archive's own and grow from line to line; those of turns and documents are the same everywhere. What hangs on
one of them or on a memory is its owner's.
"""
_NEW_MEMBERS: Final = {2: {"documents", "document_names", "document_versions"}}
_NEW_COLUMNS: Final = {
    2: {
        "collections": {"description", "summary_by", "summary_passages"},
        "passages": {"document", "position", "page", "heading"},
    },
    3: {"documents": {"put_away"}},
}
"""What came with a version; of an older archive these columns are read as empty."""


def _members_of(version: int) -> dict[str, dict[str, Kind]]:
    newer = range(version + 1, VERSION + 1)
    return {
        member: {
            name: kind
            for name, kind in columns.items()
            if not any(name in _NEW_COLUMNS[new].get(member, ()) for new in newer)
        }
        for member, columns in MEMBERS.items()
        if not any(member in _NEW_MEMBERS.get(new, ()) for new in newer)
    }


MEMBERS_OF: Final = {version: _members_of(version) for version in range(1, VERSION + 1)}
"""The members of each version that can be read."""
BORROWED_LANGUAGE: Final = {"tool_executions", "passages", "context_references"}
"""Where the language is that of the turn, memory or document, and only told for the filter of secrets."""


def line_of(columns: dict[str, Kind], row: Row) -> bytes:
    """Return a row as a line."""
    values = {name: kind.write(row[name]) for name, kind in columns.items()}
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def row_of(columns: dict[str, Kind], line: bytes) -> Row:
    """Return the row of a line, its texts safe for the database.

    Raises ValueError, TypeError, OverflowError, RecursionError.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError
    values = storable_json(json_of(line))
    if not isinstance(values, dict) or values.keys() != columns.keys():
        raise ValueError
    return {name: kind.read(values[name]) for name, kind in columns.items()}


def json_of(text: bytes) -> JsonValue:
    """Return what JSON says. Raises ValueError, RecursionError."""
    value: JsonValue = json.loads(text.decode(), parse_constant=_refuse)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
