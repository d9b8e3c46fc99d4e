"""What people say to their memory itself: each sentence is an operation, each outcome a reply."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import chain
import logging
from typing import Any, Final

from homeassistant.components.conversation import ConversationInput
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .agent_state import AgentState
from .data import AiMemoryData
from .errors import AiMemoryError, DatabaseError, InvalidInput
from .home_sentences import async_is_taken
from .memory.past import period
from .memory.recent import JUST_NOW
from .memory.summaries import telling_sentence
from .memory.words.own import speaks_of_own
from .models import AnsweredBy, Scope, Turn
from .operations.operation import Caller, async_caller
from .spoken import ANSWERS, Spoken, SpokenIntent
from .spoken_forgetting import SpokenForgetting
from .spoken_outcome import Outcome, async_do, read_out

_LOGGER = logging.getLogger(__name__)

_PATIENCE = 8.0
"""Seconds after which memory counts as out of reach: somebody stands there and waits."""
_SEARCHED = 20
LEAVE_NO_TRACE: Final = {
    SpokenIntent.FORGET,
    SpokenIntent.FORGET_LAST,
    *ANSWERS,
}
"""Turns that are not saved: they would keep the words that are to be forgotten."""
_RATINGS: Final = {SpokenIntent.WRONG, SpokenIntent.RIGHT}
_REPLY_TO_ERROR: Final = {
    (SpokenIntent.REMEMBER, "secret_not_stored"): "secret",
    (SpokenIntent.REMEMBER, "caller_no_person"): "unknown_speaker",
    (SpokenIntent.SET_ALIAS, "alias_name_unknown"): "unknown_name",
    (SpokenIntent.SET_ALIAS, "alias_name_ambiguous"): "several",
    (SpokenIntent.CONFIRM, "import_running"): "importing",
    (SpokenIntent.FORGET_LAST, "import_running"): "importing",
    (SpokenIntent.IDENTIFY, "claim_somebody_else"): "not_allowed",
    (SpokenIntent.IDENTIFY, "claim_not_allowed"): "not_allowed",
    (SpokenIntent.IDENTIFY, "claim_taken"): "not_allowed",
}


@dataclass(frozen=True, slots=True)
class SpokenAnswer:
    """What memory says, whether it waits for a yes, and whether nothing said before may stay in the chat log."""

    text: str
    asks_back: bool
    begins_afresh: bool


class Voice:
    """Recognises sentences that are said to memory in front of one agent, and does what they ask."""

    def __init__(
        self, hass: HomeAssistant, data: AiMemoryData, state: AgentState
    ) -> None:
        """Take the memory, and what is paused of the agent."""
        self._hass = hass
        self._data = data
        self._state = state
        self._forgetting = SpokenForgetting()
        self._handlers: Final[
            dict[SpokenIntent, Callable[[Caller, Spoken], Awaitable[Outcome]]]
        ] = {
            SpokenIntent.FORGET: self._forgetting.async_ask,
            SpokenIntent.FORGET_LAST: self._forgetting.async_forget_last,
            SpokenIntent.CONFIRM: self._forgetting.async_confirm,
            SpokenIntent.CANCEL: self._forgetting.async_cancel,
            SpokenIntent.TELL: self._tell,
            SpokenIntent.SET_ALIAS: self._set_alias,
            SpokenIntent.ASKED: self._asked,
            SpokenIntent.IDENTIFY: self._identify,
            SpokenIntent.WRONG: self._rate,
            SpokenIntent.RIGHT: self._rate,
            SpokenIntent.START_OVER: self._start_over,
            SpokenIntent.PAUSE: self._pause,
            SpokenIntent.RESUME: self._pause,
        }

    async def async_recognise(
        self, said: ConversationInput, turn: Turn, *, answers: bool
    ) -> Spoken | None:
        """Return what is said to memory, None where it is said to somebody else. Never raises but when cancelled.

        `answers`: the assistant has asked something, and "that's right" may be the answer.
        """
        identity, names = self._data.identity, self._data.names
        may_claim = bool(identity.claimable())
        try:
            spoken = await self._data.sentences.async_recognise(
                said.text,
                said.language,
                answering=self._forgetting.hear(turn.conversation_id),
                names=[name for name, _ in identity.persons()] if may_claim else (),
                things=[*names.entities, *names.areas],
            )
            if spoken is None or (
                (spoken.intent is SpokenIntent.IDENTIFY and not may_claim)
                or (spoken.intent in _RATINGS and answers)
            ):
                return None
            # What Home Assistant or an automation understands is theirs.
            return None if await async_is_taken(self._hass, said) else spoken
        except Exception:
            # Whatever is wrong with our sentences, the turn goes on.
            _LOGGER.exception("Unexpected error while a sentence was recognised")
            return None

    async def async_answer(
        self,
        spoken: Spoken,
        said: ConversationInput,
        turn: Turn,
        *,
        others_may_know: bool,
        others_may_read: bool,
    ) -> SpokenAnswer | None:
        """Do what is said to memory; None where the question is for the agent behind it.

        That is where memory knows nothing and `others_may_know`, or where only documents tell of it and `others_may_read`.

        Never raises but when cancelled.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                caller = await async_caller(
                    self._hass,
                    said.context,
                    "voice",
                    conversation_id=turn.conversation_id,
                    device_id=said.device_id,
                    satellite_id=said.satellite_id,
                )
                if spoken.intent is SpokenIntent.REMEMBER:
                    outcome = await self._remember(caller, spoken, turn)
                else:
                    outcome = await self._handlers[spoken.intent](caller, spoken)
        except (HomeAssistantError, AiMemoryError, TimeoutError) as err:
            outcome = _outcome_of_error(err, spoken)
        except Exception:
            _LOGGER.exception("Unexpected error while memory was spoken to")
            outcome = Outcome("failed")
        if spoken.intent is SpokenIntent.TELL and (
            (others_may_know and outcome.key == "nothing")
            or (others_may_read and outcome.only_documents)
        ):
            return None
        return SpokenAnswer(
            self._data.sentences.reply(
                spoken.language,
                outcome.intent or spoken.intent,
                outcome.key,
                **outcome.values,
            ),
            outcome.asks_back,
            outcome.begins_afresh,
        )

    async def _remember(self, caller: Caller, spoken: Spoken, turn: Turn) -> Outcome:
        content = spoken.slots["content"]
        private = "private" in spoken.slots or _is_own(caller, content, spoken)
        data: dict[str, Any] = {}
        if here := "here" in spoken.slots:
            data = _place_of(caller)
            if not data:
                return Outcome("unknown_place")
        memory = await async_do(
            caller,
            "remember",
            content=content,
            private=private,
            language=spoken.language,
            **data,
        )
        if not memory["new"]:
            return Outcome("known_already")
        self._forgetting.note(turn.id, memory["id"])
        return Outcome("done_private" if private else "done_here" if here else "done")

    async def _tell(self, caller: Caller, spoken: Spoken) -> Outcome:
        query = spoken.slots["query"]
        found = await async_do(
            caller,
            "recall",
            query=query,
            language=spoken.language,
            relevant_only=True,
        )
        in_documents = [one for one in found["passages"] if one["document"]]
        # What somebody told comes first.
        told = [one["content"] for one in found["passages"] if not one["document"]]
        items = read_out(
            chain(told, (self._quoted(one, spoken) for one in in_documents))
        )
        if not items:
            return Outcome("nothing", {"query": query})
        return Outcome("found", {"items": items}, only_documents=not told)

    def _quoted(self, passage: dict[str, Any], spoken: Spoken) -> str:
        """Return a sentence of a document with its source."""
        place = passage["document"]
        return self._data.sentences.reply(
            spoken.language,
            SpokenIntent.TELL,
            "on_page" if place["page"] else "in_document",
            title=place["title"],
            page=place["page"],
            text=telling_sentence(passage["content"], spoken.slots["query"]),
        )

    async def _asked(self, caller: Caller, spoken: Spoken) -> Outcome:
        span = period(spoken.slots["when"], spoken.language, dt_util.now())
        assert span is not None  # the recogniser fills in a key
        data = {"query": query} if (query := spoken.slots.get("query")) else {}
        found = await async_do(
            caller,
            "search_conversations",
            since=span.since,
            until=span.until,
            limit=_SEARCHED,
            language=spoken.language,
            **data,
        )
        items = read_out(
            turn["text"]
            for turn in found["turns"]
            if turn["answered_by"] != AnsweredBy.MEMORY
        )
        return Outcome("list", {"items": items}) if items else Outcome("nothing")

    async def _set_alias(self, caller: Caller, spoken: Spoken) -> Outcome:
        phrase, name = spoken.slots["phrase"], spoken.slots["name"]
        await async_do(
            caller,
            "set_alias",
            phrase=phrase,
            name=name,
            private=_is_own(caller, phrase, spoken),
        )
        return Outcome("done", {"phrase": phrase, "name": name})

    async def _rate(self, caller: Caller, spoken: Spoken) -> Outcome:
        is_right = spoken.intent is SpokenIntent.RIGHT
        turn = await self._data.service.conversations.latest_turn(
            caller.scope,
            session_id=caller.conversation_id,
            device_id=caller.device_id,
            satellite_id=caller.satellite_id,
            since=dt_util.utcnow() - JUST_NOW,
        )
        if turn is None:
            return Outcome("nothing")
        await async_do(
            caller,
            "feedback",
            turn_id=str(turn.id),
            thumbs="up" if is_right else "down",
        )
        return Outcome("done")

    async def _identify(self, caller: Caller, spoken: Spoken) -> Outcome:
        name = spoken.slots["name"]
        identity = self._data.identity
        person = next(
            (
                scope
                for known, scope in identity.persons()
                if known.casefold() == name.casefold()
            ),
            None,
        )
        if person is None:
            return Outcome("unknown", {"name": name})
        # What was recalled for somebody else must not be there any more.
        begins_afresh = caller.scope not in (Scope.household(), person)
        identity.claim(
            person,
            caller.context,
            device_id=caller.device_id,
            satellite_id=caller.satellite_id,
            afresh=begins_afresh,
        )
        return Outcome("done", {"name": name}, begins_afresh=begins_afresh)

    async def _start_over(self, caller: Caller, spoken: Spoken) -> Outcome:
        self._data.service.recent.start_over(
            caller.scope.owner,
            dt_util.utcnow(),
            satellite_id=caller.satellite_id,
            device_id=caller.device_id,
        )
        if caller.conversation_id:
            self._data.identity.end_claim(caller.conversation_id)
        return Outcome("done", begins_afresh=True)

    async def _pause(self, caller: Caller, spoken: Spoken) -> Outcome:
        self._state.async_set_saving(on=spoken.intent is SpokenIntent.RESUME)
        return Outcome("done")


def _outcome_of_error(err: Exception, spoken: Spoken) -> Outcome:
    cause = err.__cause__ if isinstance(err, HomeAssistantError) else err
    if isinstance(cause, DatabaseError | TimeoutError):
        return Outcome("unavailable")
    error_key = cause.key if isinstance(cause, InvalidInput) else None
    if error_key is None and isinstance(err, HomeAssistantError):
        error_key = err.translation_key
    key = _REPLY_TO_ERROR.get((spoken.intent, error_key or ""))
    if key is None:
        _LOGGER.debug("What was said could not be done", exc_info=err)
        return Outcome("failed")
    return Outcome(key, dict(spoken.slots))


def _is_own(caller: Caller, text: str, spoken: Spoken) -> bool:
    """Return whether what is said as "my ..." or "I ..." is a person's."""
    return caller.scope != Scope.household() and speaks_of_own(text, spoken.language)


def _place_of(caller: Caller) -> dict[str, Any]:
    """Return where the speaker is as operations name it, nothing where that is not known."""
    if area := caller.area_id:
        return {"area": area}
    return {"satellite": caller.satellite_id} if caller.satellite_id else {}
