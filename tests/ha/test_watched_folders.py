"""Folders that cannot be looked at, hold too much, or are another home's."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.documents.folder import list_folder
from custom_components.ai_memory.memory import watched_folder
from custom_components.ai_memory.models import HOUSEHOLD, Scope
from tests.databases import FreshDatabase
from tests.documents_support import folder
from tests.engine import running, settled as engine_settled
from tests.ha.folders import BOILER, add_folder, settled, write

pytestmark = pytest.mark.newest_only

ANNA, BERT = Scope.person("id_of_anna"), Scope.person("id_of_bert")
ASKED = "What does fault code F28 mean?"


async def is_found(entry: MockConfigEntry, scope: Scope | None = None) -> bool:
    memories = entry.runtime_data.service.memories
    return bool(await memories.recall(scope or Scope.household(), ASKED))


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, folder_id: str, **answers: Any
) -> dict[str, Any]:
    """Fill the form of a folder that is there already."""
    subentries = hass.config_entries.subentries
    menu: Any = await entry.start_subentry_reconfigure_flow(hass, folder_id)
    form: Any = await subentries.async_configure(
        menu["flow_id"], {"next_step_id": "change"}
    )
    result = await subentries.async_configure(
        form["flow_id"], {"name": "Docs", "collection": "documents", **answers}
    )
    await hass.async_block_till_done()
    return dict(result)


async def test_folder_that_is_away_becomes_one_persons(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, people: dict[str, Context]
) -> None:
    """From then on what was read from it is answered to nobody else."""
    docs = write(hass, "docs/boiler.md").parent
    folder_id = await add_folder(hass, loaded_entry, "docs", "Docs")
    docs.rename(docs.with_name("away"))
    result = await change(
        hass, loaded_entry, folder_id, path=hass.config.path("other"), person=HOUSEHOLD
    )
    assert result["errors"] == {"path": "folder_unknown"}
    result = await change(
        hass, loaded_entry, folder_id, path=str(docs), person=ANNA.owner
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert loaded_entry.subentries[folder_id].data["path"] == str(docs)
    await settled(hass, loaded_entry)
    assert not await is_found(loaded_entry)
    assert not await is_found(loaded_entry, BERT)
    assert await is_found(loaded_entry, ANNA)


async def test_folder_with_too_many_files(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    docs = write(hass, "docs/a.md").parent
    write(hass, "docs/b.md", "# Washer\n\nOpen the door.")
    with patch.object(
        watched_folder,
        "list_folder",
        side_effect=lambda path, **options: list_folder(path, most=1, **options),
    ):
        folder_id = await add_folder(hass, loaded_entry, "docs", "Docs")
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"folder_failed_{folder_id}")
    assert issue
    assert issue.translation_placeholders
    assert "20,000" in issue.translation_placeholders["reason"]
    assert issue.translation_placeholders["path"] == str(docs)
    assert await is_found(loaded_entry)
    loaded_entry.runtime_data.service.folders.sync()
    await settled(hass, loaded_entry)
    assert not ir.async_get(hass).async_get_issue(DOMAIN, issue.issue_id)


@pytest.mark.parametrize("way", ["sync", "files are back"])
async def test_folder_below_emptied_while_nobody_looked(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, way: str
) -> None:
    docs = write(hass, "docs/washer.md", "# Washer\n\nOpen the door.").parent
    boiler = write(hass, "docs/heating/boiler.md")
    folder_id = await add_folder(hass, loaded_entry, "docs", "Docs")
    issue_id = f"folder_failed_{folder_id}"
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    boiler.unlink()
    await hass.config_entries.async_setup(loaded_entry.entry_id)
    await settled(hass, loaded_entry)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue
    placeholders = dict(issue.translation_placeholders or {})
    assert placeholders.pop("reason").startswith("A folder in it is empty")
    assert placeholders == {"name": "Docs", "path": str(docs)}
    assert await is_found(loaded_entry)

    folders = loaded_entry.runtime_data.service.folders
    if way == "sync":
        folders.sync()
    else:
        boiler.write_text(BOILER)
        folders.look_again([folder_id])
    await settled(hass, loaded_entry)
    assert not ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert await is_found(loaded_entry) is (way == "files are back")


async def test_folders_of_another_home(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase, tmp_path: Path
) -> None:
    """Two may use one database; what the other one watches is not ours to let go."""
    (tmp_path / "boiler.md").write_text(BOILER)
    theirs = [folder(tmp_path)]
    async with running(database.settings, folders=theirs) as service:
        await engine_settled(service)
        assert await hass.config_entries.async_setup(entry.entry_id)
        write(hass, "docs/washer.md", "# Washer\n\nOpen the door.")
        folder_id = await add_folder(hass, entry, "docs", "Docs")
        await hass.async_block_till_done(wait_background_tasks=True)
        assert await is_found(entry)
        hass.config_entries.async_remove_subentry(entry, folder_id)
        await settled(hass, entry)
        await hass.async_block_till_done(wait_background_tasks=True)
        [document] = await service.documents.list(Scope.household())
        assert document.title == "Boiler"


async def test_entry_that_is_set_up_anew(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The folders of before went with it."""
    write(hass, "docs/boiler.md")
    await add_folder(hass, loaded_entry, "docs", "Docs")
    assert await is_found(loaded_entry)
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    entry = MockConfigEntry(
        domain=DOMAIN, data=dict(loaded_entry.data), options={"capture": "all"}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not await is_found(entry)
    await add_folder(hass, entry, "docs", "Docs")
    assert await is_found(entry)
