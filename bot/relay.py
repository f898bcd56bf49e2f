"""The relay: leases due Deliveries, sends them within the lanes, has each settled. Runs in the process that leads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.adapters.base import Adapter, PermanentError, SendError, TemporaryError
from bot.drawing import Drawing
from bot.exports import Exporter
from bot.loads import Load, Posted, filled
from bot.logs import get_logger
from bot.postman import Postman, is_kept
from bot.settlement import Settlement
from storage.db import Database
from storage.errors import StorageBusyError
from storage.promises import DeliveryKind, Receipt
from storage.records import Platform

_log = get_logger(__name__)
_LEASE_FOR = timedelta(seconds=60)
_MOST_LEASED = 400
_IDLE_SECONDS = 1.0  # looks again at least so often: another process, which cannot wake it, may have promised
_SETTLED_WITHIN_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 30.0
_ROUND_SECONDS = 0.025  # a burst of commits is looked at together; what comes alone is looked at at once
_LONGEST_ROUND_SECONDS = 0.25
_ROUND_SHARE = (
    10  # looking takes a tenth of the time at most: the more waits, the less often it is gone through
)
_AHEAD_SECONDS = 0.05  # a slot that comes free so soon is reserved, so that writing it down costs no time


class Relay:
    """Carries promises out: at most one under way in each line, the oldest that may go goes first."""

    def __init__(
        self, database: Database, adapters: Mapping[Platform, Adapter], drawing: Drawing, *, owner: str,
        now: Callable[[], datetime], count: Callable[..., None], postman: Postman,
        exporter: Exporter | None = None,
    ) -> None:  # fmt: skip
        self._database = database
        self._adapters = adapters
        self._postman = postman
        self._exporter = exporter
        self._drawing = drawing
        self._owner = owner
        self._now = now
        self._tick = count
        self._settlement = Settlement(database, now)
        self._wake = asyncio.Event()
        self._waiting: dict[int, Load] = {}  # leased, by delivery id; oldest first
        self._busy: set[str] = set()  # lines with something under way
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: set[int] = set()  # ids of the Deliveries of those tasks
        self._is_doubtful = False  # whether our last mark was written, nobody knows
        self._runner: asyncio.Task[None] | None = None
        self._stopping = False
        self._has_new_work = True
        self._looked_at = now()
        self._next_due: datetime | None = None
        database.on_commit(self._committed)

    def wake(self) -> None:
        """Look for work now."""
        self._has_new_work = True
        self._wake.set()

    async def start(self) -> None:
        """Settle what a crash left open, then begin; again, when the lead was lost and taken again."""
        self._stopping = False
        self._is_doubtful = True
        await self.recover()
        self._runner = asyncio.create_task(self._run(), name="relay")

    async def recover(self) -> None:
        """Settle what a process that is gone left SENDING, and take over its leases."""
        async with self._database.begin() as uow:
            interrupted = await uow.deliveries.list_interrupted(self._adapters, self._owner)
            await uow.deliveries.forget_leases(self._owner)
        await self._settlement.recover(interrupted)

    async def stop(self) -> None:
        """Let what is under way arrive, give back the rest."""
        self._stopping = True
        self.wake()
        if self._runner is not None:
            await self._runner
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=3)
        leased = [i for load in self._waiting.values() for i in load.ids]
        self._waiting.clear()
        if leased:
            async with self._database.begin() as uow:
                await uow.deliveries.unlease(leased)

    async def settle(self) -> None:
        """Wait until what is due now has arrived, a few seconds at most: the demo's clock moves on only then."""
        deadline = time.monotonic() + _SETTLED_WITHIN_SECONDS
        while time.monotonic() < deadline:
            self.wake()
            async with self._database.read() as uow:
                if not await uow.deliveries.has_unsettled(self._adapters, self._now()):
                    return
            await asyncio.sleep(0.01)

    async def drain(self) -> None:
        """Send everything that is due now, without a running loop; for tests."""
        while await self._lease() or self._tasks or self._waiting:
            await self._start_ready()
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            elif self._waiting:
                await asyncio.sleep(self._pause_seconds())

    def _committed(self, written: frozenset[str]) -> None:
        if "outbox" in written:
            self.wake()

    async def _run(self) -> None:
        pause = 0.1
        round_ends = 0.0
        while True:
            await _until(round_ends)
            began = time.monotonic()
            self._wake.clear()
            if self._stopping:  # looked at after clearing: a stop while we waited above would else be unheard
                return
            try:
                if self._is_doubtful:
                    await self._reclaim()
                if self._has_new_work:
                    self._has_new_work = False
                    await self._lease()
                    await self._look_ahead()
                await self._start_ready()
                timeout = self._until_next()
                took = (time.monotonic() - began) * _ROUND_SHARE
                round_ends = began + min(max(took, _ROUND_SECONDS), _LONGEST_ROUND_SECONDS)
                pause = 0.1
            except StorageBusyError as error:
                _log.warning("relay_storage_busy", why=str(error))
                self._has_new_work, timeout = True, pause
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            except Exception:
                _log.exception("relay_failed")
                self._has_new_work, timeout = True, pause
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                await asyncio.wait_for(self._wake.wait(), timeout)
            except TimeoutError:
                self._has_new_work = self._has_new_work or not self._waiting

    async def _look_ahead(self) -> None:
        """Note when the next Delivery comes due."""
        async with self._database.read() as uow:  # from where it looked: a moment in between would be missed
            self._next_due = await uow.deliveries.next_due(self._adapters, self._looked_at)

    def _until_next(self) -> float:
        """Return how long nothing can happen by itself. **Units**: seconds."""
        pause = self._pause_seconds() if self._waiting else _IDLE_SECONDS
        if self._next_due is not None:
            until = max(0.0, (self._next_due - self._now()).total_seconds())
            if until < pause:
                self._has_new_work = True
                return until
        return pause

    def _pause_seconds(self) -> float:
        """Return when the first waiting load may go, as far as lanes alone decide."""
        now = time.monotonic()
        frees = [load.free_at(now) for load in self._waiting.values() if load.leased.line not in self._busy]
        known = [at for at in frees if at is not None]
        return max(0.0, min(known) - _AHEAD_SECONDS - now) if known else _IDLE_SECONDS

    async def _lease(self) -> bool:
        """Lease due heads and make them ready; return whether there were any."""
        room = _MOST_LEASED - len(self._waiting)
        now = self._looked_at = self._now()
        if room <= 0:
            return False
        async with self._database.read() as uow:
            if not await uow.deliveries.has_due(self._adapters, now):
                return False
        async with self._database.begin() as uow:
            leased = await uow.deliveries.lease(
                self._adapters, now, owner=self._owner, lease_for=_LEASE_FOR, limit=room
            )
            companions = {
                item.delivery.id: await uow.deliveries.list_companions(item, now)
                for item in leased
                if item.delivery.is_held and item.delivery.kind is DeliveryKind.POST
            }
            ways = await self._postman.ways(uow, leased)
        for item in leased:
            behind = [(d.id, d.content) for d in companions.get(item.delivery.id, [])]
            try:
                if is_kept(item):
                    await self._settlement.settle(item, [item.delivery.id], Receipt(""))
                else:
                    adapter = self._adapters[item.platform]
                    self._waiting[item.delivery.id] = self._postman.pack(item, behind, ways, adapter)
            except SendError as error:
                await self._settlement.settle(item, [item.delivery.id], error)
            except ValueError as error:  # what cannot be read back can never be sent
                await self._settlement.settle(
                    item, [item.delivery.id], PermanentError(f"unreadable: {error}")
                )
        return bool(leased)

    async def _start_ready(self) -> None:
        """Start every load whose line and lanes are free, the oldest first; one commit marks them all."""
        now = time.monotonic()
        ready: list[Load] = []
        soon = now + _AHEAD_SECONDS
        full: set[int] = set()  # lanes by identity: hundreds of loads may wait for the same one
        for load in sorted(self._waiting.values(), key=lambda load: load.leased.delivery.id):
            if load.leased.line in self._busy or any(id(lane) in full for lane in load.lanes):
                continue
            late = [lane for lane in load.lanes if (at := lane.free_at(now)) is None or at > soon]
            if late:
                full.update(map(id, late))
                continue
            load.slots = tuple(lane.reserve(now) for lane in load.lanes)
            self._busy.add(load.leased.line)
            ready.append(load)
        if not ready:
            return
        try:
            async with self._database.begin() as uow:
                marked = await uow.deliveries.mark_sending([i for load in ready for i in load.ids])
                stale = [load for load in ready if not marked.items() >= load.contents.items()]
                if stale:
                    await uow.deliveries.unmark([i for load in stale for i in load.ids if i in marked])
        except BaseException:
            self._hold_back(ready)
            self._is_doubtful = True
            raise
        self._hold_back(stale)
        for load in ready:
            del self._waiting[load.leased.delivery.id]
        if stale:  # taken back or edited since it was leased
            self.wake()
        for load in [load for load in ready if load not in stale]:
            task = asyncio.create_task(self._carry(load), name=f"delivery-{load.leased.delivery.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reclaim(self) -> None:
        """Take back what is marked as ours and never left, to lease it anew."""
        self._waiting.clear()
        async with self._database.begin() as uow:
            await uow.deliveries.reclaim(self._owner, under_way=self._under_way)
        self._is_doubtful, self._has_new_work = False, True

    def _hold_back(self, loads: list[Load]) -> None:
        """Free the lines and lanes of what does not leave."""
        for load in reversed(loads):
            self._busy.discard(load.leased.line)
            for lane, at in zip(load.lanes, load.slots, strict=True):
                lane.returned(at)

    async def _carry(self, load: Load) -> None:
        """Send one parcel and settle it. Whatever happens, its lanes and its line come free."""
        outcome: Receipt | Exception
        self._under_way.update(load.ids)
        try:
            parcel = await filled(load.parcel, self._drawing, self._exporter)
            await _until(max((*load.slots, *(lane.shut_until for lane in load.lanes)), default=0.0))
            outcome = await self._adapters[load.leased.platform].send(parcel)
        except Exception as error:
            outcome = error
        answered = time.monotonic()
        for lane in load.lanes:
            lane.answered(answered)
        if isinstance(outcome, TemporaryError) and outcome.retry_after is not None:
            # Lanes come account first, chat after: what one chat is refused does not stop the others.
            for lane in load.lanes if outcome.scope == "account" else load.lanes[1:]:
                lane.shut(answered + outcome.retry_after.total_seconds())
        kept = self._postman.sign(load, outcome)
        name = "sent" if isinstance(kept, Receipt | Posted) else type(kept).__name__
        self._tick("deliveries", str(load.leased.platform), name)
        try:
            await self._settlement.settle(load.leased, load.ids, kept)
        finally:
            self._busy.discard(load.leased.line)
            self._under_way.difference_update(load.ids)
            self.wake()


async def _until(moment: float) -> None:
    """Wait for a moment of the monotonic clock."""
    pause = moment - time.monotonic()
    if pause > 0:
        await asyncio.sleep(pause)
