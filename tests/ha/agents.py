"""What tests say of agents."""

from typing import Any

from homeassistant.components import conversation

BUILT_IN = conversation.HOME_ASSISTANT_AGENT


def agent(**changes: Any) -> dict[str, Any]:
    """Return the data of a subentry of an agent."""
    return {
        "delegate": BUILT_IN,
        "pipelines": [],
        "recall": True,
        "cache": True,
        "budget": 800,
        "deadline": 400,
        "session_window": 30,
        "session_turns": 6,
        **changes,
    }
