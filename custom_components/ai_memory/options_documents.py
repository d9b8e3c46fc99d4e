"""The options' pages about documents: adding one, and who writes the summaries of shelves."""

from typing import Any, Final
import unicodedata

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_LANGUAGE, CONF_NAME, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    FileSelector,
    FileSelectorConfig,
    TextSelector,
)
import probatio

from .const import CONF_COLLECTION, CONF_PERSON, CONF_SUMMARISER
from .data import AiMemoryConfigEntry
from .documents.formats.content import FORMATS, Limits
from .errors import AiMemoryError
from .flow_checks import form_errors
from .folder_flow import belongs_to, clean_collection
from .folders import reason
from .models import Document, DocumentState, Scope

_FILE: Final = "file"
_PATIENCE: Final = 15.0  # seconds
_OUTCOMES: Final = {
    DocumentState.WAITING: "document_added",
    DocumentState.READY: "document_read",
    DocumentState.FAILED: "document_failed",
}

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
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                document = await self._async_add(entry, user_input)
            except ValueError, OSError:
                errors[_FILE] = "upload_gone"
            except AiMemoryError as err:
                errors = form_errors(err, user_input)
                placeholders = err.placeholders
            else:
                return self.async_abort(
                    reason=_OUTCOMES[document.state],
                    description_placeholders={
                        "title": document.title,
                        "reason": reason(document.problem) if document.problem else "",
                    },
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
                        probatio.Optional(CONF_NAME): TextSelector(),
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
            description_placeholders=placeholders,
        )

    async def _async_add(
        self, entry: AiMemoryConfigEntry, user_input: dict[str, Any]
    ) -> Document:
        """Take the upload in. Raises ValueError or OSError where it is gone, InvalidInput, DatabaseError."""
        # Before the upload, which can be taken once.
        collection = clean_collection(user_input[CONF_COLLECTION])
        name, content = await self.hass.async_add_executor_job(
            _uploaded, self.hass, user_input[_FILE]
        )
        document, _ = await entry.runtime_data.service.documents.add(
            Scope(user_input[CONF_PERSON]),
            content,
            name,
            title=user_input.get(CONF_NAME, "").strip() or None,
            collection=collection,
            language=user_input.get(CONF_LANGUAGE),
        )
        documents = entry.runtime_data.service.documents
        # Most are read at once, and it is here that somebody looks.
        await documents.settled(_PATIENCE)
        return await documents.get(Scope(document.owner), document.id)

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
