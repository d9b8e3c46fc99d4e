"""Documents in Home Assistant: folders as devices, uploads, whose they are, and who summarises shelves."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiohttp import FormData
from homeassistant.components.ai_task import (
    AITaskEntity,
    AITaskEntityFeature,
    GenDataTask,
    GenDataTaskResult,
)
from homeassistant.components.conversation import AssistantContent, ChatLog
from homeassistant.components.file_upload import DOMAIN as FILE_UPLOAD, FileUploadData
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNKNOWN, Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_capture_events,
    mock_config_flow,
    mock_integration,
    mock_platform,
    setup_test_component_platform,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ai_memory import config_flow
from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.documents.formats.content import FORMATS, Limits
from custom_components.ai_memory.errors import DatabaseUnreachable
from custom_components.ai_memory.folders import async_give_folders
from custom_components.ai_memory.memory.folder_sync import FolderSync
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Document, DocumentState, Scope, SummaryBy
from custom_components.ai_memory.repairs import async_create_fix_flow
from tests.databases import FreshDatabase
from tests.ha.actions import Call
from tests.ha.folders import BOILER, add_folder, settled, write

TEXTS = json.loads(
    (Path(config_flow.__file__).parent / "translations/en.json").read_text()
)
HOUSEHOLD = Scope.household()
ANNA, BERT = Scope.person("id_of_anna"), Scope.person("id_of_bert")
ASKED = "What does fault code F28 mean?"


def state(hass: HomeAssistant, entity_id: str) -> str:
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.state


def states(hass: HomeAssistant, folder: str) -> list[str]:
    """Return state, progress, documents and how many could not be read."""
    return [
        state(hass, f"sensor.{folder}_{key}")
        for key in ("state", "progress", "documents", "not_readable")
    ]


async def press(
    hass: HomeAssistant, entry: MockConfigEntry, button: str
) -> MemoryService:
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.{button}"}, blocking=True
    )
    return await settled(hass, entry)


def issue(hass: HomeAssistant, key: str, folder_id: str) -> ir.IssueEntry | None:
    found = ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{folder_id}")
    if found:
        assert found.translation_key in (key, f"private_{key}")
        text = TEXTS["issues"][found.translation_key]
        assert not found.is_fixable
        for line in (text["title"], text["description"]):
            assert line.format(**(found.translation_placeholders or {}))
    return found


async def call_sync(hass: HomeAssistant) -> None:
    await hass.services.async_call(DOMAIN, "sync_documents", {}, blocking=True)


def mode_and_text(file: Path) -> tuple[int, str]:
    return file.stat().st_mode & 0o777, file.read_text()


async def documents(
    entry: MockConfigEntry, scope: Scope = HOUSEHOLD, **fields: Any
) -> list[Document]:
    service: MemoryService = entry.runtime_data.service
    return await service.documents.list(scope, **fields)


async def is_found(entry: MockConfigEntry, scope: Scope = HOUSEHOLD) -> bool:
    return bool(await entry.runtime_data.service.memories.recall(scope, ASKED))


# --- folders


@pytest.mark.newest_only
async def test_entities_of_a_folder(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    for name in ("boiler.md", "washer.md"):
        write(hass, f"docs/{name}", f"# {name}\n\nF28 of the {name}.")
    write(hass, "docs/broken.pdf", b"%PDF-1.7")
    changed = async_capture_events(hass, EVENT_STATE_CHANGED)
    await add_folder(hass, loaded_entry, "docs", "Docs")
    assert states(hass, "docs") == ["idle", "100", "2", "1"]
    seen = [
        event.data["new_state"].state
        for event in changed
        if event.data["entity_id"] == "sensor.docs_state"
    ]
    assert seen[-2:] == ["reading", "idle"]
    await loaded_entry.runtime_data.statistics.async_refresh()
    await hass.async_block_till_done()
    assert state(hass, "sensor.ai_memory_documents") == "2"

    await press(hass, loaded_entry, "docs_stop")
    assert state(hass, "sensor.docs_state") == "stopped"
    write(hass, "docs/dryer.md")
    # A restart looks, too; here somebody presses.
    await press(hass, loaded_entry, "docs_sync")
    assert states(hass, "docs") == ["idle", "100", "3", "1"]


@pytest.mark.newest_only
async def test_folder_that_vanishes(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """It is told, what was read stays, and it is over when the folder is back."""
    docs = write(hass, "docs/boiler.md").parent
    folder_id = await add_folder(hass, loaded_entry, "docs", "Docs")
    assert issue(hass, "folder_failed", folder_id) is None
    docs.rename(docs.with_name("away"))
    await press(hass, loaded_entry, "docs_sync")
    found = issue(hass, "folder_failed", folder_id)
    assert found
    assert found.translation_placeholders == {
        "name": "Docs",
        "path": str(docs),
        "reason": "The folder is gone, or may not be read. What was read from it stays",
    }
    assert states(hass, "docs") == ["failed", "100", "1", "0"]
    assert await is_found(loaded_entry)

    # Not what is in the folder, but what was read is kept over a restart.
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await settled(hass, loaded_entry)
    assert states(hass, "docs") == ["failed", *[STATE_UNKNOWN] * 3]
    assert issue(hass, "folder_failed", folder_id)
    assert await is_found(loaded_entry)

    docs.with_name("away").rename(docs)
    await press(hass, loaded_entry, "docs_sync")
    assert issue(hass, "folder_failed", folder_id) is None
    assert states(hass, "docs") == ["idle", "100", "1", "0"]

    with patch(
        "custom_components.ai_memory.memory.watched_folder.list_folder",
        side_effect=RuntimeError("a fault of ours"),
    ):
        await press(hass, loaded_entry, "docs_sync")
    found = issue(hass, "folder_failed", folder_id)
    assert found
    assert found.translation_placeholders
    assert "unexpected" in found.translation_placeholders["reason"]

    (docs / "boiler.md").write_bytes(b"\xff\xfe")
    # Whoever writes it may not be done yet.
    await press(hass, loaded_entry, "docs_sync")
    await press(hass, loaded_entry, "docs_sync")
    assert state(hass, "sensor.docs_state") == "failed"
    found = issue(hass, "folder_failed", folder_id)
    assert found
    assert found.translation_placeholders
    assert found.translation_placeholders["reason"].startswith("None of its documents")
    hass.config_entries.async_remove_subentry(loaded_entry, folder_id)
    await settled(hass, loaded_entry)
    assert issue(hass, "folder_failed", folder_id) is None


@pytest.mark.newest_only
async def test_removed_folder(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Its device goes, and its documents go into the bin, however it was removed; added anew, they come back."""
    ways = ("running", "stopped", "without database")
    write(hass, "other/washer.md", "# Washer\n\nOpen the door.")
    await add_folder(hass, loaded_entry, "other", "Other")
    for way in ways:
        file = write(hass, f"{way}/boiler.md", f"{BOILER} It is {way}.")
        folder_id = await add_folder(hass, loaded_entry, way, "Docs")
        [boiler] = await documents(loaded_entry, folder=folder_id)
        sensor = er.async_get(hass).async_get("sensor.docs_state")
        assert sensor
        assert sensor.device_id
        assert dr.async_get(hass).async_get(sensor.device_id)
        if way == "running":
            hass.config_entries.async_remove_subentry(loaded_entry, folder_id)
        elif way == "stopped":
            await hass.config_entries.async_unload(loaded_entry.entry_id)
            hass.config_entries.async_remove_subentry(loaded_entry, folder_id)
            await hass.config_entries.async_setup(loaded_entry.entry_id)
        else:
            with patch.object(
                FolderSync, "forget_folder", side_effect=DatabaseUnreachable
            ):
                hass.config_entries.async_remove_subentry(loaded_entry, folder_id)
                await settled(hass, loaded_entry)
                await hass.async_block_till_done(wait_background_tasks=True)
            assert await is_found(loaded_entry)
            health = loaded_entry.runtime_data.service.health
            health.failed(Part.DATABASE, DatabaseUnreachable())
            health.succeeded(Part.DATABASE)
        await settled(hass, loaded_entry)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert dr.async_get(hass).async_get(sensor.device_id) is None
        assert hass.states.get("sensor.docs_state") is None
        [rest] = await documents(loaded_entry)
        assert rest.title == "Washer"
        assert not await is_found(loaded_entry)
        gone = await documents(loaded_entry, deleted=True)
        assert boiler.id in {document.id for document in gone}
        # The file is the household's.
        assert file.read_text() == f"{BOILER} It is {way}."
    assert len(gone) == len(ways)

    await add_folder(hass, loaded_entry, ways[-1], "Docs")
    assert boiler.id in {document.id for document in await documents(loaded_entry)}
    assert await is_found(loaded_entry)
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    assert not [key for key in ir.async_get(hass).issues if key[0] == DOMAIN]


# --- whose they are


@pytest.mark.newest_only
async def test_folder_of_a_person(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    call: Call,
) -> None:
    """It is theirs alone. When the person goes, it is looked at no more, and that is told."""
    write(hass, "bert/boiler.md")
    write(hass, "house/washer.md", "# Washer\n\nOpen the door.")
    folder_id = await add_folder(
        hass, loaded_entry, "bert", "Bert's", person=BERT.owner
    )
    await add_folder(hass, loaded_entry, "house", "House")
    for scope, titles in (
        (HOUSEHOLD, {"Washer"}),
        (ANNA, {"Washer"}),
        (BERT, {"Washer", "Boiler"}),
    ):
        found = await documents(loaded_entry, scope)
        assert {document.title for document in found} == titles
        assert await is_found(loaded_entry, scope) is (scope == BERT)
    assert (await call("list_documents", people["bert"], folder="Bert's"))["documents"]

    er.async_get(hass).async_remove("person.bert")
    await settled(hass, loaded_entry)
    found_issue = issue(hass, "folder_person_gone", folder_id)
    assert found_issue
    assert found_issue.translation_key == "private_folder_person_gone"
    assert not found_issue.translation_placeholders
    write(hass, "bert/secret.md", "# Secret\n\nNobody may read this.")
    answer = await call("sync_documents")
    assert [folder["name"] for folder in answer["folders"]] == ["House"]
    with pytest.raises(ServiceValidationError) as caught:
        await call("sync_documents", folder="Bert's")
    assert caught.value.translation_key == "folder_person_gone"
    await settled(hass, loaded_entry)
    assert len(await documents(loaded_entry, BERT)) == 2
    result: Any = await loaded_entry.start_subentry_reconfigure_flow(hass, folder_id)
    report: Any = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"next_step_id": "report"}
    )
    assert "person" in report["description_placeholders"]["problem"]

    # The person comes back.
    registry = er.async_get(hass)
    registry.async_get_or_create("person", "person", "id_of_bert")
    await settled(hass, loaded_entry)
    assert issue(hass, "folder_person_gone", folder_id) is None
    assert len(await documents(loaded_entry, BERT)) == 3


@pytest.mark.newest_only
async def test_folder_of_a_person_is_shown_to_nobody_else(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, people: dict[str, Context]
) -> None:
    """Entities and issues are everybody's: there are none that tell of it, nor buttons to press on it."""

    def shown() -> set[str]:
        """Return all that Home Assistant shows that names the folder or its path."""
        return {
            str(one)
            for one in (
                *hass.states.async_all(),
                *er.async_get(hass).entities.values(),
                *dr.async_entries_for_config_entry(
                    dr.async_get(hass), loaded_entry.entry_id
                ),
                *ir.async_get(hass).issues.values(),
            )
            if any(word in str(one).casefold() for word in ("divorce", folder_id))
        }

    folder = write(hass, "divorce/letter.md", "# Letter\n\nIt is over.").parent
    folder_id = await add_folder(hass, loaded_entry, "divorce", "Divorce")
    assert len(shown()) > 10
    # It was entered for everybody by mistake.
    subentry = loaded_entry.subentries[folder_id]
    hass.config_entries.async_update_subentry(
        loaded_entry, subentry, data={**subentry.data, "person": BERT.owner}
    )
    await settled(hass, loaded_entry)
    assert len(await documents(loaded_entry, BERT)) == 1
    assert shown() == set()

    folder.rename(folder.with_name("gone"))
    await call_sync(hass)
    service = await settled(hass, loaded_entry)
    assert [folder.state for folder in service.folders.progress] == ["failed"]
    found = issue(hass, "folder_failed", folder_id)
    assert found
    assert found.translation_key == "private_folder_failed"
    assert (found.translation_placeholders or {}).keys() == {"reason"}
    assert {one for one in shown() if "divorce" in one.casefold()} == set()


@pytest.mark.newest_only
@pytest.mark.parametrize("way", ["keep", "hand_over", "erase"])
async def test_folder_goes_where_the_rest_of_a_person_goes(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    way: str,
) -> None:
    write(hass, "bert/boiler.md")
    write(hass, "house/nothing.exe")
    other_id = await add_folder(hass, loaded_entry, "house", "House")
    folder_id = await add_folder(
        hass, loaded_entry, "bert", "Bert's", person=BERT.owner
    )
    er.async_get(hass).async_remove("person.bert")
    await settled(hass, loaded_entry)
    await hass.async_block_till_done(wait_background_tasks=True)

    flow: Any = await async_create_fix_flow(
        hass, "removed_person_id_of_bert", {"person_id": "id_of_bert"}
    )
    flow.hass = hass
    answers = {"person": "id_of_anna"} if way == "hand_over" else {}
    result = await getattr(flow, f"async_step_{way}")(answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settled(hass, loaded_entry)
    assert issue(hass, "folder_person_gone", folder_id) is None
    seeing = {
        "keep": {HOUSEHOLD, ANNA, BERT},
        "hand_over": {ANNA},
        "erase": set(),
    }[way]
    for scope in (HOUSEHOLD, ANNA, BERT):
        assert bool(await documents(loaded_entry, scope)) is (scope in seeing)
    assert (folder_id in loaded_entry.subentries) is (way != "erase")
    assert loaded_entry.subentries[other_id].data["person"] == HOUSEHOLD.owner
    if way == "keep":
        assert states(hass, "bert_s") == ["idle", "100", "1", "0"]


@pytest.mark.newest_only
async def test_folders_are_given_away_in_one_go(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, people: dict[str, Context]
) -> None:
    """To load the entry anew for each would take a while, one after the other."""
    for name in ("one", "two", "three"):
        write(hass, f"{name}/{name}.md", f"# {name}\n\nAbout {name}.")
        await add_folder(hass, loaded_entry, name, name, person=BERT.owner)
    with patch.object(
        hass.config_entries,
        "async_schedule_reload",
        wraps=hass.config_entries.async_schedule_reload,
    ) as reload:
        async_give_folders(hass, loaded_entry, BERT, HOUSEHOLD)
        await settled(hass, loaded_entry)
    reload.assert_called_once()
    found = await documents(loaded_entry)
    assert {document.title for document in found} == {"one", "two", "three"}


# --- uploads


type Send = Callable[[str, bytes], Awaitable[str]]


@pytest.fixture
async def send(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> Send:
    """Give what uploads a file and returns its id."""
    client = await hass_client()

    async def send(name: str, content: bytes) -> str:
        form = FormData(quote_fields=False)
        form.add_field("file", content, filename=name)
        response = await client.post("/api/file_upload", data=form)
        assert response.status == HTTPStatus.OK
        file_id: str = (await response.json())["file_id"]
        return file_id

    return send


async def to_form(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    result = await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": "add_document"}
    )
    return dict(result)


async def test_upload(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    send: Send,
) -> None:
    async def fill(result: dict[str, Any], **answers: Any) -> dict[str, Any]:
        after = await hass.config_entries.options.async_configure(
            result["flow_id"],
            {"collection": "documents", "person": HOUSEHOLD.owner, **answers},
        )
        for problem in (after.get("errors") or {}).values():
            assert TEXTS["options"]["error"][problem]
        return dict(after)

    result = await to_form(hass, loaded_entry)
    schema = result["data_schema"].schema
    assert set(schema) == set(TEXTS["options"]["step"]["add_document"]["data"])
    assert schema["file"].config["accept"].split(",") == [f".{f}" for f in FORMATS]
    for name, content, problem in (
        ("program.exe", b"MZ", "document_unsupported"),
        ("nothing.txt", b"", "document_empty"),
    ):
        result = await fill(result, file=await send(name, content))
        assert result["errors"] == {"file": problem}
    large = await send("large.txt", b"x")
    uploads = hass.data[FILE_UPLOAD]
    assert isinstance(uploads, FileUploadData)
    with uploads.file_path(large).open("wb") as file:
        file.truncate(Limits().bytes + 1)
    result = await fill(result, file=large)
    assert result["errors"] == {"file": "document_too_large"}
    assert not uploads.file_dir(large).exists()

    manual = await send("Großes Handbuch.md", BOILER.encode())
    result = await fill(result, file=manual, collection=" ", name="Boiler")
    assert result["errors"] == {"collection": "collection_invalid"}
    shown = {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }
    assert shown == {"collection": " ", "person": "household", "name": "Boiler"}
    # The upload is still there.
    result = await fill(
        result, file=manual, person=BERT.owner, name=" ", collection="bert's"
    )
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "document_read",
    )
    assert result["description_placeholders"] == {"title": "Boiler", "reason": ""}
    result = await fill(await to_form(hass, loaded_entry), file=manual)
    assert result["errors"] == {"file": "upload_gone"}
    result = await fill(
        result, file=await send("a.txt", b"a"), name="x" * 300, language="de"
    )
    assert result["errors"] == {"base": "text_too_long"}
    assert result["description_placeholders"] == {"limit": "255", "length": "300"}

    await settled(hass, loaded_entry)
    assert await documents(loaded_entry) == []
    assert await documents(loaded_entry, ANNA) == []
    [kept] = await documents(loaded_entry, BERT)
    assert (kept.title, kept.collection, kept.state) == (
        "Boiler",
        "bert's",
        DocumentState.READY,
    )
    assert kept.original
    originals = Path(hass.config.path("ai_memory/documents"))
    assert mode_and_text(originals / kept.original) == (0o400, BOILER)

    service = loaded_entry.runtime_data.service
    with patch.object(service.documents, "add", side_effect=DatabaseUnreachable):
        result = await fill(result, file=await send("a.txt", b"a"))
    assert result["errors"] == {"base": "database_unreachable"}
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    result = await to_form(hass, loaded_entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


# --- summaries


class Describer(AITaskEntity):
    """An AI task that keeps what it was sent."""

    _attr_name = "Describer"
    _attr_unique_id = "describer"
    _attr_supported_features = AITaskEntityFeature.GENERATE_DATA

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.answer: Any = " Manuals of devices. "

    async def _async_generate_data(
        self, task: GenDataTask, chat_log: ChatLog
    ) -> GenDataTaskResult:
        self.sent.append(task.instructions)
        if isinstance(self.answer, Exception):
            raise self.answer
        chat_log.async_add_assistant_content_without_tools(
            AssistantContent(agent_id=self.entity_id, content=str(self.answer))
        )
        return GenDataTaskResult(chat_log.conversation_id, self.answer)


@pytest.fixture
async def describer(hass: HomeAssistant, home: None) -> Describer:
    """Give the entity of an integration of its own."""
    entity = Describer()

    async def set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, [Platform.AI_TASK])
        return True

    module = MockModule("test", async_setup_entry=set_up)
    mock_integration(hass, module, built_in=False)
    mock_platform(hass, "test.config_flow", built_in=False)
    setup_test_component_platform(
        hass, "ai_task", [entity], from_config_entry=True, built_in=False
    )
    assert await async_setup_component(hass, "ai_task", {})
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    with mock_config_flow("test", ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entity


async def test_summaries(
    hass: HomeAssistant,
    describer: Describer,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    database: FreshDatabase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Only shelves of the household are sent; where nothing comes back, a summary is put together here."""
    options = hass.config_entries.options
    menu = await options.async_init(loaded_entry.entry_id)
    form = await options.async_configure(menu["flow_id"], {"next_step_id": "summaries"})
    await options.async_configure(form["flow_id"], {"summariser": "ai_task.describer"})
    await hass.async_block_till_done()
    assert loaded_entry.options == {"capture": "all", "summariser": "ai_task.describer"}
    service: MemoryService = loaded_entry.runtime_data.service
    await service.documents.add(HOUSEHOLD, BOILER.encode(), "boiler.md", wait=True)
    await service.documents.add(
        ANNA, b"# Diary\n\nThe ring is in the piano.", "diary.md", wait=True
    )

    good = describer.answer
    for number, answer in enumerate((RuntimeError("about F28"), {"a": 1}, " "), 1):
        describer.answer = answer
        told = await service.collections.summarise(HOUSEHOLD, "documents")
        assert told.summary_by is SummaryBy.EXTRACT
        assert told.summary
        assert "F28" in told.summary
        assert len(describer.sent) == number
    describer.answer = good
    told = await service.collections.summarise(HOUSEHOLD, "documents")
    assert (told.summary, told.summary_by) == (
        "Manuals of devices.",
        SummaryBy.AI_TASK,
    )
    assert all("F28" in sent for sent in describer.sent)
    # Better than an extract, as long as it is true.
    describer.answer = " "
    told = await service.collections.summarise(HOUSEHOLD, "documents")
    assert (told.summary, told.summary_by) == (
        "Manuals of devices.",
        SummaryBy.AI_TASK,
    )
    assert len(describer.sent) == 5
    told = await service.collections.summarise(ANNA, "documents")
    assert told.summary
    assert "piano" in told.summary
    assert told.summary_by is SummaryBy.EXTRACT
    assert len(describer.sent) == 5
    logged = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components")
    ]
    assert "No summary from ai_task.describer: RuntimeError" in logged
    assert "about F28" not in "".join(logged)
    # What an AI task was asked is no turn of anybody.
    await loaded_entry.runtime_data.capture.async_finish()
    assert await service.settled()
    assert database.execute("SELECT count(*) FROM ai_memory.turns") == "0"

    menu = await options.async_init(loaded_entry.entry_id)
    form = await options.async_configure(menu["flow_id"], {"next_step_id": "summaries"})
    assert form["data_schema"]
    [field] = form["data_schema"].schema
    assert field.description == {"suggested_value": "ai_task.describer"}
    await options.async_configure(form["flow_id"], {})
    await hass.async_block_till_done()
    assert loaded_entry.options == {"capture": "all"}
