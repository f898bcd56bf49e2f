"""Who hurts is heard by a person at once: staff are told, and it climbs until somebody takes it up (PRODUCT §7).

A step after each capture, and the timers `complaint`, `climb` and `forget_complaint`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rituals import voices
from rituals.base import Context
from storage.complaints import Complaint
from storage.manners import after_quiet
from storage.messages import Button, Link, Message, Part, Quote
from storage.records import OPEN, ChatKind, Feedback, FeedbackClass, Member, Role
from storage.text.quotes import cut
from storage.timers import Timer

_SHOWN = 400  # characters of their words: staff read the whole in the card, or where it was said
_HURRIED = {"alert.raised": "alert.hurried", "alert.climbed": "alert.hurried_climbed"}  # urgent, and not hurt
_KEEP_WORDS_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Matter:
    """What staff are told about: a feedback, or words that nobody tagged."""

    subject: str
    member_id: int
    chat_id: int
    text: str
    link: str
    is_urgent: bool
    apart_id: int | None  # who brought it, and need not be told
    feedback: Feedback | None = None
    complaint: Complaint | None = None


async def about_feedback(feedback: Feedback, ctx: Context) -> None:
    """Tell who is on duty of a negative or urgent feedback that nobody has yet."""
    if not (feedback.negative or feedback.urgent) or not _is_free(feedback):
        return
    matter = _of_feedback(feedback)
    if await ctx.uow.complaints.find_by_feedback(feedback.id) is None:
        await _raise(matter, ctx)
    else:  # staff have read these words already: it only has to be taken up
        await _climb_later(matter, 1, ctx)


async def late(timer: Timer, ctx: Context) -> None:
    """Tell who is on duty of a feedback that turned out to hurt after it was heard."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is not None:
        await about_feedback(feedback, ctx)


async def complaint(timer: Timer, ctx: Context) -> None:
    """Tell who is on duty of negative words that nobody tagged, and forget the words in a day."""
    found = await _find_complaint(timer.subject, ctx)
    if found is None or not found.text:
        return
    await _raise(_of_complaint(found), ctx)
    await ctx.uow.timers.put(
        f"{found.subject}:forget", "forget_complaint", ctx.now + _KEEP_WORDS_FOR, subject=found.subject
    )


async def forget_complaint(timer: Timer, ctx: Context) -> None:
    """Drop untagged words, here and in what staff were sent."""
    found = await _find_complaint(timer.subject, ctx)
    if found is None:
        return
    await ctx.uow.complaints.forget(found.id)
    await ctx.uow.retractions.take_back_about(found.subject)
    await ctx.uow.retractions.blank(found.subject)


async def climb(timer: Timer, ctx: Context) -> None:
    """Tell the next KOS, and the first time the admins, unless somebody has taken it up meanwhile."""
    matter = await _still_free(timer.subject, ctx)
    if matter is None:
        return
    told = {
        delivery.member_id
        for delivery in await ctx.uow.promises.list_about(matter.subject, limit=100)
        if delivery.member_id is not None and delivery.key.startswith(f"{matter.subject}:alert:")
    }
    people = await ctx.uow.service.list_next(told | ({matter.apart_id} if matter.apart_id else set()))
    await _tell(people, matter, "alert.climbed", ctx)
    if any(member.role is Role.KOS for member in people):  # there may be one more to ask
        await _climb_later(matter, int(timer.data["rung"]) + 1, ctx)


async def _raise(matter: _Matter, ctx: Context) -> None:
    chat = await ctx.uow.chats.get(matter.chat_id)
    on_duty = await ctx.uow.service.list_on_duty(ctx.settings.service, ctx.now, platform=chat.platform)
    people = [member for member in on_duty if member.id != matter.apart_id]
    await _tell(people, matter, "alert.raised", ctx)
    await _climb_later(matter, 1, ctx)


async def _climb_later(matter: _Matter, rung: int, ctx: Context) -> None:
    """Look again in a while; a question climbs by its own clock (rituals/service.py)."""
    if matter.feedback is not None and matter.feedback.feedback_class is FeedbackClass.SERVICE:
        return
    due = await _when(matter, ctx) + ctx.settings.complaints.claim_within
    await ctx.uow.timers.put(
        f"{matter.subject}:climb:{rung}", "climb", due, subject=matter.subject, data={"rung": rung}
    )


async def _when(matter: _Matter, ctx: Context) -> datetime:
    """Return when staff may be told: at once if it cannot wait or somebody is on duty, else not at night."""
    if matter.is_urgent or ctx.settings.service.on_duty(ctx.now):
        return ctx.now
    chat = await ctx.uow.chats.get(matter.chat_id)
    return after_quiet(ctx.settings.manners, ctx.now, chat.zone)


async def _tell(people: Sequence[Member], matter: _Matter, text_id: str, ctx: Context) -> None:
    """Tell each in private, outside of any budget."""
    chat = await ctx.uow.chats.get(matter.chat_id)
    due = await _when(matter, ctx)
    contributor = await ctx.uow.members.get(matter.member_id)
    for member in people:
        language = await ctx.language_of(member)
        private = await ctx.uow.outbox.private_chat(member, timezone=chat.timezone, language=language)
        await ctx.uow.outbox.put(
            private.id, await _message(matter, contributor, text_id, language, ctx),
            key=f"{matter.subject}:alert:{member.id}", now=ctx.now, due=due, subject=matter.subject,
            member_id=member.id,
        )  # fmt: skip


async def _message(
    matter: _Matter, contributor: Member, text_id: str, language: str, ctx: Context
) -> Message:
    """Return the alert: who, where, their words, what they said before, and what one can do."""
    chat = await ctx.uow.chats.get(matter.chat_id)
    is_group = chat.kind is ChatKind.GROUP
    where: tuple[Part, ...] = (chat.title if is_group else ctx.label(language, "card.private"),)
    if matter.link and is_group:
        where = (Link(chat.title or ctx.label(language, "alert.message"), matter.link),)
    if matter.feedback is not None and not matter.feedback.negative:
        text_id = _HURRIED[text_id]
    text = cut(matter.text, _SHOWN)
    parts: list[Part] = [
        *ctx.say(
            language, text_id, who=contributor.shown_name, where=where,
            number=f" #{matter.feedback.id}" if matter.feedback else "",
        ),
        "\n",
        Quote(text) if text.strip() else ctx.label(language, "feedback.no_words"),
        "\n",
        await _history(matter, contributor, language, ctx),
    ]  # fmt: skip
    return Message(
        text=tuple(parts),
        buttons=_buttons(matter, language, ctx),
        about=f"#{matter.feedback.id}" if matter.feedback else "",
    )


async def _history(matter: _Matter, contributor: Member, language: str, ctx: Context) -> str:
    """Return in one line what they said before."""
    number = matter.feedback.id if matter.feedback else 0
    before = [
        feedback
        for feedback in await ctx.uow.feedback.list_of(contributor.id, limit=6)
        if feedback.id != number
    ]
    if not before:
        return ctx.label(language, "alert.first")
    last = before[0]
    return ctx.label(
        language, "alert.history", count=await ctx.uow.feedback.count_of(contributor.id) - bool(number),
        number=last.id, quote=voices.quote(last, language, ctx),
        status=ctx.label(language, f"status.{last.status}"),
    )  # fmt: skip


def _buttons(matter: _Matter, language: str, ctx: Context) -> tuple[tuple[Button, ...], ...]:
    take = ctx.label(language, "step.claim")
    if matter.feedback is not None:
        number, version = matter.feedback.id, matter.feedback.version
        row = [
            Button(take, action=f"claim:{number}:{version}"),
            Button(ctx.label(language, "alert.show"), action=f"show:{number}"),
        ]
        if matter.feedback.feedback_class is FeedbackClass.SERVICE:  # who asks waits for words
            row.insert(1, Button(ctx.label(language, "step.reply"), action=f"reply:{number}:{version}"))
        return (tuple(row),)
    assert matter.complaint is not None  # noqa: S101 - a matter is one or the other
    number = matter.complaint.id
    return (
        (
            Button(take, action=f"complaint:claim:{number}"),
            Button(ctx.label(language, "alert.keep"), action=f"complaint:keep:{number}"),
        ),
        (Button(ctx.label(language, "alert.drop"), action=f"complaint:drop:{number}"),),
    )


async def _still_free(subject: str, ctx: Context) -> _Matter | None:
    """Return what a timer is about, None if somebody has it, or it is over."""
    number = voices.number_of(subject, "feedback")
    if number is not None:
        feedback = await ctx.uow.feedback.find(number)
        return _of_feedback(feedback) if feedback is not None and _is_free(feedback) else None
    found = await _find_complaint(subject, ctx)
    if found is None or not found.text or found.claimed_by_id is not None:
        return None
    return _of_complaint(found)


async def _find_complaint(subject: str, ctx: Context) -> Complaint | None:
    number = voices.number_of(subject, "complaint")
    return None if number is None else await ctx.uow.complaints.find(number)


def _is_free(feedback: Feedback) -> bool:
    return (
        feedback.owner_id is None
        and feedback.status in OPEN
        and (feedback.feedback_class is not FeedbackClass.PRAISE or (feedback.urgent and feedback.is_guess))
    )


def _of_feedback(feedback: Feedback) -> _Matter:
    return _Matter(
        f"feedback:{feedback.id}", feedback.contributor_id, feedback.chat_id, feedback.text,
        feedback.link if feedback.is_open_voice else "", feedback.urgent, feedback.captured_by_id, feedback=feedback,
    )  # fmt: skip


def _of_complaint(found: Complaint) -> _Matter:
    return _Matter(
        found.subject, found.member_id, found.chat_id, found.text, found.link, is_urgent=False, apart_id=None,
        complaint=found,
    )  # fmt: skip
