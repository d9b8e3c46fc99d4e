"""Folders of documents: from subentries to what is synced, and how people see how that goes."""

from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_LANGUAGE, CONF_PATH
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.translation import async_get_exception_message

from .const import CONF_COLLECTION, CONF_PERSON, DOMAIN
from .data import AiMemoryConfigEntry
from .errors import DatabaseError
from .memory.folder_sync import FolderProgress, FolderSettings, FolderState
from .models import HOUSEHOLD, Document, DocumentState, Scope

ISSUE: Final = "folder_failed"
_SHOWN: Final = 50
"""Documents in the report of a folder."""


def folder_settings(subentry: ConfigSubentry) -> FolderSettings:
    """Return what is synced for a subentry."""
    data = subentry.data
    return FolderSettings(
        id=subentry.subentry_id,
        path=Path(data[CONF_PATH]),
        name=subentry.title,
        collection=data[CONF_COLLECTION],
        owner=folder_scope(subentry).owner,
        language=data.get(CONF_LANGUAGE),
    )


def folder_scope(subentry: ConfigSubentry) -> Scope:
    """Return whose the documents of a folder are."""
    person = subentry.data[CONF_PERSON]
    return Scope.household() if person == HOUSEHOLD else Scope.person(person)


def folder_signal(subentry_id: str) -> str:
    """Return the signal that is sent whenever a folder's sync gets on."""
    return f"{DOMAIN}_folder_{subentry_id}"


@callback
def async_follow_folders(
    hass: HomeAssistant, entry: AiMemoryConfigEntry
) -> CALLBACK_TYPE:
    """Tell entities how the syncs go, and people where a whole folder fails; return what ends it."""

    @callback
    def follow(progress: FolderProgress) -> None:
        async_dispatcher_send(hass, folder_signal(progress.folder_id), progress)
        subentry = entry.subentries.get(progress.folder_id)
        if subentry is None or progress.state is not FolderState.FAILED:
            if progress.state in (FolderState.IDLE, FolderState.READING):
                ir.async_delete_issue(hass, DOMAIN, _issue_id(progress.folder_id))
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(progress.folder_id),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE,
            translation_placeholders={
                "name": subentry.title,
                "path": subentry.data[CONF_PATH],
                "reason": reason(progress.problem),
            },
        )

    return entry.runtime_data.service.folders.subscribe(follow)


@callback
def async_delete_folder_issues(
    hass: HomeAssistant, entry: AiMemoryConfigEntry | None = None
) -> None:
    """Take the issues of folders away, with an entry only those of folders that are gone."""
    prefix = _issue_id("")
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain != DOMAIN or not issue_id.startswith(prefix):
            continue
        if entry is None or issue_id.removeprefix(prefix) not in entry.subentries:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issue_id(folder_id: str) -> str:
    return f"{ISSUE}_{folder_id}"


@callback
def reason(problem: str | None) -> str:
    """Return in words why a document or a folder could not be read."""
    return async_get_exception_message(DOMAIN, f"document_{problem or 'unreadable'}")


@callback
def async_folder_response(
    hass: HomeAssistant, progress: FolderProgress
) -> dict[str, Any]:
    """Return how far a folder is as every surface shows it."""
    return {
        "folder": progress.folder_id,
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
    progress = next(
        (
            progress
            for progress in service.folders.progress
            if progress.folder_id == subentry.subentry_id
        ),
        None,
    )
    try:
        documents = await service.documents.list(
            folder_scope(subentry),
            limit=_SHOWN,
            state=DocumentState.FAILED,
            folder=subentry.subentry_id,
        )
    except DatabaseError as err:
        return {
            "state": async_get_exception_message(DOMAIN, err.translation_key),
            "documents": "",
        }
    state = "–"
    if progress is not None:
        state = f"**{progress.done} / {progress.total}** ({progress.state})"
        if progress.problem:
            state += f"\n\n{reason(progress.problem)}"
    return {
        "state": state,
        "documents": "\n".join(map(_line, documents)),
    }


def _line(document: Document) -> str:
    name = document.names[0].path if document.names else document.title
    # A name is data: no mark-up of its own.
    shown = name.replace("`", "'")
    return f"- `{shown}`: {reason(document.problem)}"
