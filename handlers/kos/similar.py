"""Intent `similar`: staff ask which open feedback are like a text, or like one feedback. Writes: outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.events import Event, called
from handlers.likeness import like_feedback, like_text
from handlers.lines import line
from handlers.references import FeedbackRef, parse, resolve
from storage.messages import Button, Message, Part
from storage.records import STAFF
from storage.text.likeness import Likeness

NAME = "similar"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("similar", "相似")
EXAMPLE = "/similar 128"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What others are to be like: a text, or a feedback when there is none."""

    text: str
    ref: FeedbackRef


def match(event: Event, settings: Settings) -> Wanted | None:
    """Return what others are to be like, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    ref, tail = parse(rest)
    return Wanted(rest.strip() if tail else "", ref)


async def handle(event: Event, argument: Wanted, ctx: Context) -> None:
    """List the likest to who asked, each with the words both have."""
    del event
    if argument.text:
        if not ctx.words.ready and ctx.meaning.codes is None:
            raise UserError("similar.not_ready")
        found = await like_text(ctx, argument.text)
        head = ctx.say("similar.of_text" if found else "similar.none")
    else:
        feedback = await resolve(argument.ref, ctx)
        found = await like_feedback(ctx, feedback)
        head = ctx.say("similar.of_feedback" if found else "similar.none_of", number=feedback.id)
    buttons = tuple(Button(f"#{one.item}", action=f"show:{one.item}") for one in found)
    await aside(ctx, Message(text=(*head, *await _lines(ctx, found)), buttons=(buttons,) if buttons else ()))


async def _lines(ctx: Context, found: list[Likeness]) -> list[Part]:
    items = {item.id: item for item in await ctx.uow.moves.list_by_id([one.item for one in found])}
    people = await ctx.uow.members.list_by_id({item.contributor_id for item in items.values()})
    parts: list[Part] = []
    for one in found:
        item = items[one.item]
        who = item.on_behalf_of or people[item.contributor_id].address
        text_id = _WHY[one.is_alike, bool(one.words)]
        parts += [
            "\n",
            *line(ctx, item, who),
            "\n",
            *ctx.say(text_id, words=ctx.label("order.comma").join(one.words)),
        ]
    return parts


_WHY = {
    (True, True): "similar.why_alike",
    (False, True): "similar.why",
    (True, False): "similar.means_alike",
    (False, False): "similar.means",
}
