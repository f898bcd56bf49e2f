"""Raw updates of the web chat become Events: pure, no clock, no network. Called by the adapter.

**Shape** of a raw update: `kind` (message, edit, press, reaction, vote, start), `at` (ISO), `chat` (id, kind,
title), `from` (id, name), and what the kind needs: `message` (id, text, photo), `reply` (the message replied
to: id, from or null for us, text, photo), `data` (sealed), `emoji`, `choices`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.adapters.base import Chatter, Taken
from handlers.addressed import Call, is_addressed, read_call
from handlers.events import Event, EventKind, Replied, Sender
from storage.records import Attachment, ChatKind, Platform

Unseal = Callable[[str, str], str | None]
BROKEN_SEAL = "!"  # what follows "start" when its payload was tampered with
START_SCOPE = "start"
_KINDS = {
    "message": EventKind.MESSAGE,
    "start": EventKind.MESSAGE,
    "edit": EventKind.EDIT,
    "press": EventKind.PRESS,
    "reaction": EventKind.REACTION,
    "vote": EventKind.POLL_ANSWER,
}


def parse(
    update_id: str, raw: Mapping[str, Any], *, bot_names: tuple[str, ...], unseal: Unseal, overhears: bool = False
) -> Taken:  # fmt: skip
    """Return what an update means: an Event, Chatter, or nothing (a reaction taken back).

    Chatter has its words only if `overhears`.
    """
    kind = _KINDS[raw["kind"]]
    chat, sender = raw["chat"], raw["from"]
    message = raw.get("message") or {}
    message_id = str(message.get("id", ""))
    if kind is EventKind.REACTION and not raw["emoji"]:
        return Taken(update_id)
    text = message.get("text", "") if kind in (EventKind.MESSAGE, EventKind.EDIT) else ""
    replied = _replied(raw.get("reply"))
    after_mention = _after_mention(text, bot_names)
    is_private = chat["kind"] == ChatKind.PRIVATE
    call = read_call(text if after_mention is None else after_mention)
    if not (is_private or call.is_command or after_mention is not None):
        call = Call("", "", is_command=False)
    if raw["kind"] == "start":
        call = Call("start", _payload(raw["data"], unseal), is_command=True)
    if kind is EventKind.MESSAGE and not is_private and not message.get("photo"):
        by_us = replied is not None and replied.by_us
        if not is_addressed(
            text, is_reply_to_us=by_us, mentions_us=after_mention is not None, has_reply=replied is not None
        ):
            words = (text, link_of(message_id)) if overhears else ()
            return Taken(
                update_id, Chatter(chat["id"], sender["id"], sender["name"], sender["id"], message_id, *words)
            )
    is_press = kind is EventKind.PRESS
    return Taken(
        update_id,
        Event(
            update_id=update_id, kind=kind, platform=Platform.WEBCHAT, chat=chat["id"],
            chat_kind=ChatKind(chat["kind"]), chat_title=chat["title"],
            sender=Sender(sender["id"], sender["name"], sender["id"]), at=datetime.fromisoformat(raw["at"]),
            message_id=message_id, text=text, word=call.word, rest=call.rest, is_command=call.is_command,
            mentions_us=after_mention is not None, reply_to=replied, attachments=_attachments(message),
            link=link_of(message_id), action=unseal(chat["id"], raw["data"]) if is_press else None,
            press_id=update_id if is_press else "", emoji=raw.get("emoji", ""),
            poll_id=f"p{message_id}" if kind is EventKind.POLL_ANSWER else "",
            choices=tuple(raw.get("choices", ())),
        ),
    )  # fmt: skip


def link_of(message_id: str) -> str:
    """Return the address of a message on the page."""
    return f"/webchat/#m{message_id}" if message_id else ""


def _after_mention(text: str, bot_names: tuple[str, ...]) -> str | None:
    """Return the text without its mention of us, None if we are not mentioned."""
    folded = text.casefold()
    for name in bot_names:
        at = folded.find(f"@{name.casefold()}")
        if at >= 0:
            return f"{text[:at]} {text[at + 1 + len(name) :]}".strip()
    return None


def _payload(data: str, unseal: Unseal) -> str:
    if not data:
        return ""
    payload = unseal(START_SCOPE, data)
    return BROKEN_SEAL if payload is None else payload


def _replied(reply: Mapping[str, Any] | None) -> Replied | None:
    if not reply:
        return None
    sender = reply["from"]
    return Replied(
        message_id=str(reply["id"]), sender=Sender(sender["id"], sender["name"], sender["id"]) if sender else None,
        text=reply["text"], by_us=sender is None, attachments=_attachments(reply), link=link_of(str(reply["id"])),
    )  # fmt: skip


def _attachments(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    photo = message.get("photo")
    return (Attachment("photo", photo, photo),) if photo else ()
