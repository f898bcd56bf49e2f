"""Intent `decline`: not now, with a person's own reason, said in private only. Writes: feedback, audit, outbox."""

from __future__ import annotations

from handlers import echoes, orders
from handlers.base import Context, Event, Settings
from handlers.orders import Order
from storage.records import STAFF, Status

NAME = "decline"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("decline", "婉拒")
EXAMPLE = "/decline 128 这代模具改不了，下一代会考虑进去"


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Close it as DECLINED and tell the contributor and the followers why."""
    del event
    carried = await orders.carry_out(
        argument, ctx, Status.DECLINED, intent=NAME, ask="decline.ask", example="decline.example"
    )
    if carried is None:
        return
    feedback, change, reason = carried
    told = await echoes.tell_people(
        ctx, feedback, "echo.declined", text=reason, key=echoes.change_key(feedback, change)
    )
    line = ctx.say("decline.done", number=feedback.id)
    await orders.done(ctx, feedback, (*line, *echoes.receipt(ctx, feedback, told)))
