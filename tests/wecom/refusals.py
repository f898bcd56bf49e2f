"""The platform's refusals, by the codes of its documents. HTTP is always 200: only `errcode` tells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One errcode with its words."""

    code: int
    text: str


class RefusedError(Exception):
    """What was asked is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


OK = Refusal(0, "ok")
BUSY = Refusal(-1, "system busy")
BAD_SECRET = Refusal(40001, "invalid credential")
BAD_MSGTYPE = Refusal(40008, "invalid message type")
BAD_TOKEN = Refusal(40014, "invalid access_token")
BAD_LENGTH = Refusal(40058, "param invalid")
NO_TOKEN = Refusal(41001, "access_token missing")
TOKEN_EXPIRED = Refusal(42001, "access_token expired")
BAD_BUTTON_KEY = Refusal(42039, "button key missing or duplicated")
NO_CALLBACK_URL = Refusal(43012, "interactive card needs a callback url")
EMPTY = Refusal(44004, "content is empty")
TOO_LONG = Refusal(45002, "content too long")
TOO_OFTEN = Refusal(45009, "api freq out of limit")
BAD_IP = Refusal(60020, "not allow to access from your ip")
NO_SUCH_USER = Refusal(60111, "userid not found")
NOBODY_REACHED = Refusal(81013, "user & party & tag all invalid")
BAD_KEY = Refusal(93000, "invalid webhook key")
BAD_CHAT = Refusal(93006, "invalid chatid")
BAD_DEVICE = Refusal(600039, "device type not support")
BAD_REQ_ID = Refusal(846605, "invalid req_id")
STREAM_EXPIRED = Refusal(846608, "stream message update expired")
NOT_SUBSCRIBED = Refusal(846609, "aibot websocket not subscribed")
BAD_BOT = Refusal(853000, "invalid bot_id or secret")
USED_UP = Refusal(40096, "response_code invalid or used")
