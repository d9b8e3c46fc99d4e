"""The options, page by page."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.entry_data import retention_from_options
from custom_components.ai_memory.memory.retention import Retention
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Scope
from tests.ha.test_identity import Places

KEPT = {
    "turns_days": 0,
    "audit_days": 90,
    "bin_days": 30,
    "cache_minutes": 60,
    "cache_limit": 1000,
}


@pytest.fixture
async def people(hass: HomeAssistant, home: None) -> None:
    """Add two persons."""
    assert await async_setup_component(
        hass,
        "person",
        {"person": [{"id": name, "name": name.title()} for name in ("anna", "ben")]},
    )


@pytest.fixture
async def places(hass: HomeAssistant, people: None) -> Places:
    return Places(hass)


async def page(
    hass: HomeAssistant, entry: MockConfigEntry, name: str
) -> ConfigFlowResult:
    """Open a page of the options."""
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == [
        "add_document",
        "summaries",
        "turns",
        "satellites",
        "claims",
        "retention",
    ]
    return await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": name}
    )


async def fill(
    hass: HomeAssistant, form: ConfigFlowResult, answers: Mapping[str, Any]
) -> ConfigFlowResult:
    return await hass.config_entries.options.async_configure(
        form["flow_id"], dict(answers)
    )


async def save(
    hass: HomeAssistant, form: ConfigFlowResult, answers: Mapping[str, Any]
) -> None:
    """Fill in the last form."""
    result = await fill(hass, form, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


def shown(form: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form suggests."""
    assert form["type"] is FlowResultType.FORM
    assert form["data_schema"]
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }


def labels(form: ConfigFlowResult, field: str) -> dict[str, str]:
    """Return what can be chosen in a field."""
    assert form["data_schema"]
    selector = form["data_schema"].schema[field]
    return {option["value"]: option["label"] for option in selector.config["options"]}


async def of_person(
    hass: HomeAssistant, entry: MockConfigEntry, person: str
) -> ConfigFlowResult:
    """Open the page of the satellites of a person."""
    form = await page(hass, entry, "satellites")
    assert form["step_id"] == "satellites"
    form = await fill(hass, form, {"person": person})
    assert form["step_id"] == "satellites_of_person"
    assert form["description_placeholders"] == {"name": person.title()}
    return form


async def test_turns(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> None:
    service = loaded_entry.runtime_data.service
    form = await page(hass, loaded_entry, "turns")
    assert shown(form) == {"capture": "all"}
    with pytest.raises(InvalidData):
        await fill(hass, form, {"capture": "everything"})
    await save(hass, form, {"capture": "own"})
    assert loaded_entry.options == {"capture": "own"}
    assert loaded_entry.runtime_data.service is not service


async def test_retention(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> None:
    form = await page(hass, loaded_entry, "retention")
    assert shown(form) == KEPT
    for wrong in ({"bin_days": 0}, {"turns_days": -1}, {"cache_limit": "many"}):
        with pytest.raises(InvalidData):
            await fill(hass, form, KEPT | wrong)
    changed = {
        "turns_days": 365.0,
        "audit_days": 0,
        "bin_days": 7.0,
        "cache_minutes": 5,
        "cache_limit": 20,
    }
    await save(hass, form, changed)
    assert loaded_entry.options == {"capture": "all", **changed}
    assert all(isinstance(loaded_entry.options[key], int) for key in changed)
    assert shown(await page(hass, loaded_entry, "retention")) == changed
    assert retention_from_options(loaded_entry.options) == Retention(
        turns_days=365,
        audit_days=None,
        bin_days=7,
        cache_lifetime=timedelta(minutes=5),
        cache_limit=20,
    )
    assert retention_from_options({}) == Retention()


@pytest.mark.parametrize("name", ["satellites", "claims"])
async def test_home_without_persons(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, name: str
) -> None:
    result = await page(hass, loaded_entry, name)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_persons"


async def test_claims(
    hass: HomeAssistant, people: None, loaded_entry: MockConfigEntry
) -> None:
    form = await page(hass, loaded_entry, "claims")
    assert labels(form, "claimants") == {"anna": "Anna", "ben": "Ben"}
    assert shown(form) == {"claimants": []}
    with pytest.raises(InvalidData):
        await fill(hass, form, {"claimants": ["eve"]})
    await save(hass, form, {"claimants": ["ben"]})
    assert loaded_entry.options == {"capture": "all", "claimants": ["ben"]}
    assert loaded_entry.runtime_data.identity.claimable() == [
        ("Ben", Scope.person("ben"))
    ]

    er.async_get(hass).async_remove("person.ben")
    await hass.async_block_till_done()
    form = await page(hass, loaded_entry, "claims")
    assert shown(form) == {"claimants": []}
    await save(hass, form, {})
    assert loaded_entry.options["claimants"] == []


async def test_satellites(
    hass: HomeAssistant, places: Places, loaded_entry: MockConfigEntry
) -> None:
    bedroom, phone = places.bedroom["satellite_id"], places.phone["device_id"]
    form = await page(hass, loaded_entry, "satellites")
    assert labels(form, "person") == {"anna": "Anna", "ben": "Ben"}
    with pytest.raises(InvalidData):
        await fill(hass, form, {"person": "eve"})

    form = await of_person(hass, loaded_entry, "anna")
    assert shown(form) == {"satellites": [], "devices": []}
    await save(hass, form, {"satellites": [bedroom], "devices": [phone]})
    assert loaded_entry.options == {
        "capture": "all",
        "satellites": {places.reference(places.bedroom): "anna"},
        "devices": {phone: "anna"},
    }

    form = await page(hass, loaded_entry, "satellites")
    assert labels(form, "person") == {
        "anna": "Anna: assist_satellite.bedroom, phone",
        "ben": "Ben",
    }
    hass.states.async_set(str(bedroom), "idle", {"friendly_name": "Bedroom"})
    dr.async_get(hass).async_update_device(str(phone), name_by_user="Anna's phone")
    form = await page(hass, loaded_entry, "satellites")
    assert labels(form, "person")["anna"] == "Anna: Bedroom, Anna's phone"

    form = await of_person(hass, loaded_entry, "anna")
    assert shown(form) == {"satellites": [bedroom], "devices": [phone]}
    await save(hass, form, {"satellites": [places.kitchen["satellite_id"]]})
    assert loaded_entry.options["satellites"] == {
        places.reference(places.kitchen): "anna"
    }
    assert loaded_entry.options["devices"] == {}


async def test_satellite_belongs_to_one_person(
    hass: HomeAssistant, places: Places, loaded_entry: MockConfigEntry
) -> None:
    """Nor does its device belong to another one. Each form can be mended."""
    bedroom, kitchen, phone = places.bedroom, places.kitchen, places.phone
    form = await of_person(hass, loaded_entry, "anna")
    await save(
        hass,
        form,
        {
            "satellites": [bedroom["satellite_id"]],
            "devices": [kitchen["device_id"], phone["device_id"]],
        },
    )
    form = await of_person(hass, loaded_entry, "ben")
    for answers, errors in (
        ({"satellites": [bedroom["satellite_id"]]}, {"satellites": "satellite_taken"}),
        ({"satellites": [kitchen["satellite_id"]]}, {"satellites": "satellite_taken"}),
        ({"devices": [phone["device_id"]]}, {"devices": "device_taken"}),
        ({"devices": [bedroom["device_id"]]}, {"devices": "device_taken"}),
        ({"satellites": ["person.anna"]}, {"satellites": "satellite_unknown"}),
        (
            {"satellites": ["assist_satellite.gone"], "devices": ["gone"]},
            {"satellites": "satellite_unknown", "devices": "device_unknown"},
        ),
    ):
        form = await fill(hass, form, answers)
        assert form["errors"] == errors
        assert shown(form) == {"satellites": [], "devices": [], **answers}
    attic = places.satellite("attic")
    hass.states.async_set("assist_satellite.own", "idle")
    await save(
        hass,
        form,
        {
            "satellites": [attic["satellite_id"], "assist_satellite.own"],
            "devices": [attic["device_id"]],
        },
    )
    assert loaded_entry.options["satellites"] == {
        places.reference(bedroom): "anna",
        places.reference(attic): "ben",
        "assist_satellite.own": "ben",
    }
    assert loaded_entry.options["devices"] == {
        kitchen["device_id"]: "anna",
        phone["device_id"]: "anna",
        attic["device_id"]: "ben",
    }


async def test_satellites_of_those_who_are_gone(
    hass: HomeAssistant, places: Places, loaded_entry: MockConfigEntry
) -> None:
    """A person who is gone holds nothing back; what is gone is not shown."""
    form = await of_person(hass, loaded_entry, "anna")
    await save(
        hass,
        form,
        {
            "satellites": [
                places.bedroom["satellite_id"],
                places.kitchen["satellite_id"],
            ],
            "devices": [places.phone["device_id"]],
        },
    )
    er.async_get(hass).async_remove(str(places.kitchen["satellite_id"]))
    dr.async_get(hass).async_remove_device(str(places.phone["device_id"]))
    form = await of_person(hass, loaded_entry, "anna")
    assert shown(form) == {
        "satellites": [places.bedroom["satellite_id"]],
        "devices": [],
    }

    er.async_get(hass).async_remove("person.anna")
    await hass.async_block_till_done()
    form = await of_person(hass, loaded_entry, "ben")
    await save(hass, form, {"satellites": [places.bedroom["satellite_id"]]})
    assert loaded_entry.options["satellites"] == {
        places.reference(places.bedroom): "ben"
    }
    assert loaded_entry.options["devices"] == {}


async def test_what_changes_while_the_entry_is_set_up_counts(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    start = MemoryService.start

    async def change_meanwhile(service: MemoryService) -> None:
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, **KEPT, "turns_days": 7}
        )
        await start(service)

    with patch.object(MemoryService, "start", change_meanwhile):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    assert entry.runtime_data.service._retention.turns_days == 7
