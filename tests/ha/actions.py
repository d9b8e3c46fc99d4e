"""Actions as users of Home Assistant call them."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.ai_memory.const import DOMAIN

type Call = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def people(hass: HomeAssistant, home: None) -> dict[str, Context]:
    """Give Anna, who administers, Bert, who does not, and a guest who is no person; as contexts of calls."""
    users = {
        "anna": MockUser(is_owner=True).add_to_hass(hass),
        "bert": MockUser().add_to_hass(hass),
        "guest": MockUser().add_to_hass(hass),
    }
    assert not users["bert"].is_admin
    assert await async_setup_component(
        hass,
        "person",
        {
            "person": [
                {"id": f"id_of_{name}", "name": name, "user_id": users[name].id}
                for name in ("anna", "bert")
            ]
        },
    )
    await hass.async_block_till_done()
    return {name: Context(user_id=user.id) for name, user in users.items()}


@pytest.fixture
def call(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> Call:
    """Give what calls an action and returns its response."""

    async def call(
        service: str, context: Context | None = None, **data: Any
    ) -> dict[str, Any]:
        response = await hass.services.async_call(
            DOMAIN, service, data, blocking=True, return_response=True, context=context
        )
        # What a script or an automation makes of it has to be JSON.
        json_bytes(response)
        assert isinstance(response, dict)
        return response

    return call
