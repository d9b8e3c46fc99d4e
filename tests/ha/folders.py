"""Folders of documents of a home."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.memory.service import MemoryService

BOILER = "# Boiler\n\nFault code F28 means that there is no ignition."


def write(hass: HomeAssistant, path: str, content: str | bytes = BOILER) -> Path:
    """Write a file below the configuration."""
    file = Path(hass.config.path(path))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


async def add_folder(
    hass: HomeAssistant, entry: MockConfigEntry, path: str, title: str, **data: Any
) -> str:
    """Add a folder below the configuration to an entry; return its id once its files were read."""
    subentry = ConfigSubentry(
        data=MappingProxyType(
            {
                "path": hass.config.path(path),
                "collection": "documents",
                "person": "household",
                **data,
            }
        ),
        subentry_type="folder",
        title=title,
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await settled(hass, entry)
    return subentry.subentry_id


async def settled(hass: HomeAssistant, entry: MockConfigEntry) -> MemoryService:
    """Wait until the entry is loaded and all that is there was read."""
    await hass.async_block_till_done()
    service: MemoryService = entry.runtime_data.service
    assert await service.settled()
    await hass.async_block_till_done()
    return service
