"""The HTTP endpoints, under Home Assistant's own authentication."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads
import probatio
from probatio.humanize import humanize_error

from .const import DOMAIN
from .operations import OPERATIONS
from .operations.feedback import async_export_lines
from .operations.operation import (
    Caller,
    Operation,
    async_caller,
    async_perform,
    translated,
)

_EXPORT: Final = "export_training_data"


@callback
def async_setup_http(hass: HomeAssistant) -> None:
    """Register the views."""
    for view in (
        MemoryAddView,
        MemorySearchView,
        PreferencesSetView,
        PreferencesGetView,
        TrainingFeedbackView,
        TrainingExportView,
        CacheStatsView,
        CacheClearView,
    ):
        hass.http.register_view(view)


class _OperationView(HomeAssistantView):
    """An endpoint that performs an operation."""

    operation: str

    @property
    def _operation(self) -> Operation:
        return OPERATIONS[self.operation]

    async def _async_perform(
        self, request: web.Request, data: dict[str, Any]
    ) -> web.StreamResponse:
        """Perform the operation for whoever asks."""
        try:
            caller = await async_caller(
                request.app[KEY_HASS], self.context(request), "http"
            )
            return await self._async_answer(
                request, caller, self._operation.schema(data)
            )
        except probatio.Invalid as err:
            return self._error(
                HTTPStatus.BAD_REQUEST, humanize_error(data, err), "invalid_format"
            )
        except ServiceValidationError as err:
            return self._error(
                HTTPStatus.BAD_REQUEST, str(err), err.translation_key or "unknown"
            )
        except Unauthorized:
            return self._error(HTTPStatus.FORBIDDEN, "Unauthorized", "unauthorized")
        except HomeAssistantError as err:
            return self._error(
                HTTPStatus.SERVICE_UNAVAILABLE,
                str(err),
                err.translation_key or "unknown",
            )

    async def _async_answer(
        self, request: web.Request, caller: Caller, data: dict[str, Any]
    ) -> web.StreamResponse:
        return self.json(await async_perform(self._operation, caller, data))

    def _error(self, status: HTTPStatus, message: str, code: str) -> web.Response:
        return self.json_message(message, status, code)

    async def _async_from_query(self, request: web.Request) -> web.StreamResponse:
        """Take the fields from the address; one that is given twice is a list."""
        return await self._async_perform(
            request,
            {
                key: values if len(values := request.query.getall(key)) > 1 else value
                for key, value in request.query.items()
                # Home Assistant's own signature of an address.
                if key != "authSig"
            },
        )

    async def _async_from_body(self, request: web.Request) -> web.StreamResponse:
        """Take the fields from a JSON object."""
        try:
            data = json_loads(await request.read())
        except JSON_DECODE_EXCEPTIONS:
            data = None
        if not isinstance(data, dict):
            return self._error(
                HTTPStatus.BAD_REQUEST, "Expected a JSON object", "invalid_format"
            )
        return await self._async_perform(request, data)


class _GetView(_OperationView):
    async def get(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        return await self._async_from_query(request)


class _PostView(_OperationView):
    async def post(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        return await self._async_from_body(request)


class MemoryAddView(_PostView):
    """Store a memory."""

    url = f"/api/{DOMAIN}/memory/add"
    name = f"api:{DOMAIN}:memory:add"
    operation = "remember"


class MemorySearchView(_GetView):
    """Search what is known."""

    url = f"/api/{DOMAIN}/memory/search"
    name = f"api:{DOMAIN}:memory:search"
    operation = "recall"


class PreferencesSetView(_PostView):
    """Set a preference."""

    url = f"/api/{DOMAIN}/preferences/set"
    name = f"api:{DOMAIN}:preferences:set"
    operation = "set_preference"


class PreferencesGetView(_GetView):
    """Return a preference."""

    url = f"/api/{DOMAIN}/preferences/get"
    name = f"api:{DOMAIN}:preferences:get"
    operation = "get_preference"


class TrainingFeedbackView(_PostView):
    """Rate a turn."""

    url = f"/api/{DOMAIN}/training/feedback"
    name = f"api:{DOMAIN}:training:feedback"
    operation = "feedback"


class TrainingExportView(_GetView):
    """Stream training data, one JSON object a line."""

    url = f"/api/{DOMAIN}/training/export"
    name = f"api:{DOMAIN}:training:export"
    operation = _EXPORT

    async def _async_answer(
        self, request: web.Request, caller: Caller, data: dict[str, Any]
    ) -> web.StreamResponse:
        lines = aiter(async_export_lines(caller, data))
        # What is wrong with the request shows before the first line: then the status still can.
        with translated():
            first = await anext(lines, None)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        if first is not None:
            await response.write(f"{first}\n".encode())
            await self._async_write(response, lines)
        await response.write_eof()
        return response

    async def _async_write(
        self, response: web.StreamResponse, lines: AsyncIterator[str]
    ) -> None:
        async for line in lines:
            await response.write(f"{line}\n".encode())


class CacheStatsView(_GetView):
    """Tell of the response cache."""

    url = f"/api/{DOMAIN}/cache/stats"
    name = f"api:{DOMAIN}:cache:stats"
    operation = "cache_stats"


class CacheClearView(_OperationView):
    """Empty the response cache."""

    url = f"/api/{DOMAIN}/cache/clear"
    name = f"api:{DOMAIN}:cache:clear"
    operation = "clear_cache"

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        return await self._async_from_query(request)
