"""What becomes of a Delivery after its request: sent, tried again, held, given up, or sent up the reach ladder.

Outcomes that arrive together are written in one commit. Called by the relay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.base import (
    ChatMovedError,
    OutcomeUnknownError,
    PermanentError,
    TemporaryError,
    UnreachableError,
)
from bot.loads import Posted
from bot.logs import get_logger
from storage.db import Database
from storage.deliveries import Leased
from storage.errors import StorageBusyError
from storage.modes import is_hidden, shortly
from storage.outbox import COVERED
from storage.promises import Delivery, DeliveryKind, DeliveryState, Receipt
from storage.records import ChatKind, Platform
from storage.uow import UnitOfWork

_log = get_logger(__name__)
_MOST_TRIES = 12  # Source: HOUSE §8, an unknown refusal is tried a bounded number of times
_REPEATABLE = frozenset({Platform.FILE, Platform.WEBHOOK})  # a second time does no harm: each bears its id
_MOST_TRIES_OF_REPEATABLE = 15  # with pauses that double up to hours: over a night
_LONGEST_PAUSE_OF_REPEATABLE = timedelta(hours=6)
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=10)

Work = Callable[[UnitOfWork], Awaitable[None]]


@dataclass(slots=True, eq=False)
class _Entry:
    """One outcome that is to be written, and who waits for it."""

    ids: list[int]
    work: Work
    done: asyncio.Future[None]


class Settlement:
    """Writes outcomes, many in one commit; waits for a database that is away."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._queue: list[_Entry] = []
        self._writer: asyncio.Task[None] | None = None

    async def settle(self, leased: Leased, ids: list[int], outcome: Receipt | Posted | Exception) -> None:
        """Write what became of a Delivery and of those folded into it; returns when it is committed."""
        done = asyncio.get_running_loop().create_future()
        self._queue.append(_Entry(ids, self._work(leased, ids, outcome), done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="settlement")
        await done

    async def recover(self, interrupted: list[Leased]) -> None:
        """Settle what a crash left SENDING: the request may have arrived, unless it waited between two pieces."""
        for leased in interrupted:
            async with self._database.read() as uow:
                half = await uow.half_sent.find(leased.delivery.key)
            outcome: Exception = OutcomeUnknownError("interrupted")
            if half is not None and not half.is_next_gone:
                outcome = TemporaryError("interrupted between two pieces")
            await self.settle(leased, [leased.delivery.id], outcome)

    async def _write(self) -> None:
        pause_seconds = 0.05
        while self._queue:
            batch, self._queue = self._queue, []
            try:
                async with self._database.begin() as uow:
                    for entry in batch:
                        await self._attempt(uow, entry)
            except StorageBusyError as error:
                _log.warning("settlement_storage_busy", why=str(error), waiting=len(batch))
                self._queue = batch + self._queue
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(pause_seconds * 2, 10.0)
                continue
            pause_seconds = 0.05
            for entry in batch:
                if not entry.done.done():
                    entry.done.set_result(None)

    async def _attempt(self, uow: UnitOfWork, entry: _Entry) -> None:
        """Write one outcome; one that cannot be written is held for staff, and holds up no other."""
        try:
            async with uow.savepoint():
                await entry.work(uow)
        except StorageBusyError:
            raise
        except Exception:
            _log.exception("settlement_failed", deliveries=entry.ids)
            await uow.deliveries.settle(entry.ids, DeliveryState.UNKNOWN, "its outcome could not be written")

    def _work(self, leased: Leased, ids: list[int], outcome: Receipt | Posted | Exception) -> Work:
        delivery = leased.delivery
        if isinstance(outcome, Posted):
            posted = outcome
            return lambda uow: self._posted(uow, leased, ids, posted)
        is_private = leased.chat_kind is ChatKind.PRIVATE
        why = type(outcome).__name__ if is_hidden(leased.chat) else str(outcome) or type(outcome).__name__
        if delivery.content.startswith(COVERED) and not self._may_come_again(delivery, outcome):
            return lambda uow: uow.deliveries.forget(ids)
        if isinstance(outcome, Receipt) and is_hidden(leased.chat):
            # The platform's number of it, or the minute, would lead back to the person.
            return lambda uow: uow.deliveries.mark_sent(ids, Receipt(""), shortly(self._now()))
        if isinstance(outcome, Receipt):
            return lambda uow: uow.deliveries.mark_sent(ids, outcome, self._now())
        if isinstance(outcome, OutcomeUnknownError) and leased.platform in _REPEATABLE:
            return self._later(leased, ids, TemporaryError(why), why)
        if isinstance(outcome, OutcomeUnknownError):
            # A private echo is sent again once: a double is better than silence. A group post is held.
            tries = delivery.attempts + (delivery.state is DeliveryState.PENDING)
            if (is_private or delivery.kind is not DeliveryKind.POST) and tries < 2:
                return lambda uow: uow.deliveries.retry(ids, self._now() + _FIRST_PAUSE, why)
            return lambda uow: uow.deliveries.settle(ids, DeliveryState.UNKNOWN, why)
        if isinstance(outcome, ChatMovedError):
            new_id = outcome.new_id
            return lambda uow: self._move(uow, leased, ids, new_id)
        if isinstance(outcome, UnreachableError) and is_private and delivery.member_id is not None:
            return lambda uow: self._climb(uow, leased, ids, why)
        if isinstance(outcome, PermanentError):
            if delivery.kind is DeliveryKind.TAG:  # nobody waits for it, and nobody but us is told
                _log.warning("member_tag_refused", delivery=delivery.id, why=why)
            return lambda uow: uow.deliveries.settle(ids, DeliveryState.DEAD, why)
        return self._later(leased, ids, outcome, why)

    async def _posted(self, uow: UnitOfWork, leased: Leased, ids: list[int], posted: Posted) -> None:
        """Note that something went to an alias; only who has the key reads whether it arrived."""
        if leased.delivery.content.startswith(COVERED):
            await uow.deliveries.forget(ids)
            await uow.letters.settle(posted.letters)
            return
        await uow.deliveries.mark_posted(ids, shortly(self._now()))
        await uow.letters.add(posted.alias_id, posted.letters)

    def _may_come_again(self, delivery: Delivery, outcome: Receipt | Exception) -> bool:
        """Tell whether a Delivery that leaves no trace is tried again."""
        most = 2 if isinstance(outcome, OutcomeUnknownError) else _MOST_TRIES
        tries = delivery.attempts + (delivery.state is DeliveryState.PENDING)
        return not isinstance(outcome, Receipt | PermanentError) and tries < most

    def _later(self, leased: Leased, ids: list[int], outcome: Exception, why: str) -> Work:
        attempts = leased.delivery.attempts
        retry_after = outcome.retry_after if isinstance(outcome, TemporaryError) else None
        if not isinstance(outcome, TemporaryError):
            whole = None if is_hidden(leased.chat) else outcome  # what an error says may name where it went
            _log.error("delivery_failed", delivery=leased.delivery.id, exc_info=whole)
            why = type(outcome).__name__
        is_repeatable = leased.platform in _REPEATABLE
        most, longest = _MOST_TRIES, _LONGEST_PAUSE
        if is_repeatable:
            most, longest = _MOST_TRIES_OF_REPEATABLE, _LONGEST_PAUSE_OF_REPEATABLE
        if retry_after is None and attempts + 1 >= most:
            return lambda uow: uow.deliveries.settle(ids, DeliveryState.DEAD, why)
        pause = retry_after or min(_FIRST_PAUSE * 2**attempts, longest)
        _log.info("delivery_retry", delivery=leased.delivery.id, why=why, seconds=pause.total_seconds())
        if retry_after is not None:
            return lambda uow: uow.deliveries.put_off(ids, self._now() + retry_after, why)
        return lambda uow: uow.deliveries.retry(ids, self._now() + pause, why)

    async def _move(self, uow: UnitOfWork, leased: Leased, ids: list[int], new_id: str) -> None:
        """Rename the chat and send again, in one transaction."""
        await uow.chats.rename(leased.platform, leased.chat, new_id)
        await uow.deliveries.retry(ids, self._now(), "chat moved")

    async def _climb(self, uow: UnitOfWork, leased: Leased, ids: list[int], why: str) -> None:
        """Keep the message until the person can be reached, and set out for the next rung of the ladder."""
        await uow.deliveries.settle(ids, DeliveryState.WAITING, why)
        if leased.delivery.member_id is not None:
            await uow.members.change(leased.delivery.member_id, reachable=False)
        for delivery_id in ids:
            key = f"reach:{delivery_id}:{self._now():%Y-%m-%dT%H:%M:%S}"  # each fall begins its own climb
            await uow.timers.put(key, "reach", self._now(), subject=f"delivery:{delivery_id}")
