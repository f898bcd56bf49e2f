"""Intent `mine`: a member asks what became of what they said; answered in private. Writes: outbox."""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.events import Event, EventKind, called, pressed
from handlers.own import list_own
from storage.messages import Button, Message
from storage.records import EVERYBODY

NAME = "mine"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("mine", "我的")
EXAMPLE = "/mine"

_SENT = "👌"  # Source: one of the emoji Telegram allows bots to react with


def match(event: Event, settings: Settings) -> int | None:
    """Return the page wanted, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return int(arguments[0]) if len(arguments) == 1 and arguments[0].isdecimal() else None
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    return int(rest) if rest.isascii() and rest.isdecimal() and len(rest) < 4 else 1


async def handle(event: Event, argument: int, ctx: Context) -> None:
    """Show a page in private; a group gets no more than a way there."""
    if event.kind is EventKind.PRESS:
        await _turn(argument, ctx)
    elif event.is_private:
        await ctx.reply(await list_own(ctx, argument))
    elif ctx.sender.reachable or ctx.can(ctx.chat).reaches_first:
        home = await ctx.home_of(ctx.sender)
        language = ctx.sender.language or home.language
        chat = await ctx.uow.outbox.private_chat(ctx.sender, timezone=home.timezone, language=language)
        key = f"mine:{event.platform}:{event.update_id}"
        message = await list_own(ctx, argument)
        await ctx.uow.outbox.put(chat.id, message, key=key, now=ctx.now, member_id=ctx.sender.id)
        await ctx.acknowledge(_SENT, ctx.say("mine.sent"))
    else:
        button = Button(ctx.label("mine.open"), start="mine")
        buttons = ((button,),) if ctx.can(ctx.chat).deep_links else ()
        await ctx.reply(Message(text=ctx.say("mine.in_private"), buttons=buttons))


async def _turn(page: int, ctx: Context) -> None:
    """Turn the page in place where messages can be edited."""
    message = await list_own(ctx, page)
    if not await ctx.replace(message):
        await ctx.reply(message)
