"""Three persons, three satellites and an administrator do thousands of things at random: nobody sees or loses what is private.

Every private text holds a word that names its owner, so a leak is seen wherever it comes out: in a response, an error,
an export, what the model is sent, or what an agent says.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from functools import partial
import json
import os
import random
import re
from typing import Any
from uuid import uuid7

import asyncpg
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.components import conversation
from homeassistant.components.conversation import (
    AbstractConversationAgent,
    AssistantContent,
    ConversationInput,
    ConversationResult,
    UserContent,
    async_converse,
)
from homeassistant.components.conversation.chat_log import current_chat_log
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, intent, llm
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import (
    CLIENT_ID,
    MockConfigEntry,
    MockUser,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.ai_memory.const import DOMAIN
from custom_components.ai_memory.models import Scope
from tests.databases import FreshDatabase
from tests.ha.keeper import Memory, set_up

OPERATIONS = int(os.environ.get("LEAK_OPERATIONS", "3000"))
"""10,000 take some three minutes."""
PEOPLE = ("anna", "ben", "cleo")
ADMIN = "dora"
SATELLITE = "satellite"
"""Of the household: nobody knows who speaks."""
BEDSIDE = "bedside"
"""Mapped to Cleo."""
HALL = "hall"
CLAIMANTS = {HALL: "ben"}
"""Where somebody says who they are, now and then."""
KEEPER = "cleo"
"""Lets nothing go: all that she told must be there in the end."""
MARK = re.compile(r"(anna|ben|cleo|dora)word\d+")
THINGS = ("key", "present", "diary", "wine", "letter")
PLACES = ("cellar", "attic", "garden", "office", "car")
HTTP = {
    "remember": ("post", "memory/add"),
    "recall": ("get", "memory/search"),
    "set_preference": ("post", "preferences/set"),
    "get_preference": ("get", "preferences/get"),
    "feedback": ("post", "training/feedback"),
    "export_training_data": ("get", "training/export"),
    "cache_stats": ("get", "cache/stats"),
    "clear_cache": ("delete", "cache/clear"),
}

type Request = tuple[str, dict[str, Any]]


class Parrot(AbstractConversationAgent):
    """Says all that a model would be sent: the context, and every turn that is in the chat log."""

    supported_languages = "*"

    async def async_process(self, user_input: ConversationInput) -> ConversationResult:
        chat_log = current_chat_log.get()
        assert chat_log is not None
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech(
            f"I was told: {user_input.text}. Before: "
            + " ".join(
                str(content.content)[-300:]
                for content in chat_log.content[-12:-1]
                if isinstance(content, (UserContent, AssistantContent))
            )[-900:]
        )
        return ConversationResult(response, user_input.conversation_id)


@dataclass
class Actor:
    """Somebody, or a satellite, who does things; `person` is who that is, as far as anybody knows."""

    name: str
    person: str | None
    context: Context
    device_id: str | None = None
    session: str | None = None
    private: dict[int, str] = field(default_factory=dict)
    """Memories that only they know."""
    documents: dict[str, str] = field(default_factory=dict)
    """Ids and titles of documents that only they may see."""
    told: set[str] = field(default_factory=set)
    """What they had remembered by voice."""
    surfaces: dict[str, Callable[[Request], Awaitable[Any]]] = field(
        default_factory=dict
    )


@dataclass
class World:
    """Everything that exists by its id, whoever it belongs to."""

    chance: random.Random
    memories: list[int] = field(default_factory=lambda: [1])
    conversations: list[int] = field(default_factory=lambda: [1])
    turns: list[str] = field(default_factory=lambda: [str(uuid7())])
    documents: list[str] = field(default_factory=lambda: [str(uuid7())])
    tokens: list[str] = field(default_factory=lambda: ["none"])
    said: int = 0

    def text(self, actor: Actor) -> str:
        """Return something new that only the actor may know."""
        self.said += 1
        return (
            f"The {self.chance.choice(THINGS)} {actor.person or 'every'}word{self.said}"
            f" lies in the {self.chance.choice(PLACES)}"
        )

    def learn(self, response: Any) -> None:
        """Note every id in a response."""
        match response:
            case dict():
                for key, value in response.items():
                    if key == "token" and isinstance(value, str):
                        self.tokens.append(value)
                    self.learn(value)
            case list():
                for value in response:
                    self.learn(value)

    def request(self, actor: Actor) -> Request:
        """Return something that an actor may ask for."""
        chance = self.chance
        private = actor.person is not None
        topic = f"{chance.choice(THINGS)} {chance.choice(PLACES)}"
        key = f"note.{chance.choice(THINGS)}"
        page = {"limit": chance.choice((1, 20, 50))}
        requests: list[Request] = [
            ("remember", {"content": self.text(actor), "private": private}),
            ("remember", {"content": f"The {topic} is for everybody"}),
            ("recall", {"query": topic, **page}),
            ("recall", {"query": topic, "person": f"person.{chance.choice(PEOPLE)}"}),
            ("get_context", {"query": topic, "length": 2000}),
            ("get_memory", {"memory_id": chance.choice(self.memories)}),
            ("list_memories", page),
            ("list_memories", {"query": "word"}),
            (
                "update_memory",
                {
                    "memory_id": chance.choice(self.memories),
                    "tags": [f"tag{chance.randrange(9)}"],
                },
            ),
            ("forget", {"memory_ids": [chance.choice(self.memories)]}),
            ("forget", {"query": topic}),
            ("forget", {"token": chance.choice(self.tokens), "memory_ids": [1]}),
            (
                "set_preference",
                {"key": key, "value": self.text(actor), "private": True},
            ),
            ("get_preference", {"key": key}),
            ("list_preferences", {}),
            ("delete_preference", {"key": key, "private": private}),
            ("list_aliases", {}),
            ("list_proposals", {}),
            (
                "review_proposal",
                {
                    "proposal_id": f"memory:{chance.choice(self.memories)}",
                    "accept": True,
                },
            ),
            ("list_conversations", page),
            (
                "get_conversation",
                {"conversation_id": chance.choice(self.conversations)},
            ),
            ("get_turn", {"turn_id": chance.choice(self.turns)}),
            ("search_conversations", {"query": topic}),
            ("search_conversations", {}),
            (
                "tag_conversation",
                {"conversation_id": chance.choice(self.conversations), "add": ["x"]},
            ),
            (
                "feedback",
                {
                    "turn_id": chance.choice(self.turns),
                    "rating": 2,
                    "comment": self.text(actor),
                },
            ),
            ("list_feedback", {}),
            (
                "export_training_data",
                {"format": "chat", "mask_names": False, "limit": 100},
            ),
            ("cache_stats", {}),
            ("clear_cache", {}),
            (
                "delete_conversation",
                {"conversation_id": chance.choice(self.conversations)},
            ),
            (
                "restore_conversation",
                {"conversation_id": chance.choice(self.conversations)},
            ),
            ("forget", {"conversation_id": chance.choice(self.conversations)}),
            ("forget", {"everything": True}),
            ("list_dropped_secrets", {}),
            *self._of_documents(actor, topic),
        ]
        name, data = chance.choice(requests)
        if actor.person == KEEPER and name in (
            "forget",
            "delete_conversation",
            "delete_document",
        ):
            return "recall", {"query": topic}
        return name, data

    def private_document(self, actor: Actor) -> Request:
        """Return a document to be added: its words, title, name and shelf are the actor's."""
        text = self.text(actor)
        return (
            "add_document",
            {
                "content": f"# {text}\n\nA letter about it. {text}.",
                "title": text,
                "name": text,
                "collection": f"{actor.person}word0",
                "private": True,
            },
        )

    def _of_documents(self, actor: Actor, topic: str) -> list[Request]:
        """Return what an actor may ask for of documents."""
        chance = self.chance
        document = {"document_id": chance.choice(self.documents)}
        text = self.text(actor)
        return [
            self.private_document(actor),
            ("add_document", {"content": f"The {topic} is everybody's {self.said}"}),
            ("list_documents", {"query": "word", "deleted": chance.random() < 0.5}),
            ("get_document", document),
            ("delete_document", {**document, "for_good": chance.random() < 0.3}),
            ("restore_document", document),
            ("list_collections", {}),
            (
                "update_collection",
                {
                    "collection": f"{actor.person}word0",
                    "description": text,
                    "private": True,
                },
            ),
            (
                "summarise_collection",
                {"collection": f"{chance.choice(PEOPLE)}word0", "private": True},
            ),
        ]


def as_text(response: Any) -> str:
    return json_dumps(response)


async def action(hass: HomeAssistant, actor: Actor, request: Request) -> Any:
    name, data = request
    return await hass.services.async_call(
        DOMAIN,
        name,
        data,
        blocking=True,
        return_response=True,
        context=actor.context,
    )


async def tool(hass: HomeAssistant, actor: Actor, request: Request) -> Any:
    """Use what the request is most like."""
    name, data = request
    arguments: dict[str, Any]
    match name:
        case "remember":
            arguments = {"content": data["content"], "private": data.get("private")}
            arguments["private"] = bool(arguments["private"])
        case "forget" if "token" in data:
            arguments = {"token": data["token"]}
        case "forget":
            arguments = {"query": data.get("query", "key")}
        case _:
            name = "recall"
            arguments = {"query": data.get("query") or "key cellar", "limit": 20}
    api = await llm.async_get_api(
        hass,
        llm.LLM_API_ASSIST,
        llm.LLMContext(
            platform="test",
            context=actor.context,
            language="en",
            assistant=conversation.DOMAIN,
            device_id=actor.device_id,
        ),
    )
    result = await api.async_call_tool(
        llm.ToolInput(tool_name=f"{DOMAIN}__{name}", tool_args=arguments)
    )
    return result.data


async def voice(memory: Memory, world: World, actor: Actor, request: Request) -> Any:
    """Say something that has to do with the request, in a session that goes on or in a new one."""
    chance = world.chance
    if actor.session is None or chance.random() < 0.3:
        actor.session = None
        if actor.name in CLAIMANTS:
            # Until the next session begins.
            actor.person = CLAIMANTS[actor.name] if chance.random() < 0.5 else None
            if actor.person:
                await say(memory, actor, f"this is {actor.person.title()}")
    name, _ = request
    topic = f"{chance.choice(THINGS)} {chance.choice(PLACES)}"
    new = world.text(actor)
    if name == "remember" and actor.person:
        actor.told.add(new[4:])
    text = {
        "remember": f"remember that my {new[4:]}",
        "recall": f"What is the {topic}?",
        "get_context": f"Where did we put the {topic}?",
        "list_memories": f"what do you know about the {topic}",
        "search_conversations": "what did I ask you today",
        "list_conversations": f"What did we say about the {topic}?",
        "forget": f"forget about the {topic}",
        "clear_cache": "start over",
    }.get(name, new)
    response = await say(memory, actor, text)
    if text == "start over" and actor.name in CLAIMANTS:
        actor.person = None
    return response


async def say(memory: Memory, actor: Actor, text: str) -> Any:
    result = await async_converse(
        memory.hass,
        text,
        actor.session,
        actor.context,
        language="en",
        agent_id=memory.agent_id,
        device_id=actor.device_id,
    )
    actor.session = result.conversation_id
    return result.response.as_dict()


async def access_token(hass: HomeAssistant, user: MockUser) -> str:
    refresh = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
    return hass.auth.async_create_access_token(refresh)


async def websocket(client: Any, request: Request) -> Any:
    name, data = request
    await client.send_json_auto_id({"type": f"{DOMAIN}/{name}", **data})
    return await client.receive_json()


async def http(client: Any, request: Request) -> Any:
    name, data = request
    method, path = HTTP.get(name, HTTP["recall"])
    if name not in HTTP:
        data = {"query": "key cellar", "limit": 50}
    how = (
        {"json": data}
        if method == "post"
        else {"params": {key: str(value) for key, value in data.items()}}
    )
    response = await getattr(client, method)(f"/api/{DOMAIN}/{path}", **how)
    return await response.text()


@pytest.mark.newest_only
async def test_nothing_private_is_seen_by_another(
    hass: HomeAssistant,
    home: None,
    database: FreshDatabase,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    chance = random.Random(20261120)
    world = World(chance)
    users = {
        name: MockUser(
            id=f"user_{name}",
            groups=[
                await hass.auth.async_get_group(
                    GROUP_ID_ADMIN if name == ADMIN else GROUP_ID_USER
                )
            ],
        ).add_to_hass(hass)
        for name in (*PEOPLE, ADMIN)
    }
    assert await async_setup_component(
        hass,
        "person",
        {
            "person": [
                {"id": name, "name": name.title(), "user_id": user.id}
                for name, user in users.items()
            ]
        },
    )
    assert await async_setup_component(hass, "llm", {})
    parrot = MockConfigEntry(domain="parrot", entry_id="parrot")
    parrot.add_to_hass(hass)
    conversation.async_set_agent(hass, parrot, Parrot())
    devices = {
        name: dr.async_get(hass)
        .async_get_or_create(
            config_entry_id=parrot.entry_id, identifiers={("parrot", name)}
        )
        .id
        for name in (SATELLITE, BEDSIDE, HALL)
    }
    memory = await set_up(
        hass,
        database,
        "parrot",
        {"provider": "none"},
        options={
            "devices": {devices[BEDSIDE]: KEEPER},
            "claimants": list(CLAIMANTS.values()),
        },
        session_window=30,
    )
    actors = [
        *(Actor(name, name, Context(user_id=user.id)) for name, user in users.items()),
        Actor(SATELLITE, None, Context(), devices[SATELLITE]),
        Actor(BEDSIDE, KEEPER, Context(), devices[BEDSIDE]),
        Actor(HALL, None, Context(), devices[HALL]),
    ]
    for actor in actors:
        actor.surfaces = {"voice": partial(voice, memory, world, actor)}
        if actor.name != HALL:
            actor.surfaces["tool"] = partial(tool, hass, actor)
        if actor.name not in users:
            continue
        token = await access_token(hass, users[actor.name])
        ws_client, client = await hass_ws_client(hass, token), await hass_client(token)
        actor.surfaces |= {
            "action": partial(action, hass, actor),
            "websocket": partial(websocket, ws_client),
            "http": partial(http, client),
        }

    # Chance alone could leave too little to look for in the end.
    for actor in actors:
        if actor.person != KEEPER:
            continue
        requests: list[tuple[str, Request]] = [("voice", ("remember", {}))] * 4
        if actor.name in users:
            requests += [("action", world.private_document(actor))]
            requests += [
                ("action", ("remember", {"content": text, "private": True}))
                for text in (world.text(actor) for _ in range(21))
            ]
        for surface, request in requests:
            keep_track(actor, request, await actor.surfaces[surface](request))

    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for number in range(OPERATIONS):
        if number % 250 == 0:
            await memory.service.settled()
            await note_ids(memory, world)
        actor = chance.choice(actors)
        surface = chance.choice(sorted(actor.surfaces))
        request = world.request(actor)
        named = request[1].get("person", "").removeprefix("person.")
        try:
            response = await actor.surfaces[surface](request)
        except (HomeAssistantError, probatio.Invalid) as err:
            response = str(err)
            refused[surface] += 1
        seen = as_text(response)
        allowed = {actor.person}
        if actor.name == ADMIN and named and surface in ("action", "websocket", "http"):
            # Administrators see what they name, and nothing else.
            allowed.add(named)
        leaked = {mark.group(1) for mark in MARK.finditer(seen)} - allowed
        assert not leaked, (number, actor.name, surface, request, seen)
        world.learn(response)
        done[surface] += 1
        keep_track(actor, request, response)

    assert await memory.service.settled()
    assert sum(done.values()) == OPERATIONS
    assert min(done.values()) > OPERATIONS / 20, done
    assert sum(refused.values()) < OPERATIONS / 2, refused
    await nothing_of_others_was_touched(memory, actors)
    await no_shelf_tells_of_others(memory, actors)
    await row_security_alone_keeps_it(database, [*users])
    await hass.config_entries.async_unload(memory.entry.entry_id)


async def note_ids(memory: Memory, world: World) -> None:
    """Let everybody know all ids there are."""
    for name, table in (
        ("memories", "memories"),
        ("conversations", "conversations"),
        ("turns", "turns"),
        ("documents", "documents"),
    ):
        found = await memory.rows(f"SELECT id FROM {table} ORDER BY random() LIMIT 300")
        values = [row["id"] for row in found] or getattr(world, name)
        setattr(world, name, [v if isinstance(v, int) else str(v) for v in values])


def keep_track(actor: Actor, request: Request, response: Any) -> None:
    """Note what an actor made known to themselves only, and what they let go."""
    name, data = request
    if isinstance(response, str):
        try:
            response = json.loads(response)
        except ValueError:
            return
    if isinstance(response, dict) and "result" in response:
        response = response["result"]
    if not isinstance(response, dict):
        return
    if name == "remember" and data.get("private") and "content" in response:
        actor.private[response["id"]] = response["content"]
    if name == "add_document" and data.get("private") and "title" in response:
        actor.documents[response["id"]] = response["title"]
    for gone in response.get("forgotten", {}) if name == "forget" else ():
        actor.private.pop(gone, None)


async def nothing_of_others_was_touched(memory: Memory, actors: list[Actor]) -> None:
    kept = {
        row["id"]: (row["owner"], row["content"])
        for row in await memory.rows("SELECT id, owner, content FROM memories")
    }
    compared = 0
    for actor in actors:
        for memory_id, content in actor.private.items():
            if actor.person == KEEPER or memory_id in kept:
                assert kept[memory_id] == (f"person:{actor.person}", content)
                compared += 1
    assert compared > 20
    mine = {
        row["content"]
        for row in await memory.rows(
            "SELECT content FROM memories WHERE owner = $1", f"person:{KEEPER}"
        )
    }
    asked = {
        row["text"]
        for row in await memory.rows(
            "SELECT text FROM turns WHERE owner = $1", f"person:{KEEPER}"
        )
    }
    told = {text for actor in actors if actor.person == KEEPER for text in actor.told}
    assert len(told) > 3
    assert {f"my {text}" for text in told} <= mine
    assert {f"remember that my {text}" for text in told} <= asked
    for row in await memory.rows("SELECT owner, content FROM memories"):
        for mark in MARK.finditer(row["content"]):
            assert row["owner"] == f"person:{mark.group(1)}"


async def no_shelf_tells_of_others(memory: Memory, actors: list[Actor]) -> None:
    """Documents are where they were put; lists of shelves, and the choice among them, know nothing of others'."""
    kept = {
        str(row["id"]): (row["owner"], row["title"], row["deleted_at"])
        for row in await memory.rows("SELECT * FROM documents")
    }
    compared = 0
    for actor in actors:
        for document_id, title in actor.documents.items():
            if actor.person == KEEPER:
                assert kept[document_id] == (f"person:{actor.person}", title, None)
                compared += 1
            elif document_id in kept:
                assert kept[document_id][0] == f"person:{actor.person}"
    assert compared
    service = memory.service
    await service.collections.refresh()
    owners = {
        row["id"]: row["owner"]
        for row in await memory.rows("SELECT id, owner FROM collections")
    }
    for scope in (Scope.household(), *map(Scope.person, (*PEOPLE, ADMIN))):
        shelves = await service.collections.list(scope)
        seen = as_text([asdict(shelf) for shelf in shelves])
        assert {mark.group(1) for mark in MARK.finditer(seen)} <= {scope.person_id}
        fitting = service._searching.routing.fitting(
            scope, " ".join(f"{name}word0" for name in (*PEOPLE, ADMIN)), None, None
        )
        assert {owners[shelf] for shelf in fitting or ()} <= {scope.owner}
        assert fitting or scope == Scope.household()


async def row_security_alone_keeps_it(
    database: FreshDatabase, names: list[str]
) -> None:
    """Look at every table with a policy as our own role, in every scope."""
    tables = database.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity"
        " AND relnamespace = 'ai_memory'::regnamespace"
    ).split()
    connection = await asyncpg.connect(database.dsn)
    marked = 0
    try:
        for scope in ("household", *(f"person:{name}" for name in names)):
            await connection.execute(
                "SELECT set_config('ai_memory.scope', $1, false)", scope
            )
            for table in tables:
                for row in await connection.fetch(
                    f"SELECT row_to_json(t)::text AS text FROM ai_memory.{table} t"
                ):
                    owners = {mark.group(1) for mark in MARK.finditer(row["text"])}
                    marked += len(owners)
                    assert owners <= {scope.removeprefix("person:")}, (scope, table)
    finally:
        await connection.close()
    assert marked > 100
