"""Intent `follow`: hear about somebody else's feedback too, or no longer. Writes: feedback, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.base import Context, Settings
from handlers.events import Event, called
from handlers.knowing import resolve_known
from handlers.matters import matter_of
from handlers.public_cards import title_of
from handlers.quotes import quote_of
from handlers.references import FeedbackRef, parse
from storage.records import CLOSED, EVERYBODY, Feedback, Status

NAME = "follow"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("follow", "关注", "unfollow", "取关", "取消关注")
EXAMPLE = "/follow 128"

_STOP = frozenset(("unfollow", "取关", "取消关注"))
_OFF = frozenset(("off", "取消", "关"))
_QUOTED = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """Which feedback, and whether to hear about it or no longer."""

    ref: FeedbackRef
    stop: bool


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    ref, words = parse(rest)
    return Wish(ref, event.word in _STOP or words.strip().casefold() in _OFF)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Subscribe the sender to a feedback of a group, or undo it; what was said in private stays private."""
    del event
    ref = argument.ref
    if argument.stop and ref.number is not None and await ctx.uow.followers.remove(ref.number, ctx.sender.id):
        await ctx.reply(ctx.say("follow.stopped", name=f"#{ref.number}"))
        return
    feedback = await resolve_known(ref, ctx)
    name = f"#{feedback.id}" if ref.topic is None else f"T{feedback.topic_id}"
    if argument.stop:
        stopped = [
            await ctx.uow.followers.remove(each, ctx.sender.id) for each in await _all_of(ref, feedback, ctx)
        ]
        await ctx.reply(ctx.say("follow.stopped" if any(stopped) else "follow.not_followed", name=name))
    elif feedback.contributor_id == ctx.sender.id:
        await ctx.reply(ctx.say("follow.own", name=f"#{feedback.id}"))
    elif feedback.status in CLOSED - {Status.DECLINED}:
        await ctx.reply(ctx.say("follow.closed", name=name))
    elif not await ctx.uow.followers.add(feedback.id, ctx.sender.id, ctx.now):
        await ctx.reply(ctx.say("follow.already", name=name))
    elif ref.topic is not None:
        origin = await ctx.uow.chats.get(feedback.chat_id)
        title = title_of(ctx, await matter_of(ctx, feedback), origin)
        await ctx.reply(ctx.say("follow.topic", name=name, title=title or "…"))
    else:
        quote = quote_of(ctx, feedback, _QUOTED)
        await ctx.reply(ctx.say("follow.done", number=feedback.id, quote=quote))


async def _all_of(ref: FeedbackRef, feedback: Feedback, ctx: Context) -> list[int]:
    """Return the numbers of what is meant: all voices of a topic, or the one."""
    if ref.topic is None or feedback.topic_id is None:
        return [feedback.id]
    return [each.id for each in await ctx.uow.topics.list_feedback(feedback.topic_id)]
