"""The archive's actions, through Home Assistant's own call of them."""

from collections.abc import Awaitable, Callable
import json
from pathlib import Path
from typing import Any
import zipfile

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.ai_memory.const import DOMAIN
from tests.databases import FreshDatabase

pytestmark = pytest.mark.newest_only

BINS = "The bins are collected on Tuesday."
GIFT = "The gift for Bert is hidden in the attic."

type Call = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def people(hass: HomeAssistant, home: None) -> dict[str, Context]:
    """Give Anna, who administers, and Bert, who does not, as contexts of calls."""
    users = {
        "anna": MockUser(is_owner=True).add_to_hass(hass),
        "bert": MockUser().add_to_hass(hass),
    }
    assert await async_setup_component(
        hass,
        "person",
        {
            "person": [
                {"id": f"id_of_{name}", "name": name.title(), "user_id": user.id}
                for name, user in users.items()
            ]
        },
    )
    await hass.async_block_till_done()
    return {name: Context(user_id=user.id) for name, user in users.items()}


@pytest.fixture
def call(
    hass: HomeAssistant, people: dict[str, Context], loaded_entry: MockConfigEntry
) -> Call:
    """Give what calls an action, as Anna if nobody else, and returns its response."""

    async def call(service: str, by: str = "anna", **data: Any) -> dict[str, Any]:
        response = await hass.services.async_call(
            DOMAIN,
            service,
            data,
            blocking=True,
            return_response=True,
            context=people[by],
        )
        json_bytes(response)
        assert isinstance(response, dict)
        return response

    return call


@pytest.fixture
async def exported(hass: HomeAssistant, call: Call) -> dict[str, Any]:
    """Give the response of an export of a memory of the household, one of Anna's and a preference."""
    await call("remember", content=BINS)
    await call("remember", content=GIFT, private=True)
    await call("set_preference", key="light.colour", value="warm")
    return await call("export_all")


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        found: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return found


def size_of(path: Path) -> int:
    return path.stat().st_size


def empty(database: FreshDatabase) -> None:
    for table in ("memories", "preferences", "collections"):
        database.execute(f"DELETE FROM ai_memory.{table}")


async def test_export_and_import(
    hass: HomeAssistant, call: Call, exported: dict[str, Any], database: FreshDatabase
) -> None:
    path = Path(hass.config.path(exported["path"]))
    assert path.parent == Path(hass.config.config_dir, "ai_memory", "exports")
    assert path.name == exported["file_name"]
    assert size_of(path) == exported["bytes"]
    assert exported["rows"]["memories"] == 2
    assert manifest_of(path)["owners"] == [
        {"owner": "household", "name": None},
        {"owner": "person:id_of_anna", "name": "Anna"},
    ]
    empty(database)
    counted = await call("import_all", file_name=path.name, dry_run=True)
    assert not (await call("list_memories"))["memories"]
    imported = await call("import_all", file_name=path.name)
    assert counted == imported | {"dry_run": True}
    assert imported["removed"] == 0
    assert imported["owners"] == {
        "household": "household",
        "id_of_anna": "person.anna",
    }
    assert imported["added"] == {
        "feedback": 0,
        "turns": 0,
        "conversations": 0,
        "memories": 2,
        "documents": 0,
        "preferences": 1,
    }
    memories = (await call("list_memories"))["memories"]
    assert {(memory["content"], memory["owner"]) for memory in memories} == {
        (BINS, "household"),
        (GIFT, "person.anna"),
    }
    assert [
        m["content"] for m in (await call("list_memories", "bert"))["memories"]
    ] == [BINS]


async def test_anna_becomes_bert(
    call: Call, exported: dict[str, Any], database: FreshDatabase
) -> None:
    empty(database)
    imported = await call(
        "import_all", file_name=exported["file_name"], people={"Anna": "person.bert"}
    )
    assert imported["owners"]["id_of_anna"] == "person.bert"
    memories = (await call("list_memories", "bert"))["memories"]
    assert {memory["content"] for memory in memories} == {BINS, GIFT}
    with pytest.raises(ServiceValidationError) as failure:
        await call(
            "import_all",
            file_name=exported["file_name"],
            people={"Carl": "person.bert"},
        )
    assert failure.value.translation_key == "archive_person_unknown"
    with pytest.raises(ServiceValidationError) as failure:
        await call(
            "import_all",
            file_name=exported["file_name"],
            people={"Anna": "person.nobody"},
        )
    assert failure.value.translation_key == "person_unknown"


async def test_overwrite(call: Call, exported: dict[str, Any]) -> None:
    await call("set_preference", key="light.colour", value="cold")
    for overwrite, value in ((False, "cold"), (True, "warm")):
        await call("import_all", file_name=exported["file_name"], overwrite=overwrite)
        found = await call("get_preference", key="light.colour")
        assert found["preference"]["value"] == value


async def test_only_one_person(
    hass: HomeAssistant, call: Call, exported: dict[str, Any]
) -> None:
    own = await call("export_all", person="person.anna", file_name="anna.zip")
    assert own["path"] == "ai_memory/exports/anna.zip"
    assert own["rows"]["memories"] == 1
    assert own["rows"]["preferences"] == 0
    with pytest.raises(ServiceValidationError) as failure:
        await call("export_all", file_name="anna.zip")
    assert failure.value.translation_key == "archive_file_exists"


async def test_only_administrators(call: Call, exported: dict[str, Any]) -> None:
    for service, data in (
        ("export_all", {}),
        ("export_all", {"person": "person.bert"}),
        ("import_all", {"file_name": exported["file_name"]}),
        ("import_all", {"file_name": "none.zip", "dry_run": True}),
    ):
        with pytest.raises(Unauthorized):
            await call(service, "bert", **data)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"file_name": "none.zip"}, "archive_file_unknown"),
        ({"file_name": "../secrets.zip"}, "archive_file_name_invalid"),
        ({"file_name": "/etc/passwd"}, "archive_file_name_invalid"),
        ({"file_name": "text.zip"}, "archive_unreadable"),
        ({"file_name": "link.zip"}, "archive_unreadable"),
    ],
)
async def test_bad_files(
    hass: HomeAssistant,
    call: Call,
    exported: dict[str, Any],
    data: dict[str, Any],
    key: str,
) -> None:
    folder = Path(hass.config.path("ai_memory", "exports"))
    (folder / "text.zip").write_text("no zip" * 100)
    (folder / "link.zip").symlink_to(folder / exported["file_name"])
    with pytest.raises(ServiceValidationError) as failure:
        await call("import_all", **data)
    assert failure.value.translation_key == key
    # The texts have no placeholder that is not given.
    assert str(failure.value)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"file_name": ["a.zip"]},
        {"file_name": "a.zip", "people": {"Anna": "light.kitchen"}},
        {"file_name": "a.zip", "people": "Anna"},
        {"file_name": "a.zip", "overwrite": "perhaps"},
        {"file_name": "a.zip", "more": 1},
    ],
)
async def test_wrong_types(call: Call, data: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        await call("import_all", **data)
