"""What we know of the home: its names and its commands."""

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.commands import async_sample_commands
from custom_components.ai_memory.models import Alias, TargetKind
from custom_components.ai_memory.names import HomeNames


def alias(kind: TargetKind, target: str) -> Alias:
    """Return an alias of the household."""
    return Alias("household", "my thing", kind, target)


def expose(hass: HomeAssistant, entity_id: str, name: str) -> None:
    """Add a thing that Assist knows."""
    hass.states.async_set(entity_id, "off", {"friendly_name": name})
    async_expose_entity(hass, conversation.DOMAIN, entity_id, True)


async def test_names_follow_the_home(hass: HomeAssistant) -> None:
    names = HomeNames(hass)
    unlisten = names.async_listen()
    assert not names.named_in("turn on the desk lamp")

    expose(hass, "light.desk", "Desk lamp")
    await hass.async_block_till_done()
    assert names.named_in("turn on the DESK LAMP")
    assert names.entities == ["Desk lamp"]

    area = ar.async_get(hass).async_create("Wintergarten")
    await hass.async_block_till_done()
    assert names.named_in("wie warm ist es im Wintergarten")
    assert names.areas == ["Wintergarten"]

    async_expose_entity(hass, conversation.DOMAIN, "light.desk", False)
    ar.async_get(hass).async_delete(area.id)
    await hass.async_block_till_done()
    assert names.entities == []
    assert names.areas == []
    unlisten()


async def test_name_of_an_alias(hass: HomeAssistant) -> None:
    names = HomeNames(hass)
    expose(hass, "light.desk", "Desk lamp")
    area = ar.async_get(hass).async_create("Office")

    assert names.name_of(alias(TargetKind.ENTITY, "light.desk")) == "Desk lamp"
    assert names.name_of(alias(TargetKind.AREA, area.id)) == "Office"
    assert names.name_of(alias(TargetKind.ENTITY, "light.gone")) is None
    assert names.name_of(alias(TargetKind.AREA, "gone")) is None
    assert names.name_of(alias(TargetKind.DEVICE, "gone")) is None
    assert names.knows(TargetKind.ENTITY, "light.desk")
    assert names.knows(TargetKind.AREA, area.id)
    assert not names.knows(TargetKind.ENTITY, "light.gone")
    assert not names.knows(TargetKind.AREA, "gone")
    assert not names.knows(TargetKind.DEVICE, "gone")


async def test_shared_name_gives_way_to_one_of_its_own(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    entity = registry.async_get_or_create(
        "light", "test", "1", config_entry=entry, original_name="Ceiling"
    )
    registry.async_update_entity(
        entity.entity_id, aliases=[er.COMPUTED_NAME, "Office ceiling"]
    )
    expose(hass, entity.entity_id, "Ceiling")
    expose(hass, "light.other", "Ceiling")
    names = HomeNames(hass)

    found = names.name_of(alias(TargetKind.ENTITY, entity.entity_id))

    assert found == "Office ceiling"


@pytest.mark.parametrize("language", ["en", "de-DE", "pl", "fr", "ja"])
async def test_commands_are_home_assistants_own(
    hass: HomeAssistant, language: str
) -> None:
    expose(hass, "light.desk", "Desk lamp")
    ar.async_get(hass).async_create("Office")
    names = HomeNames(hass)

    commands = await async_sample_commands(hass, names, language, 100)
    again = await async_sample_commands(hass, names, language, 100)

    assert commands == again
    assert len(set(commands)) == len(commands) > 50
    assert any("Desk lamp" in command for command in commands)


async def test_language_without_sentences_has_no_commands(hass: HomeAssistant) -> None:
    assert await async_sample_commands(hass, HomeNames(hass), "tlh", 10) == []
