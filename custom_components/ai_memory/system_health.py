"""How the memory is, on the page of system information."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .data import AiMemoryConfigEntry
from .errors import DatabaseError
from .memory.health import Part


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register what is told."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return versions and counts, nothing that anybody said."""
    entries: list[AiMemoryConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        return {"loaded": False}
    service = entries[0].runtime_data.service
    info = service.store.database.info
    try:
        statistics = await service.statistics()
    except DatabaseError:
        statistics = {}
    return {
        "database_works": not service.health.is_failing(Part.DATABASE),
        "embedder_works": not service.health.is_failing(Part.EMBEDDER),
        "postgresql": info.server_version if info else None,
        "pgvector": info.vector_version if info else None,
        "schema_version": statistics.get("schema_version"),
        "memories": statistics.get("memories"),
        "documents": statistics.get("documents"),
        "turns": statistics.get("turns"),
        "pending_turns": statistics.get("pending_turns"),
        "embedding_backlog": statistics.get("embedding_backlog"),
    }
