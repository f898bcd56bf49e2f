"""Intent `follow`: hear about somebody else's feedback too, or no longer. Writes: feedback, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.base import Context, Settings, UserError
from handlers.events import Event, called
from handlers.matters import matter_of
from handlers.public_cards import title_of
from handlers.quotes import quote_of
from handlers.references import FeedbackRef, parse, resolve
from storage.records import CLOSED, EVERYBODY, ChatKind, Status

NAME = "follow"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("follow", "关注", "unfollow", "取关", "取消关注")
EXAMPLE = "/follow 128"

_STOP = frozenset(("unfollow", "取关", "取消关注"))
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
    return None if rest is None else Wish(parse(rest)[0], event.word in _STOP)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Subscribe the sender to a feedback of a group, or undo it; what was said in private stays private."""
    del event
    feedback = await resolve(argument.ref, ctx)
    if argument.stop:
        stopped = await ctx.uow.followers.remove(feedback.id, ctx.sender.id)
        await ctx.reply(ctx.say("follow.stopped" if stopped else "follow.not_followed", number=feedback.id))
        return
    is_own = feedback.contributor_id == ctx.sender.id
    origin = await ctx.uow.chats.get(feedback.chat_id)
    if not is_own and origin.kind is ChatKind.PRIVATE and argument.ref.topic is None:
        raise UserError("feedback.unknown", number=feedback.id)
    if is_own:
        await ctx.reply(ctx.say("follow.own", number=feedback.id))
    elif feedback.status in CLOSED - {Status.DECLINED}:
        await ctx.reply(ctx.say("follow.closed", number=feedback.id))
    elif await ctx.uow.followers.add(feedback.id, ctx.sender.id, ctx.now):
        if argument.ref.topic is not None:
            title = title_of(ctx, await matter_of(ctx, feedback), origin)
            await ctx.reply(ctx.say("follow.topic", name=f"T{feedback.topic_id}", title=title or "…"))
        else:
            quote = quote_of(ctx, feedback, _QUOTED)
            await ctx.reply(ctx.say("follow.done", number=feedback.id, quote=quote))
    else:
        await ctx.reply(ctx.say("follow.already", number=feedback.id))
