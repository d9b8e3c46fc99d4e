"""What cannot be taken: an error that says why, and nothing half-written."""

from collections.abc import AsyncGenerator, Awaitable, Callable
import math
from typing import Any

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory.service import MemoryService
from tests.databases import FreshDatabase
from tests.engine import ANNA, HOUSEHOLD, KNOWN_TARGET, running, settled, turn

type Call = Callable[[MemoryService], Awaitable[Any]]

DEEP: list[Any] = []
for _ in range(20_000):
    DEEP = [DEEP]


def remember(content: Any = "A fact", **fields: Any) -> Call:
    return lambda service: service.memories.remember(HOUSEHOLD, content, **fields)


def recall(query: str, **fields: Any) -> Call:
    return lambda service: service.memories.recall(HOUSEHOLD, query, **fields)


def prefer(key: str, value: Any = 1, **fields: Any) -> Call:
    return lambda service: service.preferences.set(HOUSEHOLD, key, value, **fields)


def alias(value: Any, key: str = "entity_alias.my_office") -> Call:
    return prefer(key, value)


BAD: list[tuple[str, Call, str]] = [
    ("empty fact", remember(""), "text_empty"),
    ("blank fact", remember(" \n\t "), "text_empty"),
    ("unprintable fact", remember("\x00\ud800\x07"), "text_empty"),
    ("long fact", remember("x" * 100_000), "text_too_long"),
    ("fact just too long", remember("ä" * 8001), "text_too_long"),
    ("empty shelf", remember(collection=" "), "text_empty"),
    ("long shelf", remember(collection="x" * 101), "text_too_long"),
    ("long source", remember(source="x" * 256), "text_too_long"),
    ("empty tag", remember(tags=["a", ""]), "text_empty"),
    ("long tag", remember(tags=["x" * 101]), "text_too_long"),
    ("long language", remember(language="x" * 36), "text_too_long"),
    ("high confidence", remember(confidence=1.5), "confidence_invalid"),
    ("low confidence", remember(confidence=-0.1), "confidence_invalid"),
    ("no confidence", remember(confidence=math.nan), "confidence_invalid"),
    ("empty query", recall(""), "text_empty"),
    ("unprintable query", recall("\x00\udfff"), "text_empty"),
    ("long query", recall("x" * 100_000), "text_too_long"),
    ("limit 0", recall("x", limit=0), "limit_invalid"),
    ("negative limit", recall("x", limit=-1), "limit_invalid"),
    ("high limit", recall("x", limit=51), "limit_invalid"),
    ("id 0", lambda s: s.forgetting.memories(HOUSEHOLD, [1, 0]), "memory_id_invalid"),
    (
        "high id",
        lambda s: s.forgetting.memories(HOUSEHOLD, [1, 2**63]),
        "memory_id_invalid",
    ),
    ("no category", prefer("colour"), "preference_key_without_category"),
    ("blank category", prefer("x", category=" "), "preference_key_without_category"),
    ("no name", prefer("colour."), "preference_key_invalid"),
    ("empty key", prefer(""), "preference_key_invalid"),
    ("odd key", prefer("colour.a b/c"), "preference_key_invalid"),
    ("unprintable key", prefer("colour.a\x00"), "preference_key_invalid"),
    ("surrogate key", prefer("colour.\ud800"), "preference_key_invalid"),
    ("long key", prefer("colour." + "x" * 250), "preference_key_invalid"),
    ("long category", prefer("x" * 101 + ".a"), "preference_key_invalid"),
    ("long own category", prefer("a", category="x" * 101), "preference_key_invalid"),
    ("NaN", prefer("a.b", math.nan), "preference_value_invalid"),
    ("infinity inside", prefer("a.b", {"x": [math.inf]}), "preference_value_invalid"),
    ("NUL inside", prefer("a.b", ["x\x00"]), "preference_value_invalid"),
    ("surrogate key inside", prefer("a.b", {"\ud800": 1}), "preference_value_invalid"),
    ("no JSON", prefer("a.b", object()), "preference_value_invalid"),
    ("number as key", prefer("a.b", {1: 2}), "preference_value_invalid"),
    ("long value", prefer("a.b", "x" * 65_600), "preference_value_invalid"),
    ("long as text", prefer("a.b", [1e300] * 300), "preference_value_invalid"),
    ("deep value", prefer("a.b", DEEP), "preference_value_invalid"),
    ("huge number", prefer("a.b", 10**5000), "preference_value_invalid"),
    ("unknown entity", alias({"entity_id": "light.gone"}), "alias_target_unknown"),
    ("unknown area", alias({"area_id": "gone"}), "alias_target_unknown"),
    ("no target", alias({}), "alias_target_invalid"),
    ("no object", alias("light.office_main"), "alias_target_invalid"),
    (
        "two targets",
        alias({"entity_id": KNOWN_TARGET, "area_id": "office"}),
        "alias_target_invalid",
    ),
    ("no entity id", alias({"entity_id": "office"}), "alias_target_invalid"),
    (
        "empty phrase",
        alias({"entity_id": KNOWN_TARGET, "phrase": "!"}),
        "alias_phrase_empty",
    ),
    (
        "asked without category",
        lambda s: s.preferences.get(HOUSEHOLD, "a b/c"),
        "preference_key_invalid",
    ),
    (
        "deleted without key",
        lambda s: s.preferences.delete(HOUSEHOLD, ""),
        "preference_key_invalid",
    ),
]


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    """Give a service with a row of most kinds."""
    async with running(database.settings) as service:
        await service.memories.remember(
            HOUSEHOLD, "The spare key is under the flower pot"
        )
        await service.memories.remember(ANNA, "Anna hides chocolate")
        await service.preferences.set(HOUSEHOLD, "a.b", "kept")
        await service.preferences.set(
            HOUSEHOLD, "entity_alias.my_office", {"entity_id": KNOWN_TARGET}
        )
        await service.record(turn("I have put the key on the shelf"))
        await settled(service)
        yield service


def everything(database: FreshDatabase) -> str:
    """Return all rows of all tables, as one text."""
    tables = database.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'ai_memory'::regnamespace ORDER BY 1"
    ).split()
    return database.execute(
        " UNION ALL ".join(
            f"SELECT '{table}', coalesce(json_agg(t)::text, '') FROM ai_memory.{table} t"
            for table in tables
        )
    )


async def test_bad_input(
    service: MemoryService, database: FreshDatabase, subtests: pytest.Subtests
) -> None:
    before = everything(database)
    for name, call, key in BAD:
        with subtests.test(name):
            with pytest.raises(InvalidInput) as caught:
                await call(service)
            assert caught.value.key == key
            shown = str(caught.value.placeholders)
            assert not any(char == "\x00" or _is_surrogate(char) for char in shown)
    await settled(service)
    assert everything(database) == before


def _is_surrogate(char: str) -> bool:
    return "\ud800" <= char <= "\udfff"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ä" * 8000, "ä" * 8000),
        (" A\x00 fact\ud800 ", "A fact"),
        ("e\u0301te\u0301", "été"),
        ("one\r\ntwo", "one\ntwo"),
        ("'; DROP TABLE memories; --", "'; DROP TABLE memories; --"),
        ("🔑", "🔑"),
    ],
    ids=range(6),
)
async def test_odd_but_good_facts(
    given: str, kept: str, service: MemoryService
) -> None:
    memory, is_new = await service.memories.remember(HOUSEHOLD, given)
    assert (memory.content, is_new) == (kept, True)
    assert await service.store.memories.get(HOUSEHOLD, [memory.id]) == [memory]
    again, is_new = await service.memories.remember(HOUSEHOLD, kept)
    assert (again.id, is_new) == (memory.id, False)


@pytest.mark.parametrize(
    "value",
    [
        None,
        False,
        0,
        -1.5,
        "",
        "ä\n☃",
        [],
        {},
        [1, [2, {"a": None}]],
        10**30,
        "x" * 65_000,
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_odd_but_good_values(value: Any, service: MemoryService) -> None:
    await service.preferences.set(HOUSEHOLD, "a.b", value)
    stored = await service.preferences.get(HOUSEHOLD, "a.b")
    assert stored
    assert stored.value == value
    assert type(stored.value) is type(value)
