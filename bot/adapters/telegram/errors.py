"""How a call of the Bot API can end badly, and what that means for a Delivery. Pure; knows no client library.

A call ends in one of three ways: refused (Telegram said no), never sent, or sent without an answer. What
Telegram's words mean is in the tables below, lower-case, without "Bad Request: " and the like.
**Source**: the Bot API server's and TDLib's published sources.
"""

from __future__ import annotations

import enum
from datetime import timedelta

import msgspec

from bot.adapters.base import (
    ChatGoneError,
    ChatMovedError,
    OutcomeUnknownError,
    PermanentError,
    SendError,
    TemporaryError,
    UnreachableError,
)
from bot.adapters.telegram.wire import Reply

_REPLY = msgspec.json.Decoder(Reply)
_TOKEN_PAUSE = timedelta(seconds=60)
_OUTAGE_PAUSE = timedelta(seconds=5)
_GATEWAY_PAUSE = timedelta(seconds=15)


class CallError(Exception):
    """A call did not succeed."""


class UnsentError(CallError):
    """The request never left, so Telegram cannot have carried it out."""


class OutageError(UnsentError):
    """The request never left, because Telegram cannot be reached at all."""


class UnansweredError(CallError):
    """The request left; whether it was carried out, nobody knows."""


class UnreadableError(UnansweredError):
    """The answer is not Telegram's JSON; `body` is what it was."""

    def __init__(self, code: int, body: bytes) -> None:
        super().__init__(f"{code} with something that is not Telegram's JSON")
        self.body = body


class RefusedError(CallError):
    """Telegram refused. Its `text` is Telegram's own words, never ours or a member's."""

    def __init__(self, code: int, text: str, *, retry_after: int = 0, moved_to: int = 0) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text
        self.retry_after = retry_after
        self.moved_to = moved_to

    @property
    def words(self) -> str:
        """Return the text as the tables have it."""
        return self.text.rpartition("Bad Request: ")[2].rpartition("Forbidden: ")[2].lower()


def read_reply(code: int, body: bytes) -> Reply:
    """Read what Telegram answered. **Errors**: RefusedError; UnreadableError."""
    try:
        reply = _REPLY.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        if code >= 400:
            raise RefusedError(code, "not Telegram's JSON") from error
        raise UnreadableError(code, body) from error
    if reply.ok:
        return reply
    known = reply.parameters
    raise RefusedError(
        reply.error_code or code, reply.description,
        retry_after=known.retry_after if known else 0, moved_to=known.migrate_to_chat_id if known else 0,
    )  # fmt: skip


class Remedy(enum.Enum):
    """What to do at once about a refusal."""

    DONE = enum.auto()  # things are already as we want them
    PLAIN = enum.auto()  # once more, without markup
    ALONE = enum.auto()  # once more, as a reply to nothing: what we answer, or its topic, is gone
    AS_CAPTION = enum.auto()  # once more: the message is a photo
    AS_TEXT = enum.auto()  # once more: the message is no photo


_REMEDIES = {
    "message is not modified": Remedy.DONE,
    "poll has already been closed": Remedy.DONE,
    "poll_already_closed": Remedy.DONE,
    "query is too old": Remedy.DONE,
    "query id is invalid": Remedy.DONE,
    "can't parse": Remedy.PLAIN,
    "unsupported start tag": Remedy.PLAIN,
    "entity_bounds_invalid": Remedy.PLAIN,
    "message thread not found": Remedy.ALONE,
    "topic_closed": Remedy.ALONE,
    "topic_deleted": Remedy.ALONE,
    "topic_id_invalid": Remedy.ALONE,
    "message to be replied not found": Remedy.ALONE,
    "message to reply not found": Remedy.ALONE,
    "replied message not found": Remedy.ALONE,
    "reply_message_id_invalid": Remedy.ALONE,
    "there is no text in the message to edit": Remedy.AS_CAPTION,
    "there is no caption in the message to edit": Remedy.AS_TEXT,
}

_GONE = (
    "chat not found", "chat_id_invalid", "channel_private", "bot was kicked", "bot is not a member",
    "group chat was deactivated", "group chat was deleted", "peer_id_invalid", "chat_forbidden",
)  # fmt: skip
_UNREACHABLE = (
    "bot was blocked", "can't initiate conversation", "user is deactivated", "bots can't send messages to bots",
    "chat not found", "user not found", "peer_id_invalid", "input_user_deactivated", "user_is_blocked",
    "user_deactivated", "chat_id_invalid", "bot can't send messages to",
)  # fmt: skip
_FOR_GOOD = (
    "not enough rights", "have no rights", "need administrator rights", "chat_admin_required", "chat_write_forbidden",
    "chat_restricted", "chat_send_", "rights to send", "administrator rights", "user_banned_in_channel",
    "message to edit not found", "message can't be edited", "message_id_invalid", "message identifier is not specified",
    "message to react not found", "reaction_invalid", "reactions_too_many", "reaction_empty", "message to delete not",
    "message with poll to stop not found", "message is not a poll", "poll can't be stopped",
    "message is too long", "message caption is too long", "message text is empty", "text must be non-empty",
    "button_data_invalid", "button_url_invalid", "button_type_invalid", "wrong http url", "inline keyboard",
    "photo_invalid_dimensions", "photo_save_file_invalid", "image_process_failed", "wrong file identifier",
    "file must be non-empty", "file is too big", "poll question", "poll option", "poll must have", "poll can't have",
    "strings must be encoded in utf-8", "start_param_invalid", "reply_markup_invalid", "reply markup is too",
)  # fmt: skip


def remedy_for(refused: RefusedError) -> Remedy | None:
    """Return what to do at once about a refusal, if anything."""
    words = refused.words
    return next((remedy for known, remedy in _REMEDIES.items() if known in words), None)


def send_error(error: CallError, *, is_private: bool) -> SendError:
    """Return what a failed call means for a Delivery to a private chat or to a group."""
    if isinstance(error, OutageError):  # however long it lasts: a pause that is told is no failed try
        return TemporaryError(f"not reached: {error}", _OUTAGE_PAUSE, scope="account")
    if isinstance(error, UnsentError):
        return TemporaryError(f"not sent: {error}")
    if not isinstance(error, RefusedError):
        return OutcomeUnknownError(f"no answer: {error}")
    if error.moved_to:
        return ChatMovedError(str(error.moved_to))
    if error.retry_after or error.code == 429:
        return TemporaryError("429 Too Many Requests", timedelta(seconds=max(1, error.retry_after)))
    if error.code in (401, 404):
        return TemporaryError(f"{error.code}: the token is not accepted", _TOKEN_PAUSE, scope="account")
    if error.code in (502, 503):
        return TemporaryError(str(error), _GATEWAY_PAUSE)
    if error.code == 504:
        return OutcomeUnknownError("504")
    return _refusal(error, is_private=is_private)


def _refusal(error: RefusedError, *, is_private: bool) -> SendError:
    words = error.words
    if is_private and any(known in words for known in _UNREACHABLE):
        return UnreachableError(error.text)
    if not is_private and any(known in words for known in _GONE):
        return ChatGoneError(error.text)
    if any(known in words for known in _FOR_GOOD):
        return PermanentError(error.text)
    if error.code == 403:
        return UnreachableError(error.text) if is_private else ChatGoneError(error.text)
    return TemporaryError(str(error))
