"""Preferences, and the aliases among them."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
import json
import logging

from ..errors import DatabaseError, InvalidInput
from ..models import Alias, JsonValue, Preference, Scope, Subject, TargetKind, Verb
from ..postgres.store import Store
from ..text_forms import storable, storable_json
from .aliases import (
    ALIAS_PREFIX,
    AliasTable,
    KnownNames,
    Resolution,
    alias_from_preference,
    key_of_phrase,
    split_key,
)
from .changes import Changes
from .secret_gate import SecretGate

_LOGGER = logging.getLogger(__name__)

PROPOSED_PREFIX = "proposed_alias."
"""The keys of aliases that wait for review."""
MOST_PREFERENCES = 500
_LONGEST_NAME = 100
_CHECK_VIOLATION = "23514"


class Preferences:
    """Keys with JSON values, per owner; aliases are kept in memory as well."""

    def __init__(
        self,
        store: Store,
        secrets: SecretGate,
        changes: Changes,
        *,
        language: str,
        knows_target: Callable[[TargetKind, str], bool],
        failed: Callable[[DatabaseError], None],
        check_no_import: Callable[[], None],
    ) -> None:
        """Tell `failed` of a database that could not be asked behind a caller's back.

        While `check_no_import` raises nothing is deleted: what was read already elsewhere would come back.
        """
        self._store = store
        self._secrets = secrets
        self._changes = changes
        self._language = language
        self._knows_target = knows_target
        self._failed = failed
        self._check_no_import = check_no_import
        self._aliases = AliasTable([])
        self._loading = asyncio.Lock()

    @property
    def alias_count(self) -> int:
        """Return how many aliases there are, of everybody."""
        return len(self._aliases)

    def resolve(
        self, text: str, scope: Scope, names: KnownNames, language: str | None = None
    ) -> Resolution | None:
        """Put the names that Home Assistant knows in the place of the household's own."""
        return self._aliases.resolve(text, scope, names, language)

    async def set(
        self, scope: Scope, key: str, value: JsonValue, *, category: str | None = None
    ) -> Preference:
        """Set a preference; one whose key begins with `entity_alias.` is an alias. Raises InvalidInput, DatabaseError."""
        key, category = split_key(key, category)
        if len(category) > _LONGEST_NAME:
            raise InvalidInput("preference_key_invalid", key=category[:_LONGEST_NAME])
        if not _is_storable(value):
            raise InvalidInput("preference_value_invalid", key=key)
        self._check_alias(
            Preference(scope.owner, key, category, value, datetime.now(UTC))
        )
        await self._secrets.refuse_json(
            # The last part of a key says what the value is: `wifi.password`.
            scope,
            "preference",
            self._language,
            {key.rpartition(".")[2]: value},
        )
        try:
            stored = await self._store.preferences.set(scope, key, category, value)
        except DatabaseError as err:
            if err.placeholders.get("code") != _CHECK_VIOLATION:
                raise
            # Only the database knows how long it is, with numbers written out in full.
            raise InvalidInput("preference_value_invalid", key=key) from err
        await self._changed(Verb.CHANGED, scope, key)
        return stored

    async def get(self, scope: Scope, key: str) -> Preference | None:
        """Return the speaker's preference, else the household's. Raises InvalidInput, DatabaseError."""
        key, _ = split_key(key, "any")
        return await self._store.preferences.get(scope, key)

    async def delete(self, scope: Scope, key: str) -> bool:
        """Delete this owner's preference; return whether there was one.

        Raises InvalidInput (also `import_running`), DatabaseError.
        """
        key, _ = split_key(key, "any")
        self._check_no_import()
        return await self._delete(scope, key)

    async def _delete(self, scope: Scope, key: str) -> bool:
        deleted = await self._store.preferences.delete(scope, key)
        if deleted:
            await self._changed(Verb.REMOVED, scope, key)
        return deleted

    # --- aliases

    async def set_alias(
        self, scope: Scope, phrase: str, kind: TargetKind, target_id: str
    ) -> Preference:
        """Let a phrase mean a thing. Raises InvalidInput, DatabaseError."""
        return await self.set(
            scope,
            ALIAS_PREFIX + key_of_phrase(phrase),
            {"phrase": phrase, kind.value: target_id},
        )

    async def list_aliases(self, scope: Scope) -> list[Alias]:
        """Return the aliases that the scope may see. Raises DatabaseError."""
        return _usable_aliases(await self.list(scope, prefix=ALIAS_PREFIX))

    async def propose_alias(
        self, scope: Scope, phrase: str, kind: TargetKind, target_id: str
    ) -> Preference:
        """Keep an alias for review; it means nothing yet. Raises InvalidInput, DatabaseError."""
        value: JsonValue = {"phrase": phrase, kind.value: target_id}
        key = key_of_phrase(phrase)
        self._check_alias(
            Preference(
                scope.owner,
                ALIAS_PREFIX + key,
                ALIAS_PREFIX.rstrip("."),
                value,
                datetime.now(UTC),
            )
        )
        return await self.set(scope, PROPOSED_PREFIX + key, value)

    async def accept_alias(self, scope: Scope, key: str) -> Preference | None:
        """Make an alias of a proposed one of this owner; None where there is none. Raises InvalidInput, DatabaseError."""
        proposed = await self.get(scope, key)
        if proposed is None or proposed.owner != scope.owner:
            return None
        alias = await self.set(
            scope,
            ALIAS_PREFIX + key.removeprefix(PROPOSED_PREFIX),
            proposed.value,
        )
        await self._delete(scope, key)
        return alias

    async def load(self) -> None:
        """Read all aliases. Raises DatabaseError."""
        # One after the other, so that an older reading never replaces a newer one.
        async with self._loading:
            self._aliases = AliasTable(
                _usable_aliases(
                    await self._store.preferences.of_everybody(ALIAS_PREFIX)
                )
            )

    async def reload(self) -> None:
        """Take up a change that is already in the database: what fails now is done when it is back."""
        try:
            await self.load()
        except DatabaseError as err:
            self._failed(err)

    async def tell_removed(self, scope: Scope, key: str) -> None:
        """Take up and tell that a preference was deleted with something else."""
        await self._changed(Verb.REMOVED, scope, key)

    async def _changed(self, verb: Verb, scope: Scope, key: str) -> None:
        subject = Subject.PREFERENCE
        if key.startswith(ALIAS_PREFIX):
            subject = Subject.ALIAS
            await self.reload()
        elif key.startswith(PROPOSED_PREFIX):
            subject = Subject.PROPOSED_ALIAS
        self._changes.tell(subject, verb, scope.owner, [key])

    def names_something(self, alias: Alias) -> bool:
        """Return whether the home has what an alias means."""
        return self._knows_target(alias.target_kind, alias.target_id)

    def _check_alias(self, preference: Preference) -> None:
        alias = alias_from_preference(preference)
        if alias and not self.names_something(alias):
            raise InvalidInput("alias_target_unknown", target=alias.target_id)

    async def list(
        self,
        scope: Scope,
        *,
        prefix: str = "",
        category: str | None = None,
        after_key: str = "",
        limit: int | None = None,
    ) -> list[Preference]:
        """Return the preferences that the scope may see, by key, aliases and proposals among them.

        `limit` is the length of a page, None for all there are; one more where the last key is the speaker's and the
        household's. `after_key` is the last one of the page before. Raises InvalidInput, DatabaseError.
        """
        if limit is not None and not 1 <= limit <= MOST_PREFERENCES:
            raise InvalidInput("limit_invalid", most=str(MOST_PREFERENCES))
        return await self._store.preferences.list(
            scope,
            prefix=prefix,
            category=None if category is None else storable(category),
            after_key=storable(after_key),
            limit=limit,
        )


def _usable_aliases(preferences: Iterable[Preference]) -> list[Alias]:
    """Return the aliases among preferences; what the database holds may be older than today's rules."""
    aliases = []
    for preference in preferences:
        try:
            if alias := alias_from_preference(preference):
                aliases.append(alias)
        except InvalidInput:
            _LOGGER.debug("An alias is not usable: %s", preference.key)
    return aliases


def _is_storable(value: JsonValue) -> bool:
    """Return whether jsonb keeps a value as it is."""
    try:
        return storable_json(value) == value and bool(json.dumps(value))
    except RecursionError, ValueError:
        # Too deep, or a number of thousands of digits.
        return False
