"""The fatigue budget of a group (PRODUCT §2), and why a ritual may not post now. Called by `running`."""

from __future__ import annotations

from datetime import timedelta

from rituals.base import Context
from storage.manners import local_day
from storage.records import Chat, ChatState

MISSED, SUPERSEDED, ERROR = "missed", "superseded", "error"
"""Why the clock itself skips a Slot: too late, a later one was begun instead, or the ritual failed."""

LEFT, PAUSED, BUDGET = "left", "paused", "budget"
"""Why a group hears nothing now: we are no longer in it, staff paused it, it heard enough already."""

TOO_MANY, NO_QUESTIONS, NOTHING_MOVED = "too_many", "no_questions", "nothing_moved"
NOTHING_ASKED = "nothing_asked"
NOTHING_WAITS = "nothing_waits"
"""Why a ritual holds back by itself: too many polls are open, an empty bank, nothing to tell."""


async def why_silent(chat: Chat, ctx: Context) -> str:
    """Return why nothing unprompted may be posted in a group now, "" if it may."""
    if chat.state is not ChatState.SERVED:
        return LEFT
    if chat.paused_until is not None and chat.paused_until > ctx.now:
        return PAUSED
    manners = ctx.settings.manners
    start, _ = local_day(ctx.now, chat.zone)
    if await ctx.uow.promises.count_unprompted(chat.id, start) >= manners.posts_per_day:
        return BUDGET
    hour_ago = ctx.now - timedelta(hours=1) + timedelta(microseconds=1)  # a post just an hour old is past
    if await ctx.uow.promises.count_unprompted(chat.id, hour_ago) >= manners.posts_per_hour:
        return BUDGET
    return ""
