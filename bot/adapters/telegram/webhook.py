"""The webhook: Telegram calls us, and hears 200 only when what it brought is committed."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.adapters.base import Taken
from bot.logs import get_logger
from storage.errors import StorageBusyError

_log = get_logger(__name__)
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - its name
BODY_LIMIT = 1024 * 1024  # bytes; Source: Telegram's updates are far below it
_GATHER_SECONDS = 0.003  # what arrives within it shares one commit
_MOST_AT_ONCE = 200
_OK, _UNAUTHORIZED, _TOO_LARGE, _FAILED, _UNAVAILABLE = 200, 401, 413, 500, 503


class Webhook:
    """Receives updates, many in one commit."""

    def __init__(
        self, secret: str, parse: Callable[[bytes], Taken | None], take: Callable[[Sequence[Taken]], Awaitable[None]]
    ) -> None:  # fmt: skip
        """`parse` returns None while we don't know yet who we are. **Errors**: ValueError without a secret."""
        if not secret:
            raise ValueError("a webhook without a secret is open to everybody")
        self._secret = secret.encode()
        self._parse = parse
        self._take = take
        self._queue: list[tuple[Taken, asyncio.Future[int]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take one call of Telegram and return the HTTP status. **Shape**: header names are lower-case."""
        given = headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            _log.warning("telegram_webhook_secret_wrong")
            return _UNAUTHORIZED
        if len(body) > BODY_LIMIT:
            return _TOO_LARGE
        taken = self._parse(body)
        if taken is None:
            return _UNAVAILABLE
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._queue.append((taken, answer))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="telegram-webhook")
        return await answer

    async def settle(self) -> None:
        """Let what was taken be committed."""
        if self._worker is not None:
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _work(self) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        while self._queue:
            batch, self._queue = self._queue[:_MOST_AT_ONCE], self._queue[_MOST_AT_ONCE:]
            status = await self._commit([taken for taken, _ in batch])
            for _, answer in batch:
                if not answer.done():
                    answer.set_result(status)

    async def _commit(self, batch: Sequence[Taken]) -> int:
        """Commit a batch and return the status; Telegram brings again what is not answered with 200."""
        work = asyncio.ensure_future(self._take(batch))
        await asyncio.wait({work})
        error = None if work.cancelled() else work.exception()
        if isinstance(error, StorageBusyError):
            _log.warning("telegram_intake_waits", why=str(error), updates=len(batch))
            return _UNAVAILABLE
        if error is not None or work.cancelled():
            _log.error("telegram_intake_failed", exc_info=error)
            return _FAILED
        return _OK
