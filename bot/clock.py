"""RitualClock: schedules become Slots, windows end, timers come due. Built by `bot/app.py`.

The only door to `apscheduler`, which is loaded when the clock starts. It only rings: whatever is due is
found in plans and database, so a lost, early or doubled ring changes nothing, and neither does a second
process on the same database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from bot import dues
from bot.agenda import Agenda
from bot.logs import get_logger
from bot.plans import Plan, Plans
from locales.catalog import Catalog
from rituals.base import Context, Meaning, NoMeaning, Settings
from storage.db import Database
from storage.errors import StorageBusyError
from storage.records import Capabilities, ChatKind, Platform
from storage.uow import UnitOfWork

_BREATH_SECONDS = 0.1  # a burst of commits that put timers is looked at together
HEARTBEAT = timedelta(seconds=60)
"""How often the clock looks without being rung: another process may have changed plans or timers."""

LOOK_NOTED_EVERY = timedelta(minutes=10)
"""How often it is noted that the clock looked: what is due before that was not missed by us."""

PATIENCE = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30))
"""How long to wait for a database that is gone, from try to try."""

FAREWELL_SECONDS = 3.0
_LAST_LOOK = "clock_last_look"
_NOUNS = frozenset({"timers", "runs", "plans"})

_log = get_logger(__name__)


class RitualClock:
    """Begins, finishes and fires what is due, once each, in the order it is due."""

    def __init__(
        self,
        database: Database,
        plans: Plans,
        *,
        settings: Settings,
        texts: Catalog,
        capabilities: Mapping[tuple[Platform, ChatKind], Capabilities],
        now: Callable[[], datetime],
        meaning: Meaning | None = None,
    ) -> None:
        self._database = database
        self._meaning = meaning or NoMeaning()
        self._plans = plans
        self._settings = settings
        self._texts = texts
        self._capabilities = capabilities
        self._now = now
        self._agenda = Agenda()
        self._turn = asyncio.Lock()
        self._rung = asyncio.Event()
        self._is_open = False
        self._is_replanned = False
        self._is_moved = False
        self._is_stopping = False
        self._planned_at = self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._kept_on: date | None = None
        self._belled: Mapping[tuple[str, int], Plan] | None = None
        self._scheduler: Any = None
        self._task: asyncio.Task[None] | None = None
        database.on_commit(self._notice)

    async def start(self) -> None:
        """Catch up with what passed while we were away, then serve until `stop`."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler
        from apscheduler.triggers.base import BaseTrigger

        BaseTrigger.register(_Bell)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.start()
        self._task = asyncio.create_task(self._serve(), name="clock")

    async def stop(self) -> None:
        """Let what is under way end, and stop."""
        self._is_stopping = True
        self._rung.set()
        if self._task is not None:
            done, _ = await asyncio.wait({self._task}, timeout=FAREWELL_SECONDS)
            if not done:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)

    async def catch_up(self, now: datetime) -> None:
        """Begin what was missed within its grace, record what is skipped, finish what has passed.

        **Errors**: StorageBusyError, as `run_due`.
        """
        async with self._turn:
            self._is_open = False
            await self._run_due(now)

    async def run_due(self, now: datetime) -> None:
        """Do everything that is due by a moment, in order; harmless to repeat. The first call catches up.

        **Errors**: StorageBusyError; what is left undone is done by the next call.
        """
        async with self._turn:
            await self._run_due(now)

    async def next_moment(self) -> datetime | None:
        """Return when something comes due next, None if nothing is planned."""
        async with self._database.read() as uow:
            moments = (await uow.timers.next_due(), await uow.runs.next_closing(), self._agenda.next_due())
        return min((moment for moment in moments if moment is not None), default=None)

    async def advance(self, to: datetime, move: Callable[[datetime], Awaitable[None]]) -> None:
        """Go through everything due until a moment, in order.

        `move` sets the clock that `now` reads; it is awaited with each due moment before what is due then
        is done, and with `to` at the end.
        """
        await self.run_due(self._now())
        while (moment := await self.next_moment()) is not None and moment <= to:
            await move(max(moment, self._now()))
            await self.run_due(self._now())
        await move(to)
        await self.run_due(to)
        self._is_moved = True
        self._rung.set()

    def _notice(self, written: frozenset[str]) -> None:
        """Wake up when a commit touched what we serve."""
        if "plans" in written:
            self._is_replanned = True
        if written & _NOUNS:
            self._rung.set()

    async def _serve(self) -> None:
        failures = 0
        while not self._is_stopping:
            self._rung.clear()
            try:
                await self.run_due(self._now())
                self._set_bells(await self.next_moment())
                failures = 0
            except Exception as error:
                wait = PATIENCE[min(failures, len(PATIENCE) - 1)]
                failures += 1
                is_busy = isinstance(error, StorageBusyError)
                _log.warning(
                    "clock_waits", seconds=wait.total_seconds(), failures=failures, exc_info=not is_busy
                )
                retry = self._now() + wait
                self._ring("retry", _Bell(partial(_always, retry), self._now, is_once=True))
            await self._rung.wait()
            if not self._is_stopping:
                await asyncio.sleep(_BREATH_SECONDS)

    async def _run_due(self, now: datetime) -> None:
        await self._replan(now)
        await self._keep_house(now)
        while due := await self._list_due(now):
            for _, _, what in due:
                await self._do(what, now)
        await self._note_look(now)

    async def _replan(self, now: datetime) -> None:
        """Read the plans again when somebody changed them, and once a heartbeat."""
        is_fresh = self._planned_at <= now < self._planned_at + HEARTBEAT
        if self._is_open and is_fresh and not self._is_replanned:
            return
        is_replanned, self._is_replanned = self._is_replanned, False
        try:
            async with self._database.read() as uow:
                await self._plans.reload(uow)
                last_look = await uow.audit.recall(_LAST_LOOK)
        except BaseException:
            self._is_replanned = is_replanned
            raise
        if self._is_open:
            self._agenda.renew(self._plans.all, now)
        else:
            self._agenda.open(self._plans.all, now, datetime.fromisoformat(last_look) if last_look else None)
        self._is_open, self._planned_at = True, now

    async def _list_due(self, now: datetime) -> list[tuple[datetime, int, dues.Duty]]:
        """List what is due, in order; at one moment windows end first, then timers come, then rituals."""
        async with self._database.read() as uow:
            due: list[tuple[datetime, int, dues.Duty]] = [
                (run.closes_at or now, 0, run) for run in await uow.runs.list_closing(now)
            ]
            due += [(timer.due, 1, timer) for timer in await uow.timers.list_due(now)]
        due += [(occurrence.slot.due, 2, occurrence) for occurrence in self._agenda.list_due(now)]
        return sorted(due, key=lambda item: item[:2])

    async def _do(self, what: dues.Duty, now: datetime) -> None:
        """Do one thing in one transaction; what fails is recorded as failed and not tried again."""
        try:
            async with self._database.begin() as uow:
                await dues.attempt(what, self._context(uow, now))
        except StorageBusyError:
            raise
        except Exception:
            _log.exception("ritual_failed", **dues.ids(what))
            self._agenda.tick_off(what)
            async with self._database.begin() as uow:
                await dues.give_up(what, self._context(uow, now))
        self._agenda.tick_off(what)

    async def _keep_house(self, now: datetime) -> None:
        """Once a day, forget what nobody needs any more and see whether the work calendar is known."""
        if self._kept_on == now.date():
            return
        async with self._database.begin() as uow:
            await uow.timers.put(f"retention:{now.date()}", "retention", now)
            await uow.expectations.forget_expired(now)
            for year in self._plans.unknown_years(now):
                await uow.timers.put(f"year_unknown:{year}", "year_unknown", now, data={"year": year})
        self._kept_on = now.date()

    async def _note_look(self, now: datetime) -> None:
        """Note until when everything due was done; what comes due later was missed if we are not there."""
        if self._looked_at <= now < self._looked_at + LOOK_NOTED_EVERY:
            return
        async with self._database.begin() as uow:
            await uow.audit.remember(_LAST_LOOK, now.isoformat())
        self._looked_at = now

    def _context(self, uow: UnitOfWork, now: datetime) -> Context:
        return Context(
            uow=uow,
            now=now,
            settings=self._settings,
            texts=self._texts,
            capabilities=self._capabilities,
            calendar=self._plans.work,
            plans=self._plans,
            meaning=self._meaning,
        )

    def _set_bells(self, moment: datetime | None) -> None:
        """Have the scheduler ring for every plan, for the next timer or window, and once a heartbeat."""
        if self._is_moved or self._belled is not self._plans.all:
            self._scheduler.remove_all_jobs()
            self._ring("heartbeat", _Bell(lambda here: here + HEARTBEAT, self._now))
            schedules = {
                f"{plan.settings.name} {plan.chat.timezone} {id(plan.schedule)}": plan.schedule
                for plan in self._plans.all.values()
                if plan.is_on
            }
            for name, schedule in schedules.items():
                self._ring(name, _Bell(schedule.after, self._now))
            self._belled, self._is_moved = self._plans.all, False
        if moment is not None:
            self._ring("moment", _Bell(partial(_always, moment), self._now, is_once=True))

    def _ring(self, name: str, bell: _Bell) -> None:
        self._scheduler.add_job(
            self._wake, bell, id=name, replace_existing=True, coalesce=True, misfire_grace_time=None
        )

    async def _wake(self) -> None:
        self._rung.set()


def _always(moment: datetime, _: datetime) -> datetime:
    return moment


class _Bell:
    """A trigger of the scheduler that goes by our own clock, which may be moved."""

    def __init__(
        self,
        coming: Callable[[datetime], datetime | None],
        now: Callable[[], datetime],
        *,
        is_once: bool = False,
    ) -> None:
        """`coming` returns the next moment to ring after another, both by our clock."""
        self._coming = coming
        self._now = now
        self._is_once = is_once

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Return when to ring next, in the scheduler's time."""
        here = self._now()
        moment = None if previous is not None and self._is_once else self._coming(here)
        return None if moment is None else now + max(moment - here, timedelta(0))
