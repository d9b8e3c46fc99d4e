"""The actions of imports, through Home Assistant's own call of them."""

import asyncio
import json
from pathlib import Path
import traceback
from typing import Any
from unittest.mock import Mock, patch

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers.recorder import DATA_INSTANCE
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.databases import FreshDatabase
from tests.ha.actions import Call
from tests.memory.plans import create, lines

pytestmark = pytest.mark.newest_only

FACT = "The spare fuses are in the blue tin"


@pytest.fixture
def plan(database: FreshDatabase) -> FreshDatabase:
    """Give a database of the plan with one fact and one row that is broken."""
    plan = create(database)
    plan.execute(
        f"INSERT INTO knowledge (content) VALUES ('{FACT}');"
        "INSERT INTO training_data (input_text, output_text, feedback_score) VALUES ('a', 'b', 6)"
    )
    return plan


@pytest.fixture
def folder(hass: HomeAssistant) -> Path:
    """Give the folder of imports."""
    folder = Path(hass.config.path("ai_memory", "imports"))
    folder.mkdir(parents=True)
    return folder


def read_report(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


async def test_database(
    hass: HomeAssistant,
    call: Call,
    people: dict[str, Context],
    plan: FreshDatabase,
    folder: Path,
) -> None:
    dry = await call("import_from_database", dsn=plan.dsn, dry_run=True)
    assert dry["tables"]["knowledge"]["taken"] == 1
    assert not (await call("list_memories"))["memories"]
    done = await call(
        "import_from_database", people["anna"], dsn=plan.dsn, person="person.bert"
    )
    assert done["verified"]
    assert done["owner"] == "person.bert"
    assert done["failed"] == [
        {
            "table": "training_data",
            "id": "1",
            "reason": "out_of_range",
            "column": "feedback_score",
        }
    ]
    [memory] = (await call("list_memories", people["bert"]))["memories"]
    assert (memory["content"], memory["owner"]) == (FACT, "person.bert")
    assert not (await call("list_memories", people["guest"]))["memories"]
    report = read_report(folder, done["report"])
    assert report["failed"] == done["failed"]
    plan.execute("UPDATE training_data SET feedback_score = 5")
    with pytest.raises(ServiceValidationError) as failure:
        # What was Bert's does not become the household's.
        await call("import_from_database", dsn=plan.dsn, retry_failed=done["report"])
    assert failure.value.translation_key == "import_report_of_another_owner"
    again = await call(
        "import_from_database",
        dsn=plan.dsn,
        person="person.bert",
        retry_failed=done["report"],
    )
    assert again["tables"]["training_data"]["added"] == 1


async def test_ways_to_name_a_database(
    hass: HomeAssistant, call: Call, plan: FreshDatabase, folder: Path
) -> None:
    (folder / "source.txt").write_text(f"{plan.dsn}\n")
    fields = {key: value for key, value in plan.fields.items() if key != "tls"}
    for way in ({"dsn_file": "source.txt"}, {**fields, "schema": "public"}):
        done = await call("import_from_database", **way, dry_run=True)
        assert done["tables"]["knowledge"]["rows"] == 1
    recorder = Mock(db_url=plan.dsn)
    with patch.dict(hass.data, {DATA_INSTANCE: recorder}):
        done = await call("import_from_database", from_recorder=True)
        assert done["tables"]["knowledge"]["added"] == 1
        recorder.db_url = "sqlite:///home-assistant_v2.db"
        with pytest.raises(ServiceValidationError) as failure:
            await call("import_from_database", from_recorder=True)
    assert failure.value.translation_key == "import_recorder_elsewhere"


async def test_password_is_nowhere(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    call: Call,
    loaded_entry: MockConfigEntry,
    plan: FreshDatabase,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = await call("import_from_database", dsn=plan.dsn)
    shown: list[object] = [
        done,
        read_report(folder, done["report"]),
        await call("import_state"),
    ]
    for dsn in (
        plan.dsn.replace("/plan", "/nowhere"),
        f"{plan.dsn}?sslmode=perhaps",
        f"{plan.dsn}#x",
    ):
        with pytest.raises(ServiceValidationError) as failure:
            await call("import_from_database", dsn=dsn)
        shown += [str(failure.value), await call("import_state")]
    password = plan.server.password
    # The one field taken for the other.
    for given in (plan.dsn, f"host=db user=u password={password}", password):
        for action, field in (
            ("import_from_database", {"dsn_file": given}),
            ("import_from_file", {"file_name": given}),
            ("import_from_database", {"dsn": plan.dsn, "retry_failed": given}),
        ):
            with pytest.raises(ServiceValidationError) as failure:
                await call(action, **field)
            assert failure.value.translation_key in {
                "import_file_unknown",
                "import_report_unknown",
            }
            shown.append("".join(traceback.format_exception(failure.value)))
            shown.append(await call("import_state"))
    shown.append(
        await get_diagnostics_for_config_entry(hass, hass_client, loaded_entry)
    )
    # Of the events of calls, which hold all that is given, nobody but Home Assistant is the master.
    text = f"{shown} " + "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("custom_components", "asyncpg"))
    )
    assert plan.server.password not in text
    assert done["place"].endswith("/plan")


async def test_file(
    hass: HomeAssistant, call: Call, folder: Path, tmp_path: Path
) -> None:
    await hass.config.async_set_time_zone("Asia/Tokyo")
    fact = {"content": FACT, "tags": ["tin"], "created_at": "2025-01-01T09:00:00"}
    lines(folder / "facts.jsonl", fact, b"{")
    outside = lines(tmp_path / "facts.jsonl", {"content": "Somewhere else"})
    done = await call("import_from_file", file_name="facts.jsonl")
    assert done["failed"] == [{"table": "unknown", "line": 2, "reason": "no_json"}]
    [memory] = (await call("list_memories"))["memories"]
    assert memory["created_at"] == "2025-01-01T00:00:00+00:00"
    with pytest.raises(ServiceValidationError) as failure:
        await call("import_from_file", file_name=str(outside))
    assert failure.value.translation_key == "import_file_not_allowed"
    (folder / "link.jsonl").symlink_to(outside)
    with pytest.raises(ServiceValidationError) as failure:
        await call("import_from_file", file_name="link.jsonl")
    assert failure.value.translation_key == "import_file_not_allowed"
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    done = await call("import_from_file", file_name=str(outside))
    assert done["tables"]["knowledge"]["added"] == 1


async def test_files_that_are_none(call: Call, folder: Path) -> None:
    (folder / "empty.jsonl").touch()
    for name, key in (
        ("", "import_file_unknown"),
        (".", "import_file_unknown"),
        ("none.jsonl", "import_file_unknown"),
        ("empty.jsonl", "import_file_empty"),
    ):
        with pytest.raises(ServiceValidationError) as failure:
            await call("import_from_file", file_name=name)
        assert failure.value.translation_key == key
        assert str(failure.value)


async def test_alias_of_what_the_home_does_not_have(
    hass: HomeAssistant, call: Call, folder: Path
) -> None:
    hass.states.async_set("light.here", "on")
    lines(
        folder / "aliases.jsonl",
        *(
            {
                "table": "preferences",
                "key": f"entity_alias.{name}",
                "value": {"entity_id": f"light.{name}"},
            }
            for name in ("here", "nothere")
        ),
    )
    done = await call("import_from_file", file_name="aliases.jsonl")
    assert done["failed"] == [
        {
            "table": "preferences",
            "line": 2,
            "reason": "invalid_alias",
            "column": "value",
        }
    ]
    [alias] = (await call("list_aliases"))["aliases"]
    assert alias["phrase"] == "here"


async def test_in_the_background(hass: HomeAssistant, call: Call, folder: Path) -> None:
    assert (await call("import_state"))["state"] == "idle"
    lines(
        folder / "facts.jsonl",
        *({"content": f"Fact number {number}"} for number in range(1500)),
    )
    began = await call("import_from_file", file_name="facts.jsonl", background=True)
    assert began["state"] == "running"
    with pytest.raises(ServiceValidationError) as failure:
        await call("import_from_file", file_name="facts.jsonl")
    assert failure.value.translation_key == "import_running"
    await call("stop_import")
    while (state := await call("import_state"))["state"] == "running":
        await asyncio.sleep(0.01)
    assert state["state"] == "stopped"
    with pytest.raises(ServiceValidationError) as failure:
        await call("stop_import")
    assert failure.value.translation_key == "import_not_running"
    done = await call("import_from_file", file_name="facts.jsonl")
    assert done["verified"]
    assert (await call("import_state"))["state"] == "done"


async def test_nothing_is_left_of_a_move_that_was_killed(
    hass: HomeAssistant, call: Call, folder: Path
) -> None:
    """It holds all that was said, and every backup would."""
    left = folder / "moving-1234.zip"
    left.write_text("everything that was said")
    [entry] = hass.config_entries.async_entries("ai_memory")
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert not left.exists()


async def test_only_administrators(
    call: Call, people: dict[str, Context], plan: FreshDatabase
) -> None:
    for service, data in (
        ("import_from_database", {"dsn": plan.dsn}),
        ("import_from_database", {"dsn": plan.dsn, "person": "person.bert"}),
        ("import_from_file", {"file_name": "facts.jsonl"}),
        ("import_state", {}),
        ("stop_import", {}),
    ):
        with pytest.raises(Unauthorized):
            await call(service, people["bert"], **data)


_BAD_SOURCES: list[tuple[dict[str, Any], str]] = [
    ({}, "import_one_source"),
    ({"dsn": "postgresql://a@b/c", "host": "b"}, "import_one_source"),
    ({"host": "b"}, "connection_incomplete"),
    ({"dsn": "mysql://a@b/c"}, "dsn_invalid"),
    ({"dsn_file": "none.txt"}, "import_file_unknown"),
    ({"dsn_file": "../secrets.txt"}, "import_file_unknown"),
    ({"dsn_file": ""}, "import_one_source"),
    ({"dsn_file": "empty.txt"}, "import_dsn_file_empty"),
    ({"dsn_file": "below.txt"}, "import_dsn_file_empty"),
    ({"dsn_file": "words.txt"}, "dsn_invalid"),
    ({"dsn": "postgresql://a@127.0.0.1:99999/c"}, "connection_invalid"),
    ({"dsn": "postgresql://a@127.0.0.1:1/c"}, "import_source_unreachable"),
    ({"dsn": "postgresql://a@b/c", "schema": ""}, "text_empty"),
    ({"dsn": "postgresql://a@b/c", "person": "person.carl"}, "person_unknown"),
]


async def test_bad_sources(call: Call, folder: Path) -> None:
    (folder.parent / "secrets.txt").write_text("postgresql://a@b/c")
    for name, text in (
        ("empty.txt", ""),
        ("below.txt", "\npostgresql://a@b/c"),
        ("words.txt", "the new server"),
    ):
        (folder / name).write_text(text)
    for data, key in _BAD_SOURCES:
        with pytest.raises(ServiceValidationError) as failure:
            await call("import_from_database", **data)
        assert failure.value.translation_key == key
        # The texts have no placeholder that is not given.
        assert str(failure.value)


async def test_wrong_types(call: Call) -> None:
    for data in (
        {"dsn": ["a"]},
        {"host": "a", "port": 70_000},
        {"host": "a", "port": 1.5},
        {"dsn": "a", "tls": "perhaps"},
        {"dsn": "a", "people": {"Anna": "light.kitchen"}},
        {"dsn": "a", "dry_run": "perhaps"},
        {"dsn": "a", "more": 1},
    ):
        with pytest.raises(probatio.Invalid):
            await call("import_from_database", **data)
