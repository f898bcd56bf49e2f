"""Intent `verify`: is it really better? Writes: feedback, verdicts, credit, timers, expectations, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import outcome, talks
from handlers.base import Context, Settings
from handlers.capture import offer
from handlers.claims import TALK
from handlers.events import Event, EventKind, pressed
from handlers.quotes import quote_of
from handlers.references import subject_of
from handlers.tags import clean, weight
from handlers.verifying import VERIFY, answer, answer_in_words, ask_which, settle
from handlers.wordings import is_half, opinion
from storage.records import EVERYBODY, Change, Feedback, Verdict
from storage.verdicts import ASKED

NAME = VERIFY
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""


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
        elif len(open_ones) == 1 and argument.verdict is Verdict.BETTER and is_half(argument.note):
            await ask_which(ctx, open_ones[0])
        elif len(open_ones) == 1:
            await answer_in_words(ctx, open_ones[0], argument.verdict, argument.note)
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
        await answer(feedback, question, press.verdict, "", ctx)
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
    await settle(ctx, ctx.say("verify.noted", number=feedback.id))
    ctx.toast = ctx.label("verify.noted", number=feedback.id)


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
