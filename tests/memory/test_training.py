"""Training data: what goes out, in which form, and what never does."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
import json
from typing import Any
from uuid import uuid7

from jsonschema import Draft202012Validator
import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.memory import training
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.memory.training_lines import SCHEMAS
from custom_components.ai_memory.models import (
    AnsweredBy,
    JsonValue,
    Message,
    Scope,
    ToolExecution,
    Turn,
)
from custom_components.ai_memory.postgres.training import TrainingFilter, TrainingFormat
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, running, settled, turn

CHAT, INSTRUCTION, PREFERENCE = TrainingFormat


@pytest.fixture
async def service(database: FreshDatabase) -> AsyncGenerator[MemoryService]:
    async with running(database.settings) as service:
        yield service


async def said(
    service: MemoryService, text: str, reply: str, scope: Scope = ANNA, **fields: Any
) -> Turn:
    done = turn(
        text,
        scope,
        reply=reply,
        **{
            "messages": [Message("user", text), Message("assistant", reply)],
            **fields,
        },
    )
    await service.record(done)
    await settled(service)
    return done


def with_tool(
    text: str, reply: str, tool: str, result: JsonValue, /, **arguments: JsonValue
) -> dict[str, Any]:
    """Return the messages and tools of a turn that called one."""
    call = str(uuid7())
    return {
        "messages": [
            Message("user", text),
            Message(
                "assistant",
                None,
                "Let me see.",
                [{"id": call, "name": tool, "arguments": arguments}],
            ),
            Message("tool_result", json.dumps(result)),
            Message("assistant", reply),
        ],
        "tools": [ToolExecution(tool, arguments, result, succeeded=True)],
    }


async def export(
    service: MemoryService,
    scope: Scope = ANNA,
    kind: TrainingFormat = CHAT,
    **options: Any,
) -> list[dict[str, Any]]:
    """Return the examples, each of which its schema accepts."""
    given = ("limit", "names", "mask_secrets", "metadata")
    rest = {name: options.pop(name) for name in given if name in options}
    lines = [
        line
        async for line in service.training.lines(
            scope, TrainingFilter(kind, **options), **rest
        )
    ]
    validator = Draft202012Validator(SCHEMAS[kind])
    examples = [json.loads(line) for line in lines]
    for line, example in zip(lines, examples, strict=True):
        assert "\n" not in line
        validator.validate(example)
    return examples


async def asked(
    service: MemoryService, scope: Scope = ANNA, **options: Any
) -> set[str]:
    """Return what was said in the turns that are exported."""
    return {
        example["instruction"]
        for example in await export(service, scope, INSTRUCTION, **options)
    }


# --- formats


@pytest.mark.parametrize("kind", TrainingFormat)
def test_schemas_are_schemas(kind: TrainingFormat) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])
    wrong: list[Any] = [{}, [], {"messages": []}, {"instruction": "", "output": ""}]
    for nothing in wrong:
        assert not Draft202012Validator(SCHEMAS[kind]).is_valid(nothing)


async def test_chat(service: MemoryService) -> None:
    text, reply = "Turn on the lamp", "The lamp is on."
    done = await said(
        service,
        text,
        reply,
        **with_tool(text, reply, "HassTurnOn", {"done": ["☃"]}, name="lamp", number=1),
    )
    [example] = await export(service, metadata=True)
    [call] = example["messages"][1]["tool_calls"]
    assert json.loads(call["function"].pop("arguments")) == {
        "name": "lamp",
        "number": 1,
    }
    assert call == {
        "id": done.messages[1].tool_calls[0]["id"],  # type: ignore[index]  # has one
        "type": "function",
        "function": {"name": "HassTurnOn"},
    }
    result = example["messages"][2]
    assert json.loads(result.pop("content")) == {"done": ["☃"]}
    assert result == {"role": "tool", "tool_call_id": call["id"]}
    assert example == {
        "messages": [
            {"role": "user", "content": text},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            result,
            {"role": "assistant", "content": reply},
        ],
        "metadata": {
            "turn_id": str(done.id),
            "score": None,
            "language": "en",
            "started_at": done.started_at.isoformat(),
            "answered_by": "delegate",
            "intent": None,
            "model": None,
        },
    }


async def test_history(service: MemoryService) -> None:
    for number in range(4):
        await said(service, f"Question {number}", f"Answer {number}")
    await said(service, "Failed", "Oops", error="failed")
    await said(service, "Elsewhere", "Yes.", conversation_id="other")
    await said(service, "Somebody else", "Yes.", BEN)
    await said(service, "And then?", "The end.")
    examples = await export(service, history=2)
    assert [len(example["messages"]) for example in examples] == [2, 4, 6, 6, 2, 6]
    assert examples[-1]["messages"] == [
        {"role": "user", "content": "Question 2"},
        {"role": "assistant", "content": "Answer 2", "weight": 0},
        {"role": "user", "content": "Question 3"},
        {"role": "assistant", "content": "Answer 3", "weight": 0},
        {"role": "user", "content": "And then?"},
        {"role": "assistant", "content": "The end."},
    ]


async def test_instruction(service: MemoryService) -> None:
    await said(service, "Where is the key?", "On the shelf.", resolved_text="Changed")
    # Agents and sentences that leave no messages.
    await said(service, "And the ladder?", "In the shed.", messages=[])
    assert await export(service, kind=INSTRUCTION) == [
        {"instruction": "Where is the key?", "input": "", "output": "On the shelf."},
        {"instruction": "And the ladder?", "input": "", "output": "In the shed."},
    ]
    assert (await export(service))[1]["messages"][1]["content"] == "In the shed."


async def test_preference_of_a_corrected_conversation(service: MemoryService) -> None:
    """What was said in between people and their home becomes a pair."""
    await said(service, "Good evening", "Hello.")
    text, reply = "Turn on the lamp", "The kitchen light is on."
    await said(
        service,
        text,
        reply,
        **with_tool(text, reply, "HassTurnOn", {"ok": 1}, name="Kitchen light"),
    )
    better, answer = "No, I meant the bedroom light", "The bedroom light is on."
    await said(
        service,
        better,
        answer,
        **with_tool(better, answer, "HassTurnOn", {"ok": 1}, name="Bedroom light"),
    )
    await said(service, "Thank you", "You are welcome.")
    [example] = await export(service, kind=PREFERENCE, history=3)
    assert example["prompt"] == [
        {"role": "user", "content": "Good evening"},
        {"role": "assistant", "content": "Hello.", "weight": 0},
        {"role": "user", "content": text},
    ]
    for side, name, content in (
        ("rejected", "Kitchen light", reply),
        ("chosen", "Bedroom light", answer),
    ):
        calls, result, last = example[side]
        [call] = calls["tool_calls"]
        assert json.loads(call["function"]["arguments"]) == {"name": name}
        assert result["tool_call_id"] == call["id"]
        assert last == {"role": "assistant", "content": content}
    # The wrong turn is no example of how to answer, the right one is.
    assert await asked(service) == {"Good evening", better, "Thank you"}
    assert await asked(service, min_score=5) == {better}
    assert await asked(service, max_score=1) == {text}


async def test_preference_of_a_suggested_answer(service: MemoryService) -> None:
    done = await said(service, "When are the bins collected?", "On Monday.")
    await said(service, "No, I meant the blue bins", "On Friday.")
    await service.feedback.rate(ANNA, done.id, correction="On Tuesday.")
    [example] = await export(service, kind=PREFERENCE)
    assert example == {
        "prompt": [{"role": "user", "content": "When are the bins collected?"}],
        "chosen": [{"role": "assistant", "content": "On Tuesday."}],
        "rejected": [{"role": "assistant", "content": "On Monday."}],
    }


async def test_no_pair(service: MemoryService) -> None:
    done = await said(service, "When are the bins collected?", "On Monday.")
    await service.feedback.rate(ANNA, done.id, correction="On Monday.")
    await said(service, "Turn on the lamp", "No such thing.")
    await said(service, "No, I meant the bedroom", "No such room.")
    await said(service, "No, I meant the bedroom light", "It is on.")
    # Of those, the one that was wrong itself puts nothing right.
    [example] = await export(service, kind=PREFERENCE)
    assert example["prompt"][-1]["content"] == "No, I meant the bedroom"


# --- tools


async def test_results_outlast_the_audit(service: MemoryService) -> None:
    text, reply = "Is the door locked?", "Yes, it is locked."
    await said(
        service,
        text,
        reply,
        started_at=datetime.now(UTC) - timedelta(days=100),
        **with_tool(text, reply, "GetState", {"state": "locked"}, name="door"),
    )
    before = await export(service)
    assert (await service.run_maintenance()).audit_rows
    assert await export(service) == before
    assert json.loads(before[0]["messages"][2]["content"]) == {"state": "locked"}


async def test_calls_and_results_are_paired_in_their_order(
    service: MemoryService,
) -> None:
    def calls(*names: str) -> Message:
        return Message(
            "assistant",
            None,
            None,
            [{"id": name, "name": name, "arguments": {}} for name in names],
        )

    def results(*contents: str | None) -> list[Message]:
        return [Message("tool_result", content) for content in contents]

    await said(
        service,
        "Several",
        "Done.",
        messages=[
            Message("user", "Several"),
            calls("first", "second"),
            *results("[1]", "it is \ud83d warm"),
            calls("third"),
            *results(None),
            Message("assistant", "Done."),
        ],
    )
    for name, messages in (
        ("One is missing", [calls("a", "b"), *results("1")]),
        ("One too many", [calls("a"), *results("1", "2")]),
        ("Result before its call", [*results("1"), calls("a")]),
    ):
        await said(service, name, "Done.", messages=messages)
    unpaired = await said(service, "No result", "Done.", messages=[calls("a")])
    await service.feedback.rate(ANNA, unpaired.id, rating=5, correction="Better.")
    assert await export(service, kind=PREFERENCE) == []
    await said(service, "Afterwards", "Yes.")
    several, afterwards = await export(service, history=5)
    assert [
        (message["tool_call_id"], json.loads(message["content"]))
        for message in several["messages"]
        if message["role"] == "tool"
    ] == [("first", [1]), ("second", "it is  warm"), ("third", None)]
    # Nor do they stand before another turn.
    assert [
        message["content"]
        for message in afterwards["messages"]
        if message["role"] == "user"
    ] == ["Several", "Afterwards"]


# --- whose it is


async def test_scope(service: MemoryService) -> None:
    for scope, text in (
        (ANNA, "Anna's secret"),
        (BEN, "Ben's secret"),
        (HOUSEHOLD, "Ours"),
    ):
        done = await said(service, text, "All right.", scope)
        await service.feedback.rate(scope, done.id, correction=f"Right: {text}")
    for scope, seen in (
        (ANNA, {"Anna's secret", "Ours"}),
        (BEN, {"Ben's secret", "Ours"}),
        (HOUSEHOLD, {"Ours"}),
    ):
        assert await asked(service, scope, min_score=1) == seen
        pairs = await export(service, scope, PREFERENCE, history=5)
        assert {pair["chosen"][0]["content"] for pair in pairs} == {
            f"Right: {text}" for text in seen
        }


async def test_own_judgement_comes_first_and_stays_ones_own(
    service: MemoryService,
) -> None:
    done = await said(service, "Is it raining?", "Yes.", HOUSEHOLD)
    await service.feedback.rate(HOUSEHOLD, done.id, rating=1, correction="No.")
    await service.feedback.rate(ANNA, done.id, rating=5, comment="Indeed")
    await service.feedback.rate(BEN, done.id, rating=2, correction="A little.")
    for scope, score, chosen in (
        (ANNA, 5, "No."),
        (BEN, 2, "A little."),
        (HOUSEHOLD, 1, "No."),
    ):
        [pair] = await export(service, scope, PREFERENCE, metadata=True)
        assert pair["metadata"]["score"] == score
        assert pair["chosen"][0]["content"] == chosen


async def test_deleted_conversation(service: MemoryService) -> None:
    done = await said(service, "Gone", "Yes.", conversation_id="gone")
    await service.feedback.rate(ANNA, done.id, correction="No.")
    await said(service, "Kept", "Yes.", conversation_id="kept")
    gone = (await service.conversations.list(ANNA))[-1]
    await service.conversations.delete(ANNA, gone.id)
    assert await asked(service) == {"Kept"}
    assert await export(service, kind=PREFERENCE) == []
    await service.conversations.restore(ANNA, gone.id)
    assert await asked(service, min_score=1) == {"Gone"}


# --- which turns


async def test_filters(service: MemoryService) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    turns: dict[str, dict[str, Any]] = {
        "Bins?": {},
        "Lamp": {"answered_by": AnsweredBy.INTENT, "intent": "HassTurnOn"},
        "Again?": {"answered_by": AnsweredBy.CACHE, "language": "en-GB"},
        "Mülltonnen?": {"language": "de"},
        "Failed": {"error": "failed"},
    }
    for number, (text, fields) in enumerate(turns.items()):
        await said(
            service, text, "Yes.", started_at=start + timedelta(days=number), **fields
        )
    await said(service, "No reply", "", started_at=start)
    assert await asked(service) == {"Bins?", "Lamp", "Again?", "Mülltonnen?"}
    day = timedelta(days=1)
    wanted: list[tuple[dict[str, Any], set[str]]] = [
        ({"language": "EN"}, {"Bins?", "Lamp", "Again?"}),
        ({"language": "en_GB"}, {"Again?"}),
        ({"language": "e"}, set()),
        ({"since": start + day}, {"Lamp", "Again?", "Mülltonnen?"}),
        ({"until": start + day}, {"Bins?"}),
        ({"answered_by": ["cache", "intent"]}, {"Lamp", "Again?"}),
        ({"intent": "HassTurnOn"}, {"Lamp"}),
        ({"min_score": 1}, set()),
        ({"limit": 2}, {"Bins?", "Lamp"}),
    ]
    for options, seen in wanted:
        assert await asked(service, **options) == seen


async def test_only_new(service: MemoryService, database: FreshDatabase) -> None:
    await said(service, "First", "Yes.", HOUSEHOLD)
    done = await said(service, "Second", "Yes.", HOUSEHOLD)
    assert await asked(service, only_new=True, limit=1) == {"First"}
    assert await asked(service, only_new=True) == {"Second"}
    assert await asked(service, only_new=True) == set()
    # Of each exporter and format.
    assert len(await export(service, only_new=True)) == 2
    assert await asked(service, BEN, only_new=True) == {"First", "Second"}
    assert await asked(service) == {"First", "Second"}
    # What was judged since is new again.
    await service.feedback.rate(ANNA, done.id, rating=5)
    assert await asked(service, only_new=True) == {"Second"}
    assert database.execute(
        "SELECT owner, format, count(*) FROM ai_memory.training_examples"
        " GROUP BY owner, format ORDER BY owner, format"
    ).splitlines() == [
        "person:anna|chat|2",
        "person:anna|instruction|2",
        "person:ben|instruction|2",
    ]


async def test_what_was_not_taken_is_not_marked(
    service: MemoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_PAGE", 2)
    for number in range(5):
        await said(service, f"Turn {number}", "Yes.")
    lines = service.training.lines(ANNA, TrainingFilter(INSTRUCTION, only_new=True))
    for _ in range(4):
        await anext(lines)
    # As when a client goes away: of the second page nothing is sure.
    await lines.aclose()
    assert await asked(service, only_new=True) == {"Turn 2", "Turn 3", "Turn 4"}


async def test_pages(service: MemoryService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_PAGE", 2)
    for number in range(5):
        await said(service, f"Turn {number}", "Yes.")
    examples = await export(service, kind=INSTRUCTION)
    assert [one["instruction"] for one in examples] == [f"Turn {n}" for n in range(5)]
    assert await asked(service, limit=4) == {f"Turn {n}" for n in range(4)}


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"limit": 0}, "limit_invalid"),
        ({"limit": 10_001}, "limit_invalid"),
        ({"min_score": 0}, "rating_invalid"),
        ({"max_score": 6}, "rating_invalid"),
        ({"min_score": 3, "max_score": 2}, "rating_invalid"),
        ({"history": -1}, "history_invalid"),
        ({"history": 21}, "history_invalid"),
        ({"language": "x" * 1_000_000}, "text_too_long"),
        ({"intent": "x" * 256}, "text_too_long"),
        (
            {
                "since": datetime(2026, 1, 2, tzinfo=UTC),
                "until": datetime(2026, 1, 1, tzinfo=UTC),
            },
            "period_invalid",
        ),
    ],
)
async def test_bad_input(
    options: dict[str, Any], key: str, service: MemoryService
) -> None:
    with pytest.raises(InvalidInput) as raised:
        await export(service, **options)
    assert raised.value.key == key


async def test_turn_that_makes_no_example(service: MemoryService) -> None:
    """What an agent left behind may be anything: it goes out in the right form or not at all."""
    messages = [
        Message("user", "Lamp"),
        Message("assistant", "", tool_calls=[{"tool": "x", "args": 1}]),
        Message("assistant", " On.", tool_calls=[]),
    ]
    await said(service, "Lamp", "On.", messages=messages)
    await said(service, "Fan", "On.", messages=[Message("assistant", None)])
    assert [one["messages"][0]["content"] for one in await export(service)] == ["Fan"]
    assert await asked(service) == {"Lamp", "Fan"}


# --- what is taken out


async def test_names(service: MemoryService) -> None:
    text = "ANNA, is anna's lamp Annas lamp? Annabel and Ben-Luca Smith's are not."
    arguments: dict[str, JsonValue] = {
        "name": 'Anna "A" lamp',
        "ids": ["light.annas_lamp"],
        "null": None,
    }
    await said(
        service,
        text,
        "Yes, Anna.",
        **with_tool(text, "Yes, Anna.", "Find", {"Ben-Luca": "Smith"}, **arguments),
    )
    names = ["Anna", "Ben-Luca Smith", "Null", "X"]
    [example] = await export(service, names=names)
    question, calls, result, answer = example["messages"]
    assert question["content"] == (
        "Person 1, is Person 1's lamp Person 1s lamp? Annabel and Person 2's are not."
    )
    assert json.loads(calls["tool_calls"][0]["function"]["arguments"]) == {
        "name": 'Person 1 "A" lamp',
        "ids": ["light.Person 1s_lamp"],
        "null": None,
    }
    assert json.loads(result["content"]) == {"Ben-Luca": "Person 2"}
    assert answer["content"] == "Yes, Person 1."
    [example] = await export(service)
    assert example["messages"][0]["content"] == text


async def test_secrets(service: MemoryService, database: FreshDatabase) -> None:
    """What the filter of today sees in what was stored by an older one does not go out."""
    text, reply = "Hello", "Hello."
    await said(
        service,
        text,
        reply,
        **with_tool(text, reply, "Find", {"password": "x"}, password="x"),
    )
    database.execute(
        "UPDATE ai_memory.turns SET text = 'My password is hunter2',"
        " reply = 'The alarm code is 4711'"
    )
    database.execute(
        "UPDATE ai_memory.messages SET content = 'The alarm code is 4711'"
        " WHERE content = 'Hello.'"
    )
    database.execute(
        """UPDATE ai_memory.messages SET tool_calls ="""
        """ jsonb_set(tool_calls, '{0,arguments}', '{"password": "hunter2"}')"""
        " WHERE tool_calls IS NOT NULL"
    )
    database.execute(
        """UPDATE ai_memory.tool_executions SET result = '{"password": "hunter2"}'"""
    )
    for kind in (CHAT, INSTRUCTION):
        exported = json.dumps(await export(service, kind=kind))
        assert "hunter2" not in exported
        assert "4711" not in exported
        plain = json.dumps(await export(service, kind=kind, mask_secrets=False))
        assert "hunter2" in plain
        assert "4711" in plain
