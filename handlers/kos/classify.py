"""Intent `class`: a person says what a feedback is; the guess ends. Writes: feedback, corrections, audit, outbox."""

from __future__ import annotations

from dataclasses import replace

from handlers import orders
from handlers.base import Context, Event, NotUnderstoodError, Settings, called
from handlers.orders import Order
from handlers.references import parse
from handlers.statuses import class_word
from storage.records import STAFF, FeedbackClass

NAME = "class"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("class", "归类")
EXAMPLE = "/class 128 建议"
_WORDS = {
    "service": FeedbackClass.SERVICE,
    "服务": FeedbackClass.SERVICE,
    "服务问题": FeedbackClass.SERVICE,
    "suggestion": FeedbackClass.SUGGESTION,
    "建议": FeedbackClass.SUGGESTION,
    "产品建议": FeedbackClass.SUGGESTION,
    "流程缺陷": FeedbackClass.SUGGESTION,
    "praise": FeedbackClass.PRAISE,
    "表扬": FeedbackClass.PRAISE,
}


def match(event: Event, settings: Settings) -> Order | None:
    """Return which feedback and which class, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        return orders.pressed_order(event, NAME)
    return Order(*parse(rest))


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Confirm or correct the class; what was guessed wrongly is kept for training."""
    del event
    feedback = await orders.find(argument, ctx)
    if feedback is None:
        return
    chosen = _WORDS.get(argument.text.strip(" 。.").lower())
    if chosen is None:
        raise NotUnderstoodError("class.unknown", example=ctx.label("class.example"))
    await ctx.uow.feedback.classify(feedback, chosen, ctx.now)
    await orders.record(ctx, feedback, NAME, f"{feedback.feedback_class} -> {chosen}")
    feedback = replace(feedback, feedback_class=chosen, is_guess=False)
    line = ctx.say("class.done", number=feedback.id, word=class_word(ctx, chosen))
    await orders.done(ctx, feedback, line)
