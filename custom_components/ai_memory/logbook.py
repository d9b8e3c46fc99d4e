"""How the logbook tells what was learned and forgotten."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN
from .learned import EVENT_FORGOTTEN, EVENT_LEARNED
from .models import HOUSEHOLD

_ONE = {
    "memory": "a memory",
    "alias": "an alias",
    "preference": "a preference",
    "conversation": "a conversation",
}
_SEVERAL = {
    "memory": "memories",
    "alias": "aliases",
    "preference": "preferences",
    "conversation": "conversations",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[Event[Any]], dict[str, str]]], None
    ],
) -> None:
    """Describe our events."""

    @callback
    def describe(event: Event[Any]) -> dict[str, str]:
        verb = "learned" if event.event_type == EVENT_LEARNED else "forgot"
        subject, count = event.data["subject"], event.data["count"]
        what = _ONE[subject] if count == 1 else _SEVERAL[subject]
        if count and count > 1:
            what = f"{count} {what}"
        return {
            LOGBOOK_ENTRY_NAME: "AI Memory",
            LOGBOOK_ENTRY_MESSAGE: f"{verb} {what} of {_whose(hass, event)}",
        }

    for event_type in (EVENT_LEARNED, EVENT_FORGOTTEN):
        async_describe_event(DOMAIN, event_type, describe)


@callback
def _whose(hass: HomeAssistant, event: Event[Any]) -> str:
    owner: str = event.data["owner"]
    if owner == HOUSEHOLD:
        return "the household"
    return state.name if (state := hass.states.get(owner)) else "somebody who is gone"
