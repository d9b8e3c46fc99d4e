"""Sets up the memory of a home: its database, its embedder and a first agent."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import callback
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
import probatio

from .const import (
    CONF_CAPTURE,
    CONF_DELEGATE,
    CONF_DSN,
    CONF_EMBEDDER,
    CONF_NEXT_EMBEDDER,
    CONF_TLS,
    DOMAIN,
    SUBENTRY_CONVERSATION,
    SUBENTRY_FOLDER,
    CaptureMode,
)
from .entry_data import settings_from_entry
from .errors import AiMemoryError
from .flow_checks import async_check_database, form_errors
from .flow_database import DatabaseSteps
from .flow_embedder import EmbedderSteps
from .flow_schemas import (
    DISCOVERY_SCHEMA,
    DSN_SCHEMA,
    PASSWORD_SCHEMA,
    without_password,
)
from .flow_switch import SwitchSteps
from .folder_flow import FolderSubentryFlow
from .options_flow import AiMemoryOptionsFlow
from .postgres.settings import TlsMode
from .subentry_flow import (
    ConversationSubentryFlow,
    agent_data,
    agent_errors,
    agent_schema,
    suggested_agent,
)

TITLE = "AI Memory"


class AiMemoryConfigFlow(DatabaseSteps, EmbedderSteps, SwitchSteps, domain=DOMAIN):
    """Sets up, mends and changes the entry."""

    VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing known."""
        super().__init__()
        self._connection: dict[str, Any] = {}
        self._embedder: dict[str, Any] = {}

    # --- where it begins

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the database is named."""
        if self._async_current_entries():
            return self.async_abort(reason="single_instance_allowed")
        return self.async_show_menu(step_id="user", menu_options=["database", CONF_DSN])

    @override
    async def async_step_hassio(
        self, discovery_info: HassioServiceInfo
    ) -> ConfigFlowResult:
        """Take what the app tells of its database; follow it when that changes."""
        try:
            found = DISCOVERY_SCHEMA(discovery_info.config)
        except probatio.Invalid:
            return self.async_abort(reason="invalid_discovery_info")
        instance_id = found.pop("instance_id")
        entry = await self.async_set_unique_id(instance_id)
        self._abort_if_unique_id_configured(
            found, reload_on_update=not (entry and entry.update_listeners)
        )
        if self._async_current_entries(include_ignore=False):
            return self.async_abort(reason="single_instance_allowed")
        self._connection = {**found, CONF_TLS: TlsMode.PREFER}
        self.context["title_placeholders"] = {"name": discovery_info.name}
        return await self.async_step_hassio_confirm()

    async def async_step_hassio_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to use the app's database."""
        errors: dict[str, str] = {}
        placeholders = dict(self.context["title_placeholders"])
        if user_input is not None:
            if self._async_current_entries(include_ignore=False):
                return self.async_abort(reason="single_instance_allowed")
            try:
                await async_check_database(self._connection)
            except AiMemoryError as err:
                errors = form_errors(err, ())
                placeholders |= err.placeholders
            else:
                return await self.async_step_embedder()
        return self.async_show_form(
            step_id="hassio_confirm",
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin to mend a password."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the password, or for the DSN where there is one."""
        entry = self._get_reauth_entry()
        uses_dsn = CONF_DSN in entry.data
        data = {**entry.data, **(user_input or {})}
        if uses_dsn:
            suggested = {CONF_DSN: without_password(entry.data[CONF_DSN])}
        else:
            suggested = {}
            data[CONF_PASSWORD] = (user_input or {}).get(CONF_PASSWORD, "")
        errors: dict[str, str] = {}
        placeholders = {"place": settings_from_entry(entry.data).place}
        if user_input is not None:
            try:
                settings = await async_check_database(data)
            except AiMemoryError as err:
                errors = form_errors(err, user_input)
                placeholders |= err.placeholders
            else:
                if settings.place == placeholders["place"]:
                    return self._async_update(entry, data=data)
                errors = {CONF_DSN: "other_database"}
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(
                DSN_SCHEMA if uses_dsn else PASSWORD_SCHEMA, suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to change."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[
                *(
                    ["back_out"]
                    if CONF_NEXT_EMBEDDER in self._get_reconfigure_entry().data
                    else []
                ),
                "embedder",
                "reconfigure_database",
                "reconfigure_dsn",
            ],
        )

    # --- what the steps lead to

    @override
    async def _async_connected(
        self, data: dict[str, Any], place: str
    ) -> ConfigFlowResult:
        if self.source != SOURCE_RECONFIGURE:
            await self.async_set_unique_id(place)
            self._abort_if_unique_id_configured()
            self._connection = data
            return await self.async_step_embedder()
        entry = self._get_reconfigure_entry()
        # The app goes on to tell us of its database only while it is that one.
        stays = CONF_DSN not in data and settings_from_entry(entry.data).place == place
        return self._async_update(
            entry,
            unique_id=entry.unique_id if stays else place,
            data={
                **data,
                **{
                    key: entry.data[key]
                    for key in (CONF_EMBEDDER, CONF_NEXT_EMBEDDER)
                    if key in entry.data
                },
            },
        )

    @override
    async def _async_embedder_chosen(
        self, embedder: dict[str, Any]
    ) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return await self._async_switch(embedder)
        self._embedder = embedder
        return await self.async_step_agent()

    # --- the first agent

    async def async_step_agent(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which agent gets a memory; none where the field is cleared."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = agent_errors(self.hass, user_input)
            if not errors:
                return self._async_create(user_input)
        return self.async_show_form(
            step_id="agent",
            data_schema=self.add_suggested_values_to_schema(
                agent_schema(self.hass, delegate_required=False),
                suggested_agent(self.hass) if user_input is None else user_input,
            ),
            errors=errors,
            last_step=True,
        )

    def _async_create(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        if self._async_current_entries(include_ignore=False):
            return self.async_abort(reason="single_instance_allowed")
        subentries: list[ConfigSubentryData] = []
        if CONF_DELEGATE in user_input:
            title, data = agent_data(user_input)
            subentries.append(
                ConfigSubentryData(
                    subentry_type=SUBENTRY_CONVERSATION,
                    title=title,
                    data=data,
                    unique_id=None,
                )
            )
        return self.async_create_entry(
            title=TITLE,
            data={**self._connection, CONF_EMBEDDER: self._embedder},
            options={CONF_CAPTURE: CaptureMode.ALL},
            subentries=subentries,
        )

    # --- what else there is

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry[Any]) -> AiMemoryOptionsFlow:
        """Return the flow for the options."""
        return AiMemoryOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry[Any]
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to the entry."""
        return {
            SUBENTRY_CONVERSATION: ConversationSubentryFlow,
            SUBENTRY_FOLDER: FolderSubentryFlow,
        }
