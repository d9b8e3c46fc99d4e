"""The secrets of a turn: masked wherever they stand, each result of a tool looked through once."""

from dataclasses import replace
import json

import pytest

from custom_components.ai_memory.memory import secret_gate
from custom_components.ai_memory.memory.secret_filter import SecretKind, mask_json
from custom_components.ai_memory.memory.secret_gate import mask_turn
from custom_components.ai_memory.models import JsonValue, Message, ToolExecution
from tests.engine import ANNA, turn


def asked(*results: JsonValue) -> tuple[list[Message], list[ToolExecution]]:
    return (
        [
            Message("tool_result", json.dumps(one, ensure_ascii=False))
            for one in results
        ],
        [ToolExecution("x", {}, one, succeeded=True) for one in results],
    )


def test_each_result_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[JsonValue] = []

    def counting(
        value: JsonValue, language: str | None
    ) -> tuple[JsonValue, list[SecretKind]]:
        seen.append(value)
        return mask_json(value, language)

    monkeypatch.setattr(secret_gate, "mask_json", counting)
    # Equal to Python, not to a reader.
    results: list[JsonValue] = [
        {"code": True},
        {"code": 1},
        {"code": "1234", "name": "Tür"},
        {"state": "ü"},
    ]
    messages, tools = asked(*results, *results)
    done = turn("What is it?", ANNA, messages=messages, tools=tools)
    mask_turn(done)
    assert [one for one in seen if one not in (None, {})] == results
    masked: list[JsonValue] = [
        {"code": True},
        {"code": "•••"},
        {"code": "•••", "name": "Tür"},
        {"state": "ü"},
    ]
    assert json.dumps([tool.result for tool in done.tools]) == json.dumps(masked * 2)
    assert json.dumps(
        [json.loads(message.content or "") for message in done.messages]
    ) == json.dumps(masked * 2)
    assert done.secrets


def test_what_holds_no_secret_stays_as_it_is() -> None:
    [message], tools = asked({"state": "on"})
    message = replace(message, content='{ "state" :"on"}')
    done = turn("What is it?", ANNA, messages=[message, message], tools=tools)
    mask_turn(done)
    assert done.messages == [message, message]
    assert done.tools == tools
    assert not done.secrets
