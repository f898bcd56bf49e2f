"""Methods that put something new into a chat: texts, photos, polls."""

import struct
from collections.abc import Mapping
from typing import Any

from tests.botapi import refusals
from tests.botapi.content import formatted
from tests.botapi.form import Upload
from tests.botapi.people import Chat, Raw
from tests.botapi.refusals import RefusedError
from tests.botapi.world import Ballot, World

Params = Mapping[str, Any]

_PNG = b"\x89PNG\r\n\x1a\n"


def send_message(world: World, params: Params) -> Raw:
    """Answer sendMessage."""
    chat = world.writable(params["chat_id"])
    shown = formatted(params)
    common = _common(world, chat, params)
    text: Raw = {"text": shown.text, "entities": named(world, shown.entities) or None}
    return world.post(chat, world.bot.user(), **common, **text)


def send_photo(world: World, params: Params) -> Raw:
    """Answer sendPhoto, of an upload, a file_id known here or a URL."""
    chat = world.writable(params["chat_id"])
    given = params["photo"]
    if isinstance(given, Upload):
        file_id = world.keep_file(given)
    elif given in world.files or given.startswith(("http://", "https://")):
        file_id = given
    else:
        raise RefusedError(refusals.INVALID_FILE)
    shown = formatted(params, "caption")
    caption: Raw = {"caption": shown.text or None, "caption_entities": named(world, shown.entities) or None}
    common = _common(world, chat, params)
    return world.post(chat, world.bot.user(), **common, photo=photo_sizes(world, file_id), **caption)


def send_document(world: World, params: Params) -> Raw:
    """Answer sendDocument, of an upload or a file_id known here."""
    chat = world.writable(params["chat_id"])
    given = params["document"]
    file_id = world.keep_file(given) if isinstance(given, Upload) else given
    upload = world.files.get(file_id)
    if upload is None:
        raise RefusedError(refusals.INVALID_FILE)
    document: Raw = {"file_id": file_id, "file_unique_id": f"U{file_id[4:16]}", "file_name": upload.filename}
    document |= {"mime_type": upload.content_type, "file_size": len(upload.data)}
    shown = formatted(params, "caption")
    caption: Raw = {"caption": shown.text or None, "caption_entities": named(world, shown.entities) or None}
    return world.post(chat, world.bot.user(), **_common(world, chat, params), document=document, **caption)


def send_poll(world: World, params: Params) -> Raw:
    """Answer sendPoll."""
    chat = world.writable(params["chat_id"])
    poll_id = str(5_400_000_000_000_000_000 + world.serial())
    kind = params.get("type", "regular")
    options = [
        {"persistent_id": str(index), "text": formatted(option, "text", "text_").text, "voter_count": 0}
        for index, option in enumerate(params["options"])
    ]
    poll: Raw = {
        "id": poll_id,
        "question": formatted(params, "question", "question_").text,
        "options": options,
        "total_voter_count": 0,
        "is_closed": params.get("is_closed", False),
        "is_anonymous": params.get("is_anonymous", True),
        "type": kind,
        "allows_multiple_answers": params.get("allows_multiple_answers", False),
        "allows_revoting": params.get("allows_revoting", kind == "regular"),
        "members_only": params.get("members_only", False),
    }
    poll |= {
        name: params[name] for name in ("open_period", "close_date", "correct_option_ids") if name in params
    }
    message = world.post(chat, world.bot.user(), **_common(world, chat, params), poll=poll)
    world.polls[poll_id] = Ballot(chat.id, message["message_id"])
    return message


def named(world: World, entities: list[Raw]) -> list[Raw]:
    """Return entities with mentioned people filled in; a mention of a stranger is none, as on Telegram."""
    full: list[Raw] = []
    for entity in entities:
        if entity["type"] != "text_mention":
            full.append(entity)
        elif entity["user"]["id"] in world.people:
            full.append({**entity, "user": world.person(entity["user"]["id"])})
    return full


def photo_sizes(world: World, file_id: str) -> list[Raw]:
    """Return a photo's sizes: a thumbnail and the picture itself."""
    upload = world.files.get(file_id)
    width, height = 90, 90
    if upload is not None and upload.data.startswith(_PNG):
        width, height = struct.unpack(">II", upload.data[16:24])
    whole: Raw = {"file_id": file_id, "file_unique_id": f"U{file_id[4:16]}", "width": width, "height": height}
    if upload is not None:
        whole["file_size"] = len(upload.data)
    small: Raw = {"file_id": f"{file_id}s", "file_unique_id": f"T{file_id[4:16]}", "width": 90, "height": 90}
    return [small, whole]


def _common(world: World, chat: Chat, params: Params) -> Raw:
    thread = params.get("message_thread_id")
    if thread is not None and thread not in chat.topics:
        raise RefusedError(refusals.THREAD_NOT_FOUND)
    markup = params.get("reply_markup")
    keyboard = markup if markup and markup.get("inline_keyboard") else None
    return {
        "reply_to_message": _replied(world, chat, params),
        "reply_markup": keyboard,
        "message_thread_id": thread,
        "is_topic_message": True if thread is not None else None,
        "has_protected_content": True if params.get("protect_content") else None,
    }


def _replied(world: World, chat: Chat, params: Params) -> Raw | None:
    reply = params.get("reply_parameters")
    if reply is None:
        return None
    there = world.find_chat(reply["chat_id"]) if "chat_id" in reply else chat
    target = there.messages.get(reply["message_id"])
    if target is None and not reply.get("allow_sending_without_reply"):
        raise RefusedError(refusals.REPLY_NOT_FOUND)
    if target is None or there is not chat:
        return None
    return {name: value for name, value in target.items() if name not in ("reply_to_message", "reply_markup")}
