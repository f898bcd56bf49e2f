"""The light way to Telegram: JSON calls for the intake, without python-telegram-bot and its import.

Goes straight over a socket, or by httpx where the environment names a proxy.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from bot.adapters.telegram.errors import OutageError, UnansweredError, read_reply
from bot.adapters.telegram.http1 import CONNECT_SECONDS, StreamLine
from bot.adapters.telegram.quiet import hush
from bot.adapters.telegram.wire import Reply

_ENCODER = msgspec.json.Encoder()


class Line(Protocol):
    """Posts JSON to an address."""

    async def post(self, url: str, body: bytes, answer_seconds: float) -> tuple[int, bytes, str]:
        """Return status, body and Date header. **Errors**: OutageError, UnansweredError."""

    async def close(self) -> None:
        """Close the connections."""


class Transport:
    """Calls methods of one account."""

    def __init__(self, api_base_url: str, token: str, line: Line | None = None) -> None:
        """Without a line, the one that fits the environment is opened by the first call."""
        self._base = f"{api_base_url.rstrip('/')}/bot{token}/"
        self._line = line
        self.date = ""  # what Telegram's clock said in its last answer

    async def call(self, method: str, params: Mapping[str, Any], *, answer_seconds: float) -> Reply:
        """Call a method. **Errors**: CallError."""
        if self._line is None:
            hush()
            self._line = httpx_line() if needs_proxy(self._base) else StreamLine()
        body = _ENCODER.encode(params)
        code, answer, self.date = await self._line.post(self._base + method, body, answer_seconds)
        return read_reply(code, answer)

    async def close(self) -> None:
        """Close the connections."""
        if self._line is not None:
            await self._line.close()
            self._line = None


def needs_proxy(url: str, environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether the environment names a proxy for an address, as httpx would understand it."""
    found = {name.lower(): value for name, value in (environment or os.environ).items() if value}
    parts = urlsplit(url)
    if not (found.get(f"{parts.scheme}_proxy") or found.get("all_proxy")):
        return False
    excepted = [
        entry.strip().lstrip(".").lower() for entry in found.get("no_proxy", "").split(",") if entry.strip()
    ]
    host = (parts.hostname or "").lower()
    return not any(entry == "*" or host == entry or host.endswith(f".{entry}") for entry in excepted)


def httpx_line() -> Line:
    """Open a line by httpx, which knows proxies."""
    import httpx

    class HttpxLine:
        """By httpx."""

        def __init__(self) -> None:
            self._client = httpx.AsyncClient()

        async def post(self, url: str, body: bytes, answer_seconds: float) -> tuple[int, bytes, str]:
            """Post by httpx."""
            timeout = httpx.Timeout(CONNECT_SECONDS, read=answer_seconds)
            headers = {"Content-Type": "application/json"}
            try:
                response = await self._client.post(url, content=body, headers=headers, timeout=timeout)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
                raise OutageError(type(error).__name__) from None
            except (httpx.HTTPError, OSError) as error:
                raise UnansweredError(type(error).__name__) from None
            return response.status_code, response.content, response.headers.get("date", "")

        async def close(self) -> None:
            """Close the client."""
            await self._client.aclose()

    return HttpxLine()
