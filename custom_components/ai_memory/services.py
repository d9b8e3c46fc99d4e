"""The actions: what automations, scripts and people can ask of the memory."""

from functools import partial

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback

from .const import DOMAIN
from .operations import OPERATIONS
from .operations.operation import Operation, async_caller, async_perform


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every operation as an action."""
    for operation in OPERATIONS.values():
        hass.services.async_register(
            DOMAIN,
            operation.name,
            partial(_async_act, operation),
            operation.schema,
            supports_response=operation.response,
        )


async def _async_act(operation: Operation, call: ServiceCall) -> ServiceResponse:
    caller = await async_caller(call.hass, call.context, "action")
    return await async_perform(operation, caller, dict(call.data))
