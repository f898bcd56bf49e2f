"""Intent `hold`: a feedback rests until a day. Writes: feedback, timers, audit, outbox."""

from __future__ import annotations

from datetime import UTC, datetime, time

from handlers import orders
from handlers.base import Context, Event, NotUnderstoodError, Settings, UserError
from handlers.days import parse_day
from handlers.orders import Order
from handlers.references import subject_of
from storage.records import OPEN, STAFF, Feedback

NAME = "hold"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("hold", "搁置")
EXAMPLE = "/hold 128 月底 等供应商回话"
_OFF = frozenset({"off", "取消", "继续"})
_MORNING = time(9)  # when the day of a hold begins for staff, in the time of the conversation


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Put it on hold until a day and promise to bring it back then; or take it off hold."""
    taken = await orders.take(argument, ctx, intent=NAME, ask="", example="hold.example")
    if taken is None:
        return
    feedback, words = taken
    if feedback.status not in OPEN:
        raise orders.cannot_follow(ctx, feedback)
    if words.lower() in _OFF:
        await _lift(ctx, feedback)
        return
    today = ctx.now.astimezone(ctx.chat.zone).date()
    found = parse_day(words, today)
    if found is None:
        raise NotUnderstoodError("hold.no_day", example=ctx.label("hold.example"))
    day, why = found
    if day <= today:
        raise UserError("hold.past", day=ctx.texts.day(ctx.language, day))
    subject = subject_of(feedback.id)
    await ctx.uow.timers.cancel(subject, "held")
    due = datetime.combine(day, _MORNING, ctx.chat.zone).astimezone(UTC)
    await ctx.uow.timers.put(
        f"{subject}:held:{event.platform}:{event.update_id}", "held", due, subject=subject
    )
    values = {} if feedback.owner_id else {"owner_id": ctx.sender.id}
    await ctx.uow.feedback.amend(feedback.id, ctx.now, held_until=day, **values)
    if why:
        await ctx.uow.feedback.add_note(feedback.id, ctx.sender.id, why, ctx.now)
    await orders.record(ctx, feedback, NAME, day.isoformat())
    line = ctx.say("hold.done", number=feedback.id, day=ctx.texts.day(ctx.language, day))
    await orders.done(ctx, feedback, line)


async def _lift(ctx: Context, feedback: Feedback) -> None:
    await ctx.uow.timers.cancel(subject_of(feedback.id), "held")
    await ctx.uow.feedback.amend(feedback.id, ctx.now, held_until=None)
    await orders.record(ctx, feedback, NAME, "off")
    await orders.done(ctx, feedback, ctx.say("hold.lifted", number=feedback.id))
