"""The agent behind ours, which the household used before."""

from dataclasses import replace

from homeassistant.components.conversation import (
    HOME_ASSISTANT_AGENT,
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
    UserContent,
    async_converse,
    async_get_agent,
)
from homeassistant.components.conversation.models import AbstractConversationAgent
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .agents import is_own_agent, model_of_agent
from .const import DOMAIN
from .memory.aliases import Resolution
from .memory.context import with_notes


class Delegate:
    """Hands turns on."""

    def __init__(self, hass: HomeAssistant, agent_id: str) -> None:
        """Take the id of the agent, which need not be there yet."""
        self._hass = hass
        self.agent_id = agent_id

    @property
    def is_built_in(self) -> bool:
        """Return whether it is Home Assistant's own agent, which matches sentences."""
        return self.agent_id == HOME_ASSISTANT_AGENT

    @property
    def model(self) -> str | None:
        """Return its language model, None where it has none or does not tell."""
        return model_of_agent(self._hass, self.agent_id)

    def find(self) -> AbstractConversationAgent | ConversationEntity | None:
        """Return the agent, never one of ours."""
        if is_own_agent(self._hass, self.agent_id):
            return None
        return async_get_agent(self._hass, self.agent_id)

    def require(self) -> None:
        """Raise HomeAssistantError unless the agent is there."""
        if self.find() is None:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="delegate_missing",
                translation_placeholders={"agent": self.agent_id},
            )

    async def async_ask(
        self,
        said: ConversationInput,
        chat_log: ChatLog,
        resolution: Resolution | None,
        context: str | None,
    ) -> ConversationResult:
        """Return its answer to what was said, with what is known beside it."""
        text = said.text
        if resolution and self.is_built_in:
            text = resolution.text
        else:
            # A model is told what an alias means and keeps the words: "my office chair" is no light.
            notes = [
                f'"{replacement.words}" means {replacement.name}'
                for replacement in (resolution.replacements if resolution else ())
            ]
            # Beside the user's words, never in the system prompt: the model's prompt cache lives on.
            if beside := with_notes(context, notes):
                text = f"{text}\n\n{beside}"
        if text != said.text and isinstance(
            message := chat_log.content[-1], UserContent
        ):
            chat_log.content[-1] = replace(message, content=text)
        return await async_converse(
            self._hass,
            text,
            chat_log.conversation_id,
            said.context,
            language=said.language,
            agent_id=self.agent_id,
            device_id=said.device_id,
            satellite_id=said.satellite_id,
            extra_system_prompt=said.extra_system_prompt,
        )
