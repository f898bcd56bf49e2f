"""Intent `doctor`: how the bot is, as far as its own database tells. Writes: outbox.

What only the platform itself knows (token, rights, webhook) is asked by `huixiang doctor` at a terminal.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.asides import aside
from handlers.base import Context, Settings
from handlers.events import Event, called
from handlers.places import platform_name
from storage.messages import Part
from storage.records import ADMINS

NAME = "doctor"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("doctor", "体检")
EXAMPLE = "/doctor"

_OVERDUE = timedelta(minutes=10)


def match(event: Event, settings: Settings) -> str | None:
    """Return what follows the command, None if it is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Give a line for each thing looked at, in private."""
    del argument
    stuck = await ctx.uow.promises.count_stuck()
    seen = await ctx.uow.updates.last_seen(event.platform)
    moment = ctx.texts.moment(ctx.language, seen, ctx.chat.zone) if seen else "—"
    unread = await ctx.uow.updates.count_quarantined()
    overdue = await ctx.uow.promises.count_overdue(ctx.now - _OVERDUE)
    groups = await ctx.uow.chats.list_served()
    rituals = [info for chat in groups for info in ctx.plans.list_rituals(chat, ctx.now) if info.is_on]
    lines = [
        ("✓", ctx.label("doctor.update", platform=platform_name(ctx, event.platform)), moment),
        (_sign(unread), ctx.label("doctor.quarantine"), unread),
        (_sign(overdue), ctx.label("doctor.overdue"), overdue),
        (_sign(stuck.lost, "–"), ctx.label("doctor.lost"), stuck.lost),
        (_sign(stuck.waiting, "–"), ctx.label("doctor.waiting"), stuck.waiting),
        ("✓", ctx.label("doctor.groups"), len(groups)),
        ("✓", ctx.label("doctor.rituals"), len(rituals)),
    ]
    words: list[Part] = [*ctx.say("doctor.head")]
    for sign, what, detail in lines:
        words += ["\n", *ctx.say("doctor.line", sign=sign, what=what, detail=detail)]
    words += ["\n", *ctx.say("doctor.more")]
    await aside(ctx, tuple(words))


def _sign(count: int, otherwise: str = "✗") -> str:
    return otherwise if count else "✓"
