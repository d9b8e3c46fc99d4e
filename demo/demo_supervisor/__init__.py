"""Takes what an app tells of its services, where there is no Supervisor.

What comes of a message is Home Assistant's own: it is handed on as the `hassio` integration does.
"""

import asyncio
from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.config_entries import SOURCE_HASSIO
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, discovery_flow
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.typing import ConfigType
import probatio

DOMAIN: Final = "demo_supervisor"
HASSIO: Final = "hassio"

CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the command."""
    websocket_api.async_register_command(hass, websocket_discover)
    return True


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        probatio.Required("type"): "demo_supervisor/discover",
        probatio.Required("service"): str,
        probatio.Required("config"): dict,
        probatio.Required("uuid"): str,
        probatio.Required("name"): str,
        probatio.Required("slug"): str,
    }
)
@websocket_api.async_response
async def websocket_discover(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Discover a service; answer when its flow has shown a step or ended."""
    before = asyncio.all_tasks()
    discovery_flow.async_create_flow(
        hass,
        msg["service"],
        context={"source": SOURCE_HASSIO},
        data=HassioServiceInfo(
            config=msg["config"] | {"addon": msg["name"]},
            name=msg["name"],
            slug=msg["slug"],
            uuid=msg["uuid"],
        ),
        discovery_key=discovery_flow.DiscoveryKey(
            domain=HASSIO, key=msg["uuid"], version=1
        ),
    )
    if begun := asyncio.all_tasks() - before:
        await asyncio.wait(begun)
    connection.send_result(msg["id"])
