"""A client of a real Home Assistant: REST, websocket, Assist pipelines."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
import contextlib
from dataclasses import dataclass, field
from http import HTTPStatus
import time
from typing import Any, Final, Self

import aiohttp

CLIENT_ID: Final = "http://127.0.0.1/"

# Assist's own limit for a pipeline is 5 minutes.
PIPELINE_TIMEOUT: Final = 300.0
RUNNING_TIMEOUT: Final = 180.0
POLL: Final = 0.1
# Seconds before its end at which an access token is renewed.
TOKEN_MARGIN: Final = 60.0

type Json = dict[str, Any]


class HassError(Exception):
    """Home Assistant refused a request, or is not there."""

    def __init__(self, message: str, status: int | str | None = None) -> None:
        """Take the message and the HTTP status or websocket error code."""
        super().__init__(message)
        self.status = status


@dataclass(kw_only=True)
class Turn:
    """One run of an Assist pipeline, from text to reply."""

    text: str
    # As sent: {"type": ..., "data": ..., "timestamp": ...}.
    events: list[Json] = field(default_factory=list)
    # Seconds from the request to the end of the intent stage.
    seconds: float = 0.0
    # Seconds from the request to the first words of the reply; streamed replies only.
    first_delta_seconds: float | None = None

    def event(self, kind: str) -> Json | None:
        """Return the data of the first event of this type."""
        for event in self.events:
            if event["type"] == kind:
                data: Json = event["data"] or {}
                return data
        return None

    @property
    def deltas(self) -> list[str]:
        """The pieces of the reply in the order in which they were streamed."""
        return [
            content
            for event in self.events
            if event["type"] == "intent-progress"
            and (content := event["data"].get("chat_log_delta", {}).get("content"))
            and isinstance(content, str)
        ]

    @property
    def output(self) -> Json:
        """The result of the conversation agent; empty when it failed."""
        output: Json = (self.event("intent-end") or {}).get("intent_output", {})
        return output

    @property
    def reply(self) -> str:
        """The final text of the reply; empty if there is none."""
        speech = self.output.get("response", {}).get("speech", {})
        reply: str = speech.get("plain", {}).get("speech", "")
        return reply

    @property
    def conversation_id(self) -> str | None:
        """The conversation that the turn belongs to."""
        conversation_id: str | None = self.output.get("conversation_id")
        return conversation_id

    @property
    def error(self) -> Json | None:
        """Code and message of the pipeline's error."""
        return self.event("error")


class HassClient:
    """Speaks to one Home Assistant as one user; connects again after a restart."""

    def __init__(self, url: str, refresh_token: str) -> None:
        """Take the base URL without a slash at its end, and a refresh token."""
        self.url = url
        self.refresh_token = refresh_token
        self._session = aiohttp.ClientSession()
        self._access_token = ""
        self._expires = 0.0
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._ws_lock = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._last_id = 0
        self._queues: dict[int, asyncio.Queue[Json | None]] = {}

    @classmethod
    async def with_code(cls, url: str, code: str) -> Self:
        """Return a client for an authorization code."""
        async with aiohttp.ClientSession() as session:
            tokens = await _token(
                session, url, grant_type="authorization_code", code=code
            )
        return cls(url, tokens["refresh_token"])

    @classmethod
    async def login(cls, url: str, username: str, password: str) -> Self:
        """Log in with name and password."""
        async with aiohttp.ClientSession() as session:
            start = await session.post(
                f"{url}/auth/login_flow",
                json={
                    "client_id": CLIENT_ID,
                    "handler": ["homeassistant", None],
                    "redirect_uri": CLIENT_ID,
                },
            )
            flow = await _answer(start)
            end = await session.post(
                f"{url}/auth/login_flow/{flow['flow_id']}",
                json={
                    "client_id": CLIENT_ID,
                    "username": username,
                    "password": password,
                },
            )
            result = await _answer(end)
        if result["type"] != "create_entry":
            raise HassError(f"Login failed: {result.get('errors')}")
        return await cls.with_code(url, result["result"])

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self.disconnect()
        await self._session.close()

    async def disconnect(self) -> None:
        """Close the websocket; the next call opens it again."""
        if self._ws is not None:
            await self._ws.close()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        self._ws = self._reader = None

    # REST

    async def rest(self, method: str, path: str, json: object = None) -> Any:
        """Send a REST request; `path` is as in `/api/states`. Returns the JSON."""
        headers = {"Authorization": f"Bearer {await self.access_token()}"}
        try:
            response = await self._session.request(
                method, f"{self.url}{path}", json=json, headers=headers
            )
            return await _answer(response)
        except aiohttp.ClientError as err:
            raise HassError(f"{method} {path}: {err}") from err

    async def rest_lines(self, path: str) -> list[str]:
        """Return what a REST endpoint streams line by line."""
        headers = {"Authorization": f"Bearer {await self.access_token()}"}
        async with self._session.get(f"{self.url}{path}", headers=headers) as response:
            if response.status >= HTTPStatus.BAD_REQUEST:
                await _answer(response)
            return (await response.text()).splitlines()

    async def access_token(self) -> str:
        """Return a token that is valid for at least a minute."""
        if time.monotonic() > self._expires - TOKEN_MARGIN:
            tokens = await _token(
                self._session,
                self.url,
                grant_type="refresh_token",
                refresh_token=self.refresh_token,
            )
            self._access_token = tokens["access_token"]
            self._expires = time.monotonic() + tokens["expires_in"]
        return self._access_token

    async def wait_running(self, timeout: float = RUNNING_TIMEOUT) -> None:
        """Wait until Home Assistant says that it is fully started."""
        state = "not there"
        try:
            async with asyncio.timeout(timeout):
                while state != "RUNNING":
                    with contextlib.suppress(HassError):
                        state = (await self.rest("GET", "/api/core/state"))["state"]
                    await asyncio.sleep(POLL)
        except TimeoutError:
            raise HassError(f"Home Assistant is {state}") from None

    async def state(self, entity_id: str) -> Json:
        """Return state and attributes of an entity."""
        state: Json = await self.rest("GET", f"/api/states/{entity_id}")
        return state

    async def service(
        self,
        action: str,
        data: Mapping[str, Any] | None = None,
        *,
        response: bool = False,
    ) -> Any:
        """Perform an action such as `light.turn_on`; give its response if asked to.

        Without `response`: the states that changed.
        """
        domain, _, name = action.partition(".")
        path = f"/api/services/{domain}/{name}" + (
            "?return_response" if response else ""
        )
        answer = await self.rest("POST", path, dict(data or {}))
        return answer["service_response"] if response else answer

    # Flows. Each returns the next step, or the result, as Home Assistant sends it.

    async def flow(self, domain: str) -> Json:
        """Begin a config flow."""
        step: Json = await self.rest(
            "POST", "/api/config/config_entries/flow", {"handler": domain}
        )
        return step

    async def reconfigure_flow(self, domain: str, entry_id: str) -> Json:
        """Begin to reconfigure an entry; return its first step."""
        step: Json = await self.rest(
            "POST",
            "/api/config/config_entries/flow",
            {"handler": domain, "entry_id": entry_id},
        )
        return step

    async def flow_step(self, flow_id: str, data: Mapping[str, Any]) -> Json:
        """Answer a form of a config flow; for a menu: `{"next_step_id": ...}`."""
        step: Json = await self.rest(
            "POST", f"/api/config/config_entries/flow/{flow_id}", dict(data)
        )
        return step

    async def subentry_flow(
        self, entry_id: str, subentry_type: str, subentry_id: str | None = None
    ) -> Json:
        """Begin the flow of a new subentry, or of the change of an old one."""
        data: Json = {"handler": [entry_id, subentry_type]}
        if subentry_id:
            data["subentry_id"] = subentry_id
        step: Json = await self.rest(
            "POST", "/api/config/config_entries/subentries/flow", data
        )
        return step

    async def subentry_flow_step(self, flow_id: str, data: Mapping[str, Any]) -> Json:
        """Answer a form of a subentry flow."""
        step: Json = await self.rest(
            "POST", f"/api/config/config_entries/subentries/flow/{flow_id}", dict(data)
        )
        return step

    async def options_flow(self, entry_id: str) -> Json:
        """Begin the options flow of an entry."""
        step: Json = await self.rest(
            "POST", "/api/config/config_entries/options/flow", {"handler": entry_id}
        )
        return step

    async def options_flow_step(self, flow_id: str, data: Mapping[str, Any]) -> Json:
        """Answer a form of an options flow."""
        step: Json = await self.rest(
            "POST", f"/api/config/config_entries/options/flow/{flow_id}", dict(data)
        )
        return step

    async def entries(self, domain: str) -> list[Json]:
        """Return the config entries of a domain."""
        entries: list[Json] = await self.call("config_entries/get", domain=domain)
        return entries

    # Websocket

    async def call(self, command: str, **fields: Any) -> Any:
        """Send a websocket command and return its result."""
        async with contextlib.aclosing(self.subscribe(command, **fields)) as messages:
            async for message in messages:
                return message["result"]
        raise HassError(f"{command}: the connection was closed")

    async def subscribe(self, command: str, **fields: Any) -> AsyncGenerator[Json]:
        """Send a websocket command; yield its result and then its events.

        Yields messages as sent: `{"type": "result", "result": ...}`, then
        `{"type": "event", "event": ...}`. Raises HassError when it is refused or the
        connection is lost.
        """
        ws = await self._connected()
        self._last_id += 1
        message_id = self._last_id
        queue = self._queues[message_id] = asyncio.Queue()
        try:
            try:
                await ws.send_json({"id": message_id, "type": command, **fields})
            except (aiohttp.ClientError, ConnectionError) as err:
                raise HassError(f"{command}: {err}") from err
            while (message := await queue.get()) is not None:
                if message["type"] == "result" and not message["success"]:
                    error = message["error"]
                    raise HassError(f"{command}: {error['message']}", error["code"])
                yield message
            raise HassError(f"{command}: the connection was closed")
        finally:
            del self._queues[message_id]

    async def run_pipeline(
        self,
        text: str,
        *,
        pipeline: str | None = None,
        conversation_id: str | None = None,
        device_id: str | None = None,
        satellite: str | None = None,
    ) -> Turn:
        """Say something to Assist, as text, and return what came of it.

        With `satellite` (an entity id of the demo's satellites) it is spoken to that
        satellite instead: no user, but device and satellite are known, as with a real
        one. An error of the pipeline is in the turn; HassError only when the run was
        refused or cut off.
        """
        fields: Json = {"conversation_id": conversation_id}
        if satellite:
            command = "demo_satellite/say"
            fields |= {"entity_id": satellite, "text": text}
        else:
            command = "assist_pipeline/run"
            fields |= {
                "start_stage": "intent",
                "end_stage": "intent",
                "input": {"text": text},
                "device_id": device_id,
            }
            if pipeline:
                fields["pipeline"] = pipeline
        turn = Turn(text=text)
        start = time.perf_counter()
        async with (
            asyncio.timeout(PIPELINE_TIMEOUT),
            contextlib.aclosing(self.subscribe(command, **fields)) as messages,
        ):
            async for message in messages:
                if message["type"] != "event":
                    continue
                event = message["event"]
                turn.events.append(event)
                seconds = time.perf_counter() - start
                if turn.first_delta_seconds is None and turn.deltas:
                    turn.first_delta_seconds = seconds
                if event["type"] == "intent-end":
                    turn.seconds = seconds
                if event["type"] == "run-end":
                    break
        return turn

    async def _connected(self) -> aiohttp.ClientWebSocketResponse:
        async with self._ws_lock:
            if self._ws is not None and not self._ws.closed:
                return self._ws
            await self.disconnect()
            try:
                ws = await self._session.ws_connect(
                    f"{self.url}/api/websocket", max_msg_size=0
                )
                await ws.receive_json()  # auth_required
                await ws.send_json(
                    {"type": "auth", "access_token": await self.access_token()}
                )
                answer = await ws.receive_json()
            except (aiohttp.ClientError, ConnectionError, TypeError) as err:
                raise HassError(f"The websocket could not be opened: {err}") from err
            if answer["type"] != "auth_ok":
                raise HassError(f"The websocket was refused: {answer}")
            self._last_id = 0
            self._ws = ws
            self._reader = asyncio.create_task(self._read(ws))
            return ws

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Hand every message to who waits for it, until the connection ends."""
        try:
            async for raw in ws:
                if raw.type is aiohttp.WSMsgType.TEXT:
                    message = raw.json()
                    if queue := self._queues.get(message["id"]):
                        queue.put_nowait(message)
        finally:
            for queue in self._queues.values():
                queue.put_nowait(None)

    # People

    async def create_person(
        self, name: str, username: str, password: str, *, admin: bool = False
    ) -> Json:
        """Create a user who can log in, and the person to it. Admins only.

        Returns the person: `{"id", "name", "user_id"}`.
        """
        group = "system-admin" if admin else "system-users"
        made = await self.call(
            "config/auth/create", name=name, group_ids=[group], local_only=False
        )
        user_id = made["user"]["id"]
        await self.call(
            "config/auth_provider/homeassistant/create",
            user_id=user_id,
            username=username,
            password=password,
        )
        person: Json = await self.call(
            "person/create", name=name, user_id=user_id, device_trackers=[]
        )
        return person


async def _answer(response: aiohttp.ClientResponse) -> Any:
    """Return the JSON of a response; raise HassError for an error."""
    async with response:
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise HassError(
                f"{response.method} {response.url.path}:"
                f" {response.status} {await response.text()}",
                response.status,
            )
        return await response.json()


async def _token(session: aiohttp.ClientSession, url: str, **fields: str) -> Json:
    try:
        response = await session.post(
            f"{url}/auth/token", data={"client_id": CLIENT_ID, **fields}
        )
        tokens: Json = await _answer(response)
    except aiohttp.ClientError as err:
        raise HassError(f"No token: {err}") from err
    return tokens
