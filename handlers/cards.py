"""How a feedback is shown: its words, the card staff work with, the line of a list. Used by many handlers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from handlers.base import Context
from handlers.likeness import alike
from handlers.references import subject_of
from handlers.spans import span
from handlers.tags import without_tags
from storage.echoes import TOLD_IN_PERSON
from storage.messages import Button, Link, Message, Part, Quote, Strong, Text
from storage.records import (
    CLOSED,
    OPEN,
    STAFF,
    Change,
    Delivery,
    DeliveryState,
    Feedback,
    FeedbackClass,
    Member,
    Status,
)
from storage.statuses import may_follow

STATUS_WORDS = {
    Status.RECEIVED: "status.received",
    Status.IN_REVIEW: "status.in_review",
    Status.ANSWERED: "status.answered",
    Status.PLANNED: "status.planned",
    Status.IN_PROGRESS: "status.in_progress",
    Status.RESOLVED: "status.resolved",
    Status.VERIFIED: "status.verified",
    Status.UNCONFIRMED: "status.unconfirmed",
    Status.DECLINED: "status.declined",
    Status.WITHDRAWN: "status.withdrawn",
}
CLASS_WORDS = {
    FeedbackClass.SERVICE: "class.service",
    FeedbackClass.SUGGESTION: "class.suggestion",
    FeedbackClass.PRAISE: "class.praise",
}
_ARRIVED = {
    DeliveryState.PENDING: "card.delivery_pending",
    DeliveryState.SENDING: "card.delivery_pending",
    DeliveryState.SENT: "card.delivery_sent",
    DeliveryState.UNKNOWN: "card.delivery_unknown",
    DeliveryState.WAITING: "card.delivery_waiting",
    DeliveryState.DEAD: "card.delivery_dead",
}
_TAG = re.compile(r"[#＃][^\s#＃]+")
_EMPTY_LINES = re.compile(r"\n\s*\n\s*\n\s*")
_BLANK = re.compile(
    r"[\s\x00-\x1f\x7f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)  # not emoji's joiner
_LAST_CHANGES, _LAST_NOTES, _LAST_DELIVERIES = 8, 5, 6
_ROOM_BESIDE_TEXT = 1_800  # characters kept free for everything on a card but the member's own words


def status_word(ctx: Context, status: Status) -> str:
    """Return what a status is called."""
    return ctx.label(STATUS_WORDS[status])


def class_word(ctx: Context, feedback_class: FeedbackClass, *, is_guess: bool = False) -> str:
    """Return what a class is called; a guess carries a question mark until a person confirms it."""
    word = ctx.label(CLASS_WORDS[feedback_class])
    return ctx.label("class.guess", word=word) if is_guess else word


def short_quote(text: str, length: int) -> str:
    """Return the first words of a text on one line, without tags, at most `length` characters. Pure."""
    words = _BLANK.sub(" ", _TAG.sub(" ", text)).strip() or _BLANK.sub(" ", text).strip()
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def quote_of(ctx: Context, feedback: Feedback, length: int) -> str:
    """Return the first words of a feedback without its tags; a word for the picture if it has none."""
    bare = without_tags(feedback.text, ctx.settings.tags)
    return short_quote(bare or feedback.text, length) or ctx.label("feedback.no_words")


def is_late(feedback: Feedback, now: datetime, today: date) -> bool:
    """Tell whether the next step was due: the first review, the promised date, or the end of a hold."""
    if feedback.status not in OPEN:
        return False
    if feedback.held_until is not None:
        return feedback.held_until <= today
    if feedback.status is Status.RECEIVED:
        return feedback.review_due <= now
    return feedback.planned_for is not None and feedback.planned_for < today


def line(ctx: Context, feedback: Feedback, who: str) -> Text:
    """Return a feedback as one line of a list: number, class, age, who, first words, a mark if late."""
    late = is_late(feedback, ctx.now, ctx.now.astimezone(ctx.chat.zone).date())
    return ctx.say(
        "card.line_late" if late else "card.line",
        number=feedback.id,
        kind=class_word(ctx, feedback.feedback_class, is_guess=feedback.is_guess),
        age=span(ctx, ctx.now - feedback.created_at),
        who=who,
        quote=quote_of(ctx, feedback, 24),
    )


async def card(ctx: Context, feedback: Feedback) -> Message:
    """Return the card staff work with: the verbatim words, everything known, the frequent next steps."""
    changes = await ctx.uow.feedback.list_changes(feedback.id)
    notes = await ctx.uow.feedback.list_notes(feedback.id)
    deliveries = await ctx.uow.outbox.list_about(subject_of(feedback.id))
    ids = {feedback.contributor_id, feedback.captured_by_id, *(by for by, _, _ in notes)}
    ids |= {change.by_id for change in changes if change.by_id} | {
        d.member_id for d in deliveries if d.member_id
    }
    people = await ctx.uow.members.list_by_id(ids | ({feedback.owner_id} if feedback.owner_id else set()))
    blocks = [
        await _head(ctx, feedback, people),
        _dates(ctx, feedback),
        await alike(ctx, feedback),
        _notes(ctx, notes[-_LAST_NOTES:], people),
        _history(ctx, changes[-_LAST_CHANGES:], people),
        _deliveries(
            ctx, [d for d in deliveries if _is_echo(d, feedback, people)][-_LAST_DELIVERIES:], people
        ),
    ]
    parts: list[Part] = []
    for block in blocks:
        parts.extend(("\n", *block) if parts and block else block)
    return Message(text=tuple(parts), buttons=buttons(ctx, feedback), about=f"#{feedback.id}")


def buttons(ctx: Context, feedback: Feedback) -> tuple[tuple[Button, ...], ...]:
    """Return the frequent next steps of a feedback; each knows the version it was drawn for."""
    if feedback.status in CLOSED:
        return ((_step(ctx, feedback, "reopen"), _step(ctx, feedback, "note")),)
    rows: list[tuple[Button, ...]] = []
    if feedback.owner_id is None and feedback.status in OPEN:
        rows.append((_step(ctx, feedback, "claim"),))
    if feedback.status in OPEN:
        rows.append(tuple(_class_button(ctx, feedback, kind) for kind in FeedbackClass))
    steps = {
        "reply": may_follow(feedback.status, Status.ANSWERED)
        and feedback.feedback_class is FeedbackClass.SERVICE,
        "plan": may_follow(feedback.status, Status.PLANNED),
        "resolve": may_follow(feedback.status, Status.RESOLVED),
    }
    if any(steps.values()):
        rows.append(tuple(_step(ctx, feedback, name) for name, allowed in steps.items() if allowed))
    last = "decline" if may_follow(feedback.status, Status.DECLINED) else "reopen"
    rows.append((_step(ctx, feedback, last), _step(ctx, feedback, "note")))
    return tuple(rows)


_STEP_WORDS = {
    "claim": "step.claim",
    "reply": "step.reply",
    "plan": "step.plan",
    "resolve": "step.resolve",
    "decline": "step.decline",
    "reopen": "step.reopen",
    "note": "step.note",
}


def _step(ctx: Context, feedback: Feedback, intent: str) -> Button:
    return ctx.button(_STEP_WORDS[intent], f"{intent}:{feedback.id}:{feedback.version}")


def _class_button(ctx: Context, feedback: Feedback, kind: FeedbackClass) -> Button:
    chosen = kind is feedback.feedback_class and not feedback.is_guess
    label = ctx.label("class.chosen" if chosen else "class.choice", word=class_word(ctx, kind))
    return Button(label, action=f"class:{feedback.id}:{feedback.version}:{kind}")


async def _head(ctx: Context, feedback: Feedback, people: Mapping[int, Member]) -> list[Part]:
    chat = await ctx.uow.chats.get(feedback.chat_id)
    owner = people.get(feedback.owner_id) if feedback.owner_id else None
    room = max(ctx.can(ctx.chat).text_limit - _ROOM_BESIDE_TEXT, 200)
    text = _EMPTY_LINES.sub("\n\n", feedback.text)
    text = text if len(text) <= room else text[: room - 1] + "…"
    where: tuple[Part, ...] = (chat.title or ctx.label("card.private"),)
    if feedback.link:
        where = (Link(where[0] if isinstance(where[0], str) else "", feedback.link),)
    contributor = _name(people, feedback.contributor_id)
    parts: list[Part] = [
        Strong(f"#{feedback.id}"),
        *ctx.say(
            "card.head",
            kind=class_word(ctx, feedback.feedback_class, is_guess=feedback.is_guess),
            status=status_word(ctx, feedback.status),
            owner=_name(people, owner.id) if owner else ctx.label("card.nobody"),
        ),
        "\n",
        Quote(text) if text.strip() else ctx.label("feedback.no_words"),
        "\n",
        *ctx.say(
            "card.on_behalf" if feedback.on_behalf_of else "card.who",
            who=feedback.on_behalf_of or contributor,
            carrier=contributor,
            where=where,
            moment=ctx.texts.moment(ctx.language, feedback.created_at, chat.zone),
        ),
    ]
    marks = [
        ctx.label(text_id)
        for text_id, is_set in (("card.negative", feedback.negative), ("card.urgent", feedback.urgent))
        if is_set
    ]
    if feedback.attachments:
        marks.append(ctx.label("card.attachments", count=len(feedback.attachments)))
    if feedback.captured_by_id != feedback.contributor_id:
        marks.append(ctx.label("card.captured_by", who=_name(people, feedback.captured_by_id)))
    if marks:
        parts += ["\n", " · ".join(marks)]
    return parts


def _dates(ctx: Context, feedback: Feedback) -> list[Part]:
    lines: list[str] = []
    if feedback.planned_for is not None:
        day = ctx.texts.day(ctx.language, feedback.planned_for)
        lines.append(ctx.label("card.planned_for", day=day))
    if feedback.held_until is not None:
        lines.append(ctx.label("card.held_until", day=ctx.texts.day(ctx.language, feedback.held_until)))
    if feedback.status is Status.RECEIVED:
        due = ctx.texts.moment(ctx.language, feedback.review_due, ctx.chat.zone)
        late = is_late(feedback, ctx.now, ctx.now.astimezone(ctx.chat.zone).date())
        lines.append(ctx.label("card.review_late" if late else "card.review_due", moment=due))
    return ["\n".join(lines)] if lines else []


def _notes(
    ctx: Context, notes: Iterable[tuple[int, str, datetime]], people: Mapping[int, Member]
) -> list[Part]:
    lines = [
        ctx.label("card.note", who=_name(people, by), day=_day(ctx, at), text=_shortened(text))
        for by, text, at in notes
    ]
    return ["\n".join(lines)] if lines else []


def _history(ctx: Context, changes: Iterable[Change], people: Mapping[int, Member]) -> list[Part]:
    lines = [
        ctx.label(
            "card.change_with_note" if change.note else "card.change",
            day=_day(ctx, change.at),
            before=status_word(ctx, change.before),
            after=status_word(ctx, change.after),
            who=_name(people, change.by_id) if change.by_id else ctx.label("card.clock"),
            text=_shortened(change.note),
        )
        for change in changes
    ]
    return ["\n".join(lines)] if lines else []


def _deliveries(ctx: Context, deliveries: Iterable[Delivery], people: Mapping[int, Member]) -> list[Part]:
    lines = [
        ctx.label(
            "card.delivery_in_person"
            if delivery.error.startswith(TOLD_IN_PERSON)
            else _ARRIVED[delivery.state],
            who=_name(people, delivery.member_id),
            moment=ctx.texts.moment(ctx.language, delivery.sent_at or delivery.due_at, ctx.chat.zone),
        )
        for delivery in deliveries
        if delivery.member_id
    ]
    return ["\n".join(lines)] if lines else []


def _is_echo(delivery: Delivery, feedback: Feedback, people: Mapping[int, Member]) -> bool:
    """Tell whether a message went to who said it or follows it, not among staff."""
    member = people.get(delivery.member_id or 0)
    if member is None or not delivery.is_held:
        return False
    return member.id == feedback.contributor_id or member.role not in STAFF


def _shortened(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"


def _day(ctx: Context, at: datetime) -> str:
    return ctx.texts.day(ctx.language, at.astimezone(ctx.chat.zone).date())


def _name(people: Mapping[int, Member], member_id: int | None) -> str:
    member = people.get(member_id) if member_id else None
    return (member.salutation or member.name or member.username) if member else "?"
