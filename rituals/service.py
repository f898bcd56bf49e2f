"""Timers of duty: a SERVICE question that waits for its answer, and an open feedback that waits for its next word.

Both speak to staff only. A question's clock runs in business time, so these words keep no quiet hours of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rituals import voices
from rituals.base import Context
from storage.manners import after_quiet
from storage.messages import Button, Message
from storage.records import OPEN, STAFF, Feedback, FeedbackClass, Member, Status
from storage.service import AT_ONCE, HALF, OVER, UNANSWERED
from storage.timers import Timer

_WORDS = {AT_ONCE: "service.at_once", HALF: "service.half", OVER: "service.over"}


async def begin(feedback: Feedback, ctx: Context) -> None:
    """Start the clock of a new question; watch whether anything else gets its first review."""
    if feedback.status not in OPEN:
        return
    if feedback.feedback_class is FeedbackClass.SERVICE and feedback.status in UNANSWERED:
        is_known = feedback.negative or feedback.urgent  # which is alerted anyway (rituals/alerts.py)
        await ctx.uow.service.start(feedback, feedback.created_at, ctx.settings.service, is_known=is_known)
    else:
        await ctx.uow.service.watch(feedback.id, feedback.review_due, "review")


async def climb(timer: Timer, ctx: Context) -> None:
    """Tell whoever has a question that it waits: at once, at half time; when time is up, the next and the admins."""
    feedback = await _find(timer, ctx)
    if feedback is None or feedback.status not in UNANSWERED:
        return
    if feedback.feedback_class is not FeedbackClass.SERVICE:
        return
    step = int(timer.data["step"])
    if "until" in timer.data and ctx.now >= datetime.fromisoformat(timer.data["until"]):
        return  # we were away, and the next step says it better
    carers = await on_call(feedback, ctx)
    if step == AT_ONCE:  # who brought the question knows of it
        carers = [member for member in carers if member.id != feedback.captured_by_id]
    people = carers if step < OVER else await ctx.uow.service.list_next({member.id for member in carers})
    for member in people:
        language = await ctx.language_of(member)
        words = ctx.say(
            language, _WORDS[step], number=feedback.id, quote=voices.quote(feedback, language, ctx),
            who=await _asker(feedback, ctx),
            moment=ctx.texts.moment(language, feedback.review_due, await ctx.zone_of(member)),
            names=ctx.label(language, "list.comma").join(carer.shown_name for carer in carers),
        )  # fmt: skip
        buttons = _buttons(
            feedback, ctx, language, ("reply", "claim") if feedback.owner_id is None else ("reply",)
        )
        message = Message(text=words, buttons=(buttons,), about=f"#{feedback.id}")
        await call(member, message, ctx, key=f"{timer.key}:{member.id}", subject=timer.subject)


async def silent(timer: Timer, ctx: Context) -> None:
    """Tell the owner, else who is on duty, that the date of the next word has passed in silence."""
    feedback = await _find(timer, ctx)
    if feedback is None or feedback.status not in OPEN:
        return
    due = _due(feedback)
    if await _is_resting(feedback, ctx):
        return
    if due > ctx.now:
        await ctx.uow.service.watch(feedback.id, due, f"until:{due:%Y-%m-%dT%H:%M:%S}")
        return
    if await _is_said_of_topic(feedback, ctx):
        return
    text_id = "service.no_review" if feedback.status is Status.RECEIVED else "service.no_update"
    for member in await on_call(feedback, ctx):
        language, zone = await ctx.language_of(member), await ctx.zone_of(member)
        words = ctx.say(
            language, text_id, number=feedback.id, quote=voices.quote(feedback, language, ctx),
            moment=ctx.texts.moment(language, due, zone),
        )  # fmt: skip
        buttons = _buttons(feedback, ctx, language, ("plan",))
        message = Message(text=words, buttons=(buttons,), about=f"#{feedback.id}")
        key = f"{timer.subject}:silent:{due:%Y-%m-%dT%H:%M:%S}:{member.id}"
        await call(member, message, ctx, key=key, subject=timer.subject, is_urgent=False)


async def _is_said_of_topic(feedback: Feedback, ctx: Context) -> bool:
    """Tell whether another voice of the topic is late, too, and was said first: a topic is asked about once."""
    if feedback.topic_id is None:
        return False
    others = [
        other
        for other in await ctx.uow.topics.list_feedback(feedback.topic_id)
        if other.id < feedback.id and other.status in OPEN and _due(other) <= ctx.now
    ]
    return any([not await _is_resting(other, ctx) for other in others])


async def _is_resting(feedback: Feedback, ctx: Context) -> bool:
    """Tell whether a feedback is on hold: a timer of its own brings it back on its day, by its chat's time."""
    if feedback.held_until is None:
        return False
    chat = await ctx.uow.chats.get(feedback.chat_id)
    return feedback.held_until > ctx.now.astimezone(chat.zone).date()


def _due(feedback: Feedback) -> datetime:
    """Return by when the next word was promised, or the first look."""
    return feedback.update_due or feedback.review_due


async def on_call(feedback: Feedback, ctx: Context) -> list[Member]:
    """Return who is to act on a feedback now: its owner, else who is on duty; nobody answers themselves."""
    if feedback.owner_id is not None:
        owner = await ctx.uow.members.get(feedback.owner_id)
        if owner.role in STAFF:
            return [owner]
    chat = await ctx.uow.chats.get(feedback.chat_id)
    people = await ctx.uow.service.list_on_duty(ctx.settings.service, ctx.now, platform=chat.platform)
    if feedback.on_behalf_of:
        return people
    others = [member for member in people if member.id != feedback.contributor_id]
    return others or await ctx.uow.service.list_next({feedback.contributor_id})


async def call(
    member: Member, message: Message, ctx: Context, *, key: str, subject: str, is_urgent: bool = True
) -> None:
    """Tell staff what is their duty: as often as there is need, and at night only what has its own hours."""
    zone = await ctx.zone_of(member)
    chat = await ctx.private_chat(member)
    due = ctx.now if is_urgent else after_quiet(ctx.settings.manners, ctx.now, zone)
    await ctx.uow.outbox.put(
        chat.id, message, key=key, now=ctx.now, due=due, subject=subject, member_id=member.id
    )


async def _find(timer: Timer, ctx: Context) -> Feedback | None:
    number = voices.number_of(timer.subject, "feedback")
    return None if number is None else await ctx.uow.feedback.find(number)


async def _asker(feedback: Feedback, ctx: Context) -> str:
    return feedback.on_behalf_of or (await ctx.uow.members.get(feedback.contributor_id)).shown_name


def _buttons(feedback: Feedback, ctx: Context, language: str, steps: Sequence[str]) -> tuple[Button, ...]:
    moves = tuple(
        Button(ctx.label(language, f"step.{step}"), action=f"{step}:{feedback.id}:{feedback.version}")
        for step in steps
    )
    return (*moves, Button(ctx.label(language, "service.show"), action=f"show:{feedback.id}"))
