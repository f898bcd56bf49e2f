"""Intent `reopen`: it is not over after all; one sentence says why. Writes: feedback, audit, outbox, timers."""

from __future__ import annotations

from handlers import moves, orders
from handlers.base import Context, Settings
from handlers.events import Event
from handlers.matters import matter_of
from handlers.orders import Order
from storage.records import STAFF, Status
from storage.statuses import is_backward

NAME = "reopen"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("reopen", "重开")
EXAMPLE = "/reopen 128 夜间模式下还是太小"


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Take it back to IN_REVIEW with its owner; what was promised to be said and is no longer true is not said."""
    del event
    feedback = await orders.find(argument, ctx, after=Status.IN_REVIEW)
    if feedback is None:
        return
    if not is_backward(feedback.status, Status.IN_REVIEW):
        raise orders.cannot_follow(ctx, feedback)
    taken = await orders.take(argument, ctx, intent=NAME, ask="reopen.ask", example="reopen.example")
    if taken is None:
        return
    moved = await moves.reopen(ctx, await matter_of(ctx, feedback), text=taken[1])
    if moved is not None:
        await orders.done(ctx, moved.named, moved.line)
