"""Intent `hold`: a feedback rests until a day. Writes: feedback, timers, audit, outbox."""

from __future__ import annotations

from handlers import moves, orders
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.days import parse_day
from handlers.events import Event
from handlers.matters import matter_of
from handlers.orders import Order
from storage.records import OPEN, STAFF

NAME = "hold"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("hold", "搁置")
EXAMPLE = "/hold 128 月底 等供应商回话"
_OFF = frozenset({"off", "取消", "继续"})


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Put it on hold until a day and promise to bring it back then; or take it off hold."""
    del event
    taken = await orders.take(argument, ctx, intent=NAME, ask="", example="hold.example")
    if taken is None:
        return
    feedback, words = taken
    if feedback.status not in OPEN:
        raise orders.cannot_follow(ctx, feedback)
    matter = await matter_of(ctx, feedback)
    if words.lower() in _OFF:
        await orders.done(ctx, feedback, await moves.lift(ctx, matter))
        return
    today = ctx.now.astimezone(ctx.chat.zone).date()
    found = parse_day(words, today)
    if found is None:
        raise NotUnderstoodError("hold.no_day", example=ctx.label("hold.example"))
    day, why = found
    if day <= today:
        raise UserError("hold.past", day=ctx.texts.day(ctx.language, day))
    await orders.done(ctx, feedback, await moves.hold(ctx, matter, day=day, why=why))
