"""The answer of who was asked whether it is really better: what it moves, whom it tells, how our question ends.

Used by the intents `verify` and `trial`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import casework, echoes, honours, outcome, recovery
from handlers.base import Context
from handlers.claims import end_talk
from handlers.references import subject_of
from handlers.siblings import follow_suit
from handlers.spans import span
from storage.messages import Button, Message, Text, decode
from storage.records import Change, Feedback, FeedbackClass, Status, Verdict

VERIFY = "verify"  # the intent of who is asked
_ANSWER_WITHIN = timedelta(hours=24)


async def answer_in_words(ctx: Context, feedback: Feedback, verdict: Verdict, note: str) -> None:
    """Take what somebody said in their own words to the question that is open."""
    question = await ctx.uow.verdicts.find_question(feedback.id)
    if question is not None:
        await answer(feedback, question, verdict, note, ctx)


async def ask_which(ctx: Context, feedback: Feedback) -> None:
    """Ask who found it better and not, which of the two it is: what is half done is never taken for verified."""
    question = await ctx.uow.verdicts.find_question(feedback.id)
    if question is None:
        return
    is_answer = question.after is Status.ANSWERED
    buttons = echoes.verdict_buttons(feedback, question, is_answer=is_answer)
    row = tuple(echoes.replace_label(ctx, button, ctx.language) for button in buttons)
    await ctx.reply(Message(text=ctx.say("verify.half", number=feedback.id), buttons=(row,)))


async def answer(feedback: Feedback, question: Change, verdict: Verdict, note: str, ctx: Context) -> None:
    """Write the verdict down, and do what follows from it."""
    before = await ctx.uow.verdicts.find(question.id, ctx.sender.id)
    await ctx.uow.verdicts.put(question.id, feedback.id, ctx.sender.id, verdict, ctx.now, note)
    if verdict is Verdict.BETTER:
        await _close(feedback, question, ctx)
    elif verdict is Verdict.STILL:
        await _reopen(feedback, question, note, ctx)
    else:
        await _ask_later(feedback, question, ctx, was_put_off=before is Verdict.CANNOT_TRY)


async def _close(feedback: Feedback, question: Change, ctx: Context) -> None:
    """Verified: credit, thanks here and where it started, and word to the owner."""
    subject = subject_of(feedback.id)
    await ctx.uow.feedback.change(feedback, Status.VERIFIED, by_id=ctx.sender.id, note="", now=ctx.now)
    await follow_suit(ctx, feedback, Status.VERIFIED)
    await end_talk(ctx, feedback)
    await ctx.uow.timers.cancel(subject, "verify_reminder", "unconfirmed")
    text_id = "verify.thanks_for_answer"
    button: Button | None = None
    earned = honours.Earned()
    if question.after is Status.RESOLVED:
        text_id = "verify.thanks"
        earned = await honours.credit_verified(ctx, feedback, ctx.sender)
        if await outcome.thank_in_group(ctx, feedback, question):
            button = outcome.naming_button(ctx, feedback, question.id, is_named=ctx.sender.is_named)
    words = (*ctx.say(text_id, number=feedback.id), *honours.yours(ctx, earned))
    await settle(ctx, words, button=button)
    ctx.toast = ctx.label("verify.thanks_toast")
    await casework.refresh_all(ctx, [await ctx.uow.feedback.get(feedback.id)])
    await recovery.expect(ctx, feedback)
    await outcome.tell_owner(ctx, feedback, question, "outcome.verified")


async def _reopen(feedback: Feedback, question: Change, note: str, ctx: Context) -> None:
    """Reopen at once, the sentence may follow: who says nothing more has still been heard, and work begins earlier."""
    subject = subject_of(feedback.id)
    due = await _half_time(feedback, ctx)
    owner_id = feedback.owner_id or question.by_id
    change = await ctx.uow.feedback.change(
        feedback,
        Status.IN_REVIEW,
        by_id=ctx.sender.id,
        note=note,
        now=ctx.now,
        review_due=due,
        update_due=due,
        owner_id=owner_id,
    )
    await follow_suit(ctx, feedback, Status.IN_REVIEW, note=note)
    if feedback.feedback_class is FeedbackClass.SERVICE:
        service = ctx.settings.service
        reopened = await ctx.uow.feedback.get(feedback.id)
        await ctx.uow.service.start(reopened, ctx.now, service, span=service.first_reply / 2, is_known=True)
    await ctx.uow.timers.cancel(subject, "verify_reminder", "unconfirmed")
    await ctx.uow.outbox.cancel(subject)
    await casework.refresh_all(ctx, [await ctx.uow.feedback.get(feedback.id)])
    await outcome.tell_reopened(ctx, feedback, change, owner_id, note=note, due=due)
    ctx.toast = ctx.label("verify.reopened_toast", number=feedback.id)
    if note:
        await settle(ctx, ctx.say("verify.explained", number=feedback.id))
        return
    await settle(ctx, ctx.say("verify.reopened", number=feedback.id))
    await ctx.uow.expectations.put(
        ctx.chat.id, ctx.sender.id, VERIFY,
        {"feedback": feedback.id, "asked": question.id, "reopened": change.id}, ctx.now + _ANSWER_WITHIN,
    )  # fmt: skip


async def _half_time(feedback: Feedback, ctx: Context) -> datetime:
    """Return by when what is not better wants its next word: in half the time it had at first."""
    service = ctx.settings.service
    due = None
    if feedback.feedback_class is FeedbackClass.SERVICE:
        due = service.hours.add(ctx.now, service.first_reply / 2)
    return due or ctx.now + ctx.settings.times.review_within / 2


async def _ask_later(feedback: Feedback, question: Change, ctx: Context, *, was_put_off: bool) -> None:
    """Ask once more after a while; the second time, leave it to the member."""
    subject = subject_of(feedback.id)
    times = ctx.settings.times
    if was_put_off:
        await settle(ctx, ctx.say("verify.whenever", number=feedback.id), keep_buttons=True)
        ctx.toast = ctx.label("verify.whenever", number=feedback.id)
        return
    await ctx.uow.timers.cancel(subject, "verify_reminder", "unconfirmed")
    data = {"change": question.id, "member": feedback.contributor_id, "again": True}
    key = f"{subject}:change:{question.id}:again"
    due = ctx.now + times.reminder_after
    await ctx.uow.timers.put(f"{key}:verify_reminder", "verify_reminder", due, subject=subject, data=data)
    due = ctx.now + times.unconfirmed_after
    await ctx.uow.timers.put(f"{key}:unconfirmed", "unconfirmed", due, subject=subject, data=data)
    words = ctx.say("verify.later", span=span(ctx, times.reminder_after))
    await settle(ctx, words, keep_buttons=True)
    ctx.toast = ctx.label("verify.later", span=span(ctx, times.reminder_after))


async def settle(
    ctx: Context, words: Text, *, keep_buttons: bool = False, button: Button | None = None
) -> None:
    """Let our question end in the answer, its buttons gone; where it cannot be edited, say the words anew."""
    asked = await ctx.pressed()
    if asked is None or not await ctx.uow.promises.is_alone(asked):
        await ctx.reply(Message(text=words, buttons=((button,),) if button else ()))
        return
    said = decode(asked.content)
    rows = tuple(
        tuple(button for button in row if not button.action.endswith(f":{Verdict.CANNOT_TRY}"))
        for row in said.buttons
    )
    if not keep_buttons:
        rows = ((button,),) if button else ()
    message = Message(text=(*said.text, "\n\n", *words), buttons=rows, about=said.about)
    await ctx.uow.outbox.edit(asked.key, message, now=ctx.now)
