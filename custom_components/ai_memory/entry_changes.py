"""What is changed of an entry while it runs: most of it loads the entry anew, another embedding model does not."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from . import embedders
from .const import CONF_EMBEDDER, CONF_NEXT_EMBEDDER, CONF_REPLACED
from .data import AiMemoryConfigEntry
from .errors import DatabaseError


class EntryChanges:
    """Notices them and sees to them."""

    def __init__(self, hass: HomeAssistant, entry: AiMemoryConfigEntry) -> None:
        """Take the entry as it is now, which is what is about to run."""
        self._hass = hass
        self._entry = entry
        self._made_from = _settings(entry)
        self._next: dict[str, Any] | None = entry.data.get(CONF_NEXT_EMBEDDER)
        self._one_at_a_time = asyncio.Lock()
        self._is_over = False
        """Whether it is loaded anew, and what is made from it then is another one's to look after."""

    @callback
    def switched(self) -> None:
        """Make the next embedder the entry's: it serves, so there is no reason to load again."""
        assert self._next is not None
        data = {**self._entry.data, CONF_EMBEDDER: self._next}
        # Another one may be wished for already.
        if data.get(CONF_NEXT_EMBEDDER) == self._next:
            del data[CONF_NEXT_EMBEDDER]
        self._next = None
        self._made_from = {**self._made_from, CONF_EMBEDDER: data[CONF_EMBEDDER]}
        self._hass.config_entries.async_update_entry(self._entry, data=data)

    async def async_look(self, *_: object) -> None:
        """Do what the entry as it is now asks for."""
        if _settings(self._entry) != self._made_from:
            self._reload()
            return
        async with self._one_at_a_time:
            wanted = self._entry.data.get(CONF_NEXT_EMBEDDER)
            if wanted == self._next:
                return
            models = self._entry.runtime_data.service.models
            embedder = embedders.create_from_data(
                self._hass, self._entry.data, CONF_NEXT_EMBEDDER
            )
            try:
                if embedder is None:
                    await models.back_out()
                else:
                    await models.begin(embedder)
            except DatabaseError:
                # It is seen to as soon as the database is back.
                if embedder is not None:
                    await embedder.close()
                self._reload()
                return
            self._next = wanted

    @callback
    def _reload(self) -> None:
        """Load the entry anew, once for all that is changed until then."""
        if not self._is_over:
            self._is_over = True
            self._hass.config_entries.async_schedule_reload(self._entry.entry_id)


@callback
def how_to_update[R](
    entry: ConfigEntry[Any],
    update_and_abort: Callable[..., R],
    update_reload_and_abort: Callable[..., R],
) -> Callable[..., R]:
    """Return which of its two ways a flow takes: an entry that is loaded listens, and sees to the rest itself."""
    return update_and_abort if entry.update_listeners else update_reload_and_abort


def _settings(entry: AiMemoryConfigEntry) -> dict[str, Any]:
    """Return what a running entry was made from, but the embedder that it is on its way to."""
    return {
        "data": {
            key: value
            for key, value in entry.data.items()
            if key not in (CONF_EMBEDDER, CONF_NEXT_EMBEDDER)
        },
        CONF_EMBEDDER: entry.data[CONF_EMBEDDER],
        "options": entry.options,
        "subentries": {
            subentry.subentry_id: (
                subentry.title,
                {
                    key: value
                    for key, value in subentry.data.items()
                    # What we note ourselves of the pipelines is none.
                    if key != CONF_REPLACED
                },
            )
            for subentry in entry.subentries.values()
        },
    }
