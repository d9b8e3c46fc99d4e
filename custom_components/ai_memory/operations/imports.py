"""What comes from elsewhere: another database, lines of JSON; how far it is, and stopping it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_USERNAME
from homeassistant.core import HomeAssistant, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import probatio

from ..const import CONF_DATABASE, CONF_DSN, CONF_TLS, DOMAIN
from ..entry_data import settings_from_entry
from ..errors import InvalidInput
from ..flow_schemas import recorder_connection
from ..memory.importing.imports import DatabaseSource, FileSource, ImportOptions
from ..memory.importing.progress import ImportProgress
from ..memory.importing.report import Report
from ..models import Scope
from ..postgres.settings import ConnectionSettings, TlsMode
from ..text_forms import clean
from .fields import PERSON, Field, owner_name, real_path, whole_number
from .operation import Caller, Operation

_FOLDER: Final = (DOMAIN, "imports")
_DSN_FILE: Final = "dsn_file"
_FROM_RECORDER: Final = "from_recorder"
_FILE_NAME: Final = "file_name"
_LONGEST_SCHEMA: Final = 63  # characters, as PostgreSQL has it
_LONGEST_DSN: Final = 4096  # bytes
_SHOWN: Final = 20
"""Failed rows in the response; the report names them all."""

_OPTIONS: Final = {
    **PERSON,
    probatio.Optional("time_zone"): cv.string,
    probatio.Optional("dry_run", default=False): cv.boolean,
    probatio.Optional("retry_failed"): cv.string,
    probatio.Optional("background", default=False): cv.boolean,
}


async def _import_from_database(
    caller: Caller, data: dict[str, Any]
) -> ServiceResponse:
    schema = data.get("schema")
    return await _import(
        caller,
        data,
        DatabaseSource(
            await _settings(caller, data),
            None if schema is None else clean(schema, limit=_LONGEST_SCHEMA),
        ),
    )


async def _import_from_file(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    path = await caller.hass.async_add_executor_job(
        _allowed_path, caller.hass, _folder(caller.hass), data[_FILE_NAME]
    )
    return await _import(caller, data, FileSource(path))


async def _import(
    caller: Caller, data: dict[str, Any], source: DatabaseSource | FileSource
) -> ServiceResponse:
    identity = caller.data.identity
    imports = caller.data.service.imports
    person = data.get(Field.PERSON)
    imports.start(
        source,
        ImportOptions(
            folder=_folder(caller.hass),
            scope=identity.scope_of_person(person) if person else Scope.household(),
            time_zone=data.get("time_zone"),
            # A file says nothing of where it was written.
            home_zone=caller.hass.config.time_zone,
            people={
                name: identity.scope_of_person(entity_id).owner
                for name, entity_id in data.get("people", {}).items()
            },
            name_of=identity.name_of_scope,
            overwrite=data.get("overwrite", False),
            dry_run=data["dry_run"],
            retry=data.get("retry_failed"),
        ),
    )
    if data["background"]:
        return _progress_response(imports.progress)
    return _report_response(caller.hass, await imports.finished())


async def _import_state(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    return _progress_response(caller.data.service.imports.progress)


async def _stop_import(caller: Caller, data: dict[str, Any]) -> ServiceResponse:
    caller.data.service.imports.stop()
    return _progress_response(caller.data.service.imports.progress)


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(*_FOLDER))


async def _settings(caller: Caller, data: Mapping[str, Any]) -> ConnectionSettings:
    """Return how to reach the source. Raises InvalidInput."""
    ways = (CONF_DSN, _DSN_FILE, CONF_HOST)
    if sum(bool(data.get(way)) for way in (*ways, _FROM_RECORDER)) != 1:
        raise InvalidInput("import_one_source")
    if data[_FROM_RECORDER]:
        connection = recorder_connection(caller.hass)
        if not connection:
            raise InvalidInput("import_recorder_elsewhere")
        return settings_from_entry(connection)
    if name := data.get(_DSN_FILE):
        dsn = await caller.hass.async_add_executor_job(
            _read_dsn, _folder(caller.hass), name
        )
        return ConnectionSettings(dsn=dsn)
    return settings_from_entry(data)


def _read_dsn(folder: Path, name: str) -> str:
    """Return the first line of a file in the folder of imports. Blocks.

    Raises InvalidInput, which never says what was given: somebody may take the field for that of the DSN.
    """
    path = real_path(folder, name)
    if path is None or path.parent != folder.resolve() or not path.is_file():
        raise InvalidInput("import_file_unknown")
    try:
        with path.open("rb") as file:
            dsn = file.readline(_LONGEST_DSN).decode().strip()
    except OSError, ValueError:
        raise InvalidInput("import_file_unknown") from None
    if not dsn:
        raise InvalidInput("import_dsn_file_empty")
    return dsn


def _allowed_path(hass: HomeAssistant, folder: Path, name: str) -> Path:
    """Return where a file of lines is: in the folder of imports, or where Home Assistant may read. Blocks.

    Raises InvalidInput.
    """
    path = real_path(folder, name)
    # No name at all is the folder itself.
    if path is None or path.is_dir():
        raise InvalidInput("import_file_unknown")
    if not path.is_relative_to(folder.resolve()) and not hass.config.is_allowed_path(
        str(path)
    ):
        raise InvalidInput("import_file_not_allowed")
    return path


def _progress_response(progress: ImportProgress) -> dict[str, Any]:
    left = progress.seconds_left
    return {
        "state": str(progress.state),
        "dry_run": progress.dry_run,
        "table": progress.table,
        "total": progress.total,
        "done": progress.done,
        "failed": progress.failed,
        "seconds_left": None if left is None else round(left),
        "started_at": progress.started_at and progress.started_at.isoformat(),
        "finished_at": progress.finished_at and progress.finished_at.isoformat(),
        "problem": progress.problem,
        "report": progress.report,
    }


def _report_response(hass: HomeAssistant, report: Report) -> dict[str, Any]:
    response = report.summary()
    response["owner"] = owner_name(hass, report.owner)
    if report.moved:
        response["moved"] = {
            **report.moved,
            "owners": {
                Scope(owner).person_id or owner: owner_name(hass, here)
                for owner, here in report.moved["owners"].items()
            },
        }
    response["failed"] = report.failed[:_SHOWN]
    return response


OPERATIONS: Final = (
    Operation(
        "import_from_database",
        probatio.Schema(
            {
                probatio.Optional(CONF_DSN): cv.string,
                probatio.Optional(_DSN_FILE): cv.string,
                probatio.Optional(_FROM_RECORDER, default=False): cv.boolean,
                probatio.Optional(CONF_HOST): cv.string,
                probatio.Optional(CONF_PORT): probatio.All(
                    whole_number, probatio.Range(min=1, max=65535)
                ),
                probatio.Optional(CONF_DATABASE): cv.string,
                probatio.Optional(CONF_USERNAME): cv.string,
                probatio.Optional(CONF_PASSWORD): cv.string,
                probatio.Optional(CONF_TLS): probatio.In(list(TlsMode)),
                probatio.Optional("schema"): cv.string,
                probatio.Optional("people", default=dict): {
                    cv.string: cv.entity_domain(PERSON_DOMAIN)
                },
                probatio.Optional("overwrite", default=False): cv.boolean,
                **_OPTIONS,
            }
        ),
        _import_from_database,
        requires_admin=True,
    ),
    Operation(
        "import_from_file",
        probatio.Schema({probatio.Required(_FILE_NAME): cv.string, **_OPTIONS}),
        _import_from_file,
        requires_admin=True,
    ),
    Operation(
        "import_state",
        probatio.Schema({}),
        _import_state,
        SupportsResponse.ONLY,
        requires_admin=True,
    ),
    Operation("stop_import", probatio.Schema({}), _stop_import, requires_admin=True),
)
