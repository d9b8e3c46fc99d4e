"""`scripts/develop`: the demo house, to look at or to talk to."""

import argparse
import asyncio
import fcntl
import os
from pathlib import Path
import signal
import sys
from typing import IO, Final

from . import wiring
from .client import HassError, Turn
from .demo_house import NAME, PASSWORD, USERNAME, DemoHouse
from .house import REPOSITORY
from .postgres import PostgresError
from .report import describe

HOME: Final = REPOSITORY / ".demo"
POLL: Final = 0.3
# Home Assistant's own, for the browser.
USUAL_PORT: Final = 8123


def _say(message: str) -> None:
    print(f"[develop] {message}", file=sys.stderr, flush=True)


def _slug(name: str) -> str:
    return "_".join(name.casefold().split())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/develop",
        description="Runs a demo house: PostgreSQL, Ollama (OLLAMA_HOST, or a stand-in),"
        " Home Assistant with AI Memory. Its state is kept under .demo/.",
    )
    parser.add_argument(
        "--say",
        action="append",
        metavar="TEXT",
        help="say this to Assist, in a conversation of its own, show what memory did,"
        " and stop; repeatable",
    )
    speaker = parser.add_mutually_exclusive_group()
    speaker.add_argument(
        "--user",
        metavar="NAME",
        help=f"who speaks; created if unknown (default: {NAME})",
    )
    speaker.add_argument(
        "--satellite",
        metavar="NAME",
        help='the satellite that hears it: "kitchen" or "living room"; nobody is'
        " logged in there",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="begin with a new house, forget the old"
    )
    arguments = parser.parse_args()
    if not arguments.say and (arguments.user or arguments.satellite):
        parser.error("--user and --satellite go with --say")
    return arguments


async def _talk(house: DemoHouse, arguments: argparse.Namespace) -> bool:
    """Say everything, show it; return whether all was answered."""
    if arguments.user and _slug(arguments.user) != USERNAME:
        speaker = await wiring.log_in_as(
            house.client, arguments.user, _slug(arguments.user), PASSWORD
        )
    else:
        speaker = house.client
    satellite = None
    if arguments.satellite:
        satellite = f"assist_satellite.{_slug(arguments.satellite)}"
    answered = True
    try:
        for text in arguments.say:
            turn = await speaker.run_pipeline(text, satellite=satellite)
            await _show(house, turn, arguments.satellite or arguments.user or NAME)
            answered = answered and turn.error is None
    finally:
        if speaker is not house.client:
            await speaker.close()
    return answered


async def _show(house: DemoHouse, turn: Turn, speaker: str) -> None:
    print(f"\n{speaker}: {turn.text}")
    if turn.error:
        print(f"  Error: {turn.error['message']} ({turn.error['code']})")
    else:
        print(f"Assist: {turn.reply}   [{turn.seconds * 1000:.0f} ms]")
    if turn.conversation_id:
        dsn = house.postgres.dsn(superuser=True)
        for line in await describe(dsn, turn.conversation_id):
            print(f"  {line}")
    sys.stdout.flush()


async def _follow(log: Path) -> None:
    """Print what comes to the log, for ever."""
    with await asyncio.to_thread(log.open, errors="replace") as lines:
        lines.seek(0, os.SEEK_END)
        while True:
            sys.stdout.write(lines.read())
            sys.stdout.flush()
            await asyncio.sleep(POLL)


async def _run(arguments: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    house = DemoHouse(
        HOME / "house", say=_say, port=None if arguments.say else USUAL_PORT
    )
    if arguments.fresh:
        await asyncio.to_thread(house.remove)
    try:
        async with house:
            if arguments.say:
                return 0 if await _talk(house, arguments) else 1
            print(f"\n  {house.hass.url}   user {USERNAME}, password {PASSWORD}\n")
            _say("Ctrl-C stops it. What Home Assistant logs:")
            await _follow(house.hass.log)
    except asyncio.CancelledError:
        _say("Stopped")
        return 0 if not arguments.say else 130
    except (HassError, PostgresError) as err:
        _say(f"{err}")
        _say(f"Logs are under {house.home}: hass/hass.log, postgres/postgres.log")
        return 1
    return 0


def _lock() -> IO[str]:
    """Make sure that only one runs; held until the returned file is closed."""
    HOME.mkdir(exist_ok=True)
    lock = (HOME / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("Another scripts/develop is running in this folder")
        raise SystemExit(1) from None
    return lock


def main() -> int:
    """Run the command line."""
    arguments = _arguments()
    with _lock():
        return asyncio.run(_run(arguments))


if __name__ == "__main__":
    sys.exit(main())
