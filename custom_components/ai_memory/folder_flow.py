"""The form of a folder of documents."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_USER,
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
import probatio

from .const import CONF_COLLECTION, CONF_PERSON, DOMAIN, SUBENTRY_FOLDER
from .documents.folder import FolderGone, list_folder
from .folders import async_folder_report
from .identity import Identity
from .memory.documents import DOCUMENTS
from .models import HOUSEHOLD

_LONGEST_NAME: Final = 100  # characters, as the column of collections
_NOT_FOR_DOCUMENTS: Final = {
    STORAGE_DIR,
    DOMAIN,
    "custom_components",
    "deps",
    "backups",
}
"""Folders of the configuration that are other people's work, or ours."""


@callback
def belongs_to(hass: HomeAssistant) -> dict[probatio.Marker, Any]:
    """Return the fields that say where documents stand, who may see them and what language they are in."""
    persons = [
        SelectOptionDict(value=scope.person_id, label=name)
        for name, scope in Identity(hass).persons()
        if scope.person_id
    ]
    return {
        probatio.Required(CONF_COLLECTION, default=DOCUMENTS): TextSelector(),
        probatio.Required(CONF_PERSON, default=HOUSEHOLD): SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=HOUSEHOLD, label="Everybody"),
                    *persons,
                ],
                mode=SelectSelectorMode.DROPDOWN,
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


def _roots(hass: HomeAssistant) -> list[Path]:
    return [
        Path(hass.config.config_dir),
        *(Path(media) for media in hass.config.media_dirs.values()),
    ]


def check_folder(hass: HomeAssistant, given: str) -> tuple[str | None, Path]:
    """Return what is wrong with a folder, and where it really is. Blocks: to be called in a thread.

    A relative path is one below the folder of the configuration.
    """
    config = Path(hass.config.config_dir)
    try:
        folder = (config / given.strip()).resolve()
    except OSError, RuntimeError, ValueError:
        return "folder_unknown", config
    for root in (root.resolve() for root in _roots(hass)):
        if not folder.is_relative_to(root):
            continue
        inside = folder.relative_to(root).parts
        # The configuration itself holds passwords.
        if root == config.resolve() and (not inside or inside[0] in _NOT_FOR_DOCUMENTS):
            continue
        if any(part.startswith(".") for part in inside):
            continue
        break
    else:
        return "folder_outside", folder
    try:
        list_folder(folder)
    except FolderGone:
        return "folder_unknown", folder
    return None, folder


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
        if not hasattr(entry, "runtime_data"):
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
        name, collection = (
            user_input[key].strip() for key in (CONF_NAME, CONF_COLLECTION)
        )
        if not name:
            errors[CONF_NAME] = "name_empty"
        if not 0 < len(collection) <= _LONGEST_NAME:
            errors[CONF_COLLECTION] = "collection_invalid"
        problem, folder = await self.hass.async_add_executor_job(
            check_folder, self.hass, user_input[CONF_PATH]
        )
        if problem is None and any(map(folder.is_relative_to, self._others())):
            problem = "folder_taken"
        if problem is None and any(
            other.is_relative_to(folder) for other in self._others()
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
        return errors, data

    def _others(self) -> list[Path]:
        """Return the other folders: what is in two of them would be there twice, maybe for others."""
        own = None if self.source == SOURCE_USER else self._reconfigure_subentry_id
        return [
            Path(subentry.data[CONF_PATH])
            for subentry in self._get_entry().subentries.values()
            if subentry.subentry_type == SUBENTRY_FOLDER and subentry.subentry_id != own
        ]

    def _finish(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=title, data=data)
        entry = self._get_entry()
        update = (
            self.async_update_and_abort
            if entry.update_listeners
            else self.async_update_reload_and_abort
        )
        return update(entry, self._get_reconfigure_subentry(), title=title, data=data)
