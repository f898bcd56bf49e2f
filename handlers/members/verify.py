"""Intent `verify`: is it really better? Writes: feedback, verdicts, credit, timers, expectations, outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import casework, honours, outcome, recovery, talks
from handlers.base import Context, Settings
from handlers.capture import offer
from handlers.claims import TALK, end_talk
from handlers.events import Event, EventKind, pressed
from handlers.quotes import quote_of
from handlers.references import subject_of
from handlers.siblings import follow_suit
from handlers.spans import span
from handlers.tags import clean, weight
from handlers.wordings import opinion
from storage.messages import Button, Message, Text, decode
from storage.records import EVERYBODY, Change, Feedback, FeedbackClass, Status, Verdict
from storage.verdicts import ASKED

NAME = "verify"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_ANSWER_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button under our question."""

    feedback_id: int
    change_id: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Worded:
    """The same answer in words, with the sentence that may follow it."""

    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is still wrong, said after 「还不行」."""

    feedback_id: int
    asked_id: int
    reopened_id: int


def match(event: Event, settings: Settings) -> Pressed | Worded | Sentence | None:
    """Return the answer, None if the event is none. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return _press(arguments)
    if event.kind is not EventKind.MESSAGE or event.is_command:
        return None
    if event.awaited is not None and event.awaited.intent == NAME:
        data = event.awaited.data
        return Sentence(int(data["feedback"]), int(data["asked"]), int(data["reopened"]))
    if not event.is_private:
        return None
    said = opinion(event.text)
    return None if said is None else Worded(*said)


async def handle(event: Event, argument: Pressed | Worded | Sentence, ctx: Context) -> None:
    """Take the answer to the one question that is open, or the sentence that explains it."""
    if isinstance(argument, Sentence):
        await _explain(event, argument, ctx)
    elif isinstance(argument, Worded):
        open_ones = await ctx.uow.verdicts.list_asked(ctx.sender.id)
        talk = talks.read(event.awaited.data) if event.awaited and event.awaited.intent == TALK else None
        if talk is not None:  # what is spoken about goes before what else was asked
            open_ones = [one for one in open_ones if one.id == talk.feedback_id] or open_ones
        if talk is not None and not open_ones:
            await talks.take(ctx, talk)
        elif len(open_ones) == 1:
            question = await ctx.uow.verdicts.find_question(open_ones[0].id)
            if question is not None:
                await _answer(open_ones[0], question, argument.verdict, argument.note, ctx)
        elif open_ones:
            listed = ctx.label("list.comma").join(
                ctx.label("verify.one_of", number=f.id, quote=quote_of(ctx, f, 12)) for f in open_ones
            )
            await ctx.reply(ctx.say("verify.which", listed=listed))
        else:
            await offer(ctx)
    else:
        await _take_press(argument, ctx)


def _press(arguments: tuple[str, ...]) -> Pressed | None:
    if len(arguments) != 3 or not (arguments[0].isdecimal() and arguments[1].isdecimal()):
        return None
    if arguments[2] not in set(Verdict):
        return None
    return Pressed(int(arguments[0]), int(arguments[1]), Verdict(arguments[2]))


async def _take_press(press: Pressed, ctx: Context) -> None:
    feedback = await ctx.uow.feedback.find(press.feedback_id)
    question = None if feedback is None else await ctx.uow.verdicts.find_question(feedback.id)
    if feedback is None or question is None or question.id != press.change_id:
        ctx.toast = ctx.label("verify.earlier")
    elif ctx.sender.id != feedback.contributor_id:
        await _take_follower(feedback, question, press.verdict, ctx)
    elif feedback.status in ASKED:
        await _answer(feedback, question, press.verdict, "", ctx)
    else:
        same = await ctx.uow.verdicts.find(question.id, ctx.sender.id) is press.verdict
        ctx.toast = ctx.label("verify.again" if same else "verify.earlier")


async def _take_follower(feedback: Feedback, question: Change, verdict: Verdict, ctx: Context) -> None:
    """Record what somebody else found who was told; only the contributor moves the status."""
    told = f"{subject_of(feedback.id)}:change:{question.id}:member:{ctx.sender.id}"
    follows = ctx.sender.id in await ctx.uow.followers.list_of(feedback.id)
    if not follows and await ctx.uow.promises.find(told) is None:
        ctx.toast = ctx.label("verify.not_asked")
        return
    await ctx.uow.verdicts.put(question.id, feedback.id, ctx.sender.id, verdict, ctx.now)
    await _settle(ctx, ctx.say("verify.noted", number=feedback.id))
    ctx.toast = ctx.label("verify.noted", number=feedback.id)


async def _answer(feedback: Feedback, question: Change, verdict: Verdict, note: str, ctx: Context) -> None:
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
    await _settle(ctx, words, button=button)
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
        await _settle(ctx, ctx.say("verify.explained", number=feedback.id))
        return
    await _settle(ctx, ctx.say("verify.reopened", number=feedback.id))
    await ctx.uow.expectations.put(
        ctx.chat.id, ctx.sender.id, NAME,
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
        await _settle(ctx, ctx.say("verify.whenever", number=feedback.id), keep_buttons=True)
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
    await _settle(ctx, words, keep_buttons=True)
    ctx.toast = ctx.label("verify.later", span=span(ctx, times.reminder_after))


async def _explain(event: Event, sentence: Sentence, ctx: Context) -> None:
    """Put the sentence where staff read it, and tell the owner."""
    note = clean(event.text)
    if not weight(note) and not event.attachments:
        return
    await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    await ctx.uow.verdicts.explain(sentence.asked_id, ctx.sender.id, note)
    await ctx.uow.feedback.explain(sentence.reopened_id, note)
    await ctx.uow.feedback.add_attachments(sentence.feedback_id, event.attachments)
    feedback = await ctx.uow.feedback.get(sentence.feedback_id)
    await outcome.tell_explained(ctx, feedback, sentence.reopened_id, note)
    await ctx.reply(ctx.say("verify.explained", number=feedback.id), subject=subject_of(feedback.id))


async def _settle(
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
