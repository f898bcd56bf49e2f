"""Intent `presence`: we were added to a group or removed, or it got a new id. Writes: chats, audit, outbox.

In a group nobody admitted it says once what it is and how an admin admits it, and is silent from then on.
"""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.events import Event, EventKind
from storage.messages import Message
from storage.records import EVERYBODY, ChatState

NAME = "presence"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""
SERVES_STRANGERS = True

_KINDS = frozenset({EventKind.BOT_ADDED, EventKind.BOT_REMOVED, EventKind.MIGRATED})


def match(event: Event, settings: Settings) -> EventKind | None:
    """Return what happened to us in a group, None if it is something else. Pure."""
    del settings
    return event.kind if event.kind in _KINDS and not event.is_private else None


async def handle(event: Event, argument: EventKind, ctx: Context) -> None:
    """Keep the record of the group true."""
    if argument is EventKind.MIGRATED:
        await _moved(event.text, ctx)
    elif argument is EventKind.BOT_REMOVED:
        await _left(ctx)
    else:
        await _added(ctx)


async def _added(ctx: Context) -> None:
    """Serve again a group that was served before; introduce ourselves to any other, once ever."""
    before = await ctx.uow.audit.recall(_key(ctx))
    if ctx.chat.state is ChatState.LEFT:
        state = ChatState.SERVED if before == ChatState.SERVED else ChatState.STRANGE
        await ctx.uow.chats.change(ctx.chat.id, state=str(state))
    else:
        state = ctx.chat.state
    await _record("chat.added", ctx, detail=str(state))
    if state is not ChatState.SERVED:
        text = ctx.say("presence.hello", community=ctx.settings.community)
        await ctx.uow.outbox.put(
            ctx.chat.id, Message(text=text), key=f"presence:{ctx.chat.id}", now=ctx.now, is_unprompted=True
        )


async def _left(ctx: Context) -> None:
    """Stop serving a group we are not in, and remember whether we did."""
    if ctx.chat.state is ChatState.LEFT:
        return
    await ctx.uow.audit.remember(_key(ctx), str(ctx.chat.state))
    await ctx.uow.chats.change(ctx.chat.id, state=str(ChatState.LEFT))
    await _record("chat.left", ctx)


async def _moved(new_id: str, ctx: Context) -> None:
    """Follow a group to its new id; the config may go on naming the old one."""
    old_id = ctx.chat.external_id
    if not new_id or new_id == old_id:
        return
    await ctx.uow.chats.rename(ctx.chat.platform, old_id, new_id)
    await _record("chat.moved", ctx, detail=f"{old_id} -> {new_id}")


async def _record(action: str, ctx: Context, detail: str = "") -> None:
    subject = f"chat:{ctx.chat.id}"
    await ctx.uow.audit.add(action, by_id=ctx.sender.id, now=ctx.now, subject=subject, detail=detail)


def _key(ctx: Context) -> str:
    return f"left:{ctx.chat.id}"
