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
from homeassistant.core import HomeAssistant, callback
import probatio

from .const import CONF_EMBEDDER, CONF_NEXT_EMBEDDER, CONF_PROVIDER
from .data import AiMemoryConfigEntry
from .embedding.factory import EmbedderProvider
from .entry_data import embedder_settings
from .errors import AiMemoryError, EmbedderUnreachable
from .flow_checks import async_embedder, form_errors
from .memory.dry_run import DryRun

_TIMEOUT: Final = 120.0  # seconds; a Pi takes half a minute for what is measured
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


def switch_placeholders(found: DryRun) -> dict[str, str]:
    """Return what a change takes, in words."""
    return {
        "model": found.new.name,
        "dimensions": str(found.new.dimensions),
        "items": str(found.items),
        "vectors": str(found.vectors_to_make),
        "minutes": str(-(-int(found.seconds) // 60) or 1),
        "megabytes": str(-(-found.bytes // 1_000_000)),
    }


@callback
def with_embedder(
    data: Mapping[str, Any], embedder: Mapping[str, Any], *, at_once: bool
) -> dict[str, Any]:
    """Return the data of the entry with another embedder: at once, or as the next one."""
    kept = {key: value for key, value in data.items() if key != CONF_NEXT_EMBEDDER}
    return kept | {CONF_EMBEDDER if at_once else CONF_NEXT_EMBEDDER: dict(embedder)}


class SwitchSteps(ConfigFlow):
    """From an embedder that was chosen to a switch that is under way, and back out of it."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        super().__init__()
        self._chosen: dict[str, Any] = {}
        self._dry_run: DryRun | None = None

    async def _async_switch(self, embedder: dict[str, Any]) -> ConfigFlowResult:
        """Change to an embedder, after a word where that takes time."""
        self._chosen = embedder
        entry = self._get_reconfigure_entry()
        is_none = EmbedderProvider.NONE in (
            embedder[CONF_PROVIDER],
            entry.data[CONF_EMBEDDER][CONF_PROVIDER],
        )
        if is_none or entry.state is not ConfigEntryState.LOADED:
            return self._async_begin(at_once=True)
        return await self.async_step_switch()

    async def async_step_switch(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell what the change takes, and ask."""
        if user_input is not None and self._dry_run is not None:
            return self._async_begin(at_once=False)
        errors: dict[str, str] = {}
        placeholders = dict.fromkeys(
            ("model", "dimensions", "items", "vectors", "minutes", "megabytes"), "–"
        )
        try:
            self._dry_run = await async_dry_run(
                self.hass, self._get_reconfigure_entry(), self._chosen
            )
        except AiMemoryError as err:
            errors = form_errors(err, ())
            placeholders |= err.placeholders
        else:
            if self._dry_run.same or not self._dry_run.items:
                return self._async_begin(at_once=True)
            placeholders = switch_placeholders(self._dry_run)
        return self.async_show_form(
            step_id="switch",
            data_schema=_NOTHING,
            errors=errors,
            description_placeholders=placeholders,
            last_step=True,
        )

    @callback
    def _async_begin(self, *, at_once: bool) -> ConfigFlowResult:
        entry = self._get_reconfigure_entry()
        return self._async_update(
            entry,
            data=with_embedder(entry.data, self._chosen, at_once=at_once),
            reason="reconfigure_successful" if at_once else "switch_started",
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
        """Change the entry; its listener, which it has while it is loaded, sees to the rest."""
        if entry.update_listeners:
            return self.async_update_and_abort(entry, **changes)
        return self.async_update_reload_and_abort(entry, **changes)


@callback
def _progress(entry: AiMemoryConfigEntry) -> dict[str, str]:
    progress = None
    if entry.state is ConfigEntryState.LOADED:
        progress = entry.runtime_data.service.models.progress()
    left = progress.seconds_left if progress else None
    return {
        "model": progress.model.name if progress and progress.model else "–",
        "done": str(progress.done) if progress else "–",
        "total": str(progress.total) if progress else "–",
        "minutes": "–" if left is None else str(-(-int(left) // 60)),
    }
