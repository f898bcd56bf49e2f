"""Who is who: senders, chats and links to messages, as the neutral records name them. Used by `parse`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.adapters.telegram.wire import Chat, Message, User
from handlers.events import Sender
from storage.records import ChatKind

TELEGRAM_SERVICE = 777000  # posts of a linked channel; Source: Bot API, Message.is_automatic_forward
CHANNEL_BOT = 136817688  # stands for a channel that speaks in a group; Source: Bot API, Message.from
GROUP_ANONYMOUS_BOT = 1087968824  # stands for an anonymous admin; Source: Bot API, Message.from
_NOBODYS = frozenset({TELEGRAM_SERVICE, CHANNEL_BOT, GROUP_ANONYMOUS_BOT})
NOBODY = Sender("", "", is_person=False)
_SUPERGROUP = "-100"


@dataclass(frozen=True, slots=True)
class Us:
    """Who we are, and the key of our seals; `overhears` if ordinary talk is to come with its words."""

    id: int
    username: str
    seal_key: bytes
    overhears: bool = False

    @property
    def folded(self) -> str:
        """Return our user name as it is compared."""
        return self.username.lower()


def button_scope(chat: int | str) -> str:
    """Return what the seal of a button is bound to."""
    return f"chat:{chat}"


def link_scope(member: int | str) -> str:
    """Return what the seal of a deep link is bound to; empty if anybody may follow it."""
    return f"member:{member}"


def clean(text: str) -> str:
    """Return a text without NUL, which no database keeps; else as it is."""
    return text.replace("\0", "") if "\0" in text else text


def name_of(who: User | Chat) -> str:
    """Return the name people see."""
    return clean(f"{who.first_name} {who.last_name}".strip() if who.last_name else who.first_name)


def person(user: User) -> Sender:
    """Return a user as a Sender."""
    is_person = user.id not in _NOBODYS
    return Sender(str(user.id), name_of(user), user.username, user.is_bot and is_person, is_person)


def author(message: Message) -> Sender | None:
    """Return who wrote a message: a person, a chat that speaks for itself, or None if nobody says.

    An anonymous admin is the group itself, so that what they may do is found by `external_id == chat`.
    """
    if (chat := message.sender_chat) is not None:
        return Sender(str(chat.id), clean(chat.title) or name_of(chat), chat.username, is_person=False)
    return person(message.from_) if message.from_ is not None else None


def kind_of(chat: Chat) -> ChatKind:
    """Return whether a chat has one member or many."""
    return ChatKind.PRIVATE if chat.type == "private" else ChatKind.GROUP


def title_of(chat: Chat) -> str:
    """Return what a chat is called; a private one by its person's name."""
    return clean(chat.title) or name_of(chat)


def link_to(chat: Chat, message_id: int) -> str:
    """Return the address of a message; basic groups and private chats have none."""
    if chat.type != "supergroup":
        return ""
    if chat.username:
        return f"https://t.me/{chat.username}/{message_id}"
    number = str(chat.id)
    return (
        f"https://t.me/c/{number.removeprefix(_SUPERGROUP)}/{message_id}"
        if number.startswith(_SUPERGROUP)
        else ""
    )


def moment(seconds: int) -> datetime:
    """Return a Unix time as an aware moment."""
    return datetime.fromtimestamp(seconds, UTC)
