"""Fetches a document from an address that Home Assistant's allow-list has."""

import asyncio
from http import HTTPStatus
from typing import Final

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .documents.formats.content import FORMATS, Limits
from .errors import InvalidInput

_TIMEOUT: Final = 60.0  # seconds
_MOST_REDIRECTS: Final = 3
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
                    if HTTPStatus(response.status).is_redirection and location:
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
    name = (disposition.filename if disposition else None) or url.name or url.host
    assert name
    if name.lower().rpartition(".")[2] not in FORMATS:
        name += _EXTENSION_OF.get(response.content_type, "")
    return name
