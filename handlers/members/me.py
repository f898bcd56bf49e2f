"""Intent `me`: a member's own page of honours, and whether they want any. Writes: members, outbox."""

from __future__ import annotations

from dataclasses import replace

from handlers.asides import aside
from handlers.base import Context, Settings
from handlers.events import Event, called, pressed
from handlers.honour_page import own_page
from handlers.honours import show_beside_name
from storage.records import EVERYBODY

NAME = "me"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("me", "荣誉")
EXAMPLE = "/me"

_WISHES = {"in": True, "out": False}
_SAID = {
    word: wish
    for wish, words in {"out": ("out", "off", "不要", "退出", "不要荣誉"), "in": ("in", "on", "要", "参加")}.items()
    for word in words
}  # fmt: skip


def match(event: Event, settings: Settings) -> str | None:
    """Return "" for the page, "in" or "out" for a wish, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return arguments[0] if len(arguments) == 1 and arguments[0] in _WISHES else None
    rest = called(event, COMMANDS)
    return None if rest is None else _SAID.get(rest.strip().casefold(), "")


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Show the page in private, or remember the wish and show the page anew."""
    del event
    if not argument:
        await aside(ctx, await own_page(ctx))
        return
    wants = _WISHES[argument]
    await ctx.uow.members.change(ctx.sender.id, is_honoured=wants)
    ctx.sender = replace(ctx.sender, is_honoured=wants)
    await show_beside_name(ctx, ctx.sender)
    ctx.toast = ctx.label("me.now_in" if wants else "me.now_out")
    page = await own_page(ctx)
    if not await ctx.replace(page):
        await aside(ctx, page)
