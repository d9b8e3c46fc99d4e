"""The devices that entities belong to, and what they have in common."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, SUBENTRY_FOLDER
from .coordinator import StatisticsCoordinator
from .data import AiMemoryConfigEntry
from .folders import is_private

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


def folder_device(subentry: ConfigSubentry) -> DeviceInfo:
    """Return the device of a folder of documents."""
    return DeviceInfo(
        identifiers={(DOMAIN, subentry.subentry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=subentry.title,
        manufacturer=MANUFACTURER,
        model="Folder of documents",
    )


@callback
def async_hide_private_folders(hass: HomeAssistant, entry: AiMemoryConfigEntry) -> None:
    """Remove the devices, with their entities, of folders that have become one person's."""
    devices = dr.async_get(hass)
    for subentry in entry.get_subentries_of_type(SUBENTRY_FOLDER):
        if is_private(subentry) and (
            device := devices.async_get_device_by_identifier(
                (DOMAIN, subentry.subentry_id), entry.entry_id
            )
        ):
            devices.async_remove_device(device.id)


def memory_device(entry: AiMemoryConfigEntry) -> DeviceInfo:
    """Return the device of the memory itself."""
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        name=entry.title,
        manufacturer=MANUFACTURER,
        model="Memory",
    )


class MemoryEntity(CoordinatorEntity[StatisticsCoordinator]):
    """An entity of the memory itself, with figures."""

    _attr_has_entity_name = True

    def __init__(
        self, entry: AiMemoryConfigEntry, description: EntityDescription
    ) -> None:
        """Take the entry and what is described."""
        super().__init__(entry.runtime_data.statistics)
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = memory_device(entry)


class FolderEntity(Entity):
    """An entity of a folder of documents."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: AiMemoryConfigEntry,
        subentry: ConfigSubentry,
        description: EntityDescription,
    ) -> None:
        """Take the folder and what is described."""
        self.entity_description = description
        self._folder_id = subentry.subentry_id
        self._folders = entry.runtime_data.service.folders
        self._attr_unique_id = f"{subentry.subentry_id}_{description.key}"
        self._attr_device_info = folder_device(subentry)
