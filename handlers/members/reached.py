"""A member spoke to us in private: they can be reached now. Called by the dispatcher. Writes: members, outbox."""

from __future__ import annotations

from dataclasses import replace

from handlers.base import Context


async def reached(ctx: Context) -> None:
    """Remember that a member can be reached, and send what waited for them; costs nothing once that is known."""
    if ctx.sender.reachable:
        return
    await ctx.uow.members.change(ctx.sender.id, reachable=True)
    ctx.sender = replace(ctx.sender, reachable=True)
    for delivery in await ctx.uow.outbox.list_waiting(ctx.sender.id):
        await ctx.uow.outbox.release(delivery.id, ctx.now)
