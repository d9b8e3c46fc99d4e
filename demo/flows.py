"""Fills the forms of Home Assistant's flows, as a person would in the front end."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from .client import HassClient, HassError, Json

# More steps than any flow has: one that goes in circles is broken.
MOST_STEPS: Final = 20


async def config_flow(
    client: HassClient,
    domain: str,
    answers: Mapping[str, Any],
    choices: Mapping[str, str] | None = None,
) -> Json:
    """Set up an integration; return the entry.

    `answers` are given to the fields of these names in whichever form has them, all
    others keep what the form suggests. `choices` are the steps to take from menus, by
    the id of the menu's step. Raises HassError when the flow ends in anything but an
    entry, or shows an error.
    """
    step = await fill(
        await client.flow(domain), client.flow_step, answers, choices or {}
    )
    entry: Json = step["result"]
    return entry


async def subentry_flow(
    client: HassClient, entry_id: str, kind: str, answers: Mapping[str, Any]
) -> None:
    """Add a subentry of a kind; see config_flow."""
    step = await client.subentry_flow(entry_id, kind)
    await fill(step, client.subentry_flow_step, answers, {})


async def fill(
    step: Json,
    submit: Callable[[str, Mapping[str, Any]], Awaitable[Json]],
    answers: Mapping[str, Any],
    choices: Mapping[str, str],
) -> Json:
    """Go on from a step to the end; see config_flow."""
    for _ in range(MOST_STEPS):
        match step["type"]:
            case "create_entry":
                return step
            case "menu":
                choice = choices.get(step["step_id"])
                if choice is None:
                    options = ", ".join(step["menu_options"])
                    raise HassError(f"Menu {step['step_id']} asks for one of {options}")
                data: Json = {"next_step_id": choice}
            case "form" if not step.get("errors"):
                data = form_data(step["data_schema"], answers)
            case "form":
                raise HassError(f"Step {step['step_id']}: {step['errors']}")
            case kind:
                reason = step.get("reason", step.get("step_id"))
                raise HassError(f"The flow ended with {kind}: {reason}")
        step = await submit(step["flow_id"], data)
    raise HassError(f"The flow does not come to an end at {step.get('step_id')}")


def form_data(schema: list[Json], answers: Mapping[str, Any]) -> Json:
    """Return what to send for a form: the answers, else what it suggests."""
    data: Json = {}
    for item in schema:
        name = item["name"]
        suggested = (item.get("description") or {}).get("suggested_value")
        if item.get("type") == "expandable":
            data[name] = form_data(item["schema"], answers)
        elif name in answers:
            data[name] = answers[name]
        elif suggested is not None:
            data[name] = suggested
        elif item.get("default") is not None:
            data[name] = item["default"]
    return data
