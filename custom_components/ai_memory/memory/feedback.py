"""What people think of turns: said on purpose, or seen in what they say next."""

from collections.abc import Sequence
from datetime import timedelta
import logging
from uuid import UUID

from ..errors import DatabaseError, InvalidInput
from ..models import Scope, Subject, Turn, TurnFeedback, Verb
from ..postgres.feedback import PreviousTurn
from ..postgres.store import Store
from ..text_forms import clean
from .alias_candidates import TargetOfName, phrase_for
from .changes import Changes
from .conversations import Conversations
from .corrections import Correction, find_correction
from .memories import MOST_ROWS
from .preferences import Preferences
from .secret_gate import SecretGate

_LOGGER = logging.getLogger(__name__)

WORST, BEST = 1, 5
_LONGEST_COMMENT = 4000  # characters, as the column
_LONGEST_CORRECTION = 8000
_SOON = timedelta(minutes=2)
"""How long after a turn the same device may put it right in another session."""


class Feedback:
    """Ratings, comments and right answers; each is its rater's."""

    def __init__(
        self,
        store: Store,
        secrets: SecretGate,
        changes: Changes,
        conversations: Conversations,
        preferences: Preferences,
        *,
        language: str,
        target_of_name: TargetOfName,
    ) -> None:
        """Take where it is kept, and what finds the turns and the things that people mean."""
        self._store = store
        self._secrets = secrets
        self._changes = changes
        self._conversations = conversations
        self._preferences = preferences
        self._language = language
        self._target_of_name = target_of_name

    async def rate(
        self,
        scope: Scope,
        turn_id: UUID | None = None,
        *,
        session_id: str | None = None,
        device_id: str | None = None,
        satellite_id: str | None = None,
        rating: int | None = None,
        comment: str | None = None,
        correction: str | None = None,
    ) -> tuple[TurnFeedback, bool]:
        """Store what is given of a turn, else of the last one of the session or device; return it, and whether it is new.

        `correction` is the right answer; without a rating it rates the reply that was given as wrong.
        Raises InvalidInput (`turn_unknown`, also for somebody else's), DatabaseError.
        """
        if rating is None and correction is not None:
            rating = WORST
        if rating is not None and not WORST <= rating <= BEST:
            raise InvalidInput("rating_invalid")
        if comment is not None:
            comment = clean(comment, limit=_LONGEST_COMMENT)
        if correction is not None:
            correction = clean(correction, limit=_LONGEST_CORRECTION)
        await self._secrets.refuse(
            scope, "feedback", self._language, comment or "", correction or ""
        )
        if turn_id is None:
            latest = await self._conversations.latest_turn(
                scope,
                session_id=session_id,
                device_id=device_id,
                satellite_id=satellite_id,
            )
            if latest is None:
                raise InvalidInput("no_turn_to_rate")
            turn_id = latest.id
        feedback, is_new = await self._store.feedback.rate(
            scope, turn_id, rating=rating, comment=comment, correction=correction
        )
        self._changes.tell(
            Subject.FEEDBACK,
            Verb.ADDED if is_new else Verb.CHANGED,
            scope.owner,
            [turn_id],
        )
        return feedback, is_new

    async def list(
        self,
        scope: Scope,
        *,
        limit: int = 50,
        before_id: int | None = None,
        min_rating: int = WORST,
        max_rating: int = BEST,
    ) -> list[TurnFeedback]:
        """Return feedback, the newest first; `before_id` is the last one of the page before.

        Raises InvalidInput, DatabaseError.
        """
        if not 1 <= limit <= MOST_ROWS:
            raise InvalidInput("limit_invalid", most=str(MOST_ROWS))
        if before_id is not None and not 0 < before_id < 2**63:
            raise InvalidInput("feedback_unknown")
        check_ratings(min_rating, max_rating)
        return await self._store.feedback.list(
            scope,
            limit=limit,
            before_id=before_id,
            min_rating=min_rating,
            max_rating=max_rating,
        )

    async def learn_from(self, turns: Sequence[Turn]) -> None:
        """See in turns that were written whether they put right those before them. Never raises but when cancelled."""
        for turn in turns:
            if correction := find_correction(turn.text, turn.language):
                try:
                    await self._note_correction(turn, correction)
                except DatabaseError:
                    _LOGGER.debug("A correction could not be noted", exc_info=True)
                except Exception:
                    # Turns behind this one wait to be written.
                    _LOGGER.exception("A correction could not be noted")

    async def _note_correction(self, turn: Turn, correction: Correction) -> None:
        previous = await self._store.feedback.correct(
            turn, worked=turn.error is None and bool(turn.reply), within=_SOON
        )
        if previous is None:
            return
        self._changes.tell(
            Subject.FEEDBACK, Verb.ADDED, turn.owner, [previous.id, turn.id]
        )
        await self._propose_alias(Scope(turn.owner), previous, correction)

    async def _propose_alias(
        self, scope: Scope, previous: PreviousTurn, correction: Correction
    ) -> None:
        """Propose what was said before as a name of what was meant, where both are clear."""
        if (target := self._target_of_name(correction.meant)) is None:
            return
        kind, target_id = target
        phrase = phrase_for(
            previous.text,
            previous.language,
            kind,
            instead_of=correction.instead_of,
            target_of_name=self._target_of_name,
        )
        if phrase is None:
            return
        try:
            await self._preferences.propose_alias(scope, phrase, kind, target_id)
        except InvalidInput as err:
            _LOGGER.debug("What was said before makes no alias: %s", err.key)


def check_ratings(lowest: int, highest: int) -> None:
    """Raise InvalidInput `rating_invalid` unless these bound ratings."""
    if not WORST <= lowest <= highest <= BEST:
        raise InvalidInput("rating_invalid")
