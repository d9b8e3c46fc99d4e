"""The form of a folder of documents: what may be read, to whom it belongs, and what became of its files."""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory import config_flow
from custom_components.ai_memory.models import HOUSEHOLD, Scope
from tests.databases import FreshDatabase
from tests.ha.folders import add_folder, settled, write

TEXTS = json.loads(
    (Path(config_flow.__file__).parent / "translations/en.json").read_text()
)["config_subentries"]["folder"]
ANNA = Scope.person("id_of_anna")

type Result = dict[str, Any]


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    result: Any = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "folder"), context={"source": SOURCE_USER}
    )
    return dict(result)


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, folder_id: str, step: str
) -> Result:
    """Choose from the menu of a folder."""
    result: Any = await entry.start_subentry_reconfigure_flow(hass, folder_id)
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["change", "report"]
    return await fill(hass, result, next_step_id=step)


async def fill(hass: HomeAssistant, result: Result, **answers: Any) -> Result:
    after: Any = await hass.config_entries.subentries.async_configure(
        result["flow_id"], answers
    )
    await hass.async_block_till_done()
    return dict(after)


def suggested(result: Result) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }


async def test_folder_is_added_and_read(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, people: dict[str, Context]
) -> None:
    write(hass, "boiler things/manual.md")
    result = await begin(hass, loaded_entry)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    assert set(result["data_schema"].schema) == set(TEXTS["step"]["user"]["data"])
    person = result["data_schema"].schema["person"]
    assert [option["value"] for option in person.config["options"]] == [
        HOUSEHOLD,
        ANNA.owner,
        Scope.person("id_of_bert").owner,
    ]
    result = await fill(
        hass,
        result,
        name=" Boiler ",
        path=" x/../boiler things/ ",
        collection=" manuals\0",
        person=HOUSEHOLD,
        language="en",
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    [folder] = loaded_entry.get_subentries_of_type("folder")
    assert folder.title == "Boiler"
    assert folder.data == {
        "path": hass.config.path("boiler things"),
        "collection": "manuals",
        "person": HOUSEHOLD,
        "language": "en",
    }
    service = await settled(hass, loaded_entry)
    [document] = await service.documents.list(Scope.household())
    assert (document.title, document.collection) == ("Boiler", "manuals")


async def test_what_cannot_be_a_folder(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each is told at its field, nothing of what was typed is lost, and the form can be mended."""
    config, tmp_path = Path(hass.config.config_dir), tmp_path_factory.mktemp("else")
    outside, media = tmp_path / "outside", tmp_path / "media"
    for folder in (
        outside,
        config / "docs/.hidden",
        config / "ai_memory/documents",
        config / "custom_components/other",
        config / "backups",
        media / ".thumbnails",
        media / "films",
    ):
        folder.mkdir(parents=True, exist_ok=True)
    (config / ".storage").mkdir(exist_ok=True)
    write(hass, "docs/manual.md")
    odd = media / "caf\udce9"
    odd.mkdir()
    for name, target in (
        ("to_outside", outside),
        ("to_settings", config / ".storage"),
        ("to_all", config),
        ("to_nothing", config / "nothing"),
        ("to_itself", config / "to_itself"),
    ):
        (config / name).symlink_to(target)
    (media / "odd").symlink_to(odd)
    hass.config.media_dirs = {"local": str(media), "gone": str(tmp_path / "gone")}
    other = tmp_path_factory.mktemp("other")

    result = await begin(hass, loaded_entry)
    good = {"name": "Docs", "collection": "documents", "person": HOUSEHOLD}
    for problem, paths in {
        "folder_outside": (
            "",
            ".",
            "/",
            "/etc",
            "docs/../..",
            str(config),
            str(config.parent),
            str(outside),
            ".storage",
            "docs/../.storage/x",
            "ai_memory",
            "ai_memory/documents",
            "custom_components/other",
            "backups",
            "docs/.hidden",
            str(media / ".thumbnails"),
            "to_outside",
            "to_settings",
            "to_settings/..",
            "to_all",
        ),
        "folder_unknown": (
            "nothing",
            "~",
            "to_nothing",
            "to_itself",
            "docs/manual.md",
            "docs/manual.md/x",
            "a\0b",
            "a\ud800b",
            "x" * 5000,
            "x/" * 3000,
            str(media / "odd"),
            str(tmp_path / "gone"),
        ),
    }.items():
        for path in paths:
            answers = {**good, "path": path}
            result = await fill(hass, result, **answers)
            assert result["errors"] == {"path": problem}, path
            assert suggested(result) == answers
        assert TEXTS["error"][problem]
    for field, value, problem in (
        ("name", " ", "name_empty"),
        ("collection", " ", "collection_invalid"),
        ("collection", "\0", "collection_invalid"),
        ("collection", "x" * 101, "collection_invalid"),
    ):
        result = await fill(hass, result, **{**good, "path": "docs", field: value})
        assert result["errors"] == {field: problem}
        assert TEXTS["error"][problem]
    for wrong in ({"person": "person:nobody"}, {"language": 5}):
        with pytest.raises(InvalidData):
            await fill(hass, result, **{**good, "path": "docs", **wrong})
    # A folder of media around the configuration opens nothing in it.
    hass.config.media_dirs = {"local": str(media), "all": str(config.parent)}
    for path in (str(config.parent), ".storage", "ai_memory", str(config)):
        result = await fill(hass, result, **good, path=path)
        assert result["errors"] == {"path": "folder_outside"}
    assert not loaded_entry.get_subentries_of_type("folder")

    result = await fill(hass, result, **good, path=str(media / "films"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # A whole folder of media may be one.
    hass.config.media_dirs = {"local": str(other)}
    result = await fill(hass, await begin(hass, loaded_entry), **good, path=str(other))
    assert result["errors"] == {"name": "name_taken"}
    result = await fill(hass, result, **good | {"name": "More docs"}, path=str(other))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settled(hass, loaded_entry)


async def test_folder_is_changed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, people: dict[str, Context]
) -> None:
    write(hass, "docs/deep/manual.md")
    write(hass, "docs/deep/below/x.txt", "x")
    write(hass, "recipes/cake.md", "# Cake\n\nEggs, flour and sugar.")
    (Path(hass.config.config_dir) / "linked").symlink_to(hass.config.path("docs"))
    folder_id = await add_folder(hass, loaded_entry, "docs/deep", "Docs")
    other_id = await add_folder(hass, loaded_entry, "recipes", "Recipes")
    good = {"name": "X", "collection": "documents", "person": HOUSEHOLD}
    result = await begin(hass, loaded_entry)
    for path in ("docs", "docs/deep", "linked", "linked/deep", "docs/deep/below"):
        result = await fill(hass, result, **good, path=path)
        assert result["errors"] == {"path": "folder_taken"}, path
    assert TEXTS["error"]["folder_taken"]

    service = await settled(hass, loaded_entry)
    before = {d.title: d.id for d in await service.documents.list(Scope.household())}
    assert before.keys() == {"Boiler", "x", "Cake"}
    result = await reconfigure(hass, loaded_entry, folder_id, "change")
    assert set(result["data_schema"].schema) == set(TEXTS["step"]["change"]["data"])
    mine = suggested(result)
    assert mine == {
        "name": "Docs",
        "path": hass.config.path("docs/deep"),
        "collection": "documents",
        "person": HOUSEHOLD,
    }
    result = await fill(hass, result, **{**mine, "path": "recipes"})
    assert result["errors"] == {"path": "folder_taken"}
    # Its own place is not taken.
    result = await fill(
        hass,
        result,
        **{**mine, "name": "Anna's", "collection": "private", "person": ANNA.owner},
    )
    assert result["reason"] == "reconfigure_successful"
    assert loaded_entry.subentries[folder_id].title == "Anna's"

    service = await settled(hass, loaded_entry)
    assert loaded_entry.state is ConfigEntryState.LOADED
    everybodys = await service.documents.list(Scope.household())
    assert {document.title for document in everybodys} == {"Cake"}
    annas = await service.documents.list(ANNA, folder=folder_id)
    assert {d.title: d.id for d in annas} == {
        title: before[title] for title in ("Boiler", "x")
    }
    assert {(d.owner, d.collection) for d in annas} == {(ANNA.owner, "private")}
    assert await service.memories.recall(Scope.household(), "no ignition F28") == []
    assert await service.memories.recall(ANNA, "no ignition F28")

    result = await reconfigure(hass, loaded_entry, other_id, "change")
    result = await fill(hass, result, **{**suggested(result), "language": "de"})
    assert loaded_entry.subentries[other_id].data["language"] == "de"
    service = await settled(hass, loaded_entry)
    [cake] = await service.documents.list(Scope.household())
    assert cake.language == "de"

    # Emptied, it is found out anew; also where something else is changed before that is done.
    result = await reconfigure(hass, loaded_entry, other_id, "change")
    shown = suggested(result)
    del shown["language"]
    await fill(hass, result, **shown)
    emptied = loaded_entry.subentries[other_id].data
    assert "language" not in emptied
    service = await settled(hass, loaded_entry)
    [cake] = await service.documents.list(Scope.household())
    assert cake.language == "en"
    result = await reconfigure(hass, loaded_entry, other_id, "change")
    await fill(hass, result, **{**suggested(result), "name": "Cakes"})
    assert loaded_entry.subentries[other_id].data == emptied
    await settled(hass, loaded_entry)


async def test_report(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, database: FreshDatabase
) -> None:
    good = write(hass, "docs/good.md")
    write(hass, "docs/broken.pdf", b"%PDF-1.7\nnothing")
    write(hass, "docs/` **bold** [link](http:x)\n# big `.docx", b"PK nothing")
    write(hass, "docs/empty.txt", b"")
    write(hass, "docs/nothing.md", b"")
    folder_id = await add_folder(hass, loaded_entry, "docs", "Docs")

    result = await reconfigure(hass, loaded_entry, folder_id, "report")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "report")
    placeholders = result["description_placeholders"]
    lines = placeholders.pop("documents").splitlines()
    assert placeholders == {
        "state": "Up to date",
        "read": "1",
        "total": "5",
        "problem": "",
    }
    assert sorted(lines) == [
        "- `' **bold** [link](http:x) # big '.docx`: It is damaged",
        "- `broken.pdf`: It is damaged",
        "- `empty.txt`: It is empty",
        "- `nothing.md`: It is empty",
    ]
    assert TEXTS["step"]["report"]["description"].format(**placeholders, documents="")
    result = await fill(hass, result)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "report_read")

    # All of it fails.
    good.unlink()
    await hass.services.async_call("ai_memory", "sync_documents", {}, blocking=True)
    await settled(hass, loaded_entry)
    result = await reconfigure(hass, loaded_entry, folder_id, "report")
    placeholders = result["description_placeholders"]
    assert (placeholders["state"], placeholders["read"]) == ("Failed", "0")
    assert placeholders["problem"].endswith("For most the reason is: It is damaged")

    database.server.drop_database(database.name)
    result = await reconfigure(hass, loaded_entry, folder_id, "report")
    assert "database" in result["description_placeholders"]["documents"]

    await hass.config_entries.async_unload(loaded_entry.entry_id)
    result = await reconfigure(hass, loaded_entry, folder_id, "report")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")
    assert {"not_loaded", "report_read", "reconfigure_successful"} == TEXTS[
        "abort"
    ].keys()


async def test_folder_is_added_while_the_entry_is_not_loaded(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """And a long list is cut."""
    for number in range(60):
        write(hass, f"docs/{number}.docx", f"{number}")
    result = await fill(
        hass,
        await begin(hass, entry),
        name="Docs",
        path="docs",
        collection="documents",
        person=HOUSEHOLD,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    [folder_id] = entry.subentries
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(hass, entry)
    result = await reconfigure(hass, entry, folder_id, "report")
    lines = result["description_placeholders"]["documents"].splitlines()
    assert len(lines) == 51
    assert lines[-1] == "- …"

    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await reconfigure(hass, entry, folder_id, "change")
    await fill(hass, result, **{**suggested(result), "name": "Other"})
    assert entry.subentries[folder_id].title == "Other"
