"""One portable archive: a backup, and the way to another machine."""

from pathlib import Path
from typing import Any, Final

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.core import ServiceResponse
from homeassistant.helpers import config_validation as cv
import probatio

from ..const import DOMAIN
from ..models import Scope
from .fields import PERSON, Field, owner_name
from .operation import Caller, Operation

_FOLDER: Final = (DOMAIN, "exports")
_FILE_NAME: Final = "file_name"


async def _export_all(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    identity = caller.data.identity
    person = data.get(Field.PERSON)
    exported = await caller.data.service.archive.export_all(
        _folder(caller),
        name_of=identity.name_of_scope,
        file_name=data.get(_FILE_NAME),
        scope=identity.scope_of_person(person) if person else None,
    )
    return {
        "path": str(exported.path.relative_to(caller.hass.config.config_dir)),
        "file_name": exported.path.name,
        "bytes": exported.size,
        "rows": dict(exported.rows),
    }


async def _import_all(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    identity = caller.data.identity
    imported = await caller.data.service.archive.import_all(
        _folder(caller),
        data[_FILE_NAME],
        people={
            person: identity.scope_of_person(entity_id).owner
            for person, entity_id in data["people"].items()
        },
        overwrite=data["overwrite"],
        dry_run=data["dry_run"],
    )
    return {
        "dry_run": data["dry_run"],
        "owners": {
            Scope(owner).person_id or owner: owner_name(caller.hass, here)
            for owner, here in imported.owners.items()
        },
        "added": dict(imported.added),
        "already_there": dict(imported.already_there),
        "left_out": dict(imported.left_out),
        "masked": imported.masked,
        "removed": imported.removed,
    }


def _folder(caller: Caller) -> Path:
    return Path(caller.hass.config.path(*_FOLDER))


OPERATIONS: Final = (
    Operation(
        "export_all",
        probatio.Schema({probatio.Optional(_FILE_NAME): cv.string, **PERSON}),
        _export_all,
        requires_admin=True,
    ),
    Operation(
        "import_all",
        probatio.Schema(
            {
                probatio.Required(_FILE_NAME): cv.string,
                probatio.Optional("people", default=dict): {
                    cv.string: cv.entity_domain(PERSON_DOMAIN)
                },
                probatio.Optional("overwrite", default=False): cv.boolean,
                probatio.Optional("dry_run", default=False): cv.boolean,
            }
        ),
        _import_all,
        requires_admin=True,
    ),
)
