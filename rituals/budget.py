"""The fatigue budget of a group (PRODUCT §2), and why a ritual may not post now. Called by `running`."""

from __future__ import annotations

from rituals.base import Context
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
    if not await ctx.uow.promises.has_room(chat, ctx.settings.manners, ctx.now):
        return BUDGET
    return ""
