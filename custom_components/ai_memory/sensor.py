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
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import AiMemoryConfigEntry
from .entity import MemoryEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MemorySensorDescription(SensorEntityDescription):
    """A figure, and where it stands in the statistics."""

    value: Callable[[dict[str, Any]], float | int | None]


SENSORS = (
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


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AiMemoryConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors."""
    async_add_entities(MemorySensor(entry, description) for description in SENSORS)


class MemorySensor(MemoryEntity, SensorEntity):
    """A figure about the memory."""

    entity_description: MemorySensorDescription

    @property
    @override
    def native_value(self) -> float | int | None:
        """Return the figure."""
        return self.entity_description.value(self.coordinator.data)
