"""Folders of documents: from subentries to what is synced, and how people see how that goes."""

from collections.abc import Callable, Container
from datetime import datetime
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_LANGUAGE, CONF_NAME, CONF_PATH, Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.helpers.translation import (
    async_get_exception_message,
    async_translate_state,
)

from .const import CONF_COLLECTION, CONF_PERSON, DOMAIN, SUBENTRY_FOLDER
from .data import AiMemoryConfigEntry
from .documents.formats.content import Problem
from .errors import DatabaseError
from .identity import is_about_person, registered_persons
from .memory.folder_sync import FolderProgress, FolderSettings, FolderState
from .models import DocumentState, Scope

_LOGGER = logging.getLogger(__name__)

CONF_LANGUAGE_EMPTIED: Final = "language_emptied_at"
"""When the language of a folder was taken back: what was read before is in the one that it had."""
FAILED: Final = "folder_failed"
PERSON_GONE: Final = "folder_person_gone"
STATE_KEY: Final = "folder_state"
"""Translation key of the states of a folder."""
_SHOWN: Final = 50
"""Files in the report of a folder."""
_OF_WHOLE_FOLDER: Final = {
    "folder_gone",
    "folder_emptied",
    "reader_unavailable",
    "subfolder_emptied",
    "too_many_files",
}
_STORED: Final = f"{DOMAIN}.folders"
_STORED_VERSION: Final = 1


# --- from subentries


def folder_settings(subentry: ConfigSubentry) -> FolderSettings:
    """Return what is synced for a subentry."""
    data = subentry.data
    emptied = data.get(CONF_LANGUAGE_EMPTIED)
    return FolderSettings(
        id=subentry.subentry_id,
        path=Path(data[CONF_PATH]),
        name=subentry.title,
        collection=data[CONF_COLLECTION],
        owner=folder_scope(subentry).owner,
        language=data.get(CONF_LANGUAGE),
        read_anew_before=datetime.fromisoformat(emptied) if emptied else None,
    )


def folder_scope(subentry: ConfigSubentry) -> Scope:
    """Return whose the documents of a folder are."""
    return Scope(subentry.data[CONF_PERSON])


def is_private(subentry: ConfigSubentry) -> bool:
    """Return whether a folder is one person's, so that nobody else is told of it."""
    return folder_scope(subentry) != Scope.household()


@callback
def async_folders_to_sync(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> list[ConfigSubentry]:
    """Return the folders to sync: none of a person who is gone, since nobody could see what is read from it."""
    persons = registered_persons(hass)
    return [
        subentry
        for subentry in entry.get_subentries_of_type(SUBENTRY_FOLDER)
        if (person_id := folder_scope(subentry).person_id) is None
        or person_id in persons
    ]


@callback
def async_shown_folders(entry: AiMemoryConfigEntry) -> list[ConfigSubentry]:
    """Return the folders that have a device: the household's, since everybody sees entities and presses buttons.

    Of those that are synced since the entry was set up, without those that were removed since.
    """
    return [
        subentry
        for settings in entry.runtime_data.service.folders.settings
        if (subentry := entry.subentries.get(settings.id)) and not is_private(subentry)
    ]


@callback
def async_give_folders(
    hass: HomeAssistant, entry: ConfigEntry[Any], owner: Scope, to: Scope | None
) -> None:
    """Make the folders of somebody another one's; without one, let them go."""
    for subentry in list(entry.get_subentries_of_type(SUBENTRY_FOLDER)):
        if folder_scope(subentry) != owner:
            continue
        if to is None:
            hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
        else:
            hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, CONF_PERSON: to.owner}
            )


async def async_forget_removed_folders(
    hass: HomeAssistant, entry: AiMemoryConfigEntry
) -> None:
    """Put the documents of folders that were removed into the bin. Without the database: when it is back.

    Which folders were ever ours is kept apart from the entry, which may be removed with them: of others another Home
    Assistant on the same database may take care.
    """
    service = entry.runtime_data.service
    stored = Store[list[str]](hass, _STORED_VERSION, _STORED)
    before = set(await stored.async_load() or ())
    ours = before.union(
        subentry.subentry_id
        for subentry in entry.get_subentries_of_type(SUBENTRY_FOLDER)
    )
    if ours != before:
        await stored.async_save(sorted(ours))
    try:
        for folder_id in await service.store.maintenance.folders():
            if folder_id in ours and folder_id not in entry.subentries:
                await service.folders.forget_folder(folder_id)
    except DatabaseError as err:
        _LOGGER.debug("Removed folders are not forgotten yet: %s", err)


# --- how it goes


@callback
def async_follow_folders(
    hass: HomeAssistant, entry: AiMemoryConfigEntry
) -> CALLBACK_TYPE:
    """Tell people of folders that fail or are nobody's; return what ends it."""
    synced = async_folders_to_sync(hass, entry)

    @callback
    def follow(progress: FolderProgress) -> None:
        subentry = entry.subentries.get(progress.folder_id)
        if subentry and progress.state is FolderState.FAILED:
            _async_create_issue(
                hass, FAILED, subentry, reason=_folder_reason(progress.problem)
            )
        elif progress.problem is None and progress.state in (
            FolderState.IDLE,
            FolderState.READING,
        ):
            ir.async_delete_issue(hass, DOMAIN, f"{FAILED}_{progress.folder_id}")

    @callback
    def look_at_persons(_: object) -> None:
        if async_folders_to_sync(hass, entry) != synced:
            hass.config_entries.async_schedule_reload(entry.entry_id)

    nobodys = [
        subentry
        for subentry in entry.get_subentries_of_type(SUBENTRY_FOLDER)
        if subentry not in synced
    ]
    async_delete_folder_issues(
        hass,
        but={
            *(f"{FAILED}_{subentry.subentry_id}" for subentry in synced),
            *(f"{PERSON_GONE}_{subentry.subentry_id}" for subentry in nobodys),
        },
    )
    for subentry in nobodys:
        _async_create_issue(hass, PERSON_GONE, subentry)
    unlisteners: list[Callable[[], None]] = [
        entry.runtime_data.service.folders.subscribe(follow),
        hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, look_at_persons, is_about_person
        ),
    ]

    @callback
    def unlisten() -> None:
        for unlistener in unlisteners:
            unlistener()

    return unlisten


@callback
def async_delete_folder_issues(hass: HomeAssistant, but: Container[str] = ()) -> None:
    """Take the issues of folders away, but not those with some ids: whoever ignored one does not want it anew."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if (
            domain == DOMAIN
            and issue_id.startswith((f"{FAILED}_", f"{PERSON_GONE}_"))
            and issue_id not in but
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def _async_create_issue(
    hass: HomeAssistant, key: str, subentry: ConfigSubentry, **placeholders: str
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{subentry.subentry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        # Everybody may list issues.
        translation_key=f"private_{key}" if is_private(subentry) else key,
        translation_placeholders=placeholders
        if is_private(subentry)
        else {
            CONF_NAME: subentry.title,
            CONF_PATH: subentry.data[CONF_PATH],
            **placeholders,
        },
    )


@callback
def reason(problem: str | None) -> str:
    """Return in words why a document could not be read."""
    known = problem in set(Problem)
    return async_get_exception_message(
        DOMAIN, f"document_{problem}" if known else "unknown"
    )


@callback
def _folder_reason(problem: str | None) -> str:
    """Return in words why a folder failed as a whole."""
    if problem in _OF_WHOLE_FOLDER:
        return async_get_exception_message(DOMAIN, problem)
    if problem in set(Problem):
        return async_get_exception_message(
            DOMAIN, "folder_all_failed", {"reason": reason(problem)}
        )
    return reason(problem)


@callback
def async_folder_response(
    entry: ConfigEntry[Any], progress: FolderProgress
) -> dict[str, Any]:
    """Return how far a folder is as every surface shows it."""
    subentry = entry.subentries.get(progress.folder_id)
    return {
        "folder": progress.folder_id,
        "name": subentry.title if subentry else None,
        "state": str(progress.state),
        "total": progress.total,
        "done": progress.done,
        "failed": progress.failed,
        "problem": progress.problem,
        "finished_at": progress.finished_at.isoformat()
        if progress.finished_at
        else None,
    }


async def async_folder_report(
    hass: HomeAssistant, entry: AiMemoryConfigEntry, subentry: ConfigSubentry
) -> dict[str, str]:
    """Return how far a folder is and what could not be read, as placeholders in Markdown."""
    service = entry.runtime_data.service
    placeholders = {"state": "–", "read": "–", "total": "–", "problem": ""}
    for progress in service.folders.progress:
        if progress.folder_id == subentry.subentry_id:
            placeholders = {
                "state": async_translate_state(
                    hass, progress.state, Platform.SENSOR, DOMAIN, STATE_KEY, None
                ),
                "read": str(progress.done - progress.failed),
                "total": str(progress.total),
                "problem": _folder_reason(progress.problem) if progress.problem else "",
            }
            break
    else:
        placeholders["problem"] = async_get_exception_message(DOMAIN, PERSON_GONE)
    try:
        documents = await service.documents.list(
            folder_scope(subentry),
            limit=_SHOWN + 1,
            state=DocumentState.FAILED,
            folder=subentry.subentry_id,
        )
    except DatabaseError as err:
        shown = async_get_exception_message(
            DOMAIN, err.translation_key, err.placeholders
        )
    else:
        # What has the same content is one document.
        lines = [
            _line(name.path, document.problem)
            for document in documents
            for name in document.names
            if name.folder == subentry.subentry_id
        ]
        if len(lines) > _SHOWN:
            lines[_SHOWN:] = ["- …"]
        shown = "\n".join(lines)
    return {**placeholders, "documents": shown}


def _line(name: str, problem: str | None) -> str:
    # A name is data: no mark-up of its own, and on one line.
    shown = " ".join(name.replace("`", "'").split())
    return f"- `{shown}`: {reason(problem)}"
