"""Who was hurt and says it is better is called back after a week. Used by the intents `verify` and `told`."""

from __future__ import annotations

from handlers.base import Context
from handlers.references import subject_of
from storage.records import Feedback


async def expect(ctx: Context, feedback: Feedback) -> None:
    """Note the recovery of a negative feedback that was just verified, and promise to remind its owner."""
    if not feedback.negative:
        return
    await ctx.uow.recoveries.put(feedback, ctx.now)
    subject = subject_of(feedback.id)
    await ctx.uow.timers.put(
        f"{subject}:recovery:{ctx.event.platform}:{ctx.event.update_id}", "recovery",
        ctx.now + ctx.settings.complaints.call_back_after, subject=subject,
    )  # fmt: skip
