"""Timer `retention`: once a day, what is older than `[retention]` says goes, a small batch a second."""

from __future__ import annotations

from datetime import timedelta

from rituals.base import Context
from storage.retention import Kept
from storage.timers import Timer

_PAUSE = timedelta(seconds=1)  # so that whoever waits to write comes in between

_COPIES_FOR = timedelta(days=1)


async def sweep(timer: Timer, ctx: Context) -> None:
    """Remove the next batch, and come again until nothing is left."""
    order = tuple(Kept)
    if not timer.data:
        await ctx.uow.retention.empty_copies(ctx.now - _COPIES_FOR)
    place = int(timer.data.get("place", 0))
    while place < len(order) and ctx.settings.retention.period(order[place]) is None:
        place += 1
    if place >= len(order):
        return
    period = ctx.settings.retention.period(order[place])
    cursor = timer.data.get("cursor") if timer.data.get("place") == place else None
    if period is not None:
        cursor = await ctx.uow.retention.sweep(order[place], ctx.now - period, cursor)
    data = {"place": place + (cursor is None), "cursor": cursor}
    await ctx.uow.timers.again(timer, ctx.now + _PAUSE, data)
