"""The steps that ask for the database."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_USERNAME
import probatio

from .const import CONF_DATABASE, CONF_DSN, CONF_TLS
from .errors import AiMemoryError
from .flow_checks import async_check_database, form_errors
from .flow_schemas import (
    DATABASE_SCHEMA,
    DSN_SCHEMA,
    public,
    recorder_connection,
    without_password,
)


class DatabaseSteps(ConfigFlow, ABC):
    """From fields or a DSN to a connection that works."""

    @abstractmethod
    async def _async_connected(
        self, data: dict[str, Any], place: str
    ) -> ConfigFlowResult:
        """Go on with a connection that was tried; `place` is where it leads."""

    async def async_step_database(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the database, field by field."""
        return await self._async_fields_step(
            "database", recorder_connection(self.hass), user_input
        )

    async def async_step_reconfigure_database(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the database anew, field by field."""
        return await self._async_fields_step(
            "reconfigure_database", self._get_reconfigure_entry().data, user_input
        )

    async def async_step_dsn(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the DSN of the database."""
        return await self._async_dsn_step(CONF_DSN, "", user_input)

    async def async_step_reconfigure_dsn(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the DSN of the database anew."""
        known = self._get_reconfigure_entry().data.get(CONF_DSN, "")
        return await self._async_dsn_step("reconfigure_dsn", known, user_input)

    async def _async_fields_step(
        self, step_id: str, known: Mapping[str, Any], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the fields; `known` is suggested, its password used for the same host and user."""
        data = None
        if user_input is not None:
            data = {
                CONF_HOST: user_input[CONF_HOST].strip(),
                CONF_PORT: int(user_input[CONF_PORT]),
                CONF_DATABASE: user_input[CONF_DATABASE].strip(),
                CONF_USERNAME: user_input[CONF_USERNAME].strip(),
                CONF_PASSWORD: user_input.get(CONF_PASSWORD, ""),
                CONF_TLS: user_input[CONF_TLS],
            }
            if not data[CONF_PASSWORD] and all(
                data[key] == known.get(key) for key in (CONF_HOST, CONF_USERNAME)
            ):
                data[CONF_PASSWORD] = known.get(CONF_PASSWORD, "")
        return await self._async_connection_step(
            step_id, DATABASE_SCHEMA, known if user_input is None else user_input, data
        )

    async def _async_dsn_step(
        self, step_id: str, known: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the DSN; `known` is suggested without its password, and meant by just that."""
        shown, data = without_password(known), None
        if user_input is not None:
            dsn = user_input[CONF_DSN].strip()
            data = {CONF_DSN: known if dsn == shown else dsn}
            shown = without_password(dsn)
        return await self._async_connection_step(
            step_id, DSN_SCHEMA, {CONF_DSN: shown}, data
        )

    async def _async_connection_step(
        self,
        step_id: str,
        schema: probatio.Schema,
        shown: Mapping[str, Any],
        data: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        """Try a connection, or show the form for it."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if data is not None:
            try:
                settings = await async_check_database(data)
            except AiMemoryError as err:
                errors = form_errors(err, data)
                placeholders = err.placeholders
            else:
                return await self._async_connected(data, settings.place)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, public(shown)),
            errors=errors,
            description_placeholders=placeholders,
        )
