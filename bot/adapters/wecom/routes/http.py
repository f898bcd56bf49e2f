"""What every HTTP road shares: one client, no addresses in logs, errcode inside 200. Used by the other roads."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.adapters.base import OutcomeUnknownError, TemporaryError
from bot.adapters.wecom.errors import not_reached

if TYPE_CHECKING:
    import httpx

_TIMEOUT_SECONDS = 10.0
_ANSWER_LIMIT = 1 << 20  # bytes; the longest answer is a list of send results


class Http:
    """One HTTP client, made with the first request."""

    def __init__(self, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._client: httpx.AsyncClient | None = None
        self.date = ""  # the Date of the last answer, for the doctor

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def ask(
        self, route: str, url: str, *, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None,
        file: tuple[str, bytes] | None = None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """Ask and return the answer, whatever its errcode: GET without a body, POST with one or with a file.

        **Errors**: TemporaryError if it never left, or the answer is none of the platform's; OutcomeUnknownError if no
        answer came. Their words never hold the address, which holds secrets.
        """
        import httpx

        files = {"media": (file[0], file[1], "application/octet-stream")} if file is not None else None
        verb = "GET" if body is None and file is None else "POST"
        try:
            answer = await self._open().request(verb, url, params=query, json=body, files=files)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise not_reached(route, type(error).__name__) from None
        except httpx.HTTPError as error:
            raise OutcomeUnknownError(f"{route}: {type(error).__name__}") from None
        self.date = answer.headers.get("date", "")
        given = _read(answer.content)
        if given is None:
            raise OutcomeUnknownError(f"{route}: HTTP {answer.status_code} without the platform's JSON")
        return given

    async def fetch(self, url: str, limit: int) -> bytes:
        """Return the file behind an address. **Errors**: TemporaryError."""
        import httpx

        data = bytearray()
        try:
            async with self._open().stream("GET", url) as answer:
                if answer.status_code != 200:
                    raise TemporaryError(f"download: HTTP {answer.status_code}")
                async for piece in answer.aiter_bytes():
                    data += piece
                    if len(data) > limit:
                        raise TemporaryError("download: too large")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TemporaryError(f"download: {type(error).__name__}") from None
        return bytes(data)

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            # httpx logs whole addresses, and ours hold keys and tokens.
            logging.getLogger("httpx").setLevel(logging.WARNING)
            try:
                self._client = httpx.AsyncClient(timeout=self._timeout_seconds)
            except (
                ImportError,
                ValueError,
                httpx.InvalidURL,
            ) as error:  # its words hold the proxy's password
                raise not_reached("the environment's proxy", type(error).__name__) from None
        return self._client


def _read(content: bytes) -> Mapping[str, Any] | None:
    import json

    if len(content) > _ANSWER_LIMIT:
        return None
    try:
        given = json.loads(content, strict=False)
    except ValueError:
        return None
    return given if isinstance(given, dict) and "errcode" in given else None
