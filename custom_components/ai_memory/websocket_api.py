"""The websocket commands: every operation as `ai_memory/<name>`, and a subscription to changes."""

from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import (
    BASE_COMMAND_MESSAGE_SCHEMA,
    ActiveConnection,
)
from homeassistant.components.websocket_api.const import WebSocketCommandHandler
from homeassistant.const import ATTR_ID, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import probatio

from .const import DOMAIN, SIGNAL_CHANGE
from .models import Change
from .operations import OPERATIONS
from .operations.fields import owner_name
from .operations.operation import Operation, async_caller, async_perform

SUBSCRIBE: Final = f"{DOMAIN}/subscribe"


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    for operation in OPERATIONS.values():
        command = f"{DOMAIN}/{operation.name}"
        websocket_api.async_register_command(
            hass,
            command,
            _handler(operation),
            BASE_COMMAND_MESSAGE_SCHEMA.extend(
                {probatio.Required(CONF_TYPE): command, **operation.schema.schema}
            ),
        )
    websocket_api.async_register_command(hass, _async_subscribe)


def _handler(operation: Operation) -> WebSocketCommandHandler:
    @websocket_api.async_response
    async def handle(
        hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
    ) -> None:
        """Perform the operation for the user of the connection."""
        caller = await async_caller(hass, connection.context(msg), "websocket")
        data = {
            key: value for key, value in msg.items() if key not in (ATTR_ID, CONF_TYPE)
        }
        connection.send_result(
            msg[ATTR_ID], await async_perform(operation, caller, data)
        )

    return handle


@websocket_api.websocket_command({probatio.Required(CONF_TYPE): SUBSCRIBE})
@websocket_api.async_response
async def _async_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell of changes to what the user may see, without their text."""
    caller = await async_caller(hass, connection.context(msg), "websocket")

    @callback
    def tell(change: Change) -> None:
        if change.owner in caller.scope.owners:
            connection.send_event(
                msg[ATTR_ID],
                {
                    "subject": change.subject,
                    "verb": change.verb,
                    "owner": owner_name(hass, change.owner),
                    "ids": list(change.ids),
                },
            )

    connection.subscriptions[msg[ATTR_ID]] = async_dispatcher_connect(
        hass, SIGNAL_CHANGE, tell
    )
    connection.send_result(msg[ATTR_ID])
