"""Finding feedback by words: what staff remember of it. Used by handlers/kos/inbox.py and handlers/kos/show.py."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.base import Context
from handlers.tags import without_tags
from storage import search
from storage.inbox import Sift
from storage.records import Feedback, Status

MOST = 50
"""How many are found: who needs more needs other words."""


async def search_for(
    ctx: Context, text: str, statuses: Iterable[Status], limit: int = MOST
) -> list[Feedback]:
    """List the feedback in these statuses that some words are about, the best first.

    What holds the very words stands in for an index that has nothing: just started, or said a moment ago.
    """
    statuses = tuple(statuses)
    bare = without_tags(text, ctx.settings.tags) or text
    words = ctx.words.tokens(bare) if ctx.words.ready else []
    found = await search.find(ctx.uow, words, ctx.meaning.sense(bare), statuses, limit)
    if not found:
        return await ctx.uow.inbox.list_holding(Sift(words=text), statuses, limit)
    by_id = {each.id: each for each in await ctx.uow.moves.list_by_id(found)}
    return [by_id[number] for number in found if number in by_id]
