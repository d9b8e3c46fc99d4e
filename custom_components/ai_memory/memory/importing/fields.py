"""The columns of a row that somebody else wrote, as ours take them: each is as expected, or the row is broken."""

from collections.abc import Mapping
import csv
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
import json
from typing import Any, Final

from ...models import JsonValue
from ...text_forms import storable, storable_json

LONGEST_TEXT: Final = 100_000  # characters, as the columns
LONGEST_LABEL: Final = 255
LONGEST_LANGUAGE: Final = 35
LONGEST_TAG: Final = 100
LONGEST_VALUE: Final = 65_536  # characters of JSON, as the column
_SHOWN_ID: Final = 64
_JSON: Final = ("json", "jsonb")


class Reason(StrEnum):
    """Why a row was not taken."""

    ENCODING = "encoding"
    """No UTF-8."""
    NO_JSON = "no_json"
    NO_OBJECT = "no_object"
    LINE_TOO_LONG = "line_too_long"
    UNKNOWN_TABLE = "unknown_table"
    MISSING = "missing"
    """A value that has to be there is NULL or empty."""
    WRONG_TYPE = "wrong_type"
    TOO_LONG = "too_long"
    NO_TIME = "no_time"
    UNKNOWN_ROLE = "unknown_role"
    OUT_OF_RANGE = "out_of_range"
    INVALID_KEY = "invalid_key"
    INVALID_ALIAS = "invalid_alias"
    REFUSED = "refused"
    """The database did not take it."""
    SECRET = "secret"  # noqa: S105  # says that there was one
    """Left out on purpose."""
    NOT_STORED = "not_stored"
    """Found by the check behind it."""


class BrokenRow(Exception):
    """A row that cannot be taken; never with what stands in it."""

    def __init__(
        self, reason: Reason, column: str | None = None, *, row_id: str | None = None
    ) -> None:
        """Say why, and because of which column; `row_id` where nothing else can be read."""
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.row_id = row_id


def object_of(line: bytes) -> dict[str, Any]:
    """Return the object that a line of JSON is. Raises BrokenRow."""
    try:
        found = json.loads(line.decode())
    except UnicodeDecodeError:
        raise BrokenRow(Reason.ENCODING) from None
    except ValueError, RecursionError:
        raise BrokenRow(Reason.NO_JSON) from None
    if not isinstance(found, dict):
        raise BrokenRow(Reason.NO_OBJECT)
    return found


def id_in_bytes(line: bytes) -> str | None:
    """Return the id in a line that is no UTF-8, None where there is none."""
    try:
        found = json.loads(line.decode(errors="replace"))
        return shown_id(found["id"])
    except ValueError, RecursionError, LookupError, TypeError:
        return None


def shown_id(value: object) -> str | None:
    """Return an id as a report may show it: a number or a UUID, nothing that could be a text."""
    text = str(value)
    if isinstance(value, bool | list | dict) or value is None:
        return None
    bare = text.replace("-", "")
    return text if bare.isalnum() and len(text) <= _SHOWN_ID else None


class Fields:
    """The columns of one row."""

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        zone: tzinfo,
        types: Mapping[str, str] | None = None,
    ) -> None:
        """Take times without a zone to be in `zone`; `types` of columns as PostgreSQL calls them, where it is asked."""
        self._values = values
        self._zone = zone
        self._types = types or {}

    def text(self, name: str, limit: int) -> str | None:
        """Return a text, None where there is none. Raises BrokenRow."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise BrokenRow(Reason.WRONG_TYPE, name)
        kept = storable(value)
        if len(kept) > limit:
            raise BrokenRow(Reason.TOO_LONG, name)
        return kept or None

    def some_text(self, name: str, limit: int) -> str:
        """Return a text that has to be there. Raises BrokenRow."""
        if (found := self.text(name, limit)) is None:
            raise BrokenRow(Reason.MISSING, name)
        return found

    def label(self, name: str, limit: int = LONGEST_LABEL) -> str:
        """Return what names something, also where it is a number. Raises BrokenRow."""
        value = self._values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.some_text(name, limit)

    def time(self, name: str) -> datetime | None:
        """Return a moment in UTC, None where there is none. Raises BrokenRow."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise BrokenRow(Reason.WRONG_TYPE, name)
        try:
            moment = datetime.fromisoformat(value.strip())
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            return moment.astimezone(UTC)
        except ValueError, OverflowError:
            raise BrokenRow(Reason.NO_TIME, name) from None

    def json(self, name: str) -> JsonValue:
        """Return a value; text of a column that is no JSON for PostgreSQL is read as such. Raises BrokenRow."""
        value = self._values.get(name)
        if isinstance(value, str) and self._types.get(name, _JSON[0]) not in _JSON:
            try:
                value = json.loads(value)
            except ValueError, RecursionError:
                raise BrokenRow(Reason.NO_JSON, name) from None
        try:
            kept = storable_json(value)
            length = len(json.dumps(kept, ensure_ascii=False))
        except ValueError, RecursionError:
            # Too deep, or a number of thousands of digits.
            raise BrokenRow(Reason.NO_JSON, name) from None
        if length > LONGEST_VALUE:
            raise BrokenRow(Reason.TOO_LONG, name)
        return kept

    def whole(self, name: str, lowest: int, highest: int) -> int | None:
        """Return a whole number, None where there is none. Raises BrokenRow."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BrokenRow(Reason.WRONG_TYPE, name)
        if not lowest <= value <= highest:
            raise BrokenRow(Reason.OUT_OF_RANGE, name)
        return value

    def flag(self, name: str) -> bool:
        """Return whether something is so, not where it is not told. Raises BrokenRow."""
        value = self._values.get(name)
        if isinstance(value, str):
            value = _FLAGS.get(value.strip().casefold(), value)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise BrokenRow(Reason.WRONG_TYPE, name)
        return value

    def tags(self, name: str) -> list[str]:
        """Return tags: a list, or the text of one as JSON or PostgreSQL writes it, or with commas. Raises BrokenRow."""
        value = self._values.get(name)
        if isinstance(value, str):
            value = _listed(value.strip(), name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BrokenRow(Reason.WRONG_TYPE, name)
        found = set()
        for tag in value:
            if tag is None:
                continue
            if not isinstance(tag, str):
                raise BrokenRow(Reason.WRONG_TYPE, name)
            kept = storable(tag)
            if len(kept) > LONGEST_TAG:
                raise BrokenRow(Reason.TOO_LONG, name)
            found.add(kept)
        return sorted(found - {""})


_FLAGS: Final = {"true": True, "t": True, "false": False, "f": False}


def _listed(text: str, name: str) -> object:
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError, RecursionError:
            raise BrokenRow(Reason.NO_JSON, name) from None
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    try:
        return next(
            csv.reader([text], escapechar="\\", doublequote=False, strict=True), []
        )
    except csv.Error:
        raise BrokenRow(Reason.WRONG_TYPE, name) from None
