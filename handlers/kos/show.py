"""Intent `show`: staff look at one feedback, or a topic. Writes: outbox."""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, Event, Settings, called, pressed
from handlers.cards import card
from handlers.references import FeedbackRef, parse, resolve, subject_of
from handlers.topic_cards import topic_card
from storage.records import STAFF

NAME = "show"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("show", "查看")
EXAMPLE = "/show 128"


def match(event: Event, settings: Settings) -> FeedbackRef | None:
    """Return which feedback is meant, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        return parse(rest)[0]
    arguments = pressed(event, NAME)
    return parse(arguments[0])[0] if arguments else None


async def handle(event: Event, argument: FeedbackRef, ctx: Context) -> None:
    """Show the card to who asked, and to nobody else."""
    del event
    feedback = await resolve(argument, ctx)
    topic = await ctx.uow.topics.find(argument.topic) if argument.topic else None
    if topic is not None:
        await aside(ctx, await topic_card(ctx, topic), subject=topic.subject)
        return
    await aside(ctx, await card(ctx, feedback), subject=subject_of(feedback.id))
