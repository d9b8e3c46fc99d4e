"""Secrets are not stored, whatever way they come, and it is told that there was one."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.ai_memory.models import CacheVerdict
from tests.databases import FreshDatabase
from tests.ha.actions import Call
from tests.ha.keeper import Memory
from tests.traces import tables_with

pytestmark = pytest.mark.newest_only


@pytest.mark.parametrize(
    ("service", "data"),
    [
        ("remember", {"content": "The alarm code is 4711"}),
        ("remember", {"content": "Wi-Fi", "source": "password: hunter2!"}),
        ("set_preference", {"key": "wifi.password", "value": "hunter2!"}),
        ("set_preference", {"key": "home.note", "value": {"a": "my PIN is 4711"}}),
    ],
)
async def test_on_purpose_is_refused(
    call: Call, database: FreshDatabase, service: str, data: dict[str, object]
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await call(service, **data)
    assert caught.value.translation_key == "secret_not_stored"
    assert "4711" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    for secret in ("4711", "hunter2"):
        assert tables_with(database, secret) == {}
    [dropped] = (await call("list_dropped_secrets"))["dropped"]
    assert dropped["owner"] == "household"
    assert dropped["kind"] in ("pin", "code", "password")


async def test_in_passing_is_masked(
    hass: HomeAssistant, memory: Memory, database: FreshDatabase
) -> None:
    await memory.say("By the way, the alarm code is 4711", user="anna")
    [turn] = await memory.rows("SELECT * FROM turns")
    assert turn["text"] == "By the way, the alarm code is •••"
    assert turn["cache"] != CacheVerdict.STORED
    assert tables_with(database, "4711") == {}
    [dropped] = await memory.rows("SELECT * FROM dropped_secrets")
    assert (dropped["owner"], dropped["source"]) == ("person:anna", "turn")
    assert dropped["turn_id"] == turn["id"]
