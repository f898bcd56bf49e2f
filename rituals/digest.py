"""Ritual `digest`, 你说，我们做了: what moved because of members, who is thanked, what comes next, one chart.

It is also the last rung of the reach ladder: whoever has an echo waiting for a week is named, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rituals import voices
from rituals.base import Context, RitualSettings, SkippedError
from rituals.budget import NOTHING_MOVED
from storage.messages import Button, Message, Part, Picture, Strong, Text
from storage.promises import Delivery
from storage.records import Chat, Feedback, Member, Status
from storage.runs import Run

KIND = "digest"
PERIOD = timedelta(days=7)
"""How far the first digest of a group looks back."""

WAITED = timedelta(days=7)
LINES = 4
"""How many feedbacks one section names: a digest is read at a glance, and a caption holds 1,024 characters."""

_MOVED = (Status.VERIFIED, Status.RESOLVED, Status.IN_PROGRESS, Status.PLANNED)
_HEADINGS = {
    Status.VERIFIED: "digest.verified",
    Status.RESOLVED: "digest.resolved",
    Status.IN_PROGRESS: "digest.in_progress",
}
_STATUS_WORDS = {
    Status.RECEIVED: "status.received",
    Status.PLANNED: "status.planned",
    Status.IN_PROGRESS: "status.in_progress",
    Status.RESOLVED: "status.resolved",
    Status.VERIFIED: "status.verified",
}


async def begin(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
    """Tell the group what came of what it said; say nothing if nothing did."""
    del ritual
    earlier = await ctx.uow.runs.list_held(run, limit=52)
    since = earlier[0].due if earlier else run.due - PERIOD
    moved: dict[Status, list[Feedback]] = {status: [] for status in _MOVED}
    for feedback in await ctx.uow.progress.list_moved(chat.id, _MOVED, since):
        moved[feedback.status].append(feedback)
    told = {int(number) for past in earlier for number in past.data.get("waiting", ())}
    waiting, told_now = await _list_waiting(chat, told, ctx)
    if not any(moved.values()) and not waiting:
        raise SkippedError(NOTHING_MOVED)
    await ctx.uow.runs.change(run, data=run.data | {"waiting": told_now})
    text = (Strong(ctx.label(chat.language, "digest.title")), *await _sections(moved, chat, ctx))
    picture = None
    if any(moved.values()):
        received = await ctx.uow.progress.count_received(chat.id, since)
        counts = {Status.RECEIVED: received, **{status: len(moved[status]) for status in reversed(_MOVED)}}
        days = [ctx.texts.day(chat.language, at.astimezone(chat.zone).date()) for at in (since, run.due)]
        picture = Picture(
            "bars",
            ctx.label(chat.language, "digest.chart", since=days[0], until=days[1]),
            tuple((ctx.label(chat.language, _STATUS_WORDS[status]), n) for status, n in counts.items()),
        )
    buttons: tuple[tuple[Button, ...], ...] = ()
    if waiting:
        text += ("\n\n", *_invitation([member for _, member in waiting], chat, ctx))
        buttons = _buttons(waiting, chat, ctx)
    await ctx.uow.outbox.put(
        chat.id,
        Message(text=text, picture=picture, buttons=buttons),
        key=f"run:{run.id}:post",
        now=ctx.now,
        subject=f"run:{run.id}",
        is_unprompted=True,
    )


async def _sections(moved: dict[Status, list[Feedback]], chat: Chat, ctx: Context) -> Text:
    parts: list[Part] = []
    people = await ctx.uow.members.list_by_id({f.contributor_id for f in moved[Status.VERIFIED]})
    for status, heading in _HEADINGS.items():
        lines = [_line(feedback, people, chat, ctx) for feedback in moved[status][:LINES]]
        parts += _section(heading, lines, len(moved[status]) - LINES, chat, ctx)
    today = ctx.now.astimezone(chat.zone).date()
    coming = await ctx.uow.progress.list_planned(chat.id, today, LINES)
    lines = [_coming(feedback, chat, ctx) for feedback in coming]
    return tuple(parts + _section("digest.coming", lines, 0, chat, ctx))


def _section(heading: str, lines: Sequence[Text], more: int, chat: Chat, ctx: Context) -> list[Part]:
    if not lines:
        return []
    parts: list[Part] = ["\n\n", *ctx.say(chat.language, heading)]
    for line in lines:
        parts += ["\n", *line]
    if more > 0:
        parts += ["\n", *ctx.say(chat.language, "digest.more", count=more)]
    return parts


def _line(feedback: Feedback, people: dict[int, Member], chat: Chat, ctx: Context) -> Text:
    """Return a feedback in one line, with thanks to who said it themselves and may be named."""
    quote = voices.quote(feedback, chat.language, ctx)
    thanked = people.get(feedback.contributor_id)
    if thanked is None or feedback.on_behalf_of or thanked.wants_peace(ctx.now) or not thanked.is_named:
        return ctx.say(chat.language, "digest.line", number=feedback.id, quote=quote)
    who = voices.mentions([thanked], 1, chat.language, ctx)
    return ctx.say(chat.language, "digest.line_thanks", number=feedback.id, quote=quote, who=who)


def _coming(feedback: Feedback, chat: Chat, ctx: Context) -> Text:
    quote = voices.quote(feedback, chat.language, ctx)
    day = ctx.texts.day(chat.language, feedback.planned_for) if feedback.planned_for else ""
    return ctx.say(chat.language, "digest.line_planned", number=feedback.id, quote=quote, day=day)


async def _list_waiting(
    chat: Chat, told: set[int], ctx: Context
) -> tuple[list[tuple[Delivery, Member]], list[int]]:
    """Return whom to name, each with the first echo that waits for them, and every echo this tells of.

    Opening the private chat brings all that waits, so nobody is named again for the rest of it.
    """
    unheard: dict[int, list[Delivery]] = {}
    for delivery in await ctx.uow.progress.list_unheard(chat.id, ctx.now - WAITED):
        if delivery.member_id is not None and delivery.id not in told:
            unheard.setdefault(delivery.member_id, []).append(delivery)
    members = list(unheard)[:LINES]
    people = await ctx.uow.members.list_by_id(members)
    named = [(unheard[member][0], people[member]) for member in members]
    return named, [delivery.id for member in members for delivery in unheard[member]]


def _invitation(members: Sequence[Member], chat: Chat, ctx: Context) -> Text:
    text_id = "digest.waiting" if ctx.can(chat).deep_links else "digest.waiting_by_hand"
    return ctx.say(chat.language, text_id, names=voices.mentions(members, LINES, chat.language, ctx))


def _buttons(
    waiting: Sequence[tuple[Delivery, Member]], chat: Chat, ctx: Context
) -> tuple[tuple[Button, ...], ...]:
    if not ctx.can(chat).deep_links:
        return ()
    return tuple(
        (Button(ctx.label(chat.language, "digest.read", name=member.shown_name), start=f"d{delivery.id}"),)
        for delivery, member in waiting
    )
