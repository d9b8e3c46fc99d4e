"""The options: which turns are saved, who speaks where, and how long things are kept."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_NAME, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import (
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from .const import (
    CONF_AUDIT_DAYS,
    CONF_BIN_DAYS,
    CONF_CACHE_LIMIT,
    CONF_CACHE_MINUTES,
    CONF_CAPTURE,
    CONF_CLAIMANTS,
    CONF_DEVICES,
    CONF_PERSON,
    CONF_SATELLITES,
    CONF_TURNS_DAYS,
    CaptureMode,
)
from .entry_data import retention_fields
from .identity import Identity, registered_persons
from .options_documents import DocumentSteps

TURNS_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_CAPTURE, default=CaptureMode.ALL): SelectSelector(
            SelectSelectorConfig(
                options=list(CaptureMode),
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_CAPTURE,
            )
        )
    }
)

SATELLITES_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(CONF_SATELLITES, default=list): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(
                    domain=Platform.ASSIST_SATELLITE
                ),
                multiple=True,
            )
        ),
        probatio.Optional(CONF_DEVICES, default=list): DeviceSelector(
            DeviceSelectorConfig(multiple=True)
        ),
    }
)


def _number(minimum: int, maximum: int, unit: str | None = None) -> NumberSelector:
    config = NumberSelectorConfig(
        min=minimum, max=maximum, step=1, mode=NumberSelectorMode.BOX
    )
    if unit:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


RETENTION_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_TURNS_DAYS): _number(0, 36500, "d"),
        probatio.Required(CONF_AUDIT_DAYS): _number(0, 36500, "d"),
        probatio.Required(CONF_BIN_DAYS): _number(1, 365, "d"),
        probatio.Required(CONF_CACHE_MINUTES): _number(1, 10080, "min"),
        probatio.Required(CONF_CACHE_LIMIT): _number(1, 100000),
    }
)


class AiMemoryOptionsFlow(DocumentSteps):
    """Changes the options, one page at a time."""

    _person: str
    """The id of the person whose satellites are asked for."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to change."""
        return self.async_show_menu(
            step_id="init",
            menu_options=[
                "add_document",
                "summaries",
                "turns",
                "satellites",
                "claims",
                "retention",
            ],
        )

    async def async_step_turns(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which turns are saved."""
        if user_input is not None:
            return self._save(user_input)
        return self.async_show_form(
            step_id="turns",
            data_schema=self.add_suggested_values_to_schema(
                TURNS_SCHEMA, self.config_entry.options
            ),
        )

    async def async_step_satellites(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a person; each is shown with what is theirs."""
        if user_input is not None:
            self._person = user_input[CONF_PERSON]
            return await self.async_step_satellites_of_person()
        if not (persons := self._persons()):
            return self.async_abort(reason="no_persons")
        return self.async_show_form(
            step_id="satellites",
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_PERSON): _select(
                        {
                            person: ": ".join(
                                filter(None, (name, ", ".join(self._things(person))))
                            )
                            for person, name in persons.items()
                        }
                    )
                }
            ),
            last_step=False,
        )

    async def async_step_satellites_of_person(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the satellites and devices of the person."""
        errors: dict[str, str] = {}
        satellites = self._owners(CONF_SATELLITES)
        devices = self._owners(CONF_DEVICES)
        if user_input is None:
            shown = {
                CONF_SATELLITES: [
                    entity_id
                    for reference, person in satellites.items()
                    if person == self._person
                    and (entity_id := self._entity_id(reference))
                ],
                CONF_DEVICES: [
                    device_id
                    for device_id, person in devices.items()
                    if person == self._person
                    and dr.async_get(self.hass).async_get(device_id)
                ],
            }
        else:
            shown = user_input
            others = [
                {
                    ref: person
                    for ref, person in owners.items()
                    if person != self._person
                }
                for owners in (satellites, devices)
            ]
            errors = _place_errors(self.hass, user_input, *others)
            if not errors:
                chosen = [_reference(self.hass, i) for i in shown[CONF_SATELLITES]]
                return self._save(
                    {
                        CONF_SATELLITES: others[0]
                        | dict.fromkeys(chosen, self._person),
                        CONF_DEVICES: others[1]
                        | dict.fromkeys(shown[CONF_DEVICES], self._person),
                    }
                )
        return self.async_show_form(
            step_id="satellites_of_person",
            data_schema=self.add_suggested_values_to_schema(SATELLITES_SCHEMA, shown),
            errors=errors,
            description_placeholders={CONF_NAME: self._persons()[self._person]},
        )

    async def async_step_claims(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask who may say who they are."""
        if user_input is not None:
            return self._save(user_input)
        if not (persons := self._persons()):
            return self.async_abort(reason="no_persons")
        chosen = self.config_entry.options.get(CONF_CLAIMANTS, [])
        return self.async_show_form(
            step_id="claims",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Optional(CONF_CLAIMANTS, default=list): _select(
                            persons, multiple=True
                        )
                    }
                ),
                {CONF_CLAIMANTS: [person for person in chosen if person in persons]},
            ),
        )

    async def async_step_retention(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how long things are kept."""
        if user_input is not None:
            return self._save({key: int(value) for key, value in user_input.items()})
        return self.async_show_form(
            step_id="retention",
            data_schema=self.add_suggested_values_to_schema(
                RETENTION_SCHEMA, retention_fields(self.config_entry.options)
            ),
        )

    @callback
    def _save(self, changes: Mapping[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(data={**self.config_entry.options, **changes})

    @callback
    def _persons(self) -> dict[str, str]:
        """Return the names of all persons by their ids."""
        return {
            person_id: name
            for name, scope in Identity(self.hass).persons()
            if (person_id := scope.person_id)
        }

    @callback
    def _owners(self, key: str) -> dict[str, str]:
        """Return whose satellites or devices are, without those of persons who are gone."""
        persons = registered_persons(self.hass)
        return {
            reference: person
            for reference, person in self.config_entry.options.get(key, {}).items()
            if person in persons
        }

    @callback
    def _things(self, person: str) -> list[str]:
        """Return the names of the satellites and devices of a person."""
        names = []
        for reference, owner in self._owners(CONF_SATELLITES).items():
            if owner == person and (entity_id := self._entity_id(reference)):
                state = self.hass.states.get(entity_id)
                names.append(state.name if state else entity_id)
        for device_id, owner in self._owners(CONF_DEVICES).items():
            if owner == person and (
                device := dr.async_get(self.hass).async_get(device_id)
            ):
                names.append(device.name_by_user or device.name or device_id)
        return names

    @callback
    def _entity_id(self, reference: str) -> str | None:
        return er.async_resolve_entity_id(er.async_get(self.hass), reference)


def _select(names: Mapping[str, str], *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in names.items()
            ],
            multiple=multiple,
            mode=SelectSelectorMode.LIST,
        )
    )


@callback
def _reference(hass: HomeAssistant, entity_id: str) -> str:
    """Return the id of an entity that stays when it is renamed, where it has one."""
    entity = er.async_get(hass).async_get(entity_id)
    return entity.id if entity else entity_id


@callback
def _place_errors(
    hass: HomeAssistant,
    chosen: Mapping[str, list[str]],
    other_satellites: Mapping[str, str],
    other_devices: Mapping[str, str],
) -> dict[str, str]:
    """Return what is wrong with the satellites and devices of a person; `other_...` are those of other persons."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    errors = {}
    for entity_id in chosen[CONF_SATELLITES]:
        entity = entities.async_get(entity_id)
        if (entity is None and hass.states.get(entity_id) is None) or (
            (entity.entity_id if entity else entity_id).partition(".")[0]
            != Platform.ASSIST_SATELLITE
        ):
            errors[CONF_SATELLITES] = "satellite_unknown"
        elif _reference(hass, entity_id) in other_satellites or (
            entity and entity.device_id in other_devices
        ):
            errors[CONF_SATELLITES] = "satellite_taken"
    for device_id in chosen[CONF_DEVICES]:
        if devices.async_get(device_id) is None:
            errors[CONF_DEVICES] = "device_unknown"
        elif device_id in other_devices or any(
            entity.id in other_satellites
            for entity in er.async_entries_for_device(entities, device_id)
        ):
            errors[CONF_DEVICES] = "device_taken"
    return errors
