"""The steps that ask for the embedder."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_API_KEY, CONF_MODEL, CONF_URL

from .const import CONF_DIMENSIONS, CONF_EMBEDDER, CONF_NEXT_EMBEDDER, CONF_PROVIDER
from .embedding.factory import EmbedderProvider
from .entry_data import embedder_settings
from .errors import AiMemoryError
from .flow_checks import async_check_embedder, async_list_models, form_errors
from .flow_schemas import EMBEDDER_SCHEMA, embeds, model_schema, ollama_server, public


class EmbedderSteps(ConfigFlow, ABC):
    """From a provider to a model that embeds."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        super().__init__()
        self._server: dict[str, Any] = {}
        self._models: list[str] = []

    @abstractmethod
    async def _async_embedder_chosen(
        self, embedder: dict[str, Any]
    ) -> ConfigFlowResult:
        """Go on with an embedder that was tried."""

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
        """Have a server list its models; `known` is suggested where the entry has none, keys used for the same URL."""
        errors: dict[str, str] = {}
        servers = self._embedders(provider) or [known]
        if user_input is not None:
            url = user_input[CONF_URL].strip()
            key = user_input.get(CONF_API_KEY)
            if not key:
                keys = (
                    server.get(CONF_API_KEY)
                    for server in servers
                    if server.get(CONF_URL) == url
                )
                key = next(keys, None)
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
                EMBEDDER_SCHEMA,
                public(servers[0] if user_input is None else user_input),
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

    def _suggested_model(self) -> Mapping[str, Any]:
        for embedder in self._embedders(self._server[CONF_PROVIDER]):
            if embedder[CONF_MODEL] in self._models:
                return embedder
        likely = next((name for name in self._models if embeds(name)), None)
        return {CONF_MODEL: likely} if likely else {}

    def _embedders(self, provider: EmbedderProvider) -> list[Mapping[str, Any]]:
        """Return those of the entry, the one on its way first: what it waits for may be mended here."""
        if self.source != SOURCE_RECONFIGURE:
            return []
        data = self._get_reconfigure_entry().data
        return [
            data[key]
            for key in (CONF_NEXT_EMBEDDER, CONF_EMBEDDER)
            if key in data and data[key][CONF_PROVIDER] == provider
        ]
