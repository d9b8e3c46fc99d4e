"""A real `hass` in a process of its own."""

import contextlib
from http import HTTPStatus
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Final
import urllib.error
import urllib.request

import aiohttp

from .client import CLIENT_ID, HassClient, HassError, Json

START_TIMEOUT: Final = 180.0
# hass gives its integrations about a minute and a half to end.
STOP_TIMEOUT: Final = 120.0
POLL: Final = 0.1
LOG_TAIL: Final = 4000

__all__ = ["HassClient", "HassError", "HassProcess", "onboard"]


class HassProcess:
    """`hass -c DIR --skip-pip` with the interpreter that runs us. Blocking."""

    def __init__(self, config_dir: Path, port: int) -> None:
        """Take a directory that house.write_config has written, and its port."""
        self.config_dir = config_dir.resolve()
        self.url = f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What hass writes to the console."""
        return self.config_dir / "hass.log"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start and wait until the HTTP server answers (not: fully started)."""
        self._stop_leftover()
        if self._answers():
            raise HassError(f"Another server answers at {self.url}")
        with self.log.open("ab") as log:
            self._process = process = subprocess.Popen(
                [
                    Path(sys.executable).with_name("hass"),
                    *("-c", self.config_dir, "--skip-pip", "--log-no-color"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.config_dir,
                start_new_session=True,  # Ctrl-C is for us, we stop hass
            )
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if (code := process.poll()) is not None:
                self._process = None
                raise HassError(f"hass ended with {code}: {self.log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise HassError(f"hass does not answer: {self.log_tail()}")
            time.sleep(POLL)

    def stop(self) -> None:
        """Stop it as a supervisor would, and wait until it has ended."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise HassError(f"hass did not stop: {self.log_tail()}") from None
        self._process = None

    def kill(self) -> None:
        """Kill it with SIGKILL, as in a crash or a loss of power."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Stop and start again."""
        self.stop()
        self.start()

    def log_tail(self) -> str:
        """Return the end of the log."""
        return self.log.read_text(errors="replace")[-LOG_TAIL:].strip()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/manifest.json", timeout=5):
                return True
        except urllib.error.HTTPError, OSError:
            return False

    def _stop_leftover(self) -> None:
        """Kill a hass on this directory that an earlier, killed run has left."""
        lock = self.config_dir / ".ha_run.lock"
        with contextlib.suppress(OSError, ValueError, KeyError):
            pid = int(json.loads(lock.read_text())["pid"])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if str(self.config_dir).encode() in command.split(b"\0"):
                os.kill(pid, signal.SIGTERM)
                deadline = time.monotonic() + STOP_TIMEOUT
                while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                    time.sleep(POLL)


async def onboard(
    hass: HassProcess, *, name: str, username: str, password: str
) -> HassClient:
    """Create the first user, or log that user in again; wait until hass is up.

    The refresh token is kept in the configuration directory.
    """
    kept = hass.config_dir / f"login-{username}.json"
    async with aiohttp.ClientSession() as session:
        steps = await _steps(session, hass.url)
        if "user" in steps:
            response = await session.post(
                f"{hass.url}/api/onboarding/users",
                json={
                    "name": name,
                    "username": username,
                    "password": password,
                    "client_id": CLIENT_ID,
                    "language": "en",
                },
            )
            response.raise_for_status()
            client = await HassClient.with_code(
                hass.url, (await response.json())["auth_code"]
            )
        else:
            client = await _login_again(hass.url, kept, username, password)
    _keep(kept, client)
    await client.wait_running()
    if "analytics" in steps:
        await client.rest("POST", "/api/onboarding/analytics")
    if "integration" in steps:
        await client.rest(
            "POST",
            "/api/onboarding/integration",
            {"client_id": CLIENT_ID, "redirect_uri": CLIENT_ID},
        )
    return client


async def _steps(session: aiohttp.ClientSession, url: str) -> set[str]:
    """Return the steps of onboarding that are still to do."""
    async with session.get(f"{url}/api/onboarding") as response:
        if response.status == HTTPStatus.NOT_FOUND:  # as it is once all are done
            return set()
        steps: list[Json] = await response.json()
        return {step["step"] for step in steps if not step["done"]}


async def _login_again(
    url: str, kept: Path, username: str, password: str
) -> HassClient:
    if token := _kept_token(kept):
        client = HassClient(url, token)
        try:
            await client.access_token()
        except HassError:
            # hass was killed before it had saved the token
            await client.close()
        else:
            return client
    return await HassClient.login(url, username, password)


def _kept_token(kept: Path) -> str | None:
    try:
        token: str = json.loads(kept.read_text())["refresh_token"]
    except OSError, ValueError, KeyError:
        return None
    return token


def _keep(kept: Path, client: HassClient) -> None:
    kept.touch(mode=0o600)
    kept.write_text(json.dumps({"refresh_token": client.refresh_token}))
