"""What is like a feedback or a text, and why. Used by the card and by handlers/kos/similar.py."""

from __future__ import annotations

from handlers.base import Context
from handlers.tags import without_tags
from storage.messages import Part
from storage.records import OPEN, Feedback
from storage.text.likeness import ALIKE, Likeness

_ON_CARD = 3


async def like_text(ctx: Context, text: str, limit: int = 5) -> list[Likeness]:
    """List the open feedback that are most like a text; nothing while the dictionary is not read."""
    words = ctx.words.tokens(without_tags(text, ctx.settings.tags)) if ctx.words.ready else []
    return await ctx.uow.likeness.nearest(words, limit)


async def like_feedback(ctx: Context, feedback: Feedback, limit: int = 5) -> list[Likeness]:
    """List the other open feedback that are most like one."""
    words = await ctx.uow.likeness.find_words(feedback.id)
    if words is None and ctx.words.ready:
        words = ctx.words.tokens(without_tags(feedback.text, ctx.settings.tags))
    return await ctx.uow.likeness.nearest(words or [], limit, apart_from=feedback.id)


async def likest(ctx: Context, feedback: Feedback) -> list[Likeness]:
    """List what may be the same thing as an open feedback, without what its contributor says is not."""
    if feedback.status not in OPEN:
        return []
    said = await ctx.uow.sameness.list_of(feedback.id)
    found = await like_feedback(ctx, feedback, _ON_CARD)
    return [one for one in found if one.score >= ALIKE and said.get(one.item, True)]


async def alike(ctx: Context, feedback: Feedback, found: list[Likeness]) -> list[Part]:
    """Return the line of a card that names what may be the same thing, and why; nothing if nothing is."""
    if not found:
        return []
    said = await ctx.uow.sameness.list_of(feedback.id)
    comma = ctx.label("order.comma")
    named = [
        ctx.label(
            "card.alike_said" if one.item in said else "card.alike_one",
            number=one.item,
            words=comma.join(one.words),
        )
        for one in found
    ]
    return [*ctx.say("card.alike", items=ctx.label("card.alike_comma").join(named))]
