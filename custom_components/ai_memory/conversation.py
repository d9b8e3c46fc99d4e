"""The conversation agent: one turn through memory, around the agent that the household uses."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
import logging
import time
from typing import Any, Literal, override
from uuid import uuid7

from homeassistant.components import conversation
from homeassistant.components.conversation import (
    HOME_ASSISTANT_AGENT,
    AssistantContent,
    ChatLog,
    Content,
    ConversationEntity,
    ConversationEntityFeature,
    ConversationInput,
    ConversationResult,
    SystemContent,
    UserContent,
    async_converse,
    async_get_agent,
)
from homeassistant.components.conversation.models import AbstractConversationAgent
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_MODEL, MATCH_ALL
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, intent
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .capture import Capture
from .const import (
    CONF_BUDGET,
    CONF_CACHE,
    CONF_DEADLINE,
    CONF_DELEGATE,
    CONF_RECALL,
    DEFAULT_BUDGET,
    DEFAULT_DEADLINE,
    DOMAIN,
    SUBENTRY_CONVERSATION,
)
from .data import AiMemoryConfigEntry
from .entity import agent_device
from .memory.aliases import Resolution
from .memory.context import with_notes
from .memory.look_up import Found, Utterance
from .models import AnsweredBy, Scope, Turn
from .pipelines import async_put_back, async_put_in_front
from .turns import messages_of, tools_of

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
                [MemoryAgent(entry, subentry)],
                config_subentry_id=subentry.subentry_id,
            )


class MemoryAgent(ConversationEntity):
    """An agent that hands each turn on to another one, with memory before and after."""

    _attr_has_entity_name = True
    _attr_name = None

    def __init__(self, entry: AiMemoryConfigEntry, subentry: ConfigSubentry) -> None:
        """Take the entry and the settings of this agent."""
        self._entry = entry
        self._subentry = subentry
        self._service = entry.runtime_data.service
        self._names = entry.runtime_data.names
        self._identity = entry.runtime_data.identity
        self._capture: Capture = entry.runtime_data.capture
        settings: Mapping[str, Any] = subentry.data
        self._delegate_id: str = settings[CONF_DELEGATE]
        self._recall: bool = settings.get(CONF_RECALL, True)
        self._cache: bool = settings.get(CONF_CACHE, True)
        self._budget = int(settings.get(CONF_BUDGET, DEFAULT_BUDGET))
        self._deadline = settings.get(CONF_DEADLINE, DEFAULT_DEADLINE) / 1000
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = agent_device(subentry)

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return the languages of the delegate."""
        delegate = self._find_delegate()
        return delegate.supported_languages if delegate else MATCH_ALL

    @property
    @override
    def supports_streaming(self) -> bool:
        """Return whether the delegate streams."""
        delegate = self._find_delegate()
        return isinstance(delegate, ConversationEntity) and delegate.supports_streaming

    @property
    @override
    def supported_features(self) -> ConversationEntityFeature:
        """Return what the delegate can do."""
        delegate = self._find_delegate()
        if isinstance(delegate, ConversationEntity):
            return ConversationEntityFeature(delegate.supported_features or 0)
        return ConversationEntityFeature(0)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the delegate and take the place in front of it."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_track_state_change_event(
                self.hass, self._delegate_id, self._delegate_changed
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
        if delegate := self._find_delegate():
            await delegate.async_prepare(language)

    @override
    async def _async_handle_message(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        with self._capture.own_turn(chat_log.conversation_id):
            self._identity.require_own_conversation(user_input.context)
            turn = self._begin(user_input, chat_log)
            scope = Scope(turn.owner)
            start = len(chat_log.content)
            found: Found | None = None
            result: ConversationResult | None = None
            try:
                self._require_delegate()
                resolution = self._resolve_aliases(turn, scope)
                result = await self._try_intents(user_input, chat_log, turn)
                if result is None:
                    # Known before the delegate is asked, so that it is kept if that fails.
                    found = await self._look_up(user_input, chat_log, turn, scope)
                    result = await self._answer(
                        user_input, chat_log, turn, resolution, found
                    )
            except (Exception, asyncio.CancelledError) as err:
                turn.error = type(err).__name__
                raise
            finally:
                # Shielded: a reply that the user hung up on was still given.
                await asyncio.shield(
                    self._save(turn, chat_log.content[start:], result, found)
                )
            return result

    def _begin(self, user_input: ConversationInput, chat_log: ChatLog) -> Turn:
        scope = self._identity.scope_of_context(user_input.context)
        return Turn(
            id=uuid7(),
            conversation_id=chat_log.conversation_id,
            owner=scope.owner,
            started_at=dt_util.utcnow(),
            text=user_input.text,
            language=user_input.language,
            agent_id=self._delegate_id,
            answered_by=AnsweredBy.DELEGATE,
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
            speaker=self._identity.name_of_scope(scope),
        )

    async def _save(
        self,
        turn: Turn,
        contents: list[Content],
        result: ConversationResult | None,
        found: Found | None,
    ) -> None:
        try:
            _complete(turn, contents, result)
            await self._service.record(
                turn,
                found=found,
                continues=bool(result and result.continue_conversation),
            )
        except Exception as err:  # noqa: BLE001  # the reply stands, whatever tools and agents put into the log
            _LOGGER.error("A turn could not be saved: %s", type(err).__name__)

    async def _try_intents(
        self, user_input: ConversationInput, chat_log: ChatLog, turn: Turn
    ) -> ConversationResult | None:
        """Let Home Assistant's own sentences answer where an alias has changed the text."""
        if not turn.resolved_text or self._delegate_id == HOME_ASSISTANT_AGENT:
            return None
        began = time.perf_counter()
        response = await conversation.async_handle_intents(
            self.hass, replace(user_input, text=turn.resolved_text), chat_log
        )
        turn.stages["intents"] = _since(began)
        if response is None:
            return None
        turn.answered_by = AnsweredBy.INTENT
        turn.agent_id = HOME_ASSISTANT_AGENT
        turn.intent = response.intent.intent_type if response.intent else None
        return self._say(chat_log, response, HOME_ASSISTANT_AGENT)

    async def _look_up(
        self, user_input: ConversationInput, chat_log: ChatLog, turn: Turn, scope: Scope
    ) -> Found:
        text = turn.text
        return await self._service.look_up(
            Utterance(
                text=text,
                scope=scope,
                language=user_input.language,
                conversation_id=chat_log.conversation_id,
                delegate_id=self._delegate_id,
                model=self._model_of_delegate(),
                place=turn.device_id,
                recall=self._recall,
                cache=self._cache,
                budget=self._budget,
                # Also an answer to what the assistant began to say.
                is_follow_up=bool(user_input.extra_system_prompt)
                or any(
                    not isinstance(content, SystemContent)
                    for content in chat_log.content[:-1]
                ),
                asks_language_model=self._delegate_id != HOME_ASSISTANT_AGENT,
                names_live_thing=self._cache
                and (turn.resolved_text is not None or self._names.named_in(text)),
            ),
            is_command=lambda: self._is_command(user_input),
            deadline=self._deadline,
        )

    async def _answer(
        self,
        user_input: ConversationInput,
        chat_log: ChatLog,
        turn: Turn,
        resolution: Resolution | None,
        found: Found,
    ) -> ConversationResult:
        if found.answer:
            turn.answered_by = AnsweredBy.CACHE
            response = intent.IntentResponse(language=user_input.language)
            response.async_set_speech(found.answer.answer)
            return self._say(chat_log, response, self.entity_id)
        turn.model = self._model_of_delegate()
        began = time.perf_counter()
        try:
            return await self._hand_on(user_input, chat_log, resolution, found)
        finally:
            turn.stages["delegate"] = _since(began)

    def _resolve_aliases(self, turn: Turn, scope: Scope) -> Resolution | None:
        began = time.perf_counter()
        resolution = self._service.resolve_aliases(
            turn.text, scope, self._names, turn.language
        )
        turn.stages["aliases"] = _since(began)
        if resolution is not None:
            turn.resolved_text = resolution.text
        return resolution

    async def _hand_on(
        self,
        user_input: ConversationInput,
        chat_log: ChatLog,
        resolution: Resolution | None,
        found: Found,
    ) -> ConversationResult:
        text = user_input.text
        if resolution and self._delegate_id == HOME_ASSISTANT_AGENT:
            text = resolution.text
        else:
            # A model is told what an alias means and keeps the words: "my office chair" is no light.
            notes = [
                f'"{replacement.words}" means {replacement.name}'
                for replacement in (resolution.replacements if resolution else ())
            ]
            # Beside the user's words, never in the system prompt: the model's prompt cache lives on.
            if context := with_notes(found.context, notes):
                text = f"{text}\n\n{context}"
        if text != user_input.text and isinstance(
            said := chat_log.content[-1], UserContent
        ):
            chat_log.content[-1] = replace(said, content=text)
        return await async_converse(
            self.hass,
            text,
            chat_log.conversation_id,
            user_input.context,
            language=user_input.language,
            agent_id=self._delegate_id,
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
            extra_system_prompt=user_input.extra_system_prompt,
        )

    def _say(
        self, chat_log: ChatLog, response: intent.IntentResponse, agent_id: str
    ) -> ConversationResult:
        chat_log.async_add_assistant_content_without_tools(
            AssistantContent(agent_id=agent_id, content=_speech(response))
        )
        return ConversationResult(
            response=response, conversation_id=chat_log.conversation_id
        )

    async def _is_command(self, user_input: ConversationInput) -> bool:
        """Return whether Home Assistant's own sentences recognise an utterance."""
        agent = async_get_agent(self.hass, HOME_ASSISTANT_AGENT)
        if not isinstance(agent, conversation.default_agent.DefaultAgent):
            return False
        recognised = await agent.async_recognize_intent(
            user_input, strict_intents_only=True
        )
        return recognised is not None

    def _find_delegate(self) -> AbstractConversationAgent | ConversationEntity | None:
        """Return the agent to hand on to, never one of ours."""
        agent = async_get_agent(self.hass, self._delegate_id)
        return None if isinstance(agent, MemoryAgent) else agent

    def _require_delegate(self) -> None:
        if self._find_delegate() is None:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="delegate_missing",
                translation_placeholders={"agent": self._delegate_id},
            )

    def _model_of_delegate(self) -> str | None:
        registry_entry = er.async_get(self.hass).async_get(self._delegate_id)
        if registry_entry is None or registry_entry.config_entry_id is None:
            return None
        entry = self.hass.config_entries.async_get_entry(registry_entry.config_entry_id)
        subentry = (
            entry.subentries.get(registry_entry.config_subentry_id or "")
            if entry
            else None
        )
        for settings in (subentry and subentry.data, entry and entry.data):
            for key in (CONF_MODEL, "chat_model"):
                if settings and isinstance(model := settings.get(key), str):
                    return model
        return None

    @callback
    def _delegate_changed(self, event: Event[EventStateChangedData]) -> None:
        """Show what the delegate can do now; it may be loaded after us."""
        old, new = event.data["old_state"], event.data["new_state"]
        if (old and old.attributes) != (new and new.attributes):
            self.async_write_ha_state()


def _complete(
    turn: Turn, contents: list[Content], result: ConversationResult | None
) -> None:
    """Put what came of a turn into it."""
    if result is not None:
        response = result.response
        turn.reply = _speech(response)
        if response.intent and not turn.intent:
            turn.intent = response.intent.intent_type
        if response.error_code is not None:
            turn.error = response.error_code.value
    if turn.reply and not any(
        isinstance(content, AssistantContent) for content in contents
    ):
        # Agents that do not use the chat log answer in their result only.
        contents = [
            *contents,
            AssistantContent(agent_id=turn.agent_id or "", content=turn.reply),
        ]
    turn.tools = tools_of(contents)
    turn.messages = messages_of(contents, turn.text)


def _speech(response: intent.IntentResponse) -> str:
    speech: str = response.speech.get("plain", {}).get("speech", "")
    return speech


def _since(began: float) -> float:
    """Return the milliseconds since a moment."""
    return (time.perf_counter() - began) * 1000
