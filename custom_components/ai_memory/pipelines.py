"""Puts our agents in front of Assist pipelines, and the agents that were there back."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components import assist_pipeline, conversation
from homeassistant.components.assist_pipeline import Pipeline
from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .agents import agent_exists
from .const import CONF_PIPELINES, CONF_REPLACED


@callback
def async_pipelines(hass: HomeAssistant) -> dict[str, Pipeline]:
    """Return the Assist pipelines by id; none where Assist is not set up."""
    if assist_pipeline.DOMAIN not in hass.config.components:
        return {}
    return {
        pipeline.id: pipeline for pipeline in assist_pipeline.async_get_pipelines(hass)
    }


@callback
def async_preferred_pipeline(hass: HomeAssistant) -> Pipeline | None:
    """Return the pipeline that Assist uses when none is named."""
    return async_get_pipeline(hass) if async_pipelines(hass) else None


@callback
def async_chosen_pipelines(
    hass: HomeAssistant, data: Mapping[str, Any], entity_id: str | None
) -> list[str]:
    """Return the chosen pipelines less those that somebody has since given another agent."""
    pipelines = async_pipelines(hass)
    replaced = data.get(CONF_REPLACED, {})
    return [
        pipeline_id
        for pipeline_id in data.get(CONF_PIPELINES, [])
        if (pipeline := pipelines.get(pipeline_id))
        and (
            pipeline_id not in replaced
            or pipeline.conversation_engine == entity_id
            or not agent_exists(hass, pipeline.conversation_engine)
        )
    ]


async def async_put_in_front(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    subentry: ConfigSubentry,
    entity_id: str,
) -> None:
    """Make an agent the one of the pipelines chosen for it, and give up the others.

    What was there before is kept in the subentry. A pipeline that we had and that somebody gave another agent is left
    alone. Changes the subentry only where there is something new.
    """
    pipelines = async_pipelines(hass)
    if not pipelines:
        return
    chosen = subentry.data.get(CONF_PIPELINES, [])
    before: Mapping[str, str] = subentry.data.get(CONF_REPLACED, {})
    dropped = {key: before[key] for key in before if key not in chosen}
    await async_put_back(hass, {CONF_REPLACED: dropped}, entity_id)
    take = [
        pipelines[pipeline_id]
        for pipeline_id in async_chosen_pipelines(hass, subentry.data, entity_id)
        if pipelines[pipeline_id].conversation_engine != entity_id
    ]
    after = {
        **{pipeline.id: pipeline.conversation_engine for pipeline in take},
        **{key: before[key] for key in before if key in chosen and key in pipelines},
    }
    # Before the pipelines change, so that their agents are known whatever happens.
    if after != before:
        hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, CONF_REPLACED: after}
        )
    for pipeline in take:
        await assist_pipeline.async_update_pipeline(
            hass, pipeline, conversation_engine=entity_id
        )


async def async_put_back(
    hass: HomeAssistant, data: Mapping[str, Any], entity_id: str
) -> None:
    """Give the pipelines that still have our agent the one they had before.

    `data` is the subentry's. Where the old agent is gone, Home Assistant's own takes its place.
    """
    pipelines = async_pipelines(hass)
    for pipeline_id, engine in data.get(CONF_REPLACED, {}).items():
        pipeline = pipelines.get(pipeline_id)
        if pipeline is None or pipeline.conversation_engine != entity_id:
            continue
        known = engine != entity_id and agent_exists(hass, engine)
        await assist_pipeline.async_update_pipeline(
            hass,
            pipeline,
            conversation_engine=engine if known else conversation.HOME_ASSISTANT_AGENT,
        )
