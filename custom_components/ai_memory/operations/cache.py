"""The response cache."""

from typing import Any, Final

from homeassistant.core import ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import probatio

from .fields import PERSON, speaker
from .operation import Caller, Operation


async def _cache_stats(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    found = await caller.data.service.cache.statistics(speaker(caller, data))
    asked = found["hits"] + found["misses"]
    return {
        **found,
        "oldest": found["oldest"].isoformat() if found["oldest"] else None,
        "hit_rate": round(found["hits"] / asked, 4) if asked else None,
    }


async def _clear_cache(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    return {
        "cleared": await caller.data.service.cache.clear(
            speaker(caller, data), expired_only=data["expired_only"]
        )
    }


OPERATIONS: Final = (
    Operation(
        "cache_stats", probatio.Schema(PERSON), _cache_stats, SupportsResponse.ONLY
    ),
    Operation(
        "clear_cache",
        probatio.Schema(
            {**PERSON, probatio.Optional("expired_only", default=False): cv.boolean}
        ),
        _clear_cache,
    ),
)
