"""Tells people what they can mend, and helps them with it."""

from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from .const import CONF_PERSON, DOMAIN
from .data import AiMemoryConfigEntry
from .errors import (
    AiMemoryError,
    DatabaseError,
    EmbeddingModelMissing,
    InvalidInput,
    WrongPassword,
)
from .flow_switch import waits_for
from .folders import async_give_folders
from .identity import Identity, registered_persons
from .memory.embedding_switch import SwitchProgress
from .memory.health import Part
from .missing_model import MissingModelFlow
from .models import Scope

_NOTHING: Final = probatio.Schema({})
_SWITCH_WAITS: Final = "switch_waits"
_SEVERITY = {
    Part.DATABASE: ir.IssueSeverity.ERROR,
    # Everything works without vectors, if less well.
    Part.EMBEDDER: ir.IssueSeverity.WARNING,
}


@callback
def async_report_problem(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    part: Part,
    error: AiMemoryError | None,
) -> None:
    """Show that a part fails, and how; with None, that it is well again.

    One issue a part. A password that is no longer accepted is asked for anew instead.
    """
    if error is None or isinstance(error, WrongPassword):
        ir.async_delete_issue(hass, DOMAIN, part)
        if error is not None:
            entry.async_start_reauth(hass)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        part,
        # Another model of the same server may take its place.
        is_fixable=isinstance(error, EmbeddingModelMissing),
        severity=_SEVERITY[part],
        translation_key=error.translation_key,
        translation_placeholders=error.placeholders,
    )


@callback
def async_follow_switch(
    hass: HomeAssistant, entry: AiMemoryConfigEntry
) -> CALLBACK_TYPE:
    """Show that a change of the embedding model waits, and for what; return what ends it."""

    @callback
    def follow(progress: SwitchProgress | None) -> None:
        if progress is None or (reason := waits_for(progress)) is None:
            ir.async_delete_issue(hass, DOMAIN, _SWITCH_WAITS)
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            _SWITCH_WAITS,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=_SWITCH_WAITS,
            translation_placeholders={"reason": reason},
        )

    return entry.runtime_data.service.models.subscribe(follow)


@callback
def async_delete_problems(hass: HomeAssistant) -> None:
    """Take all issues away, when the entry is removed."""
    for issue_id in (*Part, _SWITCH_WAITS):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow for what can be mended here: an embedding model that vanished, a person who is gone."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue
    if issue_id == Part.EMBEDDER:
        return MissingModelFlow(issue.translation_placeholders or {})
    assert data
    return RemovedPersonFlow(
        str(data["person_id"]), issue.translation_placeholders or {}
    )


class RemovedPersonFlow(RepairsFlow):
    """Asks what shall become of what a person left."""

    def __init__(self, person_id: str, placeholders: dict[str, str]) -> None:
        """Take whose it was, and what there is to say of it."""
        self._person_id = person_id
        self._placeholders = placeholders

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for one of three ways."""
        return self.async_show_menu(
            step_id="init",
            menu_options=["keep", "hand_over", "erase"],
            description_placeholders=self._placeholders,
        )

    async def async_step_keep(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Make it the household's."""
        return await self._confirm("keep", user_input, Scope.household())

    async def async_step_erase(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Delete it for good."""
        return await self._confirm("erase", user_input, None)

    async def async_step_hand_over(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Make it another person's."""
        persons = Identity(self.hass).persons()
        if not persons:
            return self.async_abort(reason="no_persons")
        return await self._confirm(
            "hand_over",
            user_input,
            None if user_input is None else Scope.person(user_input[CONF_PERSON]),
            probatio.Schema(
                {
                    probatio.Required(CONF_PERSON): SelectSelector(
                        SelectSelectorConfig(
                            options=[
                                SelectOptionDict(value=scope.person_id, label=name)
                                for name, scope in persons
                                if scope.person_id
                            ],
                            mode=SelectSelectorMode.LIST,
                        )
                    )
                }
            ),
        )

    async def _confirm(
        self,
        step_id: str,
        user_input: dict[str, str] | None,
        to: Scope | None,
        schema: probatio.Schema = _NOTHING,
    ) -> RepairsFlowResult:
        """Ask, then make it another one's, with None nobody's; ask again where the database fails."""
        errors = {}
        if user_input is not None:
            entries: list[AiMemoryConfigEntry] = (
                self.hass.config_entries.async_loaded_entries(DOMAIN)
            )
            if not entries:
                return self.async_abort(reason="not_loaded")
            if self._person_id in registered_persons(self.hass):
                return self.async_abort(reason="person_returned")
            owners = entries[0].runtime_data.service.owners
            gone = Scope.person(self._person_id)
            try:
                if to is None:
                    await owners.erase(gone)
                else:
                    await owners.reassign(gone, to)
            except InvalidInput as err:
                errors["base"] = err.key
            except DatabaseError:
                errors["base"] = DatabaseError.translation_key
            else:
                async_give_folders(self.hass, entries[0], gone, to)
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors=errors,
            description_placeholders=self._placeholders,
        )
