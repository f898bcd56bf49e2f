"""The webhook 消息推送 of a group: for ritual posts when the bot may not push, and for a real @all.

It hears nothing, knows no ids, and a repeated request is a repeated message. **Source**: document 99110.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from bot.adapters.base import Parcel
from bot.adapters.wecom.errors import NotPossibleError, RefusedError
from bot.adapters.wecom.lanes import slot
from bot.adapters.wecom.render import Piece, Shape
from bot.adapters.wecom.routes.http import Http
from bot.adapters.wecom.settings import WecomSettings
from bot.limits import Lanes
from storage.messages import Mention, Message
from storage.records import ChatKind

LIMIT, TEXT_LIMIT = 4096, 2048  # bytes
ALL = "@all"
_PICTURE_LIMIT = 2 * 1024 * 1024  # bytes


class Webhook:
    """The webhooks of the config, one a group."""

    name = "webhook"

    def __init__(self, settings: WecomSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._lanes = Lanes()
        self.shape = Shape(LIMIT, cards=False, mentions=True)

    def is_open(self, parcel: Parcel, pieces: int) -> bool:
        """Tell whether the group of a parcel has a webhook."""
        del pieces
        return parcel.chat_kind is ChatKind.GROUP and bool(self.key_of(parcel.chat))

    def key_of(self, chat: str) -> str:
        """Return the key of a group's webhook, empty if it has none."""
        group = self._settings.group(chat)
        return group.webhook_key if group is not None else ""

    async def send(self, parcel: Parcel, piece: Piece) -> None:
        """Post one piece, within the webhook's own lane."""
        await self.post(self.key_of(parcel.chat), _content(piece, everybody=mentions_all(parcel.message)))

    async def post(self, key: str, content: dict[str, Any]) -> None:
        """Post any content under a key. **Errors**: RefusedError, TemporaryError, OutcomeUnknownError."""
        limits = self._settings.limits
        with slot(self._lanes, key, limits.webhook_per_minute, limits.minute, self.name):
            url = f"{self._settings.webhook_base_url}/cgi-bin/webhook/send"
            answer = await self._http.ask(self.name, url, query={"key": key}, body=content)
        if answer["errcode"]:
            raise RefusedError(int(answer["errcode"]), self.name)


def mentions_all(message: Message) -> bool:
    """Tell whether a message calls everybody."""
    return any(isinstance(part, Mention) and part.external_id == ALL for part in message.text)


def _content(piece: Piece, *, everybody: bool) -> dict[str, Any]:
    if piece.card is not None:
        raise NotPossibleError("a webhook has no cards to tap")
    if piece.png is not None:
        if len(piece.png) > _PICTURE_LIMIT:
            raise NotPossibleError("the picture is too large for a webhook")
        picture = {
            "base64": base64.b64encode(piece.png).decode(),
            "md5": hashlib.md5(piece.png, usedforsecurity=False).hexdigest(),
        }
        return {"msgtype": "image", "image": picture}
    if everybody and len(piece.text.encode()) <= TEXT_LIMIT:
        words = piece.text.replace(f"<@{ALL}>", "").strip()
        return {"msgtype": "text", "text": {"content": words, "mentioned_list": [ALL]}}
    return {"msgtype": "markdown", "markdown": {"content": piece.text}}
