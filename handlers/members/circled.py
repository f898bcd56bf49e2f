"""Intent `circled`: whether somebody who was invited wants to be in the core circle. Writes: circle, outbox."""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.events import Event, pressed
from storage.circle import Membership
from storage.messages import Message, decode
from storage.records import EVERYBODY

NAME = "circled"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_ANSWERS = {"yes": Membership.ACCEPTED, "no": Membership.DECLINED}
_THANKS = {Membership.ACCEPTED: "circled.yes", Membership.DECLINED: "circled.no"}
_TOLD = {Membership.ACCEPTED: "circled.told_yes", Membership.DECLINED: "circled.told_no"}


def match(event: Event, settings: Settings) -> Membership | None:
    """Return the answer, None if the event is none. Pure."""
    del settings
    arguments = pressed(event, NAME)
    return _ANSWERS.get(arguments[0]) if arguments is not None and len(arguments) == 1 else None


async def handle(event: Event, argument: Membership, ctx: Context) -> None:
    """Write the answer down and tell who asked."""
    del event
    if not await ctx.uow.circle.answer(ctx.sender.id, argument, ctx.now):
        ctx.toast = ctx.label("circled.before")
        return
    place = await ctx.uow.circle.find(ctx.sender.id)
    if place is not None:
        asker = await ctx.uow.members.get(place.by_id)
        words = ctx.texts.text(await ctx.language_of(asker), _TOLD[argument], who=ctx.sender.address)
        key = f"circle:{ctx.sender.id}:{place.invited_at:%Y-%m-%d}:{argument}"
        await ctx.tell(asker, Message(text=words), key=key)
    ctx.toast = ctx.label(_THANKS[argument])
    asked = await ctx.pressed()
    if asked is None or not await ctx.uow.promises.is_alone(asked):
        await ctx.reply(ctx.say(_THANKS[argument]))
        return
    said = decode(asked.content)
    message = Message(text=(*said.text, "\n\n", *ctx.say(_THANKS[argument])))
    await ctx.uow.outbox.edit(asked.key, message, now=ctx.now)
