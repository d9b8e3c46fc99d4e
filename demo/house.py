"""The demo house: its configuration directory, and its areas once it runs."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from .client import HassClient

REPOSITORY: Final = Path(__file__).parents[1]
CUSTOM_COMPONENTS: Final = (
    REPOSITORY / "custom_components" / "ai_memory",
    REPOSITORY / "demo" / "demo_satellite",
    REPOSITORY / "demo" / "demo_supervisor",
)
AREAS: Final = ("Office", "Kitchen", "Living Room", "Bedroom")

OFFICE_LIGHT: Final = "light.office_main"


class Thing(NamedTuple):
    """An entity of the house: id, name and the area it is in."""

    entity_id: str
    name: str
    area: str

    @property
    def object_id(self) -> str:
        """The part of the entity id behind the dot."""
        return self.entity_id.partition(".")[2]


LIGHTS: Final = (
    Thing(OFFICE_LIGHT, "Office main light", "Office"),
    Thing("light.office_desk", "Desk lamp", "Office"),
    Thing("light.kitchen_ceiling", "Kitchen ceiling light", "Kitchen"),
    Thing("light.living_room_floor", "Floor lamp", "Living Room"),
    Thing("light.living_room_ceiling", "Living room ceiling light", "Living Room"),
    Thing("light.bedroom_bedside", "Bedside lamp", "Bedroom"),
)
COVERS: Final = (
    Thing("cover.living_room_blinds", "Living room blinds", "Living Room"),
    Thing("cover.bedroom_blinds", "Bedroom blinds", "Bedroom"),
)
SWITCHES: Final = (Thing("switch.coffee_machine", "Coffee machine", "Kitchen"),)
# A generic thermostat makes its entity id from its name.
THERMOSTATS: Final = {
    Thing("climate.office_heating", "Office heating", "Office"): (
        "sensor.office_temperature"
    ),
    Thing("climate.living_room_heating", "Living room heating", "Living Room"): (
        "sensor.living_room_temperature"
    ),
}
# Degrees Celsius; `input_number.<object id>` changes them.
TEMPERATURES: Final = {
    Thing("sensor.office_temperature", "Office temperature", "Office"): 20.5,
    Thing("sensor.kitchen_temperature", "Kitchen temperature", "Kitchen"): 21.5,
    Thing("sensor.living_room_temperature", "Living room temperature", "Living Room"): (
        22.0
    ),
    Thing("sensor.bedroom_temperature", "Bedroom temperature", "Bedroom"): 18.5,
}
# A sentence that an automation listens for.
GOOD_NIGHT: Final = "good night dear house"
SCRIPT: Final = Thing("script.movie_night", "Movie night", "Living Room")


def write_config(
    config_dir: Path, port: int, *, log_level: str = "info", recorder: bool = True
) -> None:
    """Write the configuration directory for `hass`; what hass keeps there stays.

    `log_level` is that of our integration. The integration is linked, not copied.
    """
    storage = config_dir / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    # JSON is YAML.
    (config_dir / "configuration.yaml").write_text(
        json.dumps(_configuration(log_level, recorder=recorder), indent=2)
    )
    _write_http(storage, port)
    if not (storage / "onboarding").exists():
        # The step "core_config" would add services of the internet to the house.
        _write_store(storage, "onboarding", 4, 1, {"done": ["core_config"]})
    components = config_dir / "custom_components"
    components.mkdir(exist_ok=True)
    for source in CUSTOM_COMPONENTS:
        link = components / source.name
        if link.is_symlink() and link.readlink() != source:
            link.unlink()
        if not link.is_symlink():
            link.symlink_to(source)


async def furnish(client: HassClient) -> None:
    """Make the areas and put every entity in its own; harmless when repeated."""
    areas = {
        area["name"]: area["area_id"]
        for area in await client.call("config/area_registry/list")
    }
    for name in AREAS:
        if name not in areas:
            made = await client.call("config/area_registry/create", name=name)
            areas[name] = made["area_id"]
    placed = {
        entry["entity_id"]: entry["area_id"]
        for entry in await client.call("config/entity_registry/list")
    }
    for thing in (*LIGHTS, *COVERS, *SWITCHES, *THERMOSTATS, *TEMPERATURES, SCRIPT):
        if placed.get(thing.entity_id) != areas[thing.area]:
            await client.call(
                "config/entity_registry/update",
                entity_id=thing.entity_id,
                area_id=areas[thing.area],
            )


def _write_store(
    storage: Path, key: str, version: int, minor_version: int, data: dict[str, Any]
) -> None:
    """Write a file as Home Assistant's `Store` does."""
    (storage / key).write_text(
        json.dumps(
            {
                "version": version,
                "minor_version": minor_version,
                "key": key,
                "data": data,
            }
        )
    )


def _write_http(storage: Path, port: int) -> None:
    """Choose address and port; in YAML they would have to be confirmed by hand.

    Version 2.2 is what Home Assistant 2026.10 writes; 2026.11 migrates it.
    """
    stable = {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    _write_store(
        storage,
        "http",
        2,
        2,
        {"stable": stable, "pending": None, "yaml_migration_done": True},
    )


def _configuration(log_level: str, *, recorder: bool) -> dict[str, Any]:
    configuration: dict[str, Any] = {
        "homeassistant": {
            "name": "Demo house",
            "latitude": 52.52,
            "longitude": 13.4,
            "elevation": 34,
            "unit_system": "metric",
            "time_zone": "Europe/Berlin",
            "country": "DE",
            "currency": "EUR",
            "language": "en",
        },
        "frontend": {},
        "config": {},
        "api": {},
        "conversation": {},
        "assist_pipeline": {},
        "person": [],
        "demo_satellite": {},
        "demo_supervisor": {},
        "logger": {
            "default": "warning",
            "logs": {"custom_components.ai_memory": log_level},
        },
        "input_boolean": {
            thing.object_id: {"name": f"{thing.name} relay"}
            for thing in (*LIGHTS, *SWITCHES, *THERMOSTATS)
        },
        "input_number": {
            **{
                thing.object_id: _number(f"{thing.name} level", 0, 255, 255, 1)
                for thing in LIGHTS
            },
            **{
                thing.object_id: _number(f"{thing.name} position", 0, 100, 100, 1)
                for thing in COVERS
            },
            **{
                thing.object_id: _number(f"{thing.name} set by hand", -30, 50, start)
                for thing, start in TEMPERATURES.items()
            },
        },
        "template": [
            {"light": [_light(thing) for thing in LIGHTS]},
            {"cover": [_cover(thing) for thing in COVERS]},
            {"switch": [_switch(thing) for thing in SWITCHES]},
            {"sensor": [_temperature(thing) for thing in TEMPERATURES]},
        ],
        "climate": [
            _thermostat(thing, sensor) for thing, sensor in THERMOSTATS.items()
        ],
        "script": {
            SCRIPT.object_id: {
                "alias": SCRIPT.name,
                "description": "Dims the living room and closes its blinds.",
                "sequence": [
                    _action("cover.close_cover", "cover.living_room_blinds"),
                    _action("light.turn_off", "light.living_room_ceiling"),
                    _action("light.turn_on", "light.living_room_floor", brightness=60),
                ],
            }
        },
    }
    configuration["automation"] = [
        {
            "id": "good_night",
            "alias": "Good night",
            "triggers": [{"trigger": "conversation", "command": [GOOD_NIGHT]}],
            "actions": [{"set_conversation_response": "Sleep well."}],
        }
    ]
    if recorder:
        configuration |= {"recorder": {}, "history": {}, "logbook": {}}
    return configuration


def _number(
    name: str, low: float, high: float, start: float, step: float = 0.1
) -> dict[str, Any]:
    return {"name": name, "min": low, "max": high, "step": step, "initial": start}


def _action(action: str, entity_id: str, **data: object) -> dict[str, Any]:
    return {"action": action, "target": {"entity_id": entity_id}, "data": data}


def _common(thing: Thing) -> dict[str, Any]:
    return {
        "name": thing.name,
        "unique_id": thing.object_id,
        "default_entity_id": thing.entity_id,
    }


def _light(thing: Thing) -> dict[str, Any]:
    relay, level = f"input_boolean.{thing.object_id}", f"input_number.{thing.object_id}"
    return {
        **_common(thing),
        "state": f"{{{{ is_state('{relay}', 'on') }}}}",
        "level": f"{{{{ states('{level}') | int(255) }}}}",
        "turn_on": _action("input_boolean.turn_on", relay),
        "turn_off": _action("input_boolean.turn_off", relay),
        "set_level": [
            _action("input_number.set_value", level, value="{{ brightness }}"),
            _action("input_boolean.turn_on", relay),
        ],
    }


def _cover(thing: Thing) -> dict[str, Any]:
    place = f"input_number.{thing.object_id}"
    return {
        **_common(thing),
        "device_class": "blind",
        "position": f"{{{{ states('{place}') | int(100) }}}}",
        "open_cover": _action("input_number.set_value", place, value=100),
        "close_cover": _action("input_number.set_value", place, value=0),
        "set_cover_position": _action(
            "input_number.set_value", place, value="{{ position }}"
        ),
    }


def _switch(thing: Thing) -> dict[str, Any]:
    relay = f"input_boolean.{thing.object_id}"
    return {
        **_common(thing),
        "state": f"{{{{ is_state('{relay}', 'on') }}}}",
        "turn_on": _action("input_boolean.turn_on", relay),
        "turn_off": _action("input_boolean.turn_off", relay),
    }


def _temperature(thing: Thing) -> dict[str, Any]:
    return {
        **_common(thing),
        "state": f"{{{{ states('input_number.{thing.object_id}') | float }}}}",
        "device_class": "temperature",
        "state_class": "measurement",
        "unit_of_measurement": "°C",
    }


def _thermostat(thing: Thing, sensor: str) -> dict[str, Any]:
    return {
        "platform": "generic_thermostat",
        "name": thing.name,
        "unique_id": thing.object_id,
        "heater": f"input_boolean.{thing.object_id}",
        "target_sensor": sensor,
        "target_temp": 21,
        "initial_hvac_mode": "heat",
        "min_temp": 7,
        "max_temp": 30,
    }
