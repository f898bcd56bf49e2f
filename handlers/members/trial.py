"""Intent `trial`: who was asked to try a change answers, tries it, and says what they found.

Writes: betas, credit, expectations, outbox. A trial moves no status: what was tried is not out yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers import honours
from handlers.base import Context, Settings
from handlers.echoes import VERDICT_WORDS
from handlers.events import Event, EventKind, pressed
from handlers.quotes import quote_of
from handlers.references import subject_of
from handlers.tags import clean, weight
from handlers.verifying import answer_in_words
from handlers.wordings import opinion
from storage.betas import Beta, Trial, TrialState
from storage.contributions import Credit
from storage.messages import Button, Message, Quote, Text, decode, plain
from storage.records import EVERYBODY, ChatKind, Feedback, Verdict

NAME = "trial"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_ANSWER_WITHIN = timedelta(hours=24)
_QUOTED = 20
_LONGEST = 1_000
_ANSWERS = {"try": TrialState.TRYING, "pass": TrialState.PASSED}


@dataclass(frozen=True, slots=True)
class Answer:
    """A button of ours, the same in words, or the sentence that follows 「还不行」 (then only `note` is set)."""

    beta_id: int
    said: TrialState | Verdict
    note: str = ""
    is_worded: bool = False


def match(event: Event, settings: Settings) -> Answer | None:
    """Return the answer, None if the event is none. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        if len(arguments) != 2 or not arguments[0].isdecimal():
            return None
        number, said = int(arguments[0]), arguments[1]
        if said in _ANSWERS:
            return Answer(number, _ANSWERS[said])
        return Answer(number, Verdict(said)) if said in set(Verdict) else None
    if event.kind is not EventKind.MESSAGE or event.is_command or event.awaited is None:
        return None
    if event.awaited.intent != NAME:
        return None
    number = int(event.awaited.data["beta"])
    if not event.awaited.data.get("asks"):
        return Answer(number, Verdict.STILL, event.text)
    found = opinion(event.text)
    return None if found is None else Answer(number, *found, is_worded=True)


async def handle(event: Event, argument: Answer, ctx: Context) -> None:
    """Take the answer of who was asked, and of nobody else."""
    del event
    beta = await ctx.uow.betas.find(argument.beta_id)
    trial = None if beta is None else await ctx.uow.betas.find_trial(beta.id, ctx.sender.id)
    if beta is None or trial is None:
        ctx.toast = ctx.label("trial.not_asked")
        return
    feedback = await ctx.uow.feedback.get(beta.feedback_id)
    out = await _asked_since(feedback, ctx) if argument.is_worded else None
    if out is not None and isinstance(argument.said, Verdict):
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        await answer_in_words(ctx, out, argument.said, argument.note)
    elif argument.note and not argument.is_worded:
        await _explain(beta, trial, feedback, clean(argument.note)[:_LONGEST], ctx)
    elif isinstance(argument.said, Verdict):
        await _found(beta, trial, feedback, argument.said, ctx)
        if argument.note and argument.said is Verdict.STILL:
            await _explain(beta, trial, feedback, clean(argument.note)[:_LONGEST], ctx)
    else:
        await _answered(beta, trial, argument.said, ctx)


async def _asked_since(feedback: Feedback, ctx: Context) -> Feedback | None:
    """Return what the sender is asked about now that what they tried is out, None if it is not."""
    for asked in await ctx.uow.verdicts.list_asked(ctx.sender.id):
        if asked.id == feedback.id or (asked.topic_id is not None and asked.topic_id == feedback.topic_id):
            return asked
    return None


async def _answered(beta: Beta, trial: Trial, state: TrialState, ctx: Context) -> None:
    """Note whether they try it; whoever does gets the buttons to say what they found."""
    if trial.state in (TrialState.DONE, TrialState.RENEWED):
        ctx.toast = ctx.label("trial.again" if trial.state is TrialState.DONE else "trial.renewed")
        return
    if state is TrialState.TRYING and beta.until and beta.until < ctx.now.astimezone(ctx.chat.zone).date():
        words = ctx.say("trial.over", day=ctx.texts.day(ctx.language, beta.until))
        ctx.toast = plain(words)
        await _settle(ctx, words, ())
        return
    await ctx.uow.betas.change(trial, ctx.now, state=state)
    if state is TrialState.PASSED:
        ctx.toast = ctx.label("trial.passed")
        await _settle(ctx, ctx.say("trial.passed"), ())
        return
    row = tuple(
        ctx.button(text_id, f"{NAME}:{beta.id}:{verdict}") for verdict, text_id in VERDICT_WORDS.items()
    )
    day = "" if beta.until is None else ctx.texts.day(ctx.language, beta.until)
    words = ctx.say("trial.trying_until", day=day) if day else ctx.say("trial.trying")
    ctx.toast = plain(words)
    await _settle(ctx, words, row)
    await ctx.uow.expectations.put(
        ctx.chat.id, ctx.sender.id, NAME, {"beta": beta.id, "asks": True}, ctx.now + _ANSWER_WITHIN
    )


async def _found(beta: Beta, trial: Trial, feedback: Feedback, verdict: Verdict, ctx: Context) -> None:
    """Record the verdict; it is a verification given, whatever it says."""
    if trial.verdict is verdict:
        ctx.toast = ctx.label("trial.again")
        return
    await ctx.uow.betas.change(trial, ctx.now, state=TrialState.DONE, verdict=verdict)
    earned = None
    if verdict is not Verdict.CANNOT_TRY:
        earned = await honours.credit(ctx, ctx.sender, Credit.VERIFICATION, f"beta:{beta.id}")
    await _tell_staff(ctx, beta, feedback, VERDICT_WORDS[verdict], "")
    if verdict is Verdict.STILL:
        await ctx.uow.expectations.put(
            ctx.chat.id, ctx.sender.id, NAME, {"beta": beta.id}, ctx.now + _ANSWER_WITHIN
        )
    ctx.toast = ctx.label(_THANKS[verdict])
    row: tuple[Button, ...] = ()
    words = (*ctx.say(_THANKS[verdict]), *honours.yours(ctx, earned or honours.Earned()))
    own = await _own_open_voice(feedback, ctx) if verdict is Verdict.BETTER else None
    if own is not None:
        words = (*words, *ctx.say("trial.own_words"))
        row = (Button(ctx.label("trial.open_thread"), url=own.link),) if own.link else ()
    await _settle(ctx, words, row)


_THANKS = {
    Verdict.BETTER: "trial.thanks",
    Verdict.STILL: "trial.still",
    Verdict.CANNOT_TRY: "trial.cannot",
}


async def _own_open_voice(feedback: Feedback, ctx: Context) -> Feedback | None:
    """Return what the sender said of it in a group by their own name: there they may say how it went.

    Nobody else is asked to, and nobody whose voice is not open.
    """
    own: Feedback | None = feedback
    if feedback.contributor_id != ctx.sender.id and feedback.topic_id is not None:
        own = await ctx.uow.boards.find_own_voice(feedback.topic_id, ctx.sender.id)
    if own is None or own.contributor_id != ctx.sender.id or own.on_behalf_of or not own.is_open_voice:
        return None
    origin = await ctx.uow.chats.get(own.chat_id)
    return own if origin.kind is ChatKind.GROUP else None


async def _explain(beta: Beta, trial: Trial, feedback: Feedback, note: str, ctx: Context) -> None:
    """Keep the sentence that says what is still wrong, and pass it on."""
    if not weight(note):
        return
    await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    await ctx.uow.betas.change(trial, ctx.now, note=note)
    await ctx.uow.notes.add(
        feedback.id, ctx.sender.id, ctx.label("trial.note", note=note[:_LONGEST]), ctx.now
    )
    await _tell_staff(ctx, beta, feedback, "trial.told_note", note)
    await ctx.reply(ctx.say("trial.explained", number=feedback.id))


async def _tell_staff(ctx: Context, beta: Beta, feedback: Feedback, found: str, note: str) -> None:
    """Tell who asked them what was found."""
    asker = await ctx.uow.members.get(beta.by_id)
    if asker.id == ctx.sender.id:
        return
    language = await ctx.language_of(asker)
    words: Text = ctx.texts.text(
        language, "trial.told", who=ctx.sender.address, number=feedback.id,
        quote=quote_of(ctx, feedback, _QUOTED, language),
        found=ctx.texts.plain(language, found),
    )  # fmt: skip
    words = (*words, Quote(note)) if note else words
    key = f"beta:{beta.id}:member:{ctx.sender.id}:{found}:told"
    await ctx.tell(
        asker, Message(text=words, about=f"#{feedback.id}"), key=key, subject=subject_of(feedback.id)
    )


async def _settle(ctx: Context, words: Text, row: tuple[Button, ...]) -> None:
    """Let our question end in these words and buttons; where it cannot be edited, say them anew."""
    asked = await ctx.pressed()
    buttons = (row,) if row else ()
    if asked is None or not await ctx.uow.promises.is_alone(asked):
        await ctx.reply(Message(text=words, buttons=buttons))
        return
    said = decode(asked.content)
    await ctx.uow.outbox.edit(
        asked.key, Message(text=(*said.text, "\n\n", *words), buttons=buttons, about=said.about), now=ctx.now
    )
