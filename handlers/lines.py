"""A feedback as one line of a list, and whether it is late. Used by lists and by the card."""

from __future__ import annotations

from datetime import date, datetime

from handlers.base import Context
from handlers.quotes import quote_of
from handlers.spans import span
from handlers.statuses import MODE_WORDS, class_of
from storage.messages import Text
from storage.records import OPEN, Feedback, Status


def is_late(feedback: Feedback, now: datetime, today: date) -> bool:
    """Tell whether the next word was due: the first review, the promised date, or the end of a hold."""
    if feedback.status not in OPEN:
        return False
    if feedback.held_until is not None:
        return feedback.held_until <= today
    if feedback.status is Status.RECEIVED:
        return feedback.review_due <= now
    if feedback.update_due is not None and feedback.update_due <= now:
        return True
    return feedback.planned_for is not None and feedback.planned_for < today


def line(ctx: Context, feedback: Feedback, who: str, *, voices: int = 1) -> Text:
    """Return a feedback as one line of a list: number, class, age, who, first words, a mark if late.

    With `voices` it stands for that many of its topic.
    """
    late = is_late(feedback, ctx.now, ctx.now.astimezone(ctx.chat.zone).date())
    return ctx.say(
        "card.line_late" if late else "card.line",
        number=feedback.id,
        kind=class_of(ctx, feedback) + _topic(ctx, feedback, voices),
        age=span(ctx, ctx.now - feedback.created_at),
        who=who if feedback.is_open_voice else f"{who} · {ctx.label(MODE_WORDS[feedback.mode])}",
        quote=quote_of(ctx, feedback, 24),
    )


def _topic(ctx: Context, feedback: Feedback, voices: int) -> str:
    """Return which topic it is part of, and how many voices of it the line stands for."""
    if not feedback.topic_id:
        return ""
    name = f" · T{feedback.topic_id}"
    return name if voices == 1 else name + ctx.label("card.line_voices", count=voices)
