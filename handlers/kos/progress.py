"""Intent `progress`: it is being worked on, and whoever said it hears how far. Writes: feedback, audit, outbox."""

from __future__ import annotations

from handlers import echoes, orders
from handlers.base import Context, Event, Settings
from handlers.orders import Order
from storage.records import STAFF, Status

NAME = "progress"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("progress", "进展")
EXAMPLE = "/progress 128 样机已经改好，这周内测"


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Move it to IN_PROGRESS and tell the contributor and the followers in the KOS's words."""
    del event
    carried = await orders.carry_out(
        argument, ctx, Status.IN_PROGRESS, intent=NAME, ask="progress.ask", example="progress.example"
    )
    if carried is None:
        return
    feedback, change, text = carried
    told = await echoes.tell_people(
        ctx, feedback, "echo.progress", text=text, key=echoes.change_key(feedback, change)
    )
    line = ctx.say("progress.done", number=feedback.id)
    await orders.done(ctx, feedback, (*line, *echoes.receipt(ctx, feedback, told)))
