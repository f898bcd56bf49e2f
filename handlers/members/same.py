"""Intent `same`: a member says whether theirs is the same thing as another's. Writes: resonances, followers, outbox.

Nothing is merged: they are counted and told with the other, and staff see what they said beside the candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.base import Context, Settings
from handlers.events import Event, pressed
from handlers.resonance import resonate
from storage.messages import Message, decode
from storage.records import EVERYBODY

NAME = "same"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Answer:
    """Which feedback, which others it was compared with, and whether it is the same as the first of them."""

    feedback_id: int
    other_ids: tuple[int, ...]
    is_same: bool


def match(event: Event, settings: Settings) -> Answer | None:
    """Return the answer, None if it is something else. Pure."""
    del settings
    for intent in (NAME, _DIFFERS):
        arguments = pressed(event, intent)
        if arguments is not None:
            if len(arguments) < 2 or not all(each.isdecimal() for each in arguments):
                return None
            number, *others = map(int, arguments)
            return Answer(number, tuple(others), is_same=intent == NAME)
    return None


async def handle(event: Event, argument: Answer, ctx: Context) -> None:
    """Keep what the contributor says of their own; who says it is the same is counted with the other and told of it."""
    del event
    feedback = await ctx.uow.feedback.find(argument.feedback_id)
    other = await ctx.uow.feedback.find(argument.other_ids[0])
    if feedback is None or other is None or feedback.contributor_id != ctx.sender.id:
        ctx.toast = ctx.label("facet.gone")
        return
    if argument.is_same:
        if await resonate(ctx, other, is_me=True):
            await ctx.uow.sameness.put(feedback.id, argument.other_ids[:1], is_same=True, now=ctx.now)
            await _settle(ctx, "same.noted", number=other.id)
        return
    known = [each.id for each in await ctx.uow.moves.list_by_id(argument.other_ids)]
    await ctx.uow.sameness.put(feedback.id, known, is_same=False, now=ctx.now)
    ctx.toast = ctx.label("same.differs", number=feedback.id)
    await _settle(ctx, "same.differs", number=feedback.id)


async def _settle(ctx: Context, text_id: str, *, number: int) -> None:
    """Let our question end in the answer where messages can be edited."""
    asked = await ctx.pressed()
    if asked is None or not await ctx.uow.promises.is_alone(asked):
        return
    said = decode(asked.content)
    words = (*said.text, "\n\n", *ctx.say(text_id, number=number))
    await ctx.uow.outbox.edit(asked.key, Message(text=words, about=said.about), now=ctx.now)
