"""Telegram's refusals by name, with the exact texts it sends: for the world and for faults.

**Source**: the Bot API server's and TDLib's published sources, and reports of bots in production.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer with `ok: false`; `parameters` is what a client may act upon."""

    code: int
    text: str
    parameters: Mapping[str, int] = field(default_factory=dict)


class RefusedError(Exception):
    """A request is answered with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def bad_request(text: str) -> Refusal:
    """Return a 400 with this text."""
    return Refusal(400, f"Bad Request: {text}")


def too_many(seconds: int) -> Refusal:
    """Return a 429 that asks to wait."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def migrated(chat_id: int) -> Refusal:
    """Return what a group answers after it became the supergroup of this id."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, text, {"migrate_to_chat_id": chat_id})


UNAUTHORIZED = Refusal(401, "Unauthorized")
UNKNOWN_METHOD = Refusal(404, "Not Found: method not found")
SERVER_ERROR = Refusal(500, "Internal Server Error")
BAD_GATEWAY = Refusal(502, "Bad Gateway")

BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
NEVER_STARTED = Refusal(403, "Forbidden: bot can't initiate conversation with a user")
DEACTIVATED = Refusal(403, "Forbidden: user is deactivated")
BOT_TO_BOT = Refusal(403, "Forbidden: bots can't send messages to bots")
KICKED_FROM_GROUP = Refusal(403, "Forbidden: bot was kicked from the group chat")
KICKED = Refusal(403, "Forbidden: bot was kicked from the supergroup chat")
NOT_A_MEMBER = Refusal(403, "Forbidden: bot is not a member of the supergroup chat")

OTHER_POLLER = Refusal(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
STOPPED_BY_WEBHOOK = Refusal(409, "Conflict: terminated by setWebhook request")
WEBHOOK_IS_SET = Refusal(
    409,
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first",
)

CHAT_NOT_FOUND = bad_request("chat not found")
MEMBER_NOT_FOUND = bad_request("member not found")
CANT_PARSE = bad_request('can\'t parse entities: Unsupported start tag "" at byte offset 0')
NO_RIGHTS = bad_request("not enough rights to send text messages to the chat")
NO_TAG_RIGHTS = bad_request("not enough rights to change the tag of the user")
THREAD_NOT_FOUND = bad_request("message thread not found")
REPLY_NOT_FOUND = bad_request("message to be replied not found")
NOT_MODIFIED = bad_request(
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
EDIT_NOT_FOUND = bad_request("message to edit not found")
CANT_EDIT = bad_request("message can't be edited")
NO_TEXT_TO_EDIT = bad_request("there is no text in the message to edit")
NO_CAPTION_TO_EDIT = bad_request("there is no caption in the message to edit")
DELETE_NOT_FOUND = bad_request("message to delete not found")
CANT_DELETE = bad_request("message can't be deleted for everyone")
REACT_NOT_FOUND = bad_request("message to react not found")
QUERY_TOO_OLD = bad_request("query is too old and response timeout expired or query ID is invalid")
POLL_NOT_FOUND = bad_request("message with poll to stop not found")
NOT_A_POLL = bad_request("message is not a poll")
POLL_CLOSED = bad_request("poll has already been closed")
INVALID_FILE = bad_request("wrong file identifier/HTTP URL specified")
INVALID_FILE_ID = bad_request("invalid file_id")
