"""Who speaks.

A logged-in user is their person, or else nobody in particular. Without a user, a satellite or device that was given to
a person is that person. Whoever is not known so may say who they are, where that is allowed. All others are the
household.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.components.websocket_api import current_connection
from homeassistant.const import ATTR_ID, Platform
from homeassistant.core import Context, HomeAssistant, State, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.chat_session import current_session
from homeassistant.util.hass_dict import HassKey

from .const import CONF_CLAIMANTS, CONF_DEVICES, CONF_SATELLITES
from .errors import InvalidInput
from .models import Scope

_ATTR_USER_ID: Final = "user_id"


@dataclass(slots=True)
class _Session:
    """Whose a chat session is.

    `place` is the device and satellite where it began, `known` is the speaker as we know them without being told, `claim` the person that they say they are, on the device
    `device_id`.
    """

    user_id: str | None
    known: Scope
    place: tuple[str | None, str | None]
    claim: str | None = None
    device_id: str | None = None

    def admits(self, user_id: str | None, known: Scope, device_id: str | None) -> bool:
        """Return whether somebody may go on with it, and so see its log."""
        if user_id != self.user_id:
            return False
        if self.claim is not None and device_id != self.device_id:
            return False
        if self.known == Scope.household():
            # A satellite that was given to a person meanwhile: all in the log is theirs to see.
            return known == self.known or self.claim in (None, known.person_id)
        return known == self.known

    def passes_to(
        self, user_id: str | None, known: Scope, place: tuple[str | None, str | None]
    ) -> bool:
        """Return whether somebody may go on with it once its log is empty: their satellite was another's before."""
        return (
            user_id is self.user_id is None
            and place == self.place
            and known != self.known
        )


# Outlives a reload of the entry, as the chat logs do.
_SESSIONS: HassKey[dict[str, _Session]] = HassKey("ai_memory_sessions")
_NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})


class Identity:
    """Finds the person behind a request; without one, the household speaks."""

    def __init__(
        self, hass: HomeAssistant, options: Mapping[str, Any] = _NO_OPTIONS
    ) -> None:
        """Take Home Assistant, and whose satellites and devices are and who may say who they are."""
        self._hass = hass
        self._satellites: Mapping[str, str] = options.get(CONF_SATELLITES, {})
        self._devices: Mapping[str, str] = options.get(CONF_DEVICES, {})
        self._claimants = frozenset[str](options.get(CONF_CLAIMANTS, ()))

    # --- persons

    @callback
    def persons(self) -> list[tuple[str, Scope]]:
        """Return the names of all persons, by name."""
        return sorted(
            (
                (state.name, Scope.person(state.attributes[ATTR_ID]))
                for state in self._hass.states.async_all(PERSON_DOMAIN)
                if state.attributes.get(ATTR_ID)
            ),
            key=lambda person: person[0].casefold(),
        )

    @callback
    def claimable(self) -> list[tuple[str, Scope]]:
        """Return the persons who may say who they are."""
        return [
            (name, scope)
            for name, scope in self.persons()
            if scope.person_id in self._claimants
        ]

    @callback
    def scope_of_person(self, entity_id: str) -> Scope:
        """Return the scope of a person entity. Raises InvalidInput."""
        state = self._hass.states.get(entity_id)
        if (
            state is None
            or state.domain != PERSON_DOMAIN
            or not state.attributes.get(ATTR_ID)
        ):
            raise InvalidInput("person_unknown", person=entity_id)
        return _scope(state)

    @callback
    def name_of_scope(self, scope: Scope) -> str | None:
        """Return the name of the person, None for the household."""
        return next((name for name, person in self.persons() if person == scope), None)

    # --- who speaks

    @callback
    def scope_of(
        self,
        context: Context,
        *,
        device_id: str | None = None,
        satellite_id: str | None = None,
        conversation_id: str | None = None,
    ) -> Scope:
        """Return the scope of whoever caused something, from where.

        `satellite_id` is the entity id of a satellite, `device_id` the id of a device in the registry.
        """
        known = self._known(context, device_id, satellite_id)
        if known != Scope.household() or conversation_id is None:
            return known
        session = self._hass.data.get(_SESSIONS, {}).get(conversation_id)
        if (
            session is None
            or session.claim not in self._claimants
            or (session.user_id, session.device_id) != (context.user_id, device_id)
        ):
            return known
        return self._scope_of_id(session.claim)

    @callback
    def _known(
        self, context: Context, device_id: str | None, satellite_id: str | None
    ) -> Scope:
        """Return who speaks, as far as we know without being told."""
        if context.user_id is not None:
            # Any user may write the id of any device into a request: only their person counts.
            return self._scope_of_user(context.user_id)
        return self._scope_of_id(self._person_at(device_id, satellite_id))

    @callback
    def _scope_of_user(self, user_id: str) -> Scope:
        for state in self._hass.states.async_all(PERSON_DOMAIN):
            if state.attributes.get(_ATTR_USER_ID) == user_id:
                return _scope(state)
        return Scope.household()

    @callback
    def _person_at(self, device_id: str | None, satellite_id: str | None) -> str | None:
        """Return the id of the person whose a satellite or device is."""
        registry = er.async_get(self._hass)
        if satellite_id:
            entity = registry.async_get(satellite_id)
            reference = entity.id if entity else satellite_id
            if person_id := self._satellites.get(reference):
                return person_id
        if device_id is None:
            return None
        if person_id := self._devices.get(device_id):
            return person_id
        # A language model's tools are told the device only.
        owners = {
            self._satellites.get(entity.id)
            for entity in er.async_entries_for_device(registry, device_id)
            if entity.domain == Platform.ASSIST_SATELLITE
        }
        return owners.pop() if len(owners) == 1 else None

    @callback
    def _scope_of_id(self, person_id: str | None) -> Scope:
        """Return the scope of a person, that of the household for one who is not there (any more)."""
        if person_id is not None:
            scope = Scope.person(person_id)
            if any(person == scope for _, person in self.persons()):
                return scope
        return Scope.household()

    # --- conversations

    @callback
    def require_own_conversation(
        self, context: Context, *, device_id: str | None, satellite_id: str | None
    ) -> bool:
        """Make the first who speaks in a conversation its owner. Raises Unauthorized for anybody else.

        Return whether its log has to be emptied: the satellite was given to somebody else since it began. The log holds
        what was recalled for its owner. Home Assistant compares the users itself since 2026.11.
        """
        known = self._known(context, device_id, satellite_id)
        place = device_id, satellite_id
        session = self._session(context, known, place)
        if session is None:
            return False
        is_admitted = session.admits(context.user_id, known, device_id)
        if not is_admitted:
            if not session.passes_to(context.user_id, known, place):
                raise Unauthorized(context=context)
            session.claim = session.device_id = None
        session.known = known
        return not is_admitted

    @callback
    def claim(
        self,
        person: Scope,
        context: Context,
        *,
        device_id: str | None,
        satellite_id: str | None,
        afresh: bool = False,
    ) -> None:
        """Believe that a person speaks, until the current chat session ends. Raises InvalidInput.

        Whoever is known to be that person may say so, too. `afresh`: the log will be emptied, so that it holds nothing
        that was recalled for somebody who spoke before.
        """
        known = self._known(context, device_id, satellite_id)
        if known == person:
            return
        if known != Scope.household():
            raise InvalidInput("claim_somebody_else")
        session = self._session(context, known, (device_id, satellite_id))
        if session is None or person not in [scope for _, scope in self.claimable()]:
            raise InvalidInput("claim_not_allowed")
        if session.claim not in (None, person.person_id) and not afresh:
            raise InvalidInput("claim_taken")
        session.claim = person.person_id
        session.device_id = device_id

    @callback
    def end_claim(self, conversation_id: str) -> None:
        """Let a conversation begin anew, with an empty log: nobody has said who they are."""
        if session := self._hass.data.get(_SESSIONS, {}).get(conversation_id):
            session.claim = session.device_id = None

    @callback
    def _session(
        self, context: Context, known: Scope, place: tuple[str | None, str | None]
    ) -> _Session | None:
        """Return whose the current chat session is, the speaker's if it is new."""
        if (chat := current_session.get()) is None:
            return None
        sessions = self._hass.data.setdefault(_SESSIONS, {})
        conversation_id = chat.conversation_id

        @callback
        def forget() -> None:
            del sessions[conversation_id]

        if conversation_id not in sessions:
            sessions[conversation_id] = _Session(context.user_id, known, place)
            chat.async_on_cleanup(forget)
        return sessions[conversation_id]


@callback
def registered_persons(hass: HomeAssistant) -> set[str]:
    """Return the ids of all persons that Home Assistant knows, also of those that are disabled or not loaded."""
    return {
        entity.unique_id
        for entity in er.async_get(hass).entities.values()
        if entity.domain == entity.platform == PERSON_DOMAIN
    }


@callback
def is_about_person(data: er.EventEntityRegistryUpdatedData) -> bool:
    """Return whether a person came or went."""
    return data["action"] != "update" and data["entity_id"].startswith(
        f"{PERSON_DOMAIN}."
    )


def _scope(person: State) -> Scope:
    person_id = person.attributes.get(ATTR_ID)
    return Scope.person(person_id) if person_id else Scope.household()


@callback
def user_id_of_request() -> str | None:
    """Return the user whose request this task serves, None for a satellite or an automation."""
    if connection := current_connection.get():
        return connection.user.id
    if request := current_request.get():
        user = request.get(KEY_HASS_USER)
        return user.id if user else None
    return None
