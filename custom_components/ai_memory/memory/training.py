"""What was said, and how it was judged, as training data."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from ..errors import InvalidInput
from ..models import Scope
from ..postgres.store import Store
from ..postgres.training import TrainingFilter
from ..text_forms import clean
from .feedback import BEST, WORST, check_ratings
from .training_lines import Mask, line_of

MOST_LINES = 10_000
"""Of one export, unless it takes all there are."""
MOST_EARLIER = 20
"""Turns before an example, at most."""
_PAGE = 50  # turns that are in memory at once, beside those before them
_LONGEST_LABEL = 255  # characters, as the columns
_LONGEST_LANGUAGE = 35


class Training:
    """Hands out training data."""

    def __init__(self, store: Store) -> None:
        """Take where turns are kept."""
        self._store = store

    async def lines(
        self,
        scope: Scope,
        wanted: TrainingFilter,
        *,
        limit: int | None = None,
        names: Sequence[str] = (),
        mask_secrets: bool = True,
        metadata: bool = False,
    ) -> AsyncGenerator[str]:
        """Yield examples that the scope may see, each as one line of JSON; at most `limit`, None for all there are.

        `names` of people are replaced. What was taken is noted, page by page, once the next line is asked for.
        Raises InvalidInput with the first line, DatabaseError.
        """
        wanted = _checked(wanted)
        if limit is not None and not 1 <= limit <= MOST_LINES:
            raise InvalidInput("limit_invalid", most=str(MOST_LINES))
        mask = Mask(names, secrets=mask_secrets)
        after = None
        count = 0
        while True:
            page, after = await self._store.training.page(
                scope, wanted, after=after, size=_PAGE
            )
            taken = []
            for example in page:
                if count == limit:
                    break
                line = line_of(example, wanted.format, mask, metadata=metadata)
                if line is not None:
                    yield line
                    count += 1
                    taken.append(example.turn.id)
            await self._store.training.mark(scope, wanted.format, taken)
            if after is None or count == limit:
                return


def _checked(wanted: TrainingFilter) -> TrainingFilter:
    """Return the filter as turns are stored. Raises InvalidInput."""
    check_ratings(
        WORST if wanted.min_score is None else wanted.min_score,
        BEST if wanted.max_score is None else wanted.max_score,
    )
    if (
        wanted.since is not None
        and wanted.until is not None
        and wanted.until <= wanted.since
    ):
        raise InvalidInput("period_invalid")
    if not 0 <= wanted.history <= MOST_EARLIER:
        raise InvalidInput("history_invalid", most=str(MOST_EARLIER))
    return replace(
        wanted,
        language=clean(wanted.language, limit=_LONGEST_LANGUAGE)
        .replace("_", "-")
        .lower()
        if wanted.language
        else None,
        intent=clean(wanted.intent, limit=_LONGEST_LABEL) if wanted.intent else None,
    )
