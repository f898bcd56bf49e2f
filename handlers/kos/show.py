"""Intent `show`: staff look at one feedback or a topic, by number, by reply, or by what it says. Writes: outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.cards import card
from handlers.events import Event, called, pressed
from handlers.lines import line
from handlers.references import FeedbackRef, parse, resolve, subject_of
from handlers.searching import search_for
from handlers.topic_cards import topic_card
from storage.messages import Button, Message, Part
from storage.records import STAFF, Feedback, Status

NAME = "show"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("show", "查看")
EXAMPLE = "/show 128"
_OFFERED = 5
_MORE = "more"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown: what is named, or what some words are about when there are any."""

    ref: FeedbackRef
    words: str = ""
    is_whole: bool = False  # every step, not only the frequent ones


def match(event: Event, settings: Settings) -> Wanted | None:
    """Return which feedback is meant, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        ref, words = parse(rest)
        return Wanted(ref, "" if ref != FeedbackRef() else words)
    arguments = pressed(event, NAME)
    return Wanted(parse(arguments[0])[0], is_whole=arguments[1:] == (_MORE,)) if arguments else None


async def handle(event: Event, argument: Wanted, ctx: Context) -> None:
    """Show the card to who asked, and to nobody else; of several that words find, let them choose."""
    del event
    if argument.words:
        found = await search_for(ctx, argument.words, Status, _OFFERED)
        if not found:
            raise UserError("show.nothing", words=argument.words)
        if len(found) > 1:
            await _offer(ctx, argument.words, found)
            return
        feedback = found[0]
    else:
        feedback = await resolve(argument.ref, ctx)
    topic = await ctx.uow.topics.find(argument.ref.topic) if argument.ref.topic else None
    if topic is not None:
        await aside(ctx, await topic_card(ctx, topic), subject=topic.subject)
        return
    subject = subject_of(feedback.id)
    message = await card(ctx, feedback, is_whole=argument.is_whole)
    if not (argument.is_whole and await ctx.replace(message, subject=subject)):
        await aside(ctx, message, subject=subject)


async def _offer(ctx: Context, words: str, found: list[Feedback]) -> None:
    people = await ctx.uow.members.list_by_id({each.contributor_id for each in found})
    parts: list[Part] = [*ctx.say("show.which", words=words)]
    for each in found:
        parts += ["\n", *line(ctx, each, each.on_behalf_of or people[each.contributor_id].address)]
    buttons = tuple(Button(f"#{each.id}", action=f"show:{each.id}") for each in found)
    await aside(ctx, Message(text=tuple(parts), buttons=(buttons,)))
