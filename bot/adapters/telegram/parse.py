"""Parses raw updates: bytes in, Taken out. Pure; used by polling and by the webhook.

Each update is decoded alone, so that one the Bot API never promised goes to quarantine alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from bot.adapters.base import Chatter, Taken
from bot.adapters.telegram.happenings import added_or_removed, answered, pressed, reacted
from bot.adapters.telegram.people import Us
from bot.adapters.telegram.speech import edited, said
from bot.adapters.telegram.wire import Update
from handlers.events import Event

_UPDATE = msgspec.json.Decoder(Update)
_BATCH = msgspec.json.Decoder(list[msgspec.Raw])
_UPDATE_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})')

NOT_READABLE = (msgspec.MsgspecError, ValueError, OverflowError, OSError, RecursionError)


def read_batch(result: msgspec.Raw) -> list[msgspec.Raw]:
    """Take the result of getUpdates apart. **Errors**: one of NOT_READABLE."""
    return _BATCH.decode(result)


def parse_batch(batch: Iterable[msgspec.Raw], us: Us, now: datetime) -> list[Taken]:
    """Parse what one poll brought, in its order."""
    return [parse(raw, us, now) for raw in batch]


def parse(raw: bytes | msgspec.Raw, us: Us, now: datetime) -> Taken:
    """Parse one raw update; one that cannot be parsed comes back with its raw form and the error.

    `now` is the time of what Telegram gives none for: presses and poll answers.
    """
    try:
        update = _UPDATE.decode(raw)
        return Taken(str(update.update_id), _content(update, us, now))
    except NOT_READABLE as error:
        return quarantined(bytes(raw), f"{type(error).__name__}: {error}")


def quarantined(raw: bytes, error: str) -> Taken:
    """Return an update to be kept as it is, under its own id if one can be found in it."""
    found = find_update_id(raw)
    update_id = str(found) if found is not None else f"unreadable-{hashlib.sha256(raw).hexdigest()[:24]}"
    return Taken(update_id, raw=raw.decode(errors="replace").replace("\0", "�"), error=error)


def find_update_id(raw: bytes) -> int | None:
    """Find the update's id in bytes that may be anything."""
    found = _UPDATE_ID.search(raw)
    return int(found[1]) if found else None


def _content(update: Update, us: Us, now: datetime) -> Event | Chatter | None:
    update_id = str(update.update_id)
    if update.message is not None:
        return said(update_id, update.message, us)
    if update.edited_message is not None:
        return edited(update_id, update.edited_message, us)
    if update.callback_query is not None:
        return pressed(update_id, update.callback_query, us, now)
    if update.message_reaction is not None:
        return reacted(update_id, update.message_reaction)
    if update.poll_answer is not None:
        return answered(update_id, update.poll_answer, now)
    if update.my_chat_member is not None:
        return added_or_removed(update_id, update.my_chat_member)
    return None
