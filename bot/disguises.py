"""Lets a person act for the hidden contributor they are: by a button of that thread, or by the sentence asked for.

Called by the dispatcher around every handler. Handlers see the hidden contributor and their chat only; what such a
Context awaits is kept for them, and a pass (encrypted) is kept for the person, so that their next words find it.
"""

from __future__ import annotations

from handlers.base import Context, UserError
from handlers.events import EventKind
from handlers.hidden import WORN, acting, grant, is_behind, read_pass
from handlers.letters import ANSWER
from handlers.mailbag import replied
from handlers.members import follow, report, revoke, withdraw
from handlers.references import parse
from storage.errors import NotFoundError
from storage.expectations import Expectation
from storage.modes import Mode, mode_of, shortly
from storage.records import STAFF, Member

_BY_NUMBER = frozenset((*follow.COMMANDS, *withdraw.COMMANDS, *revoke.COMMANDS, *report.COMMANDS))


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
    member = await _replied_to(ctx)
    said = [] if member is None else await ctx.uow.feedback.list_of(member.id, limit=1)
    if member is not None and said:  # what it was about may have been removed since
        return await _dressed(ctx, member, awaited=Expectation(ANSWER, {"feedback": said[0].id}))
    member = await _meant(ctx)
    return ctx if member is None else await _dressed(ctx, member)


async def _replied_to(ctx: Context) -> Member | None:
    """Return the alias whose letter a member replies to, if it is theirs."""
    event = ctx.event
    reply = event.reply_to
    is_reply = event.kind is EventKind.MESSAGE and event.is_private and not event.is_command
    if not (is_reply and ctx.veil.is_up) or reply is None or not reply.by_us:
        return None
    member_id = await replied(ctx, reply.message_id)
    member = None if member_id is None else await _member(ctx, member_id)
    return member if member is not None and await is_behind(ctx, member) else None


async def _meant(ctx: Context) -> Member | None:
    """Return the alias whose thread a member means by its number: what is theirs in hiding is done in hiding."""
    event = ctx.event
    is_call = event.kind is EventKind.MESSAGE and event.is_private and bool(event.word)
    if not (is_call and ctx.veil.is_up) or ctx.sender.role in STAFF or event.word not in _BY_NUMBER:
        return None
    number = parse(event.rest)[0].number
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is None or feedback.mode is not Mode.ALIAS:
        return None
    member = await ctx.uow.members.get(feedback.contributor_id)
    return member if await is_behind(ctx, member) else None


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


async def _dressed(
    ctx: Context, member: Member, *, action: str | None = None, awaited: Expectation | None = None
) -> Context:
    chat = await ctx.uow.chats.find(member.platform, member.external_id)
    assert chat is not None  # noqa: S101 - made together with the member
    if action is None and awaited is None:
        awaited = await ctx.uow.expectations.find(chat.id, member.id, shortly(ctx.now))
    return acting(ctx, member, chat, action=action, awaited=awaited)
