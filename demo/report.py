"""Shows what memory did with a turn, from the rows it wrote."""

import asyncio
from collections.abc import Iterator
import json
from typing import Final

import asyncpg

# The turn is written after the reply is out.
RECORD_TIMEOUT: Final = 10.0
POLL: Final = 0.05
SNIPPET: Final = 70

_TURN: Final = """
SELECT t.id, t.owner, t.text, t.resolved_text, t.answered_by, t.agent_id, t.model,
       t.cache, t.stages, t.error, t.intent, t.satellite_id,
       (SELECT count(*) FROM ai_memory.messages m WHERE m.turn_id = t.id) AS messages
FROM ai_memory.turns t JOIN ai_memory.conversations c ON c.id = t.conversation_id
WHERE c.session_id = $1
ORDER BY t.started_at DESC LIMIT 1
"""
_TOOLS: Final = """
SELECT name, arguments, status FROM ai_memory.tool_executions
WHERE turn_id = $1 ORDER BY position
"""
_PASSAGES: Final = """
SELECT r.snippet, r.score, r.cosine, r.lexical, r.verdict, p.kind, p.owner
FROM ai_memory.context_references r JOIN ai_memory.passages p ON p.id = r.passage_id
WHERE r.turn_id = $1 ORDER BY r.position
"""


async def describe(dsn: str, conversation_id: str) -> list[str]:
    """Return lines about the last turn of a conversation of Home Assistant.

    Takes a superuser's DSN: row-level security shows nobody else everything. Waits
    some seconds for the turn to be written.
    """
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        dsn, ssl=False
    )
    try:
        turn = await _written(connection, conversation_id)
        if turn is None:
            return [f"not recorded within {RECORD_TIMEOUT:.0f} s"]
        tools = await connection.fetch(_TOOLS, turn["id"])
        passages = await connection.fetch(_PASSAGES, turn["id"])
    finally:
        await connection.close()
    return list(_lines(turn, tools, passages))


async def _written(
    connection: asyncpg.Connection[asyncpg.Record], conversation_id: str
) -> asyncpg.Record | None:
    try:
        async with asyncio.timeout(RECORD_TIMEOUT):
            while True:
                if turn := await connection.fetchrow(_TURN, conversation_id):
                    return turn
                await asyncio.sleep(POLL)
    except TimeoutError:
        return None


def _lines(
    turn: asyncpg.Record, tools: list[asyncpg.Record], passages: list[asyncpg.Record]
) -> Iterator[str]:
    if turn["resolved_text"] and turn["resolved_text"] != turn["text"]:
        yield f"alias     {turn['text']}  ->  {turn['resolved_text']}"
    by = [turn["answered_by"], turn["agent_id"], turn["model"], turn["intent"]]
    yield f"answered  {', '.join(part for part in by if part)}"
    for tool in tools:
        arguments = json.dumps(json.loads(tool["arguments"]), ensure_ascii=False)
        yield f"tool      {tool['name']} {arguments}: {tool['status']}"
    yield f"cache     {turn['cache']}"
    for passage in passages:
        cosine = "-" if passage["cosine"] is None else f"{passage['cosine']:.2f}"
        snippet = passage["snippet"].replace("\n", " ")
        if len(snippet) > SNIPPET:
            snippet = snippet[: SNIPPET - 1] + "…"
        yield (
            f"passage   {passage['verdict']}: score {passage['score']:.2f}"
            f" (cosine {cosine}, words {passage['lexical']:.2f})"
            f" {passage['kind']} of {passage['owner']}: {snippet}"
        )
    stages = json.loads(turn["stages"])
    yield (
        "stages    "
        + "  ".join(f"{name} {ms:.1f}" for name, ms in stages.items())
        + " ms"
    )
    if turn["error"]:
        yield f"error     {turn['error']}"
    where = f", satellite {turn['satellite_id']}" if turn["satellite_id"] else ""
    yield f"saved     {turn['messages']} messages, owner {turn['owner']}{where}"
