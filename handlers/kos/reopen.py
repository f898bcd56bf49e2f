"""Intent `reopen`: it is not over after all; one sentence says why. Writes: feedback, audit, outbox, timers."""

from __future__ import annotations

from handlers import echoes, orders
from handlers.base import Context, Event, Settings
from handlers.orders import Order
from handlers.references import subject_of
from storage.records import STAFF, DeliveryState, Feedback, Status
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
    feedback = await orders.find(argument, ctx)
    if feedback is None:
        return
    if not is_backward(feedback.status, Status.IN_REVIEW):
        raise orders.cannot_follow(ctx, feedback)
    taken = await orders.take(argument, ctx, intent=NAME, ask="reopen.ask", example="reopen.example")
    if taken is None:
        return
    feedback, why = taken
    is_unsaid = await _is_unsaid(ctx, feedback)
    moved = await orders.move(ctx, feedback, Status.IN_REVIEW, note=why, intent=NAME, planned_for=None)
    if moved is None:
        return
    feedback, change = moved
    subject = subject_of(feedback.id)
    await ctx.uow.timers.cancel(subject, "verify_reminder", "unconfirmed")
    await ctx.uow.outbox.cancel(subject)
    if is_unsaid:
        await orders.done(ctx, feedback, ctx.say("reopen.unsaid", number=feedback.id))
        return
    told = await echoes.tell_people(
        ctx, feedback, "echo.reopened", text=why, key=echoes.change_key(feedback, change)
    )
    line = ctx.say("reopen.done", number=feedback.id)
    await orders.done(ctx, feedback, (*line, *echoes.receipt(ctx, feedback, told)))


async def _is_unsaid(ctx: Context, feedback: Feedback) -> bool:
    """Tell whether the contributor has not heard yet of what is taken back."""
    key = f"{subject_of(feedback.id)}:change:{feedback.version}:member:{feedback.contributor_id}"
    echo = await ctx.uow.outbox.find(key)
    return echo is not None and echo.state in (DeliveryState.PENDING, DeliveryState.WAITING)
