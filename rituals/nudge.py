"""Ritual `nudge`: each workday morning every KOS hears what waits for them, what is late, what did not arrive.

It is held in no group: whichever group's turn it is, each KOS is told once a day, in private.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rituals import service, voices
from rituals.base import Context, RitualSettings, SkippedError
from rituals.budget import NOTHING_WAITS
from storage.inbox import Sift, Waiting
from storage.messages import Button, Message, Part, Text
from storage.promises import Delivery
from storage.records import STAFF, Chat, Feedback, Member, Role
from storage.runs import Run

KIND = "nudge"
LINES = 5
_WEEK = timedelta(days=7)
_LOOK_BACK, _NAMED = 50, 3  # how many that did not arrive are looked at, and how many are named
_HOURS_FROM = 90  # minutes: from here on a wait is told in hours
_ACROSS = 5  # buttons side by side
_MOMENT = timedelta(microseconds=1)  # the end of a day is still that day


@dataclass(frozen=True, slots=True)
class _Morning:
    """What every KOS hears the same: which day it is, what did not reach members, how long questions waited."""

    today: date
    zone: ZoneInfo
    stuck: Sequence[tuple[Delivery, Member]]
    median: timedelta | None


async def begin(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
    """Tell each KOS for whom anything waits, once a day."""
    del ritual
    today = run.due.astimezone(chat.zone).date()
    counts = await ctx.uow.inbox.count_by_owner(now=ctx.now, today=today)
    median = await ctx.uow.service.median_first_reply(ctx.settings.service, ctx.now - _WEEK)
    morning = _Morning(today, chat.zone, await _list_stuck(ctx), median)
    told = False
    for member in await ctx.uow.members.list_staff(frozenset({Role.KOS})):
        own, free = counts.get(member.id, Waiting()), counts.get(None, Waiting())
        if not (own.waiting or free.waiting or morning.stuck):
            continue
        message = await _message(member, own, free, morning, ctx)
        await service.call(
            member, message, ctx, key=f"{KIND}:{today}:{member.id}", subject="", is_urgent=False
        )
        told = True
    if not told:
        raise SkippedError(NOTHING_WAITS)


async def _message(member: Member, own: Waiting, free: Waiting, morning: _Morning, ctx: Context) -> Message:
    """Return what one KOS hears: what is theirs with its lines, late first, then what is everybody's."""
    language = await ctx.language_of(member)
    parts: list[Part] = [*ctx.say(language, "nudge.hello", who=member.address)]
    shown: list[Feedback] = []
    for count, text_id, sift in (
        (own, "nudge.own", Sift(owner_id=member.id)),
        (free, "nudge.free", Sift(is_free=True)),
    ):
        if count.waiting:
            parts += ["\n", *ctx.say(language, text_id, count=count.waiting, late=count.late)]
            found = await ctx.uow.inbox.list_(
                sift, now=ctx.now, today=morning.today, limit=LINES - len(shown)
            )
            parts += await _lines(found, language, morning, ctx)
            shown += found
    if morning.stuck:
        parts += ["\n", *_stuck(morning.stuck, language, ctx)]
    if morning.median is not None:
        parts += ["\n", *ctx.say(language, "nudge.median", span=_span(morning.median, language, ctx))]
    marks = tuple(Button(f"#{feedback.id}", action=f"show:{feedback.id}") for feedback in shown)
    rows = [marks[start : start + _ACROSS] for start in range(0, len(marks), _ACROSS)]
    inbox = Button(ctx.label(language, "nudge.inbox"), action="inbox:0")
    return Message(text=tuple(parts), buttons=(*rows, (inbox,)))


def _span(length: timedelta, language: str, ctx: Context) -> str:
    """Return a length of time as people say it: nobody counts 629 minutes."""
    minutes = max(round(length / timedelta(minutes=1)), 1)
    if minutes < _HOURS_FROM:
        return ctx.label(language, "span.minutes", count=minutes)
    return ctx.label(language, "span.hours", count=round(minutes / 60))


async def _lines(found: Sequence[Feedback], language: str, morning: _Morning, ctx: Context) -> list[Part]:
    people = await ctx.uow.members.list_by_id({feedback.contributor_id for feedback in found})
    parts: list[Part] = []
    for feedback in found:
        day, is_late = _due(feedback, morning, ctx.now)
        who = feedback.on_behalf_of or people[feedback.contributor_id].shown_name
        parts += [
            "\n",
            *ctx.say(
                language, "nudge.line_late" if is_late else "nudge.line", number=feedback.id, who=who,
                quote=voices.quote(feedback, language, ctx), day=ctx.texts.day(language, day),
            ),
        ]  # fmt: skip
    return parts


def _due(feedback: Feedback, morning: _Morning, now: datetime) -> tuple[date, bool]:
    """Return the day of the next word, and whether it is past."""
    if feedback.held_until is not None:
        return feedback.held_until, feedback.held_until <= morning.today
    due = feedback.update_due or feedback.review_due
    if feedback.planned_for is not None and due > now:
        return feedback.planned_for, feedback.planned_for < morning.today
    return (due - _MOMENT).astimezone(morning.zone).date(), due <= now


async def _list_stuck(ctx: Context) -> list[tuple[Delivery, Member]]:
    """List what did not reach members, each with whom it was for."""
    found = [d for d in await ctx.uow.promises.list_stuck(_LOOK_BACK) if d.member_id is not None]
    people = await ctx.uow.members.list_by_id({d.member_id for d in found if d.member_id is not None})
    return [(d, people[d.member_id]) for d in found if d.member_id and people[d.member_id].role not in STAFF]


def _stuck(stuck: Sequence[tuple[Delivery, Member]], language: str, ctx: Context) -> Text:
    names: list[str] = []
    for delivery, member in stuck[:_NAMED]:
        number = voices.number_of(delivery.subject, "feedback")
        name = member.shown_name
        names.append(name if number is None else ctx.label(language, "nudge.whom", who=name, number=number))
    listed = ctx.label(language, "list.comma").join(names)
    return ctx.say(language, "nudge.stuck", count=len(stuck), names=listed)
