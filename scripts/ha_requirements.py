"""Write what the integrations of the demo house need, with Home Assistant's own pins.

Usage: ha_requirements.py FILE. Writes one requirement a line to FILE and prints the path of Home Assistant's constraints.
"""

import json
from pathlib import Path
import sys

import homeassistant

CORE = Path(homeassistant.__path__[0])
OURS = Path(__file__).parents[1] / "custom_components"
ROOTS = (
    "ai_memory",
    "assist_pipeline",
    "camera",
    "config",
    "demo",
    "diagnostics",
    "frontend",
    "hassio",
    "history",
    "homeassistant",
    "infrared",
    "logbook",
    "mobile_app",
    "ollama",
    "onboarding",
    "person",
    "radio_frequency",
    "recorder",
    "repairs",
    "system_health",
    "template",
    "todo",
)


def manifest(domain: str) -> dict[str, list[str]]:
    """Return the manifest of an integration, or nothing for an unknown one."""
    for folder in (OURS / domain, CORE / "components" / domain):
        if (path := folder / "manifest.json").exists():
            found: dict[str, list[str]] = json.loads(path.read_text())
            return found
    return {}


def main() -> None:
    """Follow the dependencies of the roots and collect their requirements."""
    todo, seen, requirements = list(ROOTS), set[str](), set[str]()
    while todo:
        if (domain := todo.pop()) in seen:
            continue
        seen.add(domain)
        found = manifest(domain)
        todo += found.get("dependencies", [])
        requirements |= set(found.get("requirements", []))
    Path(sys.argv[1]).write_text("\n".join(sorted(requirements)) + "\n")
    print(CORE / "package_constraints.txt")


main()
