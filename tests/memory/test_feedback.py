"""Feedback: given on purpose, and seen in what people say next."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid7

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.alias_candidates import phrase_for
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    AnsweredBy,
    Change,
    Scope,
    Subject,
    TargetKind,
    Turn,
    Verb,
)
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, KNOWN_TARGET, running, settled, turn

THINGS = {
    "bedroom light": (TargetKind.ENTITY, KNOWN_TARGET),
    "bedroom": (TargetKind.AREA, "bedroom"),
    "kitchen": (TargetKind.AREA, "kitchen"),
}


def target_of_name(name: str) -> tuple[TargetKind, str] | None:
    """Return what the house calls so, as HomeNames does."""
    return THINGS.get(name.removeprefix("the ").removeprefix("das "))


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings, target_of_name=target_of_name) as service:
        yield service


@pytest.fixture
def changes(service: MemoryService) -> list[Change]:
    """Hear of what changes."""
    heard: list[Change] = []
    service.changes.subscribe(heard.append)
    return heard


async def said(
    service: MemoryService, text: str, scope: Scope = ANNA, **fields: Any
) -> Turn:
    done = turn(text, scope, **fields)
    await service.record(done)
    await settled(service)
    return done


async def ratings(
    service: MemoryService, scope: Scope = ANNA
) -> dict[str, tuple[int, str]]:
    """Return how each turn was judged, by its text."""
    return {
        one.text: (one.rating, one.source) for one in await service.feedback.list(scope)
    }


# --- on purpose


async def test_second_feedback_replaces_what_it_gives(
    service: MemoryService, changes: list[Change]
) -> None:
    done = await said(service, "When are the bins collected?", reply="On Monday.")
    first, is_new = await service.feedback.rate(
        ANNA, done.id, rating=2, comment=" Not\0 quite "
    )
    assert is_new
    assert (first.rating, first.comment, first.correction) == (2, "Not quite", None)
    assert (first.text, first.reply, first.source) == (
        done.text,
        "On Monday.",
        "person",
    )
    second, is_new = await service.feedback.rate(
        ANNA, done.id, correction="On Tuesday."
    )
    assert not is_new
    # The right answer says that the one given was wrong.
    assert (second.rating, second.comment) == (1, "Not quite")
    assert second.correction == "On Tuesday."
    third, _ = await service.feedback.rate(ANNA, done.id, comment="Now it is right")
    assert (third.id, third.rating, third.correction) == (first.id, 1, "On Tuesday.")
    assert await service.feedback.list(ANNA) == [third]
    assert changes == [
        Change(Subject.FEEDBACK, verb, ANNA.owner, (str(done.id),))
        for verb in (Verb.ADDED, Verb.CHANGED, Verb.CHANGED)
    ]


async def test_everybody_has_one_of_their_own(service: MemoryService) -> None:
    done = await said(service, "Is it raining?", HOUSEHOLD)
    for scope, rating in ((ANNA, 5), (BEN, 1), (HOUSEHOLD, 3)):
        await service.feedback.rate(scope, done.id, rating=rating)
    for scope, seen in ((ANNA, {5, 3}), (BEN, {1, 3}), (HOUSEHOLD, {3})):
        assert {one.rating for one in await service.feedback.list(scope)} == seen


async def test_default_is_the_last_turn_of_where_it_was_said(
    service: MemoryService,
) -> None:
    await said(service, "First", conversation_id="one", device_id="hall")
    await said(service, "Second", conversation_id="two", device_id="attic")
    await said(service, "Third", conversation_id="one", device_id="hall")
    # What memory itself answered, such as "that was wrong", is not what is meant.
    await said(
        service,
        "That was wrong",
        conversation_id="one",
        device_id="hall",
        answered_by=AnsweredBy.MEMORY,
    )
    for session, device, text in (
        ("one", None, "Third"),
        (None, "attic", "Second"),
        ("new", "hall", "Third"),
    ):
        feedback, _ = await service.feedback.rate(
            ANNA, session_id=session, device_id=device, rating=1
        )
        assert feedback.text == text
    for scope, session in ((BEN, "one"), (ANNA, None)):
        with pytest.raises(InvalidInput) as raised:
            await service.feedback.rate(scope, session_id=session, rating=1)
        assert raised.value.key == "no_turn_to_rate"


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"rating": 0}, "rating_invalid"),
        ({"rating": 6}, "rating_invalid"),
        ({"rating": -(2**70)}, "rating_invalid"),
        ({}, "feedback_without_rating"),
        ({"comment": "Well"}, "feedback_without_rating"),
        ({"rating": 1, "comment": "x" * 1_000_000}, "text_too_long"),
        ({"rating": 1, "correction": "x" * 8001}, "text_too_long"),
        ({"rating": 1, "comment": " \0 "}, "text_empty"),
        ({"rating": 1, "correction": ""}, "text_empty"),
    ],
)
async def test_bad_input(
    fields: dict[str, Any], key: str, service: MemoryService
) -> None:
    done = await said(service, "Is it raining?")
    with pytest.raises(InvalidInput) as raised:
        await service.feedback.rate(ANNA, done.id, **fields)
    assert raised.value.key == key
    assert await service.feedback.list(ANNA) == []


async def test_sql_in_a_comment_is_a_comment(service: MemoryService) -> None:
    done = await said(service, "Is it raining?")
    comment = "'); DROP TABLE ai_memory.feedback; -- {{ states }} $1"
    feedback, _ = await service.feedback.rate(
        ANNA, done.id, rating=3, comment=comment, correction=comment
    )
    assert (feedback.comment, feedback.correction) == (comment, comment)


async def test_turn_of_somebody_else_is_as_unknown_as_none(
    service: MemoryService, database: FreshDatabase
) -> None:
    done = await said(service, "What do I give Ben for his birthday?")
    gone = await said(service, "Forget it", conversation_id="gone")
    conversation = database.execute(
        "SELECT id FROM ai_memory.conversations WHERE session_id = 'gone'"
    )
    await service.conversations.delete(ANNA, int(conversation))
    errors = []
    for scope, turn_id in (
        (BEN, done.id),
        (HOUSEHOLD, done.id),
        (BEN, uuid7()),
        (ANNA, gone.id),
    ):
        with pytest.raises(InvalidInput) as raised:
            await service.feedback.rate(scope, turn_id, rating=1)
        errors.append((raised.value.key, raised.value.placeholders))
    assert errors == [("turn_unknown", {})] * 4


async def test_secret_is_refused(
    service: MemoryService, database: FreshDatabase
) -> None:
    done = await said(service, "What is the code?")
    for field in ("comment", "correction"):
        with pytest.raises(InvalidInput) as raised:
            await service.feedback.rate(
                ANNA, done.id, rating=1, **{field: "The alarm code is 4711"}
            )
        assert raised.value.key == "secret_not_stored"
    assert await service.feedback.list(ANNA) == []
    assert database.execute(
        "SELECT DISTINCT owner, source FROM ai_memory.dropped_secrets"
    ) == (f"{ANNA.owner}|feedback")


async def test_pages(service: MemoryService) -> None:
    for rating in range(1, 6):
        done = await said(service, f"Turn {rating}")
        await service.feedback.rate(ANNA, done.id, rating=rating)
    first = await service.feedback.list(ANNA, limit=2)
    assert [one.rating for one in first] == [5, 4]
    rest = await service.feedback.list(ANNA, before_id=first[-1].id, max_rating=2)
    assert [one.rating for one in rest] == [2, 1]
    for fields, key in (
        ({"limit": 0}, "limit_invalid"),
        ({"limit": 501}, "limit_invalid"),
        ({"before_id": 2**63}, "feedback_unknown"),
        ({"before_id": 0}, "feedback_unknown"),
        ({"min_rating": 4, "max_rating": 3}, "rating_invalid"),
    ):
        with pytest.raises(InvalidInput) as raised:
            await service.feedback.list(ANNA, **fields)
        assert raised.value.key == key


# --- seen in what people say next


async def test_correction(service: MemoryService, changes: list[Change]) -> None:
    await said(service, "Is it raining?")
    wrong = await said(service, "Turn on the lamp", reply="Kitchen light is on.")
    right = await said(
        service, "No, I meant the bedroom light", reply="Bedroom light is on."
    )
    assert await ratings(service) == {
        wrong.text: (1, "correction"),
        right.text: (5, "correction"),
    }
    [feedback] = await service.feedback.list(ANNA, max_rating=1)
    assert feedback.corrected_by == right.id
    [proposed] = await service.preferences.list(ANNA, prefix="proposed_alias.")
    assert proposed.owner == ANNA.owner
    assert proposed.value == {"phrase": "the lamp", "entity_id": KNOWN_TARGET}
    # It means nothing before somebody has agreed to it.
    assert await service.preferences.list_aliases(ANNA) == []
    assert (
        Change(Subject.FEEDBACK, Verb.ADDED, ANNA.owner, (str(wrong.id), str(right.id)))
        in changes
    )


async def test_correction_of_a_correction(service: MemoryService) -> None:
    await said(service, "Turn on the lamp")
    await said(service, "No, I meant the bedroom")
    await said(service, "No, I meant the bedroom light")
    assert {text: rating for text, (rating, _) in (await ratings(service)).items()} == {
        "Turn on the lamp": 1,
        "No, I meant the bedroom": 1,
        "No, I meant the bedroom light": 5,
    }


async def test_what_was_said_on_purpose_counts_for_more(service: MemoryService) -> None:
    before = await said(service, "Turn on the lamp")
    await service.feedback.rate(ANNA, before.id, rating=4)
    after = await said(service, "No, I meant the bedroom light")
    [feedback] = await service.feedback.list(ANNA, max_rating=4)
    assert (feedback.rating, feedback.source) == (4, "person")
    assert feedback.corrected_by == after.id
    await service.feedback.rate(ANNA, after.id, rating=2)
    assert (await ratings(service))[after.text] == (2, "person")


async def test_correction_that_failed_is_not_right(service: MemoryService) -> None:
    wrong = await said(service, "Turn on the lamp")
    await said(service, "No, I meant the bedroom light", error="no_intent_match")
    assert await ratings(service) == {wrong.text: (1, "correction")}


@pytest.mark.parametrize(
    ("before", "is_found"),
    [
        ({}, True),
        ({"conversation_id": "other"}, False),
        ({"conversation_id": "other", "device_id": "hall"}, True),
        ({"conversation_id": "other", "device_id": "attic"}, False),
        ({"conversation_id": "other", "device_id": "hall", "minutes": 3}, False),
        ({"scope": BEN}, False),
        ({"scope": BEN, "device_id": "hall"}, False),
        ({"scope": HOUSEHOLD, "device_id": "hall"}, False),
        ({"answered_by": AnsweredBy.MEMORY}, False),
    ],
)
async def test_which_turn_is_corrected(
    before: dict[str, Any], is_found: bool, service: MemoryService
) -> None:
    now = datetime.now(UTC)
    minutes = before.pop("minutes", 1)
    await said(
        service,
        "Turn on the lamp",
        before.pop("scope", ANNA),
        started_at=now - timedelta(minutes=minutes),
        **before,
    )
    await said(
        service, "No, I meant the bedroom light", device_id="hall", started_at=now
    )
    found = {
        one.text
        for scope in (ANNA, BEN)
        for one in await service.feedback.list(scope, max_rating=1)
    }
    assert found == ({"Turn on the lamp"} if is_found else set())


async def test_nothing_to_correct(service: MemoryService) -> None:
    await said(service, "No, I meant the bedroom light")
    await said(service, "I have put the key on the shelf")
    await said(service, "Turn on the lamp")
    assert await service.feedback.list(ANNA) == []
    assert await service.preferences.list(ANNA) == []


async def test_target_that_is_no_target(service: MemoryService) -> None:
    """What the house calls so may be nothing that an alias can name."""
    await said(service, "Turn on the light in the den")
    await said(service, "No, I meant the bedroom")
    assert len(await service.feedback.list(ANNA)) == 2
    assert await service.preferences.list(ANNA) == []


# --- which words were a name

ENTITY, AREA = TargetKind.ENTITY, TargetKind.AREA


@pytest.mark.parametrize(
    ("said", "language", "kind", "phrase"),
    [
        ("Turn on the lamp", "en", ENTITY, "the lamp"),
        ("Please switch my reading lamp on", "en", ENTITY, "my reading lamp"),
        ("Dim the lamp to 50 percent", "en", ENTITY, "the lamp"),
        ("Turn on the lamp, please", "en", ENTITY, "the lamp"),
        ("Turn on the light in the den", "en", ENTITY, "the light"),
        ("Turn on the light in the den", "en", AREA, "the den"),
        ("Turn on the lamp", "en", AREA, None),
        ("Turn on the light in the kitchen", "en", AREA, None),
        ("Turn the lamp off, then the fan", "en", ENTITY, None),
        ("Turn on the bedroom light", "en", ENTITY, None),
        ("Turn on lamps", "en", ENTITY, None),
        ("What is the temperature of the boiler?", "en", ENTITY, None),
        ("Schalte die Lampe ein", "de", ENTITY, "die Lampe"),
        ("Mach das Licht in meiner Höhle an", "de", AREA, "meiner Höhle"),
        ("Allume la lampe", "fr", ENTITY, "la lampe"),
        ("Enciende la lámpara", "es", ENTITY, "la lámpara"),
        ("Accendi la lampada", "it", ENTITY, "la lampada"),
        ("Doe de lamp aan", "nl", ENTITY, "de lamp"),
        ("Włącz moją lampkę", "pl", ENTITY, "moją lampkę"),
        ("Liga o candeeiro", "pt", ENTITY, "o candeeiro"),
        ("Turn on the lamp", "xx", ENTITY, None),
        ("", "en", ENTITY, None),
        ("the " * 5000, "en", ENTITY, None),
    ],
)
def test_phrase(said: str, language: str, kind: TargetKind, phrase: str | None) -> None:
    found = phrase_for(
        said, language, kind, instead_of=None, target_of_name=target_of_name
    )
    assert found == phrase


@pytest.mark.parametrize(
    ("said", "instead_of", "phrase"),
    [
        ("Turn on lamp in the den", "the lamp", "lamp"),
        ("Turn on the Lamp", "lamp", "Lamp"),
        ("Turn on the lamps", "the lamp", None),
        ("Turn on the light in the kitchen", "the kitchen", None),
        ("Turn on the lamp", "the fan", None),
        ("Turn on the lamp", "", None),
    ],
)
def test_what_the_speaker_takes_back(
    said: str, instead_of: str, phrase: str | None
) -> None:
    find: Callable[..., str | None] = phrase_for
    assert (
        find(said, "en", ENTITY, instead_of=instead_of, target_of_name=target_of_name)
        == phrase
    )
