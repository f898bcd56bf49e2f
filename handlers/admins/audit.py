"""Intent `audit`: who changed what, newest first. Writes: outbox."""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings
from handlers.deeds import line, list_deeds
from handlers.events import Event, called
from storage.messages import Part
from storage.records import ADMINS

NAME = "audit"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("audit", "记录")
EXAMPLE = "/audit 20"

_USUAL = 10
_MOST = 40  # lines; more would not fit a message


def match(event: Event, settings: Settings) -> str | None:
    """Return how many lines are wanted, None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return None if rest is None else rest.strip()


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """List the last lines, in private."""
    del event
    if argument and not (argument.isascii() and argument.isdigit() and int(argument[:6])):
        raise NotUnderstoodError("audit.how", example=EXAMPLE)
    limit = min(int(argument[:6] or _USUAL) if argument else _USUAL, _MOST)
    deeds = await list_deeds(ctx, limit)
    count = len(deeds.entries)
    words: list[Part] = list(ctx.say("audit.head" if count else "audit.nothing", count=count))
    words += [f"\n{line(ctx, deeds, entry)}" for entry in deeds.entries]
    await aside(ctx, tuple(words))
