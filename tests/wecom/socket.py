"""The long connection: subscribe, ping, pushes, replies, uploads. **Source**: document 101463."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.wecom import refusals
from tests.wecom.callbacks import FAST_SECONDS, REPLY_SECONDS, STREAM_SECONDS, Told
from tests.wecom.faults import Cut, LateAck, NoAck
from tests.wecom.refusals import OK, Refusal, RefusedError

if TYPE_CHECKING:
    from tests.wecom.server import WeCom

CONTENT_LIMIT = 20480  # bytes
MEDIA = frozenset({"file", "image", "voice", "video"})


@dataclass(slots=True)
class Frame:
    """One frame of the bot, as it came."""

    cmd: str
    req_id: str
    body: Any
    at: float
    code: int | None = None


@dataclass(slots=True)
class Upload:
    """A file that is coming in pieces."""

    kind: str
    total: int
    md5: str
    pieces: dict[int, bytes] = field(default_factory=dict)


class Socket:
    """The bot's one connection, and those that were replaced."""

    def __init__(self, wecom: "WeCom") -> None:
        self._wecom = wecom
        self.current: ServerConnection | None = None
        self.connected = 0
        self.subscribed = 0
        self.frames: list[Frame] = []
        self.kick_seconds = 0.2  # how long the old connection lives on after it was told; live 2 to 313 s
        self.violations: list[str] = []
        self._uploads: dict[str, Upload] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[ServerConnection] = set()

    async def serve(self, connection: ServerConnection) -> None:
        """Speak with one connection until it ends."""
        self.connected += 1
        self._open.add(connection)
        self._wecom.stage.note()
        try:
            async for raw in connection:
                await self._take(connection, raw)
        except ConnectionClosed:
            pass
        finally:
            self._open.discard(connection)
            if self.current is connection:
                self.current = None
            self._wecom.stage.note()

    async def tell(self, cmd: str, told: Told, *, raw: str | None = None) -> bool:
        """Send a callback; False if no bot is connected, and then it is lost, as on the platform."""
        if self.current is None:
            return False
        frame = {"cmd": cmd, "headers": {"req_id": told.req_id}, "body": told.body}
        await self.current.send(raw if raw is not None else json.dumps(frame, ensure_ascii=False))
        return True

    async def drop(self, code: int) -> None:
        """Close the bot's connection with a code, or abort it with 0."""
        assert self.current is not None, "no bot is connected"
        await _cut(self.current, code)

    async def close(self) -> None:
        """End every connection."""
        for connection in list(self._open):
            await _cut(connection, 0)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, connection: ServerConnection, raw: str | bytes) -> None:
        try:
            given = json.loads(raw)
            frame = Frame(
                str(given["cmd"]), str(given["headers"]["req_id"]), given.get("body"), time.monotonic()
            )
        except (ValueError, KeyError, TypeError) as error:
            self.violations.append(f"unreadable frame: {error!r}")
            return
        self.frames.append(frame)
        if frame.cmd == "ping" and "body" in given:
            self.violations.append("ping with a body")
            await _cut(connection, 1008)
            return
        trouble = self._wecom.faults.find(frame.cmd, self._chat_of(frame))
        if isinstance(trouble, Cut):
            await _cut(connection, trouble.code)
            return
        if isinstance(trouble, Refusal):
            await self._answer(connection, frame, trouble, None)
            return
        refusal, body = OK, None
        if not isinstance(trouble, NoAck) or trouble.accepted:
            try:
                body = await self._carry_out(connection, frame)
            except RefusedError as error:
                refusal = error.refusal
        if isinstance(trouble, NoAck):
            return
        if isinstance(trouble, LateAck) or self._wecom.ack_seconds:
            seconds = trouble.seconds if isinstance(trouble, LateAck) else self._wecom.ack_seconds
            task = asyncio.create_task(self._answer_later(connection, frame, refusal, body, seconds))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        await self._answer(connection, frame, refusal, body)

    def _chat_of(self, frame: Frame) -> str:
        body = frame.body if isinstance(frame.body, dict) else {}
        told = self._wecom.ledger.by_req_id.get(frame.req_id)
        return str(body.get("chatid") or (told.chat if told else ""))

    async def _answer_later(
        self, connection: ServerConnection, frame: Frame, refusal: Refusal, body: object, seconds: float
    ) -> None:
        await asyncio.sleep(seconds)
        await self._answer(connection, frame, refusal, body)

    async def _answer(
        self, connection: ServerConnection, frame: Frame, refusal: Refusal, body: object
    ) -> None:
        frame.code = refusal.code
        ack: dict[str, Any] = {
            "headers": {"req_id": frame.req_id}, "errcode": refusal.code, "errmsg": refusal.text,
        }  # fmt: skip
        if body is not None:
            ack["body"] = body
        self._wecom.stage.note()
        try:
            await connection.send(json.dumps(ack))
        except ConnectionClosed:
            return

    async def _carry_out(self, connection: ServerConnection, frame: Frame) -> object:
        if frame.cmd == "aibot_subscribe":
            return await self._subscribe(connection, frame.body)
        if self.current is not connection:
            raise RefusedError(refusals.NOT_SUBSCRIBED)
        if frame.cmd == "ping":
            return None
        deeds: Mapping[str, Callable[[str, Any], Awaitable[object]]] = {
            "aibot_send_msg": self._send,
            "aibot_respond_msg": self._respond,
            "aibot_respond_welcome_msg": self._welcome,
            "aibot_respond_update_msg": self._update,
            "aibot_upload_media_init": self._upload_init,
            "aibot_upload_media_chunk": self._upload_chunk,
            "aibot_upload_media_finish": self._upload_finish,
        }
        deed = deeds.get(frame.cmd)
        if deed is None:
            self.violations.append(f"unknown cmd {frame.cmd}")
            raise RefusedError(refusals.BAD_LENGTH)
        return await deed(frame.req_id, frame.body or {})

    async def _subscribe(self, connection: ServerConnection, body: Any) -> None:
        limits = self._wecom.gate.limits
        if not self._wecom.gate.admits("subscribe", "bot", limits.subscribe):
            raise RefusedError(refusals.TOO_OFTEN)
        secret = str(body.get("secret", ""))
        if body.get("bot_id") != self._wecom.bot_id or not hmac.compare_digest(secret, self._wecom.secret):
            raise RefusedError(refusals.BAD_BOT)
        old, self.current = self.current, connection
        self.subscribed += 1
        if old is not None and old is not connection:
            task = asyncio.create_task(self._kick(old))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _kick(self, connection: ServerConnection) -> None:
        event = {
            "msgid": self._wecom.ledger.new_id("e"), "create_time": int(time.time()), "aibotid": self._wecom.bot_id,
            "msgtype": "event", "event": {"eventtype": "disconnected_event"},
        }  # fmt: skip
        frame = {"cmd": "aibot_event_callback", "headers": {"req_id": event["msgid"]}, "body": event}
        try:
            await connection.send(json.dumps(frame))
            await asyncio.sleep(self.kick_seconds)
            await connection.close(1000)
        except ConnectionClosed:
            return

    async def _send(self, req_id: str, body: Any) -> None:
        chat, kind = str(body.get("chatid", "")), body.get("chat_type", 0)
        self._wecom.check_content(body)
        if body["msgtype"] == "template_card" and kind == 2:
            raise RefusedError(refusals.BAD_MSGTYPE)
        is_group = chat in self._wecom.stage.groups
        if chat not in self._wecom.stage.spoken or (kind in (1, 2) and (kind == 2) is not is_group):
            raise RefusedError(refusals.BAD_CHAT)
        self._wecom.count(chat)
        self._wecom.keep(chat, "push", body)

    async def _respond(self, req_id: str, body: Any) -> None:
        told = self._wecom.ledger.by_req_id.get(req_id)
        if told is None or told.kind == "enter_chat" or told.age_seconds > REPLY_SECONDS:
            raise RefusedError(refusals.BAD_REQ_ID)
        if body.get("msgtype") == "stream":
            self._stream(told, body.get("stream", {}))
        else:
            self._wecom.check_content(body)
        if body["msgtype"] == "template_card" and told.is_group and not self._wecom.groups_take_cards:
            raise RefusedError(refusals.BAD_MSGTYPE)
        self._wecom.count(told.chat)
        self._wecom.keep(told.chat, "reply", body)

    def _stream(self, told: Told, stream: Mapping[str, Any]) -> None:
        name, now = str(stream.get("id", "")), time.monotonic()
        if len(str(stream.get("content", "")).encode()) > CONTENT_LIMIT:
            raise RefusedError(refusals.TOO_LONG)
        begun = told.streams.setdefault(name, now)
        if name in told.finished or now - begun > STREAM_SECONDS:
            raise RefusedError(refusals.STREAM_EXPIRED)
        if stream.get("finish"):
            told.finished.add(name)

    async def _welcome(self, req_id: str, body: Any) -> None:
        told = self._fast(req_id, "enter_chat")
        if body.get("msgtype") not in ("text", "template_card"):
            raise RefusedError(refusals.BAD_MSGTYPE)
        self._wecom.count(told.chat)
        self._wecom.keep(told.chat, "welcome", body)

    async def _update(self, req_id: str, body: Any) -> None:
        told = self._fast(req_id, "card")
        if body.get("response_type") != "update_template_card":
            raise RefusedError(refusals.BAD_LENGTH)
        self._wecom.update(told, body.get("template_card", {}))

    def _fast(self, req_id: str, kind: str) -> Told:
        told = self._wecom.ledger.by_req_id.get(req_id)
        if told is None or told.kind != kind or told.age_seconds > FAST_SECONDS:
            raise RefusedError(refusals.BAD_REQ_ID)
        return told

    async def _upload_init(self, req_id: str, body: Any) -> dict[str, str]:
        bad = body.get("type") not in MEDIA or not 1 <= len(str(body.get("filename", "")).encode()) <= 256
        if bad or body.get("total_size", 0) < 5 or not 1 <= body.get("total_chunks", 0) <= 100:
            raise RefusedError(refusals.BAD_LENGTH)
        upload_id = self._wecom.ledger.new_id("up")
        self._uploads[upload_id] = Upload(body["type"], body["total_chunks"], body.get("md5", ""))
        return {"upload_id": upload_id}

    async def _upload_chunk(self, req_id: str, body: Any) -> None:
        upload = self._uploads.get(body.get("upload_id", ""))
        data = base64.b64decode(body.get("base64_data", ""))
        if upload is None or len(data) > 512 * 1024 or not 0 <= body.get("chunk_index", -1) < upload.total:
            raise RefusedError(refusals.BAD_LENGTH)
        upload.pieces[body["chunk_index"]] = data

    async def _upload_finish(self, req_id: str, body: Any) -> dict[str, Any]:
        upload = self._uploads.pop(body.get("upload_id", ""), None)
        if upload is None or len(upload.pieces) != upload.total:
            raise RefusedError(refusals.BAD_LENGTH)
        data = b"".join(upload.pieces[i] for i in range(upload.total))
        if upload.md5 and hashlib.md5(data).hexdigest() != upload.md5:
            raise RefusedError(refusals.BAD_LENGTH)
        return {"type": upload.kind, "media_id": self._wecom.store(data), "created_at": int(time.time())}


async def _cut(connection: ServerConnection, code: int) -> None:
    if code:
        await connection.close(code)
    else:
        connection.transport.abort()
