"""Intent `setup`: an admin admits the group they are in. Writes: chats, audit, outbox.

Anybody may say it where we are strangers: who is no admin learns in one line how to become one. It stands
before `anonymous` in the routing table, since the owner of a group often speaks in its name.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.base import Context, NotAllowedError, Settings, UserError
from handlers.events import Event, called
from handlers.places import title
from storage.records import ADMINS, EVERYBODY, ChatState

NAME = "setup"
ROLES = EVERYBODY
LISTED_FOR = ADMINS
COMMANDS: tuple[str, ...] = ("setup", "启用")
EXAMPLE = "/setup"
SERVES_STRANGERS = True

_SAY_AGAIN_AFTER = timedelta(hours=1)


def match(event: Event, settings: Settings) -> str | None:
    """Return what follows the command, None if it is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Serve the group from now on, with every ritual of the config, and say what will run."""
    del argument
    if not event.sender.is_person:
        await ctx.reply(ctx.say("anonymous.as_yourself"))
        return
    if ctx.sender.role not in ADMINS:
        await _refuse(ctx)
        return
    if event.is_private:
        raise UserError("setup.in_group")
    if ctx.chat.state is ChatState.SERVED:
        running = ", ".join(ritual.name for ritual in ctx.plans.list_rituals(ctx.chat, ctx.now))
        text_id = "setup.already" if running else "setup.already_without"
        await ctx.reply(ctx.say(text_id, group=title(ctx.chat), rituals=running))
        return
    names = ctx.settings.rituals
    await ctx.uow.chats.change(ctx.chat.id, state=str(ChatState.SERVED), rituals=names)
    await ctx.uow.audit.add(
        "chat.admitted",
        by_id=ctx.sender.id,
        now=ctx.now,
        subject=f"chat:{ctx.chat.id}",
        detail=title(ctx.chat),
    )
    text_id = "setup.done" if names else "setup.done_without"
    await ctx.reply(ctx.say(text_id, group=title(ctx.chat), rituals=", ".join(names)))


async def _refuse(ctx: Context) -> None:
    """Change nothing; to strangers say once an hour what makes an admin."""
    if ctx.chat.state is ChatState.SERVED:
        raise NotAllowedError(ctx.sender.role)
    until = ctx.now + _SAY_AGAIN_AFTER
    if await ctx.uow.expectations.caution(ctx.sender.id, NAME, ctx.now, until):
        await ctx.reply(ctx.say("setup.not_admin", id=ctx.sender.external_id))
