"""Turns that never reach our agents: local intents, sentence triggers, other agents."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid7

from homeassistant.components import assist_pipeline
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.components.conversation import (
    DOMAIN as CONVERSATION_DOMAIN,
    HOME_ASSISTANT_AGENT,
    AssistantContent,
    Content,
)
from homeassistant.components.conversation.chat_log import (
    DATA_CHAT_LOGS,
    ChatLog,
    async_subscribe_chat_logs,
    current_chat_log,
)
from homeassistant.components.conversation.const import ChatLogEventType
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.chat_session import CONVERSATION_TIMEOUT, current_session
from homeassistant.util import dt as dt_util

from .agent_state import AgentState
from .const import CaptureMode
from .identity import Identity, user_id_of_request
from .memory.service import MemoryService
from .models import AnsweredBy, Turn
from .turns import messages_of, tools_of

_SETTLE = 0.25
"""Seconds in which an agent may add to its reply before the turn counts as over."""
_TELLS_ALL = hasattr(ChatLog, "async_add_error")
"""Before 2026.11 a chat log does not tell of what was streamed into it."""
_SENTENCE_TRIGGER = "sentence_trigger"
_AI_TASK = "ai_task."


@dataclass(slots=True)
class _OpenTurn:
    """A turn of which the end has not been seen."""

    text: str
    started_at: datetime
    owner: str
    speaker: str | None
    pipeline: dict[str, Any]
    contents: list[Content] = field(default_factory=list)
    end: asyncio.TimerHandle | None = None
    look: asyncio.TimerHandle | None = None


class Capture:
    """Follows all chat logs and saves the turns that our agents do not see."""

    def __init__(
        self,
        hass: HomeAssistant,
        service: MemoryService,
        identity: Identity,
        mode: CaptureMode,
        agents: Mapping[str, AgentState],
    ) -> None:
        """Take where turns go, which are wanted, and what is paused of our agents, by their subentries."""
        self._hass = hass
        self._service = service
        self._identity = identity
        self._mode = mode
        self._agents = agents
        self._own: set[str] = set()
        self._open: dict[str, _OpenTurn] = {}
        self._saving: set[asyncio.Task[None]] = set()

    @callback
    def async_listen(self) -> Callable[[], None]:
        """Begin to follow; return what ends it."""
        if self._mode is CaptureMode.OWN:
            return lambda: None
        return async_subscribe_chat_logs(self._hass, self._chat_log_changed)

    async def async_finish(self) -> None:
        """Save what is open."""
        for conversation_id in list(self._open):
            self._end(conversation_id)
        await asyncio.gather(*self._saving)

    @contextmanager
    def own_turn(self, conversation_id: str) -> Iterator[None]:
        """Leave the turn that runs inside to our agent."""
        self._drop(conversation_id)
        self._own.add(conversation_id)
        try:
            yield
        finally:
            self._own.discard(conversation_id)

    @callback
    def _chat_log_changed(
        self, conversation_id: str, event: ChatLogEventType, data: dict[str, Any]
    ) -> None:
        if event is not ChatLogEventType.CONTENT_ADDED or conversation_id in self._own:
            return
        role = data["content"]["role"]
        if role == "user":
            # What an agent is told by another one inside a turn is no turn.
            if conversation_id in self._open:
                self._end(conversation_id)
            self._begin(conversation_id, data["content"]["content"])
            return
        turn = self._open.get(conversation_id)
        chat_log = current_chat_log.get()
        if turn is None or chat_log is None:
            return
        # The event holds a copy for display; the log holds the content itself.
        turn.contents.append(chat_log.content[-1])
        if turn.end:
            turn.end.cancel()
            turn.end = None
        if role == "assistant" and not data["content"].get("tool_calls"):
            turn.end = self._hass.loop.call_later(_SETTLE, self._end, conversation_id)

    @callback
    def _begin(self, conversation_id: str, text: str) -> None:
        session = current_session.get()
        # Since 2026.11 the session knows its user.
        user_id = getattr(session, "user_id", None)
        if not isinstance(user_id, str):
            user_id = user_id_of_request()
        pipeline = self._pipeline_run(conversation_id)
        if self._is_paused(pipeline.get("engine")):
            return
        scope = self._identity.scope_of(
            Context(user_id=user_id),
            device_id=pipeline.get("device_id"),
            satellite_id=pipeline.get("satellite_id"),
            conversation_id=conversation_id,
        )
        self._open[conversation_id] = _OpenTurn(
            text=text,
            started_at=dt_util.utcnow(),
            owner=scope.owner,
            speaker=self._identity.name_of_scope(scope),
            pipeline=pipeline,
        )
        if not _TELLS_ALL:
            known = len(self._contents(conversation_id))
            self._look(conversation_id, self._open[conversation_id], known)

    @callback
    def _is_paused(self, engine: str | None) -> bool:
        """Return whether the agent of a pipeline is one of ours that saves nothing just now."""
        entity = er.async_get(self._hass).async_get(engine) if engine else None
        state = self._agents.get(entity.config_subentry_id or "") if entity else None
        return state is not None and not state.saving

    @callback
    def _look(self, conversation_id: str, turn: _OpenTurn, known: int) -> None:
        """Look again and again whether the turn is over; `known` contents are of turns before it."""
        turn.look = None
        contents = self._contents(conversation_id)[known:]
        if (
            contents
            and isinstance(last := contents[-1], AssistantContent)
            and not last.tool_calls
        ):
            turn.contents = contents
            self._end(conversation_id)
        elif dt_util.utcnow() - turn.started_at < CONVERSATION_TIMEOUT:
            turn.look = self._hass.loop.call_later(
                _SETTLE, self._look, conversation_id, turn, known
            )
        else:
            self._drop(conversation_id)

    @callback
    def _contents(self, conversation_id: str) -> list[Content]:
        logs = self._hass.data.get(DATA_CHAT_LOGS, {})
        return logs[conversation_id].content if conversation_id in logs else []

    @callback
    def _drop(self, conversation_id: str) -> None:
        if turn := self._open.pop(conversation_id, None):
            for timer in (turn.end, turn.look):
                if timer:
                    timer.cancel()

    @callback
    def _end(self, conversation_id: str) -> None:
        turn = self._open[conversation_id]
        self._drop(conversation_id)
        replies = [
            content
            for content in turn.contents
            if isinstance(content, AssistantContent)
        ]
        if not replies or not self._is_wanted(agent_id := replies[-1].agent_id):
            return
        local = agent_id in {HOME_ASSISTANT_AGENT, _SENTENCE_TRIGGER}
        task = self._hass.async_create_task(
            self._service.record(
                Turn(
                    id=uuid7(),
                    conversation_id=conversation_id,
                    owner=turn.owner,
                    started_at=turn.started_at,
                    text=turn.text,
                    language=turn.pipeline.get("language")
                    or self._hass.config.language,
                    agent_id=agent_id,
                    answered_by=AnsweredBy.INTENT if local else AnsweredBy.OTHER_AGENT,
                    reply=replies[-1].content,
                    device_id=turn.pipeline.get("device_id"),
                    satellite_id=turn.pipeline.get("satellite_id"),
                    speaker=turn.speaker,
                    messages=messages_of(turn.contents, turn.text),
                    tools=tools_of(turn.contents),
                )
            ),
            f"ai_memory save captured turn {conversation_id}",
        )
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    @callback
    def _is_wanted(self, agent_id: str) -> bool:
        # Of a task that failed Home Assistant names no entity.
        if agent_id == CONVERSATION_DOMAIN or agent_id.startswith(_AI_TASK):
            return False
        return (
            self._mode is CaptureMode.ALL
            or agent_id in {HOME_ASSISTANT_AGENT, _SENTENCE_TRIGGER}
            or any(
                pipeline.conversation_engine == agent_id
                for pipeline in assist_pipeline.async_get_pipelines(self._hass)
            )
        )

    @callback
    def _pipeline_run(self, conversation_id: str) -> dict[str, Any]:
        """Return what the pipeline said of the turn when it began, nothing for a turn without pipeline."""
        if (data := self._hass.data.get(KEY_ASSIST_PIPELINE)) is None:
            return {}
        for runs in data.pipeline_debug.values():
            for run in reversed(runs.values()):
                for event in reversed(run.events):
                    if (
                        event.type is assist_pipeline.PipelineEventType.INTENT_START
                        and event.data
                        and event.data.get("conversation_id") == conversation_id
                    ):
                        found: dict[str, Any] = event.data
                        return found
        return {}
