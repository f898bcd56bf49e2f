"""The answer that a callback's `response_url` allows: once, within an hour. **Source**: document 101138."""

from __future__ import annotations

from bot.adapters.base import Parcel
from bot.adapters.wecom.errors import NotPossibleError, RefusedError
from bot.adapters.wecom.render import Piece, Shape
from bot.adapters.wecom.routes.aibot import LIMIT, markdown_of
from bot.adapters.wecom.routes.base import URL_SECONDS, Callback, Conversations
from bot.adapters.wecom.routes.http import Http


class ResponseUrl:
    """The bot's only own voice in the callback mode: one piece for each message that somebody said."""

    def __init__(self, http: Http, conversations: Conversations, *, cards: bool) -> None:
        self._http = http
        self._conversations = conversations
        self.name = "response_url" if cards else "response_url in words"
        self.shape = Shape(LIMIT, cards=cards)

    def is_open(self, parcel: Parcel, pieces: int) -> bool:
        """Tell whether an address is left that was not used; it carries one piece."""
        return pieces == 1 and self._callback(parcel) is not None

    async def send(self, parcel: Parcel, piece: Piece) -> None:
        """Answer with one piece and use the address up."""
        callback = self._callback(parcel)
        if callback is None or piece.png is not None:
            raise NotPossibleError("no address left")
        if piece.card is not None:
            content = {"msgtype": "template_card", "template_card": piece.card}
        else:
            content = markdown_of(piece)
        url, callback.response_url = callback.response_url, ""
        answer = await self._http.ask(self.name, url, body=content)
        if answer["errcode"]:
            raise RefusedError(int(answer["errcode"]), self.name)

    def _callback(self, parcel: Parcel) -> Callback | None:
        known = self._conversations
        for found in (known.answering(parcel), known.latest(parcel.chat)):
            if found is not None and found.response_url and found.is_younger(URL_SECONDS):
                return found
        return None
