"""Intent `same`: a member says whether theirs is the same thing as another's. Writes: resonances, followers, outbox.

Nothing is merged: they are counted and told with the other, and staff see what they said beside the candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.base import Context, Settings
from handlers.events import Event, EventKind, pressed
from handlers.resonance import resonate
from storage.messages import Message, decode
from storage.records import EVERYBODY

NAME = "same"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_DIFFERS = "differs"
_ENDS = " \t\n。.!！~～,，呀啊的了"
_SAME = frozenset({
    "是", "对", "嗯", "一样", "同感", "我也是", "我也遇到", "是同一件", "是同一件事", "同一件事", "就是这个", "就是它",
    "yes", "same", "same here", "me too", "that's it", "it is",
})  # fmt: skip
_OTHER = frozenset({
    "不是", "不一样", "不", "不同", "不是一件事", "不是同一件", "不是同一件事", "no", "different", "nope",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """Which feedback, which others it was compared with, and whether it is the same as the first of them."""

    feedback_id: int
    other_ids: tuple[int, ...]
    is_same: bool
    is_said: bool = False  # in words: with several to choose from they do not tell which


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
    if event.kind is not EventKind.MESSAGE or event.awaited is None or event.awaited.intent != NAME:
        return None
    said = event.text.strip(_ENDS).casefold()
    if said not in _SAME | _OTHER:
        return None
    data = event.awaited.data
    return Answer(int(data["feedback"]), tuple(map(int, data["others"])), is_same=said in _SAME, is_said=True)


async def handle(event: Event, argument: Answer, ctx: Context) -> None:
    """Keep what the contributor says of their own; who says it is the same is counted with the other and told of it."""
    del event
    feedback = await ctx.uow.feedback.find(argument.feedback_id)
    other = await ctx.uow.feedback.find(argument.other_ids[0])
    if feedback is None or other is None or feedback.contributor_id != ctx.sender.id:
        ctx.toast = ctx.label("facet.gone")
        return
    if argument.is_said:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    if argument.is_same and argument.is_said and len(argument.other_ids) > 1:
        await ctx.reply(ctx.say("same.which", number=argument.other_ids[0]))
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
    """Let our question end in the answer where messages can be edited; what was said in words is answered in words."""
    if ctx.event.kind is EventKind.MESSAGE:
        await ctx.reply(ctx.say(text_id, number=number))
        return
    asked = await ctx.pressed()
    if asked is None or not await ctx.uow.promises.is_alone(asked):
        return
    said = decode(asked.content)
    words = (*said.text, "\n\n", *ctx.say(text_id, number=number))
    await ctx.uow.outbox.edit(asked.key, Message(text=words, about=said.about), now=ctx.now)
