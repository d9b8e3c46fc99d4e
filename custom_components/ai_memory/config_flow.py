"""Sets up the memory of a home: its database, its embedder and a first agent."""

from collections.abc import Mapping
from typing import Any, override

import probatio

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import (
    CONF_API_KEY,
    CONF_HOST,
    CONF_MODEL,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_URL,
    CONF_USERNAME,
)
from homeassistant.core import callback
from homeassistant.helpers.service_info.hassio import HassioServiceInfo

from .const import (
    CONF_CAPTURE,
    CONF_DATABASE,
    CONF_DELEGATE,
    CONF_DIMENSIONS,
    CONF_DSN,
    CONF_EMBEDDER,
    CONF_PROVIDER,
    CONF_TLS,
    DOMAIN,
    SUBENTRY_CONVERSATION,
    Capture,
)
from .embedding.factory import EmbedderProvider
from .entry_data import embedder_settings, settings_from_entry
from .errors import AiMemoryError
from .flow_checks import (
    async_check_database,
    async_check_embedder,
    async_list_models,
    form_errors,
)
from .flow_schemas import (
    DATABASE_SCHEMA,
    DISCOVERY_SCHEMA,
    DSN_SCHEMA,
    EMBEDDER_SCHEMA,
    OPTIONS_SCHEMA,
    PASSWORD_SCHEMA,
    embeds,
    model_schema,
    ollama_server,
    recorder_connection,
    without_password,
)
from .postgres.settings import TlsMode
from .subentry_flow import (
    ConversationSubentryFlow,
    agent_data,
    agent_errors,
    agent_schema,
    suggested_agent,
)


TITLE = "AI Memory"
_SECRETS = (CONF_PASSWORD, CONF_API_KEY)


class AiMemoryConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets up, mends and changes the entry."""

    VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._connection: dict[str, Any] = {}
        self._server: dict[str, Any] = {}
        self._models: list[str] = []
        self._embedder: dict[str, Any] = {}

    # --- where it begins

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the database is named."""
        if self._async_current_entries():
            return self.async_abort(reason="single_instance_allowed")
        return self.async_show_menu(
            step_id="user", menu_options=["database", CONF_DSN]
        )

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
            menu_options=["reconfigure_database", "reconfigure_dsn", "embedder"],
        )

    # --- the database

    async def async_step_database(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the database, field by field."""
        return await self._async_fields_step(
            "database", recorder_connection(self.hass), user_input
        )

    async def async_step_reconfigure_database(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the database anew, field by field."""
        return await self._async_fields_step(
            "reconfigure_database", self._get_reconfigure_entry().data, user_input
        )

    async def async_step_dsn(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the DSN of the database."""
        return await self._async_dsn_step(CONF_DSN, "", user_input)

    async def async_step_reconfigure_dsn(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the DSN of the database anew."""
        known = self._get_reconfigure_entry().data.get(CONF_DSN, "")
        return await self._async_dsn_step("reconfigure_dsn", known, user_input)

    async def _async_fields_step(
        self, step_id: str, known: Mapping[str, Any], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the fields; `known` is suggested, its password used for the same host and user."""
        data = None
        if user_input is not None:
            data = {
                CONF_HOST: user_input[CONF_HOST].strip(),
                CONF_PORT: int(user_input[CONF_PORT]),
                CONF_DATABASE: user_input[CONF_DATABASE].strip(),
                CONF_USERNAME: user_input[CONF_USERNAME].strip(),
                CONF_PASSWORD: user_input.get(CONF_PASSWORD, ""),
                CONF_TLS: user_input[CONF_TLS],
            }
            if not data[CONF_PASSWORD] and all(
                data[key] == known.get(key) for key in (CONF_HOST, CONF_USERNAME)
            ):
                data[CONF_PASSWORD] = known.get(CONF_PASSWORD, "")
        return await self._async_connection_step(
            step_id, DATABASE_SCHEMA, known if user_input is None else user_input, data
        )

    async def _async_dsn_step(
        self, step_id: str, known: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the DSN; `known` is suggested without its password, and meant by just that."""
        shown, data = without_password(known), None
        if user_input is not None:
            dsn = user_input[CONF_DSN].strip()
            data = {CONF_DSN: known if dsn == shown else dsn}
            shown = without_password(dsn)
        return await self._async_connection_step(
            step_id, DSN_SCHEMA, {CONF_DSN: shown}, data
        )

    async def _async_connection_step(
        self,
        step_id: str,
        schema: probatio.Schema,
        shown: Mapping[str, Any],
        data: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        """Try a connection, or show the form for it."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if data is not None:
            try:
                settings = await async_check_database(data)
            except AiMemoryError as err:
                errors = form_errors(err, data)
                placeholders = err.placeholders
            else:
                return await self._async_connected(data, settings.place)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, _public(shown)),
            errors=errors,
            description_placeholders=placeholders,
        )

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
        stays = (
            CONF_DSN not in data and settings_from_entry(entry.data).place == place
        )
        return self._async_update(
            entry,
            unique_id=entry.unique_id if stays else place,
            data={**data, CONF_EMBEDDER: entry.data[CONF_EMBEDDER]},
        )

    # --- the embedder

    async def async_step_embedder(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask who makes the vectors."""
        return self.async_show_menu(
            step_id=CONF_EMBEDDER,
            menu_options=[
                EmbedderProvider.OLLAMA,
                EmbedderProvider.OPENAI_COMPATIBLE,
                EmbedderProvider.NONE,
            ],
        )

    async def async_step_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go without vectors."""
        return await self._async_embedder_chosen({CONF_PROVIDER: EmbedderProvider.NONE})

    async def async_step_ollama(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an Ollama server."""
        return await self._async_server_step(
            EmbedderProvider.OLLAMA, ollama_server(self.hass), user_input
        )

    async def async_step_openai_compatible(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a server that speaks OpenAI's language."""
        return await self._async_server_step(
            EmbedderProvider.OPENAI_COMPATIBLE, {}, user_input
        )

    async def _async_server_step(
        self,
        provider: EmbedderProvider,
        known: Mapping[str, Any],
        user_input: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        """Have a server list its models; `known` is suggested, its key used for the same URL."""
        errors: dict[str, str] = {}
        if (current := self._current_embedder())[CONF_PROVIDER] == provider:
            known = current
        if user_input is not None:
            url = user_input[CONF_URL].strip()
            key = user_input.get(CONF_API_KEY)
            if not key and url == known.get(CONF_URL):
                key = known.get(CONF_API_KEY)
            self._server = {
                CONF_PROVIDER: provider,
                CONF_URL: url,
                CONF_API_KEY: key or None,
            }
            try:
                self._models = await async_list_models(
                    self.hass, embedder_settings({CONF_EMBEDDER: self._server})
                )
            except AiMemoryError as err:
                errors = form_errors(err, EMBEDDER_SCHEMA.schema)
            else:
                return await self.async_step_model()
        return self.async_show_form(
            step_id=provider,
            data_schema=self.add_suggested_values_to_schema(
                EMBEDDER_SCHEMA, _public(known if user_input is None else user_input)
            ),
            errors=errors,
        )

    async def async_step_model(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for one of the server's models."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        schema = model_schema(self._models)
        if user_input is None:
            shown = self._suggested_model()
        else:
            shown = user_input
            dimensions = user_input.get(CONF_DIMENSIONS)
            embedder = {
                **self._server,
                CONF_MODEL: user_input[CONF_MODEL].strip(),
                CONF_DIMENSIONS: int(dimensions) if dimensions else None,
            }
            try:
                await async_check_embedder(
                    self.hass, embedder_settings({CONF_EMBEDDER: embedder})
                )
            except AiMemoryError as err:
                errors = form_errors(err, schema.schema)
                placeholders = err.placeholders
            else:
                return await self._async_embedder_chosen(embedder)
        return self.async_show_form(
            step_id=CONF_MODEL,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _suggested_model(self) -> dict[str, Any]:
        current = self._current_embedder()
        if current.get(CONF_MODEL) in self._models:
            return current
        likely = next((name for name in self._models if embeds(name)), None)
        return {CONF_MODEL: likely} if likely else {}

    def _current_embedder(self) -> dict[str, Any]:
        if self.source == SOURCE_RECONFIGURE:
            return dict(self._get_reconfigure_entry().data[CONF_EMBEDDER])
        return {CONF_PROVIDER: EmbedderProvider.NONE}

    async def _async_embedder_chosen(self, embedder: dict[str, Any]) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            return self._async_update(
                entry, data={**entry.data, CONF_EMBEDDER: embedder}
            )
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
            options={CONF_CAPTURE: Capture.ALL},
            subentries=subentries,
        )

    @callback
    def _async_update(
        self, entry: ConfigEntry[Any], **changes: Any
    ) -> ConfigFlowResult:
        """Change the entry; its listener, which it has while it is loaded, reloads it."""
        if entry.update_listeners:
            return self.async_update_and_abort(entry, **changes)
        return self.async_update_reload_and_abort(entry, **changes)

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
        return {SUBENTRY_CONVERSATION: ConversationSubentryFlow}


class AiMemoryOptionsFlow(OptionsFlow):
    """Changes what is saved."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which turns are saved."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, self.config_entry.options
            ),
        )


def _public(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be sent back to a form."""
    return {key: value for key, value in data.items() if key not in _SECRETS}
