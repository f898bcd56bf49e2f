"""Which function answers which method. Methods of the queue (getUpdates, webhooks) are the server's own."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.botapi import asking, editing, sending
from tests.botapi.world import World

Answer = Callable[[World, Mapping[str, Any]], Any]

METHODS: dict[str, Answer] = {
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendPoll": sending.send_poll,
    "editMessageText": editing.edit_text,
    "editMessageCaption": editing.edit_caption,
    "editMessageReplyMarkup": editing.edit_markup,
    "deleteMessage": editing.delete_message,
    "setMessageReaction": editing.set_reaction,
    "stopPoll": editing.stop_poll,
    "answerCallbackQuery": editing.answer_query,
    "getMe": asking.get_me,
    "getChat": asking.get_chat,
    "getChatMember": asking.get_member,
    "getChatAdministrators": asking.get_administrators,
    "getChatMemberCount": asking.get_member_count,
    "setChatMemberTag": asking.set_tag,
    "leaveChat": asking.leave_chat,
    "setMyCommands": asking.set_commands,
    "getMyCommands": asking.get_commands,
    "deleteMyCommands": asking.delete_commands,
    "getFile": asking.get_file,
    "sendChatAction": asking.send_action,
}
