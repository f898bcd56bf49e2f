"""Which member staff mean: who wrote what they reply to, an @username, a name or an id. Used by handlers/kos/.

Who hides behind an alias or is forgotten is nobody one could mean.
"""

from __future__ import annotations

import re

from handlers.base import Context, NotUnderstoodError, UserError
from storage.modes import is_hidden
from storage.records import Member

_QUOTED = re.compile(r"[\"“「'](.{1,40}?)[\"”」']\s*(.*)", re.DOTALL)
_MOST_NAMED = 6
_WORDS_OF_A_NAME = 3
_SHOWN = 40


async def find_person(ctx: Context, words: str, *, example: str) -> tuple[Member, str]:
    """Return who is meant, and the words that follow.

    **Errors**: NotUnderstoodError when nobody is named; UserError when nobody or several go by the name.
    """
    if ctx.event.reply_to is not None and not words.startswith(("@", "＠")):
        return await _replied(ctx, example), words.strip()
    if not words.strip():
        raise NotUnderstoodError("person.which", example=example)
    quoted = _QUOTED.fullmatch(words.strip())
    if quoted:
        return await find_named(ctx, quoted[1], example=example), quoted[2].strip()
    parts = words.split()
    # A name may be of several words: the shortest that somebody goes by.
    for length in range(1, min(len(parts), _WORDS_OF_A_NAME) + 1):
        found = await _list(ctx, " ".join(parts[:length]))
        if found:
            return _only(ctx, found, parts[0], example), " ".join(parts[length:])
    raise UserError("person.unknown", word=parts[0][:_SHOWN], example=example)


async def find_named(ctx: Context, name: str, *, example: str) -> Member:
    """Return who goes by a name; with no name, whoever wrote the message replied to. **Errors**: as `find_person`."""
    if not name:
        if ctx.event.reply_to is None:
            raise NotUnderstoodError("person.which", example=example)
        return await _replied(ctx, example)
    found = await _list(ctx, name)
    if not found:
        raise UserError("person.unknown", word=name[:_SHOWN], example=example)
    return _only(ctx, found, name, example)


async def _replied(ctx: Context, example: str) -> Member:
    reply = ctx.event.reply_to
    author = None if reply is None or reply.by_us else reply.sender
    if author is None or author.is_bot or not author.is_person or not author.external_id:
        raise UserError("person.no_author", example=example)
    people = [(author.external_id, author.name, author.username)]
    return (await ctx.uow.members.meet(ctx.chat.platform, people, ctx.now))[author.external_id]


async def _list(ctx: Context, name: str) -> list[Member]:
    """List who goes by a name, else whose id on the platform it is."""
    named = await ctx.uow.members.list_named(ctx.chat.platform, name, _MOST_NAMED)
    if named:
        return named
    member = await ctx.uow.members.find(ctx.chat.platform, name.lstrip("@＠"))
    return [] if member is None or is_hidden(member.external_id) or member.is_former else [member]


def _only(ctx: Context, found: list[Member], word: str, example: str) -> Member:
    if len(found) == 1:
        return found[0]
    listed = ctx.label("order.comma").join(
        f"{member.address} @{member.username}" if member.username else member.address for member in found
    )
    raise UserError("person.several", word=word, listed=listed, example=example)
