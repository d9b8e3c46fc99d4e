"""Fetches a document from an address that Home Assistant's allow-list has."""

import asyncio
from http import HTTPStatus
from typing import Final

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .documents.formats.content import Limits
from .errors import InvalidInput
from .memory.document_reading import format_of

_TIMEOUT: Final = 60.0  # seconds
_MOST_REDIRECTS: Final = 3
_REDIRECTIONS: Final = {
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
}
_CHUNK: Final = 1 << 16
_EXTENSION_OF: Final = {
    "application/epub+zip": ".epub",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xhtml+xml": ".html",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/tab-separated-values": ".tsv",
}


async def async_fetch(hass: HomeAssistant, address: str) -> tuple[str, bytes]:
    """Return name and content of what stands at an address.

    Each address on the way has to be on the allow-list (`allowlist_external_urls`). Raises InvalidInput.
    """
    session = async_get_clientsession(hass)
    try:
        url = URL(address)
        async with asyncio.timeout(_TIMEOUT):
            for _ in range(_MOST_REDIRECTS + 1):
                if not hass.config.is_allowed_external_url(str(url)):
                    raise InvalidInput("document_url_not_allowed")
                async with session.get(url, allow_redirects=False) as response:
                    location = response.headers.get(aiohttp.hdrs.LOCATION)
                    if response.status in _REDIRECTIONS and location:
                        url = url.join(URL(location))
                        continue
                    if response.status != HTTPStatus.OK:
                        raise InvalidInput(
                            "document_url_failed", status=str(response.status)
                        )
                    return _name(url, response), await _content(response)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
        raise InvalidInput("document_url_unreachable") from err
    raise InvalidInput("document_url_unreachable")


async def _content(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > Limits().bytes:
            raise InvalidInput("document_too_large")
    return bytes(content)


def _name(url: URL, response: aiohttp.ClientResponse) -> str:
    """Return the name that the server gives it, else the last part of the address; its type where that tells none."""
    disposition = response.content_disposition
    given = (disposition.filename if disposition else None) or url.name
    name = given.replace("\\", "/").rpartition("/")[2] or url.host or "document"
    if format_of(name) is None:
        name += _EXTENSION_OF.get(response.content_type, "")
    return name
