"""The to-do list of what the household is to review."""

from typing import override

from homeassistant.components.todo import (
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .data import AiMemoryConfigEntry
from .entity import memory_device
from .errors import DatabaseError
from .memory.review import Proposal, ProposalKind
from .models import Change, Scope, Subject
from .operations.operation import translated

PARALLEL_UPDATES = 0

_HOUSEHOLD = Scope.household()


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AiMemoryConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the list."""
    async_add_entities([ReviewList(entry)])


class ReviewList(TodoListEntity):
    """Memories and aliases that wait for review: done accepts one, deleting it rejects it.

    Every user of Home Assistant sees every entity, so only what is the household's stands here.
    """

    _attr_has_entity_name = True
    _attr_translation_key = "review"
    _attr_should_poll = False
    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM | TodoListEntityFeature.DELETE_TODO_ITEM
    )

    def __init__(self, entry: AiMemoryConfigEntry) -> None:
        """Take what is reviewed."""
        self._entry = entry
        self._service = entry.runtime_data.service
        self._attr_unique_id = f"{entry.entry_id}_review"
        self._attr_device_info = memory_device(entry)
        self._attr_todo_items = []

    @override
    async def async_added_to_hass(self) -> None:
        """Follow changes."""
        await super().async_added_to_hass()
        self.async_on_remove(self._service.changes.subscribe(self._changed))
        # Also when the database is back.
        self.async_on_remove(
            self._entry.runtime_data.statistics.async_add_listener(self._look_again)
        )
        await self._async_load()

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Accept what was ticked off."""
        assert item.uid is not None
        if item.status != TodoItemStatus.COMPLETED:
            # Its words are changed with update_memory: here they would be an alias's as well.
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="proposal_done_or_delete"
            )
        with translated():
            await self._service.review.decide(_HOUSEHOLD, item.uid, accept=True)
        await self._async_load()

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Reject what was deleted."""
        with translated():
            for uid in uids:
                await self._service.review.decide(_HOUSEHOLD, uid, accept=False)
        await self._async_load()

    @callback
    def _changed(self, change: Change) -> None:
        if change.subject in (Subject.MEMORY, Subject.PROPOSED_ALIAS):
            self._look_again()

    @callback
    def _look_again(self) -> None:
        self._entry.async_create_background_task(
            self.hass, self._async_load(), "ai_memory read what waits for review"
        )

    async def _async_load(self) -> None:
        try:
            proposals = await self._service.review.list(_HOUSEHOLD)
        except DatabaseError:
            self._attr_available = False
        else:
            self._attr_available = True
            self._attr_todo_items = [self._item(proposal) for proposal in proposals]
        self.async_write_ha_state()

    @callback
    def _item(self, proposal: Proposal) -> TodoItem:
        summary = proposal.text
        if proposal.kind is ProposalKind.ALIAS and proposal.target_id:
            state = self.hass.states.get(proposal.target_id)
            summary = f"{summary} → {state.name if state else proposal.target_id}"
        return TodoItem(
            uid=proposal.id, summary=summary, status=TodoItemStatus.NEEDS_ACTION
        )
