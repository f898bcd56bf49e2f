"""Intent `drop`: whoever was asked for a sentence would rather not. Writes: expectations."""

from __future__ import annotations

from handlers import orders
from handlers.base import Context, Settings
from handlers.digressions import calls_off
from handlers.events import Event, pressed
from storage.records import EVERYBODY

NAME = orders.DROP
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""


def match(event: Event, settings: Settings) -> str | None:
    """Return which intent was being asked for, or None if the event is something else. Pure."""
    del settings
    if event.awaited is not None and event.awaited.intent in orders.ASKING and calls_off(event.text):
        return event.awaited.intent
    arguments = pressed(event, NAME)
    return arguments[0] if arguments else None


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Wait no longer for it."""
    awaited = await ctx.uow.expectations.find(ctx.chat.id, ctx.sender.id, ctx.now)
    was_waiting = awaited is not None and awaited.intent == argument
    if was_waiting:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    if event.press_id:
        ctx.toast = ctx.label("drop.done" if was_waiting else "drop.nothing")
    else:
        await ctx.reply(ctx.say("drop.done"))
