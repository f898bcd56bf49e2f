"""Intent `answer`: add words to a thread of one's own, by its button. Writes: notes, expectations, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import letters
from handlers.base import Context, Settings, UserError
from handlers.digressions import calls_off
from handlers.events import Event, EventKind, pressed
from handlers.orders import LONE_WORDS
from storage.records import EVERYBODY

NAME = letters.ANSWER
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Which thread, and the words if they have come."""

    number: int
    is_said: bool
    is_off: bool = False


def match(event: Event, settings: Settings) -> Answer | None:
    """Return the answer, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return Answer(int(arguments[0]), is_said=False) if arguments and arguments[0].isdecimal() else None
    awaited = event.awaited
    is_words = (
        event.kind is EventKind.MESSAGE and not event.is_command and event.text.strip() not in LONE_WORDS
    )
    if awaited is None or awaited.intent != NAME or not is_words:
        return None
    return Answer(int(awaited.data["feedback"]), is_said=True, is_off=calls_off(event.text))


async def handle(event: Event, argument: Answer, ctx: Context) -> None:
    """Ask for the words, or pass them on; nobody writes to a thread that is not theirs."""
    feedback = await ctx.uow.feedback.find(argument.number)
    if feedback is None or feedback.contributor_id != ctx.sender.id:
        raise UserError("feedback.unknown", number=argument.number)
    if argument.is_off:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        await ctx.reply(ctx.say("private.stopped"))
    elif argument.is_said:
        await letters.answer(ctx, feedback, event.text)
    else:
        await letters.await_answer(ctx, feedback)
