"""The conversation agent: one turn through memory, around the agent that the household uses."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
import logging
import time
from typing import Any, Literal, override
from uuid import uuid7

from homeassistant.components import conversation
from homeassistant.components.conversation import (
    HOME_ASSISTANT_AGENT,
    AssistantContent,
    ChatLog,
    ConversationEntity,
    ConversationEntityFeature,
    ConversationInput,
    ConversationResult,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import intent
from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .const import (
    CONF_BUDGET,
    CONF_CACHE,
    CONF_DEADLINE,
    CONF_DELEGATE,
    CONF_RECALL,
    CONF_SESSION_TURNS,
    CONF_SESSION_WINDOW,
    DEFAULT_BUDGET,
    DEFAULT_DEADLINE,
    DEFAULT_SESSION_TURNS,
    DEFAULT_SESSION_WINDOW,
    SUBENTRY_CONVERSATION,
    recalled_signal,
)
from .data import AiMemoryConfigEntry
from .delegate import Delegate
from .entity import agent_device
from .home_sentences import async_is_command
from .memory.aliases import Resolution
from .memory.look_up import Found, Utterance
from .memory.questions import stands_alone
from .memory.recent import recent_key
from .models import AnsweredBy, ReferenceVerdict, Scope, Turn
from .operations.operation import places_of
from .pipelines import async_put_back, async_put_in_front
from .sessions import began_at, begin_afresh, ends_with_question, is_first_turn, take_up
from .turns import complete_turn, speech_of
from .voice import LEAVE_NO_TRACE, Voice

PARALLEL_UPDATES = 0

_LOGGER = logging.getLogger(__name__)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AiMemoryConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add one agent for each subentry."""
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_CONVERSATION:
            async_add_entities(
                [MemoryAgent(hass, entry, subentry)],
                config_subentry_id=subentry.subentry_id,
            )


@dataclass(slots=True)
class _Current:
    """A turn on its way."""

    said: ConversationInput
    chat_log: ChatLog
    turn: Turn
    keep: bool
    """Whether the turn may be saved."""
    start: int = 0
    """Where in the log what comes of it begins."""
    answers: bool = False
    """Whether the assistant has asked something that it may answer."""
    is_follow_up: bool = True
    """Whether it may mean something else than the same words said alone."""
    keep_answer: bool = True
    """Whether no model's reply stands before it."""
    asks_about: str | None = None
    """What memory was asked for that it does not answer by itself."""
    found: Found | None = None
    result: ConversationResult | None = None


class MemoryAgent(ConversationEntity):
    """An agent that hands each turn on to another one, with memory before and after."""

    _attr_has_entity_name = True
    _attr_name = None

    def __init__(
        self, hass: HomeAssistant, entry: AiMemoryConfigEntry, subentry: ConfigSubentry
    ) -> None:
        """Take the entry and the settings of this agent."""
        self._entry = entry
        self._subentry = subentry
        data = entry.runtime_data
        self._service = data.service
        self._names = data.names
        self._identity = data.identity
        self._capture = data.capture
        self._state = data.agents[subentry.subentry_id]
        self._voice = Voice(hass, data, self._state)
        settings: Mapping[str, Any] = subentry.data
        self._delegate = Delegate(hass, settings[CONF_DELEGATE])
        self._recall: bool = settings.get(CONF_RECALL, True)
        self._cache: bool = settings.get(CONF_CACHE, True)
        self._budget = int(settings.get(CONF_BUDGET, DEFAULT_BUDGET))
        self._deadline = settings.get(CONF_DEADLINE, DEFAULT_DEADLINE) / 1000
        self._session_window = timedelta(
            minutes=settings.get(CONF_SESSION_WINDOW, DEFAULT_SESSION_WINDOW)
        )
        self._session_turns = int(
            settings.get(CONF_SESSION_TURNS, DEFAULT_SESSION_TURNS)
        )
        self._asking: set[str] = set()
        """The conversations in which the last turn asked back."""
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = agent_device(subentry)

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return the languages of the delegate."""
        delegate = self._delegate.find()
        return delegate.supported_languages if delegate else MATCH_ALL

    @property
    @override
    def supports_streaming(self) -> bool:
        """Return whether the delegate streams."""
        delegate = self._delegate.find()
        return isinstance(delegate, ConversationEntity) and delegate.supports_streaming

    @property
    @override
    def supported_features(self) -> ConversationEntityFeature:
        """Return what the delegate can do."""
        delegate = self._delegate.find()
        if isinstance(delegate, ConversationEntity):
            return ConversationEntityFeature(delegate.supported_features or 0)
        return ConversationEntityFeature(0)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the delegate and take the place in front of it."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_track_state_change_event(
                self.hass, self._delegate.agent_id, self._delegate_changed
            )
        )
        await async_put_in_front(self.hass, self._entry, self._subentry, self.entity_id)

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Give the pipelines back where this agent was deleted."""
        if self._subentry.subentry_id not in self._entry.subentries:
            await async_put_back(self.hass, self._subentry.data, self.entity_id)

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Let the delegate load what it needs."""
        if delegate := self._delegate.find():
            await delegate.async_prepare(language)

    @override
    async def _async_handle_message(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        with self._capture.own_turn(chat_log.conversation_id):
            if self._identity.require_own_conversation(
                user_input.context,
                device_id=user_input.device_id,
                satellite_id=user_input.satellite_id,
            ):
                begin_afresh(chat_log)
            current = self._begin(user_input, chat_log)
            try:
                current.result = await self._go_through(current)
            except (Exception, asyncio.CancelledError) as err:
                current.turn.error = type(err).__name__
                raise
            finally:
                # Shielded: a reply that the user hung up on was still given.
                self._note_asking(current)
                await asyncio.shield(self._save(current))
            return current.result

    def _begin(self, user_input: ConversationInput, chat_log: ChatLog) -> _Current:
        scope = self._identity.scope_of(
            user_input.context,
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
            conversation_id=chat_log.conversation_id,
        )
        turn = Turn(
            id=uuid7(),
            conversation_id=chat_log.conversation_id,
            owner=scope.owner,
            started_at=dt_util.utcnow(),
            text=user_input.text,
            language=user_input.language,
            agent_id=self._delegate.agent_id,
            answered_by=AnsweredBy.DELEGATE,
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
            speaker=self._identity.name_of_scope(scope),
        )
        current = _Current(user_input, chat_log, turn, self._state.saving)
        began = began_at(chat_log)
        if began and self._service.recent.is_cleared_since(turn.owner, began):
            # Something was forgotten that the log may quote.
            begin_afresh(chat_log)
        current.answers = chat_log.conversation_id in self._asking
        if is_first_turn(chat_log):
            self._take_up(current)
            # What the assistant began to say is not in every log.
            current.answers |= bool(user_input.extra_system_prompt)
        current.answers |= ends_with_question(chat_log)
        current.start = len(chat_log.content)
        return current

    def _take_up(self, current: _Current) -> None:
        """Let a session go on where the last one of the same speaker ended."""
        current.is_follow_up = bool(current.said.extra_system_prompt)
        if not (self._state.recall and self._session_window):
            return
        turn = current.turn
        before = self._service.recent.of(
            recent_key(
                turn.owner, satellite_id=turn.satellite_id, device_id=turn.device_id
            ),
            window=self._session_window,
            limit=self._session_turns,
            now=turn.started_at,
        )
        if before:
            take_up(current.chat_log, before, self.entity_id)
            current.is_follow_up |= not stands_alone(turn.text, turn.language)
            current.keep_answer = not any(earlier.by_model for earlier in before)

    def _note_asking(self, current: _Current) -> None:
        """Note whether the next turn of the conversation may be an answer."""
        conversation_id = current.turn.conversation_id
        if not (current.result and current.result.continue_conversation):
            self._asking.discard(conversation_id)
        elif conversation_id not in self._asking and (chat := current_session.get()):
            self._asking.add(conversation_id)
            chat.async_on_cleanup(lambda: self._asking.discard(conversation_id))

    async def _go_through(self, current: _Current) -> ConversationResult:
        if result := await self._try_own_sentences(current):
            return result
        self._delegate.require()
        resolution = self._resolve_aliases(current.turn)
        if result := await self._try_intents(current):
            return result
        # Known before the delegate is asked, so that it is kept if that fails.
        current.found = await self._look_up(current)
        self._tell_recalled(current.found)
        return await self._answer(current, resolution, current.found)

    async def _save(self, current: _Current) -> None:
        if not (current.keep and self._state.saving):
            return
        try:
            complete_turn(
                current.turn, current.chat_log.content[current.start :], current.result
            )
            await self._service.record(
                current.turn,
                found=current.found,
                continues=bool(current.result and current.result.continue_conversation),
            )
        except Exception as err:  # noqa: BLE001  # the reply stands, whatever tools and agents put into the log
            _LOGGER.error("A turn could not be saved: %s", type(err).__name__)

    async def _try_own_sentences(self, current: _Current) -> ConversationResult | None:
        """Let memory answer what is said to itself."""
        began = time.perf_counter()
        turn = current.turn
        spoken = await self._voice.async_recognise(
            current.said, turn, answers=current.answers
        )
        if spoken is None:
            return None
        current.keep &= spoken.intent not in LEAVE_NO_TRACE
        answer = await self._voice.async_answer(
            spoken,
            current.said,
            turn,
            # "What do you know about Napoleon?" is a question for a model.
            others_may_know=not self._delegate.is_built_in,
            others_may_read=not self._delegate.is_built_in
            and self._delegate.find() is not None
            and self._recall
            and self._state.recall,
        )
        turn.stages["voice"] = _since(began)
        if answer is None:
            # "Know" stands in no manual.
            current.asks_about = spoken.slots["query"]
            return None
        turn.answered_by = AnsweredBy.MEMORY
        turn.agent_id = self.entity_id
        turn.intent = spoken.intent
        if answer.begins_afresh:
            begin_afresh(current.chat_log)
            current.start = len(current.chat_log.content)
        response = intent.IntentResponse(language=current.said.language)
        response.async_set_speech(answer.text)
        return self._say(
            current.chat_log, response, self.entity_id, asks_back=answer.asks_back
        )

    async def _try_intents(self, current: _Current) -> ConversationResult | None:
        """Let Home Assistant's own sentences answer where an alias has changed the text."""
        turn = current.turn
        if not turn.resolved_text or self._delegate.is_built_in:
            return None
        began = time.perf_counter()
        response = await conversation.async_handle_intents(
            self.hass,
            replace(current.said, text=turn.resolved_text),
            current.chat_log,
        )
        turn.stages["intents"] = _since(began)
        if response is None:
            return None
        turn.answered_by = AnsweredBy.INTENT
        turn.agent_id = HOME_ASSISTANT_AGENT
        turn.intent = response.intent.intent_type if response.intent else None
        return self._say(current.chat_log, response, HOME_ASSISTANT_AGENT)

    async def _look_up(self, current: _Current) -> Found:
        turn, said = current.turn, current.said
        cache = self._cache and self._state.recall
        return await self._service.look_up(
            Utterance(
                text=turn.text,
                scope=Scope(turn.owner),
                language=said.language,
                conversation_id=current.chat_log.conversation_id,
                delegate_id=self._delegate.agent_id,
                about=current.asks_about,
                model=self._delegate.model,
                place=turn.device_id,
                places=places_of(self.hass, said.device_id, said.satellite_id),
                recall=self._recall and self._state.recall,
                cache=cache,
                budget=self._budget,
                is_follow_up=current.is_follow_up,
                keep_answer=current.keep_answer,
                asks_language_model=not self._delegate.is_built_in,
                names_live_thing=cache
                and (turn.resolved_text is not None or self._names.named_in(turn.text)),
            ),
            is_command=lambda: async_is_command(self.hass, said),
            deadline=self._deadline,
        )

    @callback
    def _tell_recalled(self, found: Found) -> None:
        """Let the event entity know that memory has a part in the answer."""
        used = [
            reference
            for reference in found.references
            if reference.verdict is ReferenceVerdict.USED
        ]
        if found.answer or used:
            async_dispatcher_send(
                self.hass,
                recalled_signal(self._subentry.subentry_id),
                found.answer is not None,
                {
                    "passages": len(used),
                    "best_score": max(
                        (reference.score for reference in used), default=None
                    ),
                },
            )

    async def _answer(
        self, current: _Current, resolution: Resolution | None, found: Found
    ) -> ConversationResult:
        turn = current.turn
        if found.answer:
            turn.answered_by = AnsweredBy.CACHE
            response = intent.IntentResponse(language=current.said.language)
            response.async_set_speech(found.answer.answer)
            return self._say(current.chat_log, response, self.entity_id)
        turn.model = self._delegate.model
        began = time.perf_counter()
        try:
            return await self._delegate.async_ask(
                current.said, current.chat_log, resolution, found.context
            )
        finally:
            turn.stages["delegate"] = _since(began)

    def _resolve_aliases(self, turn: Turn) -> Resolution | None:
        began = time.perf_counter()
        resolution = self._service.resolve_aliases(
            turn.text, Scope(turn.owner), self._names, turn.language
        )
        turn.stages["aliases"] = _since(began)
        if resolution is not None:
            turn.resolved_text = resolution.text
        return resolution

    def _say(
        self,
        chat_log: ChatLog,
        response: intent.IntentResponse,
        agent_id: str,
        *,
        asks_back: bool = False,
    ) -> ConversationResult:
        chat_log.async_add_assistant_content_without_tools(
            AssistantContent(agent_id=agent_id, content=speech_of(response))
        )
        return ConversationResult(
            response=response,
            conversation_id=chat_log.conversation_id,
            continue_conversation=asks_back,
        )

    @callback
    def _delegate_changed(self, event: Event[EventStateChangedData]) -> None:
        """Show what the delegate can do now; it may be loaded after us."""
        old, new = event.data["old_state"], event.data["new_state"]
        if (old and old.attributes) != (new and new.attributes):
            self.async_write_ha_state()


def _since(began: float) -> float:
    """Return the milliseconds since a moment."""
    return (time.perf_counter() - began) * 1000
