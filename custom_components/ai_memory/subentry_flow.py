"""The form of an agent: in the flow of the entry, and for further agents."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConversationAgentSelector,
    ConversationAgentSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from .agents import agent_exists, agent_of_subentry, is_own_agent
from .const import (
    CONF_BUDGET,
    CONF_CACHE,
    CONF_DEADLINE,
    CONF_DELEGATE,
    CONF_PIPELINES,
    CONF_RECALL,
    CONF_REPLACED,
    CONF_SESSION_TURNS,
    CONF_SESSION_WINDOW,
    DEFAULT_BUDGET,
    DEFAULT_DEADLINE,
    DEFAULT_SESSION_TURNS,
    DEFAULT_SESSION_WINDOW,
)
from .entry_changes import how_to_update
from .memory.recent import LONGEST_WINDOW, MOST_TURNS
from .pipelines import (
    async_chosen_pipelines,
    async_pipelines,
    async_preferred_pipeline,
    async_put_in_front,
)

DEFAULT_NAME: Final = "AI Memory"


def _number(
    minimum: int, maximum: int, unit: str | None = None, *, step: int = 10
) -> NumberSelector:
    config = NumberSelectorConfig(
        min=minimum, max=maximum, step=step, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


@callback
def agent_schema(hass: HomeAssistant, *, delegate_required: bool) -> probatio.Schema:
    """Return the form of an agent."""
    delegate = probatio.Required if delegate_required else probatio.Optional
    schema: dict[probatio.Marker, Any] = {
        probatio.Required(CONF_NAME, default=DEFAULT_NAME): TextSelector(),
        delegate(CONF_DELEGATE): ConversationAgentSelector(
            ConversationAgentSelectorConfig(language=hass.config.language)
        ),
    }
    if pipelines := async_pipelines(hass):
        schema[probatio.Optional(CONF_PIPELINES, default=list)] = SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=pipeline.id, label=pipeline.name)
                    for pipeline in pipelines.values()
                ],
                multiple=True,
                mode=SelectSelectorMode.LIST,
            )
        )
    schema |= {
        probatio.Required(CONF_RECALL, default=True): BooleanSelector(),
        probatio.Required(CONF_CACHE, default=True): BooleanSelector(),
        probatio.Required(CONF_BUDGET, default=DEFAULT_BUDGET): _number(
            50, 4000, "tokens"
        ),
        probatio.Required(CONF_DEADLINE, default=DEFAULT_DEADLINE): _number(
            50, 5000, "ms"
        ),
        probatio.Required(CONF_SESSION_WINDOW, default=DEFAULT_SESSION_WINDOW): _number(
            0, int(LONGEST_WINDOW.total_seconds() // 60), "min", step=1
        ),
        probatio.Required(CONF_SESSION_TURNS, default=DEFAULT_SESSION_TURNS): _number(
            1, MOST_TURNS, step=1
        ),
    }
    return probatio.Schema(schema)


@callback
def suggested_agent(hass: HomeAssistant) -> dict[str, Any]:
    """Return what to begin with: the agent of the preferred pipeline, and to stand in front of it."""
    if (pipeline := async_preferred_pipeline(hass)) is None:
        return {}
    engine = pipeline.conversation_engine
    if is_own_agent(hass, engine) or not agent_exists(hass, engine):
        return {}
    return {CONF_DELEGATE: engine, CONF_PIPELINES: [pipeline.id]}


@callback
def agent_errors(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with an agent."""
    if not user_input[CONF_NAME].strip():
        return {CONF_NAME: "name_empty"}
    if (delegate := user_input.get(CONF_DELEGATE)) is None:
        return {}
    if is_own_agent(hass, delegate):
        return {CONF_DELEGATE: "delegate_own"}
    if not agent_exists(hass, delegate):
        return {CONF_DELEGATE: "delegate_unknown"}
    return {}


def agent_data(user_input: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return title and data of the subentry for a form without errors."""
    data = {key: value for key, value in user_input.items() if key != CONF_NAME}
    for key in (CONF_BUDGET, CONF_DEADLINE, CONF_SESSION_WINDOW, CONF_SESSION_TURNS):
        data[key] = int(data[key])
    data.setdefault(CONF_PIPELINES, [])
    return user_input[CONF_NAME].strip(), data


class ConversationSubentryFlow(ConfigSubentryFlow):
    """Adds or changes an agent."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add an agent."""
        return await self._async_step("user", suggested_agent(self.hass), user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change an agent."""
        subentry = self._get_reconfigure_subentry()
        return await self._async_step(
            "reconfigure",
            {
                CONF_NAME: subentry.title,
                **subentry.data,
                CONF_PIPELINES: self._pipelines(subentry.data, subentry.subentry_id),
            },
            user_input,
        )

    async def _async_step(
        self,
        step_id: str,
        suggested: Mapping[str, Any],
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = agent_errors(self.hass, user_input)
            if not errors:
                return await self._finish(*agent_data(user_input))
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                agent_schema(self.hass, delegate_required=True),
                suggested if user_input is None else user_input,
            ),
            errors=errors,
        )

    async def _finish(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=title, data=data)
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        # Of a pipeline that somebody gave another agent, that one is now the one before.
        lost = set(subentry.data.get(CONF_PIPELINES, [])) - set(
            self._pipelines(subentry.data, subentry.subentry_id)
        )
        if replaced := subentry.data.get(CONF_REPLACED):
            data[CONF_REPLACED] = {
                key: agent for key, agent in replaced.items() if key not in lost
            }
        update = how_to_update(
            entry, self.async_update_and_abort, self.async_update_reload_and_abort
        )
        result = update(entry, subentry, title=title, data=data)
        entity_id = agent_of_subentry(self.hass, self._entry_id, subentry.subentry_id)
        if entity_id and lost:
            # Where only these are chosen anew the entry has no reason to load again.
            await async_put_in_front(self.hass, entry, subentry, entity_id)
        return result

    def _pipelines(self, data: Mapping[str, Any], subentry_id: str) -> list[str]:
        entity_id = agent_of_subentry(self.hass, self._entry_id, subentry_id)
        return async_chosen_pipelines(self.hass, data, entity_id)
