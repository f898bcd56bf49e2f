"""Methods that change what is there: edits, deletions, reactions, closed polls, answered buttons."""

from collections.abc import Mapping
from typing import Any

from tests.botapi import refusals
from tests.botapi.content import formatted
from tests.botapi.people import Chat, Raw
from tests.botapi.refusals import RefusedError
from tests.botapi.sending import named
from tests.botapi.world import World

Params = Mapping[str, Any]

_DELETABLE_SECONDS = 48 * 3600


def edit_text(world: World, params: Params) -> Raw:
    """Answer editMessageText."""
    message = _own(world, params)
    if "text" not in message:
        raise RefusedError(refusals.NO_TEXT_TO_EDIT)
    shown = formatted(params)
    return _changed(world, message, params, text=shown.text, entities=named(world, shown.entities))


def edit_caption(world: World, params: Params) -> Raw:
    """Answer editMessageCaption."""
    message = _own(world, params)
    if "photo" not in message and "document" not in message:
        raise RefusedError(refusals.NO_CAPTION_TO_EDIT)
    shown = formatted(params, "caption")
    return _changed(world, message, params, caption=shown.text, caption_entities=named(world, shown.entities))


def edit_markup(world: World, params: Params) -> Raw:
    """Answer editMessageReplyMarkup."""
    return _changed(world, _own(world, params), params)


def delete_message(world: World, params: Params) -> bool:
    """Answer deleteMessage: the bot's own message within 48 hours, anybody's where the bot is an admin."""
    chat = world.writable(params["chat_id"])
    message = chat.messages.get(params["message_id"])
    if message is None:
        raise RefusedError(refusals.DELETE_NOT_FOUND)
    own = message["from"]["id"] == world.bot.id
    admin = chat.statuses.get(world.bot.id) == "administrator"
    if not (own or admin or chat.type == "private") or world.date() - message["date"] > _DELETABLE_SECONDS:
        raise RefusedError(refusals.CANT_DELETE)
    del chat.messages[params["message_id"]]
    chat.reactions.pop(params["message_id"], None)
    return True


def set_reaction(world: World, params: Params) -> bool:
    """Answer setMessageReaction."""
    chat = world.writable(params["chat_id"])
    if params["message_id"] not in chat.messages:
        raise RefusedError(refusals.REACT_NOT_FOUND)
    chat.react(params["message_id"], world.bot.id, list(params.get("reaction", ())))
    return True


def stop_poll(world: World, params: Params) -> Raw:
    """Answer stopPoll, and let the bot hear of the poll's end."""
    chat = world.writable(params["chat_id"])
    message = chat.messages.get(params["message_id"])
    if message is None:
        raise RefusedError(refusals.POLL_NOT_FOUND)
    if "poll" not in message:
        raise RefusedError(refusals.NOT_A_POLL)
    poll: Raw = message["poll"]
    if poll["is_closed"]:
        raise RefusedError(refusals.POLL_CLOSED)
    poll["is_closed"] = True
    _set_markup(message, params)
    world.emit("poll", poll)
    return poll


def answer_query(world: World, params: Params) -> bool:
    """Answer answerCallbackQuery: once, and while the presser's client still waits."""
    query = world.queries.get(params["callback_query_id"])
    if query is None or query.answered or world.clock() - query.asked_at > world.query_seconds:
        raise RefusedError(refusals.QUERY_TOO_OLD)
    query.answered = True
    query.toast = params.get("text", "")
    query.alert = params.get("show_alert", False)
    return True


def _own(world: World, params: Params) -> Raw:
    if "chat_id" not in params or "message_id" not in params:
        raise RefusedError(refusals.bad_request("message identifier is not specified"))
    chat: Chat = world.writable(params["chat_id"])
    message = chat.messages.get(params["message_id"])
    if message is None:
        raise RefusedError(refusals.EDIT_NOT_FOUND)
    if message["from"]["id"] != world.bot.id:
        raise RefusedError(refusals.CANT_EDIT)
    return message


def _changed(world: World, message: Raw, params: Params, **content: object) -> Raw:
    before = {name: message.get(name) or None for name in (*content, "reply_markup")}
    _set_markup(message, params)
    message |= content
    for name in (*content, "reply_markup"):
        if not message.get(name):
            message.pop(name, None)
    if before == {name: message.get(name) for name in before}:
        raise RefusedError(refusals.NOT_MODIFIED)
    if content:
        message["edit_date"] = world.date()
    return message


def _set_markup(message: Raw, params: Params) -> None:
    markup = params.get("reply_markup")
    if markup and markup.get("inline_keyboard"):
        message["reply_markup"] = markup
    else:
        message.pop("reply_markup", None)
