"""Intent `progress`: it is being worked on, and whoever said it hears how far. Writes: feedback, audit, outbox."""

from __future__ import annotations

from handlers import moves, orders
from handlers.base import Context, Settings, UserError
from handlers.events import Event
from handlers.matters import matter_name, matter_of
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
    taken = await orders.take(
        argument, ctx, intent=NAME, ask="progress.ask", example="progress.example", after=Status.IN_PROGRESS
    )
    if taken is None:
        return
    feedback, text = taken
    matter = await matter_of(ctx, feedback)
    if await moves.was_said(ctx, matter, Status.IN_PROGRESS, text=text):
        raise UserError("progress.same", name=matter_name(ctx, matter))
    moved = await moves.progress(ctx, matter, text=text)
    if moved is not None:
        await orders.done(ctx, moved.named, moved.line, buttons=moved.buttons)
