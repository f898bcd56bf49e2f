"""Lets a person act for the hidden contributor they are: by a button of that thread, or by the sentence asked for.

Called by the dispatcher around every handler. Handlers see the hidden contributor and their chat only; what such a
Context awaits is kept for them, and a pass (encrypted) is kept for the person, so that their next words find it.
"""

from __future__ import annotations

from handlers.base import Context, EventKind, UserError
from handlers.hidden import WORN, acting, grant, is_behind, read_pass
from storage.errors import NotFoundError
from storage.modes import Mode, mode_of
from storage.records import Member


async def put_on(ctx: Context) -> Context:
    """Return the Context of the hidden contributor who is meant, or the same. **Errors**: UserError."""
    event = ctx.event
    if event.kind is EventKind.PRESS and (event.action or "").startswith(f"{WORN}:"):
        _, _, rest = (event.action or "").partition(":")
        number, _, action = rest.partition(":")
        member = await _member(ctx, int(number)) if number.isdecimal() and len(number) < 16 else None
        if member is None or not await _may(ctx, member):
            raise UserError("private.not_yours")
        return await _dressed(ctx, member, action=action)
    if event.awaited is not None and event.awaited.intent == WORN:
        member_id = read_pass(ctx, event.awaited.data)
        member = None if member_id is None else await _member(ctx, member_id)
        if member is not None:
            worn = await _dressed(ctx, member)
            if worn.event.awaited is not None:
                return worn
    return ctx


async def take_off(ctx: Context, worn: Context) -> None:
    """Keep a pass for the person while the hidden contributor is waited for, or holds only a claim code."""
    if worn is ctx:
        return
    awaited = await ctx.uow.expectations.find(worn.chat.id, worn.sender.id, worn.now)
    if awaited is not None or mode_of(worn.sender.external_id) is Mode.SEALED:
        await grant(ctx, worn.sender)
    elif ctx.event.awaited is not None and ctx.event.awaited.intent == WORN:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)


async def _member(ctx: Context, member_id: int) -> Member | None:
    try:
        member = await ctx.uow.members.get(member_id)
    except NotFoundError:
        return None
    return member if mode_of(member.external_id) is not Mode.NAMED else None


async def _may(ctx: Context, member: Member) -> bool:
    """Tell whether the sender is the person behind an alias, or showed the claim code of a sealed thread lately."""
    if mode_of(member.external_id) is Mode.ALIAS:
        return await is_behind(ctx, member)
    held = await ctx.uow.expectations.find(ctx.chat.id, ctx.sender.id, ctx.now)
    return held is not None and held.intent == WORN and read_pass(ctx, held.data) == member.id


async def _dressed(ctx: Context, member: Member, *, action: str | None = None) -> Context:
    chat = await ctx.uow.chats.find(member.platform, member.external_id)
    assert chat is not None  # noqa: S101 - made together with the member
    worn = acting(ctx, member, chat, action=action)
    if action is None:
        awaited = await ctx.uow.expectations.find(chat.id, member.id, worn.now)
        worn = acting(ctx, member, chat, awaited=awaited)
    return worn
