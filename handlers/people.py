"""Which person staff mean: by name, by id, or the author of the message replied to. Used by handlers/kos/."""

from __future__ import annotations

from handlers.base import Context, NotUnderstoodError, UserError
from storage.records import Member

_SHOWN = 40


async def find_person(ctx: Context, whom: str, *, example: str) -> Member:
    """Return the person who is meant; with no name, whoever wrote the message replied to.

    **Errors**: NotUnderstoodError if nobody or more than one is called so; UserError for a bot or a channel.
    """
    if not whom:
        return await _replied(ctx, example)
    member = await ctx.uow.members.find_named(ctx.chat.platform, whom)
    if member is None:
        member = await ctx.uow.members.find(ctx.chat.platform, whom.lstrip("@＠"))
    if member is None:
        raise NotUnderstoodError("people.unknown", whom=whom[:_SHOWN], example=example)
    return member


async def _replied(ctx: Context, example: str) -> Member:
    replied = ctx.event.reply_to
    if replied is None or replied.by_us or replied.sender is None:
        raise NotUnderstoodError("people.whom", example=example)
    author = replied.sender
    if author.is_bot or not author.is_person or not author.external_id:
        raise UserError("people.not_a_person")
    people = [(author.external_id, author.name, author.username)]
    return (await ctx.uow.members.meet(ctx.chat.platform, people, ctx.now))[author.external_id]
