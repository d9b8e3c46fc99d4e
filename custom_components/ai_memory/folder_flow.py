"""The form of a folder of documents."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_LANGUAGE, CONF_NAME, CONF_PATH
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    LanguageSelector,
    LanguageSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util
import probatio

from .const import CONF_COLLECTION, CONF_PERSON, DOMAIN, SUBENTRY_FOLDER
from .entry_changes import how_to_update
from .errors import InvalidInput
from .folders import CONF_LANGUAGE_EMPTIED, async_folder_report
from .identity import Identity
from .memory.documents import DOCUMENTS
from .models import HOUSEHOLD
from .text_forms import clean

_LONGEST_COLLECTION: Final = 100  # characters, as the column of collections
_NOT_FOR_DOCUMENTS: Final = {
    STORAGE_DIR,
    DOMAIN,
    "blueprints",
    "custom_sentences",
    "esphome",
    "image",
    "packages",
    "python_scripts",
    "themes",
    "tts",
    "custom_components",
    "deps",
    "backups",
}
"""Folders of the configuration that are other people's work, or ours."""


@callback
def belongs_to(hass: HomeAssistant) -> dict[probatio.Marker, Any]:
    """Return the fields that say where documents stand, who may see them and what language they are in."""
    return {
        probatio.Required(CONF_COLLECTION, default=DOCUMENTS): TextSelector(),
        # The owner as it is stored: a person's id alone may be any word.
        probatio.Required(CONF_PERSON, default=HOUSEHOLD): SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=HOUSEHOLD, label=HOUSEHOLD),
                    *(
                        SelectOptionDict(value=scope.owner, label=name)
                        for name, scope in Identity(hass).persons()
                    ),
                ],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key="seen_by",
            )
        ),
        probatio.Optional(CONF_LANGUAGE): LanguageSelector(
            LanguageSelectorConfig(native_name=True)
        ),
    }


@callback
def folder_schema(hass: HomeAssistant) -> probatio.Schema:
    """Return the form of a folder."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            probatio.Required(CONF_PATH): TextSelector(),
            **belongs_to(hass),
        }
    )


def clean_collection(given: str) -> str:
    """Return the name of a shelf as it is stored. Raises InvalidInput."""
    try:
        return clean(given, limit=_LONGEST_COLLECTION)
    except InvalidInput as err:
        raise InvalidInput("collection_invalid") from err


def check_folder(hass: HomeAssistant, given: str) -> tuple[str | None, Path]:
    """Return what is wrong with a folder, and where it really is. Blocks: to be called in a thread.

    A relative path is one below the folder of the configuration.
    """
    config = Path(hass.config.config_dir).resolve()
    try:
        folder = (config / given.strip()).resolve()
        # What is no text could not be stored.
        str(folder).encode()
    except OSError, RuntimeError, ValueError:
        return "folder_unknown", config
    if not _may_be_read(hass, config, folder):
        return "folder_outside", folder
    try:
        next(folder.iterdir(), None)
    except OSError:
        return "folder_unknown", folder
    return None, folder


def _may_be_read(hass: HomeAssistant, config: Path, folder: Path) -> bool:
    """Return whether a folder may hold documents: it is below a folder of media or the configuration, and holds no settings."""
    if config.is_relative_to(folder):
        # The configuration itself, or all around it, holds passwords.
        return False
    if folder.is_relative_to(config):
        inside = folder.relative_to(config).parts
        return inside[0] not in _NOT_FOR_DOCUMENTS and not _is_hidden(inside)
    for media in hass.config.media_dirs.values():
        root = Path(media).resolve()
        if folder.is_relative_to(root):
            return not _is_hidden(folder.relative_to(root).parts)
    return False


def _is_hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") for part in parts)


class FolderSubentryFlow(ConfigSubentryFlow):
    """Adds or changes a folder of documents."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a folder."""
        return await self._async_step("user", {}, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do: change it, or look at what was made of its documents."""
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["change", "report"]
        )

    async def async_step_change(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a folder."""
        subentry = self._get_reconfigure_subentry()
        return await self._async_step(
            "change", {CONF_NAME: subentry.title, **subentry.data}, user_input
        )

    async def async_step_report(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show how far the folder is, and why documents could not be read."""
        if user_input is not None:
            return self.async_abort(reason="report_read")
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        return self.async_show_form(
            step_id="report",
            data_schema=probatio.Schema({}),
            description_placeholders=await async_folder_report(
                self.hass, entry, self._get_reconfigure_subentry()
            ),
            last_step=True,
        )

    async def _async_step(
        self,
        step_id: str,
        suggested: Mapping[str, Any],
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            errors, data = await self._async_checked(user_input)
            if not errors:
                return self._finish(user_input[CONF_NAME].strip(), data)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                folder_schema(self.hass),
                suggested if user_input is None else user_input,
            ),
            errors=errors,
        )

    async def _async_checked(
        self, user_input: dict[str, Any]
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Return what is wrong, and the data of the subentry."""
        errors: dict[str, str] = {}
        name = user_input[CONF_NAME].strip().casefold()
        if not name:
            errors[CONF_NAME] = "name_empty"
        elif any(name == other.title.casefold() for other in self._others()):
            errors[CONF_NAME] = "name_taken"
        collection = ""
        try:
            collection = clean_collection(user_input[CONF_COLLECTION])
        except InvalidInput as err:
            errors[CONF_COLLECTION] = err.key
        problem, folder = await self.hass.async_add_executor_job(
            check_folder, self.hass, user_input[CONF_PATH]
        )
        if problem == "folder_unknown" and user_input[CONF_PATH] == self._before().get(
            CONF_PATH
        ):
            # It may be away for a while. Who may see it is changed all the same.
            problem, folder = None, Path(user_input[CONF_PATH])
        if problem is None and any(
            folder.is_relative_to(other) or other.is_relative_to(folder)
            for other in (Path(other.data[CONF_PATH]) for other in self._others())
        ):
            problem = "folder_taken"
        if problem:
            errors[CONF_PATH] = problem
        data = {
            CONF_PATH: str(folder),
            CONF_COLLECTION: collection,
            CONF_PERSON: user_input[CONF_PERSON],
        }
        if language := user_input.get(CONF_LANGUAGE):
            data[CONF_LANGUAGE] = language
        elif CONF_LANGUAGE in self._before():
            data[CONF_LANGUAGE_EMPTIED] = dt_util.utcnow().isoformat()
        elif emptied := self._before().get(CONF_LANGUAGE_EMPTIED):
            data[CONF_LANGUAGE_EMPTIED] = emptied
        return errors, data

    def _before(self) -> Mapping[str, Any]:
        """Return the data of the folder that is changed."""
        if self.source == SOURCE_USER:
            return {}
        return self._get_reconfigure_subentry().data

    def _others(self) -> list[ConfigSubentry]:
        """Return the other folders: what is in two of them would be there twice, maybe for others."""
        own = None if self.source == SOURCE_USER else self._reconfigure_subentry_id
        return [
            subentry
            for subentry in self._get_entry().get_subentries_of_type(SUBENTRY_FOLDER)
            if subentry.subentry_id != own
        ]

    def _finish(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=title, data=data)
        entry = self._get_entry()
        update = how_to_update(
            entry, self.async_update_and_abort, self.async_update_reload_and_abort
        )
        return update(entry, self._get_reconfigure_subentry(), title=title, data=data)
