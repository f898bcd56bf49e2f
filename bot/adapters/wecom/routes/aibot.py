"""The bot's own voice over the long connection: pushes, and answers to callbacks. **Source**: document 101463."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from bot.adapters.base import Parcel
from bot.adapters.wecom.errors import NotPossibleError
from bot.adapters.wecom.render import Piece, Shape
from bot.adapters.wecom.routes.base import ANSWER_SECONDS, Callback, Conversations
from bot.adapters.wecom.routes.long_connection import LongConnection
from storage.records import ChatKind

LIMIT = 20_480  # bytes
_CHUNK = 512 * 1024  # bytes, raw
_SINGLE, _GROUP = 1, 2


class Push:
    """Says something unasked; the platform wants somebody to have spoken to the bot in that chat before."""

    name = "push"

    def __init__(self, connection: LongConnection, conversations: Conversations) -> None:
        self._connection = connection
        self._conversations = conversations
        self.shape = Shape(LIMIT, cards=True, ratings=True)

    def is_open(self, parcel: Parcel, pieces: int) -> bool:
        """Tell that a push may always be tried."""
        del parcel, pieces
        return True

    async def send(self, parcel: Parcel, piece: Piece) -> None:
        """Push one piece."""
        _see_that_it_lives(self._connection)
        is_group = parcel.chat_kind is ChatKind.GROUP
        chat = parcel.chat if is_group else self._conversations.spell(parcel.chat)
        content = await _content(self._connection, piece)
        chat_type = _GROUP if is_group else _SINGLE
        body = {"chatid": chat, "chat_type": chat_type, **content}
        await self._connection.request("aibot_send_msg", body)


class Answer:
    """Answers a callback: the one that is replied to, or with `latest` the last one of that chat."""

    def __init__(
        self, connection: LongConnection, conversations: Conversations, *, latest: bool, cards: bool
    ) -> None:
        self._connection = connection
        self._conversations = conversations
        self._latest = latest
        self.name = "late answer" if latest else "answer"
        self.shape = Shape(LIMIT, cards=True, group_cards=cards, ratings=True)

    def is_open(self, parcel: Parcel, pieces: int) -> bool:
        """Tell whether there is a callback that may still be answered."""
        del pieces
        return self._callback(parcel) is not None

    async def send(self, parcel: Parcel, piece: Piece) -> None:
        """Answer with one piece."""
        callback = self._callback(parcel)
        if callback is None:
            raise NotPossibleError("nothing to answer")
        _see_that_it_lives(self._connection)
        content = await _content(self._connection, piece)
        await self._connection.request("aibot_respond_msg", content, callback.req_id)

    def _callback(self, parcel: Parcel) -> Callback | None:
        known = self._conversations
        found = known.latest(parcel.chat) if self._latest else known.answering(parcel)
        return found if found is not None and found.req_id and found.is_younger(ANSWER_SECONDS) else None


def _see_that_it_lives(connection: LongConnection) -> None:
    """See that the connection is there or coming back: one that was taken over carries nothing more."""
    if connection.is_over():
        raise NotPossibleError("the connection was taken over or refused")


async def _content(connection: LongConnection, piece: Piece) -> Mapping[str, Any]:
    if piece.card is not None:
        return {"msgtype": "template_card", "template_card": piece.card}
    if piece.png is not None:
        return {"msgtype": "image", "image": {"media_id": await _upload(connection, piece.png)}}
    return markdown_of(piece)


def markdown_of(piece: Piece) -> dict[str, Any]:
    """Return a text as a push, an answer or a response_url takes it."""
    content: dict[str, Any] = {"content": piece.text}
    if piece.rating:
        content["feedback"] = {"id": piece.rating}
    return {"msgtype": "markdown", "markdown": content}


async def _upload(connection: LongConnection, data: bytes) -> str:
    """Upload a picture in pieces and return its media id. **Units**: valid for three days."""
    pieces = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    begun = await connection.request(
        "aibot_upload_media_init",
        {
            "type": "image", "filename": "chart.png", "total_size": len(data), "total_chunks": len(pieces),
            "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        },
    )  # fmt: skip
    upload_id = begun.get("upload_id", "")
    for number, piece in enumerate(pieces):
        chunk = {
            "upload_id": upload_id,
            "chunk_index": number,
            "base64_data": base64.b64encode(piece).decode(),
        }
        await connection.request("aibot_upload_media_chunk", chunk)
    done = await connection.request("aibot_upload_media_finish", {"upload_id": upload_id})
    return str(done.get("media_id", ""))
