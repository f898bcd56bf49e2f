"""What a member may know of: what is theirs, and what was said openly in a group. Used by handlers/members/.

To everybody but staff the number of anything else, said in private, under an alias or sealed, is a number that
nobody has: the same answer in the same words, so that no number tells by trying that something was said.
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.base import Context, UserError
from handlers.references import FeedbackRef, find_replied, not_there
from storage.records import STAFF, ChatKind, Feedback


async def resolve_known(ref: FeedbackRef, ctx: Context) -> Feedback:
    """Return what is meant, of a topic the voice that is best known to the sender.

    **Errors**: UserError for what they cannot know of, as for what is not there.
    """
    if ref.topic is not None:
        known = await _known_of_topic(ref.topic, ctx)
        if known is None:
            raise not_there(ref, ctx)
        return known
    if ref.number is not None:
        feedback = await ctx.uow.feedback.find(ref.number)
        if feedback is None or await _first_known([feedback], ctx) is None:
            raise not_there(ref, ctx)
        return feedback
    meant = await find_replied(ctx)
    known = None if meant is None else await _first_known([meant], ctx)
    if known is None and meant is not None and meant.topic_id is not None:
        known = await _known_of_topic(meant.topic_id, ctx)
    if known is None:
        raise not_there(ref, ctx)
    return known


async def resolve_own(ref: FeedbackRef, ctx: Context, *, not_yours: str) -> Feedback:
    """Return the sender's own that is meant. **Errors**: UserError `not_yours` where they may know whose it is."""
    if ref.topic is not None:
        topic = await ctx.uow.topics.find(ref.topic)
        own = [] if topic is None else await ctx.uow.topics.list_feedback(topic.id, ctx.sender.id)
        if own:
            return own[0]
    feedback = await resolve_known(ref, ctx)
    if feedback.contributor_id == ctx.sender.id:
        return feedback
    if await _first_known([feedback], ctx) is None:  # all that is known of it is its topic
        raise not_there(FeedbackRef(), ctx)
    raise UserError(not_yours, number=feedback.id)


async def _known_of_topic(topic_id: int, ctx: Context) -> Feedback | None:
    """Return the voice of a topic that is theirs or open; any, if a group was shown the topic; else None."""
    topic = await ctx.uow.topics.find(topic_id)
    voices = [] if topic is None else await ctx.uow.topics.list_feedback(topic.id)
    if topic is None or not voices:
        return None
    known = await _first_known(voices, ctx)
    if known is None and await ctx.uow.echoes.has_card(topic.subject):
        return voices[0]
    return known


async def _first_known(voices: Iterable[Feedback], ctx: Context) -> Feedback | None:
    """Return the first of these that is the sender's own, else the first they may know of, else None."""
    voices = list(voices)
    own = next((each for each in voices if each.contributor_id == ctx.sender.id), None)
    if own is not None or ctx.sender.role in STAFF:
        return own or voices[0]
    chats = await ctx.uow.chats.list_by_id({each.chat_id for each in voices})
    said_openly = (v for v in voices if v.is_open_voice and chats[v.chat_id].kind is ChatKind.GROUP)
    return next(said_openly, None)
