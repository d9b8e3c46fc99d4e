"""The device that an agent belongs to."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .const import DOMAIN

MANUFACTURER = "AI Memory"


def agent_device(subentry: ConfigSubentry) -> DeviceInfo:
    """Return the device of an agent."""
    return DeviceInfo(
        identifiers={(DOMAIN, subentry.subentry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=subentry.title,
        manufacturer=MANUFACTURER,
        model="Conversation agent",
    )
