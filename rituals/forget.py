"""Timer `forget`: after somebody was forgotten, their name goes out of what was said to others, step by step.

The timer holds the name for the minutes this takes, and is erased with it at the end.
"""

from __future__ import annotations

from datetime import timedelta

from rituals import voices
from rituals.base import Context
from storage.rewording import SWEPT, Needles
from storage.timers import Timer

_PAUSE = timedelta(seconds=1)  # so that whoever waits to write comes in between
_LOOK_AGAIN = timedelta(minutes=1)


async def forget(timer: Timer, ctx: Context) -> None:
    """Go over the next rows; at the end drop our last message to them, and this timer."""
    data = timer.data
    step, after = int(data["step"]), int(data["after"])
    member_id = voices.number_of(timer.subject, "member")
    if step < len(SWEPT):
        needles = Needles(**{**data["needles"], "names": tuple(data["needles"]["names"])})
        on = await ctx.uow.rewording.reword(SWEPT[step], after, int(data["until"][SWEPT[step]]), needles)
        step, after = (step + 1, 0) if on is None else (step, on)
        await ctx.uow.timers.again(timer, ctx.now + _PAUSE, {**data, "step": step, "after": after})
        return
    if member_id is not None:
        await ctx.uow.forgetting.tidy(member_id)
    if await ctx.uow.forgetting.take_leave(data["farewell"]):
        await ctx.uow.timers.erase(timer)
    else:
        await ctx.uow.timers.again(timer, ctx.now + _LOOK_AGAIN, data)
