"""Which member staff mean: the author of the message they reply to, an @username, or a name. Used by handlers/kos/.

Who hides behind an alias or is forgotten is nobody one could mean.
"""

from __future__ import annotations

import re

from handlers.base import Context, NotUnderstoodError, UserError
from storage.records import Member

_QUOTED = re.compile(r"[\"“「'](.{1,40}?)[\"”」']\s*(.*)", re.DOTALL)
_MOST_NAMED = 6
_WORDS_OF_A_NAME = 3


async def find_person(ctx: Context, words: str, *, example: str) -> tuple[Member, str]:
    """Return who is meant, and the words that follow.

    **Errors**: NotUnderstoodError when nobody is named; UserError when nobody or several go by the name.
    """
    reply = ctx.event.reply_to
    if reply is not None and not words.startswith(("@", "＠")):
        author = reply.sender
        if reply.by_us or author is None or author.is_bot or not author.is_person:
            raise UserError("person.no_author", example=example)
        people = [(author.external_id, author.name, author.username)]
        met = await ctx.uow.members.meet(ctx.chat.platform, people, ctx.now)
        return met[author.external_id], words.strip()
    if not words.strip():
        raise NotUnderstoodError("person.which", example=example)
    quoted = _QUOTED.fullmatch(words.strip())
    if quoted:
        return await _named(ctx, quoted[1], example), quoted[2].strip()
    parts = words.split()
    # A name may be of several words: the shortest that somebody goes by.
    for length in range(1, min(len(parts), _WORDS_OF_A_NAME) + 1):
        found = await ctx.uow.members.list_named(ctx.chat.platform, " ".join(parts[:length]), _MOST_NAMED)
        if found:
            return _only(ctx, found, parts[0], example), " ".join(parts[length:])
    raise UserError("person.unknown", word=parts[0][:40], example=example)


async def _named(ctx: Context, name: str, example: str) -> Member:
    found = await ctx.uow.members.list_named(ctx.chat.platform, name, _MOST_NAMED)
    if not found:
        raise UserError("person.unknown", word=name, example=example)
    return _only(ctx, found, name, example)


def _only(ctx: Context, found: list[Member], word: str, example: str) -> Member:
    if len(found) == 1:
        return found[0]
    listed = ctx.label("order.comma").join(
        f"{member.address} @{member.username}" if member.username else member.address for member in found
    )
    raise UserError("person.several", word=word, listed=listed, example=example)
