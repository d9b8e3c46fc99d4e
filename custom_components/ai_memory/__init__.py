"""AI Memory: a memory that stays at home for whichever conversation agent the household uses."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.ssl import get_default_context

from .agent_state import AgentState
from .agents import agent_of_subentry
from .capture import Capture
from .commands import async_sample_commands
from .const import (
    CONF_CAPTURE,
    CONF_REPLACED,
    DOMAIN,
    SUBENTRY_CONVERSATION,
    CaptureMode,
)
from .coordinator import StatisticsCoordinator
from .data import AiMemoryConfigEntry, AiMemoryData
from .embedding.factory import create_embedder
from .entry_data import embedder_settings, retention_from_options, settings_from_entry
from .errors import AiMemoryError
from .http import async_setup_http
from .identity import Identity
from .learned import async_tell_home
from .memory.calibration import SAMPLE
from .memory.health import Part
from .memory.journal import Journal
from .memory.service import MemoryService
from .names import HomeNames
from .pipelines import async_put_back
from .removed_persons import RemovedPersons, async_delete_removed_persons
from .repairs import async_delete_problems, async_report_problem
from .services import async_setup_services
from .websocket_api import async_setup_websocket_api

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BUTTON,
    Platform.CONVERSATION,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, the commands and the HTTP endpoints."""
    async_setup_services(hass)
    async_setup_http(hass)
    async_setup_websocket_api(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AiMemoryConfigEntry) -> bool:
    """Start the memory. A database or embedder that is down must not stop the agents: memory joins in when it is back."""
    settings = _settings(entry)
    names = HomeNames(hass)
    identity = Identity(hass, entry.options)

    @callback
    def report(part: Part, error: AiMemoryError | None) -> None:
        async_report_problem(hass, entry, part, error)
        if part is Part.DATABASE and error is None:
            removed_persons.look()

    service = MemoryService(
        settings_from_entry(entry.data),
        create_embedder(
            embedder_settings(entry.data),
            session=async_get_clientsession(hass),
            ssl_context=get_default_context(),
        ),
        journal_path=_journal_path(hass, entry),
        language=hass.config.language,
        commands=partial(async_sample_commands, hass, names, number=SAMPLE),
        knows_target=names.knows,
        target_of_name=names.target_of_name,
        report=report,
        retention=retention_from_options(entry.options),
    )
    removed_persons = RemovedPersons(hass, entry, service)
    agents = {
        subentry.subentry_id: AgentState()
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_CONVERSATION
    }
    capture = Capture(
        hass,
        service,
        identity,
        CaptureMode(entry.options.get(CONF_CAPTURE, CaptureMode.ALL)),
        agents,
    )
    entry.runtime_data = AiMemoryData(
        service,
        names,
        identity,
        capture,
        StatisticsCoordinator(hass, entry, service),
        agents,
    )
    # What was wrong before is found out anew.
    async_delete_problems(hass)
    await service.start()
    entry.async_on_unload(entry.runtime_data.statistics.async_listen())
    entry.async_on_unload(async_tell_home(hass, service.changes))
    await entry.runtime_data.statistics.async_refresh()
    try:
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    except Exception:
        await service.stop()
        raise
    entry.async_on_unload(names.async_listen())
    entry.async_on_unload(capture.async_listen())
    entry.async_on_unload(removed_persons.async_listen())
    entry.async_on_unload(
        hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_STOP, partial(_async_stop, entry)
        )
    )
    entry.async_on_unload(
        entry.add_update_listener(partial(_async_entry_changed, settings=settings))
    )
    # What was changed while this was under way.
    await _async_entry_changed(hass, entry, settings=settings)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AiMemoryConfigEntry) -> bool:
    """Stop the memory; what is not written yet stays in the journal."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await _async_stop(entry)
    return True


async def _async_stop(entry: AiMemoryConfigEntry, _: Event | None = None) -> None:
    """Save what is open, write what can be written, and let go. Entries are not unloaded when Home Assistant stops."""
    await entry.runtime_data.capture.async_finish()
    await entry.runtime_data.service.stop()


async def async_remove_entry(hass: HomeAssistant, entry: AiMemoryConfigEntry) -> None:
    """Put the pipelines back as they were. The database stays: it is the household's."""
    for subentry in entry.subentries.values():
        if agent := agent_of_subentry(hass, entry.entry_id, subentry.subentry_id):
            await async_put_back(hass, subentry.data, agent)
    async_delete_problems(hass)
    async_delete_removed_persons(hass)
    await Journal(_journal_path(hass, entry)).remove()


def _journal_path(hass: HomeAssistant, entry: AiMemoryConfigEntry) -> Path:
    # In Home Assistant's own folder of data, so that its backups hold what is not in the database yet.
    return Path(hass.config.path(STORAGE_DIR, DOMAIN, f"{entry.entry_id}.journal"))


def _settings(entry: AiMemoryConfigEntry) -> dict[str, Any]:
    """Return everything that a running entry was made from."""
    return {
        "data": entry.data,
        "options": entry.options,
        "subentries": {
            subentry.subentry_id: (
                subentry.title,
                {
                    key: value
                    for key, value in subentry.data.items()
                    if key != CONF_REPLACED
                },
            )
            for subentry in entry.subentries.values()
        },
    }


async def _async_entry_changed(
    hass: HomeAssistant, entry: AiMemoryConfigEntry, *, settings: Mapping[str, Any]
) -> None:
    """Start anew with the new settings. What we note ourselves of the pipelines is none."""
    if _settings(entry) != settings:
        hass.config_entries.async_schedule_reload(entry.entry_id)
