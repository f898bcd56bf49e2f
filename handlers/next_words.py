"""By when the next word about a feedback is due, and a question's clock when it is asked anew. Used by staff's moves.

Only what staff do gives a new date: silence is ours to break (PRODUCT §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.base import Context
from storage.records import OPEN, Feedback, FeedbackClass, Status
from storage.service import next_update

_HOURS = timedelta(hours=24)
_MOMENT = timedelta(microseconds=1)  # the end of a day is still that day


def due_of(ctx: Context, feedback: Feedback, after: Status, **values: date | None) -> datetime:
    """Return by when the next word is due once the sender has moved a feedback; `values` are what it gets."""
    planned_for = values.get("planned_for", feedback.planned_for)
    times, zone = ctx.settings.times, ctx.chat.zone
    return next_update(feedback, after, ctx.now, times=times, zone=zone, planned_for=planned_for)


async def put_off(ctx: Context, feedback: Sequence[Feedback]) -> None:
    """Give what is open a new date: staff did something that is no change of status."""
    for each in feedback:
        if each.status in OPEN and each.status is not Status.RECEIVED:
            due = due_of(ctx, each, each.status)
            await ctx.uow.feedback.amend(each.id, ctx.now, update_due=due)
            await ctx.uow.service.watch(each.id, due, ctx.event.update_id)


async def ask_again(ctx: Context, feedback: Sequence[Feedback]) -> None:
    """Start the clock of questions that staff took back to review."""
    for each in feedback:
        if each.feedback_class is FeedbackClass.SERVICE:
            await ctx.uow.service.start(each, ctx.now, ctx.settings.service)


def has_own_date(feedback: Feedback, now: datetime) -> bool:
    """Tell whether the date of the next word says more than the promised day or the end of a hold."""
    if feedback.status not in OPEN or feedback.update_due is None or feedback.held_until is not None:
        return False
    return feedback.planned_for is None or feedback.update_due <= now


def shown(ctx: Context, feedback: Feedback) -> str:
    """Return by when the next word is due, as people say it: the day, and the time where it is a matter of hours."""
    zone = ctx.chat.zone
    if feedback.held_until is not None:
        return ctx.texts.day(ctx.language, feedback.held_until)
    due = feedback.update_due or feedback.review_due
    if abs(due - ctx.now) < _HOURS:
        return ctx.texts.moment(ctx.language, due, zone)
    return ctx.texts.day(ctx.language, (due - _MOMENT).astimezone(zone).date())
