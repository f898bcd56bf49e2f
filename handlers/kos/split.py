"""Intent `split`: one feedback says two things and is cut in two. Writes: feedback, splits, followers, audit, outbox.

Both are the contributor's own words: what is cut out must stand in the original, which is kept as a version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.quotes import quote_of
from handlers.references import FeedbackRef, parse, resolve, subject_of
from handlers.statuses import status_word
from handlers.tags import clean
from storage.messages import Message
from storage.records import OPEN, STAFF, Feedback
from storage.splits import Split

NAME = "split"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("split", "拆分")
EXAMPLE = "/split 128 | 座椅加热也太慢"

_TOPIC = ("topic", "话题")
_AS_TOPIC = re.compile(r"\s*(?:split|拆分)\s+(.*)", re.DOTALL | re.IGNORECASE)
_BAR = re.compile(r"\s*[|｜]\s*")
_SPACE = re.compile(r"\s+")
_EDGES = " \t\n，,。.；;、|｜"
_QUOTED = 20


@dataclass(frozen=True, slots=True)
class Cut:
    """Which feedback, and the words that are cut out of it (and those that stay, if both are given); or its undoing."""

    ref: FeedbackRef
    parts: tuple[str, ...] = ()
    undo: bool = False


def match(event: Event, settings: Settings) -> Cut | None:
    """Return the cut, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        as_topic = called(event, _TOPIC)
        found = _AS_TOPIC.fullmatch(as_topic) if as_topic else None
        rest = found[1] if found else None
    if rest is not None:
        head, *parts = _BAR.split(rest)
        return Cut(parse(head)[0], tuple(part for part in parts if part.strip()))
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 2 or not arguments[0].isdecimal() or arguments[1] != "undo":
        return None
    return Cut(FeedbackRef(int(arguments[0])), undo=True)


async def handle(event: Event, argument: Cut, ctx: Context) -> None:
    """Cut it in two, each followed by everybody who was told of the whole; or put it together again."""
    feedback = await resolve(argument.ref, ctx)
    if argument.undo:
        await _undo(feedback, ctx)
        return
    if len(argument.parts) not in (1, 2):
        raise NotUnderstoodError("split.how", example=ctx.label(f"{NAME}.example"))
    if feedback.status not in OPEN:
        raise UserError("split.over", number=feedback.id, status=status_word(ctx, feedback.status))
    stays, leaves = _cut(feedback, argument.parts)
    fresh = await ctx.uow.splits.add(feedback, leaves, by_id=ctx.sender.id, now=ctx.now)
    await ctx.uow.feedback.edit_text(feedback, stays, ctx.now)
    await ctx.uow.resonances.follow_along([feedback.id], fresh.id, ctx.now)
    await _record(ctx, "split", feedback, f"#{fresh.id}")
    await _tell(ctx, await ctx.uow.feedback.get(feedback.id), fresh)
    undo = ctx.button("split.undo", f"{NAME}:{fresh.id}:undo")
    line = ctx.say("split.done", number=feedback.id, fresh=fresh.id, quote=quote_of(ctx, fresh, _QUOTED))
    del event
    await aside(ctx, Message(text=line, buttons=((undo,),)), subject=subject_of(fresh.id))


def _cut(feedback: Feedback, parts: tuple[str, ...]) -> tuple[str, str]:
    """Return what stays and what leaves, as they stand in the original. **Errors**: UserError."""
    wanted = [clean(part) for part in parts]
    for part in wanted:
        if _SPACE.sub("", part) not in _SPACE.sub("", feedback.text):
            raise UserError("split.not_said", text=part[:_QUOTED])
    leaves = wanted[-1]
    if len(wanted) == 2:
        stays = wanted[0]
    else:
        pattern = r"\s*".join(re.escape(character) for character in _SPACE.sub("", leaves))
        stays = re.sub(pattern, " ", feedback.text, count=1).strip(_EDGES)
    if not stays or stays == leaves:
        raise UserError("split.nothing_stays", number=feedback.id)
    return stays, leaves


async def _tell(ctx: Context, feedback: Feedback, fresh: Feedback) -> None:
    """Tell the contributor that both are followed, each on its own."""
    if feedback.contributor_id == ctx.sender.id:
        return
    member = await ctx.uow.members.get(feedback.contributor_id)
    language = await ctx.language_of(member)
    words = ctx.texts.text(
        language, "split.told", number=feedback.id, quote=quote_of(ctx, feedback, _QUOTED), fresh=fresh.id,
        fresh_quote=quote_of(ctx, fresh, _QUOTED),
    )  # fmt: skip
    subject = subject_of(fresh.id)
    await ctx.tell(
        member, Message(text=words, about=f"#{feedback.id}"), key=f"{subject}:split", subject=subject
    )


async def _undo(fresh: Feedback, ctx: Context) -> None:
    """Put two halves together again, while nothing has happened to the second."""
    split: Split | None = await ctx.uow.splits.find(fresh.id)
    if split is None or split.undone_at is not None:
        raise UserError("split.no_split", number=fresh.id)
    whole = await ctx.uow.feedback.get(split.of_id)
    if fresh.version != split.version or fresh.status not in OPEN:
        raise UserError("split.moved_on", number=fresh.id, status=status_word(ctx, fresh.status))
    await ctx.uow.feedback.edit_text(whole, split.text, ctx.now)
    await ctx.uow.splits.undo(split, fresh, by_id=ctx.sender.id, now=ctx.now)
    await ctx.uow.timers.cancel(subject_of(fresh.id))
    await ctx.uow.outbox.cancel(subject_of(fresh.id))
    await _record(ctx, "unsplit", whole, f"#{fresh.id}")
    words = {"number": whole.id, "fresh": fresh.id}
    if ctx.event.kind is EventKind.PRESS:
        ctx.toast = ctx.label("split.undone", **words)
    else:
        await aside(ctx, ctx.say("split.undone", **words))


async def _record(ctx: Context, intent: str, feedback: Feedback, detail: str) -> None:
    await ctx.uow.audit.add(
        f"feedback.{intent}", by_id=ctx.sender.id, now=ctx.now, subject=subject_of(feedback.id), detail=detail
    )
