"""How long members have checked in without a gap, over a ritual's own calendar. Pure over the Context."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rituals.base import Context
from storage.runs import Run

_CHUNK = 32
"""How many runs are read at a time: few streaks are longer."""


async def list_streaks(
    run: Run, calendar: str | frozenset[date], members: Iterable[int], most: int, ctx: Context
) -> dict[int, int]:
    """Return on how many held days in a row each of the run's members checked in, counted up to `most` + 1.

    A day on which the ritual was not held breaks nothing, be it off its calendar (a weekend), paused or
    missed by us; nor does an extra run off the calendar that staff asked for.
    """
    streaks = dict.fromkeys(members, 1)
    alive, day, here, is_counted = set(streaks), run.day, set[int](), False
    offset = 0
    while alive and max(streaks.values()) <= most:
        runs = await ctx.uow.runs.list_held(run, _CHUNK, offset)
        offset += len(runs)
        present = await ctx.uow.checkins.list_by_run(earlier.id for earlier in runs)
        for earlier in runs:
            if earlier.day == run.day:  # the second run of a day: its streaks were told by the first
                told = alive & present.get(earlier.id, set())
                alive -= told
                streaks |= dict.fromkeys(told, 0)
            if earlier.day != day:
                if is_counted:
                    alive &= here
                    for member in alive:
                        streaks[member] += 1
                day, here = earlier.day, set()
                is_counted = day != run.day and ctx.calendar.is_on(calendar, day)
            here |= present.get(earlier.id, set())
        if len(runs) < _CHUNK:
            if is_counted:
                for member in alive & here:
                    streaks[member] += 1
            break
    return streaks
