"""Intent `audit`: who changed what, newest first. Writes: outbox."""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, Event, NotUnderstoodError, Settings, address, called
from storage.messages import Part
from storage.records import ADMINS

NAME = "audit"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("audit", "记录")
EXAMPLE = "/audit 20"

_USUAL = 10
_MOST = 40  # lines; more would not fit a message
_LONGEST_DETAIL = 60


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
    entries = await ctx.uow.audit.list_last(min(int(argument[:6] or _USUAL) if argument else _USUAL, _MOST))
    people = await ctx.uow.members.list_by_id({entry.by_id for entry in entries if entry.by_id is not None})
    words: list[Part] = list(ctx.say("audit.head" if entries else "audit.nothing", count=len(entries)))
    for entry in entries:
        who = address(people[entry.by_id]) if entry.by_id in people else ctx.label("audit.nobody")
        detail = (
            entry.detail if len(entry.detail) <= _LONGEST_DETAIL else entry.detail[:_LONGEST_DETAIL] + "…"
        )
        moment = ctx.texts.moment(ctx.language, entry.at, ctx.chat.zone)
        words.append(
            "\n" + " · ".join(part for part in (moment, who, entry.action, entry.subject, detail) if part)
        )
    await aside(ctx, tuple(words))
