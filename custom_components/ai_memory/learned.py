"""Tells Home Assistant that something was learned or forgotten, without its text."""

from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .const import SIGNAL_CHANGE
from .memory.changes import Changes
from .models import Change, Subject, Verb
from .operations.fields import owner_name

EVENT_LEARNED: Final = "ai_memory_learned"
EVENT_FORGOTTEN: Final = "ai_memory_forgotten"
_EVENTS: Final = {
    Verb.ADDED: EVENT_LEARNED,
    Verb.CHANGED: EVENT_LEARNED,
    Verb.REMOVED: EVENT_FORGOTTEN,
}
_TOLD: Final = {
    Subject.MEMORY,
    Subject.ALIAS,
    Subject.PREFERENCE,
    Subject.CONVERSATION,
}


@callback
def async_tell_home(hass: HomeAssistant, changes: Changes) -> CALLBACK_TYPE:
    """Send a signal for every change, and an event for those that people want to hear of; return what ends it."""

    @callback
    def tell(change: Change) -> None:
        async_dispatcher_send(hass, SIGNAL_CHANGE, change)
        if change.subject not in _TOLD:
            return
        if change.subject is Subject.CONVERSATION and change.verb is not Verb.REMOVED:
            # Every turn changes one.
            return
        hass.bus.async_fire(
            _EVENTS[change.verb],
            {
                "subject": str(change.subject),
                "owner": owner_name(hass, change.owner),
                "count": len(change.ids) or None,
            },
        )

    return changes.subscribe(tell)
