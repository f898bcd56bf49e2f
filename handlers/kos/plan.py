"""Intent `plan`: it is promised for a day, and whoever said it hears which. Writes: feedback, audit, outbox."""

from __future__ import annotations

from handlers import moves, orders
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.days import parse_day
from handlers.events import Event
from handlers.matters import matter_name, matter_of
from handlers.orders import Order
from storage.records import STAFF, Status

NAME = "plan"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("plan", "排期")
EXAMPLE = "/plan 128 12月1日 跟 4.3 一起上"


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Move it to PLANNED with its day, and tell the contributor and the followers."""
    del event
    taken = await orders.take(
        argument, ctx, intent=NAME, ask="plan.ask", example="plan.example", after=Status.PLANNED
    )
    if taken is None:
        return
    feedback, words = taken
    today = ctx.now.astimezone(ctx.chat.zone).date()
    found = parse_day(words, today)
    if found is None:
        raise NotUnderstoodError("plan.no_day", example=ctx.label("plan.example"))
    day, text = found
    if day < today:
        raise UserError("plan.past", day=ctx.texts.day(ctx.language, day))
    matter = await matter_of(ctx, feedback)
    if await moves.was_said(ctx, matter, Status.PLANNED, text=text, day=day):
        raise UserError("plan.same", name=matter_name(ctx, matter), day=ctx.texts.day(ctx.language, day))
    moved = await moves.plan(ctx, matter, day=day, text=text)
    if moved is not None:
        await orders.done(ctx, moved.named, moved.line)
