"""What people do without words: presses, reactions, votes, and what becomes of us in a chat. Used by `parse`."""

from __future__ import annotations

from datetime import datetime

from bot.adapters.telegram.people import Us, button_scope, kind_of, link_to, moment, person, title_of
from bot.adapters.telegram.wire import (
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    MessageReactionUpdated,
    PollAnswer,
    ReactionType,
)
from bot.seal import unseal
from handlers.events import Event, EventKind
from storage.records import ChatKind, Platform

CUSTOM_EMOJI = "custom"


def pressed(update_id: str, query: CallbackQuery, us: Us, now: datetime) -> Event | None:
    """Return a pressed button; its action is None if the seal is not of this chat."""
    place = query.message
    if place is None or query.from_.is_bot:
        return None
    data = query.data or ""
    return Event(
        update_id=update_id, kind=EventKind.PRESS, platform=Platform.TELEGRAM, chat=str(place.chat.id),
        chat_kind=kind_of(place.chat), chat_title=title_of(place.chat), sender=person(query.from_), at=now,
        message_id=str(place.message_id), link=link_to(place.chat, place.message_id), press_id=query.id,
        action=unseal(us.seal_key, button_scope(place.chat.id), data),
    )  # fmt: skip


def reacted(update_id: str, change: MessageReactionUpdated) -> Event | None:
    """Return a reaction somebody added; one taken back, or an anonymous one, is not for us."""
    user = change.user
    if user is None or user.is_bot or change.chat.type == "channel":
        return None
    before = {_emoji(each) for each in change.old_reaction}
    added = [emoji for each in change.new_reaction if (emoji := _emoji(each)) not in before]
    if not added:
        return None
    return Event(
        update_id=update_id, kind=EventKind.REACTION, platform=Platform.TELEGRAM, chat=str(change.chat.id),
        chat_kind=kind_of(change.chat), chat_title=title_of(change.chat), sender=person(user),
        at=moment(change.date), message_id=str(change.message_id), emoji=added[0].partition(":")[0],
        link=link_to(change.chat, change.message_id),
    )  # fmt: skip


def answered(update_id: str, answer: PollAnswer, now: datetime) -> Event | None:
    """Return a vote in a poll of ours; no choice means that it was taken back."""
    if answer.user is None or answer.user.is_bot:
        return None
    return Event(
        update_id=update_id, kind=EventKind.POLL_ANSWER, platform=Platform.TELEGRAM, chat="",
        chat_kind=ChatKind.GROUP, sender=person(answer.user), at=now, poll_id=answer.poll_id,
        choices=tuple(answer.option_ids),
    )  # fmt: skip


def added_or_removed(update_id: str, change: ChatMemberUpdated) -> Event | None:
    """Return that we came into a chat or left it; in private: were unblocked or blocked."""
    before, after = _is_in(change.old_chat_member), _is_in(change.new_chat_member)
    if change.chat.type == "channel" or before == after:
        return None
    return Event(
        update_id=update_id, kind=EventKind.BOT_ADDED if after else EventKind.BOT_REMOVED,
        platform=Platform.TELEGRAM, chat=str(change.chat.id), chat_kind=kind_of(change.chat),
        chat_title=title_of(change.chat), sender=person(change.from_), at=moment(change.date),
    )  # fmt: skip


def _is_in(member: ChatMember) -> bool:
    if member.status == "restricted":
        return member.is_member
    return member.status in ("member", "administrator", "creator")


def _emoji(reaction: ReactionType) -> str:
    return reaction.emoji or f"{CUSTOM_EMOJI}:{reaction.custom_emoji_id}"
