"""Long polling: asks for updates, has each batch committed, and only then confirms it by the next question.

The offset is nothing but that confirmation. Once Telegram has answered a question with nothing, the offset
is dropped, so that none grows stale: after a week of silence Telegram numbers its updates anew.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from bot.adapters.base import Taken
from bot.adapters.telegram.errors import CallError, RefusedError, UnreadableError
from bot.adapters.telegram.parse import NOT_READABLE, find_update_id, parse_batch, quarantined, read_batch
from bot.adapters.telegram.people import Us
from bot.adapters.telegram.transport import Transport
from bot.adapters.telegram.wire import ALLOWED_UPDATES, Reply
from bot.logs import get_logger
from storage.errors import StorageBusyError

_log = get_logger(__name__)
_LIMIT = 100  # Source: Bot API, getUpdates
_SLACK_SECONDS = 10.0  # how much later than promised an empty answer may come
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_LAST_WORD_SECONDS = 1.5
_RANDOM = random.SystemRandom()

Take = Callable[[Sequence[Taken]], Awaitable[None]]


class Poller:
    """One poller of one account; two of them would only disturb each other."""

    def __init__(
        self, transport: Transport, us: Callable[[], Awaitable[Us]], take: Take, now: Callable[[], datetime], *,
        long_poll_seconds: int,
    ) -> None:  # fmt: skip
        """`us` waits until we know who we are; `take` commits a batch or raises StorageBusyError."""
        self._transport = transport
        self._us = us
        self._take = take
        self._now = now
        self._long_poll_seconds = long_poll_seconds
        self._offset: int | None = None
        self._singly = 0  # how many more updates to ask for one by one, looking for an unreadable one
        self._failures = 0
        self._stopping = asyncio.Event()
        self._question: asyncio.Future[Any] | None = None
        self._runner: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask."""
        self._runner = asyncio.create_task(self._run(), name="telegram-polling")

    async def stop(self) -> None:
        """Ask no more; let a batch that is being committed finish, and confirm it."""
        self._stopping.set()
        if self._question is not None:
            self._question.cancel()
        if self._runner is not None:
            await asyncio.gather(self._runner, return_exceptions=True)
        if self._offset is not None:
            confirm = self._ask(long_poll_seconds=0, limit=1)
            await asyncio.gather(
                asyncio.wait_for(confirm, _LAST_WORD_SECONDS), return_exceptions=True
            )  # if this fails the batch comes again, and is known by its ids

    async def _run(self) -> None:
        """Poll until stopped; whatever the intake raises, polling goes on."""
        while not self._stopping.is_set():
            work = asyncio.create_task(self._poll_on())
            await asyncio.wait({work})
            error = None if work.cancelled() else work.exception()
            if error is not None:
                _log.error("telegram_intake_failed", exc_info=error)
                await self._rest(self._pause())

    async def _poll_on(self) -> None:
        while not self._stopping.is_set():
            try:
                reply: Reply = await self._unless_stopped(self._ask(self._long_poll_seconds, self._limit))
                batch = read_batch(reply.result)
                us: Us = await self._unless_stopped(self._us())
            except asyncio.CancelledError:
                return
            except UnreadableError as error:
                await self._pick_out(error.body)
                continue
            except CallError as error:
                await self._stumble(error)
                continue
            except NOT_READABLE as error:
                await self._later("telegram_poll_failed", f"not a list of updates: {type(error).__name__}")
                continue
            self._failures = 0
            if batch:
                await self._commit(parse_batch(batch, us, self._now()))
                self._singly = max(0, self._singly - len(batch))
            else:
                self._offset = None

    @property
    def _limit(self) -> int:
        return 1 if self._singly else _LIMIT

    async def _unless_stopped(self, question: Awaitable[Any]) -> Any:
        """Await something that `stop` may cancel."""
        self._question = asyncio.ensure_future(question)
        if self._stopping.is_set():
            self._question.cancel()
        return await self._question

    async def _ask(self, long_poll_seconds: int, limit: int) -> Reply:
        question: dict[str, Any] = {
            "timeout": long_poll_seconds, "limit": limit, "allowed_updates": ALLOWED_UPDATES,
        }  # fmt: skip
        if self._offset is not None:
            question["offset"] = self._offset
        return await self._transport.call(
            "getUpdates", question, answer_seconds=long_poll_seconds + _SLACK_SECONDS
        )

    async def _commit(self, batch: Sequence[Taken]) -> None:
        """Have a batch committed, however long the database is away; then move the offset behind it."""
        waits = 0
        while True:
            try:
                await self._take(batch)
                break
            except StorageBusyError as error:
                _log.warning("telegram_intake_waits", why=str(error), updates=len(batch), tries=waits + 1)
                waits += 1
                await self._rest(min(0.1 * 2**waits, 10.0))
                if self._stopping.is_set():
                    return
        known = [int(taken.update_id) for taken in batch if taken.update_id.isdigit()]
        if known:
            self._offset = max(known) + 1
        else:
            await self._later("telegram_poll_stuck", "a batch without any update id")

    async def _pick_out(self, body: bytes) -> None:
        """Find the update that made an answer unreadable: ask for one at a time, and keep it as it is."""
        found = find_update_id(body)
        if self._limit == 1 and found is not None:
            await self._commit([quarantined(body, "the answer it came in is not JSON")])
            self._singly = 0
            return
        self._singly = _LIMIT
        await self._later("telegram_poll_failed", "the answer is not Telegram's JSON")

    async def _stumble(self, error: CallError) -> None:
        """Say what went wrong, and wait as long as it asks for."""
        if not isinstance(error, RefusedError):
            await self._later("telegram_poll_failed", str(error))
        elif error.code == 409 and "webhook" in error.words:
            _log.warning("telegram_webhook_in_the_way")
            await self._remove_webhook()
        elif error.code == 409:
            await self._later("telegram_poll_conflict", "somebody else polls with this token", at_least=5)
        elif error.code in (401, 404):
            _log.error("telegram_token_refused", code=error.code)
            await self._rest(_LONGEST_PAUSE_SECONDS)
        elif error.retry_after:
            await self._later("telegram_poll_failed", "429", at_least=error.retry_after)
        else:
            await self._later("telegram_poll_failed", str(error))

    async def _remove_webhook(self) -> None:
        try:
            await self._transport.call("deleteWebhook", {"drop_pending_updates": False}, answer_seconds=10)
        except CallError as error:
            await self._later("telegram_webhook_stays", str(error))

    async def _later(self, event: str, why: str, *, at_least: float = 0.0) -> None:
        seconds = max(at_least, self._pause())
        _log.warning(event, why=why, seconds=round(seconds, 1))
        await self._rest(seconds)

    def _pause(self) -> float:
        """Return a pause that grows with the failures in a row, and differs between bots."""
        longest: float = min(_FIRST_PAUSE_SECONDS * 2**self._failures, _LONGEST_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 10)
        return longest * _RANDOM.uniform(0.5, 1.0)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
