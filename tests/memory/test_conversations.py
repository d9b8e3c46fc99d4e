"""Conversations: listed, read, searched, tagged, put into the bin and taken out again."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid7

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    AnsweredBy,
    Change,
    Conversation,
    PassageKind,
    ReferenceVerdict,
    Scope,
    Subject,
    ToolExecution,
    ToolUse,
    Turn,
    Verb,
)
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, answered, look_up, running, settled, turn

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = "We keep the spare key in the shed behind the garage"
KEY_QUESTION = "Where is the spare key?"


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        yield service


async def say(
    service: MemoryService,
    text: str,
    scope: Scope = HOUSEHOLD,
    *,
    ago: timedelta = timedelta(0),
    **fields: Any,
) -> Turn:
    """Record a turn that began some time before noon; it may still be queued."""
    said = turn(text, scope, started_at=NOON - ago, **fields)
    await service.record(said)
    return said


async def only(service: MemoryService, scope: Scope = HOUSEHOLD) -> Conversation:
    [conversation] = await service.conversations.list(scope)
    return conversation


async def texts(service: MemoryService, scope: Scope, *query: str) -> list[str]:
    found = await service.conversations.search(scope, *query)
    return [one.turn.text for one in found]


async def recalled(service: MemoryService, scope: Scope = HOUSEHOLD) -> list[str]:
    found = await service.memories.recall(scope, KEY_QUESTION)
    return [passage.text for passage in found]


async def raises(key: str, attempt: Any) -> None:
    with pytest.raises(InvalidInput) as raised:
        await attempt
    assert raised.value.key == key


async def test_list_and_get(service: MemoryService) -> None:
    first = await say(
        service,
        "Is the boiler on?",
        conversation_id="a",
        tools=[
            ToolExecution("get_state", {}, "on", succeeded=True),
            ToolExecution("turn_on", {}, None, succeeded=False),
        ],
        satellite_id="assist_satellite.hall",
    )
    second = await say(
        service, "And now?", conversation_id="a", ago=timedelta(minutes=-5)
    )
    await say(service, "Hello", ANNA, conversation_id="b", language="de")

    # What is still queued is there as well.
    hers, ours = await service.conversations.list(ANNA)
    assert (hers.owner, hers.title, hers.language) == (ANNA.owner, "Hello", "de")
    assert await service.conversations.list(BEN) == [ours]
    assert ours == Conversation(
        id=ours.id,
        session_id="a",
        owner=HOUSEHOLD.owner,
        title="Is the boiler on?",
        language="en",
        started_at=NOON,
        updated_at=NOON + timedelta(minutes=5),
        deleted_at=None,
        tags=[],
        turns=2,
    )

    transcript = await service.conversations.get(BEN, ours.id)
    assert transcript.conversation == ours
    assert [one.id for one in transcript.turns] == [first.id, second.id]
    asked = transcript.turns[0]
    assert (asked.text, asked.reply) == ("Is the boiler on?", "All right.")
    assert asked.tools == [ToolUse("get_state", True), ToolUse("turn_on", False)]
    assert asked.satellite_id == "assist_satellite.hall"
    assert asked.answered_by is AnsweredBy.DELEGATE
    assert (asked.session_id, asked.passage_id) == ("a", None)


async def test_pages(service: MemoryService) -> None:
    for number in range(5):
        await say(
            service,
            f"Turn {number}",
            conversation_id="a",
            ago=timedelta(minutes=9 - number),
        )
        await say(service, "Alone", conversation_id=f"single {number}")
    conversations = await service.conversations.list(HOUSEHOLD)
    pages = []
    before_id = None
    while page := await service.conversations.list(
        HOUSEHOLD, limit=4, before_id=before_id
    ):
        assert len(page) <= 4
        pages += page
        before_id = page[-1].id
    assert pages == conversations
    assert len(pages) == 6

    long = conversations[-1]
    last = await service.conversations.get(HOUSEHOLD, long.id, limit=3)
    assert [one.text for one in last.turns] == ["Turn 2", "Turn 3", "Turn 4"]
    before = await service.conversations.get(
        HOUSEHOLD, long.id, limit=3, before_id=last.turns[0].id
    )
    assert [one.text for one in before.turns] == ["Turn 0", "Turn 1"]
    nothing = await service.conversations.get(HOUSEHOLD, long.id, before_id=uuid7())
    assert nothing.turns == []


async def test_filters(service: MemoryService) -> None:
    day = timedelta(days=1)
    for number in range(4):
        await say(service, "Hm", conversation_id=str(number), ago=number * day)
    conversations = await service.conversations.list(HOUSEHOLD)
    await service.conversations.tag(HOUSEHOLD, conversations[1].id, add=["boiler"])

    async def found(**filters: Any) -> list[str]:
        return [
            conversation.session_id
            for conversation in await service.conversations.list(HOUSEHOLD, **filters)
        ]

    assert await found(tag="boiler") == ["2"]
    assert await found(tag="boil") == []
    assert await found(since=NOON - day) == ["1", "0"]
    # The end is not in the period.
    assert await found(until=NOON - day) == ["3", "2"]
    assert await found(since=NOON - 2 * day, until=NOON) == ["2", "1"]


async def test_tags(service: MemoryService) -> None:
    await say(service, "Hello", ANNA)
    conversation = await only(service, ANNA)
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    tagged = await service.conversations.tag(
        ANNA, conversation.id, add=["heating", " boiler ", "boiler"]
    )
    assert tagged.tags == ["boiler", "heating"]
    tagged = await service.conversations.tag(
        ANNA, conversation.id, add=["repair"], remove=["boiler", "no such tag"]
    )
    assert tagged.tags == ["heating", "repair"]
    assert await only(service, ANNA) == tagged
    assert (
        heard
        == [
            Change(
                Subject.CONVERSATION, Verb.CHANGED, ANNA.owner, (str(conversation.id),)
            )
        ]
        * 2
    )
    await raises(
        "secret_not_stored",
        service.conversations.tag(
            ANNA, conversation.id, add=["the alarm code is 4711"]
        ),
    )
    for tags, key in (([" "], "text_empty"), (["x" * 101], "text_too_long")):
        await raises(
            key, service.conversations.tag(ANNA, conversation.id, add=["new", *tags])
        )
    assert (await only(service, ANNA)).tags == ["heating", "repair"]


async def test_why_it_was_recalled(service: MemoryService) -> None:
    memory, _ = await service.memories.remember(
        HOUSEHOLD, "The spare key hangs in the shed"
    )
    told = await say(service, KEY, conversation_id="before")
    document, _ = await service.documents.add(
        HOUSEHOLD, b"Where is the spare key? On its hook.", "keys.md", wait=True
    )
    await settled(service)
    done = await answered(
        service,
        KEY_QUESTION,
        "In the shed.",
        conversation_id="now",
        resolved_text=KEY_QUESTION,
        model="llama",
    )
    details = await service.conversations.get_turn(BEN, done.id)
    assert (details.turn.id, details.turn.text) == (done.id, KEY_QUESTION)
    assert (details.resolved_text, details.model) == (KEY_QUESTION, "llama")
    assert details.stages["look_up"] >= details.stages["search"] > 0
    assert {(one.kind, one.source_id) for one in details.recalled} == {
        (PassageKind.MEMORY, str(memory.id)),
        (PassageKind.TURN, str(told.id)),
        (PassageKind.CHUNK, str(document.id)),
    }
    for one in details.recalled:
        assert one.reference.verdict is ReferenceVerdict.USED
        assert 0 < one.reference.score <= 1
        assert "spare key" in one.reference.snippet


# --- search


async def test_search(service: MemoryService) -> None:
    for minutes, (text, reply) in enumerate(
        [
            ("Turn on the light", "Done."),
            ("Turn on the light in the cellar", "Done."),
            ("When was the boiler serviced?", "In March, by Kowalczyk."),
            ("Turn off the boiler", "Done."),
            ("Turn off the light", "Done."),
        ]
    ):
        await say(service, text, reply=reply, ago=timedelta(minutes=10 - minutes))
    # Rare words before common ones, then the newest.
    found = await texts(service, HOUSEHOLD, "turning the boiler")
    assert found[:2] == ["Turn off the boiler", "When was the boiler serviced?"]
    assert len(found) == 5
    # What was answered is searched as well.
    assert await texts(service, HOUSEHOLD, "Kowalczyk") == [
        "When was the boiler serviced?"
    ]
    assert await texts(service, HOUSEHOLD, "dishwasher") == []
    # Nothing but stop words.
    assert await texts(service, HOUSEHOLD, "what was that?") == []
    # The best of all, not the best of the newest.
    best = await service.conversations.search(
        HOUSEHOLD, "light cellar dishwasher", limit=1
    )
    assert [one.turn.text for one in best] == ["Turn on the light in the cellar"]
    assert 0 < best[0].score < 1
    best = await service.conversations.search(HOUSEHOLD, "Kowalczyk")
    assert best[0].score == pytest.approx(1)

    assert (await texts(service, HOUSEHOLD))[0] == "Turn off the light"
    assert len(await texts(service, HOUSEHOLD)) == 5
    period: dict[str, Any] = {
        "since": NOON - timedelta(minutes=9),
        "until": NOON - timedelta(minutes=7),
    }
    for query, expected in (
        (None, ["When was the boiler serviced?", "Turn on the light in the cellar"]),
        ("boiler", ["When was the boiler serviced?"]),
    ):
        inside = await service.conversations.search(HOUSEHOLD, query, **period)
        assert [one.turn.text for one in inside] == expected


async def test_search_speaks_the_language(service: MemoryService) -> None:
    await say(service, "Wer hat die Fenster geputzt?", language="de")
    await say(service, "花火大会は何時ですか", language="ja")
    for query, language, expected in (
        ("von den Fenstern", "de", 1),
        ("von den Fenstern", "en", 0),
        ("花火", "ja", 1),
        ("' | !\\ & (boiler:*", "en", 0),
        ("\0x\ud800", "en", 0),
    ):
        found = await service.conversations.search(HOUSEHOLD, query, language=language)
        assert len(found) == expected, query


async def test_nobody_sees_what_is_anothers(service: MemoryService) -> None:
    said = await say(service, KEY, ANNA)
    conversation = await only(service, ANNA)
    for scope in (BEN, HOUSEHOLD):
        assert await service.conversations.list(scope) == []
        assert await texts(service, scope) == []
        assert await texts(service, scope, "spare key") == []
        assert (
            await service.conversations.latest_turn(scope, session_id="conversation")
            is None
        )
        for unknown in (conversation.id, conversation.id + 1, 0, -1, 2**70):
            for attempt in (
                service.conversations.get(scope, unknown),
                service.conversations.tag(scope, unknown, add=["mine"]),
                service.conversations.delete(scope, unknown),
                service.conversations.restore(scope, unknown),
            ):
                await raises("conversation_unknown", attempt)
        for turn_id in (said.id, uuid7()):
            await raises("turn_unknown", service.conversations.get_turn(scope, turn_id))
    # Nothing has happened to it, also not to one in the bin.
    assert await only(service, ANNA) == conversation
    await service.conversations.delete(ANNA, conversation.id)
    await raises(
        "conversation_unknown", service.conversations.restore(BEN, conversation.id)
    )
    assert await service.conversations.list(BEN, deleted=True) == []
    [binned] = await service.conversations.list(ANNA, deleted=True)
    assert binned.id == conversation.id


async def test_what_cannot_be_asked(service: MemoryService) -> None:
    conversations = service.conversations
    for limit in (0, -1, 501):
        await raises("limit_invalid", conversations.list(HOUSEHOLD, limit=limit))
        await raises("limit_invalid", conversations.get(HOUSEHOLD, 1, limit=limit))
        await raises("limit_invalid", conversations.search(HOUSEHOLD, limit=limit))
    for until in (NOON, NOON - timedelta(days=1)):
        period: dict[str, Any] = {"since": NOON, "until": until}
        await raises("period_invalid", conversations.list(HOUSEHOLD, **period))
        await raises("period_invalid", conversations.search(HOUSEHOLD, **period))
    for query, key in (
        ("", "text_empty"),
        ("\0 ", "text_empty"),
        ("x" * 2001, "text_too_long"),
    ):
        await raises(key, conversations.search(HOUSEHOLD, query))
    await raises("conversation_unknown", conversations.list(HOUSEHOLD, before_id=2**63))
    await raises("text_empty", conversations.list(HOUSEHOLD, tag=""))


# --- the bin


async def test_bin(service: MemoryService, database: FreshDatabase) -> None:
    """Out of recall, search and cache at once, and back again."""
    await say(service, KEY, conversation_id="told")
    await settled(service)
    for scope in (HOUSEHOLD, ANNA):
        await answered(
            service, KEY_QUESTION, "In the shed.", scope, conversation_id="asked"
        )
        assert (await look_up(service, KEY_QUESTION, scope)).answer
    told = (await service.conversations.list(HOUSEHOLD))[-1]
    heard: list[Change] = []
    service.changes.subscribe(heard.append)

    await service.conversations.delete(ANNA, told.id)
    assert await recalled(service) == []
    found = await look_up(service, KEY_QUESTION, ANNA)
    assert (found.answer, found.context) == (None, None)
    assert database.execute("SELECT count(*) FROM ai_memory.response_cache") == "0"
    assert KEY not in await texts(service, HOUSEHOLD, "spare key")
    assert KEY not in await texts(service, HOUSEHOLD)
    assert told.id not in [one.id for one in await service.conversations.list(ANNA)]
    [binned] = await service.conversations.list(ANNA, deleted=True)
    assert binned.id == told.id
    assert binned.deleted_at
    # It can still be looked at, and cannot be put there twice.
    assert (await service.conversations.get(BEN, told.id)).turns[0].text == KEY
    await raises("conversation_unknown", service.conversations.delete(ANNA, told.id))

    assert await service.conversations.restore(BEN, told.id) == told
    assert await recalled(service) == [KEY]
    assert KEY in await texts(service, HOUSEHOLD, "spare key")
    assert await service.conversations.list(ANNA, deleted=True) == []
    await raises("conversation_unknown", service.conversations.restore(ANNA, told.id))
    assert [(change.verb, change.owner) for change in heard] == [
        (Verb.REMOVED, HOUSEHOLD.owner),
        (Verb.ADDED, HOUSEHOLD.owner),
    ]


async def test_one_persons_bin_leaves_others_answers(
    service: MemoryService, database: FreshDatabase
) -> None:
    for scope in (ANNA, BEN, HOUSEHOLD):
        await answered(service, KEY_QUESTION, "In the shed.", scope)
    hers = next(
        one for one in await service.conversations.list(ANNA) if one.owner == ANNA.owner
    )
    await service.conversations.delete(ANNA, hers.id)
    owners = database.execute("SELECT owner FROM ai_memory.response_cache ORDER BY 1")
    assert owners.splitlines() == [HOUSEHOLD.owner, BEN.owner]


async def test_what_is_queued_goes_into_the_bin_with_the_rest(
    service: MemoryService,
) -> None:
    await say(service, "Hello")
    conversation = await only(service)
    await say(service, KEY)
    await service.conversations.delete(HOUSEHOLD, conversation.id)
    await settled(service)
    assert await service.conversations.list(HOUSEHOLD) == []
    assert await recalled(service) == []


async def test_session_goes_on_after_it_was_deleted(service: MemoryService) -> None:
    await say(service, KEY)
    before = await only(service)
    await service.conversations.delete(HOUSEHOLD, before.id)
    later = "The spare key hangs in the kitchen since today"
    await say(service, later)
    after = await only(service)
    assert after.id != before.id
    assert (after.session_id, after.title) == (before.session_id, later)
    assert await recalled(service) == [later]

    # Both are kept: what is said next belongs to the one that goes on.
    restored = await service.conversations.restore(HOUSEHOLD, before.id)
    assert restored.session_id == f"{before.session_id} ({before.id})"
    assert sorted(await recalled(service)) == sorted([KEY, later])
    await say(service, "Thanks")
    turns = {one.id: one.turns for one in await service.conversations.list(HOUSEHOLD)}
    assert turns == {before.id: 1, after.id: 2}
    # Neither is in the way of the other when it is deleted and restored again.
    for conversation_id in turns:
        await service.conversations.delete(HOUSEHOLD, conversation_id)
    for conversation_id in turns:
        await service.conversations.restore(HOUSEHOLD, conversation_id)
    assert len(await service.conversations.list(HOUSEHOLD)) == 2


async def test_long_session_id(service: MemoryService) -> None:
    await say(service, "Hello", conversation_id="x" * 255)
    before = await only(service)
    await service.conversations.delete(HOUSEHOLD, before.id)
    await say(service, "Hello again", conversation_id="x" * 255)
    restored = await service.conversations.restore(HOUSEHOLD, before.id)
    assert len(restored.session_id) <= 255


# --- the last turn


async def test_latest_turn(service: MemoryService) -> None:
    first = await say(service, "One", device_id="kitchen", ago=timedelta(minutes=3))
    second = await say(
        service,
        "Two",
        conversation_id="other",
        satellite_id="assist_satellite.hall",
        ago=timedelta(minutes=2),
    )
    private = await say(
        service, "Three", ANNA, device_id="kitchen", ago=timedelta(minutes=1)
    )
    # What memory answered itself is not what somebody finds wrong.
    await say(
        service, "That was wrong", device_id="kitchen", answered_by=AnsweredBy.MEMORY
    )

    async def latest(
        scope: Scope = HOUSEHOLD,
        since: datetime | None = NOON - timedelta(minutes=4),
        **where: str,
    ) -> Any:
        found = await service.conversations.latest_turn(scope, since=since, **where)
        return found.id if found else None

    # Recorded is enough: it need not be written yet.
    assert await latest(session_id="conversation") == first.id
    assert await latest(session_id="other", device_id="kitchen") == second.id
    assert await latest(session_id="new", device_id="kitchen") == first.id
    assert await latest(satellite_id="assist_satellite.hall") == second.id
    assert await latest(ANNA, device_id="kitchen") == private.id
    assert await latest(BEN, device_id="kitchen") == first.id
    assert await latest(session_id="new", device_id="bedroom") is None
    # What is not named may only have been said just now.
    assert await latest(since=None, device_id="kitchen") is None
    assert await latest(since=None, session_id="conversation") == first.id
    assert await latest(since=NOON, session_id="conversation") is None
    assert await latest(session_id="a\0 \ud800") is None
    assert await latest() is None
    for conversation in await service.conversations.list(HOUSEHOLD):
        await service.conversations.delete(HOUSEHOLD, conversation.id)
    assert await latest(session_id="other") is None
    assert await latest(device_id="kitchen") is None
