"""What can be done to the memory with a press."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import AiMemoryConfigEntry
from .entity import FolderEntity, MemoryEntity
from .folders import async_shown_folders
from .memory.folder_sync import FolderSync
from .memory.service import MemoryService
from .operations.operation import translated

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MemoryButtonDescription(ButtonEntityDescription):
    """A button and what it does."""

    press: Callable[[MemoryService], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class FolderButtonDescription(ButtonEntityDescription):
    """A button of a folder and what it does."""

    press: Callable[[FolderSync, str], None]


BUTTONS = (
    MemoryButtonDescription(
        key="clear_cache",
        translation_key="clear_cache",
        entity_category=EntityCategory.CONFIG,
        press=lambda service: service.cache.clear_all(),
    ),
    MemoryButtonDescription(
        key="run_maintenance",
        translation_key="run_maintenance",
        entity_category=EntityCategory.CONFIG,
        press=lambda service: service.run_maintenance(),
    ),
)


FOLDER_BUTTONS = (
    FolderButtonDescription(
        key="sync", translation_key="sync_folder", press=FolderSync.sync
    ),
    FolderButtonDescription(
        key="stop", translation_key="stop_folder", press=FolderSync.stop
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AiMemoryConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons."""
    async_add_entities(
        MemoryButton(entry, description, entry.runtime_data.service)
        for description in BUTTONS
    )
    for subentry in async_shown_folders(entry):
        async_add_entities(
            (
                FolderButton(entry, subentry, description)
                for description in FOLDER_BUTTONS
            ),
            config_subentry_id=subentry.subentry_id,
        )


class MemoryButton(MemoryEntity, ButtonEntity):
    """Something that can be done to the memory."""

    entity_description: MemoryButtonDescription

    def __init__(
        self,
        entry: AiMemoryConfigEntry,
        description: MemoryButtonDescription,
        service: MemoryService,
    ) -> None:
        """Take what is done, and to what."""
        super().__init__(entry, description)
        self._service = service

    @override
    async def async_press(self) -> None:
        """Do it."""
        with translated():
            await self.entity_description.press(self._service)


class FolderButton(FolderEntity, ButtonEntity):
    """Something that can be done to a folder of documents."""

    entity_description: FolderButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it."""
        with translated():
            self.entity_description.press(self._folders, self._folder_id)
