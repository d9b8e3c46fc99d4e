"""Runs the benchmarks and prints what they come to: `scripts/benchmark --help`."""

import argparse
import asyncio
from dataclasses import asdict
import json
import os
import sys

from . import alias, app, documents, folder, model_switch, recall, search, turn
from .figures import Figure, table

_NAMES = (
    "alias",
    "search",
    "recall",
    "turn",
    "app",
    "folder",
    "documents",
    "model_switch",
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument(
        "--only",
        choices=_NAMES,
        action="append",
        help="run this one only; repeatable",
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, few rounds")
    parser.add_argument(
        "--million", action="store_true", help="search a million memories, too"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    return parser.parse_args()


def _measure(name: str, arguments: argparse.Namespace) -> list[Figure]:
    quick: bool = arguments.quick
    match name:
        case "alias":
            return alias.measure(quick=quick)
        case "search":
            return asyncio.run(search.measure(quick=quick, million=arguments.million))
        case "recall":
            return asyncio.run(recall.measure(quick=quick))
        case "folder":
            return asyncio.run(folder.measure(quick=quick))
        case "model_switch":
            return asyncio.run(model_switch.measure(quick=quick))
        case "documents":
            return asyncio.run(documents.measure(quick=quick))
        case "app":
            return asyncio.run(app.measure(quick=quick))
        case _:
            return asyncio.run(turn.measure(quick=quick))


def main() -> None:
    """Run the command line. A missed bar is a figure, not a failure."""
    arguments = _arguments()
    figures = []
    for name in arguments.only or _NAMES:
        # Above the number of cores, others are at work: read ratios then.
        busy = f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores"
        print(f"[benchmark] {name} ({busy})", file=sys.stderr, flush=True)
        figures += _measure(name, arguments)
    if arguments.json:
        print(json.dumps([asdict(f) | {"met": f.met} for f in figures], indent=2))
    else:
        print(table(figures))


if __name__ == "__main__":
    main()
