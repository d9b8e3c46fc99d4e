"""A stand-in for the Supervisor: takes what an app tells of its services."""

from collections import deque
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import secrets
import threading
import time
from typing import Any, Final, Self
import uuid

from .postgres import HOST

SERVICES: Final = ("ai_memory",)
WAIT: Final = 60.0
POLL: Final = 0.02


class Supervisor:
    """Answers `POST /discovery` as the real one does; `messages` holds what came, `uuids` is by service.

    The next requests are answered with the codes in `failures`, if there are any.
    """

    def __init__(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self.token = secrets.token_hex(56)
        self.messages: list[dict[str, Any]] = []
        self.failures: deque[HTTPStatus] = deque()
        self.refused: list[HTTPStatus] = []
        self.uuids: dict[str, str] = {}
        supervisor = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, data = supervisor._answer(
                    self.path, self.headers.get("Authorization", ""), body
                )
                answer = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL,), daemon=True
        )

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._server.server_port}"

    def wait_for(self, number: int) -> dict[str, Any]:
        """Return the last message once there are `number` of them."""
        deadline = time.monotonic() + WAIT
        while len(self.messages) < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.messages)} messages, not {number}")
            time.sleep(POLL)
        return self.messages[-1]

    def _answer(
        self, path: str, authorization: str, body: bytes
    ) -> tuple[HTTPStatus, dict[str, Any]]:
        if self.failures:
            return self._refuse(self.failures.popleft())
        if path != "/discovery":
            return self._refuse(HTTPStatus.NOT_FOUND)
        if authorization != f"Bearer {self.token}":
            return self._refuse(HTTPStatus.UNAUTHORIZED)
        try:
            message: dict[str, Any] = json.loads(body)
        except ValueError:
            return self._refuse(HTTPStatus.BAD_REQUEST)
        if message.get("service") not in SERVICES:
            return self._refuse(HTTPStatus.FORBIDDEN)
        self.messages.append(message)
        found = self.uuids.setdefault(message["service"], uuid.uuid4().hex)
        return HTTPStatus.OK, {"result": "ok", "data": {"uuid": found}}

    def _refuse(self, status: HTTPStatus) -> tuple[HTTPStatus, dict[str, Any]]:
        self.refused.append(status)
        return status, {"result": "error", "message": status.phrase}
