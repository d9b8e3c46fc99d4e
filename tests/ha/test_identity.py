"""Who speaks: the chain from user to household, and claims that end with their session."""

import asyncio
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypedDict

import asyncpg
from homeassistant.components import assist_pipeline
from homeassistant.components.assist_pipeline.pipeline import PipelineInput, PipelineRun
from homeassistant.components.conversation import async_converse
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.chat_session import (
    DATA_CHAT_SESSION,
    ChatSession,
    async_get_chat_session,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.ai_memory.capture import _SETTLE
from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.identity import Identity, registered_persons
from custom_components.ai_memory.models import Scope
from tests.databases import FreshDatabase
from tests.ha.agents import agent

ANNA, BEN, CLEO = (Scope.person(name) for name in ("anna", "ben", "cleo"))
HOUSEHOLD = Scope.household()

USERS = {"nobody": None, "stranger": "user_stranger", "anna": "user_anna"}
SESSION = "a session"


class Place(TypedDict):
    """Where something is said."""

    device_id: str | None
    satellite_id: str | None


NOWHERE: Place = {"device_id": None, "satellite_id": None}


@pytest.fixture
async def people(hass: HomeAssistant, home: None) -> None:
    """Add three persons, of whom two can log in, and a user who is no person."""
    for name in ("anna", "ben", "stranger"):
        MockUser(id=f"user_{name}", name=name).add_to_hass(hass)
    assert await async_setup_component(
        hass,
        "person",
        {
            "person": [
                {"id": "cleo", "name": "Cleo"},
                {"id": "anna", "name": "Anna", "user_id": "user_anna"},
                {"id": "ben", "name": "Ben", "user_id": "user_ben"},
            ]
        },
    )


class Places:
    """Ben's satellite and Ben's phone, and a satellite that is nobody's."""

    def __init__(self, hass: HomeAssistant) -> None:
        entry = MockConfigEntry(domain="test")
        entry.add_to_hass(hass)
        self._hass = hass
        self._entry = entry
        self.bedroom = self.satellite("bedroom")
        self.kitchen = self.satellite("kitchen")
        self.phone: Place = {"device_id": self.device("phone"), "satellite_id": None}

    def device(self, name: str) -> str:
        return (
            dr.async_get(self._hass)
            .async_get_or_create(
                config_entry_id=self._entry.entry_id,
                identifiers={("test", name)},
                name=name,
            )
            .id
        )

    def satellite(self, name: str) -> Place:
        device_id = self.device(name)
        entity = er.async_get(self._hass).async_get_or_create(
            "assist_satellite",
            "test",
            name,
            device_id=device_id,
            suggested_object_id=name,
        )
        return {"device_id": device_id, "satellite_id": entity.entity_id}

    def reference(self, place: Place) -> str:
        assert place["satellite_id"]
        entity = er.async_get(self._hass).async_get(place["satellite_id"])
        assert entity
        return entity.id

    def options(self) -> dict[str, Any]:
        return {
            "satellites": {self.reference(self.bedroom): "ben"},
            "devices": {self.phone["device_id"]: "ben"},
            "claimants": ["anna", "cleo"],
        }


@pytest.fixture
async def places(hass: HomeAssistant, people: None) -> Places:
    return Places(hass)


@pytest.fixture
async def identity(hass: HomeAssistant, places: Places) -> Identity:
    return Identity(hass, places.options())


@contextmanager
def session(
    hass: HomeAssistant, conversation_id: str = SESSION
) -> Iterator[ChatSession]:
    """Hold a chat session; since 2026.11 Home Assistant wants to hear for whom."""
    nobody = {"context": None} if hasattr(ChatSession, "user_id") else {}
    with async_get_chat_session(hass, conversation_id, **nobody) as chat:
        yield chat


@pytest.fixture
def in_session(hass: HomeAssistant) -> Generator[None]:
    with session(hass):
        yield


def end_session(hass: HomeAssistant, conversation_id: str = SESSION) -> None:
    """End a session as Home Assistant does when nothing was said for long."""
    hass.data[DATA_CHAT_SESSION].pop(conversation_id).async_cleanup()


def refused(
    identity: Identity, person: Scope, context: Context, place: Place = NOWHERE
) -> str:
    with pytest.raises(InvalidInput) as refusal:
        identity.claim(person, context, **place)
    return refusal.value.key


# --- persons


async def test_people(identity: Identity) -> None:
    assert identity.persons() == [("Anna", ANNA), ("Ben", BEN), ("Cleo", CLEO)]
    assert identity.claimable() == [("Anna", ANNA), ("Cleo", CLEO)]
    assert identity.scope_of_person("person.anna") == ANNA
    assert identity.name_of_scope(ANNA) == "Anna"
    assert identity.name_of_scope(HOUSEHOLD) is None
    assert identity.name_of_scope(Scope.person("gone")) is None
    for unknown in ("person.nobody", "light.anna", ""):
        with pytest.raises(InvalidInput) as error:
            identity.scope_of_person(unknown)
        assert error.value.key == "person_unknown"


async def test_nobody_may_claim_by_default(hass: HomeAssistant, people: None) -> None:
    identity = Identity(hass)
    assert identity.claimable() == []
    with session(hass):
        assert refused(identity, ANNA, Context()) == "claim_not_allowed"


async def test_persons_that_are_not_loaded_are_registered(
    hass: HomeAssistant, people: None
) -> None:
    registry = er.async_get(hass)
    registry.async_update_entity(
        "person.anna", disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert hass.states.get("person.anna") is None
    registry.async_get_or_create("person", "somebody_else", "dora")
    assert registered_persons(hass) == {"anna", "ben", "cleo"}


# --- the chain


@pytest.mark.parametrize("claims", [False, True])
@pytest.mark.parametrize("place", ["nowhere", "bedroom", "phone", "kitchen"])
@pytest.mark.parametrize("user", USERS)
async def test_chain(
    hass: HomeAssistant,
    identity: Identity,
    places: Places,
    user: str,
    place: str,
    claims: bool,
) -> None:
    """Each pair of sources: a user counts before a place, a place before a claim."""
    where = NOWHERE if place == "nowhere" else getattr(places, place)
    context = Context(user_id=USERS[user])
    if user == "anna":
        known = ANNA
    elif user == "nobody" and place in ("bedroom", "phone"):
        known = BEN
    else:
        known = HOUSEHOLD
    expected = known
    with session(hass):
        identity.require_own_conversation(context, **where)
        if claims and known == HOUSEHOLD:
            identity.claim(CLEO, context, **where)
            expected = CLEO
        elif claims:
            assert refused(identity, CLEO, context, where) == "claim_somebody_else"
        identity.require_own_conversation(context, **where)

        assert identity.scope_of(context, **where, conversation_id=SESSION) == expected
        assert identity.scope_of(context, **where) == known


async def test_place_in_a_request_of_a_user_is_no_proof(
    identity: Identity, places: Places
) -> None:
    """Any user may name any device to Home Assistant."""
    stranger = Context(user_id="user_stranger")
    for place in (places.bedroom, places.phone):
        assert identity.scope_of(stranger, **place) == HOUSEHOLD


async def test_tools_are_told_the_device_only(
    hass: HomeAssistant, identity: Identity, places: Places
) -> None:
    def scope() -> Scope:
        return identity.scope_of(Context(), device_id=places.bedroom["device_id"])

    assert scope() == BEN
    # Two satellites on one device, of which one is nobody's.
    er.async_get(hass).async_get_or_create(
        "assist_satellite", "test", "twin", device_id=places.bedroom["device_id"]
    )
    assert scope() == HOUSEHOLD


async def test_satellite_counts_before_its_device(
    hass: HomeAssistant, places: Places
) -> None:
    identity = Identity(
        hass,
        {
            "satellites": {places.reference(places.bedroom): "ben"},
            "devices": {places.bedroom["device_id"]: "cleo"},
        },
    )
    assert identity.scope_of(Context(), **places.bedroom) == BEN


async def test_satellite_that_was_renamed(
    hass: HomeAssistant, identity: Identity, places: Places
) -> None:
    """What gets its name then is nobody's."""
    er.async_get(hass).async_update_entity(
        "assist_satellite.bedroom", new_entity_id="assist_satellite.attic"
    )
    er.async_get(hass).async_get_or_create(
        "assist_satellite", "test", "new", suggested_object_id="bedroom"
    )

    def scope(satellite_id: str) -> Scope:
        return identity.scope_of(Context(), satellite_id=satellite_id)

    assert scope("assist_satellite.attic") == BEN
    assert scope("assist_satellite.bedroom") == HOUSEHOLD


async def test_satellite_without_registration(
    hass: HomeAssistant, people: None
) -> None:
    identity = Identity(hass, {"satellites": {"assist_satellite.own": "ben"}})
    assert identity.scope_of(Context(), satellite_id="assist_satellite.own") == BEN


async def test_satellite_of_a_person_who_is_gone(
    hass: HomeAssistant, identity: Identity, places: Places
) -> None:
    er.async_get(hass).async_remove("person.ben")
    await hass.async_block_till_done()
    assert identity.scope_of(Context(), **places.bedroom) == HOUSEHOLD


# --- claims


async def test_claim_ends_with_its_session(
    hass: HomeAssistant, identity: Identity, places: Places
) -> None:
    def scope() -> Scope:
        return identity.scope_of(Context(), **places.kitchen, conversation_id=SESSION)

    with session(hass):
        identity.claim(ANNA, Context(), **places.kitchen)
        assert scope() == ANNA
    with session(hass):
        identity.require_own_conversation(Context(), **places.kitchen)
    assert scope() == ANNA
    end_session(hass)
    assert scope() == HOUSEHOLD
    with session(hass):
        identity.require_own_conversation(Context(), **places.kitchen)
        assert scope() == HOUSEHOLD


async def test_claim_outlives_a_reload(
    hass: HomeAssistant, identity: Identity, places: Places, in_session: None
) -> None:
    """The log does, too. Whoever may not claim any more is not believed any more."""
    identity.claim(ANNA, Context(), **NOWHERE)
    reloaded = Identity(hass, places.options())
    assert reloaded.scope_of(Context(), conversation_id=SESSION) == ANNA
    without = Identity(hass, places.options() | {"claimants": ["cleo"]})
    assert without.scope_of(Context(), conversation_id=SESSION) == HOUSEHOLD
    assert refused(without, CLEO, Context()) == "claim_taken"


async def test_claim_holds_where_it_was_made(
    hass: HomeAssistant, identity: Identity, places: Places, in_session: None
) -> None:
    """Not for another user, device or conversation, whatever id they name."""
    identity.claim(ANNA, Context(), **places.kitchen)

    def scope(context: Context, place: Place, conversation_id: str | None) -> Scope:
        return identity.scope_of(context, **place, conversation_id=conversation_id)

    stranger = Context(user_id="user_stranger")
    assert scope(Context(), places.kitchen, SESSION) == ANNA
    assert scope(stranger, places.kitchen, SESSION) == HOUSEHOLD
    assert scope(Context(), NOWHERE, SESSION) == HOUSEHOLD
    assert scope(Context(), places.kitchen, "another session") == HOUSEHOLD
    assert scope(Context(), places.kitchen, None) == HOUSEHOLD
    assert scope(Context(), places.bedroom, SESSION) == BEN


async def test_log_of_a_claim_is_for_nobody_else(
    hass: HomeAssistant, identity: Identity, places: Places, in_session: None
) -> None:
    identity.require_own_conversation(Context(), **places.kitchen)
    identity.claim(ANNA, Context(), **places.kitchen)
    for context, place in (
        (Context(), NOWHERE),
        (Context(), places.bedroom),
        (Context(user_id="user_stranger"), places.kitchen),
        (Context(user_id="user_anna"), places.kitchen),
    ):
        with pytest.raises(Unauthorized):
            identity.require_own_conversation(context, **place)
    identity.require_own_conversation(Context(), **places.kitchen)


async def test_second_person_has_to_start_over(
    hass: HomeAssistant, identity: Identity, in_session: None
) -> None:
    identity.claim(ANNA, Context(), **NOWHERE)
    identity.claim(ANNA, Context(), **NOWHERE)
    assert refused(identity, CLEO, Context()) == "claim_taken"

    identity.end_claim(SESSION)
    assert identity.scope_of(Context(), conversation_id=SESSION) == HOUSEHOLD
    identity.claim(CLEO, Context(), **NOWHERE)
    assert identity.scope_of(Context(), conversation_id=SESSION) == CLEO


async def test_second_person_with_an_empty_log(
    hass: HomeAssistant, identity: Identity, in_session: None
) -> None:
    """Where the second is refused, the first stays: the log was not emptied then."""
    identity.claim(ANNA, Context(), **NOWHERE)
    with pytest.raises(InvalidInput):
        identity.claim(BEN, Context(), **NOWHERE, afresh=True)
    assert identity.scope_of(Context(), conversation_id=SESSION) == ANNA
    identity.claim(CLEO, Context(), **NOWHERE, afresh=True)
    assert identity.scope_of(Context(), conversation_id=SESSION) == CLEO


async def test_end_of_no_claim(hass: HomeAssistant, identity: Identity) -> None:
    identity.end_claim("a conversation that never was")


async def test_refused_claims(
    hass: HomeAssistant, identity: Identity, places: Places
) -> None:
    # Without a session it would never end.
    assert refused(identity, ANNA, Context()) == "claim_not_allowed"
    with session(hass):
        # Not chosen in the options, and not there at all.
        assert refused(identity, BEN, Context()) == "claim_not_allowed"
        assert refused(identity, Scope.person("eve"), Context()) == "claim_not_allowed"
        assert refused(identity, HOUSEHOLD, Context(user_id="user_anna")) == (
            "claim_somebody_else"
        )
        assert identity.scope_of(Context(), conversation_id=SESSION) == HOUSEHOLD


async def test_whoever_is_known_may_say_so(
    hass: HomeAssistant, identity: Identity, places: Places
) -> None:
    """Even where Ben may not claim to be Ben."""
    identity.claim(BEN, Context(user_id="user_ben"), **NOWHERE)
    identity.claim(BEN, Context(), **places.bedroom)
    identity.claim(HOUSEHOLD, Context(), **NOWHERE)


# --- conversations


async def test_conversation_of_a_satellite_stays_its_persons(
    hass: HomeAssistant, identity: Identity, places: Places, in_session: None
) -> None:
    identity.require_own_conversation(Context(), **places.bedroom)
    identity.require_own_conversation(Context(), **places.bedroom)
    for place in (NOWHERE, places.kitchen):
        with pytest.raises(Unauthorized):
            identity.require_own_conversation(Context(), **place)


async def test_satellite_given_to_a_person_while_it_talks(
    hass: HomeAssistant, identity: Identity, places: Places, in_session: None
) -> None:
    """What was said to the household is no secret to the person, but not the other way round."""
    before = Identity(hass)
    assert not before.require_own_conversation(Context(), **places.bedroom)
    assert not identity.require_own_conversation(Context(), **places.bedroom)
    # Taken from him again, it goes on with an empty log only, and only there.
    for place in (NOWHERE, places.kitchen, places.phone):
        with pytest.raises(Unauthorized):
            before.require_own_conversation(Context(), **place)
    for user in ("user_ben", "user_stranger"):
        with pytest.raises(Unauthorized):
            before.require_own_conversation(Context(user_id=user), **places.bedroom)
    assert before.require_own_conversation(Context(), **places.bedroom)
    assert not before.require_own_conversation(Context(), **places.bedroom)


async def test_satellite_given_to_another_person_than_who_claims(
    hass: HomeAssistant, identity: Identity, places: Places, in_session: None
) -> None:
    before = Identity(hass, {"claimants": ["cleo"]})
    before.claim(CLEO, Context(), **places.bedroom)
    assert identity.require_own_conversation(Context(), **places.bedroom)
    # The claim went with the log.
    before.require_own_conversation(Context(), **places.bedroom)
    assert (
        before.scope_of(Context(), **places.bedroom, conversation_id=SESSION)
        == HOUSEHOLD
    )


async def test_without_a_session(identity: Identity) -> None:
    identity.require_own_conversation(Context(), **NOWHERE)


# --- turns


@pytest.fixture
async def entry(
    hass: HomeAssistant, places: Places, database: FreshDatabase, pipeline: str
) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={**database.fields, "embedder": {"provider": "none"}},
        options={"capture": "all", **places.options()},
        subentries_data=[
            ConfigSubentryData(
                subentry_type="conversation",
                title="Keeper",
                unique_id=None,
                data=agent(),
            )
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def owners(database: FreshDatabase, entry: MockConfigEntry) -> list[str]:
    """Return whose the turns are, in order."""
    await asyncio.sleep(_SETTLE * 2)
    assert await entry.runtime_data.service.settled()
    connection = await asyncpg.connect(
        database.server.dsn(database.name, superuser=True), ssl=False
    )
    try:
        rows = await connection.fetch(
            "SELECT owner FROM ai_memory.turns ORDER BY started_at"
        )
    finally:
        await connection.close()
    return [row["owner"] for row in rows]


async def test_turns_of_our_agent(
    hass: HomeAssistant, entry: MockConfigEntry, places: Places, database: FreshDatabase
) -> None:
    [agent_id] = [
        entity.entity_id
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if entity.domain == "conversation"
    ]
    for context, place in (
        (Context(), places.bedroom),
        (Context(), places.kitchen),
        (Context(user_id="user_stranger"), places.bedroom),
        (Context(user_id="user_anna"), places.bedroom),
    ):
        await async_converse(
            hass, "The bins go out", None, context, agent_id=agent_id, **place
        )
    assert await owners(database, entry) == [
        "person:ben",
        "household",
        "household",
        "person:anna",
    ]


async def test_turns_that_pass_us_by(
    hass: HomeAssistant, entry: MockConfigEntry, places: Places, database: FreshDatabase
) -> None:
    for place in (places.bedroom, places.kitchen):
        with session(hass, f"of {place['satellite_id']}") as chat:
            run = PipelineRun(
                hass,
                context=Context(),
                pipeline=assist_pipeline.async_get_pipeline(hass),
                start_stage=assist_pipeline.PipelineStage.INTENT,
                end_stage=assist_pipeline.PipelineStage.INTENT,
                event_callback=lambda _: None,
            )
            run_input = PipelineInput(
                run=run,
                session=chat,
                intent_input="The bins go out",
                **place,
            )
            await run_input.validate()
            await run_input.execute()
    assert await owners(database, entry) == ["person:ben", "household"]
