"""What a config entry keeps at run time."""

from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry

from .agent_state import AgentState
from .capture import Capture
from .coordinator import StatisticsCoordinator
from .identity import Identity
from .memory.service import MemoryService
from .names import HomeNames
from .spoken import SpokenSentences


@dataclass(frozen=True, slots=True)
class AiMemoryData:
    """The memory of this home and what Home Assistant knows of it."""

    service: MemoryService
    names: HomeNames
    identity: Identity
    capture: Capture
    statistics: StatisticsCoordinator
    agents: dict[str, AgentState]
    """What is paused, by the id of the agent's subentry."""
    sentences: SpokenSentences = field(default_factory=SpokenSentences)


type AiMemoryConfigEntry = ConfigEntry[AiMemoryData]
