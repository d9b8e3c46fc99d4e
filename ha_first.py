"""A pytest plugin that has to come first: it fits the test package to Home Assistant 2026.11.

Home Assistant has to be imported before another plugin imports httpx. And the newest
test package was made for 2026.10 and looks for one helper where it was then.
To be dropped when a test package for 2026.11 is out.
"""

from homeassistant.components import logger
from homeassistant.components.logger import helpers

_HELPER = "_clear_logger_overwrites"

if not hasattr(logger, _HELPER):
    setattr(logger, _HELPER, getattr(helpers, _HELPER))
