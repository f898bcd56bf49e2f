"""How feedback is linked to a topic and taken out again; nobody who was linked stops being told.

Used by handlers/kos/merge.py, unmerge.py and whoever links what is the same thing.
"""

from __future__ import annotations

from handlers import echoes
from handlers.base import Context, UserError
from handlers.matters import Matter, matter_of
from handlers.public_cards import refresh_cards
from handlers.statuses import status_word
from storage.records import CLOSED, Feedback, Status
from storage.topics import Topic

_PROMISED = frozenset({Status.PLANNED, Status.IN_PROGRESS})


async def link(ctx: Context, joining: Matter, target: Matter) -> Topic:
    """Link two matters; return the topic that holds both. **Errors**: UserError, in one line."""
    _check(ctx, joining, target)
    source, into = joining.topic, target.topic
    if source is not None and into is not None:
        await ctx.uow.topics.merge(source, into, by_id=ctx.sender.id, now=ctx.now)
        moved, topic = joining.feedback, into
    elif source is not None:
        await ctx.uow.topics.link(target.feedback, source, by_id=ctx.sender.id, now=ctx.now)
        moved, topic, target = target.feedback, source, joining
    else:
        # A member's words never become the title: they would outlive the wish to be forgotten.
        topic = into or await ctx.uow.topics.add("", ctx.sender.id, ctx.now)
        both = joining.feedback if into else (*target.feedback, *joining.feedback)
        await ctx.uow.topics.link(both, topic, by_id=ctx.sender.id, now=ctx.now)
        moved = joining.feedback
    names = " ".join(f"#{each.id}" for each in moved)
    await _record(ctx, "merge", topic, f"{source.name}: {names}" if source and into else names)
    await _follow_promise(ctx, moved, target, topic)
    await refresh_cards(ctx, await matter_of(ctx, await ctx.uow.feedback.get(target.named.id)))
    return topic


def _check(ctx: Context, joining: Matter, target: Matter) -> None:
    if joining.topic is not None and target.topic is not None and joining.topic.id == target.topic.id:
        raise UserError("merge.already", topic=joining.topic.name)
    for matter in (joining, target):
        if all(each.status in CLOSED for each in matter.feedback):
            name = matter.topic.name if matter.topic else f"#{matter.named.id}"
            raise UserError("merge.closed", name=name, status=status_word(ctx, matter.named.status))


async def _follow_promise(ctx: Context, moved: tuple[Feedback, ...], target: Matter, topic: Topic) -> None:
    """Let what was promised for the target hold for those who join, and tell them of it; they get its owner, too."""
    leader = next((f for f in (target.named, *target.feedback) if f.status in _PROMISED), target.named)
    if leader.owner_id is not None:
        await ctx.uow.moves.amend_all([f.id for f in moved], ctx.now, owner_id=leader.owner_id)
    joining = [f for f in moved if f.status in (Status.RECEIVED, Status.IN_REVIEW)]
    if leader.status not in _PROMISED or not joining:
        return
    changes = await ctx.uow.moves.change_all(
        joining, leader.status, by_id=ctx.sender.id, note=topic.name, now=ctx.now, planned_for=leader.planned_for
    )  # fmt: skip
    news = [echoes.News(feedback, echoes.change_key(feedback, change)) for feedback, change in changes]
    day = leader.planned_for
    if day is not None:
        await echoes.tell_news(
            ctx, news, "echo.joined_planned", text="", day=lambda language: ctx.texts.day(language, day)
        )
    else:
        await echoes.tell_news(ctx, news, "echo.joined", text="")


async def unlink(ctx: Context, feedback: Feedback) -> Topic:
    """Take one feedback out of its topic; who was linked hears of both. **Errors**: UserError, in one line."""
    topic = None if feedback.topic_id is None else await ctx.uow.topics.find(feedback.topic_id)
    if topic is None:
        raise UserError("unmerge.none", number=feedback.id)
    await ctx.uow.topics.unlink(feedback, ctx.now)
    await ctx.uow.resonances.follow_through(topic.id, feedback.id, ctx.now)
    rest = await ctx.uow.topics.find_first(topic.id)
    if rest is not None:
        await ctx.uow.resonances.follow_along([feedback.id], rest.id, ctx.now)
    await _record(ctx, "unmerge", topic, f"#{feedback.id}")
    await _refresh(ctx, feedback, rest)
    return topic


async def give_back(ctx: Context, merged: Topic) -> Topic:
    """Undo the merging of one topic into another; return that other. **Errors**: UserError, in one line."""
    into = None if merged.merged_into_id is None else await ctx.uow.topics.find(merged.merged_into_id)
    if into is None:
        raise UserError("unmerge.not_merged", name=merged.name)
    back = await ctx.uow.topics.unmerge(merged, into, ctx.now)
    rest = await ctx.uow.topics.find_first(into.id)
    if back:
        await ctx.uow.resonances.follow_through(into.id, back[0].id, ctx.now)
        if rest is not None:
            await ctx.uow.resonances.follow_along([each.id for each in back], rest.id, ctx.now)
    await _record(ctx, "unmerge", into, merged.name)
    await _refresh(ctx, *back[:1], rest)
    return into


async def _refresh(ctx: Context, *feedback: Feedback | None) -> None:
    for each in feedback:
        if each is not None:
            await refresh_cards(ctx, await matter_of(ctx, await ctx.uow.feedback.get(each.id)))


async def _record(ctx: Context, intent: str, topic: Topic, detail: str) -> None:
    await ctx.uow.audit.add(
        f"topic.{intent}", by_id=ctx.sender.id, now=ctx.now, subject=topic.subject, detail=detail
    )
