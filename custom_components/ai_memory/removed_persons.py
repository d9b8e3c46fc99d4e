"""Notices that something belongs to a person who is gone."""

from collections.abc import Callable, Container
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .errors import DatabaseError
from .identity import is_about_person, registered_persons
from .memory.service import MemoryService
from .models import Scope

REMOVED_PERSON: Final = "removed_person"
_PREFIX: Final = f"{REMOVED_PERSON}_"
_LOGGER = logging.getLogger(__name__)


class RemovedPersons:
    """Keeps one issue for each person who is gone and whose memory is still there."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], service: MemoryService
    ) -> None:
        """Take where to look."""
        self._hass = hass
        self._entry = entry
        self._service = service

    @callback
    def async_listen(self) -> Callable[[], None]:
        """Begin to follow; return what ends it."""
        unlisteners = [
            async_at_started(self._hass, self.look),
            self._hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self.look, is_about_person
            ),
        ]

        @callback
        def unlisten() -> None:
            for unlistener in unlisteners:
                unlistener()

        return unlisten

    @callback
    def look(self, _: object = None) -> None:
        """Look in the background, once Home Assistant knows its persons."""
        if self._hass.state is CoreState.running:
            self._entry.async_create_background_task(
                self._hass, self._async_look(), "ai_memory look for removed persons"
            )

    async def _async_look(self) -> None:
        owners = self._service.owners
        gone = {}
        try:
            for owner in map(Scope, await owners.owners()):
                person_id = owner.person_id
                if person_id and person_id not in registered_persons(self._hass):
                    summary = await owners.summary(owner)
                    if summary.since is None:  # nothing is left meanwhile
                        continue
                    gone[person_id] = {
                        "person": summary.name or person_id,
                        "memories": str(summary.memories),
                        "turns": str(summary.turns),
                        "preferences": str(summary.preferences),
                        "documents": str(summary.documents),
                        "since": dt_util.as_local(summary.since).date().isoformat(),
                    }
        except DatabaseError as err:
            # We are called again when it is back.
            _LOGGER.debug("Could not look for removed persons: %s", err)
            return
        async_delete_removed_persons(self._hass, but=gone)
        for person_id, placeholders in gone.items():
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                f"{_PREFIX}{person_id}",
                data={"person_id": person_id},
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key=REMOVED_PERSON,
                translation_placeholders=placeholders,
            )


@callback
def async_delete_removed_persons(hass: HomeAssistant, but: Container[str] = ()) -> None:
    """Take the issues away, but not those of some persons: whoever ignored one does not want it anew."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if (
            domain == DOMAIN
            and issue_id.startswith(_PREFIX)
            and issue_id.removeprefix(_PREFIX) not in but
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
