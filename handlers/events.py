"""What happened, in the words of no platform: what adapters parse, the dispatcher routes and handlers match."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from storage.expectations import Expectation
from storage.records import Attachment, ChatKind, Platform


class EventKind(enum.StrEnum):
    """What happened."""

    MESSAGE = "message"
    EDIT = "edit"  # a message was edited by its author
    PRESS = "press"  # a button was pressed
    REACTION = "reaction"  # somebody reacted to a message
    POLL_ANSWER = "poll_answer"
    BOT_ADDED = "bot_added"  # we were added to a group, or a group was made with us
    BOT_REMOVED = "bot_removed"  # removed from a group, or blocked in a private chat
    MIGRATED = "migrated"  # a group got a new platform id (`text` is the new one)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who did it, as the platform says."""

    external_id: str
    name: str
    username: str = ""
    is_bot: bool = False
    is_person: bool = True  # False: an anonymous admin, a channel, a service account


@dataclass(frozen=True, slots=True)
class Replied:
    """The message somebody replied to."""

    message_id: str
    sender: Sender | None
    text: str
    by_us: bool = False
    attachments: tuple[Attachment, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One Update in platform-neutral form.

    `word` and `rest` are the first word (without slash, lower-case, full-width folded) and what follows
    it, when the message calls us: a slash command anywhere, or any text in a private chat or after a
    mention of us. `action` is the unsealed action of a pressed button, None if the seal is broken.
    """

    update_id: str
    kind: EventKind
    platform: Platform
    chat: str  # the platform's id of the chat; empty for a POLL_ANSWER
    chat_kind: ChatKind
    chat_title: str = ""
    sender: Sender
    at: datetime
    message_id: str = ""
    text: str = ""
    word: str = ""
    rest: str = ""
    is_command: bool = False  # called with a slash
    mentions_us: bool = False
    reply_to: Replied | None = None
    attachments: tuple[Attachment, ...] = ()
    album: str = ""
    link: str = ""
    action: str | None = None
    press_id: str = ""
    emoji: str = ""
    poll_id: str = ""
    choices: tuple[int, ...] = ()
    is_album_rest: bool = False  # a further picture of an album, without caption
    awaited: Expectation | None = None  # filled by the dispatcher: what we asked this member in this chat

    @property
    def is_private(self) -> bool:
        """Tell whether this came in a private chat."""
        return self.chat_kind is ChatKind.PRIVATE


def called(event: Event, names: tuple[str, ...]) -> str | None:
    """Return what follows the command if the event calls one of these names, else None.

    A Latin name needs its slash; a Chinese one also works as plain text in private or after a mention.
    """
    if event.kind is not EventKind.MESSAGE or not event.word or event.word not in names:
        return None
    if event.is_command or not event.word.isascii():
        return event.rest
    return None


def pressed(event: Event, intent: str) -> tuple[str, ...] | None:
    """Return the arguments of a pressed button of this intent, else None."""
    if event.kind is not EventKind.PRESS or not event.action:
        return None
    name, *arguments = event.action.split(":")
    return tuple(arguments) if name == intent else None
