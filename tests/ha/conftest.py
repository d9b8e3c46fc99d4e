"""A Home Assistant with Assist and AI Memory in it."""

from collections.abc import Generator
from unittest.mock import patch

from homeassistant.components import assist_pipeline
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.const import DOMAIN
from tests.databases import FreshDatabase
from tests.ha.actions import call, people
from tests.ha.agents import BUILT_IN
from tests.ha.keeper import house, local_memory, memory, model_agent

__all__ = ["call", "house", "local_memory", "memory", "model_agent", "people"]


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Keep what Home Assistant writes to a folder of the test."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
def few_commands() -> Generator[None]:
    """Measure relevance against a few commands: making hundreds takes seconds a test.

    The real ones are in test_home.py and in the end-to-end tests.
    """
    commands = [
        f"{do} the {thing}"
        for do in ("turn on", "turn off", "dim")
        for thing in ("kitchen light", "bedroom lamp", "heater", "fan", "blinds")
    ]
    with patch(
        "custom_components.ai_memory.async_sample_commands", return_value=commands
    ):
        yield


@pytest.fixture(autouse=True)
async def home(
    hass: HomeAssistant, enable_custom_integrations: None, socket_enabled: None
) -> None:
    """Set up what every test needs."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})


@pytest.fixture
async def pipeline(hass: HomeAssistant, home: None) -> str:
    """Give the id of the preferred pipeline, whose agent is Home Assistant's own."""
    assert await async_setup_component(hass, "assist_pipeline", {})
    [pipeline] = assist_pipeline.async_get_pipelines(hass)
    assert pipeline.conversation_engine == BUILT_IN
    return pipeline.id


@pytest.fixture
async def entry(
    hass: HomeAssistant, home: None, database: FreshDatabase
) -> MockConfigEntry:
    """Give an entry on a fresh database, without embedder and agents, not set up yet."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="AI Memory",
        unique_id=database.settings.place,
        data={**database.fields, "embedder": {"provider": "none"}},
        options={"capture": "all"},
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def loaded_entry(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Give the entry, set up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry
