"""Methods that ask or set without touching messages: the bot itself, chats, members, files, menus."""

from collections.abc import Mapping
from typing import Any

from tests.botapi import refusals
from tests.botapi.people import Chat, Raw
from tests.botapi.refusals import RefusedError
from tests.botapi.world import World

Params = Mapping[str, Any]

_LONGEST_TAG = 16
_FLAGS = ("has_topics_enabled", "can_connect_to_business", "supports_inline_queries", "has_main_web_app")
_ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "choose_sticker", "find_location"})


def get_me(world: World, params: Params) -> Raw:
    """Answer getMe."""
    me = world.bot.user() | {"can_join_groups": True, "can_read_all_group_messages": world.reads_all}
    return me | dict.fromkeys(_FLAGS, False)


def get_chat(world: World, params: Params) -> Raw:
    """Answer getChat."""
    return _readable(world, params).full()


def get_member(world: World, params: Params) -> Raw:
    """Answer getChatMember."""
    chat = _readable(world, params)
    if params["user_id"] not in world.people:
        raise RefusedError(refusals.MEMBER_NOT_FOUND)
    return world.member(chat, params["user_id"])


def get_administrators(world: World, params: Params) -> list[Raw]:
    """Answer getChatAdministrators: the people, and the bot if it is one."""
    chat = _readable(world, params)
    if chat.type == "private":
        raise RefusedError(refusals.bad_request("there are no administrators in the private chat"))
    admins = ("creator", "administrator")
    return [world.member(chat, who) for who, status in chat.statuses.items() if status in admins]


def get_member_count(world: World, params: Params) -> int:
    """Answer getChatMemberCount."""
    chat = _readable(world, params)
    return sum(status not in ("left", "kicked") for status in chat.statuses.values())


def set_tag(world: World, params: Params) -> bool:
    """Answer setChatMemberTag: an admin with the right sets a regular member's tag."""
    chat = world.writable(params["chat_id"])
    if chat.statuses.get(world.bot.id) != "administrator" or not chat.may_tag:
        raise RefusedError(refusals.NO_TAG_RIGHTS)
    if chat.statuses.get(params["user_id"]) != "member":
        raise RefusedError(refusals.MEMBER_NOT_FOUND)
    word = params.get("tag", "")
    if len(word) > _LONGEST_TAG:
        raise RefusedError(refusals.bad_request("TAG_TOO_LONG"))
    chat.tags[params["user_id"]] = word
    return True


def leave_chat(world: World, params: Params) -> bool:
    """Answer leaveChat, and let the bot hear of it."""
    chat = world.writable(params["chat_id"])
    if chat.type == "private":
        raise RefusedError(refusals.bad_request("chat member status can't be changed in private chats"))
    world.change_bot_status(chat, "left", by=world.bot.user())
    return True


def set_commands(world: World, params: Params) -> bool:
    """Answer setMyCommands."""
    world.commands[_scope(params)] = list(params["commands"])
    return True


def get_commands(world: World, params: Params) -> list[Raw]:
    """Answer getMyCommands."""
    return world.commands.get(_scope(params), [])


def delete_commands(world: World, params: Params) -> bool:
    """Answer deleteMyCommands."""
    world.commands.pop(_scope(params), None)
    return True


def get_file(world: World, params: Params) -> Raw:
    """Answer getFile for a file that is known here."""
    file_id = params["file_id"]
    upload = world.files.get(file_id)
    if upload is None:
        raise RefusedError(refusals.INVALID_FILE_ID)
    found: Raw = {"file_id": file_id, "file_unique_id": f"U{file_id[4:16]}", "file_size": len(upload.data)}
    return found | {"file_path": f"photos/{file_id}"}


def send_action(world: World, params: Params) -> bool:
    """Answer sendChatAction."""
    world.writable(params["chat_id"])
    if params["action"] not in _ACTIONS:
        raise RefusedError(refusals.bad_request("wrong parameter action in request"))
    return True


def _readable(world: World, params: Params) -> Chat:
    chat = world.find_chat(params["chat_id"])
    if chat.migrated_to is not None:
        raise RefusedError(refusals.migrated(chat.migrated_to))
    status = chat.statuses.get(world.bot.id, "left")
    if chat.type != "private" and status == "kicked":
        raise RefusedError(refusals.KICKED if chat.type == "supergroup" else refusals.KICKED_FROM_GROUP)
    if chat.type != "private" and status == "left":
        raise RefusedError(refusals.CHAT_NOT_FOUND)
    return chat


def _scope(params: Params) -> str:
    scope = params.get("scope") or {"type": "default"}
    parts = [str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope]
    return "/".join([*parts, params.get("language_code", "")]).rstrip("/")
