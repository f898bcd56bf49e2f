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
_FRONT, _ACROSS = 6, 3  # buttons a card shows before [更多] is pressed, and side by side
_ROOM_BESIDE_TEXT = 1_800  # characters kept free for everything on a card but the member's own words


async def card(ctx: Context, feedback: Feedback, *, is_whole: bool = False) -> Message:
    """Return the card staff work with: the verbatim words, everything known, the frequent next steps.

    `is_whole` shows every step at once; else what is rarer waits behind a button.
    """
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
    likest_id = near[0].item if near and feedback.topic_id is None else None
    rows = _buttons(ctx, feedback, likest_id, is_whole=is_whole)
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


def _buttons(
    ctx: Context, feedback: Feedback, likest_id: int | None, *, is_whole: bool
) -> tuple[tuple[Button, ...], ...]:  # fmt: skip
    """Return the next steps of a feedback, most wanted first; each knows the version it was drawn for."""
    rows = _rows(ctx, feedback, likest_id)
    if is_whole or sum(map(len, rows)) <= _FRONT:
        return rows
    front: list[tuple[Button, ...]] = []
    room = _FRONT - 1
    for row in rows:
        if len(row) > room and row[0].action.startswith("class:"):
            break  # the classes are chosen among, or not at all
        front.append(row[:room])
        room -= len(front[-1])
        if not room:
            break
    more = ctx.button("step.more", f"show:{feedback.id}:more")
    *rows_before, last = front
    return (*rows_before, (*last, more)) if len(last) < _ACROSS else (*front, (more,))


def _rows(ctx: Context, feedback: Feedback, likest_id: int | None) -> tuple[tuple[Button, ...], ...]:
    """Return every step, in rows: what is still to be judged comes first, then what is done most."""
    if feedback.status in CLOSED:
        return ((_step(ctx, feedback, "reopen"), _step(ctx, feedback, "note")),)
    is_open = feedback.status in OPEN
    is_praise = feedback.feedback_class is FeedbackClass.PRAISE and feedback.is_open_voice
    kinds = tuple(_class_button(ctx, feedback, kind) for kind in FeedbackClass) if is_open else ()
    merge = () if likest_id is None else (_merge_button(ctx, feedback, likest_id),)
    story = (ctx.button("step.story", f"story:{feedback.id}"),) if is_praise else ()
    is_asked = feedback.feedback_class is FeedbackClass.SERVICE
    steps = {
        "reply": is_asked and may_follow(feedback.status, Status.ANSWERED),
        "resolve": may_follow(feedback.status, Status.RESOLVED),
        "plan": may_follow(feedback.status, Status.PLANNED),
    }
    last = "decline" if may_follow(feedback.status, Status.DECLINED) else "reopen"
    rare = [_step(ctx, feedback, "note"), _step(ctx, feedback, last)]
    if is_open and ctx.settings.departments:
        rare.append(_step(ctx, feedback, "route"))
    if ctx.settings.has_assistant and feedback.is_open_voice:
        rare.append(ctx.button("step.draft", f"draft:{feedback.id}"))
    rows = (
        (_step(ctx, feedback, "claim"),) if feedback.owner_id is None and is_open else (),
        kinds if feedback.is_guess else (),
        merge,
        story,
        tuple(_step(ctx, feedback, name) for name, allowed in steps.items() if allowed),
        *(tuple(rare[start : start + _ACROSS]) for start in range(0, len(rare), _ACROSS)),
        () if feedback.is_guess else kinds,
    )
    return tuple(row for row in rows if row)


def _merge_button(ctx: Context, feedback: Feedback, likest_id: int) -> Button:
    return ctx.button("step.merge", f"merge:{feedback.id}:{likest_id}", number=likest_id)


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
