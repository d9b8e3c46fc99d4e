"""Speech-to-text for "sound" that is text."""

from collections.abc import AsyncIterable
from typing import override

from homeassistant.components.stt import (
    AudioBitRates,
    AudioChannels,
    AudioCodecs,
    AudioFormats,
    AudioSampleRates,
    SpeechMetadata,
    SpeechResult,
    SpeechResultState,
    SpeechToTextEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the engine."""
    async_add_entities([TextEars(entry.entry_id)])


class TextEars(SpeechToTextEntity):
    """Reads UTF-8 text, filled up with zero bytes, from the samples."""

    _attr_name = "Demo satellite ears"

    def __init__(self, entry_id: str) -> None:
        """Take the entry's id."""
        self._attr_unique_id = f"{entry_id}-ears"

    @property
    @override
    def supported_languages(self) -> list[str]:
        return [MATCH_ALL, "en", "de", "fr", "es", "nl"]

    @property
    @override
    def supported_formats(self) -> list[AudioFormats]:
        return [AudioFormats.WAV]

    @property
    @override
    def supported_codecs(self) -> list[AudioCodecs]:
        return [AudioCodecs.PCM]

    @property
    @override
    def supported_bit_rates(self) -> list[AudioBitRates]:
        return [AudioBitRates.BITRATE_16]

    @property
    @override
    def supported_sample_rates(self) -> list[AudioSampleRates]:
        return [AudioSampleRates.SAMPLERATE_16000]

    @property
    @override
    def supported_channels(self) -> list[AudioChannels]:
        return [AudioChannels.CHANNEL_MONO]

    @override
    async def async_process_audio_stream(
        self, metadata: SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> SpeechResult:
        """Write down what was "said"."""
        sound = b"".join([chunk async for chunk in stream])
        return SpeechResult(sound.rstrip(b"\0").decode(), SpeechResultState.SUCCESS)
