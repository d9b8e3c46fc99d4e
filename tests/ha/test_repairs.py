"""One issue a part, there while the part fails."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.errors import (
    DatabaseUnreachable,
    EmbeddingModelMissing,
    VectorTooOld,
    WrongPassword,
)
from custom_components.ai_memory.memory.health import Part
from custom_components.ai_memory.repairs import async_report_problem
from demo.ollama_server import EMBEDDING_MODEL, OllamaServer
from tests.databases import FreshDatabase


def issues(hass: HomeAssistant) -> dict[str, str | None]:
    return {
        issue_id: issue.translation_key
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


async def test_one_issue_a_part(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    async_report_problem(hass, entry, Part.DATABASE, DatabaseUnreachable())
    async_report_problem(
        hass, entry, Part.DATABASE, VectorTooOld(installed="0.7", required="0.8")
    )
    async_report_problem(hass, entry, Part.EMBEDDER, EmbeddingModelMissing(model="x"))
    assert issues(hass) == {
        "database": "vector_too_old",
        "embedder": "embedding_model_missing",
    }
    registry = ir.async_get(hass)
    database, embedder = (
        registry.async_get_issue(DOMAIN, part) for part in ("database", "embedder")
    )
    assert database
    assert embedder
    assert database.translation_placeholders == {"installed": "0.7", "required": "0.8"}
    assert database.severity is ir.IssueSeverity.ERROR
    assert embedder.severity is ir.IssueSeverity.WARNING
    async_report_problem(hass, entry, Part.DATABASE, None)
    assert issues(hass) == {"embedder": "embedding_model_missing"}


async def test_wrong_password_is_asked_for(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    async_report_problem(hass, entry, Part.DATABASE, DatabaseUnreachable())
    for _ in range(2):
        async_report_problem(hass, entry, Part.DATABASE, WrongPassword())
        await hass.async_block_till_done()
    assert issues(hass) == {}
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    assert flow["context"]["entry_id"] == entry.entry_id


async def test_embedder_that_goes_and_returns(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> None:
    await ollama_server.stop()
    hass.config_entries.async_update_entry(
        entry,
        data={
            **entry.data,
            "embedder": {
                "provider": "ollama",
                "url": ollama_server.url,
                "model": EMBEDDING_MODEL,
            },
        },
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    service = entry.runtime_data.service
    await service.settled()
    assert issues(hass) == {"embedder": "embedder_unreachable"}
    await ollama_server.start()
    # Somebody remembers something, and so the embedder is asked again.
    await hass.services.async_call(DOMAIN, "remember", {"content": "x"}, blocking=True)
    await service.settled()
    assert issues(hass) == {}


async def test_issues_go_with_the_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    async_report_problem(hass, loaded_entry, Part.EMBEDDER, EmbeddingModelMissing())
    assert issues(hass)
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    assert issues(hass) == {}
