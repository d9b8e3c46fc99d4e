"""The tools that every language model agent gets."""

from pathlib import Path
from typing import Any

from homeassistant.components.conversation import ChatLog, UserContent
from homeassistant.components.conversation.chat_log import current_chat_log
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, llm
from homeassistant.helpers.llm import APIInstance, ToolInput, ToolResult
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import MemoryStatus, Scope
from tests.ha.actions import people

__all__ = ["people"]

MANUAL = Path(__file__).parents[1] / "documents" / "files" / "boiler_manual.pdf"
BINS = "The bins are collected on Tuesday."
HOUSEHOLD = Scope.household()


@pytest.fixture
async def memory(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> MemoryService:
    assert await async_setup_component(hass, "llm", {})
    await hass.async_block_till_done()
    service: MemoryService = loaded_entry.runtime_data.service
    return service


async def api(
    hass: HomeAssistant, context: Context | None = None, device_id: str | None = None
) -> APIInstance:
    return await llm.async_get_api(
        hass,
        llm.LLM_API_ASSIST,
        llm.LLMContext(
            platform="test",
            context=context or Context(),
            language="en",
            assistant="conversation",
            device_id=device_id,
        ),
    )


async def use(instance: APIInstance, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await instance.async_call_tool(
        ToolInput(tool_name=f"ai_memory__{tool}", tool_args=arguments)
    )
    assert isinstance(result, ToolResult)
    assert result.error is ("error" in result.data)
    return dict(result.data)


async def test_every_agent_is_offered_them_and_always_the_same(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    first, second = await api(hass), await api(hass)
    names = [tool.name for tool in first.tools if tool.name.startswith("ai_memory")]
    assert names == [
        "ai_memory__remember",
        "ai_memory__recall",
        "ai_memory__forget",
        "ai_memory__set_alias",
    ]
    assert first.api_prompt == second.api_prompt
    assert "ai_memory__recall" in first.api_prompt
    for tool in first.tools:
        if tool.name in names:
            assert tool.integration == "ai_memory"
            assert tool.title
            assert not tool.annotations.open_world


async def test_without_memory_there_are_none(
    hass: HomeAssistant, memory: MemoryService, loaded_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    instance = await api(hass)
    assert not [tool for tool in instance.tools if tool.name.startswith("ai_memory")]


async def test_remembered_is_recalled_and_waits_for_review(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    instance = await api(hass)
    stored = await use(instance, "remember", content=BINS)
    assert stored == {"remembered": BINS, "id": stored["id"], "new": True}
    kept = await memory.memories.get(HOUSEHOLD, stored["id"])
    assert kept.status is MemoryStatus.PROPOSED
    assert kept.confidence < 1
    found = await use(instance, "recall", query="bins")
    assert [note["text"] for note in found["notes"]] == [BINS]


async def test_recall_names_the_source(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    await memory.documents.add(HOUSEHOLD, MANUAL.read_bytes(), MANUAL.name, wait=True)
    await memory.documents.add(
        HOUSEHOLD, b"Quiet after ten in the evening.", "rules.txt", wait=True
    )
    instance = await api(hass)
    found = await use(instance, "recall", query="What does fault code F28 mean?")
    [note] = [note for note in found["notes"] if "F28" in note["text"]][:1]
    assert note.keys() == {"id", "text", "source"}
    assert note["source"].pop("section")
    assert note["source"] == {
        "document": "Kestrel Thermo 24 C: operating manual",
        "page": 12,
    }
    found = await use(instance, "recall", query="quiet evening", limit=1)
    assert found["notes"][0]["source"] == {"document": "rules"}
    await use(instance, "remember", content=BINS)
    found = await use(instance, "recall", query="bins", limit=1)
    assert found["notes"][0].keys() == {"id", "text", "date"}


async def test_private_is_the_speakers_own(
    hass: HomeAssistant, memory: MemoryService, people: dict[str, Context]
) -> None:
    anna = await api(hass, people["anna"])
    bert = await api(hass, people["bert"])
    await use(anna, "remember", content="Anna is allergic to nuts.", private=True)
    assert (await use(bert, "recall", query="allergic nuts"))["notes"] == []
    assert (await use(await api(hass), "recall", query="allergic nuts"))["notes"] == []
    assert len((await use(anna, "recall", query="allergic nuts"))["notes"]) == 1


async def test_private_needs_to_know_who_speaks(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    refused = await use(await api(hass), "remember", content=BINS, private=True)
    assert refused["error"]
    assert (await use(await api(hass), "recall", query="bins"))["notes"] == []


async def test_only_here(
    hass: HomeAssistant, memory: MemoryService, loaded_entry: MockConfigEntry
) -> None:
    devices, areas = dr.async_get(hass), ar.async_get(hass)
    speakers = {}
    for room in ("Kitchen", "Bath"):
        device = devices.async_get_or_create(
            config_entry_id=loaded_entry.entry_id, identifiers={("test", room)}
        )
        devices.async_update_device(
            device.id, area_id=areas.async_get_or_create(room).id
        )
        speakers[room] = await api(hass, device_id=device.id)
    music = "Music plays on the small speaker."
    await use(speakers["Kitchen"], "remember", content=music, only_here=True)
    assert len((await use(speakers["Kitchen"], "recall", query="music"))["notes"]) == 1
    assert (await use(speakers["Bath"], "recall", query="music"))["notes"] == []
    assert (await use(await api(hass), "recall", query="music"))["notes"] == []
    lost = await use(await api(hass), "remember", content=music, only_here=True)
    assert lost["error"]


async def test_forgetting_takes_two_steps(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    instance = await api(hass)
    stored = await use(instance, "remember", content=BINS)
    shown = await use(instance, "forget", query="bins")
    assert [(found["kind"], found["id"]) for found in shown["would_be_forgotten"]] == [
        ("memory", stored["id"])
    ]
    assert len((await use(instance, "recall", query="bins"))["notes"]) == 1
    await use(instance, "forget", token=shown["token"])
    assert (await use(instance, "recall", query="bins"))["notes"] == []


async def test_a_model_cannot_confirm_before_the_user_spoke_again(
    hass: HomeAssistant, memory: MemoryService
) -> None:
    instance = await api(hass)
    await use(instance, "remember", content=BINS)
    chat_log = ChatLog(hass, "a conversation", [UserContent("Forget the bins")])
    token = current_chat_log.set(chat_log)
    try:
        shown = await use(instance, "forget", query="bins")
        refused = await use(instance, "forget", token=shown["token"])
        assert "ask" in refused["error"]
        assert len((await use(instance, "recall", query="bins"))["notes"]) == 1
        chat_log.content.append(UserContent("Yes"))
        await use(instance, "forget", token=shown["token"])
        assert (await use(instance, "recall", query="bins"))["notes"] == []
    finally:
        current_chat_log.reset(token)


async def test_set_alias(hass: HomeAssistant, memory: MemoryService) -> None:
    hass.states.async_set("light.desk", "off", {"friendly_name": "Desk lamp"})
    instance = await api(hass)
    await use(instance, "set_alias", phrase="my lamp", name="desk lamp")
    [alias] = await memory.preferences.list_aliases(HOUSEHOLD)
    assert (alias.phrase, alias.target_id) == ("my lamp", "light.desk")
    assert (await use(instance, "set_alias", phrase="x", name="nothing"))["error"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("remember", {}),
        ("remember", {"content": 5}),
        ("remember", {"content": "The alarm code is 4711."}),
        ("recall", {"query": ""}),
        ("recall", {"query": "x", "limit": 1000}),
        ("forget", {}),
        ("forget", {"token": "made up"}),
        ("set_alias", {"phrase": "!", "name": "desk lamp"}),
    ],
)
async def test_bad_input_is_told_to_the_model(
    hass: HomeAssistant, memory: MemoryService, tool: str, arguments: dict[str, Any]
) -> None:
    assert (await use(await api(hass), tool, **arguments))["error"]
