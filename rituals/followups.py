"""What happens when a timer comes due. `FOLLOWUPS` is the table of kinds; called by the clock.

Each looks first whether its reason still holds: a timer is a promise to look, not to speak.
"""

from __future__ import annotations

from collections.abc import Mapping

from rituals import checkin
from rituals.asked import begin
from rituals.base import Context, Followup
from storage.records import RunState, Timer


async def refresh(timer: Timer, ctx: Context) -> None:
    """Bring the counter of an open check-in up to date."""
    run = await ctx.uow.runs.get(int(timer.subject.removeprefix("run:")))
    if run.state is RunState.OPEN and run.kind == checkin.KIND:
        await checkin.refresh(run, await ctx.uow.chats.get(run.chat_id), ctx)


FOLLOWUPS: Mapping[str, Followup] = {
    "refresh": refresh,
    "begin": begin,
}
