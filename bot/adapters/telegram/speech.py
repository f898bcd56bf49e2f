"""What people say: messages, captions, albums, edits and the service messages about us. Used by `parse`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.adapters.base import Chatter
from bot.adapters.telegram.people import (
    NOBODY,
    TELEGRAM_SERVICE,
    Us,
    author,
    clean,
    kind_of,
    link_scope,
    link_to,
    moment,
    person,
    title_of,
)
from bot.adapters.telegram.wire import Chat, Entity, Message
from bot.seal import unseal
from handlers.addressed import Call, is_addressed, read_call
from handlers.events import Event, EventKind, Replied, Sender
from storage.records import Attachment, ChatKind, Platform

BROKEN_SEAL = "!"
_NO_CALL = Call("", "", is_command=False)


def said(update_id: str, message: Message, us: Us) -> Event | Chatter | None:
    """Return what a new message is to us."""
    chat, user = message.chat, message.from_
    if chat.type == "channel":
        return None
    text = message.text if message.text is not None else message.caption
    if text is None and not _has_file(message):
        return _service(update_id, message, us)
    if user is None or (user.is_bot and message.sender_chat is None) or _is_channel_post(message):
        return None
    text = text or ""
    words = _without_mention(message, text, us)
    if chat.type == "private" or _concerns(message, text, us, mentions_us=words is not None):
        return _heard(update_id, message, text, us, words=words)
    if message.sender_chat is not None:
        return None  # an anonymous admin or a channel has no days of activity
    name = user.first_name if not user.last_name else f"{user.first_name} {user.last_name}"
    said = (str(chat.id), str(user.id), clean(name), user.username, str(message.message_id))
    if us.overhears and message.forward_origin is None:  # else: somebody else's words
        return Chatter(*said, clean(text), link_to(chat, message.message_id))
    return Chatter(*said)


def edited(update_id: str, message: Message, us: Us) -> Event | None:
    """Return an edit of a person's words; edits without words (live locations, …) are not for us."""
    text = message.text if message.text is not None else message.caption
    user = message.from_
    if text is None or user is None or message.chat.type == "channel" or _is_channel_post(message):
        return None
    if user.is_bot and message.sender_chat is None:
        return None
    return _heard(update_id, message, text, us, kind=EventKind.EDIT)


def _is_channel_post(message: Message) -> bool:
    """Tell whether a message is the linked channel's post, which Telegram copies into its group."""
    return message.is_automatic_forward or (
        message.from_ is not None and message.from_.id == TELEGRAM_SERVICE
    )


def _concerns(message: Message, text: str, us: Us, *, mentions_us: bool) -> bool:
    if message.forward_origin is not None:
        return False  # somebody else's words, written for somewhere else
    reply = _replied_message(message)
    to_us = reply is not None and reply.from_ is not None and reply.from_.id == us.id
    if not is_addressed(text, is_reply_to_us=to_us, mentions_us=mentions_us, has_reply=reply is not None):
        return bool(message.media_group_id) and message.caption is None
    return mentions_us or not _is_for_another_bot(text, us)


def _is_for_another_bot(text: str, us: Us) -> bool:
    whom = read_call(text).whom if text.lstrip()[:1] in ("/", "／") else ""
    return bool(whom) and whom != us.folded


def _heard(
    update_id: str, message: Message, text: str, us: Us, *,
    kind: EventKind = EventKind.MESSAGE, words: str | None = None,
) -> Event | None:  # fmt: skip
    chat, sender = message.chat, author(message)
    if sender is None:
        return None
    call = _NO_CALL
    if kind is EventKind.MESSAGE and message.forward_origin is None:
        call = _call(message, text if words is None else words, us, sender, is_named=words is not None)
    return Event(
        update_id=update_id, kind=kind, platform=Platform.TELEGRAM, chat=str(chat.id), chat_kind=kind_of(chat),
        chat_title=title_of(chat), sender=sender, at=moment(message.date), message_id=str(message.message_id),
        text=clean(text), word=clean(call.word), rest=clean(call.rest), is_command=call.is_command,
        mentions_us=words is not None, reply_to=_replied(message, us), attachments=tuple(_attachments(message)),
        album=message.media_group_id, link=link_to(chat, message.message_id),
        is_album_rest=bool(message.media_group_id) and message.caption is None,
    )  # fmt: skip


def _call(message: Message, text: str, us: Us, sender: Sender, *, is_named: bool) -> Call:
    call, is_private = read_call(text), message.chat.type == "private"
    if call.whom and call.whom != us.folded:
        return _NO_CALL
    if not call.is_command and not is_private and not is_named:
        return _NO_CALL
    if is_private and call.is_command and call.word == "start" and call.rest:
        return call._replace(rest=_unsealed(call.rest, us, sender))
    return call


def _unsealed(payload: str, us: Us, sender: Sender) -> str:
    for scope in (link_scope(sender.external_id), link_scope("")):
        if (opened := unseal(us.seal_key, scope, payload)) is not None:
            return opened
    return BROKEN_SEAL


def _without_mention(message: Message, text: str, us: Us) -> str | None:
    """Return the text without the mentions of us, None if there is none."""
    entities = message.entities if message.text is not None else message.caption_entities
    if not entities or not us.id:
        return None
    spans = [entity for entity in entities if _names_us(entity, text, us)]
    if not spans:
        return None
    units = text.encode("utf-16-le")
    for entity in sorted(spans, key=lambda each: each.offset, reverse=True):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        units = units[:start] + units[end:]
    return units.decode("utf-16-le", errors="ignore").strip()


def _names_us(entity: Entity, text: str, us: Us) -> bool:
    if entity.type == "text_mention":
        return entity.user is not None and entity.user.id == us.id
    return entity.type == "mention" and _stretch(text, entity).lower() == f"@{us.folded}"


def _stretch(text: str, entity: Entity) -> str:
    units = text.encode("utf-16-le")[2 * entity.offset : 2 * (entity.offset + entity.length)]
    return units.decode("utf-16-le", errors="ignore")


def _replied_message(message: Message) -> Message | None:
    """Return the message really replied to: in a topic every message seems to answer its first one."""
    reply = message.reply_to_message
    if reply is None or (message.is_topic_message and reply.message_id == message.message_thread_id):
        return None
    return reply


def _replied(message: Message, us: Us) -> Replied | None:
    reply = _replied_message(message)
    if reply is None:
        return None
    text = reply.text if reply.text is not None else reply.caption
    if text is None and message.quote is not None:
        text = message.quote.text
    return Replied(
        message_id=str(reply.message_id), sender=author(reply), text=clean(text or ""),
        by_us=reply.from_ is not None and reply.from_.id == us.id, attachments=tuple(_attachments(reply)),
        link=link_to(message.chat, reply.message_id),
    )  # fmt: skip


def _has_file(message: Message) -> bool:
    return any(True for _ in _attachments(message))


def _attachments(message: Message) -> Iterator[Attachment]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        yield Attachment("photo", largest.file_id, largest.file_unique_id)
    document = message.document if message.animation is None else None  # an animation is given as both
    for kind, file in (
        ("video", message.video), ("video", message.video_note), ("animation", message.animation),
        ("voice", message.voice), ("voice", message.audio), ("document", document), ("sticker", message.sticker),
    ):  # fmt: skip
        if file is not None:
            yield Attachment(kind, file.file_id, file.file_unique_id)


def _service(update_id: str, message: Message, us: Us) -> Event | None:
    """Return what a message without content says about us: a new id of the group, or that we come or go."""
    chat = message.chat
    if message.migrate_to_chat_id is not None:
        return _about_us(update_id, message, EventKind.MIGRATED, chat.id, str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id is not None:
        return _about_us(update_id, message, EventKind.MIGRATED, message.migrate_from_chat_id, str(chat.id))
    if any(member.id == us.id for member in message.new_chat_members or ()):
        return _about_us(update_id, message, EventKind.BOT_ADDED, chat.id)
    if message.left_chat_member is not None and message.left_chat_member.id == us.id:
        return _about_us(update_id, message, EventKind.BOT_REMOVED, chat.id)
    return None


def _about_us(update_id: str, message: Message, kind: EventKind, chat_id: int, text: str = "") -> Event:
    chat: Chat = message.chat
    sender = person(message.from_) if message.from_ is not None else NOBODY
    return Event(
        update_id=update_id, kind=kind, platform=Platform.TELEGRAM, chat=str(chat_id), chat_kind=ChatKind.GROUP,
        chat_title=title_of(chat), sender=sender, at=moment(message.date), text=text,
    )  # fmt: skip
