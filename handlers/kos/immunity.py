"""Intent `immunity`, 免疫: a KOS wants the immunity report now. Writes: timers."""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, Event, Settings, called
from storage.records import STAFF, ChatKind

NAME = "immunity"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("immunity", "免疫")
EXAMPLE = "/immunity"


def match(event: Event, settings: Settings) -> str | None:
    """Return what follows the command, None if it is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Have it made and sent to who asked (rituals/immunity.py)."""
    del argument
    key = f"immunity:{event.platform}:{event.update_id}"
    await ctx.uow.timers.put(key, "immunity", ctx.now, data={"by": ctx.sender.id})
    if ctx.chat.kind is ChatKind.GROUP:
        await aside(ctx, ctx.say("immunity.coming"))
