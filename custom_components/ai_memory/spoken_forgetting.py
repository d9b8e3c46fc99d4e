"""Forgetting by voice: what it would be is read out, and done after a yes."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from homeassistant.core import callback
from homeassistant.helpers.chat_session import current_session
from homeassistant.util import dt as dt_util

from .memory.recent import recent_key
from .models import PassageKind
from .operations.operation import Caller
from .spoken import Spoken, SpokenIntent
from .spoken_outcome import MOST_ITEMS, Outcome, async_do, read_out

_SHARE_OF_BEST: Final = 0.8
"""What holds clearly fewer of the words (by weight) than the best is not meant."""
_MOST_LEARNED: Final = 50


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked back; its token is good for whoever was asked."""

    token: str
    ids: dict[str, list[int | str]]
    """What was read out, as the operation takes it."""


class SpokenForgetting:
    """Asks and does, in the conversations of one agent."""

    def __init__(self) -> None:
        """Begin without questions."""
        self._questions: dict[str, _Question] = {}
        self._asked: dict[str, _Question] = {}
        self._learned: dict[UUID, int] = {}
        """The memories that the last turns made."""

    @callback
    def hear(self, conversation_id: str) -> bool:
        """Begin a turn; return whether it may be the answer to a question of the turn before."""
        self._asked.pop(conversation_id, None)
        if (question := self._questions.pop(conversation_id, None)) is None:
            return False
        self._asked[conversation_id] = question
        return True

    @callback
    def note(self, turn_id: UUID, memory_id: int) -> None:
        """Note what a turn made, so that both can be forgotten."""
        self._learned[turn_id] = memory_id
        for oldest in list(self._learned)[:-_MOST_LEARNED]:
            del self._learned[oldest]

    async def async_ask(self, caller: Caller, spoken: Spoken) -> Outcome:
        """Say what would be forgotten, and ask."""
        found = await async_do(
            caller,
            "forget",
            query=spoken.slots["query"],
            language=spoken.language,
        )
        best = max((one["lexical"] for one in found["candidates"]), default=0)
        meant = [
            one
            for one in found["candidates"]
            if one["lexical"] >= _SHARE_OF_BEST * best
        ][:MOST_ITEMS]
        if not meant or caller.conversation_id is None:
            return Outcome("nothing")
        ids = {
            f"{kind}_ids": [one["id"] for one in meant if one["kind"] == kind]
            for kind in PassageKind
        }
        self._keep(
            caller.conversation_id,
            _Question(
                found["token"],
                {name: given for name, given in ids.items() if given},
            ),
        )
        texts = read_out(one["content"] for one in meant)
        if len(meant) == 1:
            return Outcome("confirm", {"text": texts}, asks_back=True)
        return Outcome(
            "confirm_several", {"count": len(meant), "items": texts}, asks_back=True
        )

    async def async_confirm(self, caller: Caller, spoken: Spoken) -> Outcome:
        """Forget what was read out."""
        question = self._asked.pop(caller.conversation_id or "")
        await async_do(caller, "forget", token=question.token, **question.ids)
        count = sum(map(len, question.ids.values()))
        return Outcome(
            "done" if count == 1 else "done_several",
            {"count": count},
            intent=SpokenIntent.FORGET,
            begins_afresh=True,
        )

    async def async_cancel(self, caller: Caller, spoken: Spoken) -> Outcome:
        """Forget nothing."""
        return Outcome("done")

    async def async_forget_last(self, caller: Caller, spoken: Spoken) -> Outcome:
        """Forget the turn before, and what was remembered in it."""
        turn_id = caller.data.service.recent.last(
            recent_key(
                caller.scope.owner,
                satellite_id=caller.satellite_id,
                device_id=caller.device_id,
            ),
            now=dt_util.utcnow(),
        )
        if turn_id is None:
            return Outcome("nothing")
        ids: dict[str, Any] = {"turn_ids": [str(turn_id)]}
        if memory_id := self._learned.get(turn_id):
            ids["memory_ids"] = [memory_id]
        gone = await async_do(caller, "forget", **ids)
        if not (gone["turns"] or gone["forgotten"]):
            return Outcome("nothing")
        return Outcome("done", begins_afresh=True)

    def _keep(self, conversation_id: str, question: _Question) -> None:
        @callback
        def drop() -> None:
            self._questions.pop(conversation_id, None)
            self._asked.pop(conversation_id, None)

        if session := current_session.get():
            session.async_on_cleanup(drop)
        self._questions[conversation_id] = question
