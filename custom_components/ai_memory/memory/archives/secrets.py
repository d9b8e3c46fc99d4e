"""Keeps the secrets that an archive brings along out of memory, as they are kept out of what is said."""

from collections.abc import Callable
from typing import Final

from ...models import JsonValue
from ..document_reading import LONGEST_HEADING
from ..secret_filter import find_secrets, mask, mask_json
from ..secret_gate import masked_result
from .format import Row

_MASKED: Final = {
    "collections": ("description", "summary"),
    "conversations": ("title", "summary"),
    "turns": ("text", "resolved_text", "reply"),
    "documents": ("title",),
    "messages": ("content", "thinking"),
    "passages": ("text",),
    "context_references": ("snippet",),
    "feedback": ("comment", "correction"),
}
_MASKED_JSON: Final = {
    "messages": ("tool_calls",),
    "tool_executions": ("arguments", "result"),
}
_REFUSED: Final[dict[str, Callable[[Row], JsonValue]]] = {
    "collections": lambda row: [row["name"]],
    "documents": lambda row: [row["collection"]],
    "memories": lambda row: [
        row["content"],
        row["collection"],
        row["source"] or "",
        *row["tags"],
    ],
    # The last part of a key says what the value is: `wifi.password`.
    "preferences": lambda row: {row["key"].rpartition(".")[2]: row["value"]},
}
"""What stands alone is left out: without its secret it would say nothing, or something else."""


def secrets_of_refused(member: str, row: Row, home_language: str) -> list[str]:
    """Return the kinds of the secrets for which a row is left out; what has no language is in the home's."""
    if member not in _REFUSED:
        return []
    value = _REFUSED[member](row)
    language = row.get("language", home_language)
    if isinstance(value, list):
        return [
            str(secret.kind)
            for text in value
            for secret in find_secrets(str(text), language)
        ]
    return [str(kind) for kind in mask_json(value, language)[1]]


def mask_row(member: str, row: Row, home_language: str) -> list[str]:
    """Mask the secrets of a row in place; return their kinds. What has no language is in the home's."""
    if member == "passages" and row["memory"] is not None:
        # Its text is that of the memory.
        return []
    kinds: list[str] = []
    language = row.get("language", home_language)

    def text(value: str | None) -> str | None:
        if value is None:
            return None
        masked, found = mask(value, language)
        kinds.extend(map(str, found))
        return masked

    def data(value: JsonValue) -> JsonValue:
        masked, found = mask_json(value, language)
        kinds.extend(map(str, found))
        return masked

    if member == "passages" and row["heading"] is not None:
        # One may say what the other one holds.
        both = text(f"{row['heading']}\n{row['text']}")
        if both and kinds:
            heading, _, row["text"] = both.partition("\n")
            row["heading"] = heading[:LONGEST_HEADING]
    for name in _MASKED.get(member, ()):
        if name == "content" and row["role"] == "tool_result":
            row[name] = masked_result(row[name], data, text)
        else:
            row[name] = text(row[name])
    for name in _MASKED_JSON.get(member, ()):
        row[name] = data(row[name])
    if member == "conversations":
        row["tags"] = [
            tag for tag in row["tags"] if not find_secrets(tag, home_language)
        ]
    if member == "passages" and kinds:
        # They were made of the words that are masked now.
        row["embeddings"] = {}
    return kinds
