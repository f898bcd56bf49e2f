"""Intent `unmerge`: two voices are not about the same thing after all. Writes: topics, followers, audit, outbox."""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.merging import give_back, unlink
from handlers.references import FeedbackRef, parse, resolve
from storage.records import STAFF

NAME = "unmerge"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("unmerge", "取消合并")
EXAMPLE = "/unmerge 131"


def match(event: Event, settings: Settings) -> FeedbackRef | None:
    """Return what is to be taken out, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        return parse(rest)[0]
    arguments = pressed(event, NAME)
    ref = parse(arguments[0])[0] if arguments else FeedbackRef()
    return ref if ref != FeedbackRef() else None


async def handle(event: Event, argument: FeedbackRef, ctx: Context) -> None:
    """Take one feedback out of its topic, or give a topic back what was merged away with it."""
    if argument.topic is not None:
        topic = await ctx.uow.topics.find_itself(argument.topic)
        if topic is None:
            raise UserError("topic.unknown", number=argument.topic)
        into = await give_back(ctx, topic)
        words = {"name": topic.name, "topic": into.name}
    else:
        feedback = await resolve(argument, ctx)
        words = {"name": f"#{feedback.id}", "topic": (await unlink(ctx, feedback)).name}
    if event.kind is EventKind.PRESS:
        ctx.toast = ctx.label("unmerge.done", **words)
    else:
        await aside(ctx, ctx.say("unmerge.done", **words))
