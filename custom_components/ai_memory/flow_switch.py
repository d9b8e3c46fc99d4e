"""The steps that change the embedding model: what it takes, and the way back until it is done."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_MODEL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import (
    async_get_exception_message,
    async_get_translations,
)
import probatio

from .const import (
    CONF_DIMENSIONS,
    CONF_EMBEDDER,
    CONF_NEXT_EMBEDDER,
    CONF_PROVIDER,
    DOMAIN,
)
from .data import AiMemoryConfigEntry
from .embedding.factory import EmbedderProvider
from .entry_changes import how_to_update
from .entry_data import embedder_settings
from .errors import AiMemoryError, EmbedderUnreachable
from .flow_checks import async_embedder, form_errors
from .memory.dry_run import DryRun
from .memory.embedding_switch import SwitchProgress

# Seconds: together with the check of the model, which comes before it, less than the minute that proxies wait.
_TIMEOUT: Final = 25.0
_NAMES: Final = (CONF_PROVIDER, CONF_MODEL, CONF_DIMENSIONS)
"""What says which model it is; the rest says where it is."""
_NOTHING: Final = probatio.Schema({})


async def async_dry_run(
    hass: HomeAssistant, entry: AiMemoryConfigEntry, embedder: Mapping[str, Any]
) -> DryRun:
    """Return what a change to an embedder takes. Raises InvalidInput, DatabaseError, EmbedderError."""
    settings = embedder_settings({CONF_EMBEDDER: embedder})
    try:
        async with asyncio.timeout(_TIMEOUT), async_embedder(hass, settings) as made:
            return await entry.runtime_data.service.models.dry_run(made)
    except TimeoutError as err:
        raise EmbedderUnreachable from err


async def async_switch_placeholders(
    hass: HomeAssistant, found: DryRun
) -> dict[str, str]:
    """Return what a change takes, in words; with `other` where it takes the place of one that is under way."""
    measured = found.seconds_per_item or not found.vectors_to_make
    minutes = str(-(-int(found.seconds) // 60) or 1) if measured else "–"
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    time = texts[
        f"component.{DOMAIN}.common.switch_time{'' if measured else '_unknown'}"
    ]
    other = found.building if found.building != found.new else None
    return {
        **({"other": other.name} if other else {}),
        "model": found.new.name,
        "dimensions": str(found.new.dimensions),
        "items": str(found.items),
        "vectors": str(found.vectors_to_make),
        "minutes": minutes,
        "time": time.format(minutes=minutes),
        "megabytes": str(-(-found.bytes // 1_000_000)),
    }


class SwitchSteps(ConfigFlow):
    """From an embedder that was chosen to a switch that is under way, and back out of it."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        super().__init__()
        self._chosen: dict[str, Any] = {}
        self._is_told = False
        """Whether it was said what the change takes."""

    async def _async_switch(self, embedder: dict[str, Any]) -> ConfigFlowResult:
        """Change to an embedder, after a word where that takes time."""
        self._chosen = embedder
        if embedder[CONF_PROVIDER] == EmbedderProvider.NONE:
            return self._async_take(goes_on=False)
        entry = self._get_reconfigure_entry()
        if entry.state is ConfigEntryState.LOADED:
            return await self._async_ask(None)
        # Nothing can be measured; what serves goes on to when the entry is loaded again.
        current = entry.data[CONF_EMBEDDER]
        if all(current.get(key) == embedder[key] for key in _NAMES):
            return self._async_take(goes_on=True)
        if current[CONF_PROVIDER] == EmbedderProvider.NONE:
            return self._async_take(goes_on=False)
        return self._async_begin()

    async def async_step_switch(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change from the model that serves."""
        return await self._async_ask(user_input)

    async def async_step_switch_instead(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change to it instead of the one that is on its way."""
        return await self._async_ask(user_input)

    async def async_step_first_model(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin with a model where there was none."""
        return await self._async_ask(user_input)

    async def _async_ask(self, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Tell what the change takes, and ask."""
        entry = self._get_reconfigure_entry()
        serves = entry.data[CONF_EMBEDDER][CONF_PROVIDER] != EmbedderProvider.NONE
        if user_input is not None and self._is_told:
            return self._async_begin() if serves else self._async_take(goes_on=False)
        step_id = "switch" if serves else "first_model"
        errors: dict[str, str] = {}
        placeholders = dict.fromkeys(
            ("model", "dimensions", "items", "vectors", "time", "megabytes"), "–"
        )
        try:
            found = await async_dry_run(self.hass, entry, self._chosen)
        except AiMemoryError as err:
            errors = form_errors(err, ())
            placeholders |= err.placeholders
        else:
            if found.same:
                return self._async_take(goes_on=True)
            if not found.items:
                return self._async_take(goes_on=False)
            self._is_told = True
            placeholders = await async_switch_placeholders(self.hass, found)
            if serves and "other" in placeholders:
                step_id = "switch_instead"
        return self.async_show_form(
            step_id=step_id,
            data_schema=_NOTHING,
            errors=errors,
            description_placeholders=placeholders,
            last_step=True,
        )

    @callback
    def _async_take(self, *, goes_on: bool) -> ConfigFlowResult:
        """Have it serve at once. A change that is under way `goes_on` where it is the model that serves already."""
        entry = self._get_reconfigure_entry()
        data = {**entry.data, CONF_EMBEDDER: self._chosen}
        if not goes_on:
            data.pop(CONF_NEXT_EMBEDDER, None)
        return self._async_update(entry, data=data, reason="reconfigure_successful")

    @callback
    def _async_begin(self) -> ConfigFlowResult:
        """Have it serve once its vectors are made."""
        entry = self._get_reconfigure_entry()
        return self._async_update(
            entry,
            data={**entry.data, CONF_NEXT_EMBEDDER: self._chosen},
            reason="switch_started",
        )

    async def async_step_back_out(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to stay with the model that serves."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            data = dict(entry.data)
            if data.pop(CONF_NEXT_EMBEDDER, None) is None:
                return self.async_abort(reason="switch_done")
            return self._async_update(entry, data=data, reason="switch_ended")
        return self.async_show_form(
            step_id="back_out",
            data_schema=_NOTHING,
            description_placeholders=_progress(entry),
            last_step=True,
        )

    @callback
    def _async_update(
        self, entry: ConfigEntry[Any], **changes: Any
    ) -> ConfigFlowResult:
        """Change the entry, and end the flow."""
        update = how_to_update(
            entry, self.async_update_and_abort, self.async_update_reload_and_abort
        )
        return update(entry, **changes)


@callback
def waits_for(progress: SwitchProgress) -> str | None:
    """Return in words what a change waits for, None where it gets on."""
    if progress.problem is None:
        return None
    return async_get_exception_message(
        DOMAIN, progress.problem, dict(progress.placeholders)
    )


@callback
def _progress(entry: AiMemoryConfigEntry) -> dict[str, str]:
    progress = None
    if entry.state is ConfigEntryState.LOADED:
        progress = entry.runtime_data.service.models.progress()
    left = progress.seconds_left if progress else None
    problem = waits_for(progress) if progress else None
    return {
        "problem": f"{problem}." if problem else "",
        "model": progress.model.name if progress and progress.model else "–",
        "done": str(progress.done) if progress else "–",
        "total": str(progress.total) if progress else "–",
        "minutes": "–" if left is None else str(-(-int(left) // 60)),
    }
