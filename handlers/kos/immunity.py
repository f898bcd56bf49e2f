"""Intent `immunity`, 免疫: a KOS wants the immunity report now. Writes: timers."""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, Settings
from handlers.events import Event, called
from storage.records import STAFF, ChatKind

NAME = "immunity"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("immunity", "免疫")
EXAMPLE = "/immunity"

_REPORTS = ("report", "简报")


def match(event: Event, settings: Settings) -> str | None:
    """Return what follows the command, also as one of the reports; None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        return rest
    report = called(event, _REPORTS)
    return report if report is not None and report.strip().lower() in COMMANDS else None


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Have it made and sent to who asked (rituals/immunity.py)."""
    del argument
    key = f"immunity:{event.platform}:{event.update_id}"
    await ctx.uow.timers.put(key, "immunity", ctx.now, data={"by": ctx.sender.id})
    if ctx.chat.kind is ChatKind.GROUP:
        await aside(ctx, ctx.say("immunity.coming"))
