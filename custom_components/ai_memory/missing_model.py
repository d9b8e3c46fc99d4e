"""The way out where the embedding model is gone from its server: another one of it."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.const import CONF_MODEL
from homeassistant.core import callback
import probatio

from .const import CONF_DIMENSIONS, CONF_EMBEDDER, CONF_NEXT_EMBEDDER, DOMAIN
from .data import AiMemoryConfigEntry
from .entry_data import embedder_settings
from .errors import AiMemoryError
from .flow_checks import async_check_embedder, async_list_models, form_errors
from .flow_schemas import model_selector
from .flow_switch import async_dry_run, async_switch_placeholders


class MissingModelFlow(RepairsFlow):
    """Asks for another model, tells what the change takes, and begins it."""

    def __init__(self, placeholders: dict[str, str]) -> None:
        """Take what there is to say of the model that is gone."""
        self._placeholders = placeholders
        self._models: list[str] = []
        self._chosen: dict[str, Any] = {}
        self._is_told = False
        """Whether it was said what the change takes."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin. What is given here is the id of the issue, nothing that somebody entered."""
        return await self.async_step_model()

    async def async_step_model(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for one of the server's models."""
        if (entry := self._entry()) is None:
            return self.async_abort(reason="not_loaded")
        current = entry.data[CONF_EMBEDDER]
        errors: dict[str, str] = {}
        placeholders = dict(self._placeholders)
        try:
            if not self._models:
                self._models = await async_list_models(
                    self.hass, embedder_settings(entry.data)
                )
            if user_input is not None:
                # Dimensions are those of the model that is gone.
                self._chosen = {
                    **current,
                    CONF_MODEL: user_input[CONF_MODEL].strip(),
                    CONF_DIMENSIONS: None,
                }
                await async_check_embedder(
                    self.hass, embedder_settings({CONF_EMBEDDER: self._chosen})
                )
                self._is_told = False
                return await self.async_step_switch()
        except AiMemoryError as err:
            errors = form_errors(err, (CONF_MODEL,))
            placeholders |= err.placeholders
        return self.async_show_form(
            step_id=CONF_MODEL,
            data_schema=probatio.Schema(
                {probatio.Required(CONF_MODEL): model_selector(self._models)}
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_switch(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Tell what the change takes, and begin it."""
        if (entry := self._entry()) is None:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        placeholders = dict.fromkeys(
            ("model", "dimensions", "vectors", "time", "megabytes"), "–"
        )
        if user_input is not None and self._is_told:
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_NEXT_EMBEDDER: self._chosen}
            )
            # Not mended yet: the issue goes as soon as a model serves.
            return self.async_abort(reason="switch_started")
        try:
            found = await async_dry_run(self.hass, entry, self._chosen)
        except AiMemoryError as err:
            errors = form_errors(err, ())
            placeholders |= err.placeholders
        else:
            self._is_told = True
            placeholders = await async_switch_placeholders(self.hass, found)
        return self.async_show_form(
            step_id="switch_instead" if "other" in placeholders else "switch",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_switch_instead(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin it instead of the one that is under way."""
        return await self.async_step_switch(user_input)

    @callback
    def _entry(self) -> AiMemoryConfigEntry | None:
        entries: list[AiMemoryConfigEntry] = (
            self.hass.config_entries.async_loaded_entries(DOMAIN)
        )
        return entries[0] if entries else None
