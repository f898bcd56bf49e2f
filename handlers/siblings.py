"""What one person said several times of one topic: they are asked once, and their answer holds for all of it.

Used by the intent `verify`.
"""

from __future__ import annotations

from handlers.base import Context
from handlers.references import subject_of
from storage.records import Feedback, Status


async def follow_suit(ctx: Context, feedback: Feedback, after: Status, *, note: str = "") -> None:
    """Let what the same person said of the same topic, and stood where this stood, go where this went."""
    if feedback.topic_id is None or feedback.on_behalf_of:
        return
    said = await ctx.uow.topics.list_feedback(feedback.topic_id, feedback.contributor_id)
    same = [
        each
        for each in said
        if each.id != feedback.id and each.status is feedback.status and not each.on_behalf_of
    ]
    if not same:
        return
    await ctx.uow.moves.change_all(same, after, by_id=ctx.sender.id, note=note, now=ctx.now)
    await ctx.uow.timers.cancel_all([subject_of(each.id) for each in same], "verify_reminder", "unconfirmed")
