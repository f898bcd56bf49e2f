"""A member spoke to us in private and can be reached now. Called by the dispatcher. Writes: members, outbox, timers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers import mailbag
from handlers.base import Context
from handlers.references import subject_of

_ASK_AFTER = timedelta(seconds=2)


async def reached(ctx: Context) -> None:
    """Speak the language and keep the hours of the member's own group; send what waited for them to come."""
    home = await ctx.home_of(ctx.sender)
    if (home.language, home.timezone) != (ctx.chat.language, ctx.chat.timezone):
        ctx.chat = replace(ctx.chat, language=home.language, timezone=home.timezone)
        await ctx.uow.chats.change(ctx.chat.id, language=home.language, timezone=home.timezone)
    if ctx.sender.reachable:
        # Who comes back opens the chat anew, or just speaks where there is nothing to open; that they were away, a
        # letter alone may know.
        if ctx.event.word == "start" or not ctx.can(ctx.chat).deep_links:
            await mailbag.release(ctx)
        return
    await ctx.uow.members.change(ctx.sender.id, reachable=True)
    ctx.sender = replace(ctx.sender, reachable=True)
    for delivery in await ctx.uow.promises.list_waiting(ctx.sender.id):
        await ctx.uow.outbox.release(delivery.id, ctx.now)
    for feedback in await ctx.uow.feedback.list_of(
        ctx.sender.id, limit=1
    ):  # what could not be asked about it
        subject = subject_of(feedback.id)
        await ctx.uow.timers.put(f"{subject}:report:reached", "report", ctx.now + _ASK_AFTER, subject=subject)
    await mailbag.release(ctx)
