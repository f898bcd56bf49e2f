"""The card staff work with: a feedback's verbatim words, everything known of it, and the frequent next steps."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers import next_words
from handlers.base import Context
from handlers.facts import facts_block
from handlers.histories import changes_block, deliveries_block, is_echo, name_of, notes_block
from handlers.likeness import alike, likest
from handlers.lines import is_late
from handlers.matters import matter_of, title_for_staff
from handlers.public_cards import spread_line, spread_of
from handlers.references import subject_of
from handlers.routing import hands_block
from handlers.statuses import MODE_WORDS, class_of, class_word, status_word
from storage.messages import Button, Link, Message, Part, Quote, Strong
from storage.records import CLOSED, OPEN, Feedback, FeedbackClass, Member, Status
from storage.statuses import may_follow
from storage.text.quotes import cut

_EMPTY_LINES = re.compile(r"\n\s*\n\s*\n\s*")
_LAST_CHANGES, _LAST_NOTES, _LAST_DELIVERIES = 8, 5, 6
_ROOM_BESIDE_TEXT = 1_800  # characters kept free for everything on a card but the member's own words


async def card(ctx: Context, feedback: Feedback) -> Message:
    """Return the card staff work with: the verbatim words, everything known, the frequent next steps."""
    changes = await ctx.uow.feedback.list_changes(feedback.id)
    notes = await ctx.uow.notes.list_of(feedback.id)
    deliveries = await ctx.uow.promises.list_about(subject_of(feedback.id))
    ids = {feedback.contributor_id, feedback.captured_by_id, *(by for by, _, _ in notes)}
    ids |= {change.by_id for change in changes if change.by_id} | {
        d.member_id for d in deliveries if d.member_id
    }
    people = await ctx.uow.members.list_by_id(ids | ({feedback.owner_id} if feedback.owner_id else set()))
    near = await likest(ctx, feedback)
    blocks = [
        await _head(ctx, feedback, people),
        _dates(ctx, feedback),
        await hands_block(ctx, feedback),
        await _shared(ctx, feedback),
        await facts_block(ctx, feedback),
        await alike(ctx, feedback, near),
        notes_block(ctx, notes[-_LAST_NOTES:], people),
        changes_block(ctx, changes[-_LAST_CHANGES:], people),
        deliveries_block(
            ctx, [d for d in deliveries if is_echo(d, feedback, people)][-_LAST_DELIVERIES:], people
        ),
    ]
    parts: list[Part] = []
    for block in blocks:
        parts.extend(("\n", *block) if parts and block else block)
    rows = buttons(ctx, feedback)
    if near and feedback.topic_id is None:
        merge = ctx.button("step.merge", f"merge:{feedback.id}:{near[0].item}", number=near[0].item)
        rows = (*rows, (merge,))
    if ctx.settings.has_assistant and feedback.is_open_voice and feedback.status not in CLOSED:
        rows = (*rows, (ctx.button("step.draft", f"draft:{feedback.id}"),))
    return Message(text=tuple(parts), buttons=rows, about=f"#{feedback.id}")


async def _shared(ctx: Context, feedback: Feedback) -> list[Part]:
    """Return its topic, and how many met it; nothing while it is one voice only."""
    matter = await matter_of(ctx, feedback)
    spread = await spread_of(ctx, matter)
    if matter.topic is None:
        return [spread_line(ctx, ctx.language, spread)] if spread.me > 1 or spread.not_me else []
    title = title_for_staff(ctx, matter.topic, matter.feedback[0])
    return [
        *ctx.say("topic.line", name=matter.topic.name, title=title, count=len(matter.feedback)),
        " · ",
        spread_line(ctx, ctx.language, spread),
    ]


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
    if feedback.status in OPEN and ctx.settings.departments:
        rows.append((_step(ctx, feedback, "route"),))
    last = "decline" if may_follow(feedback.status, Status.DECLINED) else "reopen"
    rows.append((_step(ctx, feedback, last), _step(ctx, feedback, "note")))
    if feedback.feedback_class is FeedbackClass.PRAISE and feedback.is_open_voice:
        rows.append((ctx.button("step.story", f"story:{feedback.id}"),))
    return tuple(rows)


_STEP_WORDS = {
    "claim": "step.claim",
    "reply": "step.reply",
    "plan": "step.plan",
    "resolve": "step.resolve",
    "decline": "step.decline",
    "reopen": "step.reopen",
    "note": "step.note",
    "route": "step.route",
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
    text = cut(text, room)
    where: tuple[Part, ...] = (chat.title or ctx.label("card.private"),)
    if feedback.link:
        where = (Link(where[0] if isinstance(where[0], str) else "", feedback.link),)
    contributor = name_of(people, feedback.contributor_id)
    parts: list[Part] = [
        Strong(f"#{feedback.id}"),
        *ctx.say(
            "card.head",
            kind=class_of(ctx, feedback),
            status=status_word(ctx, feedback.status),
            owner=name_of(people, owner.id) if owner else ctx.label("card.nobody"),
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
    if feedback.mode in MODE_WORDS:
        marks.append(ctx.label(MODE_WORDS[feedback.mode]))
    if feedback.attachments:
        marks.append(ctx.label("card.attachments", count=len(feedback.attachments)))
    if feedback.captured_by_id != feedback.contributor_id:
        marks.append(ctx.label("card.captured_by", who=name_of(people, feedback.captured_by_id)))
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
    elif next_words.has_own_date(feedback, ctx.now):
        late = is_late(feedback, ctx.now, ctx.now.astimezone(ctx.chat.zone).date())
        due = next_words.shown(ctx, feedback)
        lines.append(ctx.label("card.update_late" if late else "card.update_due", moment=due))
    return ["\n".join(lines)] if lines else []
