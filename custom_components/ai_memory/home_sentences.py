"""What Home Assistant's own sentences, and those of automations, make of an utterance."""

from homeassistant.components.conversation import (
    HOME_ASSISTANT_AGENT,
    ConversationInput,
    async_get_agent,
)
from homeassistant.components.conversation.default_agent import DefaultAgent
from homeassistant.core import HomeAssistant


async def async_is_command(hass: HomeAssistant, user_input: ConversationInput) -> bool:
    """Return whether Home Assistant's own sentences recognise an utterance."""
    agent = async_get_agent(hass, HOME_ASSISTANT_AGENT)
    if not isinstance(agent, DefaultAgent):
        return False
    recognised = await agent.async_recognize_intent(
        user_input, strict_intents_only=True
    )
    return recognised is not None


async def async_is_taken(hass: HomeAssistant, user_input: ConversationInput) -> bool:
    """Return whether a sentence of Home Assistant or of an automation recognises an utterance."""
    agent = async_get_agent(hass, HOME_ASSISTANT_AGENT)
    return (
        isinstance(agent, DefaultAgent)
        and await agent.async_recognize_sentence_trigger(user_input) is not None
    ) or await async_is_command(hass, user_input)
