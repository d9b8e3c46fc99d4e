"""The devices that our entities belong to."""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .const import DOMAIN

MANUFACTURER = "AI Memory"


def service_device(entry: ConfigEntry[Any]) -> DeviceInfo:
    """Return the device of the memory itself."""
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        translation_key="memory",
        manufacturer=MANUFACTURER,
    )


def agent_device(subentry: ConfigSubentry) -> DeviceInfo:
    """Return the device of an agent."""
    return DeviceInfo(
        identifiers={(DOMAIN, subentry.subentry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=subentry.title,
        manufacturer=MANUFACTURER,
        model="Conversation agent",
    )
