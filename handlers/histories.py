"""What happened to a feedback, for the card: notes, changes, and what was told to whom. Used by handlers/cards.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from handlers.base import Context
from handlers.statuses import status_word
from storage.echoes import TOLD_IN_PERSON
from storage.messages import Part
from storage.modes import Mode, mode_of
from storage.promises import Delivery, DeliveryState
from storage.records import STAFF, Change, Feedback, Member
from storage.text.quotes import cut

_ARRIVED = {
    DeliveryState.PENDING: "card.delivery_pending",
    DeliveryState.SENDING: "card.delivery_pending",
    DeliveryState.SENT: "card.delivery_sent",
    DeliveryState.UNKNOWN: "card.delivery_unknown",
    DeliveryState.WAITING: "card.delivery_waiting",
    DeliveryState.DEAD: "card.delivery_dead",
}
_POSTED = "card.delivery_posted"
"""What is said of a letter to an alias, whether it arrived or waits."""


def notes_block(
    ctx: Context, notes: Iterable[tuple[int, str, datetime]], people: Mapping[int, Member]
) -> list[Part]:
    """Return what staff wrote for each other."""
    lines = [
        ctx.label("card.note", who=name_of(people, by), day=_day(ctx, at), text=_shortened(text))
        for by, text, at in notes
    ]
    return ["\n".join(lines)] if lines else []


def changes_block(ctx: Context, changes: Iterable[Change], people: Mapping[int, Member]) -> list[Part]:
    """Return the changes of status, a line each."""
    lines = [
        ctx.label(
            "card.change_with_note" if change.note else "card.change",
            day=_day(ctx, change.at),
            before=status_word(ctx, change.before),
            after=status_word(ctx, change.after),
            who=name_of(people, change.by_id) if change.by_id else ctx.label("card.clock"),
            text=_shortened(change.note),
        )
        for change in changes
    ]
    return ["\n".join(lines)] if lines else []


def deliveries_block(
    ctx: Context, deliveries: Iterable[Delivery], people: Mapping[int, Member]
) -> list[Part]:
    """Return who was told and whether it arrived: a line for each way it went with somebody, the newest moment.

    Several that went alike are counted in their line.
    """
    alike: dict[tuple[int, str], list[Delivery]] = {}
    for delivery in deliveries:
        if delivery.member_id:
            alike.setdefault((delivery.member_id, _arrived(delivery, people)), []).append(delivery)
    lines = []
    for (member_id, text_id), group in alike.items():
        last = group[-1]
        at = last.sent_at or last.due_at
        if text_id == _POSTED:  # when it arrived would tell who they are: who else came back just then?
            at = last.created_at
        moment = ctx.texts.moment(ctx.language, at, ctx.chat.zone)
        line = ctx.label(text_id, who=name_of(people, member_id), moment=moment)
        lines.append(line + ctx.label("card.delivery_times", count=len(group)) if len(group) > 1 else line)
    return ["\n".join(lines)] if lines else []


def _arrived(delivery: Delivery, people: Mapping[int, Member]) -> str:
    """Return the text that says how far a message has come."""
    if delivery.error.startswith(TOLD_IN_PERSON):
        return "card.delivery_in_person"
    member = people.get(delivery.member_id or 0)
    mode = mode_of(member.external_id) if member else Mode.NAMED
    if delivery.state is DeliveryState.SENT and mode is Mode.SEALED:
        return "card.delivery_kept"
    text_id = _ARRIVED[delivery.state]
    return _POSTED if mode is Mode.ALIAS and delivery.state is not DeliveryState.PENDING else text_id


def is_echo(delivery: Delivery, feedback: Feedback, people: Mapping[int, Member]) -> bool:
    """Tell whether a message went to who said it or follows it, not among staff."""
    member = people.get(delivery.member_id or 0)
    if member is None or not delivery.is_held:
        return False
    return member.id == feedback.contributor_id or member.role not in STAFF


def _shortened(text: str) -> str:
    return cut(text, 120)


def _day(ctx: Context, at: datetime) -> str:
    return ctx.texts.day(ctx.language, at.astimezone(ctx.chat.zone).date())


def name_of(people: Mapping[int, Member], member_id: int | None) -> str:
    """Return what one of these people is called; a question mark for somebody unknown."""
    member = people.get(member_id) if member_id else None
    return member.address if member else "?"
