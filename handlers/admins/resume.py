"""Intent `resume`: the rituals of a group go on. Writes: chats, audit, outbox."""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.events import Event, called
from handlers.places import find_place, title
from storage.records import ADMINS

NAME = "resume"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("resume", "恢复")
EXAMPLE = "/resume"


def match(event: Event, settings: Settings) -> str | None:
    """Return the group that is named, None if it is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """End a pause, and say what comes next."""
    del event
    place = await find_place(argument, ctx, example=EXAMPLE)
    groups = ctx.label("place.comma").join(title(chat) for chat in place.chats)
    resting = [chat for chat in place.chats if chat.paused_until and chat.paused_until > ctx.now]
    for chat in resting:
        await ctx.uow.chats.pause(chat.id, None)
        await ctx.uow.audit.add("chat.resumed", by_id=ctx.sender.id, now=ctx.now, subject=f"chat:{chat.id}")
    await ctx.reply(ctx.say("resume.done" if resting else "resume.not_paused", group=groups))
