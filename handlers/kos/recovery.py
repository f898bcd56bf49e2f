"""Intent `recovery`: a KOS has called back who was hurt. Writes: recoveries, audit, outbox."""

from __future__ import annotations

from handlers import orders
from handlers.base import Context, Settings, UserError
from handlers.events import Event, pressed
from storage.messages import Message, decode
from storage.records import STAFF

NAME = "recovery"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""


def match(event: Event, settings: Settings) -> int | None:
    """Return which feedback, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 1 or not arguments[0].isdecimal():
        return None
    return int(arguments[0])


async def handle(event: Event, argument: int, ctx: Context) -> None:
    """Note it once; who comes second is told who did."""
    del event
    feedback = await ctx.uow.feedback.find(argument)
    recovery = await ctx.uow.recoveries.find(argument)
    if feedback is None or recovery is None:
        raise UserError("feedback.unknown", number=argument)
    if not await ctx.uow.recoveries.call(argument, ctx.sender.id, ctx.now):
        fresh = await ctx.uow.recoveries.find(argument)
        by_id = (fresh.called_by_id if fresh else None) or ctx.sender.id
        raise UserError(
            "recovery.called_before", number=argument, who=(await ctx.uow.members.get(by_id)).address
        )
    await orders.record(ctx, feedback, NAME)
    ctx.toast = ctx.label("recovery.noted", number=argument)
    shown = await ctx.pressed()
    if shown is None:
        await ctx.reply(ctx.say("recovery.noted", number=argument))
        return
    text = (*decode(shown.content).text, "\n", *ctx.say("recovery.noted", number=argument))
    await ctx.uow.outbox.edit(shown.key, Message(text=text), now=ctx.now)
