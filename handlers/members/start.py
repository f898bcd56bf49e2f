"""Intent `start`: somebody opens the private chat, perhaps by our button, or shuts it. Writes: members, outbox."""

from __future__ import annotations

import re

from handlers.base import Context, Settings
from handlers.events import Event, EventKind, called
from handlers.honour_page import own_page
from handlers.own import list_own
from storage.messages import Button, Message
from storage.promises import DeliveryState
from storage.records import EVERYBODY

NAME = "start"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("start", "开始")
EXAMPLE = "/start"

BROKEN = "!"  # what an adapter gives for a payload whose seal is broken
SHUT = "shut"
_DELIVERY = re.compile(r"d(\d{1,18})")


def match(event: Event, settings: Settings) -> str | None:
    """Return the payload, None if it is something else. Pure."""
    del settings
    if event.kind is EventKind.BOT_REMOVED:
        return SHUT if event.is_private else None
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Deliver what waits behind the button, or greet."""
    if event.kind is EventKind.BOT_REMOVED:
        await ctx.uow.members.change(ctx.sender.id, reachable=False)
        return
    if not event.is_private:
        button = Button(ctx.label("start.open"), start="hello")
        buttons = ((button,),) if ctx.can(ctx.chat).deep_links else ()
        await ctx.reply(Message(text=ctx.say("start.in_group"), buttons=buttons))
        return
    waiting = _DELIVERY.fullmatch(argument.strip())
    if argument.strip() == BROKEN:
        await ctx.reply(ctx.say("start.broken"))
    elif waiting:
        await _deliver(int(waiting[1]), ctx)
    elif argument.strip() == "mine":
        await ctx.reply(await list_own(ctx, page=1))
    elif argument.strip() == "me":
        await ctx.reply(await own_page(ctx))
    else:
        await ctx.reply(ctx.say("start.greeting", who=ctx.sender.address, community=ctx.settings.community))


async def _deliver(delivery_id: int, ctx: Context) -> None:
    """Release what waits for this very member; tell them what became of it otherwise."""
    delivery = await ctx.uow.promises.find_by_id(delivery_id)
    if delivery is None or delivery.member_id != ctx.sender.id:
        await ctx.reply(ctx.say("start.not_yours"))
    elif delivery.state is DeliveryState.WAITING:
        for each in await ctx.uow.promises.list_waiting(ctx.sender.id):
            await ctx.uow.outbox.release(each.id, ctx.now)
    elif delivery.state is DeliveryState.SENT:
        await ctx.reply(ctx.say("start.above"))
    elif delivery.state in (DeliveryState.DEAD, DeliveryState.UNKNOWN):
        await ctx.reply(ctx.say("start.gone"))
