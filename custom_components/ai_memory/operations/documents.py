"""Documents of the household: add, list, look at, put into the bin and take back."""

from pathlib import Path, PurePath
from typing import Any, Final
from uuid import UUID

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_LANGUAGE
from homeassistant.core import (
    HomeAssistant,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import config_validation as cv
import probatio

from ..const import SUBENTRY_FOLDER
from ..errors import InvalidInput
from ..fetching import async_fetch
from ..folders import async_folder_response, folder_scope
from ..memory.document_reading import format_of
from ..memory.documents import DOCUMENTS
from ..models import Document, DocumentState
from ..text_forms import storable
from .fields import (
    OWNER,
    PERSON,
    Field,
    owner,
    owner_name,
    real_path,
    speaker,
    whole_number,
)
from .operation import Caller, Operation

_DOCUMENT_ID: Final = "document_id"
_FOLDER: Final = "folder"
_NAME: Final = "name"
_PATH: Final = "path"
_TITLE: Final = "title"
_URL: Final = "url"
_WAYS: Final = (Field.CONTENT, _PATH, _URL)


def _document_id(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as err:
        raise probatio.Invalid("expected the id of a document") from err


_DOCUMENT: Final = {probatio.Required(_DOCUMENT_ID): _document_id, **PERSON}


@callback
def document_response(hass: HomeAssistant, document: Document) -> dict[str, Any]:
    """Return a document as every surface shows it."""
    return {
        "id": str(document.id),
        "title": document.title,
        "owner": owner_name(hass, document.owner),
        "collection": document.collection,
        "language": document.language,
        "format": document.format,
        "state": str(document.state),
        "problem": document.problem,
        "bytes": document.bytes,
        "pages": document.pages,
        "words": document.words,
        "secrets": document.secrets,
        "names": [
            {"folder": name.folder, "path": name.path} for name in document.names
        ],
        "created_at": document.created_at.isoformat(),
        "updated_at": document.updated_at.isoformat(),
        "deleted_at": document.deleted_at.isoformat() if document.deleted_at else None,
    }


async def _add_document(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    source: bytes | Path
    name: str = data.get(_NAME, "").strip()
    if sum(way in data for way in _WAYS) != 1:
        raise InvalidInput("document_one_source")
    if Field.CONTENT in data:
        if not storable(data[Field.CONTENT]):
            raise InvalidInput("document_empty")
        source = data[Field.CONTENT].encode("utf-8", "replace")
        found = "note.md"
    elif not caller.may_name_anybody:
        # What the machine can read is not everybody's to read.
        raise Unauthorized(context=caller.context)
    elif _PATH in data:
        source = await caller.hass.async_add_executor_job(
            _allowed_path, caller.hass, data[_PATH]
        )
        found = source.name
    else:
        found, source = await async_fetch(caller.hass, data[_URL])
    if name and format_of(name) is None:
        # The format is that of what was found.
        name += PurePath(found).suffix
    document, is_new = await caller.data.service.documents.add(
        owner(caller, data),
        source,
        name or found,
        title=data.get(_TITLE),
        collection=data[Field.COLLECTION],
        language=data.get(CONF_LANGUAGE),
    )
    return {"new": is_new, **document_response(caller.hass, document)}


def _allowed_path(hass: HomeAssistant, given: str) -> Path:
    """Return where a file really is. Blocks. Raises InvalidInput unless Home Assistant's allow-list has it."""
    path = real_path(Path(hass.config.config_dir), given)
    if path is None:
        raise InvalidInput("document_path_unknown")
    if not hass.config.is_allowed_path(str(path)):
        raise InvalidInput("document_path_not_allowed")
    return path


async def _list_documents(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    documents = await caller.data.service.documents.list(
        speaker(caller, data),
        limit=data[Field.LIMIT],
        before=data.get("before_id"),
        text=data.get(Field.QUERY),
        collection=data.get(Field.COLLECTION),
        state=DocumentState(data["state"]) if "state" in data else None,
        deleted=data["deleted"],
        folder=_folder_id(caller, data),
    )
    return {
        "documents": [
            document_response(caller.hass, document) for document in documents
        ]
    }


async def _get_document(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    scope, documents = speaker(caller, data), caller.data.service.documents
    document = await documents.get(scope, data[_DOCUMENT_ID])
    return {
        **document_response(caller.hass, document),
        "versions": [
            {
                "sha256": version.sha256,
                "bytes": version.bytes,
                "pages": version.pages,
                "words": version.words,
                "read_at": version.read_at.isoformat(),
            }
            for version in await documents.versions(scope, document.id)
        ],
    }


async def _delete_document(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    scope, documents = speaker(caller, data), caller.data.service.documents
    document = await documents.get(scope, data[_DOCUMENT_ID])
    if document.deleted_at is None:
        document = await documents.delete(scope, document.id)
    if data["for_good"]:
        await documents.erase(scope, document.id)
    return {"deleted": str(document.id), "for_good": data["for_good"]}


async def _restore_document(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    document = await caller.data.service.documents.restore(
        speaker(caller, data), data[_DOCUMENT_ID]
    )
    return document_response(caller.hass, document)


async def _sync_documents(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    folders = caller.data.service.folders
    wanted = _folder_id(caller, data)
    synced = [settings.id for settings in folders.settings]
    if wanted is not None and wanted not in synced:
        raise InvalidInput("folder_person_gone")
    for folder_id in synced:
        if wanted in (None, folder_id):
            (folders.stop if data["stop"] else folders.sync)(folder_id)
    return {
        "folders": [
            async_folder_response(_entry(caller), progress)
            for progress in folders.progress
            if wanted in (None, progress.folder_id)
        ]
    }


@callback
def _folder_id(caller: Caller, data: dict[str, Any]) -> str | None:
    """Return the id of the folder that is named by its name or id, None where none is. Raises InvalidInput."""
    if (named := data.get(_FOLDER)) is None:
        return None
    for subentry in _entry(caller).get_subentries_of_type(SUBENTRY_FOLDER):
        if named in (subentry.subentry_id, subentry.title) and (
            caller.may_name_anybody
            # Of others not even the names of their folders.
            or folder_scope(subentry).owner in caller.scope.owners
        ):
            return subentry.subentry_id
    raise InvalidInput("folder_unknown")


@callback
def _entry(caller: Caller) -> ConfigEntry[Any]:
    return caller.data.statistics.config_entry


OPERATIONS: Final = (
    Operation(
        "add_document",
        probatio.Schema(
            {
                probatio.Optional(Field.CONTENT): cv.string,
                probatio.Optional(_PATH): cv.string,
                probatio.Optional(_URL): cv.url,
                probatio.Optional(_NAME): cv.string,
                probatio.Optional(_TITLE): cv.string,
                probatio.Optional(Field.COLLECTION, default=DOCUMENTS): cv.string,
                probatio.Optional(Field.LANGUAGE): cv.language,
                **OWNER,
            }
        ),
        _add_document,
    ),
    Operation(
        "list_documents",
        probatio.Schema(
            {
                **PERSON,
                probatio.Optional(Field.QUERY): cv.string,
                probatio.Optional(Field.COLLECTION): cv.string,
                probatio.Optional(_FOLDER): cv.string,
                probatio.Optional("state"): probatio.In(list(map(str, DocumentState))),
                probatio.Optional("deleted", default=False): cv.boolean,
                probatio.Optional("before_id"): _document_id,
                probatio.Optional(Field.LIMIT, default=50): whole_number,
            }
        ),
        _list_documents,
        SupportsResponse.ONLY,
    ),
    Operation(
        "get_document", probatio.Schema(_DOCUMENT), _get_document, SupportsResponse.ONLY
    ),
    Operation(
        "delete_document",
        probatio.Schema(
            {**_DOCUMENT, probatio.Optional("for_good", default=False): cv.boolean}
        ),
        _delete_document,
    ),
    Operation("restore_document", probatio.Schema(_DOCUMENT), _restore_document),
    Operation(
        "sync_documents",
        probatio.Schema(
            {
                probatio.Optional(_FOLDER): cv.string,
                probatio.Optional("stop", default=False): cv.boolean,
            }
        ),
        _sync_documents,
        requires_admin=True,
    ),
)
