"""What a config entry keeps at run time."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .capture import Capture
from .identity import Identity
from .memory.service import MemoryService
from .names import HomeNames


@dataclass(frozen=True, slots=True)
class AiMemoryData:
    """The memory of this home and what Home Assistant knows of it."""

    service: MemoryService
    names: HomeNames
    identity: Identity
    capture: Capture


type AiMemoryConfigEntry = ConfigEntry[AiMemoryData]
