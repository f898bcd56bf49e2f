"""Untagged words that hurt, in a group that nobody asked to tag anything (PRODUCT §7). Off unless the config says so.

Used by the intents `overheard` and `unknown`. What is found is shown to staff and forgotten; it is no feedback yet.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.base import Context
from handlers.tags import clean
from storage.records import STAFF, ChatKind

MOST_CHARACTERS = 300  # of what is looked at, some 0.4 ms of CPU: a rant is known by its beginning
_KEPT = 1_000  # characters that staff may read
_ONE_ALERT_IN = timedelta(minutes=30)  # who goes on complaining has been heard
_LOOK_AFTER = timedelta(seconds=2)


async def overhear(ctx: Context) -> bool:
    """Let staff know of words that hurt; False if these are none, or nobody wants to know."""
    event = ctx.event
    if not ctx.settings.complaints.detect or ctx.chat.kind is not ChatKind.GROUP:
        return False
    text = clean(event.text)
    if not text or not event.sender.is_person or ctx.sender.role in STAFF:
        return False
    if not ctx.triage.is_complaint(text[:MOST_CHARACTERS]):
        return False
    until = ctx.now + _ONE_ALERT_IN
    if not await ctx.uow.expectations.caution(ctx.sender.id, f"overheard:{ctx.chat.id}", ctx.now, until):
        return True
    complaint = await ctx.uow.complaints.add(
        chat_id=ctx.chat.id, member_id=ctx.sender.id, message_id=event.message_id, link=event.link, text=text[:_KEPT],
        now=ctx.now,
    )  # fmt: skip
    if complaint is not None:
        await ctx.uow.timers.put(
            f"{complaint.subject}:look", "complaint", ctx.now + _LOOK_AFTER, subject=complaint.subject
        )
    return True
