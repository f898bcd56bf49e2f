"""One thing that is due, a window's end, a timer or an occurrence: how it is done, given up and named in the log.

Called by `bot/clock.py`, each in a transaction of its own.
"""

from __future__ import annotations

from typing import TypeAlias

from bot.agenda import Occurrence
from rituals import running
from rituals.base import Context
from rituals.budget import ERROR
from rituals.followups import FOLLOWUPS
from storage.runs import Run
from storage.timers import Timer

Duty: TypeAlias = Run | Timer | Occurrence


async def attempt(what: Duty, ctx: Context) -> None:
    """Do it, unless it was done before, by whatever process."""
    if isinstance(what, Run):
        await running.finish(what, ctx)
    elif isinstance(what, Timer):
        if await ctx.uow.timers.claim(what, ctx.now):
            await FOLLOWUPS[what.kind](what, ctx)
    else:
        plan, reason = what.plan, what.why_skipped(ctx.now)
        if reason:
            await running.skip(what.slot, plan.chat.id, plan.settings, reason, ctx)
        else:
            await running.hold(what.slot, plan.chat.id, plan.settings, ctx)


async def give_up(what: Duty, ctx: Context) -> None:
    """Record that it failed, so that it neither comes again nor stands in the way."""
    if isinstance(what, Run):
        await ctx.uow.runs.close(what.id, ERROR)
    elif isinstance(what, Timer):
        await ctx.uow.timers.claim(what, ctx.now)
    else:
        await running.skip(what.slot, what.plan.chat.id, what.plan.settings, ERROR, ctx)


def ids(what: Duty) -> dict[str, object]:
    """Return what the log may say about something due."""
    if isinstance(what, Run):
        return {"ritual": what.ritual, "chat_id": what.chat_id, "run_id": what.id, "step": "finish"}
    if isinstance(what, Timer):
        return {"timer_id": what.id, "kind": what.kind, "subject": what.subject, "step": "timer"}
    return {
        "ritual": what.plan.settings.name, "chat_id": what.plan.chat.id, "slot": what.slot.slot, "step": "begin",
    }  # fmt: skip
