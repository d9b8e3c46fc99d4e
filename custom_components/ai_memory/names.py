"""What Home Assistant calls the things of this home."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.homeassistant.exposed_entities import (
    async_listen_entity_updates,
    async_should_expose,
)
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    intent,
)

from .memory.aliases import NameIndex
from .memory.words.determiners import ANY_LANGUAGE
from .models import Alias, TargetKind
from .text_forms import tokenize


class HomeNames:
    """Names of exposed entities, areas and floors, collected once until one changes."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take Home Assistant."""
        self._hass = hass
        self._index: NameIndex | None = None
        self._entities: list[str] = []
        self._areas: list[str] = []
        self._often: Counter[str] = Counter()

    @callback
    def async_listen(self) -> Callable[[], None]:
        """Begin to follow changes; return what ends it."""
        listeners = [
            self._hass.bus.async_listen(event, self._changed)
            for event in (
                ar.EVENT_AREA_REGISTRY_UPDATED,
                fr.EVENT_FLOOR_REGISTRY_UPDATED,
                dr.EVENT_DEVICE_REGISTRY_UPDATED,
                er.EVENT_ENTITY_REGISTRY_UPDATED,
            )
        ]
        listeners.append(
            self._hass.bus.async_listen(
                EVENT_STATE_CHANGED, self._changed, event_filter=_comes_or_goes
            )
        )
        listeners.append(
            async_listen_entity_updates(
                self._hass, CONVERSATION_DOMAIN, self._exposure_changed
            )
        )

        @callback
        def unlisten() -> None:
            for listener in listeners:
                listener()

        return unlisten

    @property
    def protected(self) -> NameIndex:
        """Return the names inside which no alias may be found."""
        if self._index is None:
            self._collect()
        assert self._index is not None
        return self._index

    @property
    def entities(self) -> list[str]:
        """Return the names and aliases of exposed entities."""
        if self._index is None:
            self._collect()
        return self._entities

    @property
    def areas(self) -> list[str]:
        """Return the names and aliases of areas and floors."""
        if self._index is None:
            self._collect()
        return self._areas

    @callback
    def named_in(self, text: str) -> bool:
        """Return whether a text speaks of a thing or place of this home."""
        return bool(self.protected.spans([word.normal for word in tokenize(text)]))

    @callback
    def name_of(self, alias: Alias) -> str | None:
        """Return the name that Home Assistant's sentences understand, None for what is gone."""
        match alias.target_kind:
            case TargetKind.AREA:
                area = ar.async_get(self._hass).async_get_area(alias.target_id)
                return area.name if area else None
            case TargetKind.DEVICE:
                device = dr.async_get(self._hass).async_get(alias.target_id)
                return (device.name_by_user or device.name) if device else None
            case TargetKind.ENTITY:
                if (state := self._hass.states.get(alias.target_id)) is None:
                    return None
                if self._index is None:
                    self._collect()
                names = self._names_of(state)
                # Where two things share a name, one that is this thing's alone.
                return next((name for name in names if self._often[name] < 2), names[0])

    @callback
    def target_of_name(self, name: str) -> tuple[TargetKind, str] | None:
        """Return what an exposed entity or an area is called so, None where that is nothing or not one thing."""
        found = self.targets_of_name(name)
        return found.pop() if len(found) == 1 else None

    @callback
    def targets_of_name(self, name: str) -> set[tuple[TargetKind, str]]:
        """Return the exposed entities and the areas that are called so."""
        wanted = _words(name)
        if not wanted:
            return set()
        return {
            (TargetKind.ENTITY, state.entity_id)
            for state in self._hass.states.async_all()
            if async_should_expose(self._hass, CONVERSATION_DOMAIN, state.entity_id)
            and (
                name.strip() == state.entity_id
                or any(_words(known) == wanted for known in self._names_of(state))
            )
        } | {
            (TargetKind.AREA, area.id)
            for area in ar.async_get(self._hass).async_list_areas()
            if any(_words(known) == wanted for known in (area.name, *area.aliases))
        }

    @callback
    def knows(self, kind: TargetKind, target_id: str) -> bool:
        """Return whether there is such a thing."""
        match kind:
            case TargetKind.AREA:
                return ar.async_get(self._hass).async_get_area(target_id) is not None
            case TargetKind.DEVICE:
                return dr.async_get(self._hass).async_get(target_id) is not None
            case TargetKind.ENTITY:
                return (
                    self._hass.states.get(target_id) is not None
                    or er.async_get(self._hass).async_get(target_id) is not None
                )

    @callback
    def _collect(self) -> None:
        entities = [
            name
            for state in self._hass.states.async_all()
            if async_should_expose(self._hass, CONVERSATION_DOMAIN, state.entity_id)
            for name in self._names_of(state)
        ]
        areas = ar.async_get(self._hass).async_list_areas()
        floors = fr.async_get(self._hass).async_list_floors()
        self._entities = sorted(set(entities))
        self._areas = sorted(
            {
                *(name for area in areas for name in (area.name, *area.aliases)),
                *(name for floor in floors for name in (floor.name, *floor.aliases)),
            }
            - {""}
        )
        self._often = Counter(entities)
        self._index = NameIndex.build([*self._entities, *self._areas])

    def _names_of(self, state: State) -> list[str]:
        entry = er.async_get(self._hass).async_get(state.entity_id)
        names = intent.async_get_entity_aliases(self._hass, entry, state=state)
        return [name.strip() for name in names if name.strip()] or [state.name]

    @callback
    def _changed(self, _: Event[Any]) -> None:
        self._index = None

    @callback
    def _exposure_changed(self) -> None:
        self._index = None


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name, without the article in front."""
    words = tuple(word.normal for word in tokenize(name))
    return words[ANY_LANGUAGE.count(words) :] or words


@callback
def _comes_or_goes(data: EventStateChangedData) -> bool:
    return data["old_state"] is None or data["new_state"] is None
