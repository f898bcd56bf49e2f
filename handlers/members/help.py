"""Intent `help`: what one may say here, built from the routing table. Writes: outbox."""

from __future__ import annotations

from handlers.base import Context, Event, Settings, called
from storage.messages import Part, Strong
from storage.records import EVERYBODY, Role

NAME = "help"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("help", "帮助")
EXAMPLE = "/help"

_SHOWN = 20


def match(event: Event, settings: Settings) -> str | None:
    """Return the command somebody wants explained, empty for all; None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return None if rest is None else rest.strip().lstrip("/／").casefold()[:_SHOWN]


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Say in one line each what the sender may do; in a group only what everybody may."""
    from handlers import HANDLERS

    role = ctx.sender.role if event.is_private else Role.MEMBER
    known = ctx.texts.ids(ctx.language)
    parts: list[Part] = []
    for handler in HANDLERS:
        if (
            role not in getattr(handler, "LISTED_FOR", handler.ROLES)
            or not handler.COMMANDS
            or not handler.EXAMPLE
        ):
            continue
        if argument and argument not in handler.COMMANDS:
            continue
        words = ctx.say(f"help.{handler.NAME}") if f"help.{handler.NAME}" in known else ()
        own = f"{handler.NAME}.example"
        parts += ["\n", Strong(ctx.label(own) if own in known else handler.EXAMPLE), " ", *words]
    head = ctx.say("help.head" if parts else "help.unknown", word=argument, community=ctx.settings.community)
    tail = ctx.say("help.tail") if parts and not argument else ()
    await ctx.reply((*head, *parts, *(("\n", *tail) if tail else ())))
