"""Which conversation agents there are, and which of them are ours."""

from homeassistant.components import conversation
from homeassistant.const import CONF_MODEL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def is_own_agent(hass: HomeAssistant, agent_id: str) -> bool:
    """Return whether an agent is one of AI Memory."""
    entity = er.async_get(hass).async_get(agent_id)
    return entity is not None and entity.platform == DOMAIN


@callback
def agent_exists(hass: HomeAssistant, agent_id: str) -> bool:
    """Return whether there is such an agent, even if it is not loaded just now."""
    return (
        agent_id == conversation.HOME_ASSISTANT_AGENT
        or er.async_get(hass).async_get(agent_id) is not None
        # Agents that are no entities bear the id of their config entry.
        or hass.config_entries.async_get_entry(agent_id) is not None
        or conversation.async_get_agent(hass, agent_id) is not None
    )


@callback
def agent_of_subentry(
    hass: HomeAssistant, entry_id: str, subentry_id: str
) -> str | None:
    """Return the entity id of the agent of a subentry, None before it was added."""
    return next(
        (
            entity.entity_id
            for entity in er.async_entries_for_config_entry(
                er.async_get(hass), entry_id
            )
            if entity.config_subentry_id == subentry_id
            and entity.domain == conversation.DOMAIN
        ),
        None,
    )


@callback
def model_of_agent(hass: HomeAssistant, agent_id: str) -> str | None:
    """Return the language model that an agent is set to, None where it has none or does not tell."""
    entity = er.async_get(hass).async_get(agent_id)
    if entity is None or entity.config_entry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(entity.config_entry_id)
    subentry = entry.subentries.get(entity.config_subentry_id or "") if entry else None
    for settings in (subentry and subentry.data, entry and entry.data):
        for key in (CONF_MODEL, "chat_model"):
            if settings and isinstance(model := settings.get(key), str):
                return model
    return None
