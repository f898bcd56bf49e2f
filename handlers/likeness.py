"""What is like a feedback or a text, and why. Used by the card and by handlers/kos/similar.py."""

from __future__ import annotations

from handlers.base import Context
from handlers.tags import without_tags
from storage.meanings import Coming, Sense
from storage.messages import Part
from storage.nearness import nearest
from storage.records import OPEN, Feedback
from storage.text.likeness import Likeness

_ON_CARD = 3


async def like_text(ctx: Context, text: str, limit: int = 5) -> list[Likeness]:
    """List the open feedback that are most like a text; nothing while neither engine is ready."""
    bare = without_tags(text, ctx.settings.tags)
    sense = ctx.meaning.sense(bare)
    words = ctx.words.tokens(bare) if ctx.words.ready else []
    return await nearest(ctx.uow, words, sense, limit)


async def like_feedback(ctx: Context, feedback: Feedback, limit: int = 5) -> list[Likeness]:
    """List the other open feedback that are most like one."""
    words = await ctx.uow.likeness.find_words(feedback.id)
    if words is None and ctx.words.ready:
        words = ctx.words.tokens(without_tags(feedback.text, ctx.settings.tags))
    sense = await _sense_of(ctx, feedback)
    return await nearest(ctx.uow, words or [], sense, limit, apart_from=feedback.id)


async def _sense_of(ctx: Context, feedback: Feedback) -> Coming:
    """Return the meaning of a feedback: the stored one, if it is indexed."""
    codes = ctx.meaning.codes
    vector = None if codes is None else await ctx.uow.meanings.find(feedback.id)
    if codes is None or vector is None:
        return ctx.meaning.sense(without_tags(feedback.text, ctx.settings.tags))
    return Sense(vector, codes)


async def likest(ctx: Context, feedback: Feedback) -> list[Likeness]:
    """List what may be the same thing as an open feedback, apart from its topic and what its author says is not."""
    if feedback.status not in OPEN:
        return []
    said = await ctx.uow.sameness.list_of(feedback.id)
    found = [one for one in await like_feedback(ctx, feedback, _ON_CARD) if one.is_alike]
    if feedback.topic_id is not None:
        together = {each.id for each in await ctx.uow.topics.list_feedback(feedback.topic_id)}
        found = [one for one in found if one.item not in together]
    return [one for one in found if said.get(one.item, True)]


async def alike(ctx: Context, feedback: Feedback, found: list[Likeness]) -> list[Part]:
    """Return the line of a card that names what may be the same thing, and why; nothing if nothing is."""
    if not found:
        return []
    said = await ctx.uow.sameness.list_of(feedback.id)
    named = [_named(ctx, one, is_said=one.item in said) for one in found]
    return [*ctx.say("card.alike", items=ctx.label("card.alike_comma").join(named))]


def _named(ctx: Context, one: Likeness, *, is_said: bool) -> str:
    words = ctx.label("order.comma").join(one.words)
    text_id = "card.alike_said" if is_said else "card.alike_one" if words else "card.alike_means"
    return ctx.label(text_id, number=one.item, words=words)
