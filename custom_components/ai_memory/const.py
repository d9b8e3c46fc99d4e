"""Names that the parts on Home Assistant's side share."""

from enum import StrEnum
from typing import Final

DOMAIN: Final = "ai_memory"

SUBENTRY_CONVERSATION: Final = "conversation"

CONF_DSN: Final = "dsn"
CONF_DATABASE: Final = "database"
CONF_TLS: Final = "tls"

CONF_EMBEDDER: Final = "embedder"
CONF_PROVIDER: Final = "provider"
CONF_DIMENSIONS: Final = "dimensions"

CONF_CAPTURE: Final = "capture"

CONF_DELEGATE: Final = "delegate"
CONF_RECALL: Final = "recall"
CONF_CACHE: Final = "cache"
CONF_BUDGET: Final = "budget"
CONF_DEADLINE: Final = "deadline"
CONF_PIPELINES: Final = "pipelines"
CONF_REPLACED: Final = "replaced_agents"

DEFAULT_BUDGET: Final = 400  # tokens
DEFAULT_DEADLINE: Final = 400  # milliseconds


class CaptureMode(StrEnum):
    """Which turns that do not go through our agents are saved."""

    ALL = "all"
    EXPOSED = "exposed"
    OWN = "own"
