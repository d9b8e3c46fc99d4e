"""AI Memory: a memory that stays at home for whichever conversation agent the household uses."""

from functools import partial
from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.typing import ConfigType

from . import embedders
from .agent_state import AgentState
from .agents import agent_of_subentry
from .capture import Capture
from .commands import async_sample_commands
from .const import (
    CONF_CAPTURE,
    CONF_EMBEDDER,
    CONF_NEXT_EMBEDDER,
    CONF_SUMMARISER,
    DOMAIN,
    SUBENTRY_CONVERSATION,
    CaptureMode,
)
from .coordinator import StatisticsCoordinator
from .data import AiMemoryConfigEntry, AiMemoryData
from .entity import async_hide_private_folders
from .entry_changes import EntryChanges
from .entry_data import retention_from_options, settings_from_entry
from .errors import AiMemoryError
from .folders import (
    async_delete_folder_issues,
    async_folders_to_sync,
    async_follow_folders,
    async_forget_removed_folders,
    folder_settings,
)
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
from .repairs import async_delete_problems, async_follow_switch, async_report_problem
from .services import async_setup_services
from .summaries import async_summarise
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
    changes = EntryChanges(hass, entry)
    names = HomeNames(hass)
    identity = Identity(hass, entry.options)
    summariser = entry.options.get(CONF_SUMMARISER)

    @callback
    def report(part: Part, error: AiMemoryError | None) -> None:
        async_report_problem(hass, entry, part, error)
        if part is Part.DATABASE and error is None:
            removed_persons.look()
            forget_removed_folders()

    @callback
    def forget_removed_folders() -> None:
        entry.async_create_background_task(
            hass, async_forget_removed_folders(hass, entry), "ai_memory removed folders"
        )

    service = MemoryService(
        settings_from_entry(entry.data),
        embedders.create_from_data(hass, entry.data, CONF_EMBEDDER),
        next_embedder=embedders.create_from_data(hass, entry.data, CONF_NEXT_EMBEDDER),
        switched=changes.switched,
        originals_path=Path(hass.config.path(DOMAIN, "documents")),
        imports_path=Path(hass.config.path(DOMAIN, "imports")),
        folders=[
            folder_settings(subentry) for subentry in async_folders_to_sync(hass, entry)
        ],
        summarise=partial(async_summarise, hass, summariser) if summariser else None,
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
    entry.async_on_unload(async_follow_folders(hass, entry))
    entry.async_on_unload(async_follow_switch(hass, entry))
    await service.start()
    forget_removed_folders()
    entry.async_on_unload(entry.runtime_data.statistics.async_listen())
    entry.async_on_unload(async_tell_home(hass, service.changes))
    await entry.runtime_data.statistics.async_refresh()
    async_hide_private_folders(hass, entry)
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
    entry.async_on_unload(entry.add_update_listener(changes.async_look))
    # What was changed while this was under way.
    await changes.async_look()
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
    async_delete_folder_issues(hass)
    await Journal(_journal_path(hass, entry)).remove()


def _journal_path(hass: HomeAssistant, entry: AiMemoryConfigEntry) -> Path:
    # In Home Assistant's own folder of data, so that its backups hold what is not in the database yet.
    return Path(hass.config.path(STORAGE_DIR, DOMAIN, f"{entry.entry_id}.journal"))
