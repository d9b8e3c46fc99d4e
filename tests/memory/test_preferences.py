"""Lists of preferences and aliases: all there are, page by page, whatever is asked."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.preferences import (
    MOST_PREFERENCES,
    PROPOSED_PREFIX,
)
from custom_components.ai_memory.memory.service import MemoryService
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, running

MANY = 600


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        yield service


async def test_pages(service: MemoryService) -> None:
    """A key that the person and the household have stays on one page."""
    for number in range(5):
        for scope in (HOUSEHOLD, BEN, ANNA)[: 3 if number % 2 else 1]:
            await service.preferences.set(scope, f"light.{number}", number)
    everything = await service.preferences.list(ANNA)
    assert [(one.key, one.owner) for one in everything] == [
        ("light.0", HOUSEHOLD.owner),
        ("light.1", ANNA.owner),
        ("light.1", HOUSEHOLD.owner),
        ("light.2", HOUSEHOLD.owner),
        ("light.3", ANNA.owner),
        ("light.3", HOUSEHOLD.owner),
        ("light.4", HOUSEHOLD.owner),
    ]
    for limit in range(1, 8):
        seen = page = await service.preferences.list(ANNA, limit=limit)
        while page:
            assert limit <= len(page) <= limit + 1 or page[-1].key == "light.4"
            page = await service.preferences.list(
                ANNA, limit=limit, after_key=page[-1].key
            )
            seen = seen + page
        assert seen == everything


@pytest.mark.parametrize("limit", [0, -1, MOST_PREFERENCES + 1, 2**70])
async def test_bad_limit(service: MemoryService, limit: int) -> None:
    with pytest.raises(InvalidInput) as raised:
        await service.preferences.list(ANNA, limit=limit)
    assert raised.value.key == "limit_invalid"


async def test_all_aliases_and_proposals_are_seen(
    service: MemoryService, database: FreshDatabase
) -> None:
    for prefix in ("entity_alias.", PROPOSED_PREFIX):
        database.execute(
            "INSERT INTO ai_memory.preferences (owner, key, category, value)"
            f" SELECT 'household', '{prefix}lamp_' || n, '{prefix[:-1]}',"
            """ '{"entity_id": "light.lamp"}'"""
            f" FROM generate_series(1, {MANY}) AS n"
        )
    assert len(await service.preferences.list_aliases(ANNA)) == MANY
    assert len(await service.review.list(ANNA)) == MANY


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "a\ud800b"])
async def test_what_the_database_cannot_hold(service: MemoryService, text: str) -> None:
    await service.preferences.set(ANNA, "light.colour", "red")
    assert await service.preferences.list(ANNA, category=text) == []
    assert await service.preferences.list(ANNA, after_key=f"z{text}") == []
    for accept in (True, False):
        with pytest.raises(InvalidInput):
            await service.review.decide(
                ANNA, f"alias:{ANNA.owner}:{PROPOSED_PREFIX}{text}", accept=accept
            )
    turns: list[dict[str, Any]] = [
        {"session_id": text},
        {"device_id": text},
        {"satellite_id": text},
    ]
    for rated in turns:
        with pytest.raises(InvalidInput) as raised:
            await service.feedback.rate(ANNA, rating=5, **rated)
        assert raised.value.key == "no_turn_to_rate"
