"""Intent `resolve`: something changed; whoever said it hears so. Writes: feedback, contributions, outbox, timers."""

from __future__ import annotations

from handlers import moves, orders, rootcause
from handlers.base import Context, Settings
from handlers.events import Event
from handlers.matters import matter_of
from handlers.orders import Order
from storage.records import STAFF, Status

NAME = "resolve"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("resolve", "解决")
EXAMPLE = "/resolve 128 新版本里按钮放大了"


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Resolve it, promise to tell the contributor and each follower, and ask whether it is really better."""
    del event
    taken = await orders.take(
        argument, ctx, intent=NAME, ask="resolve.ask", example="resolve.example", after=Status.RESOLVED
    )
    if taken is None:
        return
    feedback, text = taken
    moved = await moves.resolve(ctx, await matter_of(ctx, feedback), text=text)
    if moved is not None:
        await orders.done(ctx, moved.named, moved.line, buttons=moved.buttons)
        await rootcause.ask(ctx, moved.changes)
