"""The flow of the demo satellites, which asks nothing."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult


class DemoSatelliteConfigFlow(ConfigFlow, domain="demo_satellite"):
    """Makes the one entry."""

    async def async_step_import(self, import_data: dict[str, Any]) -> ConfigFlowResult:
        """Make the entry."""
        return self.async_create_entry(title="Demo satellites", data={})
