"""The forms of the config flow, and what they can suggest."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from homeassistant.const import (
    CONF_API_KEY,
    CONF_HOST,
    CONF_MODEL,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_URL,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import DATA_INSTANCE
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from .const import CONF_DATABASE, CONF_DIMENSIONS, CONF_DSN, CONF_TLS
from .embedding.vectors import MAX_DIMENSIONS, MIN_DIMENSIONS
from .postgres.settings import DEFAULT_PORT, TlsMode

PASSWORD_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)

DATABASE_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_HOST): TextSelector(),
        probatio.Required(CONF_PORT, default=DEFAULT_PORT): NumberSelector(
            NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)
        ),
        probatio.Required(CONF_DATABASE): TextSelector(),
        probatio.Required(CONF_USERNAME): TextSelector(),
        probatio.Optional(CONF_PASSWORD): PASSWORD_SELECTOR,
        probatio.Required(CONF_TLS, default=TlsMode.PREFER): SelectSelector(
            SelectSelectorConfig(
                options=list(TlsMode),
                mode=SelectSelectorMode.DROPDOWN,
                translation_key=CONF_TLS,
            )
        ),
    }
)

DSN_SCHEMA: Final = probatio.Schema({probatio.Required(CONF_DSN): TextSelector()})

PASSWORD_SCHEMA: Final = probatio.Schema(
    {probatio.Optional(CONF_PASSWORD): PASSWORD_SELECTOR}
)

EMBEDDER_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL)
        ),
        probatio.Optional(CONF_API_KEY): PASSWORD_SELECTOR,
    }
)

DISCOVERY_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_HOST): str,
        probatio.Required(CONF_PORT): probatio.Coerce(int),
        probatio.Required(CONF_DATABASE): str,
        probatio.Required(CONF_USERNAME): str,
        probatio.Required(CONF_PASSWORD): str,
        probatio.Required("instance_id"): probatio.All(str, probatio.Length(min=1)),
    },
    extra=probatio.REMOVE_EXTRA,
)

# Parts of the names of models that embed. Servers list those that chat beside them.
_EMBEDDING_NAMES: Final = ("embed", "minilm", "bge-", "gte-", "e5-")


def model_selector(models: list[str]) -> SelectSelector:
    """Return what asks for one of a server's models, those that embed first."""
    return SelectSelector(
        SelectSelectorConfig(
            options=sorted(models, key=lambda name: not embeds(name)),
            mode=SelectSelectorMode.DROPDOWN,
            custom_value=True,
        )
    )


def model_schema(models: list[str]) -> probatio.Schema:
    """Return the form that asks for a model, and how long its vectors shall be."""
    return probatio.Schema(
        {
            probatio.Required(CONF_MODEL): model_selector(models),
            probatio.Optional(CONF_DIMENSIONS): NumberSelector(
                NumberSelectorConfig(
                    min=MIN_DIMENSIONS,
                    max=MAX_DIMENSIONS,
                    step=1,
                    mode=NumberSelectorMode.BOX,
                )
            ),
        }
    )


def embeds(model: str) -> bool:
    """Return whether a model embeds, to go by its name."""
    return any(part in model.lower() for part in _EMBEDDING_NAMES)


def without_password(dsn: str) -> str:
    """Return a DSN as it may be shown, nothing of what cannot be taken apart."""
    try:
        parts = urlsplit(dsn)
        query = [
            pair for pair in parse_qsl(parts.query) if not pair[0].endswith("password")
        ]
    except ValueError:
        return ""
    user, at, hosts = parts.netloc.rpartition("@")
    return urlunsplit(
        parts._replace(
            netloc=f"{user.partition(':')[0]}{at}{hosts}", query=urlencode(query)
        )
    )


@callback
def recorder_connection(hass: HomeAssistant) -> dict[str, Any]:
    """Return how the recorder reaches its PostgreSQL, nothing where it has none."""
    if (recorder := hass.data.get(DATA_INSTANCE)) is None:
        return {}
    try:
        url = make_url(recorder.db_url)
    except ArgumentError:
        return {}
    if url.get_backend_name() != "postgresql" or not url.host:
        return {}
    tls = url.query.get("sslmode")
    return {
        CONF_HOST: url.host,
        CONF_PORT: url.port or DEFAULT_PORT,
        CONF_DATABASE: url.database or "",
        CONF_USERNAME: url.username or "",
        CONF_PASSWORD: url.password or "",
        CONF_TLS: tls if tls in list(TlsMode) else TlsMode.PREFER,
    }


@callback
def ollama_server(hass: HomeAssistant) -> dict[str, Any]:
    """Return the server of Home Assistant's own Ollama integration, nothing without it."""
    for entry in hass.config_entries.async_entries(
        "ollama", include_ignore=False, include_disabled=False
    ):
        return {
            CONF_URL: entry.data[CONF_URL],
            CONF_API_KEY: entry.data.get(CONF_API_KEY, ""),
        }
    return {}


def public(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be sent back to a form."""
    return {
        key: value
        for key, value in data.items()
        if key not in (CONF_PASSWORD, CONF_API_KEY)
    }
