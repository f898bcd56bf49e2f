"""What comes next of every plan, and what of it is due. Pure; kept by `bot/clock.py`."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.plans import Plan
from rituals.budget import MISSED, SUPERSEDED
from rituals.schedule import Slot
from storage.manners import local_day

LOOK_BACK = timedelta(days=3)
"""How far back missed Slots are still recorded."""

RECORDED = 10
"""How many missed Slots of one plan are recorded at most: a history, not a flood."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One Slot of one plan that is due; `is_latest` unless a later one of the same plan is due as well."""

    plan: Plan
    slot: Slot
    is_latest: bool

    def why_skipped(self, now: datetime) -> str:
        """Return why it is not begun any more, "" if it is: never two at once, never one past its grace."""
        if now - self.slot.due > self.plan.settings.grace:
            return MISSED
        return "" if self.is_latest else SUPERSEDED


@dataclass(slots=True)
class _Entry:
    """One plan, and its first Slot that was not dealt with."""

    plan: Plan
    coming: Slot | None


class Agenda:
    """The coming Slot of every plan that is on."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, int], _Entry] = {}

    def open(self, plans: Mapping[tuple[str, int], Plan], now: datetime, last_look: datetime | None) -> None:
        """Begin where the clock last looked; on the very first day, with that day."""
        self._entries = {}
        for key, plan in plans.items():
            since = last_look or local_day(now, plan.chat.zone)[0] - timedelta(microseconds=1)
            self._add(key, plan, min(max(since, now - LOOK_BACK), now))  # a demo's clock may have been ahead

    def renew(self, plans: Mapping[tuple[str, int], Plan], now: datetime) -> None:
        """Follow changed plans: what is new or has another schedule begins now, what is gone is dropped."""
        for key in self._entries.keys() - plans.keys():
            del self._entries[key]
        for key, plan in plans.items():
            entry = self._entries.get(key)
            if entry and (entry.plan.is_on, entry.plan.schedule) == (plan.is_on, plan.schedule):
                entry.plan = plan
            else:
                self._add(key, plan, now)

    def list_due(self, now: datetime) -> list[Occurrence]:
        """List what is due and was not ticked off, at most `RECORDED` of each plan, in no order."""
        due: list[Occurrence] = []
        for entry in self._entries.values():
            coming = entry.coming
            if coming is None or coming.due > now:
                continue
            slots = deque([coming, *entry.plan.schedule.slots(coming.due, now)], maxlen=RECORDED)
            due.extend(Occurrence(entry.plan, slot, slot is slots[-1]) for slot in slots)
        return due

    def tick_off(self, done: object) -> None:
        """Go on behind an occurrence that was dealt with; anything else is none of ours."""
        if not isinstance(done, Occurrence):
            return
        entry = self._entries.get(done.plan.key)
        if entry is not None and entry.coming is not None and entry.coming.due <= done.slot.due:
            entry.coming = _first(entry.plan, done.slot.due)

    def next_due(self) -> datetime | None:
        """Return when the next Slot of all is due, None if there is none."""
        return min((entry.coming.due for entry in self._entries.values() if entry.coming), default=None)

    def _add(self, key: tuple[str, int], plan: Plan, after: datetime) -> None:
        self._entries[key] = _Entry(plan, _first(plan, after) if plan.is_on else None)


def _first(plan: Plan, after: datetime) -> Slot | None:
    return next(iter(plan.schedule.next(after)), None)
