"""Bodies of the long connection and of the callback become Events: pure, no clock, no network. Used by the intake.

Quotes come without author and id: `reply_to` holds only their words until the intake has found out more.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.adapters.base import Taken
from bot.adapters.wecom.speech import clean, quoted_words, without_name, words_of
from bot.adapters.wecom.wire import Body, CardEvent, File, Rating, as_list
from bot.seal import unseal
from handlers.addressed import read_call
from handlers.events import Event, EventKind, Replied, Sender
from storage.records import Attachment, ChatKind, Platform

NOT_READABLE = (msgspec.ValidationError, ValueError, TypeError, OverflowError, OSError, RecursionError)
UNKNOWN_MESSAGE = ""  # the id of a quoted message that we could not find
RATINGS = "|"  # between the action of 👍 and that of 👎 in the id of a rated message
_OPTION = re.compile(r"opt_(\d{1,3})", re.ASCII)
_UP, _DOWN = 1, 2


@dataclass(frozen=True, slots=True)
class Us:
    """By which names we are called, and the key of our seals."""

    pattern: re.Pattern[str]
    seal_key: bytes


@dataclass(frozen=True, slots=True)
class Download:
    """A file to fetch before its address expires, and the name it is kept under."""

    name: str
    file: File


def button_scope(chat: str) -> str:
    """Return what the seal of a button is bound to."""
    return f"wecom:{chat}"


def read(body: Mapping[str, Any]) -> Body:
    """Read a body. **Errors**: one of NOT_READABLE."""
    return msgspec.convert(body, Body, strict=False)


def parse(raw: Mapping[str, Any], us: Us, now: datetime) -> Taken:
    """Return what a body means to us; one that cannot be read comes back raw, with the error."""
    try:
        body = read(raw)
        return Taken(body.msgid, _content(body, us, now))
    except NOT_READABLE as error:
        return quarantined(raw, f"{type(error).__name__}: {error}")


def quarantined(raw: Mapping[str, Any] | str, error: str) -> Taken:
    """Return what cannot be read, to be kept as it is under an id made of its content, or its own."""
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)
    given = raw.get("msgid") if isinstance(raw, Mapping) else None
    found = (
        given
        if isinstance(given, str) and given
        else hashlib.sha256(text.encode(errors="replace")).hexdigest()[:24]
    )
    return Taken(f"unreadable-{found}", raw=clean(text), error=error)


def downloads(body: Body) -> list[Download]:
    """List the files of a message, named as its attachments are."""
    return [Download(attachment.file_id, file) for attachment, file in _files(body)]


def chat_of(body: Body) -> str:
    """Return where it came. **Errors**: ValueError for a group without id."""
    if not body.is_group:
        return body.from_.userid.lower()
    if not body.chatid:
        raise ValueError("a group without chatid")
    return body.chatid


def _content(body: Body, us: Us, now: datetime) -> Event | None:
    if not body.from_.userid:
        return None
    at = datetime.fromtimestamp(body.create_time, UTC) if body.create_time else now
    if body.event is None:
        return _said(body, us, at)
    if body.event.template_card_event is not None:
        return _tapped(body, body.event.template_card_event, us, at)
    if body.event.feedback_event is not None:
        return _rated(body, body.event.feedback_event, us, at)
    return None


def sender_of(body: Body) -> Sender:
    """Return who did it: ids differ in case between the platform's own interfaces, so ours are lower case."""
    return Sender(body.from_.userid.lower(), "", body.from_.userid)


def _said(body: Body, us: Us, at: datetime) -> Event | None:
    attachments = tuple(attachment for attachment, _ in _files(body))
    spoken = clean(words_of(body))
    if not spoken and not attachments and body.quote is None:
        return None
    text = without_name(spoken, us.pattern)
    call = read_call(text)
    quote = body.quote
    replied = Replied(UNKNOWN_MESSAGE, None, clean(quoted_words(quote))) if quote is not None else None
    return Event(
        update_id=body.msgid, kind=EventKind.MESSAGE, platform=Platform.WECOM, chat=chat_of(body),
        chat_kind=_kind_of(body), sender=sender_of(body), at=at, message_id=body.msgid, text=text, word=call.word,
        rest=call.rest, is_command=call.is_command, mentions_us=body.is_group, reply_to=replied,
        attachments=attachments,
    )  # fmt: skip


def _tapped(body: Body, card: CardEvent, us: Us, at: datetime) -> Event:
    """Return a press, or the vote of a vote card; the sender of the card's event is who tapped."""
    chat = chat_of(body)
    choices = choices_of(card)
    if card.card_type == "vote_interaction":
        return Event(
            update_id=body.msgid, kind=EventKind.POLL_ANSWER, platform=Platform.WECOM, chat="",
            chat_kind=ChatKind.PRIVATE, sender=sender_of(body), at=at, poll_id=card.task_id, choices=choices,
            message_id=card.task_id, press_id=body.msgid,
        )  # fmt: skip
    return Event(
        update_id=body.msgid, kind=EventKind.PRESS, platform=Platform.WECOM, chat=chat, chat_kind=_kind_of(body),
        sender=sender_of(body), at=at, message_id=card.task_id, press_id=body.msgid,
        action=unseal(us.seal_key, button_scope(chat), card.event_key),
    )  # fmt: skip


def choices_of(card: CardEvent) -> tuple[int, ...]:
    """Return what was chosen on a vote card, 0-based."""
    items = card.selected_items.get("selected_item") if isinstance(card.selected_items, dict) else None
    ids = [
        option
        for item in as_list(items)
        if isinstance(item, dict) and isinstance(item.get("option_ids"), dict)
        for option in as_list(item["option_ids"].get("option_id"))
    ]
    found = (_OPTION.fullmatch(option) for option in ids if isinstance(option, str))
    return tuple(sorted({int(match[1]) for match in found if match}))


def _rated(body: Body, rating: Rating, us: Us, at: datetime) -> Event | None:
    """Return a 👍 or 👎 as a press of the button that says the same; one taken back says nothing."""
    up, _, down = rating.id.partition(RATINGS)
    data = {_UP: up, _DOWN: down}.get(rating.type, "")
    if not data:
        return None
    chat = chat_of(body)
    return Event(
        update_id=body.msgid, kind=EventKind.PRESS, platform=Platform.WECOM, chat=chat, chat_kind=_kind_of(body),
        sender=sender_of(body), at=at, action=unseal(us.seal_key, button_scope(chat), data),
    )  # fmt: skip


def _kind_of(body: Body) -> ChatKind:
    return ChatKind.GROUP if body.is_group else ChatKind.PRIVATE


def _files(body: Body) -> list[tuple[Attachment, File]]:
    """List the files of a message under names of their own; the address of a file is never kept."""
    mixed = body.mixed.msg_item if body.mixed is not None else ()
    found = [("photo", item.image) for item in mixed]
    found += [("photo", body.image), ("document", body.file), ("video", body.video)]
    given = [(kind, file) for kind, file in found if file is not None and file.url]
    name = hashlib.blake2b(body.msgid.encode(), digest_size=12).hexdigest()
    return [
        (Attachment(kind, f"wecom-{name}-{number}", f"{name}-{number}"), file)
        for number, (kind, file) in enumerate(given, 1)
    ]
