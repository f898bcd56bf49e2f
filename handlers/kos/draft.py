"""Intent `draft`: staff have an answer drafted, or a topic's problem in one sentence. Writes: drafting, outbox.

Here it is only asked for: the bot fetches it, brings it to who asked, and a person sends it or does not.
"""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.events import Event, called, pressed
from handlers.references import FeedbackRef, parse, resolve, subject_of
from storage.records import STAFF

NAME = "draft"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("draft", "草稿")
EXAMPLE = "/draft 128"


def match(event: Event, settings: Settings) -> FeedbackRef | None:
    """Return what a draft is wanted for, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        return parse(rest)[0]
    arguments = pressed(event, NAME)
    return parse(arguments[0])[0] if arguments else None


async def handle(event: Event, argument: FeedbackRef, ctx: Context) -> None:
    """Ask for the draft, if there is an assistant and who said it speaks openly; whoever asks twice waits once."""
    del event
    if not ctx.settings.has_assistant:
        raise UserError("draft.off")
    feedback = await resolve(argument, ctx)
    if not feedback.is_open_voice and argument.topic is None:
        raise UserError("draft.hidden", number=feedback.id)
    language = ctx.language
    if await ctx.uow.drafting.ask(feedback.id, ctx.sender.id, language, ctx.now, topic_id=argument.topic):
        await ctx.uow.audit.add(NAME, by_id=ctx.sender.id, now=ctx.now, subject=subject_of(feedback.id))
    await aside(ctx, ctx.say("draft.asked"))
