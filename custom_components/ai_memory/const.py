"""Names that the parts on Home Assistant's side share."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "ai_memory"

SUBENTRY_CONVERSATION: Final = "conversation"
SUBENTRY_FOLDER: Final = "folder"

CONF_DSN: Final = "dsn"
CONF_DATABASE: Final = "database"
CONF_TLS: Final = "tls"

CONF_EMBEDDER: Final = "embedder"
CONF_PROVIDER: Final = "provider"
CONF_DIMENSIONS: Final = "dimensions"
CONF_NEXT_EMBEDDER: Final = "next_embedder"

CONF_CAPTURE: Final = "capture"
CONF_SATELLITES: Final = "satellites"
CONF_DEVICES: Final = "devices"
CONF_PERSON: Final = "person"
CONF_CLAIMANTS: Final = "claimants"
CONF_TURNS_DAYS: Final = "turns_days"
CONF_AUDIT_DAYS: Final = "audit_days"
CONF_BIN_DAYS: Final = "bin_days"
CONF_CACHE_MINUTES: Final = "cache_minutes"
CONF_CACHE_LIMIT: Final = "cache_limit"

CONF_COLLECTION: Final = "collection"
CONF_SUMMARISER: Final = "summariser"

CONF_DELEGATE: Final = "delegate"
CONF_RECALL: Final = "recall"
CONF_CACHE: Final = "cache"
CONF_BUDGET: Final = "budget"
CONF_DEADLINE: Final = "deadline"
CONF_PIPELINES: Final = "pipelines"
CONF_REPLACED: Final = "replaced_agents"
CONF_SESSION_WINDOW: Final = "session_window"
CONF_SESSION_TURNS: Final = "session_turns"

DEFAULT_BUDGET: Final = 800
"""Tokens: room for 300 words of documents, which hold the answer (docs/benchmarks.md), in languages with long words."""
DEFAULT_DEADLINE: Final = 400  # milliseconds
DEFAULT_SESSION_WINDOW: Final = 30  # minutes
DEFAULT_SESSION_TURNS: Final = 6


SIGNAL_CHANGE: Final = f"{DOMAIN}_change"
"""Sent for every change of what is known, with a `Change`."""


class CaptureMode(StrEnum):
    """Which turns that do not go through our agents are saved."""

    ALL = "all"
    EXPOSED = "exposed"
    OWN = "own"


def recalled_signal(subentry_id: str) -> str:
    """Return the signal that an agent sends for each answer that memory had a part in."""
    return f"{DOMAIN}_recalled_{subentry_id}"
