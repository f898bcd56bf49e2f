"""Ritual `checkin`: a light greeting to check in to, a counter kept up to date, a summary in the evening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rituals import voices
from rituals.base import Context, RitualSettings
from rituals.budget import why_silent
from rituals.streaks import list_streaks
from storage.messages import Button, Message, Text
from storage.records import Capabilities, Chat
from storage.runs import Run

KIND = "checkin"
WINDOW = timedelta(hours=12)
GREETINGS = (
    "checkin.greeting.1",
    "checkin.greeting.2",
    "checkin.greeting.3",
    "checkin.greeting.4",
    "checkin.greeting.5",
    "checkin.greeting.6",
    "checkin.greeting.7",
)
"""What is said where the config gives no texts of its own."""

NAMED_IN_COUNTER = 3
NAMED_IN_SUMMARY = 8


async def begin(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
    """Post the greeting of the day, another one than last time."""
    texts = ritual.texts or tuple(ctx.label(chat.language, text_id) for text_id in GREETINGS)
    earlier = await ctx.uow.runs.list_held(run, limit=1)
    before = earlier[0].data if earlier else {}
    variant = (int(before.get("variant", -1)) + 1) % len(texts)
    others = [number for number, text in enumerate(texts) if text != before.get("text")]
    if texts[variant] == before.get("text") and others:  # the config's texts changed places meanwhile
        variant = others[0]
    data = run.data | {"variant": variant, "text": texts[variant]}
    await ctx.uow.runs.change(run, data=data)
    message = Message(
        text=_invitation(texts[variant], run, chat, ctx), buttons=_buttons(run, chat, ctx.can(chat), ctx)
    )
    await ctx.uow.outbox.put(
        chat.id, message, key=post_key(run), now=ctx.now, subject=f"run:{run.id}", is_unprompted=True
    )


async def refresh(run: Run, chat: Chat, ctx: Context) -> None:
    """Bring the counter on the post up to date, where a post can be edited."""
    if ctx.can(chat).edits:
        present = await ctx.uow.checkins.list_members(run.id)
        await _edit(run, chat, present, _buttons(run, chat, ctx.can(chat), ctx), ctx)


async def finish(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> int:
    """Take the button away and sum up the day; say nothing if nobody came."""
    present = await ctx.uow.checkins.list_members(run.id)
    if ctx.can(chat).edits:
        await _edit(run, chat, present, (), ctx)
    reason = await why_silent(chat, ctx) if present else "nobody_came"
    if reason:
        await ctx.uow.runs.change(run, reason=reason)
        return len(present)
    await ctx.uow.outbox.put(
        chat.id,
        Message(text=await _summary(run, chat, ritual, present, ctx)),
        key=f"run:{run.id}:summary",
        now=ctx.now,
        subject=f"run:{run.id}",
        is_unprompted=True,
    )
    return len(present)


def post_key(run: Run) -> str:
    """Return the key of the Delivery that posts a run."""
    return f"run:{run.id}:post"


def _invitation(greeting: str, run: Run, chat: Chat, ctx: Context) -> Text:
    words = ctx.say(
        chat.language, "checkin.post", greeting=greeting, day=ctx.texts.day(chat.language, run.day),
        weekday=ctx.texts.weekday(chat.language, run.day),
    )  # fmt: skip
    return words if ctx.can(chat).buttons else (*words, "\n", *ctx.say(chat.language, "checkin.how_to"))


def _buttons(run: Run, chat: Chat, can: Capabilities, ctx: Context) -> tuple[tuple[Button, ...], ...]:
    if not can.buttons:
        return ()
    return ((Button(ctx.label(chat.language, "checkin.button"), action=f"checkin:{run.id}"),),)


async def _edit(
    run: Run, chat: Chat, present: Sequence[int], buttons: tuple[tuple[Button, ...], ...], ctx: Context
) -> None:
    text = _invitation(str(run.data.get("text", "")), run, chat, ctx)
    if present:
        latest = list(reversed(present[-NAMED_IN_COUNTER:]))
        people = await ctx.uow.members.list_by_id(latest)
        names = ctx.label(chat.language, "list.comma").join(people[member].shown_name for member in latest)
        text += ("\n\n", *ctx.say(chat.language, "checkin.counter", count=len(present), names=names))
    await ctx.uow.outbox.edit(post_key(run), Message(text=text, buttons=buttons), now=ctx.now)


async def _summary(
    run: Run, chat: Chat, ritual: RitualSettings, present: Sequence[int], ctx: Context
) -> Text:
    people = await ctx.uow.members.list_by_id(present)
    text = ctx.say(chat.language, "checkin.summary", count=len(present))
    streaks = await list_streaks(run, ritual.calendar, present, max(ritual.milestones, default=0), ctx)
    for milestone in sorted(ritual.milestones, reverse=True):
        reached = [people[member] for member in present if streaks.get(member) == milestone]
        if reached:
            names = voices.mentions(reached, NAMED_IN_SUMMARY, chat.language, ctx)
            text += ("\n", *ctx.say(chat.language, "checkin.milestone", days=milestone, names=names))
    new = [people[member] for member in await ctx.uow.checkins.list_newcomers(run.id)]
    if new:
        names = voices.mentions(new, NAMED_IN_SUMMARY, chat.language, ctx)
        text += ("\n", *ctx.say(chat.language, "checkin.welcome", names=names))
    return text
