"""The HTTP callbacks: the bot's (JSON) and the app's (XML), answered after the commit. Served by `bot/web.py`.

**Source**: documents 101039, 100719, 101031, 90238. What fails is told by the status alone: 401 for a wrong or old
signature, 400 for what cannot be opened, 413 for too much, 503 while storage is away, so that WeCom tries again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from bot.adapters.wecom import crypto
from bot.adapters.wecom.routes import app_callback
from bot.adapters.wecom.settings import WecomSettings
from bot.logs import get_logger
from storage.errors import StorageBusyError

if TYPE_CHECKING:
    from bot.adapters.wecom.adapter import WecomAdapter

_log = get_logger(__name__)
BOT, APP = "/bot", "/app"
_LIMIT = 1024 * 1024  # bytes
_WITHIN_SECONDS = 4.5  # of the platform's five

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class RejectedError(Exception):
    """A request is not answered; the status says all there is to say."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class CallbackSite:
    """An ASGI app of two addresses, whichever of them the config sets up."""

    def __init__(self, adapter: WecomAdapter, now: Callable[[], datetime]) -> None:
        self._adapter = adapter
        self._now = now
        self._settings: WecomSettings = adapter.settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        try:
            body = await _read(receive) if scope["method"] == "POST" else b""
            answer = await self._answer(scope["method"], path, query, body)
            status = 200
        except RejectedError as error:
            answer, status = b"", error.status
            _log.warning("wecom_callback_rejected", path=path, status=status)
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(answer)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> bytes:
        bot, app = self._settings.bot, self._settings.app
        if path == BOT and bot is not None and bot.mode == "callback":
            if method == "GET":
                return self._echo(bot.token, bot.aes_key, "", query)
            return await self._for_bot(bot.token, bot.aes_key, query, body)
        if path == APP and app is not None and app.has_callback:
            if method == "GET":
                return self._echo(app.token, app.aes_key, app.corp_id, query)
            return await self._for_app(query, body)
        raise RejectedError(404)

    def _echo(self, token: str, aes_key: str, receive_id: str, query: Mapping[str, str]) -> bytes:
        """Return what the console wants to read back: proof that we hold token and key."""
        return self._opened(token, aes_key, receive_id, query, query.get("echostr", "")).encode()

    def _opened(
        self, token: str, aes_key: str, receive_id: str, query: Mapping[str, str], sealed: str
    ) -> str:
        self._check(token, query, sealed)
        try:
            return crypto.decrypt(aes_key, sealed, receive_id)
        except crypto.EnvelopeError as error:
            _log.warning("wecom_envelope_unreadable", why=str(error))
            raise RejectedError(400) from error

    def _check(self, token: str, query: Mapping[str, str], sealed: str) -> None:
        """See that WeCom sealed it, lately, before anything of it is opened."""
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not crypto.is_signed(token, timestamp, nonce, sealed, query.get("msg_signature", "")):
            raise RejectedError(401)
        if not crypto.is_fresh(timestamp, self._now()):
            raise RejectedError(401)

    async def _for_bot(self, token: str, aes_key: str, query: Mapping[str, str], body: bytes) -> bytes:
        try:
            sealed = json.loads(body)["encrypt"]
        except (ValueError, KeyError, TypeError) as error:
            raise RejectedError(400) from error
        if not isinstance(sealed, str):
            raise RejectedError(400)
        opened = self._opened(token, aes_key, "", query, sealed)
        reply = await self._taken(opened)
        if reply is None:
            return b""
        encrypted, nonce = (
            crypto.encrypt(aes_key, json.dumps(reply, ensure_ascii=False)),
            query.get("nonce", ""),
        )
        timestamp = int(time.time())
        signature = crypto.sign(token, str(timestamp), nonce, encrypted)
        envelope = {"encrypt": encrypted, "msgsignature": signature, "timestamp": timestamp, "nonce": nonce}
        return json.dumps(envelope).encode()

    async def _taken(self, opened: str) -> Mapping[str, Any] | None:
        try:
            given = json.loads(opened, strict=False)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            self._adapter.intake.put({"msgtype": "unreadable", "raw": opened})
            return None
        return await self._committed(given)

    async def _committed(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        try:
            return await asyncio.wait_for(self._adapter.answer(body), _WITHIN_SECONDS)
        except (StorageBusyError, TimeoutError) as error:
            raise RejectedError(503) from error

    async def _for_app(self, query: Mapping[str, str], body: bytes) -> bytes:
        app = self._settings.app
        assert app is not None  # noqa: S101 - the caller has looked
        sealed = app_callback.find_sealed(body)
        self._check(app.token, query, sealed)
        try:
            heard = app_callback.read(app, query, body)
        except app_callback.UnreadableError as error:
            raise RejectedError(400) from error
        if heard is not None:
            await self._committed(heard)
        return b""


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RejectedError(400)
        body += message.get("body", b"")
        if len(body) > _LIMIT:
            raise RejectedError(413)
        if not message.get("more_body"):
            return bytes(body)
