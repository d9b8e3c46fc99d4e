"""A stand-in for an Ollama server, for machines on which Ollama cannot be installed.

It speaks the part of Ollama's HTTP API that the `ollama` client and Home Assistant's Ollama integration use, and the
OpenAI-compatible `/v1/models` and `/v1/embeddings`. The vectors of `all-minilm` are real (see `minilm`); the chat model
`stand-in` is no language model and answers only from what it was given (see `stand_in_chat`). Structured output is
refused. Switches make it slow, broken or absent.

`python -m demo.ollama_server --port 11434` runs it and prints its URL when it is ready.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import math
import re
import signal
import time
from typing import Any

from aiohttp import web
import numpy as np

from . import minilm, stand_in_chat

EMBEDDING_MODEL = "all-minilm:latest"
CHAT_MODEL = "stand-in:latest"
# The release whose API this follows.
VERSION = "0.12.6"

_PARAMETERS = 22_713_216  # of all-MiniLM-L6-v2
_MODEL_CARD = (
    "A stand-in for a language model. It has no weights: it calls tools for plain commands, answers "
    "questions with the line beside the user's words that fits best, and knows nothing else."
)


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One POST as it arrived; `raw` is the JSON byte for byte."""

    path: str
    raw: bytes
    json: dict[str, Any]
    authorization: str | None


class _Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class OllamaServer:
    """The server on 127.0.0.1. `stop` and `start` again, on the same port, is an outage.

    Switches, to be set at any time: `delay` (seconds before vectors are returned), `chunk_delay` (seconds between two
    words of a reply), `failing` and `hanging` (paths answered with HTTP 500, or not until `stop`), `dimensions` (length
    to which all vectors are cut or zero-padded), `nan` (vectors hold NaN), `models` (names on offer), `api_key` (asked of
    every request).
    """

    def __init__(
        self,
        port: int = 0,
        *,
        models: Sequence[str] = (EMBEDDING_MODEL, CHAT_MODEL),
        api_key: str | None = None,
    ) -> None:
        """Take a free port when `port` is 0."""
        self.models = list(models)
        self.api_key = api_key
        self.delay = 0.0
        self.chunk_delay = 0.002
        self.failing: set[str] = set()
        self.hanging: set[str] = set()
        self.dimensions: int | None = None
        self.nan = False
        self.requests: list[RecordedRequest] = []
        self._port = port
        self._runner: web.AppRunner | None = None
        self._stopping = asyncio.Event()
        self._modified = datetime.now(UTC).isoformat()

    @property
    def url(self) -> str:
        """Return the base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen; the model is loaded when this returns."""
        await asyncio.to_thread(minilm.load)
        self._stopping.clear()
        app = web.Application(middlewares=[self._serve], client_max_size=64 << 20)
        app.add_routes(
            [
                web.get("/", self._root),
                web.get("/api/version", self._version),
                web.get("/api/tags", self._tags),
                web.get("/api/ps", self._ps),
                web.post("/api/show", self._show),
                web.post("/api/embed", self._embed),
                web.post("/api/embeddings", self._embeddings),
                web.post("/api/chat", self._chat),
                web.post("/api/pull", self._pull),
                web.get("/v1/models", self._openai_models),
                web.post("/v1/embeddings", self._openai_embeddings),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and all connections."""
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def sent(self, path: str) -> list[RecordedRequest]:
        """Return what was posted to a path, oldest first."""
        return [request for request in self.requests if request.path == path]

    @web.middleware
    async def _serve(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Record the request, apply the switches, word errors as Ollama does."""
        path = request.path
        try:
            await self._admit(request)
            return await handler(request)
        except _Refused as err:
            error: str | dict[str, Any] = err.message
            if path.startswith("/v1/"):
                error = {"message": err.message, "type": "api_error", "code": None}
            return web.json_response({"error": error}, status=err.status)

    async def _admit(self, request: web.Request) -> None:
        """Record a POST, keep its JSON in `request["body"]` and apply the switches. Raises _Refused."""
        if self.api_key is not None and (
            request.headers.get("Authorization") != f"Bearer {self.api_key}"
        ):
            raise _Refused(401, "unauthorized")
        if request.method == "POST":
            raw = await request.read()
            body = _parse(raw)
            request["body"] = body
            self.requests.append(
                RecordedRequest(
                    request.path, raw, body, request.headers.get("Authorization")
                )
            )
        if request.path in self.hanging:
            await self._stopping.wait()
            raise _Refused(503, "server is stopping")
        if request.path in self.failing:
            raise _Refused(500, "llama runner process has terminated")

    async def _root(self, _request: web.Request) -> web.Response:
        return web.Response(text="Ollama is running")

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"version": VERSION})

    async def _tags(self, _request: web.Request) -> web.Response:
        models = [
            {
                "name": name,
                "model": name,
                "modified_at": self._modified,
                "size": 0 if _is_chat(name) else _PARAMETERS,
                "digest": "0" * 64,
                "details": _details(name),
            }
            for name in self.models
        ]
        return web.json_response({"models": models})

    async def _ps(self, _request: web.Request) -> web.Response:
        return web.json_response({"models": []})

    async def _show(self, request: web.Request) -> web.Response:
        name = self._model(request["body"])
        if _is_chat(name):
            info: dict[str, Any] = {"general.architecture": "stand-in"}
            capabilities = ["completion", "tools"]
        else:
            info = {
                "general.architecture": "bert",
                "general.parameter_count": _PARAMETERS,
                "bert.context_length": minilm.MAX_TOKENS,
                "bert.embedding_length": minilm.DIMENSIONS,
            }
            capabilities = ["embedding"]
        return web.json_response(
            {
                "license": "Apache License, Version 2.0",
                "modelfile": "",
                "template": "{{ .Prompt }}",
                "system": _MODEL_CARD if _is_chat(name) else "",
                "details": _details(name),
                "model_info": info,
                "capabilities": capabilities,
                "modified_at": self._modified,
            }
        )

    async def _pull(self, request: web.Request) -> web.Response:
        name = request["body"].get("model") or request["body"].get("name")
        if name and self._find(name):
            return web.json_response({"status": "success"})
        raise _Refused(400, "pull model manifest: this server has no registry")

    async def _embed(self, request: web.Request) -> web.Response:
        body = request["body"]
        name = self._embedding_model(body)
        started = time.monotonic_ns()
        vectors, tokens = await self._vectors(_texts(body), body.get("dimensions"))
        return web.json_response(
            {
                "model": body.get("model", name),
                "embeddings": vectors,
                "total_duration": time.monotonic_ns() - started,
                "load_duration": 0,
                "prompt_eval_count": tokens,
            }
        )

    async def _embeddings(self, request: web.Request) -> web.Response:
        body = request["body"]
        self._embedding_model(body)
        vectors, _ = await self._vectors([body.get("prompt") or ""], None)
        return web.json_response({"embedding": vectors[0]})

    async def _openai_models(self, _request: web.Request) -> web.Response:
        data = [
            {"id": name, "object": "model", "created": 0, "owned_by": "library"}
            for name in self.models
        ]
        return web.json_response({"object": "list", "data": data})

    async def _openai_embeddings(self, request: web.Request) -> web.Response:
        body = request["body"]
        name = self._embedding_model(body)
        vectors, tokens = await self._vectors(_texts(body), body.get("dimensions"))
        data = [
            {"object": "embedding", "embedding": vector, "index": index}
            for index, vector in enumerate(vectors)
        ]
        return web.json_response(
            {
                "object": "list",
                "data": data,
                "model": body.get("model", name),
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        )

    async def _vectors(
        self, texts: Sequence[str], dimensions: int | None
    ) -> tuple[list[list[float]], int]:
        """Return the vectors, faults included, and the number of tokens that were read."""
        if self.delay:
            await asyncio.sleep(self.delay)
        result = await asyncio.to_thread(minilm.load().embed, texts)
        vectors = result.vectors
        if dimensions and dimensions < vectors.shape[1]:
            vectors = vectors[:, :dimensions]
            vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        if self.dimensions is not None:
            padding = max(0, self.dimensions - vectors.shape[1])
            vectors = np.pad(vectors, ((0, 0), (0, padding)))[:, : self.dimensions]
        if self.nan:
            vectors = np.full_like(vectors, math.nan)
        return vectors.tolist(), sum(result.tokens)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = request["body"]
        name = self._model(body)
        if not _is_chat(name):
            raise _Refused(400, f'"{body.get("model")}" does not support chat')
        if body.get("format"):
            raise _Refused(400, "the stand-in makes no structured output")
        messages = body.get("messages") or []
        answer = stand_in_chat.answer(messages, body.get("tools") or [])
        head = {"model": body.get("model"), "created_at": datetime.now(UTC).isoformat()}
        if answer.tool is not None:
            call = {"function": {"name": answer.tool, "arguments": answer.arguments}}
            parts = [{"role": "assistant", "content": "", "tool_calls": [call]}]
        else:
            # The space stays with the word before it, so that the parts join up to the text.
            words = re.findall(r"\S+\s*", answer.text)
            parts = [{"role": "assistant", "content": word} for word in words]
        prompt = sum(len((m.get("content") or "").split()) for m in messages)
        done = {
            "done": True,
            "done_reason": "stop",
            "total_duration": 1,
            "load_duration": 0,
            "prompt_eval_count": prompt,
            "prompt_eval_duration": 1,
            "eval_count": len(parts),
            "eval_duration": 1,
        }
        if body.get("stream") is False:
            whole = parts[0] | {"content": answer.text}
            return web.json_response(head | {"message": whole} | done)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        for part in parts:
            await response.write(_line(head | {"message": part, "done": False}))
            await asyncio.sleep(self.chunk_delay)
        end = {"role": "assistant", "content": ""}
        await response.write(_line(head | {"message": end} | done))
        await response.write_eof()
        return response

    def _find(self, name: str) -> str | None:
        """Return the model of that name; `:latest` may be left out."""
        return next((m for m in self.models if m in {name, f"{name}:latest"}), None)

    def _model(self, body: dict[str, Any]) -> str:
        name = body.get("model") or body.get("name")
        if not isinstance(name, str):
            raise _Refused(400, "model is required")
        if (model := self._find(name)) is None:
            raise _Refused(404, f'model "{name}" not found, try pulling it first')
        return model

    def _embedding_model(self, body: dict[str, Any]) -> str:
        if _is_chat(name := self._model(body)):
            raise _Refused(400, "this model does not support embeddings")
        return name


def _is_chat(name: str) -> bool:
    """Tell the chat model from embedding models, whatever their names are."""
    return name.partition(":")[0] == CHAT_MODEL.partition(":")[0]


def _details(name: str) -> dict[str, Any]:
    family = "stand-in" if _is_chat(name) else "bert"
    return {
        "parent_model": "",
        "format": "none" if _is_chat(name) else "onnx",
        "family": family,
        "families": [family],
        "parameter_size": "0" if _is_chat(name) else "23M",
        "quantization_level": "" if _is_chat(name) else "INT8",
    }


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError as err:
        raise _Refused(400, f"invalid JSON: {err}") from err
    if not isinstance(body, dict):
        raise _Refused(400, "invalid JSON: not an object")
    return body


def _texts(body: dict[str, Any]) -> list[str]:
    texts = body.get("input", [])
    if isinstance(texts, str):
        texts = [texts]
    if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        raise _Refused(400, "invalid input type")
    return texts


def _line(chunk: dict[str, Any]) -> bytes:
    return json.dumps(chunk).encode() + b"\n"


async def _run(port: int) -> None:
    server = OllamaServer(port)
    await server.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(server.url, flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        await stop.wait()
    await server.stop()


def main() -> None:
    """Run the server until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    asyncio.run(_run(parser.parse_args().port))


if __name__ == "__main__":
    main()
