"""Who answers a question, by when, and how fast it was: duty, the clock of SERVICE, first replies, next updates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storage import tables
from storage.business import DAY_MINUTES, Block, BusinessHours, instant, is_within
from storage.records import OPEN, Change, Feedback, FeedbackClass, Member, Platform, Role, Status
from storage.reports import FIELDS, Field
from storage.repository import Repository
from storage.timers import Timer
from storage.times import FeedbackTimes

CLOCK = "service"
"""The kind of the timers that keep the clock of a SERVICE question; their data has the `step`."""

AT_ONCE, HALF, OVER = 0, 1, 2
"""The steps of the clock: it began, half of the time is gone, all of it is."""

SILENT = "silent"
"""The kind of the timer that looks whether an open feedback has had its next word in time."""

UNANSWERED = frozenset({Status.RECEIVED, Status.IN_REVIEW})
_REPLIES = frozenset({Status.ANSWERED, Status.PLANNED, Status.IN_PROGRESS, Status.RESOLVED, Status.DECLINED})
_MOST_REPLIES = 500  # the newest so many make a median
_t = tables.first_replies


@dataclass(frozen=True, slots=True)
class Shift:
    """Some hours of some days on which some of the staff are on duty; may reach into the next day."""

    days: Callable[[date], bool]
    hours: Block
    staff: tuple[tuple[Platform, str], ...]


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How fast a SERVICE question is answered, by whom, and what is asked about a voice beside its words."""

    first_reply: timedelta = timedelta(minutes=15)
    hours: BusinessHours = field(default_factory=BusinessHours)
    duty: tuple[Shift, ...] = ()
    fields: tuple[Field, ...] = FIELDS

    def on_duty(self, now: datetime) -> tuple[tuple[Platform, str], ...]:
        """Return who is on duty at a moment, in the order of the roster."""
        zone = ZoneInfo(self.hours.timezone)
        found = (who for s in self.duty if is_within(s.days, s.hours, now, zone) for who in s.staff)
        return tuple(dict.fromkeys(found))


def next_update(
    feedback: Feedback, after: Status, now: datetime, *, times: FeedbackTimes, zone: ZoneInfo,
    planned_for: date | None,
) -> datetime:  # fmt: skip
    """Return by when the next word is due once a person has moved a feedback. Pure.

    The end of the promised day; for a SERVICE question that was only taken on, still its answer.
    """
    if feedback.feedback_class is FeedbackClass.SERVICE and after is Status.IN_REVIEW:
        return feedback.review_due
    if after in (Status.PLANNED, Status.IN_PROGRESS) and planned_for is not None:
        end = instant(planned_for, DAY_MINUTES, zone)
        if end > now:
            return end
    return now + times.update_within


class ServiceRepository(Repository):
    """Queries over duty, the clock of SERVICE questions and first replies."""

    async def start(
        self, feedback: Feedback, now: datetime, settings: ServiceSettings, *, span: timedelta | None = None,
        is_known: bool = False,
    ) -> datetime | None:  # fmt: skip
        """Start the clock of a question anew; return by when it wants its answer, None if nobody ever works.

        Whoever is on duty hears of it at once, or when business begins; not if it `is_known` to them already.
        """
        subject, hours = _subject(feedback.id), settings.hours
        span = settings.first_reply if span is None else span
        half, due = hours.add(now, span / 2), hours.add(now, span)
        steps = [(HALF, half, due), (OVER, due, None)]
        if not is_known:
            steps.insert(0, (AT_ONCE, hours.opening(now) or now, half))
        await self._uow.timers.cancel(subject, CLOCK)
        for step, at, until in steps:
            if at is None:
                continue
            data = {"step": step} | ({"until": until.isoformat()} if until else {})
            key = f"{subject}:{CLOCK}:{tables.micros(now)}:{step}"
            await self._uow.timers.put(key, CLOCK, at, subject=subject, data=data)
        if due is None:
            await self.watch(feedback.id, feedback.review_due, f"{tables.micros(now)}")
        else:
            moved = {} if feedback.status is Status.RECEIVED else {"update_due": due}
            await self._uow.feedback.amend(feedback.id, now, review_due=due, **moved)
        return due

    async def stop(self, feedback: Feedback) -> None:
        """Stop the clock of what is no question, or is answered."""
        await self._uow.timers.cancel(_subject(feedback.id), CLOCK)

    async def watch(self, feedback_id: int, due: datetime, cause: str) -> None:
        """Promise to look, at a moment, whether an open feedback is still without its next word."""
        await self._uow.timers.put_all([_watch(feedback_id, due, cause)])

    async def follow_changes(
        self, pairs: Sequence[tuple[Feedback, Change]], dues: Mapping[int, datetime]
    ) -> None:
        """Take note of changes of one kind: first replies, answered questions, next words to watch for.

        **Shape**: each feedback as it was before; `dues` by its id.
        """
        after, by_id, at = pairs[0][1].after, pairs[0][1].by_id, pairs[0][1].at
        if after in _REPLIES and by_id is not None:
            await self._reply([f for f, _ in pairs if f.contributor_id != by_id], by_id, at)
        if after not in UNANSWERED:
            asked = [_subject(f.id) for f, _ in pairs if f.feedback_class is FeedbackClass.SERVICE]
            if asked:
                await self._uow.timers.cancel_all(asked, CLOCK)
        if after in OPEN:
            watched = [(f, change) for f, change in pairs if not _has_clock(f, dues[f.id])]
            await self._uow.timers.put_all([_watch(f.id, dues[f.id], str(c.id)) for f, c in watched])

    async def adopt(self, now: datetime, times: FeedbackTimes) -> int:
        """Give a date to what is open and has none, as a database from before there were any; return how many."""
        f = tables.feedback
        is_open = f.c.status.in_([str(status) for status in OPEN - {Status.RECEIVED}])
        due = now + times.update_within
        rows = await self._all(
            sa.update(f).where(is_open, f.c.update_due.is_(None)).values(update_due=due).returning(f.c.id)
        )
        await self._uow.timers.put_all([_watch(row["id"], due, "adopted") for row in rows])
        unseen = await self._all(
            sa.select(f.c.id, f.c.review_due).where(f.c.status == str(Status.RECEIVED), f.c.review_due > now)
        )
        await self._uow.timers.put_all([_watch(r["id"], r["review_due"], "review") for r in unseen])
        return len(rows) + len(unseen)

    async def add_reply(self, feedback: Feedback, by_id: int, at: datetime) -> None:
        """Record the first answer of a person, once; nobody answers themselves."""
        if by_id != feedback.contributor_id:
            await self._reply([feedback], by_id, at)

    async def _reply(self, feedback: Sequence[Feedback], by_id: int, at: datetime) -> None:
        rows = [
            {
                "feedback_id": each.id, "by_id": by_id, "chat_id": each.chat_id, "asked_at": each.created_at,
                "feedback_class": str(each.feedback_class), "at": at,
            }
            for each in feedback
        ]  # fmt: skip
        if rows:
            await self._run(self._insert(_t).on_conflict_do_nothing(), rows)

    async def median_first_reply(
        self, settings: ServiceSettings, since: datetime, *, until: datetime | None = None, chat_id: int | None = None
    ) -> timedelta | None:  # fmt: skip
        """Return the median business time from a SERVICE question to its first reply, None without one.

        Of questions answered since a moment, in one chat or in all.
        """
        query = (
            sa.select(_t.c.asked_at, _t.c.at)
            .where(_t.c.feedback_class == str(FeedbackClass.SERVICE), _t.c.at >= since)
            .order_by(_t.c.at.desc())
            .limit(_MOST_REPLIES)
        )
        if until is not None:
            query = query.where(_t.c.at < until)
        if chat_id is not None:
            query = query.where(_t.c.chat_id == chat_id)
        pairs = [(row["asked_at"], row["at"]) for row in await self._all(query)]
        waits = sorted(settings.hours.measure(pairs))
        middle = len(waits) // 2
        return (waits[middle] + waits[-1 - middle]) / 2 if waits else None

    async def list_on_duty(
        self, settings: ServiceSettings, now: datetime, *, platform: Platform | None = None
    ) -> list[Member]:
        """List who is on duty, in the order of the roster; every KOS if nobody is, else every admin.

        Somebody who is on several platforms is told on `platform`, if they are there. Who wants peace now,
        or cannot be reached, is passed over while there is anybody else.
        """
        roster = settings.on_duty(now)
        everybody = await self._uow.members.list_staff()
        staff = [
            member for member in everybody if member.reachable is not False and not member.wants_peace(now)
        ] or everybody
        known = {(member.platform, member.external_id): member for member in staff}
        there = [known[who] for who in roster if who in known]
        near = [member for member in there if member.platform is platform]
        return near or there or [m for m in staff if m.role is Role.KOS] or staff

    async def list_next(self, told: Collection[int]) -> list[Member]:
        """List whom a question climbs to: the next KOS after those who were told, and every admin."""
        staff = await self._uow.members.list_staff()
        kos = [member for member in staff if member.role is Role.KOS]
        last = max((n for n, member in enumerate(kos) if member.id in told), default=-1)
        turn: Sequence[Member] = [*kos[last + 1 :], *kos[: last + 1]]
        following = [member for member in turn if member.id not in told][:1]
        return following + [m for m in staff if m.role is Role.ADMIN and m.id not in told]


def _subject(feedback_id: int) -> str:
    return f"feedback:{feedback_id}"


def _watch(feedback_id: int, due: datetime, cause: str) -> Timer:
    subject = _subject(feedback_id)
    return Timer(0, f"{subject}:{SILENT}:{cause}", SILENT, subject, due)


def _has_clock(feedback: Feedback, due: datetime) -> bool:
    """Tell whether the clock of a question says when it is late, and no other timer needs to."""
    return feedback.feedback_class is FeedbackClass.SERVICE and due == feedback.review_due
