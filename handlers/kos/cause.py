"""Intent `cause`: a KOS says why it hurt, of one feedback or of all its topic. Writes: causes, audit, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import orders, rootcause
from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings
from handlers.events import Event, EventKind, called, pressed
from handlers.matters import matter_of
from handlers.references import FeedbackRef, parse, resolve
from storage.messages import Message, plain
from storage.records import OPEN, STAFF, Feedback

NAME = rootcause.CAUSE
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("cause", "原因")
EXAMPLE = "/cause 128 物流"


@dataclass(frozen=True, slots=True)
class Naming:
    """Which feedback, and its cause in somebody's word; "" asks for it."""

    ref: FeedbackRef
    said: str


def match(event: Event, settings: Settings) -> Naming | None:
    """Return the naming, pressed or typed, None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        return Naming(*parse(rest))
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 2 or not arguments[0].isdecimal():
        return None
    return Naming(FeedbackRef(int(arguments[0])), arguments[1])


async def handle(event: Event, argument: Naming, ctx: Context) -> None:
    """Write it down, or show what there is to choose from."""
    feedback = await resolve(argument.ref, ctx)
    if argument.said == rootcause.SKIP:
        ctx.toast = ctx.label("cause.skipped", number=feedback.id)
        await _redraw(ctx, feedback, is_skipped=True)
        return
    if not argument.said:
        await aside(
            ctx, await rootcause.question(ctx, feedback, ctx.language, is_fixed=feedback.status not in OPEN)
        )
        return
    cause = rootcause.find(ctx, argument.said)
    if cause is None:
        names = ctx.label("list.comma").join(
            rootcause.word(ctx, name, ctx.language) for name in ctx.settings.complaints.causes
        )
        raise NotUnderstoodError("cause.unknown", names=names, example=ctx.label("cause.example"))
    everything = (await matter_of(ctx, feedback)).feedback
    numbers = {feedback.id, *(each.id for each in everything if each.negative)}
    await ctx.uow.causes.put(sorted(numbers), cause, ctx.sender.id, ctx.now)
    await orders.record(ctx, feedback, NAME, cause)
    line = ctx.say("cause.done", number=feedback.id, name=rootcause.word(ctx, cause, ctx.language))
    if event.kind is EventKind.PRESS:
        ctx.toast = plain(line)
        await _redraw(ctx, feedback)
    else:
        await orders.done(ctx, feedback, line)


async def _redraw(ctx: Context, feedback: Feedback, *, is_skipped: bool = False) -> None:
    """Mark what was chosen, where the question can be edited; it may be pressed again."""
    message = await rootcause.question(ctx, feedback, ctx.language, is_fixed=feedback.status not in OPEN)
    if is_skipped:
        message = Message(text=ctx.say("cause.skipped", number=feedback.id))
    await ctx.replace(message)
