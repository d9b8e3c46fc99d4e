"""Vectors from a server that speaks OpenAI's embeddings API."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, override

import aiohttp
from yarl import URL

from ..errors import EmbedderError, EmbedderUnreachable, InvalidEmbedding
from .remote import DEFAULT_TIMEOUT, RemoteEmbedder, refusal, split_url

PROVIDER: Final = "openai_compatible"


class OpenAICompatibleEmbedder(RemoteEmbedder):
    """Asks a server for `/embeddings` under a base URL, `/v1` unless the URL has a path."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        name: str,
        *,
        api_key: str | None = None,
        dimensions: int | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Keep the session, which stays its owner's; no request is sent.

        Raises InvalidInput for a bad URL, DimensionsOutOfRange.
        """
        super().__init__(PROVIDER, name, dimensions, timeout)
        self._session = session
        base = URL(split_url(url).geturl())
        if api_key:
            # aiohttp refuses a key together with a name and password in the URL.
            base = base.with_user(None)
        path = base.path.rstrip("/").removesuffix("/embeddings")
        self._base = base.with_path(path or "/v1")
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    @override
    async def close(self) -> None:
        """Do nothing: the session is not ours."""

    @override
    async def _vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        body: dict[str, Any] = {"model": self._name, "input": list(texts)}
        if self._dimensions is not None:
            body["dimensions"] = self._dimensions
        data = await self._call("POST", "embeddings", InvalidEmbedding, body)
        try:
            by_index = {item["index"]: item["embedding"] for item in data}
            vectors = [by_index[index] for index in range(len(data))]
        except KeyError, TypeError:
            raise InvalidEmbedding from None
        if not all(isinstance(vector, list) for vector in vectors):
            raise InvalidEmbedding
        return vectors

    @override
    async def _list(self) -> list[str]:
        data = await self._call("GET", "models", EmbedderError)
        try:
            return [str(item["id"]) for item in data]
        except KeyError, TypeError:
            raise EmbedderError from None

    async def _call(
        self,
        method: str,
        path: str,
        unreadable: type[EmbedderError],
        body: Mapping[str, Any] | None = None,
    ) -> Sequence[Any]:
        """Return the list under `data` in the answer; `unreadable` is raised for answers without one.

        No error of aiohttp is chained: it may quote the URL with a password in it.
        """
        try:
            async with self._session.request(
                method, self._base / path, json=body, headers=self._headers
            ) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    raise refusal(
                        response.status,
                        await response.text(errors="replace"),
                        self._name,
                    )
                answer = await response.json(content_type=None)
        except aiohttp.ClientError:
            raise EmbedderUnreachable from None
        except ValueError:
            raise unreadable from None
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list):
            raise unreadable
        return data
