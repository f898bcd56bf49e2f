"""Intent `withdraw`: a member takes their own feedback back. Writes: feedback, timers, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import casework, storytelling
from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.knowing import resolve_own
from handlers.matters import matter_of
from handlers.public_cards import refresh_cards
from handlers.quotes import quote_of
from handlers.references import FeedbackRef, parse, subject_of
from handlers.statuses import status_word
from storage.messages import Message
from storage.records import EVERYBODY, Feedback, Status
from storage.statuses import may_follow

NAME = "withdraw"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("withdraw", "撤回")
EXAMPLE = "/withdraw 128"

_SURE = frozenset(("确认", "yes"))
_QUOTED = 24


@dataclass(frozen=True, slots=True)
class Wish:
    """Which feedback to take back; `sure` is None until its author was asked."""

    ref: FeedbackRef
    sure: bool | None = None
    version: int | None = None


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        if len(arguments) != 3 or not (arguments[0].isdecimal() and arguments[1].isdecimal()):
            return None
        return Wish(FeedbackRef(int(arguments[0])), arguments[2] == "yes", int(arguments[1]))
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    ref, tail = parse(rest)
    return Wish(ref, True if tail.casefold() in _SURE else None)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Ask its author, then close it as WITHDRAWN and take back what was about to be said of it."""
    feedback = await resolve_own(argument.ref, ctx, not_yours="withdraw.not_yours")
    if not may_follow(feedback.status, Status.WITHDRAWN):
        raise UserError("withdraw.too_late", number=feedback.id, status=status_word(ctx, feedback.status))
    if argument.version is not None and argument.version != feedback.version:
        raise UserError("withdraw.changed", number=feedback.id, status=status_word(ctx, feedback.status))
    if argument.sure is None:
        await _ask(feedback, ctx)
    elif argument.sure:
        await _withdraw(event, feedback, ctx)
    else:
        await _settle(event, ctx, "withdraw.kept", feedback)


async def _ask(feedback: Feedback, ctx: Context) -> None:
    quote = quote_of(ctx, feedback, _QUOTED)
    if not ctx.can(ctx.chat).buttons:
        await ctx.reply(ctx.say("withdraw.how", number=feedback.id, quote=quote))
        return
    action = f"{NAME}:{feedback.id}:{feedback.version}"
    row = (ctx.button("withdraw.yes", f"{action}:yes"), ctx.button("withdraw.no", f"{action}:no"))
    words = ctx.say("withdraw.question", number=feedback.id, quote=quote)
    await ctx.reply(Message(text=words, buttons=(row,)))


async def _withdraw(event: Event, feedback: Feedback, ctx: Context) -> None:
    subject = subject_of(feedback.id)
    change = await ctx.uow.feedback.change(
        feedback, Status.WITHDRAWN, by_id=ctx.sender.id, note="", now=ctx.now
    )
    await ctx.uow.timers.cancel(subject)
    await ctx.uow.outbox.cancel(subject)
    await ctx.uow.outbox.cancel(f"report:{feedback.id}")
    await casework.end(ctx, feedback)
    await storytelling.end(ctx, feedback.id)
    await _settle(event, ctx, "withdraw.done", feedback)
    await refresh_cards(ctx, await matter_of(ctx, await ctx.uow.feedback.get(feedback.id)))
    if feedback.owner_id is not None and feedback.owner_id != ctx.sender.id:
        owner = await ctx.uow.members.get(feedback.owner_id)
        language = await ctx.language_of(owner)
        words = ctx.texts.text(
            language, "withdraw.told", who=ctx.sender.address, number=feedback.id,
            quote=quote_of(ctx, feedback, _QUOTED, language),
        )  # fmt: skip
        key = f"{subject}:change:{change.id}:withdrawn:member:{owner.id}"
        await ctx.tell(owner, Message(text=words, about=f"#{feedback.id}"), key=key, subject=subject)


async def _settle(event: Event, ctx: Context, text_id: str, feedback: Feedback) -> None:
    """Let our question become its answer where messages can be edited; say it anew elsewhere."""
    words = ctx.say(text_id, number=feedback.id)
    if event.kind is EventKind.PRESS:
        ctx.toast = ctx.label(text_id, number=feedback.id)
    if not await ctx.replace(Message(text=words)):
        await ctx.reply(words)
