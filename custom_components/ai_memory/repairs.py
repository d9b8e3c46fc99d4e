"""Tells people what they can mend."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .errors import AiMemoryError, WrongPassword
from .memory.health import Part

_SEVERITY = {
    Part.DATABASE: ir.IssueSeverity.ERROR,
    # Everything works without vectors, if less well.
    Part.EMBEDDER: ir.IssueSeverity.WARNING,
}


@callback
def async_report_problem(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    part: Part,
    error: AiMemoryError | None,
) -> None:
    """Show that a part fails, and how; with None, that it is well again.

    One issue a part. A password that is no longer accepted is asked for anew instead.
    """
    if error is None or isinstance(error, WrongPassword):
        ir.async_delete_issue(hass, DOMAIN, part)
        if error is not None:
            entry.async_start_reauth(hass)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        part,
        is_fixable=False,
        severity=_SEVERITY[part],
        translation_key=error.translation_key,
        translation_placeholders=error.placeholders,
    )


@callback
def async_delete_problems(hass: HomeAssistant) -> None:
    """Take all issues away, when the entry is removed."""
    for part in Part:
        ir.async_delete_issue(hass, DOMAIN, part)
