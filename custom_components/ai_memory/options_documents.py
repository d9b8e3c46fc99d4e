"""The options' pages about documents: adding one, and who writes the summaries of shelves."""

from typing import Any, Final
import unicodedata

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_LANGUAGE, CONF_NAME, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    FileSelector,
    FileSelectorConfig,
)
import probatio

from .const import CONF_COLLECTION, CONF_PERSON, CONF_SUMMARISER
from .data import AiMemoryConfigEntry
from .documents.formats.content import FORMATS, Limits
from .errors import AiMemoryError
from .flow_checks import form_errors
from .folder_flow import belongs_to
from .models import HOUSEHOLD, Scope

_FILE: Final = "file"

SUMMARIES_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(CONF_SUMMARISER): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(
                    domain=Platform.AI_TASK,
                    supported_features=["ai_task.AITaskEntityFeature.GENERATE_DATA"],
                )
            )
        )
    }
)


class DocumentSteps(OptionsFlow):
    """The pages about documents."""

    async def async_step_add_document(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a file, and take it in."""
        entry: AiMemoryConfigEntry = self.config_entry
        if not hasattr(entry, "runtime_data"):
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            documents = entry.runtime_data.service.documents
            try:
                name, content = await self.hass.async_add_executor_job(
                    _uploaded, self.hass, user_input[_FILE]
                )
            except ValueError, OSError:
                errors[_FILE] = "upload_gone"
            else:
                try:
                    document, _ = await documents.add(
                        _scope(user_input[CONF_PERSON]),
                        content,
                        name,
                        title=user_input.get(CONF_NAME) or None,
                        collection=user_input[CONF_COLLECTION],
                        language=user_input.get(CONF_LANGUAGE),
                    )
                except AiMemoryError as err:
                    errors = form_errors(err, user_input)
                else:
                    return self.async_abort(
                        reason="document_added",
                        description_placeholders={"title": document.title},
                    )
        return self.async_show_form(
            step_id="add_document",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Required(_FILE): FileSelector(
                            FileSelectorConfig(
                                accept=",".join(
                                    f".{extension}" for extension in FORMATS
                                )
                            )
                        ),
                        probatio.Optional(CONF_NAME): str,
                        **belongs_to(self.hass),
                    }
                ),
                {
                    key: value
                    for key, value in (user_input or {}).items()
                    # What was uploaded is gone by now.
                    if key != _FILE
                },
            ),
            errors=errors,
        )

    async def async_step_summaries(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask who writes the summaries of shelves."""
        options = {
            key: value
            for key, value in self.config_entry.options.items()
            if key != CONF_SUMMARISER
        }
        if user_input is not None:
            return self.async_create_entry(data={**options, **user_input})
        return self.async_show_form(
            step_id="summaries",
            data_schema=self.add_suggested_values_to_schema(
                SUMMARIES_SCHEMA, self.config_entry.options
            ),
        )


def _uploaded(hass: HomeAssistant, file_id: str) -> tuple[str, bytes]:
    """Return name and content of an upload, of too large a one just enough to be refused."""
    with process_uploaded_file(hass, file_id) as path, path.open("rb") as file:
        return unicodedata.normalize("NFC", path.name), file.read(Limits().bytes + 1)


def _scope(person: str) -> Scope:
    return Scope.household() if person == HOUSEHOLD else Scope.person(person)
