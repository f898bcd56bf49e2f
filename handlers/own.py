"""A member's own feedback as a list: number, status in words, next date. Used by `mine` and `start`."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import casework
from handlers.base import Context
from handlers.facts import add_button
from handlers.quotes import quote_of
from handlers.statuses import status_word
from storage.messages import Button, Message, Part, Strong
from storage.records import OPEN, Feedback, Status

PAGE = 10
_QUOTED = 20


async def list_own(ctx: Context, page: int) -> Message:
    """Return one page of the sender's feedback, newest first, with buttons to the pages beside it."""
    total = await ctx.uow.feedback.count_of(ctx.sender.id)
    if not total:
        return Message(text=ctx.say("mine.nothing"))
    pages = -(-total // PAGE)
    page = min(max(page, 1), pages)
    zone = (await ctx.home_of(ctx.sender)).zone
    parts: list[Part] = [*ctx.say("mine.head", count=total)]
    shown = await ctx.uow.feedback.list_of(ctx.sender.id, limit=PAGE, offset=(page - 1) * PAGE)
    for feedback in shown:
        line = ctx.say(
            "mine.line", quote=quote_of(ctx, feedback, _QUOTED), status=status_word(ctx, feedback.status),
            next=_next(ctx, feedback, zone),
        )  # fmt: skip
        parts += ["\n", Strong(f"#{feedback.id}"), *line]
    row: list[Button] = []
    if page > 1:
        row.append(ctx.button("mine.newer", f"mine:{page - 1}"))
    if page < pages:
        row.append(ctx.button("mine.older", f"mine:{page + 1}"))
    if pages > 1:
        parts += ["\n", *ctx.say("mine.page", page=page, pages=pages)]
    rows = ((tuple(row),) if row else ()) + await add_button(ctx, shown)
    return Message(text=tuple(parts), buttons=rows + await casework.off_buttons(ctx))


def _next(ctx: Context, feedback: Feedback, zone: ZoneInfo) -> str:
    """Return what comes next and by when, in words; nothing for what is finished."""
    if feedback.held_until is not None and feedback.status in OPEN:
        return ctx.label("mine.next_held", day=ctx.texts.day(ctx.language, feedback.held_until))
    if feedback.planned_for is not None and feedback.status in OPEN:
        return ctx.label("mine.next_planned", day=ctx.texts.day(ctx.language, feedback.planned_for))
    if feedback.status in (Status.RECEIVED, Status.IN_REVIEW) and feedback.review_due > ctx.now:
        return ctx.label("mine.next_review", day=_day(ctx, feedback.review_due, zone))
    if feedback.status in (Status.RESOLVED, Status.ANSWERED):
        return ctx.label("mine.next_yours")
    return ""


def _day(ctx: Context, at: datetime, zone: ZoneInfo) -> str:
    return ctx.texts.day(ctx.language, at.astimezone(zone).date())
