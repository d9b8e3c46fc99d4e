"""What memory adds to a turn of a real Home Assistant, through the websocket."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
import json
import os
from pathlib import Path
from statistics import fmean
from typing import Final

import asyncpg

from custom_components.ai_memory.const import CONF_CAPTURE, CaptureMode
from custom_components.ai_memory.models import CacheVerdict
from custom_components.ai_memory.postgres.database import MAINTENANCE
from custom_components.ai_memory.postgres.maintenance import INDEX_FROM
from demo import house, wiring
from demo.client import Turn
from demo.demo_house import DemoHouse
from demo.flows import fill, subentry_flow

from . import store as stores
from .figures import Figure, quantile, times
from .household import questions, sentences

TURN_BAR: Final = 10.0
CACHE_BAR: Final = 10.0
"""Milliseconds, p95."""
_MEMORIES: Final = 10_000
_QUICK_MEMORIES: Final = 1_000
_TURNS = 150
_QUICK_TURNS = 20
_WARM_UP = 5
_BUILT_IN = "conversation.home_assistant"
_FACT = "The manual of the pizza oven is in the drawer below the toaster."
_QUESTION = "Where is the manual of the pizza oven?"
_TIMEOUT = 120.0  # seconds
_POLL = 0.1
_PAUSE = 0.15
"""Seconds between two turns: what one does in the background is done when the next begins."""
_WHAT = (
    "capital of",
    "longest river in",
    "official language of",
    "highest mountain in",
    "currency of",
    "national anthem of",
)
_COUNTRIES = [
    "Peru",
    "Kenya",
    "Japan",
    "Norway",
    "Chile",
    "Egypt",
    "Nepal",
    "Ghana",
    "Cuba",
    "Laos",
    "Fiji",
    "Malta",
    "Oman",
    "Togo",
    "Iran",
    "Qatar",
]
_STAGES = ("aliases", "recognise", "cache", "embed", "search", "look_up", "delegate")


@dataclass(frozen=True, slots=True)
class _Pair:
    """The same words, said to both; and the CPU time of hass added by ours, work in the background too, in ms."""

    bare: Turn
    ours: Turn
    added_cpu: float


async def measure(*, quick: bool) -> list[Figure]:
    """Return what is added before Ollama and before the built-in agent, and the whole turn of a cache hit."""
    turns = _QUICK_TURNS if quick else _TURNS
    memories = _QUICK_MEMORIES if quick else _MEMORIES
    with stores.folder() as folder:
        async with DemoHouse(folder / "house", log_level="warning") as home:
            await _own_turns_only(home)
            await _fill(home, memories)
            figures = await _before_ollama(home, _asked(turns + _WARM_UP), memories)
            figures += await _cache_hits(home, turns)
            figures += await _before_built_in(home, turns)
            return figures


def _asked(number: int) -> list[str]:
    """Return different questions: about the house, and every other one about the world, which memory knows nothing of."""
    of_the_house = questions("turn")
    of_the_world = (
        f"What is the {what} {country}?" for what, country in product(_WHAT, _COUNTRIES)
    )
    both = zip(of_the_house, of_the_world, strict=False)
    return list(islice(chain.from_iterable(both), number))


async def _own_turns_only(home: DemoHouse) -> None:
    """Do not save the turns of the bare agent: it is measured as if we were not there."""
    [entry] = await home.client.entries("ai_memory")
    await fill(
        await home.client.options_flow(entry["entry_id"]),
        home.client.options_flow_step,
        {CONF_CAPTURE: CaptureMode.OWN},
        {"init": "turns"},
    )


async def _fill(home: DemoHouse, number: int) -> None:
    """Write memories, and wait until word statistics, gates and index fit the bigger store."""
    dsn = home.postgres.dsn()
    connection = await stores.connect(dsn, MAINTENANCE)
    try:
        texts = list(islice(sentences("turn"), number))
        model = await stores.active_model(connection)
        await stores.fill(dsn, model, texts, stores.vectors_for(texts, seed=2))
        await home.client.service("ai_memory.remember", {"content": _FACT})
        async with asyncio.timeout(_TIMEOUT):
            while not await connection.fetchval(
                "SELECT EXISTS (SELECT FROM recall_gates WHERE passages >= $1)"
                " AND EXISTS (SELECT FROM lexeme_statistics"
                "  WHERE lexeme = '' AND documents >= $1)"
                " AND ($1 < $2 OR EXISTS (SELECT FROM pg_index"
                "  WHERE indrelid = 'embeddings'::regclass AND indisvalid"
                "  AND indexrelid::regclass::text LIKE '%hnsw%'))",
                number,
                INDEX_FROM,
            ):
                await asyncio.sleep(_POLL)
    finally:
        await connection.close()
    await wiring.wait_embedded(home.postgres.dsn(superuser=True))


async def _alternate(
    home: DemoHouse, bare: str, ours: str, texts: Sequence[str]
) -> list[_Pair]:
    """Say every text to both pipelines, each first every other time; the first few do not count."""
    pairs = []
    for number, text in enumerate(texts):
        first, second = (bare, ours) if number % 2 else (ours, bare)
        turns, cpu = {}, {}
        for pipeline in (first, second):
            before = _cpu_time(home)
            turns[pipeline] = await home.client.run_pipeline(text, pipeline=pipeline)
            await asyncio.sleep(_PAUSE)
            cpu[pipeline] = _cpu_time(home) - before
        pairs.append(_Pair(turns[bare], turns[ours], cpu[ours] - cpu[bare]))
    return pairs[_WARM_UP:]


def _cpu_time(home: DemoHouse) -> float:
    """Return the milliseconds that hass has computed so far, to the kernel's 10 ms."""
    fields = Path(f"/proc/{home.hass.pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu(label: str, pairs: Sequence[_Pair]) -> Figure:
    """Return the mean: the kernel's clock is too coarse for one turn."""
    return Figure(
        what=f"{label}: CPU time of hass added, mean",
        unit="ms",
        value=fmean(pair.added_cpu for pair in pairs),
    )


async def _before_ollama(
    home: DemoHouse, asked: Sequence[str], memories: int
) -> list[Figure]:
    pairs = await _alternate(home, home.bare_pipeline, home.pipeline, asked)
    stages = await _stages(home, [pair.ours for pair in pairs])
    embed = [stage.get("embed", 0.0) for stage in stages]
    label = f"turn before Ollama, {memories:,} memories"
    figures = _added(
        f"{label}: added to the first word, without embedding",
        [_first_word(pair.bare) for pair in pairs],
        [
            _first_word(pair.ours) - taken
            for pair, taken in zip(pairs, embed, strict=True)
        ],
        bar=TURN_BAR,
    )
    # With a context the stand-in says more, which takes it longer.
    same = [
        (pair, taken)
        for pair, taken in zip(pairs, embed, strict=True)
        if pair.ours.reply == pair.bare.reply
    ]
    if same:
        figures += _added(
            f"{label}: added to the whole, without embedding",
            [_milliseconds(pair.bare) for pair, _ in same],
            [_milliseconds(pair.ours) - taken for pair, taken in same],
            bar=TURN_BAR,
            note=f"{len(same)} of {len(pairs)} turns, those with the same reply",
        )
    figures += [
        times(f"{label}: the bare turn", [_milliseconds(pair.bare) for pair in pairs]),
        _cpu(label, pairs),
    ]
    figures += [
        times(f"{label}: stage {name}", [s[name] for s in stages if name in s])
        for name in _STAGES
        if any(name in stage for stage in stages)
    ]
    return figures


async def _before_built_in(home: DemoHouse, number: int) -> list[Figure]:
    """Return the same for Home Assistant's own agent, with commands."""
    bare = await wiring.set_up_pipeline(home.client, "Built-in", _BUILT_IN)
    ours = await wiring.set_up_pipeline(home.client, "Built-in, memory", _BUILT_IN)
    [entry] = await home.client.entries("ai_memory")
    await subentry_flow(
        home.client,
        entry["entry_id"],
        "conversation",
        {"name": "Built-in", "delegate": _BUILT_IN, "pipelines": [ours]},
    )
    async with asyncio.timeout(_TIMEOUT):
        while await _engine(home, ours) == _BUILT_IN:
            await asyncio.sleep(_POLL)
    names = [thing.name for thing in (*house.LIGHTS, *house.SWITCHES)]
    commands = [
        f"turn {('on', 'off')[number // len(names) % 2]} the {names[number % len(names)]}"
        for number in range(number + _WARM_UP)
    ]
    pairs = await _alternate(home, bare, ours, commands)
    label = "turn before the built-in agent"
    return [
        *_added(
            f"{label}: added to the whole",
            [_milliseconds(pair.bare) for pair in pairs],
            [_milliseconds(pair.ours) for pair in pairs],
            bar=TURN_BAR,
        ),
        times(f"{label}: the bare turn", [_milliseconds(pair.bare) for pair in pairs]),
        _cpu(label, pairs),
    ]


async def _engine(home: DemoHouse, pipeline: str) -> str:
    found = await home.client.call("assist_pipeline/pipeline/get", pipeline_id=pipeline)
    engine: str = found["conversation_engine"]
    return engine


async def _cache_hits(home: DemoHouse, number: int) -> list[Figure]:
    """Return the whole turn of a question that was answered before."""
    dsn = home.postgres.dsn(superuser=True)
    await wiring.wait_embedded(dsn)

    async def ask() -> Turn:
        # What is asked in a session that goes on may refer to what was said before, and is not answered from the cache.
        await home.client.run_pipeline("start over", pipeline=home.pipeline)
        return await home.client.run_pipeline(_QUESTION, pipeline=home.pipeline)

    async with asyncio.timeout(_TIMEOUT):
        while (await _cache_verdicts(dsn, [await ask()]))[0] != CacheVerdict.HIT:
            pass
    turns = []
    for _ in range(number):
        turns.append(await ask())
        await asyncio.sleep(_PAUSE)
    verdicts = await _cache_verdicts(dsn, turns)
    hits = [
        _milliseconds(turn)
        for turn, verdict in zip(turns, verdicts, strict=True)
        if verdict == CacheVerdict.HIT
    ]
    return [
        times(
            "exact cache hit: the whole turn",
            hits,
            bar=CACHE_BAR,
            note=f"{len(hits)} of {number} turns were hits",
        )
    ]


def _added(
    what: str,
    bare: Sequence[float],
    ours: Sequence[float],
    *,
    bar: float,
    note: str = "",
) -> list[Figure]:
    """Return how much later ours is: the difference of the medians, and of the 95 % points."""
    median, tail = (
        quantile(ours, share) - quantile(bare, share) for share in (0.5, 0.95)
    )
    return [Figure(what=what, unit="ms", p50=median, value=tail, bar=bar, note=note)]


def _milliseconds(turn: Turn) -> float:
    return turn.seconds * 1000


def _first_word(turn: Turn) -> float:
    if turn.first_delta_seconds is None:
        raise AssertionError(f"No reply: {turn.error or turn.reply}")
    return turn.first_delta_seconds * 1000


async def _stages(home: DemoHouse, turns: Sequence[Turn]) -> list[dict[str, float]]:
    """Return the milliseconds of each stage, as they were saved."""
    rows = await _saved(home.postgres.dsn(superuser=True), turns)
    return [json.loads(row["stages"]) for row in rows]


async def _cache_verdicts(dsn: str, turns: Sequence[Turn]) -> list[str]:
    return [row["cache"] for row in await _saved(dsn, turns)]


async def _saved(dsn: str, turns: Sequence[Turn]) -> list[asyncpg.Record]:
    """Return the rows of turns that each began a conversation, once all are written."""
    sessions = [turn.conversation_id for turn in turns]
    connection = await asyncpg.connect(dsn, ssl=False)
    try:
        async with asyncio.timeout(_TIMEOUT):
            while True:
                rows = await connection.fetch(
                    "SELECT s.session_id, t.stages, t.cache FROM ai_memory.turns t"
                    " JOIN ai_memory.conversations s ON s.id = t.conversation_id"
                    " WHERE s.session_id = ANY($1)",
                    sessions,
                )
                if len(rows) == len(sessions):
                    by_session = {row["session_id"]: row for row in rows}
                    return [by_session[session] for session in sessions]
                await asyncio.sleep(_POLL)
    finally:
        await connection.close()
