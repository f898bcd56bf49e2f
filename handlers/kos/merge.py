"""Intent `merge`: two voices are about the same thing. Writes: topics, feedback, audit, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.matters import Matter, matter_of, title_for_staff
from handlers.merging import link
from handlers.references import FeedbackRef, parse, resolve
from storage.messages import Message
from storage.records import STAFF

NAME = "merge"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("merge", "合并")
EXAMPLE = "/merge 131 128"


@dataclass(frozen=True, slots=True)
class Pair:
    """What joins, and what it joins; without the second, what is replied to joins the first."""

    first: FeedbackRef
    second: FeedbackRef


def match(event: Event, settings: Settings) -> Pair | None:
    """Return the pair, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        first, tail = parse(rest)
        tail = tail.removeprefix("到").removeprefix("和").removeprefix("into").removeprefix("with")
        return Pair(first, parse(tail)[0])
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 2:
        return None
    first, second = parse(arguments[0])[0], parse(arguments[1])[0]
    return Pair(first, second) if FeedbackRef() not in (first, second) else None


async def handle(event: Event, argument: Pair, ctx: Context) -> None:
    """Link them in one topic; the receipt undoes it in one tap."""
    first, second = argument.first, argument.second
    if second == FeedbackRef():
        first, second = second, first
    if second == FeedbackRef() or (first == FeedbackRef() and event.reply_to is None):
        raise NotUnderstoodError("merge.which", example=EXAMPLE)
    if first == second:
        raise UserError("merge.itself", name=f"T{first.topic}" if first.topic else f"#{first.number}")
    joining, target = await _matter(first, ctx), await _matter(second, ctx)
    if joining.named.id == target.named.id and not (first.topic or second.topic):
        raise UserError("merge.itself", name=f"#{joining.named.id}")
    is_elsewhere = not first.topic and joining.topic and target.topic and joining.topic.id != target.topic.id
    if is_elsewhere and joining.topic and target.topic:
        raise UserError(
            "merge.elsewhere", name=f"#{joining.named.id}", topic=joining.topic.name,
            example=f"/merge {joining.topic.name} {target.topic.name}",
        )  # fmt: skip
    is_whole = first.topic is not None and joining.topic is not None and target.topic is not None
    undone = joining.topic.name if is_whole and joining.topic else f"{_joined(joining, target)}"
    topic = await link(ctx, joining, target)
    count = (await ctx.uow.topics.count_feedback([topic.id])).get(topic.id, 0)
    title = title_for_staff(ctx, topic, await ctx.uow.topics.find_first(topic.id))
    words = {"topic": topic.name, "title": title}
    if event.kind is EventKind.PRESS:
        ctx.toast = ctx.label("merge.done", **words, count=count)
    line = ctx.say("merge.done", **words, count=count)
    undo = ctx.button("merge.undo", f"unmerge:{undone}")
    await aside(ctx, Message(text=line, buttons=((undo,),)), subject=topic.subject)


def _joined(joining: Matter, target: Matter) -> int:
    """Return which single feedback joined: the first, unless the second came into the first's topic."""
    return target.named.id if joining.topic is not None and target.topic is None else joining.named.id


async def _matter(ref: FeedbackRef, ctx: Context) -> Matter:
    return await matter_of(ctx, await resolve(ref, ctx))
