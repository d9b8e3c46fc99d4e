"""Who speaks."""

from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.components.websocket_api import current_connection
from homeassistant.const import ATTR_ID
from homeassistant.core import Context, HomeAssistant, State, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.chat_session import current_session
from homeassistant.util.hass_dict import HassKey

from .errors import InvalidInput
from .models import Scope

ATTR_USER_ID = "user_id"
_SPEAKERS: HassKey[dict[str, str | None]] = HassKey("ai_memory_speakers")


class Identity:
    """Finds the person behind a request; without one, the household speaks."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take Home Assistant."""
        self._hass = hass

    @callback
    def person_of_user(self, user_id: str | None) -> State | None:
        """Return the person that a user is, None for a user without one."""
        if user_id is None:
            return None
        for state in self._hass.states.async_all(PERSON_DOMAIN):
            if state.attributes.get(ATTR_USER_ID) == user_id:
                return state
        return None

    @callback
    def scope_of_user(self, user_id: str | None) -> Scope:
        """Return the scope of a user."""
        return _scope(self.person_of_user(user_id))

    @callback
    def scope_of_context(self, context: Context) -> Scope:
        """Return the scope of whoever caused something."""
        return self.scope_of_user(context.user_id)

    @callback
    def require_own_conversation(self, context: Context) -> None:
        """Make the first who speaks in a conversation its owner. Raises Unauthorized for anybody else.

        Its log holds what was recalled for them. Home Assistant does this itself since 2026.11.
        """
        if (session := current_session.get()) is None:
            return
        speakers = self._hass.data.setdefault(_SPEAKERS, {})
        conversation_id = session.conversation_id

        @callback
        def forget() -> None:
            del speakers[conversation_id]

        if conversation_id not in speakers:
            speakers[conversation_id] = context.user_id
            session.async_on_cleanup(forget)
        elif speakers[conversation_id] != context.user_id:
            raise Unauthorized(context=context)

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
        if (person_id := scope.person_id) is None:
            return None
        for state in self._hass.states.async_all(PERSON_DOMAIN):
            if state.attributes.get(ATTR_ID) == person_id:
                return state.name
        return None


def _scope(person: State | None) -> Scope:
    person_id = person.attributes.get(ATTR_ID) if person else None
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
