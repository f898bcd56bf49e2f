"""The self-built app 自建应用: private messages to people who never wrote to the bot, and their names.

**Source**: documents 90236, 90196, 90454.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from bot.adapters.base import Parcel
from bot.adapters.wecom.errors import TOKEN_INVALID, RefusedError
from bot.adapters.wecom.lanes import slot
from bot.adapters.wecom.render import Piece, Shape
from bot.adapters.wecom.routes.base import Conversations
from bot.adapters.wecom.routes.http import Http
from bot.adapters.wecom.settings import AppSettings, LaneSettings
from bot.limits import Lanes
from bot.logs import get_logger
from storage.records import ChatKind

_log = get_logger(__name__)
LIMIT = 2048  # bytes
_EARLY_SECONDS = 300  # a token is renewed so long before its end
_SAME_SECONDS = 1800  # within which the platform drops a message that is the same
_NOBODY = 81013


class Token:
    """The access token: asked for once, however many need it at the same time."""

    def __init__(self, settings: AppSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._turn = asyncio.Lock()
        self._value = ""
        self._until = 0.0

    async def get(self, *, other_than: str = "") -> str:
        """Return a token that is valid, and not the one just refused. **Errors**: RefusedError, …."""
        async with self._turn:
            if self._value and self._value != other_than and time.monotonic() < self._until:
                return self._value
            answer = await self._http.ask(
                "app", f"{self._settings.api_base_url}/cgi-bin/gettoken",
                query={"corpid": self._settings.corp_id, "corpsecret": self._settings.secret},
            )  # fmt: skip
            if answer["errcode"]:
                raise RefusedError(int(answer["errcode"]), "app")
            lasts = float(answer.get("expires_in", 7200))
            self._value = str(answer["access_token"])
            self._until = time.monotonic() + max(lasts / 2, lasts - _EARLY_SECONDS)
            return self._value


class App:
    """The app: one call, one token, one refresh."""

    name = "app"

    def __init__(
        self, settings: AppSettings, http: Http, conversations: Conversations, limits: LaneSettings
    ) -> None:
        self._settings = settings
        self._http = http
        self._conversations = conversations
        self._limits = limits
        self._lanes = Lanes()
        self._token = Token(settings, http)
        self.shape = Shape(LIMIT, cards=settings.has_callback)

    def is_open(self, parcel: Parcel, pieces: int) -> bool:
        """Tell that the app speaks to people only."""
        del pieces
        return parcel.chat_kind is ChatKind.PRIVATE

    async def send(self, parcel: Parcel, piece: Piece) -> None:
        """Send one piece; over 30 a minute the platform would drop it without a word, so the lane waits."""
        limits = self._limits
        with slot(self._lanes, parcel.chat, limits.member_per_minute, limits.minute, self.name):
            userid = self._conversations.spell(parcel.chat)
            body = {
                "touser": userid, "agentid": self._settings.agent_id, "enable_duplicate_check": 1,
                "duplicate_check_interval": _SAME_SECONDS, **await self._content(piece),
            }  # fmt: skip
            answer = await self.call("message/send", body=body)
        invalid = str(answer.get("invaliduser", "")).split("|")
        if userid.lower() in (name.lower() for name in invalid):
            raise RefusedError(_NOBODY, self.name)

    async def name_of(self, userid: str) -> str:
        """Return somebody's name from the contacts, empty if they give none. **Errors**: RefusedError, …."""
        answer = await self.call("user/get", query={"userid": userid})
        return str(answer.get("name", ""))

    async def call(
        self, path: str, *, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None,
        file: tuple[str, bytes] | None = None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """Call the API; a token that is refused is renewed once, and the call repeated once.

        **Errors**: RefusedError, TemporaryError, OutcomeUnknownError.
        """
        token = await self._token.get()
        answer = await self._ask(path, token, query, body, file)
        if answer["errcode"] in TOKEN_INVALID:
            token = await self._token.get(other_than=token)
            answer = await self._ask(path, token, query, body, file)
        if answer["errcode"]:
            if answer["errcode"] in TOKEN_INVALID:
                _log.error("wecom_token_refused", errcode=answer["errcode"])
            raise RefusedError(int(answer["errcode"]), self.name)
        return answer

    async def _ask(
        self, path: str, token: str, query: Mapping[str, str] | None, body: Mapping[str, Any] | None,
        file: tuple[str, bytes] | None,
    ) -> Mapping[str, Any]:  # fmt: skip
        url = f"{self._settings.api_base_url}/cgi-bin/{path}"
        full = {"access_token": token, **(query or {})}
        return await self._http.ask(self.name, url, query=full, body=body, file=file)

    async def _content(self, piece: Piece) -> Mapping[str, Any]:
        if piece.card is not None:
            return {"msgtype": "template_card", "template_card": piece.card}
        if piece.png is not None:
            answer = await self.call("media/upload", query={"type": "image"}, file=("chart.png", piece.png))
            return {"msgtype": "image", "image": {"media_id": answer.get("media_id", "")}}
        return {"msgtype": "markdown", "markdown": {"content": piece.text}}
