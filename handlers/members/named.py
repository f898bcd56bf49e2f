"""Intent `named`: whether a member is thanked by name in the group. Writes: members, outbox."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers import honours, outcome
from handlers.base import Context, Settings
from handlers.events import Event, pressed
from handlers.references import subject_of
from storage.messages import Message, decode
from storage.records import EVERYBODY

NAME = "named"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether to be named, said under the thanks for one resolution."""

    feedback_id: int
    change_id: int
    is_named: bool


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 3:
        return None
    number, change, wish = arguments
    if not (number.isdecimal() and change.isdecimal()) or wish not in ("yes", "no"):
        return None
    return Wish(int(number), int(change), wish == "yes")


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Remember the wish, word the thank-you in the group accordingly, and offer the way back."""
    del event
    feedback = await ctx.uow.feedback.get(argument.feedback_id)
    if feedback.contributor_id != ctx.sender.id:
        return
    await ctx.uow.members.change(ctx.sender.id, is_named=argument.is_named)
    await honours.show_beside_name(ctx, replace(ctx.sender, is_named=argument.is_named))
    ctx.toast = ctx.label("named.noted_yes" if argument.is_named else "named.noted_no")
    chat = await ctx.uow.chats.get(feedback.chat_id)
    if ctx.can(chat).edits:
        thanks = await outcome.thanks(ctx, chat, feedback, is_named=argument.is_named)
        await ctx.uow.outbox.edit(outcome.thanks_key(feedback, argument.change_id), thanks, now=ctx.now)
    shown = await ctx.pressed()
    if shown is None:
        return
    words = decode(shown.content).text
    if shown.subject:  # the question itself, to which our thanks were added
        title = await ctx.uow.titles.find_by_subject(ctx.sender.id, subject_of(feedback.id))
        words = (
            *words,
            "\n\n",
            *ctx.say("verify.thanks", number=feedback.id),
            *honours.yours(ctx, honours.Earned(title)),
        )
    button = outcome.naming_button(ctx, feedback, argument.change_id, is_named=argument.is_named)
    await ctx.replace(Message(text=words, buttons=((button,),)))
