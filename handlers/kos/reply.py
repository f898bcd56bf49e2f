"""Intent `reply`: a KOS answers through the bot. Writes: feedback, audit, outbox, timers.

The answer goes to the member's private chat only: what somebody needs help with is theirs to share, and
a KOS who answers in the group by hand has said it there already.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from handlers import echoes, next_words, orders
from handlers.base import Context, Settings, UserError
from handlers.claims import WAITS, is_in_talk, listen
from handlers.events import Event
from handlers.orders import Order
from handlers.references import subject_of
from storage.messages import Button
from storage.records import STAFF, Change, Feedback, FeedbackClass, Status
from storage.statuses import may_follow

NAME = "reply"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("reply", "回复")
EXAMPLE = "/reply 128 已经补发，单号尾号 6021"

_SAME_WITHIN = timedelta(hours=1)
_QUESTION = re.compile(r"[?？]|[吗呢][。.!！~～\s]*$")


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Send the answer; a service question becomes ANSWERED and its author is asked whether that solved it."""
    taken = await orders.take(argument, ctx, intent=NAME, ask="reply.ask", example="reply.example")
    if taken is None:
        return
    feedback, text = taken
    if await _was_said(ctx, feedback, text):
        raise UserError("reply.same", number=feedback.id)
    key = f"{subject_of(feedback.id)}:reply:{event.platform}:{event.update_id}"
    after = _after(feedback)
    asks = after is Status.ANSWERED and feedback.feedback_class is FeedbackClass.SERVICE
    buttons: tuple[Button, ...] = ()
    change: Change | None = None
    if after is not None:
        moved = await orders.move(ctx, feedback, after, note=text if asks else "", intent=NAME)
        if moved is None:
            return
        feedback, change = moved
        key = echoes.change_key(feedback, change)
        if asks:
            buttons = echoes.verdict_buttons(feedback, change, is_answer=True)
    else:
        await ctx.uow.notes.add(feedback.id, ctx.sender.id, text, ctx.now)
        await next_words.put_off(ctx, [feedback])
        await orders.record(ctx, feedback, NAME)
    await ctx.uow.timers.cancel(subject_of(feedback.id), WAITS)
    await ctx.uow.service.add_reply(feedback, ctx.sender.id, ctx.now)
    told = await echoes.tell_people(
        ctx, feedback, await _wording(ctx, feedback, text, asks=asks), text=text, key=key, buttons=buttons,
        to_followers=False, manners=echoes.manners_of_an_answer(ctx, feedback),
    )  # fmt: skip
    if feedback.is_open_voice and not feedback.on_behalf_of and told.due:
        await listen(ctx, told.contributor, {"feedback": feedback.id, "to": ctx.sender.id})
    if asks and change is not None:
        await echoes.expect_verdicts(ctx, [(feedback, change)], told)
    line = ctx.say("reply.done", number=feedback.id)
    await orders.done(ctx, feedback, (*line, *echoes.receipt(ctx, feedback, told)))


async def _was_said(ctx: Context, feedback: Feedback, text: str) -> bool:
    """Tell whether the sender's last words to them, not long ago, were the same: sent twice by mistake."""
    said: list[tuple[int | None, str, datetime]] = [*await ctx.uow.notes.list_of(feedback.id)]
    said += [
        (change.by_id, change.note, change.at) for change in await ctx.uow.feedback.list_changes(feedback.id)
    ]
    by, words, at = max(said, key=lambda each: each[2], default=(0, "", ctx.now))
    return by == ctx.sender.id and words == text and ctx.now - at < _SAME_WITHIN


async def _wording(ctx: Context, feedback: Feedback, text: str, *, asks: bool) -> str:
    """Return how it is said: whole, as the next sentence of a talk, or without our question beside a question."""
    if await is_in_talk(ctx, feedback):
        return "echo.in_talk"
    return "echo.answered" if asks and not _QUESTION.search(text) else "echo.reply"


def _after(feedback: Feedback) -> Status | None:
    """Return the status an answer leads to: done for questions and praise, taken up for a suggestion."""
    if feedback.feedback_class is not FeedbackClass.SUGGESTION:
        return Status.ANSWERED if may_follow(feedback.status, Status.ANSWERED) else None
    return Status.IN_REVIEW if feedback.status is Status.RECEIVED else None
