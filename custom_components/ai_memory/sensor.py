"""Figures about the memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfInformation,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import AiMemoryConfigEntry
from .entity import FolderEntity, MemoryEntity, memory_device
from .folders import STATE_KEY, async_shown_folders
from .memory.embedding_switch import SwitchProgress
from .memory.folder_sync import FolderProgress, FolderState

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MemorySensorDescription(SensorEntityDescription):
    """A figure, and where it stands in the statistics."""

    value: Callable[[dict[str, Any]], float | int | None]


@dataclass(frozen=True, kw_only=True)
class FolderSensorDescription(SensorEntityDescription):
    """Something about a folder of documents."""

    value: Callable[[FolderProgress], float | int | str | None]
    is_settled_only: bool = False
    """It jumps while the folder is read: what it was before is shown until then."""


SENSORS = (
    MemorySensorDescription(
        key="documents",
        translation_key="documents",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda statistics: statistics["documents"],
    ),
    MemorySensorDescription(
        key="memories",
        translation_key="memories",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda statistics: statistics["memories"],
    ),
    MemorySensorDescription(
        key="turns_today",
        translation_key="turns_today",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda statistics: statistics["turns_today"],
    ),
    MemorySensorDescription(
        key="cache_hit_rate",
        translation_key="cache_hit_rate",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda statistics: statistics["cache_hit_rate"],
    ),
    MemorySensorDescription(
        key="recall_latency",
        translation_key="recall_latency",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda statistics: statistics["recall_latency"],
    ),
    MemorySensorDescription(
        key="database_size",
        translation_key="database_size",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda statistics: statistics["database_bytes"],
    ),
    MemorySensorDescription(
        key="journal_length",
        translation_key="journal_length",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda statistics: statistics["pending_turns"],
    ),
    MemorySensorDescription(
        key="embedding_backlog",
        translation_key="embedding_backlog",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda statistics: statistics["embedding_backlog"],
    ),
)

_AT_WORK = (FolderState.SCANNING, FolderState.READING)
FOLDER_SENSORS = (
    FolderSensorDescription(
        key="state",
        translation_key=STATE_KEY,
        device_class=SensorDeviceClass.ENUM,
        options=list(map(str, FolderState)),
        value=lambda progress: str(progress.state),
    ),
    FolderSensorDescription(
        key="progress",
        translation_key="folder_progress",
        native_unit_of_measurement=PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Whole ones only: each file is a step.
        value=lambda progress: (
            100 * progress.done // progress.total if progress.total else None
        ),
    ),
    FolderSensorDescription(
        key="documents",
        translation_key="folder_documents",
        state_class=SensorStateClass.MEASUREMENT,
        is_settled_only=True,
        value=lambda progress: (
            progress.done - progress.failed if _is_looked_through(progress) else None
        ),
    ),
    FolderSensorDescription(
        key="failed",
        translation_key="folder_failed",
        state_class=SensorStateClass.MEASUREMENT,
        is_settled_only=True,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda progress: (
            progress.failed if _is_looked_through(progress) else None
        ),
    ),
)


def _is_looked_through(progress: FolderProgress) -> bool:
    """Return whether it is known what is in a folder: what was read from one that is gone is still there."""
    return progress.total > 0 or progress.finished_at is not None


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AiMemoryConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors."""
    async_add_entities(MemorySensor(entry, description) for description in SENSORS)
    async_add_entities([SwitchProgressSensor(entry)])
    for subentry in async_shown_folders(entry):
        async_add_entities(
            (
                FolderSensor(entry, subentry, description)
                for description in FOLDER_SENSORS
            ),
            config_subentry_id=subentry.subentry_id,
        )


class MemorySensor(MemoryEntity, SensorEntity):
    """A figure about the memory."""

    entity_description: MemorySensorDescription

    @property
    @override
    def native_value(self) -> float | int | None:
        """Return the figure."""
        return self.entity_description.value(self.coordinator.data)


class SwitchProgressSensor(SensorEntity):
    """How far a change of the embedding model is; unknown where none is under way."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_native_unit_of_measurement = PERCENTAGE
    _attr_suggested_display_precision = 0
    _attr_translation_key = "switch_progress"

    def __init__(self, entry: AiMemoryConfigEntry) -> None:
        """Take the entry."""
        self._models = entry.runtime_data.service.models
        self._attr_unique_id = f"{entry.entry_id}_switch_progress"
        self._attr_device_info = memory_device(entry)
        self._async_set(self._models.progress())

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the change."""
        self.async_on_remove(self._models.subscribe(self._async_got_on))

    @callback
    def _async_got_on(self, progress: SwitchProgress | None) -> None:
        before = self._attr_native_value
        self._async_set(progress)
        if self._attr_native_value != before:
            self.async_write_ha_state()

    def _async_set(self, progress: SwitchProgress | None) -> None:
        # Whole ones only: each batch is a step.
        self._attr_native_value = (
            100 * progress.done // progress.total
            if progress and progress.total
            else None
        )


class FolderSensor(FolderEntity, SensorEntity):
    """Something about a folder of documents."""

    entity_description: FolderSensorDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the folder."""
        self.async_on_remove(self._folders.subscribe(self._async_got_on))
        for progress in self._folders.progress:
            if progress.folder_id == self._folder_id:
                self._async_set(progress)

    @callback
    def _async_got_on(self, progress: FolderProgress) -> None:
        if progress.folder_id != self._folder_id:
            return
        before = self._attr_native_value
        self._async_set(progress)
        if self._attr_native_value != before:
            self.async_write_ha_state()

    def _async_set(self, progress: FolderProgress) -> None:
        description = self.entity_description
        if description.is_settled_only and progress.state in _AT_WORK:
            return
        self._attr_native_value = description.value(progress)
