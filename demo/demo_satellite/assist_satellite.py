"""The satellites: one in the kitchen, one in the living room."""

from collections.abc import AsyncGenerator, Callable
from typing import Final, override

from homeassistant.components.assist_pipeline import PipelineEvent, PipelineStage
from homeassistant.components.assist_satellite import (
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

DOMAIN: Final = "demo_satellite"
ROOMS: Final = ("Kitchen", "Living Room")
# 10 ms of 16-bit samples at 16 kHz, the piece in which a pipeline takes sound.
CHUNK_BYTES: Final = 320

type SendEvent = Callable[[PipelineEvent], None]


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[dict[str, DemoSatellite]],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a satellite for each room."""
    async_add_entities([DemoSatellite(room) for room in ROOMS])


class DemoSatellite(AssistSatelliteEntity):
    """A satellite that hears text and shows its events to who let it hear."""

    _attr_has_entity_name = True
    _attr_name = None

    def __init__(self, room: str) -> None:
        """Take the room that it stands in."""
        key = room.lower().replace(" ", "_")
        self.entity_id = f"assist_satellite.{key}"
        self._attr_unique_id = key
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, key)},
            name=f"{room} satellite",
            manufacturer="Demo house",
            suggested_area=room,
        )
        self._send: SendEvent | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Make the satellite known by its entity id."""
        await super().async_added_to_hass()
        assert self.platform.config_entry is not None
        self.platform.config_entry.runtime_data[self.entity_id] = self

    async def async_hear(
        self, text: str, conversation_id: str | None, send: SendEvent
    ) -> None:
        """Run the preferred pipeline from speech-to-text to the reply's text."""
        self._conversation_id = conversation_id
        self._send = send
        try:
            await self.async_accept_pipeline_from_satellite(
                _sound(text), PipelineStage.STT, PipelineStage.INTENT
            )
        finally:
            self._send = None

    @callback
    @override
    def on_pipeline_event(self, event: PipelineEvent) -> None:
        """Pass an event on."""
        if self._send is not None:
            self._send(event)

    @callback
    @override
    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        """Return that there are no wake words."""
        return AssistSatelliteConfiguration(
            available_wake_words=[], active_wake_words=[], max_active_wake_words=0
        )

    @override
    async def async_set_configuration(
        self, config: AssistSatelliteConfiguration
    ) -> None:
        """Take nothing: there are no wake words."""


async def _sound(text: str) -> AsyncGenerator[bytes]:
    sound = text.encode()
    yield sound.ljust(-(-len(sound) // CHUNK_BYTES) * CHUNK_BYTES, b"\0")
