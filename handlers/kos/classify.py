"""Intent `class`: a person says what a feedback is; the guess ends. Writes: feedback, corrections, audit, outbox."""

from __future__ import annotations

from handlers import orders
from handlers.base import Context, NotUnderstoodError, Settings
from handlers.events import Event, called
from handlers.orders import Order
from handlers.references import parse, subject_of
from handlers.statuses import class_word
from storage.records import STAFF, Feedback, FeedbackClass, Status
from storage.service import UNANSWERED

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
    await _keep_time(ctx, feedback, chosen)
    feedback = await ctx.uow.feedback.get(feedback.id)
    line = ctx.say("class.done", number=feedback.id, word=class_word(ctx, chosen))
    await orders.done(ctx, feedback, line)


async def _keep_time(ctx: Context, feedback: Feedback, chosen: FeedbackClass) -> None:
    """Start the clock of what turns out to be a question; what turns out to be none waits for its review again."""
    if chosen is feedback.feedback_class or feedback.status not in UNANSWERED:
        return
    subject = subject_of(
        feedback.id
    )  # what turns out to be a defect is asked about now, if it was not before
    await ctx.uow.timers.put(f"{subject}:report:{chosen}", "report", ctx.now, subject=subject)
    if chosen is FeedbackClass.SERVICE:
        await ctx.uow.service.start(feedback, ctx.now, ctx.settings.service)
    elif feedback.feedback_class is FeedbackClass.SERVICE:
        await ctx.uow.service.stop(feedback)
        due = ctx.now + ctx.settings.times.review_within
        moved = {} if feedback.status is Status.RECEIVED else {"update_due": due}
        await ctx.uow.feedback.amend(feedback.id, ctx.now, review_due=due, **moved)
        await ctx.uow.service.watch(feedback.id, due, f"class:{ctx.event.update_id}")
