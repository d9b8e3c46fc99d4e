"""Set-up, reauthentication, reconfiguration and agents, against real servers."""

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from homeassistant.components import assist_pipeline
from homeassistant.config_entries import (
    SOURCE_HASSIO,
    SOURCE_IGNORE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import DATA_INSTANCE
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.postgres.migrate import migration_files
from demo.ollama_server import EMBEDDING_MODEL, OllamaServer
from demo.postgres import HOST, ROLE, PostgresServer, free_port
from tests.databases import FreshDatabase
from tests.ha.agents import BUILT_IN, agent

PASSWORD = "another-password"


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def choose(
    hass: HomeAssistant, result: ConfigFlowResult, step: str
) -> ConfigFlowResult:
    assert result["type"] is FlowResultType.MENU, result
    return await fill(hass, result, {"next_step_id": step})


async def fill(
    hass: HomeAssistant, result: ConfigFlowResult, answers: Mapping[str, Any]
) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], dict(answers)
    )
    await hass.async_block_till_done()
    return result


def suggestions(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form suggests, its defaults apart."""
    return {
        str(marker): marker.description["suggested_value"]
        for marker in result["data_schema"].schema
        if marker.description and "suggested_value" in marker.description
    }


def shows(result: Mapping[str, Any], step: str, errors: dict[str, str] | None) -> None:
    assert result["type"] is FlowResultType.FORM, result
    assert (result["step_id"], result["errors"] or {}) == (step, errors or {})


async def to_embedder(
    hass: HomeAssistant, fields: Mapping[str, Any]
) -> ConfigFlowResult:
    result = await choose(hass, await start(hass), "database")
    result = await fill(hass, result, fields)
    assert result["step_id"] == "embedder", result
    return result


def role(database: FreshDatabase, password: str) -> str:
    """Make a role of the test's own that may use its database; return its name."""
    name = f"{database.name}_role"
    database.execute(
        f"CREATE ROLE {name} LOGIN PASSWORD '{password}';GRANT {ROLE} TO {name};"
    )
    return name


# --- set-up


async def test_whole_flow(
    hass: HomeAssistant,
    database: FreshDatabase,
    ollama_server: OllamaServer,
    pipeline: str,
) -> None:
    result = await to_embedder(hass, database.fields)
    result = await choose(hass, result, "ollama")
    result = await fill(hass, result, {"url": f" {ollama_server.url} "})
    shows(result, "model", None)
    assert suggestions(result) == {"model": EMBEDDING_MODEL}
    result = await fill(hass, result, {"model": EMBEDDING_MODEL})
    shows(result, "agent", None)
    assert suggestions(result) == {"delegate": BUILT_IN, "pipelines": [pipeline]}
    result = await fill(hass, result, {"delegate": BUILT_IN, "pipelines": [pipeline]})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.unique_id == f"{HOST}:{database.server.port}/{database.name}"
    assert entry.data == {
        **database.fields,
        "embedder": {
            "provider": "ollama",
            "url": ollama_server.url,
            "api_key": None,
            "model": EMBEDDING_MODEL,
            "dimensions": None,
        },
    }
    assert entry.options == {"capture": "all"}
    assert entry.state is ConfigEntryState.LOADED
    [subentry] = entry.subentries.values()
    assert subentry.title == "AI Memory"
    assert subentry.data == agent(
        pipelines=[pipeline], replaced_agents={pipeline: BUILT_IN}
    )
    [entity] = [
        entity
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if entity.domain == "conversation"
    ]
    [changed] = assist_pipeline.async_get_pipelines(hass)
    assert changed.conversation_engine == entity.entity_id


async def test_without_embedder_and_agent(
    hass: HomeAssistant, database: FreshDatabase
) -> None:
    result = await choose(hass, await to_embedder(hass, database.fields), "none")
    shows(result, "agent", None)
    assert result["data_schema"]
    assert "pipelines" not in result["data_schema"].schema
    result = await fill(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["embedder"] == {"provider": "none"}
    assert not result["result"].subentries


async def test_dsn(hass: HomeAssistant, database: FreshDatabase) -> None:
    result = await choose(hass, await start(hass), "dsn")
    shows(result, "dsn", None)
    for dsn, error in {
        "mysql://somewhere/db": "dsn_invalid",
        f"{database.dsn}?sslmode=sometimes": "dsn_invalid",
        "postgresql://[::1/db": "dsn_invalid",
        "postgresql://127.0.0.1:99999/db": "connection_invalid",
    }.items():
        result = await fill(hass, result, {"dsn": dsn})
        shows(result, "dsn", {"dsn" if error == "dsn_invalid" else "base": error})
    wrong = database.dsn.replace(database.server.password, "wrong")
    result = await fill(hass, result, {"dsn": wrong})
    shows(result, "dsn", {"base": "wrong_password"})
    shown = database.dsn.replace(f":{database.server.password}", "")
    assert suggestions(result) == {"dsn": shown}

    result = await fill(hass, result, {"dsn": f"{database.dsn} "})
    result = await choose(hass, result, "none")
    result = await fill(hass, result, {})
    assert result["data"] == {"dsn": database.dsn, "embedder": {"provider": "none"}}
    assert result["result"].unique_id == database.settings.place


async def test_database_errors_and_recovery(
    hass: HomeAssistant, database: FreshDatabase
) -> None:
    result = await choose(hass, await start(hass), "database")
    shows(result, "database", None)
    assert suggestions(result) == {}
    for changes, errors in (
        ({"password": "wrong"}, {"password": "wrong_password"}),
        ({"database": "nowhere"}, {"database": "database_missing"}),
        ({"port": free_port()}, {"base": "database_unreachable"}),
        ({"tls": "verify-full"}, {"base": "tls_failed"}),
        ({"host": " "}, {"base": "connection_incomplete"}),
        ({"username": "\ud800"}, {"base": "connection_invalid"}),
        ({"password": "\0"}, {"base": "connection_invalid"}),
    ):
        answers = database.fields | changes
        result = await fill(hass, result, answers)
        shows(result, "database", errors)
        del answers["password"]
        assert suggestions(result) == answers
    result = await fill(hass, result, database.fields)
    assert result["step_id"] == "embedder"


@pytest.mark.parametrize(
    ("sql", "error", "placeholders"),
    [
        (
            "INSERT INTO ai_memory.schema_migrations SELECT 999, 'later', '0', now()",
            "schema_too_new",
            {"found": "999", "known": str(len(migration_files()))},
        ),
        (
            "UPDATE ai_memory.schema_migrations SET sha256 = repeat('0', 64)",
            "schema_changed",
            {"version": "1"},
        ),
        ("ALTER SCHEMA ai_memory OWNER TO postgres", "no_rights", {}),
    ],
)
async def test_unfit_database(
    hass: HomeAssistant,
    database: FreshDatabase,
    sql: str,
    error: str,
    placeholders: dict[str, str],
) -> None:
    database.execute(sql)
    result = await choose(hass, await start(hass), "database")
    result = await fill(hass, result, database.fields)
    shows(result, "database", {"base": error})
    assert result["description_placeholders"] == placeholders


async def test_database_without_vector(
    hass: HomeAssistant, postgres_server: PostgresServer, database: FreshDatabase
) -> None:
    name = f"{database.name}_plain"
    postgres_server.create_database(name, vector=False)
    result = await choose(hass, await start(hass), "database")
    result = await fill(hass, result, database.fields | {"database": name})
    shows(result, "database", {"base": "vector_missing"})
    postgres_server.execute("CREATE EXTENSION vector", name)
    result = await fill(hass, result, database.fields | {"database": name})
    assert result["step_id"] == "embedder"
    # Nothing was made there before the flow came to its end.
    assert not postgres_server.execute(
        "SELECT FROM pg_namespace WHERE nspname = 'ai_memory'", name
    )
    postgres_server.drop_database(name)


async def test_recorder_is_offered(
    hass: HomeAssistant, database: FreshDatabase
) -> None:
    fields = database.fields

    class Recorder:
        db_url = (
            f"postgresql+psycopg2://{ROLE}:{fields['password']}@{HOST}"
            f":{fields['port']}/{database.name}?sslmode=disable"
        )

    with patch.dict(hass.data, {DATA_INSTANCE: Recorder()}):
        result = await choose(hass, await start(hass), "database")
        suggested = suggestions(result)
        del fields["password"]
        assert suggested == fields | {"tls": "disable"}
        # Its password is not for another server.
        result = await fill(hass, result, suggested | {"host": "localhost"})
        shows(result, "database", {"password": "wrong_password"})
        result = await fill(hass, result, suggested)
    assert result["step_id"] == "embedder"


@pytest.mark.parametrize(
    "url", ["sqlite:////config/home-assistant_v2.db", "postgresql:///db", "nonsense"]
)
async def test_other_recorders_are_not_offered(hass: HomeAssistant, url: str) -> None:
    class Recorder:
        db_url = url

    with patch.dict(hass.data, {DATA_INSTANCE: Recorder()}):
        result = await choose(hass, await start(hass), "database")
    assert suggestions(result) == {}


async def test_only_one_entry(hass: HomeAssistant, database: FreshDatabase) -> None:
    result = await to_embedder(hass, database.fields)
    result = await choose(hass, result, "none")
    other = MockConfigEntry(domain=DOMAIN, unique_id="another")
    other.add_to_hass(hass)
    late = await fill(hass, result, {})
    assert late["reason"] == "single_instance_allowed"
    assert (await start(hass))["reason"] == "single_instance_allowed"


# --- the embedder


async def test_ollama_errors_and_recovery(
    hass: HomeAssistant, database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    ollama_server.api_key = "key"
    result = await choose(hass, await to_embedder(hass, database.fields), "ollama")
    for answers, errors in (
        ({"url": "nonsense"}, {"url": "invalid_url"}),
        (
            {"url": f"http://127.0.0.1:{free_port()}"},
            {"base": "embedder_unreachable"},
        ),
        ({"url": ollama_server.url}, {"api_key": "embedder_unauthorized"}),
    ):
        result = await fill(hass, result, answers)
        shows(result, "ollama", errors)
        assert suggestions(result) == answers
    ollama_server.failing.add("/api/tags")
    answers = {"url": ollama_server.url, "api_key": "key"}
    result = await fill(hass, result, answers)
    shows(result, "ollama", {"base": "embedder_error"})
    assert suggestions(result) == {"url": ollama_server.url}
    ollama_server.failing.clear()
    result = await fill(hass, result, answers)
    shows(result, "model", None)

    result = await fill(hass, result, {"model": "nothing"})
    shows(result, "model", {"model": "embedding_model_missing"})
    assert result["description_placeholders"] == {"model": "nothing"}
    result = await fill(hass, result, {"model": EMBEDDING_MODEL, "dimensions": 1000})
    shows(result, "model", {"dimensions": "dimensions_out_of_range"})
    assert suggestions(result) == {"model": EMBEDDING_MODEL, "dimensions": 1000}
    ollama_server.nan = True
    result = await fill(hass, result, {"model": EMBEDDING_MODEL})
    shows(result, "model", {"base": "invalid_embedding"})
    ollama_server.nan = False
    result = await fill(hass, result, {"model": EMBEDDING_MODEL, "dimensions": 128})
    shows(result, "agent", None)
    result = await fill(hass, result, {})
    embedder = result["data"]["embedder"]
    assert (embedder["api_key"], embedder["dimensions"]) == ("key", 128)


async def test_openai_compatible(
    hass: HomeAssistant, database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    result = await to_embedder(hass, database.fields)
    result = await choose(hass, result, "openai_compatible")
    # A server that embeds but does not list: its model is typed.
    ollama_server.failing.add("/v1/models")
    result = await fill(hass, result, {"url": f"{ollama_server.url}/v1"})
    shows(result, "model", None)
    assert suggestions(result) == {}
    result = await fill(hass, result, {"model": EMBEDDING_MODEL})
    shows(result, "agent", None)
    result = await fill(hass, result, {})
    assert result["data"]["embedder"]["provider"] == "openai_compatible"
    assert result["result"].state is ConfigEntryState.LOADED


async def test_openai_compatible_that_is_not_there(
    hass: HomeAssistant, database: FreshDatabase
) -> None:
    result = await to_embedder(hass, database.fields)
    result = await choose(hass, result, "openai_compatible")
    result = await fill(hass, result, {"url": f"http://127.0.0.1:{free_port()}/v1"})
    shows(result, "openai_compatible", {"base": "embedder_unreachable"})


async def test_own_ollama_is_suggested(
    hass: HomeAssistant, database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    ollama_server.api_key = "key"
    MockConfigEntry(
        domain="ollama", data={"url": ollama_server.url, "api_key": "key"}
    ).add_to_hass(hass)
    result = await choose(hass, await to_embedder(hass, database.fields), "ollama")
    assert suggestions(result) == {"url": ollama_server.url}
    result = await fill(hass, result, suggestions(result))
    shows(result, "model", None)


# --- discovery of the app


def discovery(database: FreshDatabase, **changes: Any) -> HassioServiceInfo:
    config = {**database.fields, "addon": "AI Memory", "instance_id": "abc", **changes}
    del config["tls"]
    return HassioServiceInfo(
        config=config, name="AI Memory app", slug="ai_memory", uuid="1234"
    )


async def discover(hass: HomeAssistant, info: HassioServiceInfo) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_HASSIO}, data=info
    )
    await hass.async_block_till_done()
    return result


async def test_discovery(hass: HomeAssistant, database: FreshDatabase) -> None:
    name = role(database, "old")
    result = await discover(hass, discovery(database, username=name, password=PASSWORD))
    shows(result, "hassio_confirm", None)
    assert result["description_placeholders"] == {"name": "AI Memory app"}
    result = await fill(hass, result, {})
    shows(result, "hassio_confirm", {"base": "wrong_password"})
    database.execute(f"ALTER ROLE {name} PASSWORD '{PASSWORD}'")
    result = await fill(hass, result, {})
    result = await choose(hass, result, "none")
    result = await fill(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == "abc"
    assert result["data"] == {
        **database.fields,
        "username": name,
        "password": PASSWORD,
        "embedder": {"provider": "none"},
    }


async def test_discovery_updates(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
) -> None:
    hass.config_entries.async_update_entry(
        entry,
        unique_id="abc",
        data={**entry.data, "port": free_port(), "password": "old"},
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert not entry.runtime_data.service.store.database.is_open
    result = await discover(hass, discovery(database))
    assert result["reason"] == "already_configured"
    assert entry.data == {**database.fields, "embedder": {"provider": "none"}}
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.service.store.database.is_open


async def test_discovery_beside_another_entry(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
) -> None:
    before = dict(entry.data)
    result = await discover(hass, discovery(database))
    assert result["reason"] == "single_instance_allowed"
    assert entry.data == before


async def test_entry_made_while_discovery_waits(
    hass: HomeAssistant, database: FreshDatabase
) -> None:
    result = await discover(hass, discovery(database))
    MockConfigEntry(domain=DOMAIN, unique_id="another").add_to_hass(hass)
    result = await fill(hass, result, {})
    assert result["reason"] == "single_instance_allowed"


async def test_ignored_discovery(hass: HomeAssistant, database: FreshDatabase) -> None:
    MockConfigEntry(domain=DOMAIN, unique_id="abc", source=SOURCE_IGNORE).add_to_hass(
        hass
    )
    result = await discover(hass, discovery(database))
    assert result["reason"] == "already_configured"
    assert (await start(hass))["type"] is FlowResultType.MENU


@pytest.mark.parametrize(
    "changes", [{"instance_id": ""}, {"port": "none"}, {"host": None}]
)
async def test_unusable_discovery(
    hass: HomeAssistant, database: FreshDatabase, changes: dict[str, Any]
) -> None:
    result = await discover(hass, discovery(database, **changes))
    assert result["reason"] == "invalid_discovery_info"


# --- reauthentication


async def test_reauth(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
) -> None:
    name = role(database, PASSWORD)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "username": name, "password": "old"}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # The service itself has asked for it.
    [flow] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    shows(result, "reauth_confirm", None)
    result = await fill(hass, result, {"password": "wrong"})
    shows(result, "reauth_confirm", {"password": "wrong_password"})
    result = await fill(hass, result, {})
    shows(result, "reauth_confirm", {"base": "wrong_password"})
    result = await fill(hass, result, {"password": PASSWORD})
    assert result["reason"] == "reauth_successful"
    assert entry.data == {
        **database.fields,
        "username": name,
        "password": PASSWORD,
        "embedder": {"provider": "none"},
    }
    assert entry.runtime_data.service.store.database.is_open


async def test_reauth_of_a_dsn(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
) -> None:
    old = database.dsn.replace(database.server.password, "old")
    hass.config_entries.async_update_entry(
        entry, data={"dsn": old, "embedder": {"provider": "none"}}
    )
    # Not loaded: nothing listens for the change, the flow itself sets it up.
    result = await entry.start_reauth_flow(hass)
    shows(result, "reauth_confirm", None)
    assert suggestions(result) == {"dsn": old.replace(":old", "")}
    result = await fill(hass, result, {"dsn": old})
    shows(result, "reauth_confirm", {"base": "wrong_password"})
    result = await fill(hass, result, {"dsn": database.server.dsn("migrated")})
    shows(result, "reauth_confirm", {"dsn": "other_database"})
    result = await fill(hass, result, {"dsn": database.dsn})
    assert result["reason"] == "reauth_successful"
    assert entry.data["dsn"] == database.dsn
    assert entry.state is ConfigEntryState.LOADED


# --- reconfiguration


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, step: str
) -> ConfigFlowResult:
    return await choose(hass, await entry.start_reconfigure_flow(hass), step)


async def test_reconfigure_database(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    database: FreshDatabase,
    postgres_server: PostgresServer,
) -> None:
    result = await reconfigure(hass, loaded_entry, "reconfigure_database")
    fields = database.fields
    del fields["password"]
    assert suggestions(result) == fields
    result = await fill(hass, result, fields | {"database": "nowhere"})
    shows(result, "reconfigure_database", {"database": "database_missing"})

    other = f"{database.name}_other"
    postgres_server.create_database(other)
    result = await fill(hass, result, fields | {"database": other})
    assert result["reason"] == "reconfigure_successful"
    assert loaded_entry.unique_id == f"{HOST}:{postgres_server.port}/{other}"
    assert loaded_entry.data == {
        **database.fields,
        "database": other,
        "embedder": {"provider": "none"},
    }
    assert loaded_entry.state is ConfigEntryState.LOADED
    await loaded_entry.runtime_data.service.settled()
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    postgres_server.drop_database(other)


async def test_reconfigure_keeps_the_app(
    hass: HomeAssistant, entry: MockConfigEntry, database: FreshDatabase
) -> None:
    hass.config_entries.async_update_entry(entry, unique_id="abc")
    result = await reconfigure(hass, entry, "reconfigure_database")
    result = await fill(hass, result, database.fields | {"tls": "disable"})
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["tls"] == "disable"
    assert entry.unique_id == "abc"
    # From fields to a DSN, which the app knows nothing of.
    result = await reconfigure(hass, entry, "reconfigure_dsn")
    assert suggestions(result) == {"dsn": ""}
    result = await fill(hass, result, {"dsn": database.dsn})
    assert result["reason"] == "reconfigure_successful"
    assert entry.data == {"dsn": database.dsn, "embedder": {"provider": "none"}}
    assert entry.unique_id == database.settings.place
    # What is shown has no password, and is meant with it.
    result = await reconfigure(hass, entry, "reconfigure_dsn")
    shown = suggestions(result)
    assert database.server.password not in shown["dsn"]
    result = await fill(hass, result, shown)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["dsn"] == database.dsn


async def test_reconfigure_embedder(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    database: FreshDatabase,
    ollama_server: OllamaServer,
) -> None:
    ollama_server.api_key = "key"
    service = loaded_entry.runtime_data.service
    result = await reconfigure(hass, loaded_entry, "embedder")
    result = await choose(hass, result, "ollama")
    result = await fill(hass, result, {"url": ollama_server.url, "api_key": "key"})
    result = await fill(hass, result, {"model": EMBEDDING_MODEL, "dimensions": 200})
    assert result["reason"] == "reconfigure_successful"
    embedder = {
        "provider": "ollama",
        "url": ollama_server.url,
        "api_key": "key",
        "model": EMBEDDING_MODEL,
        "dimensions": 200,
    }
    assert loaded_entry.data == {**database.fields, "embedder": embedder}
    assert loaded_entry.runtime_data.service is not service

    # The key that is not shown stays; the model is suggested again.
    result = await reconfigure(hass, loaded_entry, "embedder")
    result = await choose(hass, result, "ollama")
    assert suggestions(result) == {"url": ollama_server.url}
    result = await fill(hass, result, {"url": ollama_server.url})
    shown = suggestions(result)
    assert shown == {"model": EMBEDDING_MODEL, "dimensions": 200}
    result = await fill(hass, result, {"model": EMBEDDING_MODEL})
    assert result["reason"] == "reconfigure_successful"
    assert loaded_entry.data["embedder"] == embedder | {"dimensions": None}

    result = await reconfigure(hass, loaded_entry, "embedder")
    result = await choose(hass, result, "none")
    assert result["reason"] == "reconfigure_successful"
    assert loaded_entry.data == {**database.fields, "embedder": {"provider": "none"}}


# --- further agents


async def add_agent(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "conversation"), context={"source": SOURCE_USER}
    )
    shows(result, "user", None)
    return dict(result)


async def fill_agent(
    hass: HomeAssistant, result: Mapping[str, Any], **answers: Any
) -> dict[str, Any]:
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], answers
    )
    await hass.async_block_till_done()
    return dict(result)


def agents_of(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    return [
        entity.entity_id
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if entity.domain == "conversation"
    ]


def engine(hass: HomeAssistant, pipeline: str) -> str:
    return assist_pipeline.async_get_pipeline(hass, pipeline).conversation_engine


async def test_agent_added_changed_and_removed(
    hass: HomeAssistant, pipeline: str, loaded_entry: MockConfigEntry
) -> None:
    result = await add_agent(hass, loaded_entry)
    assert suggestions(result) == {"delegate": BUILT_IN, "pipelines": [pipeline]}
    result = await fill_agent(hass, result, name=" ", delegate=BUILT_IN)
    shows(result, "user", {"name": "name_empty"})
    result = await fill_agent(hass, result, name="Anna", delegate="conversation.gone")
    shows(result, "user", {"delegate": "delegate_unknown"})
    assert suggestions(result)["name"] == "Anna"
    result = await fill_agent(
        hass,
        result,
        name=" Anna ",
        delegate=BUILT_IN,
        pipelines=[pipeline],
        recall=False,
        budget=100,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    [subentry] = loaded_entry.subentries.values()
    assert subentry.title == "Anna"
    assert subentry.data == agent(
        recall=False,
        budget=100,
        pipelines=[pipeline],
        replaced_agents={pipeline: BUILT_IN},
    )
    [own] = agents_of(hass, loaded_entry)
    assert engine(hass, pipeline) == own

    # A second one must not hand on to the first, which the pipeline would suggest.
    result = await add_agent(hass, loaded_entry)
    assert suggestions(result) == {}
    result = await fill_agent(hass, result, name="Bert", delegate=own)
    shows(result, "user", {"delegate": "delegate_own"})

    result = dict(
        await loaded_entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    )
    shows(result, "reconfigure", None)
    assert suggestions(result) == {
        "name": "Anna",
        **agent(recall=False, budget=100, pipelines=[pipeline]),
    }
    result = await fill_agent(hass, result, name="Anna", delegate=own, pipelines=[])
    shows(result, "reconfigure", {"delegate": "delegate_own"})
    result = await fill_agent(hass, result, name="Ann", delegate=BUILT_IN, deadline=50)
    assert result["reason"] == "reconfigure_successful"
    assert subentry.title == "Ann"
    assert subentry.data == agent(deadline=50, replaced_agents={})
    # No longer chosen: it has its old agent back.
    assert engine(hass, pipeline) == BUILT_IN

    result = dict(
        await loaded_entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    )
    await fill_agent(hass, result, name="Ann", delegate=BUILT_IN, pipelines=[pipeline])
    assert engine(hass, pipeline) == own
    hass.config_entries.async_remove_subentry(loaded_entry, subentry.subentry_id)
    await hass.async_block_till_done()
    assert engine(hass, pipeline) == BUILT_IN
    assert not agents_of(hass, loaded_entry)


async def test_agent_changed_while_not_loaded(
    hass: HomeAssistant, pipeline: str, entry: MockConfigEntry
) -> None:
    result = await add_agent(hass, entry)
    await fill_agent(hass, result, name="Anna", delegate=BUILT_IN)
    [subentry] = entry.subentries.values()
    result = dict(
        await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    )
    result = await fill_agent(
        hass, result, name="Anna", delegate=BUILT_IN, pipelines=[pipeline]
    )
    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert [engine(hass, pipeline)] == agents_of(hass, entry)


async def test_pipeline_that_somebody_gave_another_agent(
    hass: HomeAssistant, pipeline: str, loaded_entry: MockConfigEntry
) -> None:
    result = await add_agent(hass, loaded_entry)
    await fill_agent(hass, result, name="Anna", delegate=BUILT_IN, pipelines=[pipeline])
    [subentry] = loaded_entry.subentries.values()
    [own] = agents_of(hass, loaded_entry)

    async def give(agent_id: str) -> None:
        await assist_pipeline.async_update_pipeline(
            hass,
            assist_pipeline.async_get_pipeline(hass, pipeline),
            conversation_engine=agent_id,
        )
        await hass.config_entries.async_reload(loaded_entry.entry_id)
        await hass.async_block_till_done()

    other = er.async_get(hass).async_get_or_create("conversation", "demo", "other")
    await give(other.entity_id)
    assert engine(hass, pipeline) == other.entity_id
    result = dict(
        await loaded_entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    )
    assert suggestions(result)["pipelines"] == []
    # Chosen again, it is taken again, and what it has now is remembered.
    await fill_agent(hass, result, name="Anna", delegate=BUILT_IN, pipelines=[pipeline])
    assert engine(hass, pipeline) == own
    assert subentry.data["replaced_agents"] == {pipeline: other.entity_id}

    # An agent that is gone, as ours is under an earlier id, is replaced.
    await give("conversation.gone")
    assert engine(hass, pipeline) == own
    # And where the one before is gone, Home Assistant's own takes its place.
    er.async_get(hass).async_remove(other.entity_id)
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    assert engine(hass, pipeline) == BUILT_IN
