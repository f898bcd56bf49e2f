"""Intent `note`: staff write something down for each other. Writes: feedback (notes), audit, outbox."""

from __future__ import annotations

from handlers import orders
from handlers.base import Context, Settings
from handlers.events import Event
from handlers.orders import Order
from storage.records import STAFF

NAME = "note"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("note", "备注")
EXAMPLE = "/note 128 问过仓库，周三补货"


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Add the note; members never see it, and nobody is told."""
    del event
    taken = await orders.take(argument, ctx, intent=NAME, ask="note.ask", example="note.example")
    if taken is None:
        return
    feedback, text = taken
    await ctx.uow.notes.add(feedback.id, ctx.sender.id, text, ctx.now)
    await orders.record(ctx, feedback, NAME)
    await orders.done(ctx, feedback, ctx.say("note.done", number=feedback.id))
