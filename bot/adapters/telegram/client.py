"""The door to python-telegram-bot: its Bot, with a request object of our own. Imported late, it is heavy.

The request object says for certain how a call ended (`errors`), and keeps python-telegram-bot from writing
what Telegram answered, which may hold members' words, into logs.
"""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable
from typing import Any, TypeVar

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest, RequestData

from bot.adapters.telegram.errors import CallError, OutageError, UnansweredError, UnsentError, read_reply
from bot.adapters.telegram.http1 import CONNECT_SECONDS, StreamLine
from bot.adapters.telegram.quiet import hush
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.transport import needs_proxy
from bot.adapters.telegram.wire import Reply

_T = TypeVar("_T")
_OUTAGE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
_NEVER_LEFT = (httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_POOL_SIZE = 64
_POOL_SECONDS = 30.0
_UPLOAD_SECONDS = 60.0
_ANSWERED: contextvars.ContextVar[Reply | None] = contextvars.ContextVar("answered", default=None)


class Request(HTTPXRequest):
    """How python-telegram-bot reaches Telegram here: straight, or by httpx with files and through a proxy."""

    def __init__(self, settings: TelegramSettings) -> None:
        super().__init__(
            connection_pool_size=_POOL_SIZE,
            read_timeout=settings.answer_seconds,
            write_timeout=settings.answer_seconds,
            connect_timeout=CONNECT_SECONDS,
            pool_timeout=_POOL_SECONDS,
            media_write_timeout=_UPLOAD_SECONDS,
        )
        self._answer_seconds = settings.answer_seconds
        self._line = None if needs_proxy(settings.api_base_url) else StreamLine()

    async def shutdown(self) -> None:
        """Close the connections."""
        await super().shutdown()
        if self._line is not None:
            await self._line.close()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """Make one request. **Errors**: CallError, which python-telegram-bot wraps."""
        if self._line is not None and (request_data is None or not request_data.contains_files):
            asked = request_data.json_payload if request_data is not None else b"{}"
            code, body, _ = await self._line.post(url, asked, self._answer_seconds)
        else:
            code, body = await self._by_httpx(url, method, request_data, *args, **kwargs)
        _ANSWERED.set(read_reply(code, body))
        return code, body

    async def _by_httpx(
        self, url: str, method: str, request_data: RequestData | None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        try:
            return await super().do_request(url, method, request_data, *args, **kwargs)
        except TelegramError as error:
            cause = error.__cause__
            kind: type[CallError] = UnansweredError
            if isinstance(cause, _OUTAGE):
                kind = OutageError
            elif isinstance(cause, _NEVER_LEFT):
                kind = UnsentError
            raise kind(type(cause).__name__) from None


class Client:
    """One account's calls, each ending in a result or a CallError."""

    def __init__(self, settings: TelegramSettings) -> None:
        hush()
        self._request = Request(settings)
        base = settings.api_base_url.rstrip("/")
        self.bot = Bot(
            settings.token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot",
            request=self._request, get_updates_request=self._request,
        )  # fmt: skip

    async def close(self) -> None:
        """Close the connections."""
        await self._request.shutdown()

    @staticmethod
    async def call(asked: Awaitable[_T]) -> tuple[_T | None, Reply]:
        """Await a call of the Bot; return its result, None if only that could not be read, and the raw reply.

        **Errors**: CallError.
        """
        _ANSWERED.set(None)
        result: _T | None = None
        try:
            result = await asked
        except TelegramError as error:
            cause = error.__cause__
            if isinstance(cause, CallError):
                raise cause from None
            raise UnsentError(type(error).__name__) from None
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            # A newer Telegram left out what this python-telegram-bot expects; but it was carried out.
            if _ANSWERED.get() is None:
                raise UnsentError(type(error).__name__) from None
        reply = _ANSWERED.get()
        if reply is None:
            raise UnansweredError("no reply was read")
        return result, reply
