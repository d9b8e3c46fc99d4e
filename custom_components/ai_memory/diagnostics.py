"""What may be shown to somebody who helps: counts and versions, nothing that anybody said."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_API_KEY,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PATH,
    CONF_URL,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from .const import (
    CONF_CLAIMANTS,
    CONF_COLLECTION,
    CONF_DATABASE,
    CONF_DEVICES,
    CONF_DSN,
    CONF_PERSON,
    CONF_SATELLITES,
    DOMAIN,
)
from .data import AiMemoryConfigEntry
from .errors import DatabaseError
from .memory.health import Part

TO_REDACT = {
    CONF_API_KEY,
    # The ids of persons are their names.
    CONF_CLAIMANTS,
    CONF_COLLECTION,
    CONF_DATABASE,
    CONF_DEVICES,
    CONF_DSN,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PATH,
    CONF_PERSON,
    CONF_SATELLITES,
    CONF_URL,
    CONF_USERNAME,
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AiMemoryConfigEntry
) -> dict[str, Any]:
    """Return diagnostics for a config entry, also while the database is away."""
    integration = await async_get_integration(hass, DOMAIN)
    diagnostics: dict[str, Any] = {
        "version": str(integration.version),
        "state": entry.state.value,
        "data": async_redact_data(entry.data, TO_REDACT),
        "options": async_redact_data(entry.options, TO_REDACT),
        # Their titles are names that people gave.
        "subentries": [
            {
                "type": subentry.subentry_type,
                "data": async_redact_data(subentry.data, TO_REDACT),
            }
            for subentry in entry.subentries.values()
        ],
    }
    if entry.state is not ConfigEntryState.LOADED:
        return diagnostics
    service = entry.runtime_data.service
    diagnostics["failing"] = {
        str(part): service.health.is_failing(part) for part in Part
    }
    info = service.store.database.info
    diagnostics["server"] = asdict(info) if info else None
    diagnostics["folders"] = [asdict(folder) for folder in service.folders.progress]
    switch = service.models.progress()
    diagnostics["model_switch"] = asdict(switch) if switch else None
    try:
        diagnostics["statistics"] = await service.statistics(
            dt_util.start_of_local_day()
        )
        diagnostics["vector_index"] = await service.index_state()
    except DatabaseError as err:
        diagnostics["statistics"] = {"error": err.translation_key}
    return diagnostics
