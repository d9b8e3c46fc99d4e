"""Satellites of the demo house, which hear text.

The way from the microphone on is Home Assistant's own: the "sound" is the text, a
speech-to-text engine of ours writes it down, the pipeline goes on from there. So a turn
has no user, but a device and a satellite, as with a satellite on the shelf.
"""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
import probatio

from .assist_satellite import DemoSatellite

DOMAIN = "demo_satellite"
PLATFORMS = (Platform.ASSIST_SATELLITE, Platform.STT)

type DemoSatelliteConfigEntry = ConfigEntry[dict[str, DemoSatellite]]

CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Make the entry on the first start."""
    websocket_api.async_register_command(hass, websocket_say)
    if not hass.config_entries.async_entries(DOMAIN):
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_IMPORT}, data={}
            )
        )
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: DemoSatelliteConfigEntry
) -> bool:
    """Set up the satellites and their ears."""
    entry.runtime_data = {}
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: DemoSatelliteConfigEntry
) -> bool:
    """Unload."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        probatio.Required("type"): "demo_satellite/say",
        probatio.Required("entity_id"): cv.entity_id,
        probatio.Required("text"): str,
        probatio.Optional("conversation_id"): probatio.Any(str, None),
    }
)
@websocket_api.async_response
async def websocket_say(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Let a satellite hear a text; send the events of its pipeline."""
    entries: list[DemoSatelliteConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    satellite = entries[0].runtime_data.get(msg["entity_id"]) if entries else None
    if satellite is None:
        connection.send_error(
            msg["id"], websocket_api.ERR_NOT_FOUND, f"No satellite {msg['entity_id']}"
        )
        return

    @callback
    def send(event: Any) -> None:
        connection.send_event(msg["id"], event)

    connection.send_result(msg["id"])
    await satellite.async_hear(msg["text"], msg.get("conversation_id"), send)
