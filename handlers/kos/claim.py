"""Intent `claim`: a KOS takes a feedback on. Writes: feedback, audit, outbox."""

from __future__ import annotations

from dataclasses import replace

from handlers import next_words, orders
from handlers.base import Context, Settings, UserError
from handlers.claims import take_up
from handlers.events import Event, called
from handlers.matters import matter_of
from handlers.orders import Order
from handlers.quotes import quote_of
from handlers.references import parse, resolve
from storage.records import OPEN, STAFF, Feedback, Status

NAME = "claim"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("claim", "跟进")
EXAMPLE = "/claim 128"


def match(event: Event, settings: Settings) -> Order | None:
    """Return which feedback is meant, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return orders.pressed_order(event, NAME) if rest is None else Order(*parse(rest))


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Make the sender the owner, if nobody is yet; say who is otherwise."""
    del event
    if argument.text and not argument.is_press:
        await orders.check_one(argument, argument.text, ctx)
    feedback = await resolve(argument.ref, ctx)  # an old button may still claim what nobody has
    if feedback.status not in OPEN:
        raise orders.cannot_follow(ctx, feedback)
    if feedback.owner_id == ctx.sender.id:
        await orders.done(ctx, feedback, ctx.say("claim.already", number=feedback.id))
        return
    if feedback.owner_id is not None:
        await _say_who(ctx, feedback)
        return
    if feedback.status is Status.RECEIVED:
        moved = await orders.move(ctx, feedback, Status.IN_REVIEW, note="", intent=NAME)
        if moved is None:
            return
        feedback = moved[0]
    else:
        if not await ctx.uow.feedback.take(feedback.id, ctx.sender.id, ctx.now):
            await _say_who(ctx, await ctx.uow.feedback.get(feedback.id))
            return
        feedback = replace(feedback, owner_id=ctx.sender.id)
        await orders.record(ctx, feedback, NAME)
    await _take_the_rest(ctx, feedback)
    if feedback.negative or feedback.urgent:
        await take_up(ctx, feedback)
    await orders.done(
        ctx, feedback, ctx.say("claim.done", number=feedback.id, quote=quote_of(ctx, feedback, 24))
    )


async def _take_the_rest(ctx: Context, feedback: Feedback) -> None:
    """Make the sender the owner of the rest of its topic as well, as far as nobody has it."""
    matter = await matter_of(ctx, feedback)
    rest = [each for each in matter.feedback if each.id != feedback.id and each.owner_id is None]
    waiting = [each for each in rest if each.status is Status.RECEIVED]
    if waiting:
        await ctx.uow.moves.change_all(waiting, Status.IN_REVIEW, by_id=ctx.sender.id, note="", now=ctx.now)
    open_ones = [each.id for each in rest if each.status in OPEN]
    if open_ones:
        await ctx.uow.moves.amend_all(open_ones, ctx.now, owner_id=ctx.sender.id)
        await next_words.put_off(ctx, await ctx.uow.moves.list_by_id(open_ones))


async def _say_who(ctx: Context, feedback: Feedback) -> None:
    owner = await ctx.uow.members.get(feedback.owner_id) if feedback.owner_id else ctx.sender
    raise UserError("claim.taken", number=feedback.id, who=owner.address)
