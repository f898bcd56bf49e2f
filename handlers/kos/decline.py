"""Intent `decline`: not now, with a person's own reason, said in private only. Writes: feedback, audit, outbox."""

from __future__ import annotations

from handlers import moves, orders
from handlers.base import Context, Settings
from handlers.events import Event
from handlers.matters import matter_of
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
    taken = await orders.take(
        argument, ctx, intent=NAME, ask="decline.ask", example="decline.example", after=Status.DECLINED
    )
    if taken is None:
        return
    feedback, text = taken
    moved = await moves.decline(ctx, await matter_of(ctx, feedback), text=text)
    if moved is not None:
        await orders.done(ctx, moved.named, moved.line, buttons=moved.buttons)
