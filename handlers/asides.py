"""An aside: what staff ask in a group is answered in private, with a nod in the group. Used by handlers/kos/."""

from __future__ import annotations

from handlers.base import Context
from handlers.events import EventKind
from storage.messages import Button, Message, Text
from storage.records import ChatKind

_NOD = "👌"


async def aside(ctx: Context, answer: Text | Message, *, subject: str = "") -> None:
    """Answer staff where nobody else reads it; once an event.

    For who never opened the private chat it waits there, and the group's line has the button that opens it.
    """
    if ctx.chat.kind is ChatKind.PRIVATE:
        await ctx.reply(answer, subject=subject)
        return
    private = await ctx.own_chat()
    message = answer if isinstance(answer, Message) else Message(text=answer)
    key = f"aside:{ctx.event.platform}:{ctx.event.update_id}"
    await ctx.uow.outbox.put(
        private.id, message, key=key, now=ctx.now, subject=subject, member_id=ctx.sender.id
    )
    if not (ctx.sender.reachable or ctx.can(private).reaches_first):
        await _invite(ctx, key)
    elif ctx.event.kind is EventKind.PRESS:
        ctx.toast = ctx.toast or ctx.label("aside.sent")
    else:
        await ctx.acknowledge(_NOD, ctx.say("aside.sent"))


async def _invite(ctx: Context, key: str) -> None:
    """Say in the group, without what it is about, that an answer waits in the private chat."""
    waiting = await ctx.uow.promises.find(key)
    buttons: tuple[tuple[Button, ...], ...] = ()
    if waiting is not None and ctx.can(ctx.chat).deep_links:
        buttons = ((Button(ctx.label("aside.open"), start=f"d{waiting.id}"),),)
    await ctx.reply(Message(text=ctx.say("aside.waits"), buttons=buttons))
