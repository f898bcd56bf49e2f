"""Intent `unknown`: a command nobody knows, or a mention that says nothing we understand. Writes: outbox.

Next to last in the routing table. Commands of other bots in a group are none of our business.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.base import Context, Settings
from handlers.events import Event, EventKind
from handlers.overhearing import overhear
from storage.records import EVERYBODY

NAME = "unknown"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_SAY_AGAIN_AFTER = timedelta(minutes=5)
_SHOWN = 20


def match(event: Event, settings: Settings) -> str | None:
    """Return the word nobody knows, None if the event is no call. Pure."""
    del settings
    if event.kind is not EventKind.MESSAGE or event.is_album_rest:
        return None
    if event.is_command and (event.is_private or event.mentions_us):
        return event.word[:_SHOWN]
    return "" if event.mentions_us and not event.is_private else None


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Point to what we know; in a group once in a while."""
    if argument and event.is_private:
        await ctx.reply(ctx.say("unknown.command", word=argument))
        return
    if not argument and await overhear(ctx):
        return
    until = ctx.now + _SAY_AGAIN_AFTER
    if await ctx.uow.expectations.caution(ctx.sender.id, NAME, ctx.now, until):
        await ctx.reply(ctx.say("unknown.mention"))
